"""Third step of an import: what would become of each row, and how to put right what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.core.text import marked, tr, trn
from app.services.billing.left import may_try
from app.services.importing.correcting import Matches
from app.services.importing.planned import ImportPlan
from app.services.importing.problems import Overview, ProblemRow, Problems, WrittenValue
from app.views.common.boxes import Card, Rule, Scrolled, box, column, hold_width, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.figures import Figures
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.pills import IconMark, Notice
from app.views.common.run import Calls
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import number
from app.views.importing.draft import Draft
from app.views.importing.matches_view import MatchesView
from app.views.importing.options_panel import WIDTH
from app.views.importing.policy_card import PolicyCard
from app.views.importing.problems_view import ProblemsView
from app.views.importing.rows_view import RowsView
from app.views.importing.values_view import ValuesView
from app.views.importing.wall_card import WallCard

if TYPE_CHECKING:
    from app.services.billing.account import Account

PARTS = (
    ("created", marked("New"), "chart.1"),
    ("updated", marked("Updated"), "chart.2"),
    ("unchanged", marked("Unchanged"), "chart.6"),
    ("duplicates", marked("Twice in the file"), "chart.4"),
    ("rejected", marked("Rejected"), "chart.5"),
)
PROBLEMS, VALUES, MATCHES, ROWS, RULES = range(5)
_VIEWS = (
    marked("To check"),
    marked("Values"),
    marked("Matches"),
    marked("All rows"),
    marked("Rules"),
)
ROOMY = 720
"""The width below which the rows would be cut, were the rules beside them."""


def figures(name: str) -> Figures:
    """The five numbers over their bar."""
    return Figures(name, [(key, tr(words), token) for key, words, token in PARTS])


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that the review shows of one plan, read in one go.

    refusal is why the subscription plan does not allow it to be carried out; after says how many
    contacts fit once it was, is_free that it uses none of the month's imports.
    """

    plan: ImportPlan
    problems: Problems
    overview: Overview
    first: list[ProblemRow]
    unknown: Sequence[WrittenValue]
    matches: Matches
    statuses: Mapping[str, str]
    refusal: CaptelyError | None = None
    after: str = ""
    is_free: bool = False


