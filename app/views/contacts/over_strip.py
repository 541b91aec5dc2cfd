"""Says once above the list, and calmly, that there are more contacts than the plan holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.services.billing.left import CONTACTS, over_words
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.labels import Para, let_grow
from app.views.common.painting import paint_box
from app.views.common.pills import IconMark
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL, Tone

if TYPE_CHECKING:
    from app.services.billing.account import Account
    from app.views.common.desk import Desk

MEMORY = "contacts.over"


class OverStrip(QWidget):
    """Put away, it stays away on this computer until the plan holds another number."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._limit = 0
        self.words = Para("", tone="primary")
        self.plan = Btn(tr("Plan and usage"), Kind.LINK)
        self.close_ = IconBtn("x", tr("Put this message away"))
        mark = IconMark("info", "pill.neutral.fg")
        line = row(mark, self.words, self.plan, self.close_, gap=8, margins=(12, 2, 4, 2))
        line.setStretchFactor(self.words, 1)
        for part in (mark, self.words):
            line.setAlignment(part, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)
        let_grow(self)
        self.plan.clicked.connect(lambda: desk.go(Place.PLAN, "overview"))
        self.close_.clicked.connect(self.put_away)
        desk.plan.read.connect(self.show_account)
        self.hide()

    def show_account(self, account: Account) -> None:
        """Show how many are over the limit, unless that was put away."""
        words, limit = over_words(account), account.limits[CONTACTS].limit
        memory = self._desk.memory
        if not words and memory.get(MEMORY):
            memory.put(MEMORY, {})
        self._limit = limit
        self.words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words) and memory.get(MEMORY).get("limit") != limit)

    def put_away(self) -> None:
        """Not this one again; plan and usage goes on saying it."""
        self._desk.memory.put(MEMORY, {"limit": self._limit})
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the quiet box."""
        _ink, ground = theme().tokens.pill(Tone.NEUTRAL)
        paint_box(QPainter(self), QRectF(self.rect()), RADIUS_CONTROL, ground)
