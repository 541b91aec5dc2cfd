"""Last step of an import: how far it is, and what came of it, with Undo and the rejected rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import CaptelyError, LimitReached, StalePlan
from app.core.text import tr, trn
from app.services.jobs import JobProgress, JobState
from app.views.common.boxes import Card, Meter, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.pills import IconMark, Notice
from app.views.common.tokens import Tone
from app.views.importing.review_step import figures
from app.views.shell.job_strip import progress_words


class RunStep(QWidget):
    """Wishes: cancel, pause and resume while it runs; again when its plan is stale.

    open, undo, more once it is done; save and correct are about the rejected rows, plan is about
    what the subscription plan allows.
    """

    cancel_wished = Signal()
    pause_wished = Signal()
    resume_wished = Signal()
    again_wished = Signal()
    open_wished = Signal()
    undo_wished = Signal()
    more_wished = Signal()
    save_wished = Signal()
    correct_wished = Signal()
    plan_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.result: Mapping[str, Any] = {}
        self._title = Label("", Role.SUBTITLE)
        self.words = Label("", Role.FIGURE, "secondary")
        self._meter = Meter(tr("Progress of the import"))
        self.pause = Btn(tr("Pause"), Kind.OUTLINE, "pause")
        self.resume = Btn(tr("Resume"), Kind.OUTLINE, "play")
        self.cancel = Btn(tr("Cancel import"), Kind.OUTLINE, "x")
        self.pause.clicked.connect(self._pause)
        self.resume.clicked.connect(self._resume)
        self.cancel.clicked.connect(self._cancel)
        self.notice = Notice()
        self.done_title = Label("", Role.SUBTITLE)
        self.done_words = Para("")
        self._mark = IconMark("circle-check", "pill.success.fg", 20)
        self.figures = figures(tr("What was imported"))
        self.open = Btn(tr("Open imported"), Kind.PRIMARY, "users")
        self.correct = Btn(tr("Correct rejected rows"), Kind.OUTLINE, "pencil")
        self.save = Btn(tr("Save rejected rows"), Kind.OUTLINE, "download")
        self.undo = Btn(tr("Undo import"), Kind.OUTLINE, "undo-2")
        self.more = Btn(tr("Import another"), Kind.GHOST, "upload")
        for button, wish in (
            (self.open, self.open_wished), (self.undo, self.undo_wished),
            (self.more, self.more_wished), (self.save, self.save_wished),
            (self.correct, self.correct_wished),
        ):  # fmt: skip
            button.clicked.connect(wish.emit)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._running_page())
        self._stack.addWidget(self._done_page())
        self.setLayout(column(self.notice, self._stack, gap=16))

    def _running_page(self) -> QWidget:
        line = row(self.words, None, self.pause, self.resume, self.cancel, gap=8)
        sentence = Para(
            tr("You can go on working, or leave this page. Nothing is seen until all is there.")
        )
        card = Card(self._title, self._meter, gap=12)
        card.body.addLayout(line)
        card.body.addWidget(sentence)
        return box(column(card, None))

    def _done_page(self) -> QWidget:
        head = row(self._mark, self.done_title, None, gap=8)
        card = Card(gap=12)
        card.body.addLayout(head)
        card.body.addWidget(self.done_words)
        card.body.addLayout(row(self.open, self.undo, None, self.more, gap=8))
        rejected = Card(Label(tr("Rejected rows"), Role.SUBTITLE), gap=12)
        self._rejected_words = Para("")
        rejected.body.addWidget(self._rejected_words)
        rejected.body.addLayout(row(self.correct, self.save, None, gap=8))
        self._rejected = rejected
        return box(column(self.figures, card, rejected, None, gap=16))

    def start(self, file_name: str) -> None:
        """The job is about to run."""
        self.result = {}
        self.notice.say("")
        self.notice.offer("")
        self._title.setText(tr("Importing {file}", file=file_name))
        self.words.setText(tr("Starting"))
        self._meter.show_parts([], 1.0)
        self.show_state(JobState.RUNNING)
        self._stack.setCurrentIndex(0)

    def show_state(self, state: JobState) -> None:
        """Offer what can be done in this state of the job."""
        running = state in (JobState.RUNNING, JobState.QUEUED)
        self.pause.setVisible(running)
        self.resume.setVisible(state in (JobState.PAUSED, JobState.INTERRUPTED))
        for button in (self.pause, self.resume, self.cancel):
            button.setEnabled(True)
        if state is JobState.PAUSED:
            self.words.setText(tr("Paused. What is written so far waits unseen."))

    def show_progress(self, progress: JobProgress) -> None:
        """Move the bar."""
        if progress.state is not JobState.RUNNING or not self.cancel.isEnabled():
            return
        said = progress_words(progress)
        if progress.message and progress.message not in said:
            said = f"{progress.message} · {said}"
        self.words.setText(said)
        self._meter.show_parts([("accent.solid", progress.done)], float(progress.total or 0))

    def finish(self, result: Mapping[str, Any]) -> None:
        """Show what came of it."""
        self.result = result
        self.figures.show_numbers(result)
        parked = int(result.get("parked", 0))
        rejected = int(result.get("rejected", 0))
        # Those that wait were read too, though the result does not count them among its rows.
        rows = int(result.get("rows", 0)) + parked
        self.done_title.setText(trn("{n} row read", "{n} rows read", rows))
        self.done_words.setText(
            tr("Every row was taken. You can undo this import at any time.")
            if not rejected and not parked
            else tr("You can undo this import at any time.")
        )
        if parked:
            self.notice.say(_parked_words(result, parked), Tone.WARNING)
            self.notice.offer(tr("Plan and usage"), self.plan_wished.emit)
        self._rejected.setVisible(bool(result.get("rejects_file")))
        self._rejected_words.setText(_rejected_words(rejected))
        self._mark.show_icon("circle-check", "pill.success.fg")
        self.more.become(Kind.GHOST)
        for button in (self.undo, self.open):
            button.show()
        for button in (self.correct, self.save):
            button.setEnabled(bool(result.get("rejects_file")))
        self.undo.setEnabled(result.get("operation") is not None)
        self.open.setEnabled(bool(result.get("batch")))
        self._stack.setCurrentIndex(1)

    def fail(self, error: CaptelyError) -> None:
        """The import ended early; nothing of it is left."""
        self.notice.say_error(error)
        if isinstance(error, StalePlan):
            self.notice.offer(tr("Make the plan again"), self.again_wished.emit)
        elif isinstance(error, LimitReached):
            self.notice.offer(tr("Plan and usage"), self.plan_wished.emit)
        self.end(tr("Stopped. Nothing was changed."))

    def end(self, words: str) -> None:
        """The job has ended without a result."""
        for button in (self.pause, self.resume, self.cancel):
            button.hide()
        self._meter.show_parts([], 1.0)
        self.words.setText(words)

    def show_undone(self) -> None:
        """The import was taken back."""
        for button in (self.undo, self.open, self._rejected):
            button.hide()
        self.more.become(Kind.PRIMARY)
        self._mark.show_icon("undo-2", "text.secondary")
        self.done_title.setText(tr("The import is undone"))
        self.done_words.setText(tr("Every contact is as it was before. Redo brings it back."))

    def _cancel(self) -> None:
        for button in (self.cancel, self.pause, self.resume):
            button.setEnabled(False)
        self.words.setText(tr("Cancelling: what was written is taken out again"))
        self.cancel_wished.emit()

    def _pause(self) -> None:
        self.pause.setEnabled(False)
        self.words.setText(tr("Pausing"))
        self.pause_wished.emit()

    def _resume(self) -> None:
        self.resume.setEnabled(False)
        self.words.setText(tr("Going on"))
        self.resume_wished.emit()


def _parked_words(result: Mapping[str, Any], parked: int) -> str:
    said = str((result.get("parking") or {}).get("message", ""))
    waits = trn("{n} row waits", "{n} rows wait", parked)
    return tr(
        "{said} {waits} as a paused job: resume it under Background work once there is room.",
        said=said,
        waits=waits,
    ).strip()


def _rejected_words(rejected: int) -> str:
    kept = trn("{n} row was not taken.", "{n} rows were not taken.", rejected)
    return tr(
        "{kept} They lie in a file with your columns, the row and the reason: correct them here or "
        "in a spreadsheet, and drop that file again.",
        kept=kept,
    )
