"""The verbs of contacts: list, show, add, set, delete, restore; tags, statuses and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from app.cli.output import Output
from app.cli.verb import QUERY_SETTINGS, Session, query_text, verb
from app.core.errors import InvalidInput
from app.core.fields import CUSTOM_KINDS, CUSTOM_PREFIX, FIELDS
from app.core.text import tr, trn
from app.services.history import Source


class _ByNumber(click.Group):
    """`contact 12` means `contact show 12`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0].isdigit():
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.command(context_settings=QUERY_SETTINGS)
@click.argument("query", nargs=-1)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(0, 1_000_000))
@click.option("--offset", default=0, type=click.IntRange(0))
@click.option("--sort", default="name", show_default=True, help="A field; -field is descending.")
@verb
def contacts(session: Session, query: tuple[str, ...], limit: int, offset: int, sort: str) -> None:
    """List the contacts that match QUERY, such as: status:new tag:fair -tag:eu has:email ada."""
    page = session.app.contacts.page(
        query_text(query),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        limit=limit,
        offset=offset,
    )
    views = [view.as_json() for view in page.contacts]
    session.output.result({"total": page.total, "contacts": views})
    session.output.table(
        (tr("Id"), tr("Name"), tr("E-mail"), tr("Phone"), tr("Company"), tr("Status"), tr("Tags")),
        (
            (str(v["id"]), v["name"], v["email"], v["phone"], v["company"], v["status"], v["tags"])
            for v in views
        ),
    )
    if not session.output.as_json:
        session.output.note(
            tr("{shown} of {total} contacts", shown=len(views), total=f"{page.total:,}")
        )


@click.group(cls=_ByNumber, invoke_without_command=False)
def contact() -> None:
    """Show one contact (contact ID), or add, set, delete and restore."""


@contact.command("show")
@click.argument("id", type=int)
@verb
def show(session: Session, id: int) -> None:  # noqa: A002 - the argument's name in the usage text
    """Show a contact with where each value came from and what happened to it."""
    view = session.app.contacts.get(id)
    provenance = session.app.history.provenance(id)
    timeline = session.app.history.timeline(id)
    data = view.as_json()
    session.output.result({"contact": data, "provenance": provenance, "timeline": timeline})
    _print_contact(session.output, data, provenance)


@contact.command("add")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--allow-duplicate", is_flag=True, help="Add even if the e-mail is already there.")
@verb
def add(session: Session, values: tuple[str, ...], *, allow_duplicate: bool) -> None:
    """Add a contact: contact add first_name=Ada email=ada@example.com tags=fair,uk."""
    view = session.app.contacts.add(_pairs(values), allow_duplicate=allow_duplicate)
    session.output.result({"contact": view.as_json()})
    session.output.say(tr("Added contact {id}: {name}", id=view.id, name=view.name))


@contact.command("set")
@click.argument("id", type=int)
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@verb
def change(session: Session, id: int, values: tuple[str, ...]) -> None:  # noqa: A002
    """Change fields of a contact; FIELD= clears one."""
    view = session.app.contacts.change(id, _pairs(values))
    session.output.result({"contact": view.as_json()})
    session.output.say(tr("Changed contact {id}: {name}", id=view.id, name=view.name))


@contact.command("delete")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")
@verb
def delete(session: Session, ids: tuple[int, ...]) -> None:
    """Move contacts to the trash, from which they can be restored."""
    count = session.app.contacts.delete(ids)
    session.output.result({"deleted": count, "ids": list(ids)})
    session.output.say(trn("{n} contact is in the trash", "{n} contacts are in the trash", count))


@contact.command("restore")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")
@verb
def restore(session: Session, ids: tuple[int, ...]) -> None:
    """Bring contacts back from the trash (list them with: contacts in:trash)."""
    count = session.app.contacts.restore(ids)
    session.output.result({"restored": count, "ids": list(ids)})
    session.output.say(trn("{n} contact is back", "{n} contacts are back", count))


