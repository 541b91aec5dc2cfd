"""The credits at the foot of the sidebar: how many are left of the month, on which plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from app.core.money import MILLI, shown
from app.core.text import tr
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.painting import CENTRE, LEFT, RIGHT, paint_box, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from app.services.billing.account import Account

BAR, SIDE, SHORT_FROM = 4, 8, 10_000


class CreditMeter(Btn):
    """Seen once the account is known and there is room; opens its page."""

    def __init__(self) -> None:
        super().__init__("", Kind.GHOST)
        self.narrow = False
        self.known = False
        self._plan, self._figure, self._left, self._held = "", "", "", ""
        self._parts: tuple[tuple[str, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_account(self, account: Account) -> None:
        """Show what is left and held."""
        sums = account.overview.sums
        left, held = shown(sums.available), shown(sums.held)
        self.known = True
        self._plan, self._figure = account.name, _short(sums.available)
        self._left = tr("{credits} left", credits=left)
        self._held = tr("{credits} held", credits=held) if sums.held else ""
        self._parts = (
            ("text.muted", account.spent),
            ("chart.3", sums.held),
            ("accent.solid", sums.available),
        )
        said = tr(
            "Credits: {left} of {total} left this month, {held} held. Plan: {plan}",
            left=left,
            total=shown(account.total),
            held=held,
            plan=account.name,
        )
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Two quiet lines with the bar between, or a number over the bar."""
        look = theme()
        lines = 1 if self.narrow else 2
        return QSize(32, lines * look.line(Role.SMALL) + BAR + 4 * lines + 8)

    def minimumSizeHint(self) -> QSize:
        """It gives way to everything else in width."""
        return QSize(32, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint words and bar."""
        painter, look = QPainter(self), theme()
        if self._hovered or self.isDown():
            paint_box(painter, QRectF(self.rect()), RADIUS_CONTROL, look.colour("bg.hover"))
        quiet, line = look.colour("text.secondary"), look.line(Role.SMALL)
        if self.narrow:
            top = QRectF(0, 4, self.width(), line)
            paint_text(painter, top, self._figure, Role.CAPTION, quiet, CENTRE)
            self._paint_bar(painter, QRectF(4, 8 + line, self.width() - 8, BAR))
            return
        wide = self.width() - 2 * SIDE
        first = QRectF(SIDE, 4, wide, line)
        paint_text(painter, first, tr("Credits"), Role.CAPTION, quiet, LEFT)
        words = text_width(tr("Credits"), Role.CAPTION) + 8
        plan = first.adjusted(words, 0, 0, 0)
        paint_text(painter, plan, self._plan, Role.SMALL, quiet, RIGHT)
        self._paint_bar(painter, QRectF(SIDE, 8 + line, wide, BAR))
        second = QRectF(SIDE, 12 + line + BAR, wide, line)
        ink = look.colour("text.primary")
        paint_text(painter, second, self._left, Role.CAPTION, ink, LEFT, essential=True)
        rest = second.adjusted(text_width(self._left, Role.CAPTION) + 8, 0, 0, 0)
        paint_text(painter, rest, self._held, Role.SMALL, quiet, RIGHT)

    def _paint_bar(self, painter: QPainter, rect: QRectF) -> None:
        look, total = theme(), sum(amount for _token, amount in self._parts)
        paint_box(painter, rect, BAR / 2, look.colour("border.subtle"))
        left = rect.left()
        for token, amount in self._parts:
            wide = rect.width() * amount / total if total and amount else 0.0
            if wide > 1:
                part = QRectF(left, rect.top(), wide - 1, rect.height())
                paint_box(painter, part, BAR / 2, look.colour(token))
            left += wide


def _short(milli: int) -> str:
    """Whole credits, where there is no room for more: 9,999 or 12k."""
    whole = milli // MILLI
    return shown(whole * MILLI) if whole < SHORT_FROM else f"{whole // 1_000}k"
