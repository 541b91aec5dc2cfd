"""Painting that every control and table cell shares: text, pills, avatars, rings, shadows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.labels import wrapped
from app.views.common.stamps import stamp
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CHIP, RADIUS_CONTROL, Tone

PILL_HEIGHT, PILL_PADDING, DOT = 20, 8, 6
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
# A number, since joining flags for every cell would be a tenth of what painting a page takes.
_ONE_LINE = int(Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip)


@dataclass(frozen=True, slots=True)
class Cut:
    """A text that had to be shortened to fit; collected while an audit runs."""

    text: str
    essential: bool


audit: list[Cut] | None = None
"""Set to a list by the layout test, which then finds here every text that was cut."""


def text_width(text: str, role: Role) -> float:
    """The room `text` needs in one line, in logical pixels."""
    return math.ceil(theme().advance(role, text))


def paint_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    role: Role,
    colour: QColor,
    align: Qt.AlignmentFlag = LEFT,
    *,
    essential: bool = False,
) -> None:
    """One line of text; shortened with an ellipsis when it does not fit.

    essential marks words that must never be cut, such as a button's.
    """
    look = theme()
    shown = text
    if look.advance(role, text) > rect.width() + 0.5:
        cut = Qt.TextElideMode.ElideRight
        shown = look.metrics(role).elidedText(text, cut, rect.width())
        if audit is not None:
            audit.append(Cut(text, essential))
    painter.setFont(look.font(role))
    painter.setPen(colour)
    painter.drawText(rect, int.__or__(align, _ONE_LINE), shown)


def lines_of(text: str, role: Role, width: float) -> list[str]:
    """The lines that `text` needs in so much room."""
    return wrapped(text, theme().font(role), width)


def paint_lines(
    painter: QPainter, rect: QRectF, text: str, role: Role, colour: QColor, most: int
) -> None:
    """At most `most` lines of text in the middle of the height; the last may be shortened."""
    lines = lines_of(text, role, rect.width())
    lines = [*lines[: most - 1], " ".join(lines[most - 1 :])] if len(lines) > most else lines
    high = theme().line(role)
    top = rect.center().y() - high * len(lines) / 2
    for number, line in enumerate(lines):
        room = QRectF(rect.left(), top + number * high, rect.width(), high)
        paint_text(painter, room, line, role, colour)


def pill_width(text: str, *, dot: bool = True) -> float:
    """The width of a pill with this text."""
    lead = DOT + 4 if dot else 0
    return text_width(text, Role.CAPTION) + 2 * PILL_PADDING + lead


def paint_pill(
    painter: QPainter,
    left: float,
    middle: float,
    text: str,
    tone: Tone,
    *,
    width: float = math.inf,
    dot: bool = True,
    outlined: bool = False,
) -> float:
    """A pill from `left`, centred on the line `middle`; gives its width.

    outlined is for selected rows, whose tint would swallow some of the pill backgrounds.
    """
    ink, ground = theme().tokens.pill(tone)
    height = theme().px(PILL_HEIGHT)
    room = min(width, pill_width(text, dot=dot))
    rect = QRectF(left, middle - height / 2, room, height)
    edge = ink if outlined else None
    lead = ink if dot else None
    key = ("pill", ground.rgba(), edge and edge.rgba(), lead and lead.rgba())
    stamp(painter, rect, key, lambda on, at: _draw_pill(on, at, ground, edge, lead))
    start = PILL_PADDING + (DOT + 4 if dot else 0)
    inner = rect.adjusted(start, 0, -PILL_PADDING, 0)
    paint_text(painter, inner, text, Role.CAPTION, ink, essential=True)
    return room


def _draw_pill(
    painter: QPainter, rect: QRectF, ground: QColor, edge: QColor | None, dot: QColor | None
) -> None:
    paint_box(painter, rect, rect.height() / 2, ground, edge)
    if dot is not None:
        spot = QRectF(rect.left() + PILL_PADDING, rect.center().y() - DOT / 2, DOT, DOT)
        paint_box(painter, spot, DOT / 2, dot)


_AVATAR_TONES = (Tone.NEUTRAL, Tone.INFO, Tone.SUCCESS, Tone.WARNING, Tone.VIOLET)


def initials(name: str) -> str:
    """One or two letters that stand for a name."""
    words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()]
    if not words:
        return name[:1].upper() or "?"
    picked = words[0][:1] + (words[-1][:1] if len(words) > 1 else "")
    return picked.upper()


def paint_avatar(painter: QPainter, rect: QRectF, name: str, role: Role = Role.CAPTION) -> None:
    """A round token with the initials of `name`; the same name always has the same tint."""
    tone = _AVATAR_TONES[sum(name.encode("utf-8", "replace")) % len(_AVATAR_TONES)]
    ink, ground = theme().tokens.pill(tone)
    key = ("disc", ground.rgba())
    stamp(painter, rect, key, lambda on, at: paint_box(on, at, at.height() / 2, ground))
    paint_text(painter, rect, initials(name), role, ink, CENTRE)


def paint_box(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: QColor | None,
    edge: QColor | None = None,
    width: float = 1.0,
) -> None:
    """A rounded box whose edge lies inside `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(edge, width) if edge is not None else Qt.PenStyle.NoPen)
    half = width / 2 if edge is not None else 0.0
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)
    painter.restore()


def paint_tinted(widget: QWidget, tone: Tone, radius: float = RADIUS_CONTROL) -> None:
    """The box of a message: the ground of `tone` over all of a widget, with a faint edge."""
    ink, ground = theme().tokens.pill(tone)
    edge = QColor(ink)
    edge.setAlphaF(0.35)
    paint_box(QPainter(widget), QRectF(widget.rect()), radius, ground, edge)


def paint_check(painter: QPainter, rect: QRectF, state: Qt.CheckState, *, enabled: bool) -> None:
    """A check box of the product's own look."""
    look = theme()
    if state is Qt.CheckState.Unchecked:
        edge = look.colour("border.control" if enabled else "border.subtle")
        fill = look.colour("bg.surface")
        key = ("check", fill.rgba(), edge.rgba())
        stamp(painter, rect, key, lambda on, at: paint_box(on, at, RADIUS_CHIP, fill, edge))
        return
    solid = look.colour("accent.solid" if enabled else "text.disabled")
    paint_box(painter, rect, RADIUS_CHIP, solid)
    name = "check" if state is Qt.CheckState.Checked else "minus"
    paint_icon(painter, name, rect.adjusted(2, 2, -2, -2), look.colour("accent.on"))


def paint_shadow(painter: QPainter, rect: QRectF, radius: float, spread: int = 24) -> None:
    """A soft shadow below a floating box, painted so that its content stays sharp."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(spread, 0, -2):
        alpha = round(3.2 * (1 - step / spread) ** 2 * 2)
        painter.setBrush(QColor(0, 0, 0, alpha))
        grown = rect.adjusted(-step, -step + 8, step, step + 8)
        painter.drawRoundedRect(grown, radius + step, radius + step)
    painter.restore()


def hairline(painter: QPainter, left: float, right: float, y: float, colour: QColor) -> None:
    """A line exactly one device-snapped pixel high, crisp at 125 and 150 % too."""
    ratio = painter.device().devicePixelRatioF()
    if ratio == 1 and float(y).is_integer():
        # On the pixels already, as nearly every row of a list is.
        painter.fillRect(QRect(int(left), int(y) - 1, int(right - left), 1), colour)
        return
    origin = painter.deviceTransform().map(QPointF(0, y)).y()
    thick = max(1.0, math.floor(ratio)) / ratio
    offset = (round(origin) - origin) / ratio
    smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    if smooth:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.fillRect(QRectF(left, y + offset - thick, right - left, thick), colour)
    if smooth:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
