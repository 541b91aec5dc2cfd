"""Saved views: a query with its columns, order, row height and form, kept under a name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from app.core.errors import InvalidInput, NotFound
from app.core.fields import BY_KEY
from app.core.text import marked, search_words, tr, trn
from app.models.store import Store
from app.models.views import SavedView
from app.services.custom_fields import read_custom_fields
from app.services.operations import Operations
from app.services.query import parse
from app.services.search import Search
from app.services.search_order import NAME, sort_key
from app.services.search_picks import refuse_view_of_view
from app.services.view_picks import Pick, Picks, asked, view_key

LONGEST = 40
RESERVED = (marked("All contacts"), marked("Trash"))
DENSITIES = ("compact", "default", "comfortable")


@dataclass(frozen=True, slots=True)
class Look:
    """How a view shows its contacts; the defaults are those of a new workspace.

    columns are pairs of a field's key and the width a user gave it, 0 for none; no columns are
    the usual ones. density is empty where the view follows the computer's own row height.
    """

    columns: tuple[tuple[str, int], ...] = ()
    sort: str = "name"
    descending: bool = False
    density: str = ""
    kind: str = "table"

    def written(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "columns": [list(pair) for pair in self.columns],
            "sort": self.sort,
            "descending": self.descending,
            "density": self.density,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class View:
    """One saved view, in the user's order."""

    id: int
    name: str
    query: str
    look: Look
    position: int
    picks: Picks = field(default_factory=Picks)

    @property
    def asked(self) -> str:
        """What finds its contacts in the query language."""
        return asked(self.name, self.query, self.picks, self.query)


class Views:
    """Lists and changes the saved views, every change undoable; NotFound for one that is gone."""

    def __init__(self, store: Store, operations: Operations, search: Search) -> None:
        self._store = store
        self._operations = operations
        self._search = search

    def list(self) -> list[View]:
        """Every saved view in the user's order."""
        with self._store.reading() as connection:
            return _views(connection)

    def named(self, name: str) -> View:
        """The view called so, however it is capitalised or accented."""
        views = self.list()
        found = next((view for view in views if view_key(view.name) == view_key(name)), None)
        if found is None:
            known = ", ".join(view.name for view in views)
            hint = tr("There are: {views}.", views=known) if known else tr("No view is saved yet.")
            raise NotFound(tr("There is no view '{name}'.", name=name), hint)
        return found

    def save(self, name: str, query: str, look: Look | None = None) -> View:
        """Keep a new view at the end; one of the same name is refused, see `update`.

        Raises InvalidInput for a query that cannot be read or a name that cannot be.
        """
        name, look = _checked_name(name), look or Look()
        self._check_query(query)
        with self._operations.recording("view.create", "Save a view") as recorder:
            _refuse_same(recorder.connection, name, but=None)
            _check_look(recorder.connection, look)
            last = select(func.max(SavedView.position)).where(SavedView.deleted_op.is_(None))
            row = {
                "name": name,
                "name_key": view_key(name),
                "query": query,
                "look": look.written(),
                "position": (recorder.connection.execute(last).scalar() or 0) + 1,
            }
            made = recorder.create("saved_view", [row])[0]
        return self.get(made)

    def get(self, view: int) -> View:
        """One view by its id."""
        found = next((one for one in self.list() if one.id == view), None)
        if found is None:
            raise _gone()
        return found

    def update(self, view: int, query: str, look: Look) -> View:
        """Let a view find and show something else from now on."""
        self._check_query(query)
        with self._operations.recording("view.edit", "Change a view") as recorder:
            _require(recorder.connection, view)
            _check_look(recorder.connection, look)
            recorder.update("saved_view", {view: {"query": query, "look": look.written()}})
        return self.get(view)

    def pick(self, view: int, contacts: Collection[int], pick: Pick | None) -> None:
        """Keep contacts in a view, hide them from it, or with None leave them to its query again.

        Raises InvalidInput when they become too many.
        """
        kind, label = f"view.{pick.name.lower() if pick else 'unpick'}", _labelled(pick, contacts)
        with self._operations.recording(kind, label, params={"count": len(contacts)}) as recorder:
            _require(recorder.connection, view)
            held = next(one for one in _views(recorder.connection) if one.id == view).picks
            written = held.with_(contacts, pick).written()
            recorder.update("saved_view", {view: {"picks": written}})

    def rename(self, view: int, name: str) -> None:
        """Give a view another name."""
        name = _checked_name(name)
        with self._operations.recording("view.edit", "Rename a view") as recorder:
            _require(recorder.connection, view)
            _refuse_same(recorder.connection, name, but=view)
            recorder.update("saved_view", {view: {"name": name, "name_key": view_key(name)}})

    def reorder(self, views: Sequence[int]) -> None:
        """Put the views in this order, which must name each exactly once."""
        with self._operations.recording("view.edit", "Reorder the views") as recorder:
            present = [view.id for view in _views(recorder.connection)]
            if sorted(present) != sorted(views):
                raise InvalidInput(
                    tr("The new order does not name each view exactly once."),
                    tr("Reload the list, somebody may have changed it, and try again."),
                )
            places = {view: {"position": place} for place, view in enumerate(views, 1)}
            recorder.update("saved_view", places)

    def delete(self, view: int) -> None:
        """Take a view away; undo brings it back. Its contacts stay as they are."""
        with self._operations.recording("view.delete", "Delete a view") as recorder:
            _require(recorder.connection, view)
            recorder.kill("saved_view", [view])

    def _check_query(self, query: str) -> None:
        self._search.check(query)
        with self._store.reading() as connection:
            custom = [view.field for view in read_custom_fields(connection)]
        if parse(query, custom).view:
            refuse_view_of_view()