@contact.command("edit", context_settings=QUERY_SETTINGS)
@click.argument("words", nargs=-1, required=True, metavar="QUERY... FIELD=VALUE...")
@click.option("--dry-run", is_flag=True, help="Count what would change, change nothing.")
@verb
def edit(session: Session, words: tuple[str, ...], *, dry_run: bool) -> None:
    """Change fields of every contact that matches QUERY, as one undoable step."""
    filters = tuple(word for word in words if "=" not in word or _is_filter(word))
    values = _pairs(tuple(word for word in words if word not in filters))
    query = query_text(filters)
    if not query:
        raise InvalidInput(
            tr("Say which contacts to change."), tr("For example: contact edit tag:fair owner=ada")
        )
    contacts = session.app.contacts
    change = contacts.preview_change if dry_run else contacts.change_many
    outcome = change(query, values)
    session.output.result({"changed": outcome.changed, "equal": outcome.equal, "dry_run": dry_run})
    session.output.say(
        tr(
            "{changed} would change, {equal} already equal"
            if dry_run
            else "{changed} changed, {equal} already equal",
            changed=f"{outcome.changed:,}",
            equal=f"{outcome.equal:,}",
        )
    )


@click.group()
def tags() -> None:
    """List, rename, merge, recolour and delete tags."""


@tags.command("list")
@verb
def list_tags(session: Session) -> None:
    """List tags with how many contacts carry each."""
    rows = session.app.tags.list()
    session.output.result({"tags": rows})
    session.output.table((tr("Tag"), tr("Contacts")), ((row.name, row.contacts) for row in rows))


@tags.command("rename")
@click.argument("name")
@click.argument("new_name")
@verb
def rename_tag(session: Session, name: str, new_name: str) -> None:
    """Give a tag another name."""
    tags = session.app.tags
    tags.rename(tags.named(name), new_name)
    session.output.result({"renamed": name, "to": new_name})
    session.output.say(tr("Renamed the tag to {name}", name=new_name))


@tags.command("merge")
@click.argument("name")
@click.argument("into")
@verb
def merge_tags(session: Session, name: str, into: str) -> None:
    """Give everybody with tag NAME the tag INTO instead."""
    tags = session.app.tags
    count = tags.merge(tags.named(name), tags.named(into))
    session.output.result({"merged": name, "into": into, "contacts": count})
    session.output.say(tr("Merged {name} into {into}", name=name, into=into))


@tags.command("delete")
@click.argument("name")
@verb
def delete_tag(session: Session, name: str) -> None:
    """Take a tag off every contact and remove it; undo brings both back."""
    tags = session.app.tags
    count = tags.delete(tags.named(name))
    session.output.result({"deleted": name, "contacts": count})
    session.output.say(tr("Deleted the tag {name}", name=name))


@click.group()
def statuses() -> None:
    """List, add, rename and delete the steps of the pipeline."""


@statuses.command("list")
@verb
def list_statuses(session: Session) -> None:
    """List the statuses in pipeline order."""
    rows = session.app.statuses.list()
    session.output.result({"statuses": rows})
    session.output.table(
        (tr("Key"), tr("Label"), tr("Contacts")),
        ((row.key, row.label, row.contacts) for row in rows),
    )


@statuses.command("add")
@click.argument("label")
@verb
def add_status(session: Session, label: str) -> None:
    """Add a status at the end of the pipeline."""
    key = session.app.statuses.add(label)
    session.output.result({"status": {"key": key, "label": label}})
    session.output.say(tr("Added the status {label}", label=label))


@statuses.command("rename")
@click.argument("key")
@click.argument("label")
@verb
def rename_status(session: Session, key: str, label: str) -> None:
    """Give a status another label."""
    session.app.statuses.rename(key, label)
    session.output.result({"renamed": key, "to": label})
    session.output.say(tr("Renamed the status to {label}", label=label))


