"""The job centre: what runs, what waits for a decision, and what there was, at the right edge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.text import marked, tr
from app.services.jobs import JobProgress, JobState, JobView
from app.views.common.boxes import Scrolled, column, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.inputs import SearchField
from app.views.common.jobs_read import JobsRead
from app.views.common.labels import Label
from app.views.common.pills import Empty, Notice
from app.views.shell.fuzzy import match
from app.views.shell.job_acts import ENDED, UNDER_WAY, JobActs
from app.views.shell.job_card import JobCard, who_words
from app.views.shell.side_panel import SidePanel

PAGE, REFRESH_MS = 20, 100

_SHOWN = (
    (marked("All"), tuple(JobState)),
    (marked("Not ended"), tuple(state for state in JobState if state not in ENDED)),
    (marked("Ended"), ENDED),
)
_SECTIONS = (
    (marked("Needs a decision"), (JobState.INTERRUPTED,)),
    (marked("Running and waiting"), (*UNDER_WAY, JobState.PAUSED)),
    (marked("Earlier"), ENDED),
)


class JobCentre(SidePanel):
    """Reads the newest jobs each time it opens, and follows them while it is open."""

    def __init__(self, desk: Desk, acts: JobActs, parent: QWidget, page: QWidget) -> None:
        super().__init__(tr("Background work"), parent, page)
        self._desk = desk
        self._acts = acts
        self._reading = JobsRead(desk, self)
        self._views: list[JobView] = []
        self._limit, self._states = PAGE, _SHOWN[0][1]
        self.cards: dict[int, JobCard] = {}
        self.search = SearchField(tr("Find a job"))
        self.tabs = [TabBtn(tr(words)) for words, _states in _SHOWN]
        self.notice = Notice()
        self.clear = Btn(tr("Clear filter"), Kind.LINK)
        self.older = Btn(tr("Show older"), Kind.LINK)
        self.empty = Empty(
            "list-checks", tr("Nothing here yet"), tr("Imports and exports appear here.")
        )
        self._heads = [Label(tr(words), Role.CAPTION, "secondary") for words, _ in _SECTIONS]
        self._columns = [column(gap=8) for _section in _SECTIONS]
        self._lay_out()
        self.begins = self.search
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._wire()

    def _lay_out(self) -> None:
        inside = QWidget()
        stack = QVBoxLayout(inside)
        stack.setContentsMargins(16, 0, 16, 64)
        stack.setSpacing(8)
        for head, cards in zip(self._heads, self._columns, strict=True):
            stack.addWidget(head)
            stack.addLayout(cards)
        stack.addWidget(self.older)
        stack.addStretch(1)
        self._scroll = Scrolled(inside, tr("Jobs"), over=True)
        tools = column(
            self.search,
            row(*self.tabs, None, self.clear, gap=4),
            self.notice,
            gap=8,
            margins=(16, 12, 16, 12),
        )
        self.body.addLayout(tools)
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(self.empty, 1)

    def _wire(self) -> None:
        for tab, (_words, states) in zip(self.tabs, _SHOWN, strict=True):
            tab.clicked.connect(lambda _on, chosen=states: self.show_states(chosen))
        self.tabs[0].setChecked(True)
        self.search.textChanged.connect(lambda _text: self._show())
        self.clear.clicked.connect(self.clear_filter)
        self.older.clicked.connect(self._show_older)
        self._refresh.timeout.connect(self.load)
        self._acts.taken.connect(self._take)
        self._desk.bridge.job_changed.connect(lambda event: self._take(event.job))
        self._desk.bridge.job_progress.connect(self._progress)

    def load(self) -> None:
        """Read the newest jobs."""
        jobs, limit = self._desk.app.jobs, self._limit
        self._reading.read(lambda: jobs.views(limit=limit), self._loaded, self.notice.say_error)

    def show_states(self, states: Iterable[JobState]) -> None:
        """Show only jobs in these states."""
        self._states = tuple(states)
        self._show()

    def clear_filter(self) -> None:
        """Show all jobs."""
        self.search.clear()
        self.tabs[0].setChecked(True)
        self.show_states(_SHOWN[0][1])
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _loaded(self, views: Sequence[JobView]) -> None:
        self.notice.say("")
        self._views = list(views)
        self._show()

    def _take(self, view: JobView) -> None:
        """A job changed; a new one makes the list be read again, soon and once."""
        if not self.isVisible():
            return
        known = [number for number, old in enumerate(self._views) if old.id == view.id]
        if known:
            self._views[known[0]] = view
            self._show()
        else:
            self._refresh.start()

    def _progress(self, progress: JobProgress) -> None:
        card = self.cards.get(progress.job_id)
        if card is not None and self.isVisible() and progress.state in UNDER_WAY:
            card.show_progress(progress)

    def _show(self) -> None:
        typed = self.search.text().strip()
        shown = [view for view in self._views if self._fits(view, typed)]
        now = self._desk.app.clock.now()
        for job in self.cards.keys() - {view.id for view in shown}:
            self._drop(job)
        for head, cards, (_words, states) in zip(
            self._heads, self._columns, _SECTIONS, strict=True
        ):
            members = [view for view in shown if view.state in states]
            head.setVisible(bool(members))
            for place, view in enumerate(members):
                card = self.cards.get(view.id) or self._add(view)
                if cards.indexOf(card) != place:
                    cards.insertWidget(place, card)
                card.show_view(view, who_words(view, now))
        filtered = bool(typed) or self._states != _SHOWN[0][1]
        self.clear.setVisible(filtered)
        self.older.setVisible(len(self._views) == self._limit)
        self._scroll.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        if filtered:
            self.empty.say(tr("No matches"), tr("No job fits the filter."))
        else:
            self.empty.say(tr("Nothing here yet"), tr("Imports and exports appear here."))

    def _fits(self, view: JobView, typed: str) -> bool:
        words = f"{view.label} {view.actor} {view.message}"
        return view.state in self._states and match(typed, words) is not None

    def _add(self, view: JobView) -> JobCard:
        card = self.cards[view.id] = JobCard(self._acts, view)
        return card

    def _drop(self, job: int) -> None:
        card = self.cards.pop(job)
        card.hide()
        card.deleteLater()

    def _show_older(self) -> None:
        self._limit += PAGE
        self.load()
