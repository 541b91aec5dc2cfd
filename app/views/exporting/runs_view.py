"""The exports that were run, newest first, and the two ways to start another."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.exporting import RunView
from app.views.common.boxes import Card, column
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import Cell, Column, Look
from app.views.common.desk import Desk
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.tokens import Tone
from app.views.common.words import long_time, number, short_time

SHOWN = 200

COLUMNS = (
    Column("to", tr("To"), 120, weight=1),
    Column("account", tr("Account"), 160, weight=3, rank=2),
    Column("outcome", tr("Outcome"), 152, weight=0),
    Column("ok", tr("Sent"), 80, weight=0, right=True),
    Column("failed", tr("Failed"), 80, weight=0, right=True),
    Column("unchanged", tr("Unchanged"), 96, weight=0, right=True, rank=3),
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
    return tr("Delivered"), Tone.SUCCESS


def row_of(run: RunView, now: datetime) -> tuple[Cell, ...]:
    """One run as cells."""
    words, tone = outcome_of(run)
    return (
        Cell(run.connector.title().replace("Hubspot", "HubSpot"), Look.STRONG),
        Cell(run.account),
        Cell(words, Look.PILL, tone),
        *(Cell(number(run.counts.get(k, 0)), Look.FIGURE) for k in ("ok", "failed", "unchanged")),
        Cell(short_time(run.at, now), tip=long_time(run.at)),
    )


class RunsView(QWidget):
    """file_wished and connector_wished start an export; opened(run) shows one."""

    file_wished = Signal()
    connector_wished = Signal()
    opened = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._runs: list[RunView] = []
        self.to_file = Btn(tr("Export to a file"), Kind.OUTLINE, "download")
        self.to_hubspot = Btn(tr("Export to HubSpot"), Kind.PRIMARY, "share-2")
        self.header = PageHeader(tr("Exports"), self.to_file, self.to_hubspot)
        self.notice = Notice()
        self.model = ListModel(COLUMNS, self)
        self.table = Table(tr("Exports"), COLUMNS)
        self.table.setModel(self.model)
        self.empty = Empty(
            "share-2",
            tr("Send contacts where you need them"),
            tr(
                "A dry run shows each contact's fate and the exact request before anything is sent."
            ),
        )
        self._list = QStackedWidget()
        self._list.addWidget(Card(self.table, padding=1))
        self._list.addWidget(self.empty)
        self._list.setCurrentIndex(1)
        parts = (self.header, self.notice, self._list)
        self.setLayout(column(*parts, gap=16, margins=(24, 16, 24, 24)))
        self.to_file.clicked.connect(self.file_wished.emit)
        self.to_hubspot.clicked.connect(self.connector_wished.emit)
        self.table.opened.connect(self._open)
        self.table.clicked.connect(lambda index: self._open(index.row()))

    def load(self) -> None:
        """Read the newest runs."""
        self.notice.say("")
        exporting = self._desk.app.exporting
        self._desk.calls.read(
            self, lambda: exporting.runs.list(limit=SHOWN), self._show, self._failed
        )

    def _show(self, runs: list[RunView]) -> None:
        self._runs = runs
        now = self._desk.app.clock.now()
        self.model.show([row_of(run, now) for run in runs])
        self._list.setCurrentIndex(0 if runs else 1)
        self.header.show_count(number(len(runs)))

    def _failed(self, error: CaptelyError) -> None:
        self.notice.say_error(error)

    def _open(self, row: int) -> None:
        if 0 <= row < len(self._runs):
            self.opened.emit(self._runs[row].id)
