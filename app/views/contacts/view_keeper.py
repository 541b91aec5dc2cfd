"""Which view is shown and how: saved views, what was changed in them, and their counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import CaptelyError
from app.services.query_parts import joined
from app.services.search import Interrupt
from app.services.view_picks import Picks, asked
from app.services.views import Look, View, read_look
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.contacts.view_tabs import ALL, TRASH

MEMORY = "contacts"
COUNT_AFTER_MS = 800


class ViewKeeper(QObject):
    """The present view and its look.

    entered(query) is emitted when another view is shown, looked when the look changed, listed when
    the saved views did, counted with how many contacts each finds; saved carries a view that was
    saved as it is shown, renamed follows another name.
    """

    entered = Signal(str)
    looked = Signal()
    listed = Signal()
    counted = Signal(object)
    saved = Signal(object)
    renamed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.views: tuple[View, ...] = ()
        self._state = desk.memory.get(MEMORY)
        self.key = _number(self._state.get("view"), ALL)
        self.loaded = False
        self._looks: dict[int, Look] = {
            _number(key, ALL): read_look(stored)
            for key, stored in _mapping(self._state.get("looks")).items()
        }
        self._reading = Latest(desk.calls, self)
        self._interrupt = Interrupt()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(COUNT_AFTER_MS)
        self._pause.timeout.connect(self._count)

    @property
    def look(self) -> Look:
        """How the present view is shown now."""
        view = self.view
        return self._looks.get(self.key, view.look if view is not None else Look())

    @property
    def view(self) -> View | None:
        """The present saved view; None for all contacts and the trash."""
        return next((view for view in self.views if view.id == self.key), None)

    @property
    def picks(self) -> Picks:
        """Whom the present view keeps and hides."""
        view = self.view
        return view.picks if view is not None else Picks()

    @property
    def recent(self) -> list[str]:
        """The queries searched before on this computer."""
        kept = self._state.get("recent")
        return [str(query) for query in kept] if isinstance(kept, list) else []

    @property
    def query(self) -> str:
        """What was looked for when the window was closed, else what the view looks for."""
        view, kept = self.view, self._state.get("query")
        return kept if isinstance(kept, str) else (view.query if view is not None else "")

    def asked(self, line: str) -> str:
        """What a typed line looks for within the trash or the view that is shown."""
        if (view := self.view) is not None:
            return asked(view.name, view.query, view.picks, line)
        return joined("in:trash" if self.key == TRASH else "", line)

    def keep_query(self, query: str) -> None:
        """Remember what is looked for now."""
        self._remember({"query": query})

    def keep_recent(self, queries: Sequence[str]) -> None:
        """Remember what was searched."""
        self._remember({"recent": list(queries)})

    def load(self) -> None:
        """Read the saved views."""
        views = self._desk.app.views
        self._reading.read(lambda: tuple(views.list()), self._listed)

    def enter(self, key: int) -> None:
        """Show another view as it was left."""
        self.key = key
        view = self.view
        if key not in (ALL, TRASH) and view is None and self.loaded:
            self.key = ALL
        self._remember({"view": self.key})
        self.looked.emit()
        self.entered.emit(view.query if view is not None else "")

    def change(self, **changes: Any) -> None:
        """Change part of the present look: columns, sort, descending, density or kind."""
        look = replace(self.look, **changes)
        if look == self.look:
            return
        view = self.view
        if look == (view.look if view is not None else Look()):
            self._looks.pop(self.key, None)
        else:
            self._looks[self.key] = look
        self._remember({"looks": {str(key): one.written() for key, one in self._looks.items()}})
        self.looked.emit()

    def differs(self, query: str) -> bool:
        """Whether the query or the look is another than the view was saved with."""
        if self.key == TRASH:
            return False
        view = self.view
        if view is None:
            return bool(query)
        return query != view.query or self.look != view.look

    def save_as(self, name: str, query: str, failed: Callable[[CaptelyError], None]) -> None:
        """Keep the present query and look as a new view and show it."""
        views, look = self._desk.app.views, self.look
        self._desk.calls.edit(
            self, lambda: views.save(name, query, look), partial(self._saved, self.key), failed
        )

    def update(self, query: str, failed: Callable[[CaptelyError], None]) -> None:
        """Let the present view be as it is shown now."""
        views, look, key = self._desk.app.views, self.look, self.key
        self._desk.calls.edit(
            self, lambda: views.update(key, query, look), partial(self._saved, key), failed
        )

    def rename(self, view: int, name: str, failed: Callable[[CaptelyError], None]) -> None:
        """Give a view another name."""
        views = self._desk.app.views
        self._desk.calls.edit(self, lambda: views.rename(view, name), self._renamed, failed)

    def move(self, view: int, by: int) -> None:
        """Move a view among the others."""
        order = [one.id for one in self.views]
        place = order.index(view) + by
        if not 0 <= place < len(order):
            return
        order.remove(view)
        order.insert(place, view)
        views = self._desk.app.views
        self._desk.calls.edit(self, lambda: views.reorder(order), self._reload)

    def delete(self, view: int) -> None:
        """Take a view away; the window offers to undo it."""
        views = self._desk.app.views
        self._desk.calls.edit(self, lambda: views.delete(view), self._reload)

    def count_soon(self) -> None:
        """Count what each view finds, once the page is quiet."""
        self._pause.start()

    def stop_counting(self) -> None:
        """Let a search go first."""
        self._interrupt.stop()
        self._pause.stop()

    def views_for_palette(self) -> list[tuple[str, Callable[[], None]]]:
        """Each view's name and what shows it, for whoever lists views to jump to."""
        return [(view.name, partial(self.enter, view.id)) for view in self.views]

    def _saved(self, before: int, view: View) -> None:
        # What was changed is in the saved view now.
        self._looks.pop(before, None)
        self._looks.pop(view.id, None)
        self._remember({"looks": {str(key): one.written() for key, one in self._looks.items()}})
        if self.key == before:
            self.key = view.id
            self._remember({"view": view.id})
        if self.view is not None:
            # The list that was read when the change was announced knew it already.
            self.listed.emit()
        self.load()
        self.saved.emit(view)

    def _renamed(self, none: None) -> None:
        self.renamed.emit()
        self._reload(none)

    def _reload(self, _none: None) -> None:
        self.load()

    def _listed(self, views: tuple[View, ...]) -> None:
        first, self.loaded, self.views = not self.loaded, True, views
        gone = self.key not in (ALL, TRASH) and self.view is None
        self.listed.emit()
        if gone:
            self.enter(ALL)
        elif first:
            self.looked.emit()
            self.entered.emit(self.query)
        self.count_soon()

    def _count(self) -> None:
        """One view after the other, so that a search never waits behind all of them."""
        self._interrupt = interrupt = Interrupt()
        self._count_next(list(self.views), {}, interrupt)

    def _count_next(self, left: list[View], counts: dict[int, int], interrupt: Interrupt) -> None:
        if not left:
            self.counted.emit(counts)
            return
        view, search = left.pop(0), self._desk.app.search

        def counted(total: int) -> None:
            counts[view.id] = total
            if interrupt is self._interrupt:
                self.counted.emit(dict(counts))
                self._count_next(left, counts, interrupt)

        def failed(_error: CaptelyError) -> None:
            # A view of a status or field that is gone finds nobody; opening it says why.
            if interrupt is self._interrupt:
                self._count_next(left, counts, interrupt)

        self._desk.calls.read(
            self, lambda: search.count(view.asked, interrupt=interrupt), counted, failed
        )

    def _remember(self, changes: Mapping[str, Any]) -> None:
        self._state = {**self._state, **changes}
        self._desk.memory.put(MEMORY, self._state)


def _mapping(stored: object) -> Mapping[str, Any]:
    return stored if isinstance(stored, dict) else {}


def _number(stored: object, default: int) -> int:
    try:
        return int(str(stored))
    except ValueError:
        return default
