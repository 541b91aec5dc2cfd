"""The ribbon that says above every page what is the matter with the plan, as urgently as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr
from app.views.common.announcing import announce
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.desk import Desk
from app.views.common.labels import Para
from app.views.common.pills import IconMark
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.common.tokens import Tone

if TYPE_CHECKING:
    from app.services.billing.account import Account

AMBER, PERSISTENT = "amber", "persistent"


class StandingRibbon(QWidget):
    """What is amber can be put away until it changes or the next start; what is pressing cannot."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._put_away = ""
        self._mark = IconMark("triangle-alert", "pill.warning.fg")
        self.words = Para("", tone="primary")
        self.open = Btn(tr("Show plan"), Kind.LINK)
        self.close_ = IconBtn("x", tr("Put this message away"))
        line = row(self._mark, self.words, self.open, self.close_, gap=8, margins=(24, 2, 16, 2))
        line.setStretchFactor(self.words, 1)
        line.setAlignment(self.words, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()
        self.open.clicked.connect(lambda: desk.go(Place.PLAN, "overview"))
        self.close_.clicked.connect(self.put_away)
        desk.plan.read.connect(self.show_account)

    def show_account(self, account: Account) -> None:
        """Show the message of a standing that is amber or persistent."""
        standing = account.standing
        urgency, text = standing.urgency.value, standing.message
        shown = urgency in (AMBER, PERSISTENT) and text != self._put_away
        if shown and text != self.words.text():
            announce(self, text)
        self.words.setText(text if shown else "")
        self.close_.setVisible(urgency != PERSISTENT)
        self.setAccessibleName(text)
        self.setVisible(shown)

    def put_away(self) -> None:
        """Not this one again."""
        self._put_away = self.words.text()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the ribbon."""
        _ink, ground = theme().tokens.pill(Tone.WARNING)
        QPainter(self).fillRect(self.rect(), ground)
