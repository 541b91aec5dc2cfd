"""The pill at the foot of the sidebar that counts the days of a trial; it opens plan and usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from app.core.text import tr, trn
from app.services.licence.refusals import Code
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.painting import CENTRE, LEFT, paint_box, paint_text
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.common.words import number

if TYPE_CHECKING:
    from app.services.billing.account import Account
    from app.services.licence.standing import Standing


class TrialPill(Btn):
    """Seen during a trial only; narrow, it shows the number alone."""

    def __init__(self) -> None:
        super().__init__("", Kind.GHOST)
        self.narrow = False
        self.days = 0
        self._urgent = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_account(self, account: Account) -> None:
        """Count down, or go."""
        standing = account.standing
        self.days = _days(standing)
        self._urgent = standing.urgency.value not in ("quiet", "calm")
        words = trn("Trial {n} day", "Trial {n} days", self.days) if self.days else ""
        self.setText(words or tr("Trial ended"))
        self.setAccessibleName(f"{self.text()}. {standing.message}")
        self.setToolTip(standing.message)
        self.setVisible(standing.state is Code.TRIAL)
        self.update()

    def sizeHint(self) -> QSize:
        """One line, a little higher than a pill in a table."""
        return QSize(32, theme().px(24))

    def minimumSizeHint(self) -> QSize:
        """It gives way to everything else in width."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the pill, and its icon where there is room."""
        painter, look, rect = QPainter(self), theme(), QRectF(self.rect())
        ink, ground = look.tokens.pill(Tone.WARNING if self._urgent else Tone.INFO)
        paint_box(painter, rect, rect.height() / 2, ground, ink if self._hovered else None)
        if self.narrow:
            paint_text(painter, rect, number(self.days), Role.CAPTION, ink, CENTRE, essential=True)
            return
        side = look.px(16)
        mark = QRectF(8, (rect.height() - side) / 2, side, side)
        paint_icon(painter, "clock", mark, ink)
        words = rect.adjusted(mark.right() + 8, 0, -8, 0)
        paint_text(painter, words, self.text(), Role.CAPTION, ink, LEFT, essential=True)


def _days(standing: Standing) -> int:
    from app.services.licence.standing import days_left

    claims = standing.licence
    if standing.state is not Code.TRIAL or claims is None:
        return 0
    return days_left(claims.trial_end or claims.expires, standing.at)
