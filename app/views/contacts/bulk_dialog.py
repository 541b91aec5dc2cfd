"""Asks before many contacts are changed: what to change, and exactly what that would do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.core.errors import CaptelyError, StalePlan
from app.core.text import tr, trn
from app.services.bulk import Act, BulkPlan, Edit
from app.views.common.boxes import column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.pills import Notice
from app.views.common.relay import Relay
from app.views.common.theme import theme
from app.views.common.words import contacts
from app.views.contacts.bulk_form import BulkForm
from app.views.contacts.checks import Chosen
from app.views.contacts.plan_view import PlanView
from app.views.contacts.vocabulary import Vocabulary


class BulkDialog(QDialog):
    """agreed carries the plan that is to be carried out.

    With edits it only shows what they would do; without them they are typed into its form.
    """

    agreed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        chosen: Chosen,
        vocabulary: Vocabulary,
        edits: Sequence[Edit] = (),
        title: str = "",
    ) -> None:
        super().__init__(parent)
        theme().dress(self)
        self._desk = desk
        self._chosen = chosen
        self._edits = list(edits)
        self._relay: Relay | None = None
        self.plan: BulkPlan | None = None
        title = title or tr("Edit many contacts")
        self.setWindowTitle(title)
        self.form = None if edits else BulkForm(vocabulary)
        self.notice = Notice()
        self.view = PlanView(vocabulary)
        self.apply = Btn(tr("Change them"), Kind.PRIMARY)
        self.apply.setDefault(True)
        self.cancel = Btn(tr("Cancel"), Kind.GHOST)
        undo = tr("For {contacts}, as one step that you can undo.", contacts=contacts(chosen.count))
        parts = [Label(title, Role.SUBTITLE), Para(undo), self.form, self.notice, self.view]
        foot = row(None, self.cancel, self.apply)
        shown = [part for part in parts if part is not None]
        self.setLayout(column(*shown, foot, gap=16, margins=(24, 24, 24, 24)))
        self.setMinimumWidth(theme().px(520))
        self.apply.clicked.connect(self._agree)
        self.cancel.clicked.connect(self.reject)
        self.finished.connect(lambda _answer: self._stop())
        if self.form is not None:
            self.form.changed.connect(self.look)
            self.form.focus()
        self.look()

    def look(self) -> None:
        """Plan what is asked now, giving up an older plan."""
        self._stop()
        self.notice.say("")
        self._show_apply(None)
        edits = self._edits if self.form is None else self.form.edits
        if not edits:
            self.view.show_nothing(tr("Type the new value to see what would change."))
            return
        self.view.wait()
        relay = self._relay = Relay(self)
        relay.told.connect(self.view.show_progress)
        bulk, chosen = self._desk.app.bulk, self._chosen
        self._desk.calls.read(
            self,
            lambda: bulk.plan(chosen.ids(), edits, progress=relay, cancel=relay.cancel),
            lambda plan: self._planned(relay, plan),
            lambda error: self._not_planned(relay, error),
        )

    def refuse(self, error: CaptelyError) -> None:
        """Say why the plan was not carried out; a stale one is made anew."""
        self.apply.setEnabled(True)
        if isinstance(error, StalePlan):
            self.look()
        self.notice.say_error(error)

    def _planned(self, relay: Relay, plan: BulkPlan) -> None:
        if relay is not self._relay:
            return
        self.view.show_plan(plan)
        self._show_apply(plan)

    def _not_planned(self, relay: Relay, error: CaptelyError) -> None:
        if relay is self._relay:
            self.view.show_nothing("")
            self.notice.say_error(error)

    def _show_apply(self, plan: BulkPlan | None) -> None:
        self.plan = plan
        self.apply.setEnabled(plan is not None and plan.changed > 0)
        if plan is None:
            return
        self.apply.setText(_verb(plan.edits[0].act, plan.changed))
        self.apply.updateGeometry()

    def _agree(self) -> None:
        if self.plan is not None:
            self.apply.setEnabled(False)
            self.agreed.emit(self.plan)

    def _stop(self) -> None:
        if self._relay is not None:
            self._relay.cancel.set()
            self._relay = None


def _verb(act: Act, n: int) -> str:
    """What the button does."""
    if act is Act.DELETE:
        return trn("Move {n} contact to the trash", "Move {n} contacts to the trash", n)
    if act is Act.RESTORE:
        return trn("Restore {n} contact", "Restore {n} contacts", n)
    return trn("Change {n} contact", "Change {n} contacts", n)
