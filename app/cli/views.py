"""The verbs of saved views: list, save, rename and delete them, and pick whom they show."""

from __future__ import annotations

import click

from app.cli.verb import QUERY_SETTINGS, Listing, Session, query_text, verb
from app.core.text import fold, tr
from app.services.view_picks import Pick
from app.services.views import Look, View


@click.group(cls=Listing)
def view() -> None:
    """List, save, rename and delete saved views of the contacts; keep or hide contacts in one."""


@view.command("list")
@verb
def list_views(session: Session) -> None:
    """List the saved views in their order."""
    rows = [as_json(one) for one in session.app.views.list()]
    session.output.result({"views": rows})
    session.output.table(
        (tr("View"), tr("Query"), tr("Order")),
        ((row["name"], row["query"], row["sort"]) for row in rows),
    )


@view.command("save", context_settings=QUERY_SETTINGS)
@click.argument("name")
@click.argument("query", nargs=-1)
@click.option("--sort", default="name", show_default=True, help="A field; -field is descending.")
@click.option("--column", "columns", multiple=True, metavar="FIELD", help="May be repeated.")
@click.option("--force", is_flag=True, help="Replace the view that has this name.")
@verb
def save(
    session: Session,
    name: str,
    query: tuple[str, ...],
    sort: str,
    columns: tuple[str, ...],
    *,
    force: bool,
) -> None:
    """Keep QUERY under NAME: view save "Hot leads" "score>60 -tag:eu" --sort=-score."""
    views = session.app.views
    written = query_text(query)
    look = Look(
        tuple((column, 0) for column in columns), sort.removeprefix("-"), sort.startswith("-")
    )
    there = [one for one in views.list() if fold(one.name) == fold(name)]
    if force and there:
        saved = views.update(there[0].id, written, look)
    else:
        saved = views.save(name, written, look)
    session.output.result({"view": as_json(saved)})
    session.output.say(tr("Saved the view {name}", name=saved.name))


@view.command("rename")
@click.argument("name")
@click.argument("new_name")
@verb
def rename(session: Session, name: str, new_name: str) -> None:
    """Give a view another name."""
    views = session.app.views
    views.rename(views.named(name).id, new_name)
    session.output.result({"renamed": name, "to": new_name})
    session.output.say(tr("Renamed the view to {name}", name=new_name))


@view.command("delete")
@click.argument("name")
@verb
def delete(session: Session, name: str) -> None:
    """Take a view away; its contacts stay as they are, and undo brings it back."""
    views = session.app.views
    views.delete(views.named(name).id)
    session.output.result({"deleted": name})
    session.output.say(tr("Deleted the view {name}", name=name))


def _pick_command(name: str, pick: Pick | None, words: str) -> click.Command:
    @click.argument("view_name", metavar="NAME")
    @click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")
    @verb
    def pick_some(session: Session, view_name: str, ids: tuple[int, ...]) -> None:
        views = session.app.views
        for one in ids:
            session.app.contacts.get(one)
        view = views.named(view_name)
        views.pick(view.id, ids, pick)
        shown = views.get(view.id)
        session.output.result({"view": as_json(shown)})
        session.output.say(
            tr(
                "{name} keeps {kept} and hides {hidden}",
                name=shown.name,
                kept=f"{len(shown.picks.kept):,}",
                hidden=f"{len(shown.picks.hidden):,}",
            )
        )

    return click.command(name, help=words)(pick_some)


for _name, _pick, _words in (
    ("keep", Pick.KEEP, "Keep contacts in a view whatever its query says."),
    ("hide", Pick.HIDE, "Hide contacts from a view whatever its query says."),
    ("unpick", None, "Leave contacts to the query of a view again."),
):
    view.add_command(_pick_command(_name, _pick, _words))


def as_json(one: View) -> dict[str, object]:
    """A view as scripts read it."""
    sort = f"-{one.look.sort}" if one.look.descending else one.look.sort
    columns = [key for key, _width in one.look.columns]
    return {
        "id": one.id,
        "name": one.name,
        "query": one.query,
        "sort": sort,
        "columns": columns,
        "kept": list(one.picks.kept),
        "hidden": list(one.picks.hidden),
    }
