"""The strip at the foot of the window: what runs in the background, how fast, and its Cancel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.core.text import tr, trn
from app.services.jobs import JobProgress, JobState, JobView
from app.views.common.boxes import Meter, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.jobs_read import JobsRead
from app.views.common.labels import ElidedLabel, Label
from app.views.common.pills import IconMark
from app.views.common.theme import theme
from app.views.common.words import duration, number
from app.views.shell.job_acts import ENDED, JobActs, give_up_words

SHOW_AFTER_MS, MOST_LINES = 600, 2


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
    """One job that runs or is paused."""

    def __init__(self, acts: JobActs, view: JobView) -> None:
        super().__init__()
        self._acts = acts
        self.job_id = view.id
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._icon = IconMark("loader", "accent.text")
        self._label = ElidedLabel(view.label, Role.STRONG)
        self.words = Label("", Role.FIGURE, "secondary")
        self._meter = Meter(view.label)
        self.pause = Btn(tr("Pause"), Kind.GHOST)
        self.resume = Btn(tr("Resume"), Kind.GHOST)
        self.cancel = Btn(give_up_words(view), Kind.GHOST)
        for button, act in (
            (self.pause, self._pause),
            (self.resume, self._resume),
            (self.cancel, self._cancel),
        ):
            button.setAccessibleName(f"{button.text()}: {view.label}")
            button.clicked.connect(act)
        texts = row(self._label, self.words, gap=12)
        texts.setStretchFactor(self._label, 1)
        middle = column(texts, self._meter, gap=4)
        line = row(self._icon, middle, self.pause, self.resume, self.cancel, gap=8)
        line.setStretchFactor(middle, 1)
        line.setContentsMargins(16, 8, 16, 8)
        self.setLayout(line)
        self.show_view(view)

    def show_view(self, view: JobView) -> None:
        """Offer what can be done with it as it stands."""
        paused = view.state is JobState.PAUSED
        self.pause.setVisible(not paused)
        self.resume.setVisible(paused)
        for button in (self.pause, self.resume, self.cancel):
            button.setEnabled(not self._acts.is_asked(self.job_id))
        self._icon.show_icon(
            *(("pause", "text.secondary") if paused else ("loader", "accent.text"))
        )
        if paused:
            self.words.setText(tr("Paused"))
        elif view.state is JobState.QUEUED:
            self.words.setText(tr("Waiting for its turn"))

    def show_progress(self, progress: JobProgress) -> None:
        """Move the bar."""
        self.words.setText(progress_words(progress))
        self._meter.show_parts([("accent.solid", progress.done)], float(progress.total or 0))

    def _pause(self) -> None:
        self._asked(self.pause, tr("Pausing"))
        self._acts.pause(self.job_id)

    def _resume(self) -> None:
        self._asked(self.resume, tr("Going on"))
        self._acts.resume(self.job_id)

    def _cancel(self) -> None:
        self._asked(self.cancel, tr("Cancelling"))
        self._acts.cancel(self.job_id)

    def _asked(self, button: Btn, words: str) -> None:
        button.setEnabled(False)
        self.words.setText(words)


class JobStrip(QWidget):
    """The jobs that run or are paused, two at most; the rest is in the job centre.

    counted carries how many jobs have not ended, also those that wait for a decision.
    """

    counted = Signal(int)
    centre_wished = Signal()

    def __init__(self, desk: Desk, acts: JobActs) -> None:
        super().__init__()
        self._desk = desk
        self._acts = acts
        self._reading = JobsRead(desk, self)
        self.active: dict[int, JobView] = {}
        self.lines: dict[int, JobLine] = {}
        self._soon: dict[int, QTimer] = {}
        self._seen: set[int] = set()
        self.more = Btn("", Kind.LINK)
        self.more.setAccessibleName(tr("Show all background work"))
        self.more.clicked.connect(self.centre_wished.emit)
        self._more_row = box(row(None, self.more, margins=(16, 0, 16, 8)))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 1, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._more_row)
        self.setAccessibleName(tr("Running in the background"))
        self.hide()
        acts.taken.connect(self.take)
        desk.bridge.job_progress.connect(self._progress)
        desk.bridge.job_changed.connect(lambda event: self.take(event.job))

    def load(self) -> None:
        """Show the jobs that were left over from before."""
        jobs = self._desk.app.jobs
        self._reading.read(lambda: jobs.views(active=True), self._loaded)

    def _loaded(self, views: Sequence[JobView]) -> None:
        for view in reversed(views):
            self.take(view)

    def take(self, view: JobView) -> None:
        """Follow a job; one that runs is shown once it has run for a moment."""
        if view.state in ENDED:
            self.active.pop(view.id, None)
            self._seen.discard(view.id)
        else:
            self.active[view.id] = view
            if view.state is JobState.PAUSED:
                self._seen.add(view.id)
            elif view.id not in self._seen:
                self._show_soon(view.id)
        self.counted.emit(len(self.active))
        self._show()

    def _show_soon(self, job: int) -> None:
        if job in self._soon:
            return
        timer = self._soon[job] = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(lambda: self._due(job))
        timer.start(SHOW_AFTER_MS)

    def _due(self, job: int) -> None:
        self._soon.pop(job).deleteLater()
        if job in self.active:
            self._seen.add(job)
            self._show()

    def _show(self) -> None:
        wanted = [
            view
            for view in self.active.values()
            if view.id in self._seen
            and view.state is not JobState.INTERRUPTED
            # Parked rows may wait for months; they are in the job centre and on the import page.
            and not view.dropped
        ]
        shown = {view.id: view for view in wanted[:MOST_LINES]}
        for job in self.lines.keys() - shown.keys():
            line = self.lines.pop(job)
            line.hide()
            line.deleteLater()
        for place, view in enumerate(shown.values()):
            if view.id not in self.lines:
                self.lines[view.id] = JobLine(self._acts, view)
                self._layout.insertWidget(place, self.lines[view.id])
            self.lines[view.id].show_view(view)
        others = len(wanted) - len(shown)
        self.more.setText(trn("{n} more", "{n} more", others))
        self.more.updateGeometry()
        self._more_row.setVisible(others > 0)
        self.setVisible(bool(shown))

    def _progress(self, progress: JobProgress) -> None:
        line = self.lines.get(progress.job_id)
        if line is not None and not self._acts.is_asked(progress.job_id):
            line.show_progress(progress)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ground and the line above."""
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.colour("bg.surface"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), look.colour("border.subtle"))
