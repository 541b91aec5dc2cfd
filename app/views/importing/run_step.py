"""Last step of an import: how far it is, and what came of it, with Undo and the rejected rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import CaptelyError, StalePlan
from app.core.text import tr, trn
from app.services.jobs import JobProgress
from app.views.common.boxes import Card, Meter, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.figures import Figures
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.pills import IconMark, Notice
from app.views.importing.review_step import PARTS
from app.views.shell.job_strip import progress_words


class RunStep(QWidget):
    """Wishes: cancel while it runs; again when its plan is stale; open, undo, more once done."""

    cancel_wished = Signal()
    again_wished = Signal()
    open_wished = Signal()
    undo_wished = Signal()
    more_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.result: Mapping[str, Any] = {}
        self._title = Label("", Role.SUBTITLE)
        self.words = Label("", Role.FIGURE, "secondary")
        self._meter = Meter(tr("Progress of the import"))
        self.cancel = Btn(tr("Cancel import"), Kind.OUTLINE, "x")
        self.cancel.clicked.connect(self._cancel)
        self.notice = Notice()
        self.done_title = Label("", Role.SUBTITLE)
        self.done_words = Para("")
        self.figures = Figures(tr("What was imported"), PARTS)
        self.open = Btn(tr("Show the contacts"), Kind.PRIMARY, "users")
        self.undo = Btn(tr("Undo the import"), Kind.OUTLINE, "undo-2")
        self.rejects = Btn(tr("Open rejected rows"), Kind.OUTLINE, "file-text")
        self.more = Btn(tr("Import another file"), Kind.GHOST, "upload")
        self.open.clicked.connect(self.open_wished.emit)
        self.undo.clicked.connect(self.undo_wished.emit)
        self.more.clicked.connect(self.more_wished.emit)
        self.rejects.clicked.connect(self._open_rejects)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._running_page())
        self._stack.addWidget(self._done_page())
        self.setLayout(column(self.notice, self._stack, gap=16))

    def _running_page(self) -> QWidget:
        line = row(self.words, None, self.cancel, gap=8)
        sentence = Para(
            tr("You can go on working meanwhile. Nothing is seen until all of it is there.")
        )
        card = Card(self._title, self._meter, gap=12)
        card.body.addLayout(line)
        card.body.addWidget(sentence)
        return box(column(card, None))

    def _done_page(self) -> QWidget:
        head = row(IconMark("circle-check", "pill.success.fg", 20), self.done_title, None, gap=8)
        card = Card(gap=12)
        card.body.addLayout(head)
        card.body.addWidget(self.done_words)
        card.body.addLayout(row(self.open, self.rejects, self.undo, None, self.more, gap=8))
        return box(column(self.figures, card, None, gap=16))

    def start(self, file_name: str) -> None:
        """The job is about to run."""
        self.result = {}
        self.notice.say("")
        self.notice.offer("")
        self._title.setText(tr("Importing {file}", file=file_name))
        self.words.setText(tr("Starting"))
        self._meter.show_parts([], 1.0)
        self.cancel.setEnabled(True)
        self._stack.setCurrentIndex(0)

    def show_progress(self, progress: JobProgress) -> None:
        """Move the bar."""
        said = progress_words(progress)
        if progress.message and progress.message not in said:
            said = f"{progress.message} · {said}"
        self.words.setText(said)
        self._meter.show_parts([("accent.solid", progress.done)], float(progress.total or 0))

    def finish(self, result: Mapping[str, Any]) -> None:
        """Show what came of it."""
        self.result = result
        self.figures.show_numbers({key: result.get(key, 0) for key, _words, _token in PARTS})
        rows = int(result.get("rows", 0))
        self.done_title.setText(trn("{n} row read", "{n} rows read", rows))
        rejected = int(result.get("rejected", 0))
        self.done_words.setText(_done_words(rejected))
        self.rejects.setVisible(bool(result.get("rejects_file")))
        self.undo.setEnabled(result.get("operation") is not None)
        self.open.setEnabled(bool(result.get("batch")))
        self._stack.setCurrentIndex(1)

    def fail(self, error: CaptelyError) -> None:
        """The import ended early; nothing of it is left."""
        self.notice.say_error(error)
        if isinstance(error, StalePlan):
            self.notice.offer(tr("Make the plan again"), self.again_wished.emit)
        self.cancel.setEnabled(False)
        self.words.setText(tr("Stopped. Nothing was changed."))

    def show_undone(self) -> None:
        """The import was taken back."""
        self.undo.setEnabled(False)
        self.open.setEnabled(False)
        self.done_title.setText(tr("The import is undone"))

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.words.setText(tr("Cancelling"))
        self.cancel_wished.emit()

    def _open_rejects(self) -> None:
        path = Path(str(self.result.get("rejects_file")))
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _done_words(rejected: int) -> str:
    if not rejected:
        return tr("Every row was taken. You can undo this import at any time.")
    kept = trn("{n} row was rejected", "{n} rows were rejected", rejected)
    return tr(
        "{kept}; they lie in a file with your columns and the reason. Correct and import it again.",
        kept=kept,
    )
