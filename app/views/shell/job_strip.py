"""The strip at the foot of the window: what runs in the background, how fast, and its Cancel."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.core.text import tr
from app.services.jobs import JobProgress, JobState, JobView
from app.views.common.boxes import Meter, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label
from app.views.common.pills import IconMark
from app.views.common.theme import theme
from app.views.common.words import duration, number

SHOW_AFTER_MS = 600
_WAITING = (JobState.PAUSED, JobState.INTERRUPTED)


def progress_words(progress: JobProgress) -> str:
    """12,400 of 100,000 · 3,100/s · 28 s left."""
    parts = []
    if progress.total:
        done, total = number(progress.done), number(progress.total)
        parts.append(tr("{done} of {total}", done=done, total=total))
    elif progress.done:
        parts.append(number(progress.done))
    if progress.rate >= 1:
        parts.append(tr("{rate}/s", rate=number(progress.rate)))
    if progress.eta_seconds is not None:
        parts.append(tr("{time} left", time=duration(progress.eta_seconds)))
    return " · ".join(parts) or progress.message


class JobLine(QWidget):
    """One job that runs or waits for a decision."""

    def __init__(self, desk: Desk, job_id: int, label: str) -> None:
        super().__init__()
        self._desk = desk
        self.job_id = job_id
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._icon = IconMark("loader", "accent.text")
        self._label = ElidedLabel(label, Role.STRONG)
        self.words = Label("", Role.FIGURE, "secondary")
        self._meter = Meter(label)
        self.pause = Btn(tr("Pause"), Kind.GHOST)
        self.resume = Btn(tr("Resume"), Kind.GHOST)
        self.cancel = Btn(tr("Cancel"), Kind.GHOST)
        for button, act in (
            (self.pause, self._pause),
            (self.resume, self._resume),
            (self.cancel, self._cancel),
        ):
            button.setAccessibleName(f"{button.text()}: {label}")
            button.clicked.connect(act)
        texts = row(self._label, self.words, gap=12)
        texts.setStretchFactor(self._label, 1)
        middle = column(texts, self._meter, gap=4)
        line = row(self._icon, middle, self.pause, self.resume, self.cancel, gap=8)
        line.setStretchFactor(middle, 1)
        line.setContentsMargins(16, 8, 16, 8)
        self.setLayout(line)
        self.show_state(JobState.RUNNING)

    def show_state(self, state: JobState) -> None:
        """Offer what can be done in this state."""
        running = state in (JobState.RUNNING, JobState.QUEUED)
        self.pause.setVisible(running)
        self.resume.setVisible(state in _WAITING)
        if state is JobState.PAUSED:
            self._icon.show_icon("pause", "text.secondary")
            self.words.setText(tr("Paused"))
        elif state is JobState.INTERRUPTED:
            self._icon.show_icon("triangle-alert", "pill.warning.fg")
            self.words.setText(tr("Stopped when Captely closed. Nothing is lost."))
        else:
            self._icon.show_icon("loader", "accent.text")

    def show_progress(self, progress: JobProgress) -> None:
        """Move the bar."""
        self.show_state(progress.state)
        self.words.setText(progress_words(progress))
        self._meter.show_parts([("accent.solid", progress.done)], float(progress.total or 0))

    def _pause(self) -> None:
        jobs, number_ = self._desk.app.jobs, self.job_id
        self._desk.calls.edit(self, lambda: jobs.pause(number_), self._seen)

    def _resume(self) -> None:
        runner, number_ = self._desk.app.runner, self.job_id
        self.show_state(JobState.RUNNING)
        self.words.setText(tr("Going on"))
        desk = self._desk
        # The line is gone once the job has ended, but its error must still be told.
        desk.calls.edit(
            desk,
            lambda: runner.start_job(number_),
            lambda future: desk.calls.follow(future, desk, lambda _view: None),
        )

    def _cancel(self) -> None:
        jobs, number_ = self._desk.app.jobs, self.job_id
        self.words.setText(tr("Cancelling"))
        self.cancel.setEnabled(False)
        self._desk.calls.edit(self, lambda: jobs.cancel(number_), self._seen)

    def _seen(self, view: JobView) -> None:
        self.show_state(view.state)


class JobStrip(QWidget):
    """All unfinished jobs, one line each; hidden when there is none."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.lines: dict[int, JobLine] = {}
        self._pending: dict[int, QTimer] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 1, 0, 0)
        self._layout.setSpacing(0)
        self.setAccessibleName(tr("Background work"))
        self.hide()
        desk.bridge.job_progress.connect(self._progress)
        desk.bridge.job_changed.connect(lambda event: self.take(event.job))

    def load(self) -> None:
        """Show the jobs that were left over from before."""
        jobs = self._desk.app.jobs
        self._desk.calls.read(self, lambda: jobs.views(active=True), self._loaded)

    def _loaded(self, views: list[JobView]) -> None:
        for view in views:
            self.take(view)

    def take(self, view: JobView) -> None:
        """Follow a job's state; one that runs is shown once it has run for a moment."""
        if view.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
            self._drop(view.id)
        elif view.state in _WAITING:
            self._line(view.id, view.label).show_state(view.state)
        elif view.id in self.lines:
            self.lines[view.id].show_state(view.state)
        else:
            self._show_soon(view.id, view.label)

    def _show_soon(self, job_id: int, label: str) -> None:
        if job_id in self._pending:
            return
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: self._line(job_id, label))
        timer.start(SHOW_AFTER_MS)
        self._pending[job_id] = timer

    def _progress(self, progress: JobProgress) -> None:
        line = self.lines.get(progress.job_id)
        if line is not None:
            line.show_progress(progress)

    def _line(self, job_id: int, label: str) -> JobLine:
        if job_id not in self.lines:
            self.lines[job_id] = JobLine(self._desk, job_id, label)
            self._layout.addWidget(self.lines[job_id])
        self.show()
        return self.lines[job_id]

    def _drop(self, job_id: int) -> None:
        timer = self._pending.pop(job_id, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        line = self.lines.pop(job_id, None)
        if line is not None:
            line.hide()
            line.deleteLater()
        self.setVisible(bool(self.lines))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ground and the line above."""
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.colour("bg.surface"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), look.colour("border.subtle"))