class ReviewStep(QWidget):
    """Wishes: fixed and unfix_wished change the plan, stop_wished ends the making of one."""

    fixed = Signal(object, str)
    unfix_wished = Signal()
    stop_wished = Signal()
    rejects_wished = Signal()

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._plan: ImportPlan | None = None
        self._may_try = False
        self.notice = Notice()
        self.limits = Notice(Tone.WARNING)
        self.warnings = Notice(Tone.WARNING)
        self.figures = figures(tr("What would happen"))
        self.views = [TabBtn(tr(words)) for words in _VIEWS]
        self.problems = ProblemsView(calls)
        self.values = ValuesView()
        self.matches = MatchesView()
        self.rows = RowsView(calls)
        self.policy = PolicyCard()
        self.wall = WallCard()
        self.stack = QStackedWidget()
        self._rules_room = row(gap=0, margins=(16, 8, 0, 0))
        for view in (self.problems, self.values, self.matches, self.rows):
            self.stack.addWidget(view)
        self.rejects = Btn(tr("Save rejected rows"), Kind.LINK, "download")
        self._undo_words = Para("")
        self._lay_out()
        self.problems.fixed.connect(self.fixed.emit)
        self.rejects.clicked.connect(self.rejects_wished.emit)
        for place, tab in enumerate(self.views):
            tab.clicked.connect(partial(self.show_view, place))

    def _lay_out(self) -> None:
        card = Card(gap=0, padding=1)
        tools = (self.problems.replace, self.problems.fix_all)
        card.body.addLayout(row(*self.views, None, *tools, gap=4, margins=(8, 8, 8, 4)))
        card.body.addWidget(self.stack, 1)
        card.body.addWidget(self._foot())
        self.stack.addWidget(box(self._rules_room))
        self._main = row(card, self._panel(), gap=16)
        self._main.setStretchFactor(card, 1)
        self.views[RULES].hide()
        whole = column(self.notice, self.figures, self.limits, self.warnings, gap=16)
        whole.addLayout(self._main, 1)
        self.setLayout(whole)

    def _foot(self) -> QWidget:
        words = ElidedLabel(
            tr("Rejected rows go to a file with your columns plus the reason."),
            Role.SMALL,
            "secondary",
        )
        line = row(IconMark("info"), words, self.rejects, gap=8, margins=(15, 4, 15, 4))
        line.setStretchFactor(words, 1)
        self._kept = box(column(Rule(), line, gap=0))
        return self._kept

    def _panel(self) -> QWidget:
        head = row(
            IconMark("undo-2", "accent.text"), Label(tr("You can undo this"), Role.SUBTITLE), None
        )
        undo = Card(gap=8)
        undo.body.addLayout(head)
        undo.body.addWidget(self._undo_words)
        self._side = QWidget()
        layout = QVBoxLayout(self._side)
        layout.setContentsMargins(0, 0, 0, 0)
        inside = box(column(self.wall, self.policy, undo, None, gap=16))
        layout.addWidget(Scrolled(inside, tr("Rules of the import")))
        return self._side

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self._place_rules()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the tools as icons alone, and the rules in a view, where room is scarce."""
        super().resizeEvent(event)
        self._place_rules()
        self._fit_tools()

    @property
    def _rules_beside(self) -> bool:
        return self.width() - theme().px(WIDTH) - 16 >= theme().px(ROOMY)

    def _place_rules(self) -> None:
        """Beside the rows if both are whole, else a view of their own."""
        beside = self._rules_beside
        hold_width(self._side, theme().px(WIDTH) if beside else None)
        if beside != self.views[RULES].isHidden():
            (self._main if beside else self._rules_room).addWidget(self._side)
            self.views[RULES].setHidden(beside)
            if beside and self.stack.currentIndex() == RULES:
                self.show_view(PROBLEMS)

    def _fit_tools(self) -> None:
        fix_all = self.problems.fix_all
        fix_all.set_compact(False)
        parts = [tab for tab in self.views if not tab.isHidden()] + [fix_all, self.problems.replace]
        wanted = sum(part.sizeHint().width() + 4 for part in parts) + 32
        taken = theme().px(WIDTH) + 16 if self._rules_beside else 0
        fix_all.set_compact(self.width() - taken < wanted)

    @property
    def has_plan(self) -> bool:
        """Whether a plan is in view."""
        return self._plan is not None

    def show_view(self, place: int) -> None:
        """Show problems, values, matches, rows or, in a small window, the rules."""
        self.views[place].setChecked(True)
        self.stack.setCurrentIndex(place)
        for tool in (self.problems.replace, self.problems.fix_all):
            tool.setVisible(place == PROBLEMS)

    def start_over(self) -> None:
        """Forget what was looked at, for another list."""
        self._plan = None
        self.problems.start_over()
        self.rows.start_over()
        self.policy.fold()
        self.wall.hide()
        self.limits.say("")
        self.show_view(PROBLEMS)

    def show_waiting(self, draft: Draft) -> None:
        """The plan is being made; the old one stays in view while it is made anew."""
        self.policy.show_draft(draft)
        self._allow(enabled=False)
        if self._plan is None:
            self.show_progress("")

    def show_progress(self, words: str) -> None:
        """How far the planning is; Stop ends it."""
        self.notice.say(words or tr("Comparing the file with your contacts"), Tone.NEUTRAL)
        self.notice.offer(tr("Stop"), self.stop_wished.emit)

    def show_review(self, draft: Draft, review: Review) -> None:
        """Show the five numbers and everything behind them."""
        first = self._plan is None
        plan = self._plan = review.plan
        self.notice.say("")
        self.notice.offer("")
        self.warnings.say(_note_words(plan))
        self._show_limits(draft, review)
        self.figures.show_numbers(plan.counts.as_dict())
        self.problems.show_plan(draft, review.problems, review.overview, review.first)
        self.values.show_values(draft, review.problems, review.unknown, review.statuses)
        self.matches.show_matches(review.matches, draft.custom, review.statuses)
        self.rows.show_plan(plan)
        self._undo_words.setText(_undo_words(plan))
        self._kept.setVisible(plan.counts.rejected > 0)
        counts = (
            review.overview.all,
            self.values.open,
            sum(review.matches.grounds.values()),
            plan.counts.all,
        )
        for tab, count in zip(self.views[:RULES], counts, strict=True):
            tab.set_count(count)
        self.views[VALUES].setVisible(self.values.model.rowCount() > 0)
        self.views[MATCHES].setVisible(counts[MATCHES] > 0)
        self._fit_tools()
        if self.views[self.stack.currentIndex()].isHidden():
            self.show_view(PROBLEMS)
        self.policy.show_draft(draft)
        self._allow(enabled=True)
        if first:
            self._show_what_matters(counts)

    def _show_limits(self, draft: Draft, review: Review) -> None:
        """What the subscription plan says to this: no at all, or not to everybody."""
        plan, refusal = review.plan, review.refusal
        self.wall.show_plan(draft, plan)
        if refusal is not None:
            self.limits.say_error(refusal)
        elif plan.wall is not None:
            self.limits.say(plan.wall.message, Tone.WARNING)
        else:
            self.limits.say(review.after, Tone.INFO)
        self.limits.offer(tr("Plan and usage"), self.wall.plan_wished.emit)
        self._offer_trial()

    def offer_trial(self, account: Account | None) -> None:
        """Offer a trial at a wall, if one is still to be had."""
        self._may_try = may_try(account)
        self._offer_trial()

    def _offer_trial(self) -> None:
        self.wall.trial.setVisible(self._may_try)
        # The card of who comes in has an offer of its own.
        alone = self._may_try and self.wall.isHidden()
        self.limits.offer_also(tr("Ask for a trial") if alone else "", self.wall.trial_wished.emit)

    def show_rules(self, draft: Draft) -> None:
        """Show the rules of a draft whose decision was taken back."""
        self.policy.show_draft(draft)
        if self._plan is not None:
            self.wall.show_plan(draft, self._plan)

    def _show_what_matters(self, counts: Sequence[int]) -> None:
        places = (PROBLEMS, VALUES, MATCHES)
        self.show_view(next((place for place in places if counts[place]), ROWS))

    def show_error(self, error: CaptelyError) -> None:
        """The plan could not be made anew; the old one stands."""
        self.notice.say_error(error)
        self.notice.offer("")
        self._allow(enabled=True)

    def stopped(self) -> None:
        """The making of another plan was stopped; the old one stands."""
        self.notice.say("")
        self.notice.offer("")
        self._allow(enabled=True)

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z takes back the last fix here, not the last change of the contacts."""
        undoing = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        if undoing and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Z takes back the last fix, Ctrl+H finds and replaces."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.unfix_wished.emit()
        else:
            super().keyPressEvent(event)

    def take_focus(self) -> None:
        """Put the keyboard where there is something to do."""
        shown = {PROBLEMS: self.problems.table, VALUES: self.values.table, ROWS: self.rows.table}
        widget = shown.get(self.stack.currentIndex())
        if widget is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _allow(self, *, enabled: bool) -> None:
        self.policy.allow(enabled=enabled)
        self.wall.allow(enabled=enabled)


def _undo_words(plan: ImportPlan) -> str:
    counts = plan.counts
    new = trn("{n} new contact goes", "{n} new contacts go", counts.created)
    old = trn(
        "{n} updated one gets its old values back",
        "{n} updated ones get their old values back",
        counts.updated,
    )
    parts = [words for words, n in ((new, counts.created), (old, counts.updated)) if n]
    return tr("At any time, in one step: {parts}.", parts=", ".join(parts) or tr("nothing stays"))


def _note_words(plan: ImportPlan) -> str:
    """Warnings that are about no single cell of the grid, such as a value that found no room."""
    shown: list[str] = [
        tr(
            "{message} ({n} rows, the first is {line})",
            message=w["message"],
            n=number(w["count"]),
            line=w["lines"][0],
        )
        for w in plan.warnings
        if "left out" in str(w["message"]) and w.get("lines")
    ]
    return "\n".join(shown[:2])
