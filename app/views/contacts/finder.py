"""Finds contacts as one types: each new query stops the one before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import CaptelyError
from app.services.rows import ContactRow
from app.services.search import Ids, Interrupt
from app.views.common.desk import Desk

FIRST_ROWS = 50
PAUSE_MS = 120
WAITING_MS = 150
"""A wait that is long enough to be noticed, after which the page says that it is looking."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for and in which order."""

    query: str = ""
    sort: str = "name"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Everything in order, and the place of the contact that was marked then."""

    ids: Ids
    marked: int | None
    place: int | None


class Finder(QObject):
    """first_found carries the first rows, found a Found, refused the error of a query.

    waiting is emitted when nothing has come for a while; more are the further fields that the
    first rows are read with. marked tells which contact has the focus, from any thread.

    The order of all is read once the typing pauses, since it may be a million ids long; the first
    rows are read with every letter.
    """

    first_found = Signal(object)
    found = Signal(object)
    refused = Signal(object)
    waiting = Signal()

    def __init__(
        self, desk: Desk, marked: Callable[[], int | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._marked = marked
        self._interrupt = Interrupt()
        self._turn = 0
        self.wanted: Wanted | None = None
        self.searching = False
        self.more: tuple[str, ...] = ()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(WAITING_MS)
        self._patience.timeout.connect(self.waiting.emit)
        self._answered = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._find_all)

    def find(self, wanted: Wanted) -> None:
        """Look for `wanted`, giving up what was looked for before."""
        self._interrupt.stop()
        self._interrupt = Interrupt()
        self._turn += 1
        again = self.wanted == wanted and self._answered
        self.wanted, self.searching = wanted, True
        if again:
            # The old rows stay in view until the new order is known.
            self._find_all()
        else:
            self._answered = False
            self._pause.start()
            self._patience.start()
            self._find_first()

    def _find_first(self) -> None:
        turn, wanted, interrupt = self._turn, self.wanted or Wanted(), self._interrupt
        search, more = self._desk.app.search, self.more
        self._desk.calls.read(
            self,
            lambda: search.first_page(
                wanted.query,
                sort=wanted.sort,
                descending=wanted.descending,
                limit=FIRST_ROWS,
                more=more,
                interrupt=interrupt,
            ),
            lambda rows: self._first(turn, rows),
            lambda error: self._failed(turn, error),
        )

    def _find_all(self) -> None:
        self._pause.stop()
        turn, wanted, interrupt = self._turn, self.wanted or Wanted(), self._interrupt
        search, marked = self._desk.app.search, self._marked

        def work() -> Found:
            ids = search.ids(
                wanted.query, sort=wanted.sort, descending=wanted.descending, interrupt=interrupt
            )
            contact = marked()
            return Found(ids, contact, None if contact is None else ids.place_of(contact))

        self._desk.calls.read(
            self,
            work,
            lambda found: self._all(turn, found),
            lambda error: self._failed(turn, error),
        )

    def stop(self) -> None:
        """Give up what is being looked for."""
        self._interrupt.stop()

    def _first(self, turn: int, rows: Sequence[ContactRow]) -> None:
        # The whole order may overtake the first page when everything fits on it.
        if turn == self._turn and self.searching:
            self._patience.stop()
            self._answered = True
            self.first_found.emit(rows)

    def _all(self, turn: int, found: Found) -> None:
        if turn == self._turn:
            self._patience.stop()
            self.searching, self._answered = False, True
            self.found.emit(found)
            self._read_ahead(turn)

    def _read_ahead(self, turn: int) -> None:
        """Use the pause: what the next letters look into comes to memory, part by part."""
        wanted, interrupt = self.wanted or Wanted(), self._interrupt
        search = self._desk.app.search
        if turn == self._turn and wanted.sort == "name":
            self._desk.calls.read(
                self,
                lambda: search.read_ahead(descending=wanted.descending, interrupt=interrupt),
                lambda more: self._read_ahead(turn) if more else None,
                # Nobody has asked for it; a search that fails the same way says so.
                lambda _error: None,
            )

    def _failed(self, turn: int, error: CaptelyError) -> None:
        if turn == self._turn and self.searching:
            self._patience.stop()
            self.searching = False
            self.refused.emit(error)
