"""Painted buttons: the main action, outlined, ghost, link and icon buttons, and the nav item."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.views.common.fonts import Role
from app.views.common.hovering import Hovering
from app.views.common.icons import paint_icon
from app.views.common.painting import CENTRE, LEFT, paint_box, paint_text, text_width
from app.views.common.ring import Ringed
from app.views.common.theme import theme
from app.views.common.toggling import Toggling
from app.views.common.tokens import RADIUS_CONTROL, Tone
from app.views.common.words import number

PADDING, GAP, ICON = 12, 8, 16


class Kind(Enum):
    """How much a button asks for attention; at most one PRIMARY is in view."""

    PRIMARY = "primary"
    OUTLINE = "outline"
    GHOST = "ghost"
    LINK = "link"
    DANGER = "danger"


_SOLID = (Kind.PRIMARY, Kind.DANGER)


class Btn(Ringed, Hovering, Toggling, QPushButton):
    """A push button with an optional icon, painted from the tokens."""

    def __init__(
        self, text: str, kind: Kind = Kind.OUTLINE, icon: str = "", parent: QWidget | None = None
    ) -> None:
        QPushButton.__init__(self, text, parent)
        self.listen_to_readers()
        self.kind = kind
        self.icon_name = icon
        self.compact = False
        self.trail = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Enter does what Space does, also outside a dialog.
        self.setAutoDefault(True)
        self.restyle()

    @property
    def role(self) -> Role:
        """Its words are stronger on a solid ground."""
        return Role.ACTION if self.kind in _SOLID else Role.STRONG

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.setFont(theme().font(self.role))
        self.updateGeometry()

    def become(self, kind: Kind) -> None:
        """Ask for more or less attention."""
        if self.kind is not kind:
            self.kind = kind
            self.restyle()
            self.update()

    def set_compact(self, compact: object) -> None:
        """Show the icon alone, with the words as tooltip, where room is scarce."""
        if self.compact != bool(compact):
            self.compact = bool(compact)
            self._show_tip()
            self.updateGeometry()
            self.update()

    def show_trail(self, trail: str, said: str) -> None:
        """Show quiet words after its own, such as "3 left"; said is the sentence behind them."""
        if (trail, said) != (self.trail, self.accessibleDescription()):
            self.trail = trail
            self.setAccessibleDescription(said)
            self._show_tip()
            self.updateGeometry()
            self.update()

    def _show_tip(self) -> None:
        words = self.text() if self.compact else ""
        self.setToolTip(" · ".join(part for part in (words, self.accessibleDescription()) if part))

    def sizeHint(self) -> QSize:
        """Icon, gap and words with the control's padding."""
        if self.compact:
            return QSize(theme().px(32), theme().px(32))
        padding = 0 if self.kind is Kind.LINK else PADDING
        width = 2 * padding + text_width(self.text(), self.role) + 1
        if self.icon_name:
            width += theme().px(ICON) + (GAP if self.text() else 0)
        width += self.trail_width
        return QSize(int(width), theme().px(24 if self.kind is Kind.LINK else 32))

    def minimumSizeHint(self) -> QSize:
        """Its words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint ground, icon and words."""
        painter = QPainter(self)
        ink = self._paint_ground(painter)
        side = theme().px(ICON)
        shown = "" if self.compact else self.text()
        words = text_width(shown, self.role) + (0 if self.compact else self.trail_width)
        lead = side + (GAP if shown else 0) if self.icon_name else 0
        left = (self.width() - lead - words) / 2 if self.kind is not Kind.LINK else 0.0
        if self.icon_name:
            box = QRectF(left, (self.height() - side) / 2, side, side)
            quiet = self.kind is Kind.OUTLINE and self.isEnabled()
            tint = theme().colour("text.secondary") if quiet else ink
            paint_icon(painter, self.icon_name, box, tint)
        room = QRectF(left + lead, 0, words + 1, self.height())
        paint_text(painter, room, shown, self.role, ink, LEFT, essential=True)
        if self.trail and not self.compact:
            room.setLeft(room.right() - self.trail_width)
            paint_text(painter, room, f" · {self.trail}", Role.BODY, ink, LEFT, essential=True)

    @property
    def trail_width(self) -> float:
        """How much wider the quiet words make it."""
        return text_width(f" · {self.trail}", Role.BODY) if self.trail else 0.0

    def _paint_ground(self, painter: QPainter) -> QColor:
        look, rect = theme(), QRectF(self.rect())
        hot = self.isEnabled() and (self._hovered or self.isDown())
        if self.kind in _SOLID:
            return self._paint_solid(painter, rect, hot=hot)
        if self.kind is Kind.OUTLINE:
            edge = look.colour("border.control" if self.isEnabled() else "border.subtle")
            fill = look.colour("bg.hover" if hot else "bg.surface")
            paint_box(painter, rect, RADIUS_CONTROL, fill, edge)
        elif hot and self.kind is Kind.GHOST:
            paint_box(painter, rect, RADIUS_CONTROL, look.colour("bg.hover"))
        if not self.isEnabled():
            return look.colour("text.disabled")
        if self.kind is Kind.LINK:
            return look.colour("accent.text")
        return look.colour("text.primary" if self.kind is Kind.OUTLINE else "text.secondary")

    def _paint_solid(self, painter: QPainter, rect: QRectF, *, hot: bool) -> QColor:
        look = theme()
        if not self.isEnabled():
            paint_box(painter, rect, RADIUS_CONTROL, look.colour("pill.neutral.bg"))
            return look.colour("text.muted")
        if self.kind is Kind.DANGER:
            paint_box(painter, rect, RADIUS_CONTROL, look.colour("danger.solid"))
            return look.colour("danger.on")
        fill = look.colour("accent.hover" if hot else "accent.solid")
        paint_box(painter, rect, RADIUS_CONTROL, fill)
        return look.colour("accent.on")


