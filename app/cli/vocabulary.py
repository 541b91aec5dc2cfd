"""The verbs of what contacts are described with: tags, statuses and custom fields."""

from __future__ import annotations

import click

from app.cli.verb import Listing, Session, verb
from app.core.fields import CUSTOM_KINDS, CUSTOM_PREFIX, FIELDS
from app.core.text import tr


@click.group(cls=Listing)
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


@click.group(cls=Listing)
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


@click.group(cls=Listing)
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
