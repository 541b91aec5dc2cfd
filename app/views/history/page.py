"""The history page: every operation, newest first, and taking any of them back."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QStackedWidget

from app.core.changes import Changes
from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.entries import UNDO, Entry
from app.views.common.boxes import Card, column
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import Cell, Column, Look, cell
from app.views.common.desk import Desk, Page
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.places import Place
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.tokens import Tone
from app.views.common.words import long_time, number, short_time

PAGE = 200

COLUMNS = (
    Column("label", tr("What"), 240, weight=4),
    Column("rows", tr("Rows"), 80, weight=0, right=True, rank=2),
    Column("state", tr("State"), 132, weight=0),
    Column("actor", tr("Who"), 112, weight=1, rank=3),
    Column("origin", tr("Through"), 104, weight=0, rank=4),
    Column("at", tr("When"), 132, weight=0, rank=1, right=True),
)

_ORIGINS = {"ui": "Window", "cli": "Commands", "job": "Job", "provider": "Provider", "sync": "Sync"}


def can_be_undone(entry: Entry) -> bool:
    """False for an undo itself, which is what Redo is for."""
    return entry.undoable and not entry.undone and entry.kind != UNDO


def row_of(entry: Entry, now: datetime) -> tuple[Cell, ...]:
    """One operation as cells."""
    if entry.undone:
        state = Cell(tr("Undone"), Look.PILL, Tone.NEUTRAL)
    elif entry.kind == UNDO:
        state = Cell(tr("An undo"), Look.PILL, Tone.VIOLET)
    elif entry.undoable:
        state = Cell(tr("Undoable"), Look.PILL, Tone.SUCCESS)
    else:
        state = Cell(tr("Final"), Look.PILL, Tone.WARNING)
    return (
        Cell(entry.label, Look.STRONG, tip=entry.label),
        Cell(number(entry.rows), Look.FIGURE),
        state,
        cell(entry.actor),
        cell(tr(_ORIGINS.get(entry.origin, entry.origin))),
        Cell(short_time(entry.at, now), tip=long_time(entry.at)),
    )


class HistoryPage(Page):
    """The selected operation can be undone, whoever made it."""

    place = Place.HISTORY

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._entries: list[Entry] = []
        self._limit = PAGE
        self.undo = Btn(tr("Undo this"), Kind.PRIMARY, "undo-2")
        self.redo = Btn(tr("Redo last"), Kind.OUTLINE, "redo-2")
        self.header = PageHeader(tr("History"), self.redo, self.undo)
        self.notice = Notice()
        self.model = ListModel(COLUMNS, self)
        self.table = Table(tr("History"), COLUMNS)
        self.table.setModel(self.model)
        self.older = Btn(tr("Show older"), Kind.LINK)
        self.empty = Empty(
            "history",
            tr("Nothing happened yet"),
            tr("Every change appears here, and can be taken back."),
        )
        self.list = QStackedWidget()
        self.list.addWidget(Card(self.table, padding=1))
        self.list.addWidget(self.empty)
        parts = (self.header, self.notice, self.list, self.older)
        self.setLayout(column(*parts, gap=16, margins=(24, 16, 24, 24)))
        self.undo.clicked.connect(self._undo)
        self.redo.clicked.connect(desk.redo)
        self.older.clicked.connect(self._show_older)
        self.table.chosen.connect(lambda _row: self._allow())
        desk.bridge.changed.connect(self._changed)
        self._allow()

    def visit(self, argument: object = None) -> None:  # noqa: ARG002 - no argument here
        """Read the newest operations."""
        history, limit = self.desk.app.history, self._limit
        self.desk.calls.read(
            self, lambda: list(history.operations(limit, 0)), self._show, self._failed
        )
        operations = self.desk.app.operations
        self.desk.calls.read(
            self, operations.redoable, lambda entry: self.redo.setEnabled(entry is not None)
        )

    def _show(self, entries: list[Entry]) -> None:
        self.notice.say("")
        chosen = self._chosen()
        self._entries = entries
        now = self.desk.app.clock.now()
        self.model.show([row_of(entry, now) for entry in entries])
        self.list.setCurrentIndex(0 if entries else 1)
        self.header.show_count(number(len(entries)) if len(entries) < self._limit else "")
        self.older.setVisible(len(entries) == self._limit)
        kept = next((n for n, e in enumerate(entries) if chosen and e.id == chosen.id), 0)
        if entries:
            self.table.select(kept)
        self._allow()

    def _chosen(self) -> Entry | None:
        row = self.table.currentIndex().row()
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def _allow(self) -> None:
        chosen = self._chosen()
        self.undo.setEnabled(chosen is not None and can_be_undone(chosen))

    def _undo(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.desk.undo(chosen.id)

    def _show_older(self) -> None:
        self._limit += PAGE
        self.visit()

    def _changed(self, _changes: Changes) -> None:
        if self.isVisible():
            self.visit()

    def _failed(self, error: CaptelyError) -> None:
        self.notice.say_error(error)