def read_look(stored: Mapping[str, Any] | None) -> Look:
    """The look of a stored one; what cannot be read, from another version, is left out."""
    held = stored or {}
    columns = held.get("columns")
    density, kind = str(held.get("density", "")), str(held.get("kind", "table"))
    return Look(
        tuple(_column(pair) for pair in columns) if isinstance(columns, list) else (),
        str(held.get("sort") or "name"),
        bool(held.get("descending", False)),
        density if density in DENSITIES else "",
        kind if kind in ("table", "cards") else "table",
    )


def _column(pair: Any) -> tuple[str, int]:  # noqa: ANN401
    key, width = pair if isinstance(pair, list) and len(pair) == 2 else (pair, 0)
    return str(key), width if isinstance(width, int) and width > 0 else 0


def _check_look(connection: Connection, look: Look) -> None:
    """Refuse an order or a column that no contact has."""
    custom = [view.field for view in read_custom_fields(connection)]
    sort_key(look.sort, custom)
    known = {NAME, *BY_KEY, *(field.key for field in custom)}
    for key, _width in look.columns:
        if key not in known:
            raise InvalidInput(
                tr("There is no field '{name}'.", name=key),
                tr("The fields are listed by: captely fields"),
            )


def _views(connection: Connection) -> list[View]:
    rows = select(
        SavedView.id,
        SavedView.name,
        SavedView.query,
        SavedView.look,
        SavedView.position,
        SavedView.picks,
    ).where(SavedView.deleted_op.is_(None))
    ordered = rows.order_by(SavedView.position, SavedView.id)
    return [
        View(
            row.id,
            row.name,
            row.query or "",
            read_look(row.look),
            row.position,
            Picks.read(row.picks),
        )
        for row in connection.execute(ordered)
    ]


def _require(connection: Connection, view: int) -> None:
    present = select(SavedView.id).where(SavedView.id == view, SavedView.deleted_op.is_(None))
    if connection.execute(present).first() is None:
        raise _gone()


def _gone() -> NotFound:
    return NotFound(tr("This view no longer exists."), tr("Undo brings a deleted one back."))


_LABELS = {
    Pick.KEEP: (marked("Keep a contact in a view"), marked("Keep {count} contacts in a view")),
    Pick.HIDE: (
        marked("Hide a contact from a view"),
        marked("Hide {count} contacts from a view"),
    ),
    None: (
        marked("Leave a contact to the filter of a view"),
        marked("Leave {count} contacts to the filter of a view"),
    ),
}


def _labelled(pick: Pick | None, contacts: Collection[int]) -> str:
    one, many = _LABELS[pick]
    return one if len(contacts) == 1 else many


def _checked_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not search_words(tidy) or len(tidy) > LONGEST:
        raise InvalidInput(
            trn(
                "A view needs a name of at most {n} letter.",
                "A view needs a name of at most {n} letters.",
                LONGEST,
            ),
            tr("Write a short one such as Hot leads."),
        )
    if view_key(tidy) in {key for name in RESERVED for key in (view_key(name), view_key(tr(name)))}:
        raise InvalidInput(
            tr("'{name}' is the name of a view that is always there.", name=tidy),
            tr("Choose another name."),
        )
    return tidy


def _refuse_same(connection: Connection, name: str, *, but: int | None) -> None:
    for view in _views(connection):
        if view.id != but and view_key(view.name) == view_key(name):
            raise InvalidInput(
                tr("There is already a view '{name}'.", name=view.name),
                tr("Choose another name, or change that view."),
            )
