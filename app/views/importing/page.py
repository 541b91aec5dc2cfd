"""The import page: four steps from a dropped file to a finished, undoable import."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.importing.planned import ImportPlan
from app.services.importing.samples import Look
from app.views.common.boxes import box, column
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk, Page
from app.views.common.page_header import PageHeader, Steps
from app.views.common.places import Place
from app.views.importing import actions
from app.views.importing.corrections import Corrections
from app.views.importing.draft import Draft
from app.views.importing.errands import Errands
from app.views.importing.file_step import FileStep
from app.views.importing.keeping import Keeping, fresh_draft
from app.views.importing.left_over import LeftOver
from app.views.importing.mapping_step import MappingStep
from app.views.importing.plan_maker import PlanMaker
from app.views.importing.reader import ListReader, Reading
from app.views.importing.recent import recent_files, remember_file
from app.views.importing.review_step import Review, ReviewStep
from app.views.importing.run_step import RunStep
from app.views.importing.runner import ImportRun
from app.views.importing.steps import (
    FILE,
    MAPPING,
    REVIEW,
    RUN,
    fit_steps,
    may_go_on,
    next_trail,
    next_words,
)
from app.views.importing.wiring import wire_limits, wire_review


class ImportPage(Page):
    """Holds the draft of one import and walks through its steps."""

    place = Place.IMPORT
    later = ("review",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.draft: Draft | None = None
        self._former: Draft | None = None
        self.steps = Steps([tr("File"), tr("Mapping"), tr("Review"), tr("Import")])
        self.back = Btn(tr("Back"), Kind.GHOST)
        self.next = Btn(tr("Next: map columns"), Kind.PRIMARY)
        self.header = PageHeader(tr("Import contacts"), self.back, self.next)
        self.left_over = LeftOver(desk)
        self.file = FileStep()
        self.mapping = MappingStep()
        self.run = RunStep()
        self.reader = ListReader(desk, self)
        self.maker = PlanMaker(desk, self)
        self.running = ImportRun(desk, self.run)
        self.errands = Errands(desk, self)
        self.corrections = Corrections(desk, self)
        self.stack = QStackedWidget()
        self._reviewing = QVBoxLayout()
        self._reviewing.setContentsMargins(0, 0, 0, 0)
        for step in (self.file, self.mapping, box(self._reviewing), self.run):
            self.stack.addWidget(step)
        layout = column(self.header, self.left_over, self.stack, gap=16, margins=(24, 16, 24, 24))
        layout.setStretchFactor(self.stack, 1)
        self.header.put_beside_title(self.steps)
        self.setLayout(layout)
        self._wire()
        self._provide()
        self.keeping = Keeping(desk, self)
        self.full = wire_limits(self, self._allow)
        self._show_step(FILE)

    def _wire(self) -> None:
        self.back.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self.file.chosen.connect(self.choose)
        self.file.reread.connect(self._reread)
        self.file.paste_wished.connect(self.errands.paste)
        self.file.totals_wished.connect(self._drop_totals)
        self.mapping.changed.connect(lambda: self.mapping.notice.say(""))
        self.mapping.changed.connect(self._allow)
        self.mapping.field_wished.connect(self.errands.new_field)
        self.mapping.options.forget_wished.connect(self.errands.forget)
        self.mapping.options.save_wished.connect(self.errands.save_recipe)
        self.mapping.options.load_wished.connect(self.errands.use_recipe)
        self.left_over.resumed.connect(self.show_run)
        self.running.again_wished.connect(self.make_plan)
        self.running.more_wished.connect(self.start_over)
        self.running.correct_wished.connect(self.choose)
        self.running.ended.connect(self._allow)
        self.reader.read.connect(self._read)
        self.reader.looked.connect(self._looked)
        self.reader.failed.connect(self._unreadable)
        self.maker.planned.connect(self._planned)
        self.maker.failed.connect(self._not_planned)

    @cached_property
    def review(self) -> ReviewStep:
        """The step that shows the plan."""
        review = ReviewStep(self.desk.calls)
        self._reviewing.addWidget(review)
        review.stop_wished.connect(self._stop_planning)
        wire_review(self, review)
        return review

    def _provide(self) -> None:
        provide = self.desk.actions.provide
        provide(actions.IMPORT, self.go_up, self)
        provide(actions.PASTE, self.errands.paste, self)
        provide(actions.PASTE_HERE, self.errands.paste, self, when=lambda: self.choosing)
        provide(actions.NEXT, self.go_on, self, when=self.next.isEnabled)
        provide(actions.BACK, self.go_back, self, when=self.back.isVisible)
        for action, act in (
            (actions.FIX_ALL, lambda: self.review.problems.offer_rule()),
            (actions.FIND, lambda: self.review.problems.search()),
            (actions.SAVE_REJECTS, self.errands.save_rejects),
        ):
            provide(action, act, self, when=lambda: self.reviewing and self.plan is not None)
        for action, act in (
            (actions.SAVE_RECIPE, self.errands.save_recipe),
            (actions.USE_RECIPE, self.errands.use_recipe),
        ):
            provide(action, act, self, when=lambda: self.has_preview)

    def hand_over(self) -> object:
        """The import that runs, or what is prepared."""
        return self.keeping.hand_over()

    def take_over(self, handed: object) -> None:
        """Follow that import, or go on preparing it."""
        self.keeping.take_over(handed)

    @property
    def plan(self) -> ImportPlan | None:
        """The plan that the review shows."""
        return self.maker.plan

    @property
    def job(self) -> int | None:
        """The import that runs."""
        return self.running.job

    @property
    def reviewing(self) -> bool:
        """Whether the review is in view."""
        return self.at(REVIEW)

    @property
    def choosing(self) -> bool:
        """Whether the step of the file is in view."""
        return self.at(FILE)

    @property
    def has_preview(self) -> bool:
        """Whether a list has been read."""
        return self.draft is not None and self.draft.preview is not None

    def at(self, step: int) -> bool:
        """Whether this step is in view."""
        return self.stack.currentIndex() == step

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name only the present step where room is scarce."""
        super().resizeEvent(event)
        fit_steps(self)

    def visit(self, argument: object = None) -> None:
        """Show the page; the argument is a file to begin with, or several that were dropped."""
        self.left_over.look(self.job)
        if isinstance(argument, tuple):
            self.errands.refuse_several(argument)
        elif isinstance(argument, Path):
            self.choose(argument)
        elif self.draft is None and self.at(FILE):
            self.file.start_over(recent_files(self.desk.memory))
        self.keeping.offer()

    def start_over(self) -> None:
        """Ask for a file."""
        self.maker.drop()
        self.reader.stop()
        self.draft = None
        self.keeping.end()
        self.file.start_over(recent_files(self.desk.memory))
        self._show_step(FILE)
        self.left_over.look(self.job)

    def go_up(self) -> None:
        """To the next list; the result of the import before is in the history."""
        if self.at(RUN) and self.job is None:
            self.start_over()
        if self.at(FILE):
            self.file.take_focus()

    def choose(self, path: Path) -> None:
        """Read a file and show its preview."""
        if self.job is not None:
            self.desk.say(tr("An import is running. Drop the file again once it is done."))
            return
        self.go_on_with(fresh_draft(path, self.desk.app.settings))

    def go_on_with(self, draft: Draft) -> None:
        """Read the list of a draft and show the step at which it was left."""
        self._drop_plan()
        self._former = self.draft if self.has_preview else None
        self.draft = draft
        self.read_again()

    def _drop_plan(self) -> None:
        self.maker.drop()
        if "review" in self.__dict__:
            self.review.start_over()

    def read_again(self) -> None:
        """As the draft says now."""
        if self.draft is not None:
            self._show_step(FILE)
            self.next.setEnabled(False)
            self.reader.begin(self.draft)

    def _read(self, reading: Reading) -> None:
        if (draft := self.draft) is None:
            return
        first, left_at = draft.preview is None, draft.step
        draft.preview, draft.custom = reading.preview, reading.custom
        draft.remembered = reading.remembered
        draft.fit()
        remember_file(self.desk.memory, draft.path)
        self.file.show_preview(reading.preview, draft.read)
        if first and reading.remembered is not None and not left_at:
            draft.take(reading.remembered.recipe)
        if draft.is_misread:
            self.read_again()
            return
        self._show_step(FILE)
        if first and left_at == MAPPING:
            self.show_mapping()
        elif first and (left_at == REVIEW or draft.is_familiar):
            # Such a list was imported before: nothing is left to decide, so its result is shown.
            self.make_plan()
            return
        else:
            self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reader.look(reading.preview)

    def _looked(self, look: Look) -> None:
        draft = self.draft
        if draft is not None:
            draft.look = look
            self.file.show_look(look, totals_dropped=look.totals in draft.fixes.dropped)

    def _unreadable(self, error: CaptelyError) -> None:
        if not self.has_preview and self._former is not None:
            # What was dropped is no list: the one before is as it was.
            self.draft = self._former
        self.file.say_error(error)
        self._allow()

    def _reread(self, changes: dict[str, Any]) -> None:
        if self.draft is not None:
            self.draft.reread(**changes)
            self.read_again()

    def _drop_totals(self, line: int) -> None:
        draft = self.draft
        if draft is not None:
            draft.fixes = draft.fixes.without_line(line)
            if draft.look is not None:
                self.file.show_look(draft.look, totals_dropped=True)

    def go_back(self) -> None:
        """To the step before."""
        step = self.stack.currentIndex()
        if step == FILE:
            self.start_over()
            self.desk.go(Place.CONTACTS)
        elif step == RUN:
            self.start_over()
        elif step == REVIEW:
            self._drop_plan()
            self.show_mapping()
        else:
            self._show_step(FILE)

    def go_on(self) -> None:
        """To the next step."""
        if not self.next.isEnabled():
            return
        step = self.stack.currentIndex()
        if step == FILE and self.draft is not None:
            self.show_mapping()
        elif step == MAPPING:
            self.make_plan()
        elif step == REVIEW:
            self._start()

    def show_mapping(self) -> None:
        """Show the step in which columns get their fields."""
        if self.draft is not None:
            self.mapping.show_draft(self.draft)
            self._show_step(MAPPING)
            if self.draft.questions or any(map(self.mapping.is_unsure, self.mapping.mapped())):
                self.mapping.take_focus()
            else:
                self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def make_plan(self) -> None:
        """Make the plan of the draft as it is now, and show it."""
        draft, problems = self.draft, self.review.problems
        if draft is not None:
            self.maker.make(draft, problems.wanted, problems.page)
            self.review.show_waiting(draft)
            self._show_step(REVIEW)

    def _planned(self, review: Review) -> None:
        draft = self.draft
        if draft is None:
            return
        first = not self.review.has_plan
        self.review.show_review(draft, review)
        self._allow()
        if first and review.overview.errors:
            self.review.take_focus()
        elif first:
            self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_planned(self, error: CaptelyError) -> None:
        if self.plan is not None:
            self.review.show_error(error)
            self._allow()
            return
        # The mapping, or the reading of the file, is what can be changed about it.
        if self.file.can_mend(error):
            self._show_step(FILE)
            self.file.say_error(error)
        else:
            self.show_mapping()
            self.mapping.notice.say_error(error)

    def _stop_planning(self) -> None:
        """Stop making a plan; one that was there before stands, with the decisions of then."""
        self.maker.stop()
        if self.plan is None:
            self.show_mapping()
            return
        if self.draft is not None:
            self.corrections.take_back(self.draft)
            self.review.show_rules(self.draft)
        self.review.stopped()
        self._allow()

    def _start(self) -> None:
        draft = self.draft
        plan = self.maker.take() if draft is not None and not self.maker.busy else None
        if plan is not None and draft is not None:
            self.review.start_over()
            self._show_step(RUN)
            self.running.start(plan, draft.path.name)
            self.keeping.end()
            self._allow()

    def show_run(self, job: int, label: str, *, runs: bool = False) -> None:
        """Show an import that runs already, or go on with one that has stopped."""
        self._show_step(RUN)
        (self.running.follow if runs else self.running.resume)(job, label)
        self._allow()

    def _show_step(self, step: int) -> None:
        self.stack.setCurrentIndex(step)
        self.steps.show_step(step)
        self.left_over.allow(shown=step == FILE)
        self._allow()

    def _allow(self, _account: object = None) -> None:
        """Enable what makes sense in the present step, with the right words."""
        step = self.stack.currentIndex()
        self.back.setText(tr("Cancel") if step == FILE else tr("Back"))
        idle_run = step == RUN and self.job is None and not self.run.result
        between, drafted = step in (MAPPING, REVIEW), step == FILE and self.draft is not None
        self.back.setVisible(between or drafted or idle_run)
        self.next.setVisible(between or (step == FILE and self.has_preview))
        self.next.setEnabled(may_go_on(self, step))
        self.next.setText(next_words(step, self.draft, self.plan))
        self.next.show_trail(*next_trail(self, step))
        fit_steps(self)
