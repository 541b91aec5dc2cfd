"""Makes the plans of one import in the background, one at a time, and lets go of old ones."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import Cancelled, CaptelyError
from app.services.billing.left import after_words
from app.services.importing import ImportOptions
from app.services.importing.planned import ImportPlan
from app.services.importing.problems import Wanted
from app.services.jobs import Lane
from app.views.common.desk import Desk
from app.views.common.relay import Relay
from app.views.common.table_model import PAGE
from app.views.importing.draft import Draft
from app.views.importing.review_step import Review

SHOW_AFTER_MS = 300


class PlanMaker(QObject):
    """planned carries the Review of a new plan, failed an error, told how far it is.

    The plan in force is replaced only when the next one is made: a plan that is stopped or fails
    leaves it as it was.
    """

    planned = Signal(object)
    failed = Signal(object)
    told = Signal(str)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._relay = Relay(self)
        self._turn = 0
        self.plan: ImportPlan | None = None
        self.refusal: CaptelyError | None = None
        self.is_free = False
        self.busy = False
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(SHOW_AFTER_MS)
        self._late.timeout.connect(lambda: self.told.emit(""))

    def make(self, draft: Draft, wanted: Wanted, page: int) -> None:
        """Make the plan of a draft; the first rows of the review are those of `page`."""
        self.stop()
        turn, importing, options = self._turn, self._desk.app.importing, draft.options
        self._relay = relay = Relay(self)
        relay.told.connect(self._tell)
        self.busy = True
        self._late.start()
        self._desk.calls.call(
            Lane.BULK,
            self,
            lambda: importing.plan(
                draft.path, options, progress=relay, cancel=relay.cancel, notes=True
            ),
            lambda plan: self._made(turn, plan, wanted, page),
            lambda error: self._not_made(turn, error),
        )

    def stop(self) -> None:
        """End what is being made; the plan in force stays."""
        self._turn += 1
        self._relay.cancel.set()
        self._late.stop()
        self.busy = False

    def drop(self) -> None:
        """End what is being made and let go of the plan in force."""
        self.stop()
        self._forget(self.take())

    def take(self) -> ImportPlan | None:
        """The plan in force, which now belongs to the caller."""
        plan, self.plan = self.plan, None
        return plan

    def _tell(self, words: str) -> None:
        if self.busy and not self._late.isActive():
            self.told.emit(words)

    def _made(self, turn: int, plan: ImportPlan, wanted: Wanted, page: int) -> None:
        if turn != self._turn:
            self._forget(plan)
            return
        self._desk.calls.read(
            self,
            lambda: self._reviewed(plan, wanted, page),
            lambda review: self._show(turn, plan, review),
            lambda error: self._not_reviewed(turn, plan, error),
        )

    def _not_reviewed(self, turn: int, plan: ImportPlan, error: CaptelyError) -> None:
        self._forget(plan)
        self._not_made(turn, error)

    def _reviewed(self, plan: ImportPlan, wanted: Wanted, page: int) -> Review:
        """Runs in the read pool."""
        app = self._desk.app
        correcting, admission = app.importing.correcting, app.importing.admission
        options = ImportOptions.from_dict(plan.options)
        problems = correcting.problems(plan)
        return Review(
            plan=plan,
            problems=problems,
            overview=problems.overview(),
            first=problems.rows(wanted, page * PAGE, PAGE),
            unknown=problems.unknown(),
            matches=correcting.matches(plan),
            statuses=app.statuses.keys(),
            refusal=admission.refusal(plan),
            after=after_words(*admission.places(options), plan.counts.created),
            is_free=admission.is_free(plan),
        )

    def _show(self, turn: int, plan: ImportPlan, review: Review) -> None:
        if turn != self._turn:
            self._forget(plan)
            return
        self.busy = False
        self._late.stop()
        self._forget(self.take())
        self.plan, self.refusal, self.is_free = plan, review.refusal, review.is_free
        self.planned.emit(review)

    def _not_made(self, turn: int, error: CaptelyError) -> None:
        if turn == self._turn and not isinstance(error, Cancelled):
            self.busy = False
            self._late.stop()
            self.failed.emit(error)

    def _forget(self, plan: ImportPlan | None) -> None:
        if plan is not None:
            importing = self._desk.app.importing
            self._desk.calls.call(
                Lane.BULK, self, lambda: importing.forget(plan), lambda _none: None
            )
