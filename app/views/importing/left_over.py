"""An import that stopped before its end, as after a crash: it is resumed or rolled back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr, trn
from app.services.jobs import JobState, JobView, Lane
from app.views.common.boxes import Card, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.jobs_read import JobsRead
from app.views.common.labels import ElidedLabel, Para
from app.views.common.pills import IconMark
from app.views.common.words import number
from app.views.shell.job_acts import give_up_words, last_words

KIND = "import"
WAITING = (JobState.PAUSED, JobState.INTERRUPTED)


class LeftOver(QWidget):
    """Emits resumed with the number and the label of a job; rolls back by itself."""

    resumed = Signal(int, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = JobsRead(desk, self)
        self._allowed = True
        self.cards: dict[int, LeftOverCard] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self.hide()

    def look(self, but: int | None) -> None:
        """Look for imports that wait, other than the one in view."""
        jobs = self._desk.app.jobs
        self._reading.read(
            lambda: jobs.views(active=True),
            lambda views: self.show_jobs([view for view in views if view.id != but]),
        )

    def allow(self, *, shown: bool) -> None:
        """Whether there is room for them in the present step."""
        self._allowed = shown
        self.setVisible(shown and bool(self.cards))

    def show_jobs(self, jobs: list[JobView]) -> None:
        """Show the imports among the jobs that wait for a decision."""
        for card in self.cards.values():
            card.hide()
            card.deleteLater()
        self.cards = {}
        for job in jobs:
            if job.kind == KIND and job.state in WAITING:
                card = LeftOverCard(job)
                card.resume.clicked.connect(lambda _on, n=job.id: self._resume(n))
                card.roll_back.clicked.connect(lambda _on, n=job.id: self._roll_back(n))
                self.cards[job.id] = card
                self._layout.addWidget(card)
        self.allow(shown=self._allowed)

    def _resume(self, job: int) -> None:
        card = self.cards.pop(job)
        card.hide()
        card.deleteLater()
        self.resumed.emit(job, card.label)

    def _roll_back(self, job: int) -> None:
        card = self.cards[job]
        if not card.is_certain():
            return
        card.decide()
        jobs = self._desk.app.jobs
        # Not in the lane of edits, where a long one would keep a person waiting.
        self._desk.calls.call(
            Lane.BULK,
            self,
            lambda: jobs.cancel(job),
            lambda _view: self._rolled_back(card.dropped),
            self._refused,
        )

    def _refused(self, error: CaptelyError) -> None:
        """It may have been decided elsewhere, or can be tried again."""
        self._desk.say_error(error)
        self.look(None)

    def _rolled_back(self, dropped: str) -> None:
        self._desk.say(dropped or tr("The import is rolled back: nothing of it is left."))
        self.look(None)


class LeftOverCard(Card):
    """One import with its two ways on."""

    def __init__(self, job: JobView) -> None:
        super().__init__(gap=8)
        self.label, self.dropped, self._last = job.label, job.dropped, last_words(job)
        self.resume = Btn(tr("Resume"), Kind.OUTLINE, "play")
        self.roll_back = Btn(give_up_words(job), Kind.GHOST, "undo-2")
        for button in (self.resume, self.roll_back):
            button.setAccessibleName(f"{button.text()}: {job.label}")
        title = ElidedLabel(job.label, Role.STRONG)
        line = row(
            IconMark("triangle-alert", "pill.warning.fg"), title, self.roll_back, self.resume, gap=8
        )
        line.setStretchFactor(title, 1)
        self.body.addLayout(line)
        self.body.addWidget(Para(_words(job)))

    def is_certain(self) -> bool:
        """False at the first click on what would drop rows for good; the button then says so."""
        if not self.dropped or self.roll_back.text() == self._last:
            return True
        self.roll_back.setText(self._last)
        self.roll_back.updateGeometry()
        return False

    def decide(self) -> None:
        """A decision was made; nothing can be pressed twice."""
        self.resume.setEnabled(False)
        self.roll_back.setEnabled(False)


def _words(job: JobView) -> str:
    if job.dropped:
        waits = trn("{n} parked row waits.", "{n} parked rows wait.", job.parked)
        return tr("{waits} Resume brings in as many as the plan has room for by then.", waits=waits)
    stopped = (
        tr("It is paused") if job.state is JobState.PAUSED else tr("It stopped when Captely closed")
    )
    if job.total:
        stopped = tr(
            "{stopped}, with {done} of {total} rows written and none of them visible.",
            stopped=stopped, done=number(job.done), total=number(job.total),
        )  # fmt: skip
    else:
        stopped = tr("{stopped}, before anything was written.", stopped=stopped)
    return tr(
        "{stopped} Resume it from there, or roll it back and nothing is left.", stopped=stopped
    )
