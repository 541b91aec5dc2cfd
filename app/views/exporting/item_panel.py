"""What became of one contact of a run: cause, next step, and the raw answer."""

from __future__ import annotations

import json

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.core.text import tr, trn
from app.services.exporting import ItemView
from app.views.common.boxes import Card, Scrolled, box, column, row
from app.views.common.buttons import IconBtn
from app.views.common.desk import Desk
from app.views.common.facts import Facts
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.pills import Pill
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.exporting.request_panel import RequestText
from app.views.exporting.run_rows import STATES, why_of

_WIDTH, _NARROW, _RAW = 336, 272, 120


class ItemPanel(Card):
    """Hidden while no contact is chosen that has something to tell."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(gap=0, padding=1)
        self._desk = desk
        self._roomy = True
        self.who = ElidedLabel("", Role.SUBTITLE)
        self.pill = Pill()
        self.why = Para("", tone="primary")
        self.raw = RequestText()
        self.raw.setAccessibleName(tr("Raw answer"))
        self.copy = IconBtn("copy", tr("Copy the raw answer"))
        self.copy.clicked.connect(self._copy)
        self.facts = Facts(right=False)
        head = row(self.who, self.pill, gap=8)
        head.setStretchFactor(self.who, 1)
        self._answer = QWidget()
        title = row(Label(tr("Raw answer"), Role.CAPTION, "secondary"), None, self.copy)
        answer = column(title, self.raw, gap=4)
        answer.setStretchFactor(self.raw, 1)
        self._answer.setLayout(answer)
        inside = column(head, self.why, self.facts, gap=12, margins=(16, 16, 16, 16))
        inside.addWidget(self._answer, 1)
        self.body.addWidget(Scrolled(box(inside), tr("What became of the contact"), over=True))
        self.restyle()
        self.hide()

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.fit(roomy=self._roomy)

    def fit(self, *, roomy: bool) -> None:
        """Leave the list its room where there is little."""
        self._roomy = roomy
        self.setFixedWidth(theme().px(_WIDTH if roomy else _NARROW))
        self.raw.setMinimumHeight(theme().px(_RAW))

    def show_item(self, item: ItemView | None) -> None:
        """Show a contact; without words about it the panel goes."""
        why = why_of(item) if item is not None else ""
        self.setVisible(bool(why))
        if item is None or not why:
            return
        words, tone = STATES[item.state]
        self.who.setText(item.email or tr("Contact {id}", id=item.contact))
        self.pill.show_word(tr(words), tone if tone is not Tone.NEUTRAL else Tone.INFO)
        self.why.setText(why)
        self.raw.show_body(_laid_out(item.detail), {})
        self._answer.setVisible(bool(item.detail))
        facts = [(tr("Tried"), trn("{n} time", "{n} times", item.attempts))]
        if item.remote_id:
            facts.append((tr("Record there"), item.remote_id))
        if item.correlation_id:
            facts.append((tr("Correlation id"), item.correlation_id))
        self.facts.show_facts(facts)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.raw.toPlainText())
        self._desk.say(tr("The raw answer is copied"))


def _laid_out(detail: str) -> str:
    """The answer for reading: its JSON laid out, whatever stands before it on a line of its own."""
    start = detail.find("{")
    if start < 0:
        return detail
    try:
        body = json.dumps(json.loads(detail[start:]), indent=1, ensure_ascii=False)
    except ValueError:
        return detail
    return f"{detail[:start].strip()}\n{body}".strip()