@statuses.command("delete")
@click.argument("key")
@click.option("--move-to", help="The status its contacts get instead.")
@verb
def delete_status(session: Session, key: str, move_to: str | None) -> None:
    """Delete a status; contacts that have it are moved to another."""
    moved = session.app.statuses.delete(key, move_to=move_to)
    session.output.result({"deleted": key, "moved_to": move_to, "contacts": moved})
    session.output.say(tr("Deleted the status {key}", key=key))


@click.group()
def fields() -> None:
    """List the fields of a contact; add, rename and delete custom ones."""


@fields.command("list")
@verb
def list_fields(session: Session) -> None:
    """List every field, built in and custom."""
    every = [*FIELDS, *session.app.custom_fields.fields()]
    rows = [
        {
            "key": field.key,
            "label": field.title,
            "type": field.kind.value,
            "custom": field.is_custom,
            "choices": list(field.choices),
        }
        for field in every
    ]
    session.output.result({"fields": rows})
    session.output.table(
        (tr("Field"), tr("Label"), tr("Type")),
        ((row["key"], row["label"], row["type"]) for row in rows),
    )


@fields.command("add")
@click.argument("label")
@click.option(
    "--type",
    "kind",
    default="text",
    show_default=True,
    type=click.Choice([kind.value for kind in CUSTOM_KINDS]),
)
@click.option("--choice", "choices", multiple=True, help="An allowed value, for choice and multi.")
@verb
def add_field(session: Session, label: str, kind: str, choices: tuple[str, ...]) -> None:
    """Add a custom field."""
    field = session.app.custom_fields.add(label, kind, choices)
    session.output.result({"field": {"key": field.key, "label": field.label, "type": kind}})
    session.output.say(tr("Added the field {key}", key=field.key))


@fields.command("rename")
@click.argument("key")
@click.argument("label")
@verb
def rename_field(session: Session, key: str, label: str) -> None:
    """Give a custom field another label; its key stays."""
    session.app.custom_fields.rename(key.removeprefix(CUSTOM_PREFIX), label)
    session.output.result({"renamed": key, "to": label})
    session.output.say(tr("Renamed the field to {label}", label=label))


@fields.command("delete")
@click.argument("key")
@verb
def delete_field(session: Session, key: str) -> None:
    """Delete a custom field; undo brings it back with its values."""
    session.app.custom_fields.delete(key.removeprefix(CUSTOM_PREFIX))
    session.output.result({"deleted": key})
    session.output.say(tr("Deleted the field {key}", key=key))


def _is_filter(word: str) -> bool:
    """True for created>=2026-01-01, which holds an = but sets nothing."""
    return ">=" in word or "<=" in word or ":" in word.partition("=")[0].removeprefix("custom:")


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for pair in values:
        field, equals, value = pair.partition("=")
        if not equals or not field:
            raise InvalidInput(
                tr("This is not FIELD=VALUE: {pair}", pair=pair),
                tr("For example: first_name=Ada. Quote a value that has spaces."),
            )
        pairs[field.strip()] = value
    return pairs


def _print_contact(output: Output, data: dict[str, Any], provenance: Mapping[str, Source]) -> None:
    labels = {field.key: field.title for field in FIELDS}
    rows = [
        (labels.get(key, key), value, _origin(provenance.get(key)))
        for key, value in data.items()
        if key not in {"custom", "labelled"} and value not in (None, "", [], {})
    ]
    rows += [
        (key, value, _origin(provenance.get(CUSTOM_PREFIX + key)))
        for key, value in (data.get("custom") or {}).items()
    ]
    output.table((tr("Field"), tr("Value"), tr("From")), rows)


def _origin(source: Source | None) -> str:
    if source is None:
        return ""
    if source.file:
        return tr("{file}, row {row}", file=source.file, row=source.row)
    return f"{source.label}, {source.actor}"
