"""One job in the job centre: what it is, how far, who began it, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.core.text import marked, tr, trn
from app.services.jobs import JobProgress, JobState, JobView
from app.views.common.boxes import Card, Meter, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.pills import IconMark, Pill
from app.views.common.tokens import Tone
from app.views.common.words import number, short_time
from app.views.shell.job_acts import (
    ENDED,
    EXPORT,
    IMPORT,
    UNDER_WAY,
    WAITING,
    JobActs,
    give_up_words,
    last_words,
)
from app.views.shell.job_strip import progress_words

_STATES = {
    JobState.QUEUED: (marked("Waiting"), Tone.NEUTRAL),
    JobState.RUNNING: (marked("Running"), Tone.INFO),
    JobState.PAUSED: (marked("Paused"), Tone.NEUTRAL),
    JobState.INTERRUPTED: (marked("Needs a decision"), Tone.WARNING),
    JobState.DONE: (marked("Done"), Tone.SUCCESS),
    JobState.FAILED: (marked("Failed"), Tone.DANGER),
    JobState.CANCELLED: (marked("Cancelled"), Tone.NEUTRAL),
}
_ICONS = {IMPORT: "upload", EXPORT: "share-2"}
_OPEN = {IMPORT: (marked("Show contacts"), "batch"), EXPORT: (marked("Show the run"), "run")}


class JobCard(Card):
    """Shows a job and follows it."""

    def __init__(self, acts: JobActs, view: JobView) -> None:
        super().__init__(gap=8, padding=12)
        self._acts = acts
        self.view = view
        self._label = ElidedLabel(view.label, Role.STRONG)
        self.state = Pill()
        self.meter = Meter(tr("Progress of {job}", job=view.label))
        self.words = Label("", Role.FIGURE, "secondary")
        self.problem = Para("", tone="primary")
        self.who = Label("", Role.SMALL, "muted")
        self.pause = self._button(tr("Pause"), lambda: acts.pause(view.id))
        self.resume = self._button(tr("Resume"), lambda: acts.resume(view.id))
        self.cancel = self._button(give_up_words(view), self._give_up)
        self.open = self._button(self._open_words(), lambda: acts.open_result(self.view))
        self.rejects = self._button(tr("Rejected rows"), lambda: acts.open_rejects(self.view))
        mark = IconMark(_ICONS.get(view.kind, "list-checks"))
        head = row(mark, self._label, self.state, gap=8)
        head.setStretchFactor(self._label, 1)
        for part in (self.meter, self.words, self.problem):
            part.hide()
        buttons = row(self.resume, self.pause, self.cancel, self.open, self.rejects, None, gap=8)
        self.body.addLayout(head)
        for part in (self.meter, self.words, self.problem, self.who):
            self.body.addWidget(part)
        self.body.addLayout(buttons)

    def show_view(self, view: JobView, who: str) -> None:
        """Show the job as it stands."""
        self.view = view
        words, tone = _STATES[view.state]
        self.state.show_word(tr(words), tone)
        self.setAccessibleName(f"{view.label}, {tr(words)}")
        live = view.state not in ENDED
        self.meter.setVisible(live and bool(view.total))
        self.meter.show_parts([("accent.solid", view.done)], float(view.total or 0))
        self._say_progress(_done_words(view) if live else "")
        self._say_problem()
        self.who.setText(who)
        self.cancel.setText(give_up_words(view))
        self._allow(busy=False)

    def show_progress(self, progress: JobProgress) -> None:
        """Move the bar."""
        self._say_progress(progress_words(progress))
        self.meter.setVisible(bool(progress.total))
        self.meter.show_parts([("accent.solid", progress.done)], float(progress.total or 0))

    def _say_progress(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _say_problem(self) -> None:
        view = self.view
        said = [view.message] if view.state in (*WAITING, JobState.CANCELLED) else []
        if view.state is JobState.INTERRUPTED:
            said.append(_left_over_words(view))
        if view.ambiguous:
            said.append(_unclear_words(view))
        text = "\n".join(part for part in said if part)
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.problem.updateGeometry()

    def _allow(self, *, busy: bool) -> None:
        state, result = self.view.state, self.view.result or {}
        self.pause.setVisible(state in UNDER_WAY)
        self.resume.setVisible(state in WAITING)
        self.cancel.setVisible(state in UNDER_WAY or state in WAITING)
        key = _OPEN.get(self.view.kind, ("", ""))[1]
        self.open.setVisible(state is JobState.DONE and bool(result.get(key)))
        self.rejects.setVisible(state is JobState.DONE and bool(result.get("rejects_file")))
        self.resume.setText(tr("Try again") if state is JobState.FAILED else tr("Resume"))
        for button in (self.pause, self.resume, self.cancel):
            button.setEnabled(not busy)
            button.setAccessibleName(f"{button.text()}: {self.view.label}")
            button.updateGeometry()

    def _give_up(self) -> None:
        if self.view.dropped and self.cancel.text() != last_words(self.view):
            self.cancel.setText(last_words(self.view))
            self.cancel.updateGeometry()
            return
        self._acts.cancel(self.view.id, self.view.dropped)

    def _open_words(self) -> str:
        return tr(_OPEN.get(self.view.kind, (marked("Open"), ""))[0])

    def _button(self, words: str, act: object) -> Btn:
        button = Btn(words, Kind.OUTLINE)
        button.setAccessibleName(f"{words}: {self.view.label}")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: self._do(act))
        return button

    def _do(self, act: object) -> None:
        if callable(act):
            act()
        self._allow(busy=self._acts.is_asked(self.view.id))


def who_words(view: JobView, now: object) -> str:
    """Who began it and when it ended or began."""
    moment = view.ended or view.started or view.created
    return f"{view.actor} · {short_time(moment, now)}"  # type: ignore[arg-type]


def _done_words(view: JobView) -> str:
    if view.total:
        return tr("{done} of {total}", done=number(view.done), total=number(view.total))
    return number(view.done) if view.done else ""


def _left_over_words(view: JobView) -> str:
    if view.kind == IMPORT:
        return tr("It stopped with Captely. Resume it, or roll it back as if it had never begun.")
    return tr("It stopped with Captely. Resume it where it was, or cancel what is left.")


def _unclear_words(view: JobView) -> str:
    return trn(
        "{n} call may or may not have arrived. It is looked up before anything is sent again.",
        "{n} calls may or may not have arrived. They are looked up before anything is sent again.",
        view.ambiguous,
    )
