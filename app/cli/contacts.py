"""The verbs of contacts: list them; show, add, set, tag, edit, delete and restore some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from app.cli.output import Output
from app.cli.progress import progress_of
from app.cli.verb import (
    QUERY_SETTINGS,
    Session,
    cancellable,
    query_text,
    readable,
    result_of,
    verb,
)
from app.core.errors import InvalidInput, NotFound
from app.core.fields import CUSTOM_PREFIX, FIELDS
from app.core.text import tr, trn
from app.services.bulk import Act, Edit

if TYPE_CHECKING:
    from app.services.bulk import BulkPlan
    from app.services.history import Source, TimelineEntry
    from app.services.rows import ContactView

TIMELINE = 20
"""Entries of a contact's timeline that are printed; --json has them all."""


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
@click.option("--sort", help="A field, by default name; -field is descending.")
@click.option("--view", "view_name", metavar="NAME", help="Within a saved view, in its order.")
@verb
def contacts(
    session: Session,
    query: tuple[str, ...],
    limit: int,
    offset: int,
    sort: str | None,
    view_name: str | None,
) -> None:
    """List the contacts that match QUERY, such as: status:new tag:fair -tag:eu has:email ada."""
    view = session.app.views.named(view_name) if view_name else None
    words = " ".join(part for part in (view.asked if view else "", query_text(query)) if part)
    own = (view.look.sort, view.look.descending) if view else ("name", False)
    field, descending = (sort.removeprefix("-"), sort.startswith("-")) if sort else own
    page = session.app.contacts.page(
        words,
        sort=field,
        descending=descending,
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
        session.output.note(_how_many(len(views), page.total))


@click.group(cls=_ByNumber, invoke_without_command=False)
def contact() -> None:
    """Show one contact (contact ID), or add, set, tag, edit, delete and restore some."""


@contact.command("show")
@click.argument("id", type=int)
@verb
def show(session: Session, id: int) -> None:  # noqa: A002 - the argument's name in the usage text
    """Show a contact with where each value came from and what happened to it."""
    view = session.app.contacts.get(id)
    provenance = session.app.history.provenance(id)
    timeline = session.app.history.timeline(id)
    session.output.result(
        {"contact": view.as_json(), "provenance": provenance, "timeline": timeline}
    )
    _print_contact(session.output, view, provenance, timeline)


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


@contact.command("tag")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")
@click.option("--add", "given", multiple=True, metavar="TAG", help="May be repeated.")
@click.option("--remove", "taken", multiple=True, metavar="TAG", help="May be repeated.")
@verb
def tag(
    session: Session, ids: tuple[int, ...], given: tuple[str, ...], taken: tuple[str, ...]
) -> None:
    """Give contacts tags or take some from them; their other tags stay."""
    if not given and not taken:
        raise InvalidInput(
            tr("Say which tags."), tr("For example: contact tag 12 --add fair --remove eu")
        )
    _require_all(session, ids, deleted=False)
    plan = session.app.bulk.plan(ids, _tagging(given, taken))
    _carry_out(session, plan)
    session.output.result({"changed": plan.changed, "equal": plan.equal, "ids": list(ids)})
    session.output.say(_changes(plan, dry_run=False))


@contact.command("delete")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")
@verb
def delete(session: Session, ids: tuple[int, ...]) -> None:
    """Move contacts to the trash, from which they can be restored."""
    _require_all(session, ids, deleted=False)
    count = session.app.contacts.delete(ids)
    session.output.result({"deleted": count, "ids": list(ids)})
    session.output.say(trn("{n} contact is in the trash", "{n} contacts are in the trash", count))


@contact.command("restore")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")
@verb
def restore(session: Session, ids: tuple[int, ...]) -> None:
    """Bring contacts back from the trash (list them with: contacts in:trash)."""
    _require_all(session, ids, deleted=True)
    count = session.app.contacts.restore(ids)
    session.output.result({"restored": count, "ids": list(ids)})
    session.output.say(trn("{n} contact is back", "{n} contacts are back", count))


@contact.command("edit", context_settings=QUERY_SETTINGS)
@click.argument("words", nargs=-1, required=True, metavar="QUERY... FIELD=VALUE...")
@click.option("--replace", "replaced", nargs=3, multiple=True, metavar="FIELD TEXT BY")
@click.option("--whole", is_flag=True, help="--replace only fields that are TEXT and no more.")
@click.option("--add-tag", "given", multiple=True, metavar="TAG", help="May be repeated.")
@click.option("--remove-tag", "taken", multiple=True, metavar="TAG", help="May be repeated.")
@click.option("--dry-run", is_flag=True, help="Count what would change, change nothing.")
@verb
def edit(
    session: Session,
    words: tuple[str, ...],
    replaced: tuple[tuple[str, str, str], ...],
    given: tuple[str, ...],
    taken: tuple[str, ...],
    *,
    whole: bool,
    dry_run: bool,
) -> None:
    """Change fields of every contact that matches QUERY, as one undoable step."""
    filters = tuple(word for word in words if "=" not in word or _is_filter(word))
    pairs = _pairs(tuple(word for word in words if word not in filters))
    query = query_text(filters)
    if not query:
        raise InvalidInput(
            tr("Say which contacts to change."), tr("For example: contact edit tag:fair owner=ada")
        )
    edits = [Edit(Act.SET if text else Act.CLEAR, key, text) for key, text in pairs.items()]
    edits += [Edit(Act.REPLACE, key, text, by, whole) for key, text, by in replaced]
    plan = session.app.bulk.plan(query, [*edits, *_tagging(given, taken)])
    if not dry_run:
        _carry_out(session, plan)
    session.output.result({**plan.as_json(), "dry_run": dry_run})
    session.output.say(_changes(plan, dry_run=dry_run))
    for block in plan.blocks:
        session.output.note(f"{block.count:,}: {block.reason}")
    session.exit_code = 1 if plan.blocked else 0


def _tagging(given: Sequence[str], taken: Sequence[str]) -> list[Edit]:
    edits = [Edit(Act.ADD_TAGS, tags=tuple(given))] if given else []
    return edits + ([Edit(Act.REMOVE_TAGS, tags=tuple(taken))] if taken else [])


def _carry_out(session: Session, plan: BulkPlan) -> None:
    """At once, or as a job that shows how far it is and can be stopped."""
    app = session.app
    if not app.bulk.is_large(plan):
        app.bulk.run(plan)
        return
    job = app.bulk.start(plan)
    with cancellable() as stop, progress_of(app.bus, session.output):
        result_of(app.jobs.run(job, pause=stop))


def _how_many(shown: int, total: int) -> str:
    if shown == total:
        return trn("{n} contact", "{n} contacts", total)
    return trn(
        "{shown} of {n} contact; see --limit and --offset",
        "{shown} of {n} contacts; see --limit and --offset",
        total,
        shown=f"{shown:,}",
    )


def _changes(plan: BulkPlan, *, dry_run: bool) -> str:
    numbers = {
        "changed": f"{plan.changed:,}",
        "equal": f"{plan.equal:,}",
        "blocked": f"{plan.blocked:,}",
    }
    if dry_run:
        return tr("{changed} would change, {equal} already equal, {blocked} blocked", **numbers)
    return tr("{changed} changed, {equal} already equal, {blocked} blocked", **numbers)


def _require_all(session: Session, ids: tuple[int, ...], *, deleted: bool) -> None:
    """Refuse the whole list for one wrong id, before anything is changed."""
    for one in ids:
        found = session.app.contacts.get(one)
        if found.deleted and not deleted:
            raise NotFound(
                tr("Contact {id} is in the trash.", id=one),
                tr("Bring it back with: captely contact restore {id}", id=one),
            )
        if deleted and not found.deleted:
            raise NotFound(
                tr("Contact {id} is not in the trash.", id=one),
                tr("List what is there with: captely contacts in:trash"),
            )


def _is_filter(word: str) -> bool:
    """True for created>=2026-01-01 and company:a=b, which hold an = but set nothing."""
    before = word.partition("=")[0]
    return before.endswith((">", "<")) or ":" in before.removeprefix(CUSTOM_PREFIX)


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    readable(values)
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


def _print_contact(
    output: Output,
    view: ContactView,
    provenance: Mapping[str, Source],
    timeline: Sequence[TimelineEntry],
) -> None:
    if output.as_json:
        return
    output.say(f"{view.id}  {view.name}")
    if view.deleted:
        output.say(tr("In the trash since it was deleted; contact restore brings it back."))
    output.table(
        (tr("Field"), tr("Value"), tr("From")),
        [
            (words, value, _origin(provenance.get(key)))
            for key, words, value in _filled(view)
            if value not in (None, "", [], ())
        ],
    )
    output.say("")
    output.table(
        (tr("When"), tr("Who"), tr("What")),
        [(entry.at, entry.actor, _told(entry)) for entry in timeline[:TIMELINE]],
    )


def _filled(view: ContactView) -> Iterator[tuple[str, str, Any]]:
    """Every value as (key in the journal, words, value)."""
    for field in FIELDS:
        value = view.tags if field.key == "tags" else view.values.get(field.key)
        yield field.key, field.title, value
        for label, further in view.labelled.get(field.key, ()):
            yield f"labelled:{field.key}", f"{field.title} ({label})", further
    for name, value in view.custom.items():
        yield CUSTOM_PREFIX + name, CUSTOM_PREFIX + name, value


def _told(entry: TimelineEntry) -> str:
    return tr("{what} (taken back)", what=entry.label) if entry.undone else entry.label


def _origin(source: Source | None) -> str:
    if source is None:
        return ""
    if source.file:
        return tr("{file}, row {row}", file=source.file, row=source.row)
    return f"{source.label}, {source.actor}"