class IconBtn(Btn):
    """A square button with an icon only; its name is its accessible name and tooltip."""

    def __init__(self, icon: str, name: str, kind: Kind = Kind.GHOST) -> None:
        super().__init__("", kind, icon)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        """A square as high as other controls."""
        side = theme().px(32)
        return QSize(side, side)


class NavItem(Btn):
    """One place of the sidebar; shows only its icon when the sidebar is narrow."""

    def __init__(self, text: str, icon: str) -> None:
        super().__init__(text, Kind.GHOST, icon)
        self.narrow = False
        self.badge = ""
        self.setCheckable(True)
        self.setAutoExclusive(True)
        # A click goes to the page, and so does the keyboard; Tab still walks through the places.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_narrow(self, narrow: object) -> None:
        """Show the icon only, with the words as tooltip."""
        self.narrow = bool(narrow)
        self.setToolTip(self.text() if narrow else "")
        self.updateGeometry()
        self.update()

    def show_badge(self, badge: str, said: str) -> None:
        """Show a number at its end, which `said` says in words; an empty one takes it away."""
        self.badge = badge
        self.setAccessibleName(f"{self.text()}, {said}" if badge else self.text())
        self.update()

    def minimumSizeHint(self) -> QSize:
        """The icon alone when narrow."""
        if self.narrow:
            side = theme().px(32)
            return QSize(side, side)
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint tint, icon, words."""
        painter, look = QPainter(self), theme()
        if self.isChecked() or self._hovered:
            ground = "bg.selected" if self.isChecked() else "bg.hover"
            paint_box(painter, QRectF(self.rect()), RADIUS_CONTROL, look.colour(ground))
        ink = look.colour("accent.text" if self.isChecked() else "text.secondary")
        side = look.px(ICON)
        left = (self.width() - side) / 2 if self.narrow else 8.0
        box = QRectF(left, (self.height() - side) / 2, side, side)
        paint_icon(painter, self.icon_name, box, ink)
        if not self.narrow:
            room = QRectF(self.rect()).adjusted(left + side + GAP, 0, -8, 0)
            paint_text(painter, room, self.text(), Role.STRONG, ink, essential=True)
        if self.badge:
            self._paint_badge(painter, box)

    def _paint_badge(self, painter: QPainter, icon: QRectF) -> None:
        """The number at the end, or a dot at the icon when there is no room for it."""
        look = theme()
        if self.narrow:
            dot = QRectF(icon.right() - 4, icon.top() - 4, 8, 8)
            paint_box(painter, dot, 4, look.colour("accent.solid"))
            return
        high = look.px(20)
        wide = max(high, text_width(self.badge, Role.CAPTION) + 12)
        pill = QRectF(self.width() - 8 - wide, (self.height() - high) / 2, wide, high)
        ink, ground = look.tokens.pill(Tone.INFO)
        paint_box(painter, pill, high / 2, ground)
        paint_text(painter, pill, self.badge, Role.CAPTION, ink, CENTRE, essential=True)


class TabBtn(Btn):
    """One of a row of views or filters; the chosen one is tinted."""

    def __init__(self, text: str, count: int | None = None) -> None:
        super().__init__(text, Kind.GHOST)
        self.count = "" if count is None else number(count)
        self.setCheckable(True)
        self.setAutoExclusive(True)

    def set_count(self, count: int | None) -> None:
        """Show a number after the words; None takes it away."""
        self.count = "" if count is None else number(count)
        self.setAccessibleName(f"{self.text()}, {self.count}" if self.count else self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Words and count."""
        extra = text_width(self.count, Role.FIGURE) + GAP if self.count else 0
        return QSize(super().sizeHint().width() + int(extra), theme().px(32))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint tint, words and count."""
        painter, look = QPainter(self), theme()
        chosen = self.isChecked()
        if chosen or self._hovered:
            ground = look.colour("bg.selected" if chosen else "bg.hover")
            paint_box(painter, QRectF(self.rect()), RADIUS_CONTROL, ground)
        ink = look.colour("accent.text" if chosen else "text.secondary")
        words = text_width(self.text(), Role.STRONG)
        room = QRectF(PADDING, 0, words + 1, self.height())
        paint_text(painter, room, self.text(), Role.STRONG, ink, essential=True)
        if self.count:
            rest = QRectF(PADDING + words + GAP, 0, self.width(), self.height())
            quiet = ink if chosen else look.colour("text.muted")
            paint_text(painter, rest, self.count, Role.FIGURE, quiet)


class Segment(Btn):
    """One of a few choices side by side, such as a text size."""

    def __init__(self, text: str) -> None:
        super().__init__(text, Kind.GHOST)
        self.setCheckable(True)
        self.setAutoExclusive(True)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the chosen one as a raised box."""
        painter, look, rect = QPainter(self), theme(), QRectF(self.rect())
        if self.isChecked():
            edge = look.colour("border.control")
            paint_box(painter, rect, RADIUS_CONTROL, look.colour("bg.surface"), edge)
        ink = look.colour("text.primary" if self.isChecked() else "text.secondary")
        paint_text(painter, rect, self.text(), Role.STRONG, ink, CENTRE, essential=True)
