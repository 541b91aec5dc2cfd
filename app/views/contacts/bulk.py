"""Changes of many contacts at once: status, tags, fields, trash and back, each an undoable step."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.bulk import Act, BulkOutcome, BulkPlan, Edit
from app.services.drafts import BULK
from app.services.jobs import JobView
from app.views.common.desk import Desk
from app.views.common.words import number
from app.views.contacts.checks import Chosen
from app.views.contacts.vocabulary import Vocabulary

if TYPE_CHECKING:
    from app.views.contacts.bulk_dialog import BulkDialog
    from app.views.contacts.tag_dialog import TagDialog

AT_ONCE = 25
"""Up to so many contacts are changed without asking, since undo takes it back; more show a plan."""

Done = tuple[BulkPlan, BulkOutcome | int | None]
"""A plan and what became of it: its outcome, its job, or None when it was only made."""


class BulkChanges(QWidget):
    """done is emitted once a change is saved or its job has begun; the window offers to undo it."""

    done = Signal()

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.vocabulary = Vocabulary()
        self.dialog: BulkDialog | None = None
        self._doing: list[tuple[Chosen, Sequence[Edit]]] = []
        self.hide()

    def set_status(self, chosen: Chosen, status: str) -> None:
        """Give all of them one status."""
        self._change(chosen, [Edit(Act.SET, "status", status)], tr("Set the status"))

    def ask_tags(self, chosen: Chosen, known: Sequence[str], *, adding: bool) -> TagDialog:
        """Ask which tags, then add them or take them off."""
        from app.views.contacts.tag_dialog import TagDialog  # not at the start of the window

        dialog = TagDialog(self.window(), chosen.count, known, adding=adding)
        dialog.finished.connect(
            lambda answer: self._tags_named(answer, dialog, chosen, adding=adding)
        )
        dialog.open()
        return dialog

    def ask_fields(self, chosen: Chosen, key: str = "status", act: Act | None = None) -> BulkDialog:
        """Ask which field becomes what, with the plan beside it.

        Without a field and an act of its own it goes on with what was typed before a kill.
        """
        dialog, drafts = self._ask(chosen, (), ""), self._desk.drafts
        if (form := dialog.form) is not None:
            kept = drafts.get(BULK) if (key, act) == ("status", None) else {}
            if kept and form.take(kept):
                self._desk.say(tr("What you had typed is back."))
            else:
                form.show_field(key, act)
            form.focus()
            form.changed.connect(lambda: drafts.keep(BULK, form.written))
            # Carried out or given up: a kill alone leaves it.
            dialog.finished.connect(lambda _answer: drafts.drop(BULK))
        return dialog

    def delete(self, chosen: Chosen) -> None:
        """Move them to the trash, which undo takes back; very many are asked about first."""
        self._change(chosen, [Edit(Act.DELETE)], tr("Move to the trash"), asking=False)

    def restore(self, chosen: Chosen) -> None:
        """Bring them back from the trash."""
        self._change(chosen, [Edit(Act.RESTORE)], tr("Restore"), asking=False)

    def _change(
        self,
        chosen: Chosen,
        edits: Sequence[Edit],
        title: str,
        *,
        asking: bool = True,
    ) -> None:
        """Do it at once, or show the plan first: of many, or without asking of a job's size."""
        bulk, asked = self._desk.app.bulk, (chosen, edits)
        if asked in self._doing:
            # The key was pressed twice, and the list does not show yet what the first time did.
            return
        if asking and chosen.count > AT_ONCE:
            self._ask(chosen, edits, title)
            return

        def work() -> Done:
            plan = bulk.plan(chosen.ids(), edits)
            return plan, None if bulk.is_large(plan) or not plan.changed else bulk.run(plan)

        def done(answer: Done) -> None:
            self._doing.remove(asked)
            self._did(answer, chosen, edits, title)

        def refused(error: CaptelyError) -> None:
            self._doing.remove(asked)
            self._desk.say_error(error)

        self._doing.append(asked)
        self._desk.calls.edit(self, work, done, refused)

    def _did(self, done: Done, chosen: Chosen, edits: Sequence[Edit], title: str) -> None:
        plan, outcome = done
        if outcome is None and plan.changed:
            self._ask(chosen, edits, title)
            return
        self._saved(done)

    def _tags_named(self, answer: int, dialog: TagDialog, chosen: Chosen, *, adding: bool) -> None:
        names = tuple(dialog.names)
        dialog.deleteLater()
        if answer != QDialog.DialogCode.Accepted:
            return
        act = Act.ADD_TAGS if adding else Act.REMOVE_TAGS
        title = tr("Add tags") if adding else tr("Remove tags")
        self._change(chosen, [Edit(act, tags=names)], title)

    def _ask(self, chosen: Chosen, edits: Sequence[Edit], title: str) -> BulkDialog:
        from app.views.contacts.bulk_dialog import BulkDialog  # not at the start of the window

        dialog = BulkDialog(self._desk, self.window(), chosen, self.vocabulary, edits, title)
        self.dialog = dialog
        dialog.agreed.connect(lambda plan: self._carry_out(dialog, plan))
        dialog.finished.connect(lambda _answer: self._closed(dialog))
        dialog.open()
        return dialog

    def _closed(self, dialog: BulkDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _carry_out(self, dialog: BulkDialog, plan: BulkPlan) -> None:
        bulk = self._desk.app.bulk

        def work() -> Done:
            return plan, bulk.start(plan) if bulk.is_large(plan) else bulk.run(plan)

        def done(outcome: Done) -> None:
            if shiboken6.isValid(dialog):
                dialog.accept()
            if isinstance(outcome[1], int):
                self._run(outcome[1])
            self._saved(outcome)

        def refused(error: CaptelyError) -> None:
            (dialog.refuse if shiboken6.isValid(dialog) else self._desk.say_error)(error)

        # Not on behalf of the dialog, which may be closed before the answer is there.
        self._desk.calls.edit(self, work, done, refused)

    def _run(self, job: int) -> None:
        desk, runner = self._desk, self._desk.app.runner

        def begun(future: Future[JobView]) -> None:
            desk.calls.follow(future, desk, _ended)

        desk.calls.edit(desk, lambda: runner.start_job(job), begun)

    def _saved(self, done: Done) -> None:
        plan, outcome = done
        if not plan.changed and not plan.blocked:
            self._desk.say(tr("Nothing to change: all of them have that already."))
        elif plan.blocked and isinstance(outcome, BulkOutcome | None):
            first = plan.blocks[0]
            words = tr(
                "{n} stay as they are: {reason}", n=number(plan.blocked), reason=first.reason
            )
            self._desk.say_error(CaptelyError(words))
        self.done.emit()


def _ended(view: JobView) -> None:
    """The window tells how a job ends; only its error is told by the one who started it."""
