"""The exports that were run, newest first, and the ways to start another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from app.core.text import tr
from app.services.exporting import RunView
from app.views.common.boxes import Card, column
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import Cell, Column, Look
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.tokens import Tone
from app.views.common.words import long_time, number, short_time

SHOWN = 200


def columns() -> tuple[Column, ...]:
    """The columns of the history."""
    return (
        Column("to", tr("To"), 120, weight=1),
        Column("account", tr("Account"), 160, weight=3, rank=2),
        Column("outcome", tr("Outcome"), 152, weight=0),
        Column("ok", tr("Sent"), 80, weight=0, right=True),
        Column("failed", tr("Failed"), 80, weight=0, right=True),
        Column("unchanged", tr("Unchanged"), 104, weight=0, right=True, rank=3),
        Column("at", tr("When"), 132, weight=0, rank=1, right=True),
    )


def outcome_of(run: RunView) -> tuple[str, Tone]:
    """How a run ended, in one word."""
    if run.counts.get("ambiguous"):
        return tr("Unclear"), Tone.WARNING
    if run.counts.get("failed"):
        return tr("In part"), Tone.WARNING
    if "ok" not in run.counts:
        return tr("Not finished"), Tone.NEUTRAL
    if not run.counts["ok"]:
        return tr("Nothing to do"), Tone.NEUTRAL
    return tr("Delivered"), Tone.SUCCESS


def row_of(run: RunView, now: datetime, labels: Mapping[str, str]) -> tuple[Cell, ...]:
    """One run as cells; labels are the destinations' by name."""
    words, tone = outcome_of(run)
    return (
        Cell(labels.get(run.connector, run.connector), Look.STRONG),
        Cell(run.account),
        Cell(words, Look.PILL, tone),
        *(Cell(number(run.counts.get(k, 0)), Look.FIGURE) for k in ("ok", "failed", "unchanged")),
        Cell(short_time(run.at, now), tip=long_time(run.at)),
    )


class RunsView(QWidget):
    """file_wished and connector_wished(name) start an export; opened(run) shows one."""

    file_wished = Signal()
    connector_wished = Signal(str)
    opened = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._runs: list[RunView] = []
        self._reading = Latest(desk.calls, self)
        self.destinations = desk.app.connections.destinations()
        self.to_file = Btn(tr("Export to a file"), Kind.OUTLINE, "download")
        self.to_tool = Btn(_start_words(self.destinations), Kind.PRIMARY, "share-2")
        self.header = PageHeader(tr("Exports"), self.to_file, self.to_tool)
        self.notice = Notice()
        self.model = ListModel(columns(), self)
        self.table = Table(tr("Exports"), columns())
        self.table.setModel(self.model)
        self.empty = Empty(
            "share-2",
            tr("Send contacts where you need them"),
            tr(
                "A dry run shows each contact's fate and the exact request before anything is sent."
            ),
        )
        self.first_tool = self.empty.add(Btn(self.to_tool.text(), Kind.PRIMARY, "share-2"))
        self.first_file = self.empty.add(Btn(self.to_file.text(), Kind.OUTLINE, "download"))
        self._list = QStackedWidget()
        self._list.addWidget(Card(self.table, padding=1))
        self._list.addWidget(self.empty)
        self._list.setCurrentIndex(1)
        parts = (self.header, self.notice, self._list)
        self.setLayout(column(*parts, gap=16, margins=(24, 16, 24, 24)))
        for button in (self.to_file, self.first_file):
            button.clicked.connect(self.file_wished.emit)
        for button in (self.to_tool, self.first_tool):
            button.clicked.connect(lambda _on, at=button: self.choose_tool(at))
        self.table.opened.connect(self._open)
        self.table.clicked.connect(lambda index: self._open(index.row()))

    def choose_tool(self, at: Btn | None = None) -> None:
        """Begin an export to the only destination, or let one be chosen below `at`."""
        if len(self.destinations) == 1:
            self.connector_wished.emit(next(iter(self.destinations)))
            return
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for name, label in self.destinations.items():
            menu.addAction(label, partial(self.connector_wished.emit, name))
        at = at or self.to_tool
        menu.popup(at.mapToGlobal(QPoint(0, at.height() + 4)))

    def load(self) -> None:
        """Read the newest runs."""
        self.notice.say("")
        exporting = self._desk.app.exporting
        self._reading.read(
            lambda: exporting.runs.list(limit=SHOWN), self._show, self.notice.say_error
        )

    def _show(self, runs: Sequence[RunView]) -> None:
        self._runs = list(runs)
        now = self._desk.app.clock.now()
        self.model.show([row_of(run, now, self.destinations) for run in runs])
        self._list.setCurrentIndex(0 if runs else 1)
        for button in (self.to_file, self.to_tool):
            button.setVisible(bool(runs))
        self.header.show_count(number(len(runs)))

    def _open(self, row: int) -> None:
        if 0 <= row < len(self._runs):
            self.opened.emit(self._runs[row].id)


def _start_words(destinations: Mapping[str, str]) -> str:
    if len(destinations) == 1:
        return tr("Export to {label}", label=next(iter(destinations.values())))
    return tr("New export")
