"""Who of a list comes in when the plan has no room for all its new people, with live numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from app.core.text import tr, trn
from app.services.importing.parking import Parking, condition
from app.services.importing.planned import ImportPlan
from app.views.common.boxes import Card, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import Label, Para
from app.views.common.words import number
from app.views.importing.draft import Draft
from app.views.importing.field_words import field_title


class WallCard(Card):
    """picked carries a Parking; plan_wished and trial_wished say what else would help."""

    picked = Signal(object)
    plan_wished = Signal()
    trial_wished = Signal()

    def __init__(self) -> None:
        self.title = Label("", Role.SUBTITLE)
        super().__init__(self.title, gap=8)
        self.words = Para("")
        self.order = Select(tr("Who comes in first"))
        self.way = Select(
            tr("Direction"),
            [(False, tr("Smallest or A first")), (True, tr("Largest or Z first"))],
        )
        self.field = Select(tr("Only people whose"))
        self.text = QLineEdit()
        self.text.setAccessibleName(tr("Text that the value holds"))
        self.text.setPlaceholderText(tr("holds this text"))
        self.plan = Btn(tr("Plan and usage"), Kind.LINK)
        self.trial = Btn(tr("Ask for a trial"), Kind.LINK)
        self._wish = Parking(allowed=True)
        self._lay_out()
        self.order.picked.connect(self._pick)
        self.way.picked.connect(self._pick)
        self.field.picked.connect(self._pick_field)
        self.text.editingFinished.connect(self._pick)
        self.plan.clicked.connect(self.plan_wished.emit)
        self.trial.clicked.connect(self.trial_wished.emit)
        self.hide()

    def _lay_out(self) -> None:
        self.body.addWidget(self.words)
        for caption, controls in (
            (tr("Who comes in first"), (self.order, self.way)),
            (tr("Only people whose"), (self.field, self.text)),
        ):
            head = Label(caption, Role.CAPTION, "secondary")
            self.body.addLayout(column(head, *controls, gap=4))
        self.body.addLayout(row(self.plan, self.trial, None, gap=12))

    def show_plan(self, draft: Draft, plan: ImportPlan) -> None:
        """Show the wall that a plan ran into; nothing if it fits."""
        self.setVisible(plan.wall is not None)
        if plan.wall is None:
            return
        self._wish = draft.parking
        wall, parked = plan.wall, plan.counts.parked
        self.title.setText(
            tr("{fit} of {all} fit", fit=number(wall.fit), all=number(wall.newcomers))
        )
        waits = trn("{n} row waits", "{n} rows wait", parked)
        self.words.setText(
            tr("Your plan holds {limit} contacts, of which {used} are used. {waits} as a job that "
               "you resume once there is room.",
               limit=number(wall.limit), used=number(wall.used), waits=waits)
        )  # fmt: skip
        self._fill(draft, plan.layout.given)

    def allow(self, *, enabled: bool) -> None:
        """Whether the choice may be changed now."""
        for control in (self.order, self.way, self.field, self.text):
            control.setEnabled(enabled)

    @property
    def wish(self) -> Parking:
        """What is chosen now."""
        sort, field = str(self.order.value() or ""), str(self.field.value() or "")
        text = self.text.text().strip()
        only = (f"{field}~{text}",) if field and text else ()
        descending = bool(sort and self.way.value())
        return Parking(allowed=True, sort=sort, descending=descending, only=only)

    def _fill(self, draft: Draft, fields: Sequence[str]) -> None:
        mapped = {key for key in draft.mapped.values() if key}
        named = [(key, field_title(key, draft.custom)) for key in fields if key in mapped]
        self.order.set_choices([("", tr("The order of the list")), *named])
        self.field.set_choices([("", tr("Everybody")), *named])
        field, text = "", ""
        if self._wish.only:
            field, _sign, text = condition(self._wish.only[0])
        self.order.choose(self._wish.sort)
        self.way.choose(self._wish.descending)
        self.way.setVisible(bool(self._wish.sort))
        # A field that is chosen and whose text is still to be typed stays chosen.
        if self._wish.only or not self.field.value():
            self.field.choose(field)
            self.text.setText(text)
        self.text.setVisible(bool(self.field.value()))

    def _pick_field(self) -> None:
        self.text.setVisible(bool(self.field.value()))
        self._pick()

    def _pick(self) -> None:
        self.way.setVisible(bool(self.order.value()))
        if (wish := self.wish) != self._wish:
            self._wish = wish
            self.picked.emit(wish)
