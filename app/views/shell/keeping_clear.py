"""Where a message can float without lying over what somebody has to reach."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from app.views.common.ring import DOCKED

AWAY, TRIES, NARROWEST = 8, 4, 320
_REACHED = (QAbstractButton, QComboBox, QLineEdit)


def free_room(ground: QWidget, mover: QWidget) -> QRect:
    """The ground without what is docked at its right edge, as far as enough is left."""
    room, docked = ground.rect(), (p for p in _obstacles(ground, mover) if p.property(DOCKED))
    left = min((_place(part, ground).left() for part in docked), default=room.width())
    return room if left < NARROWEST else QRect(0, 0, left, room.height())


def clear_of(wanted: QRect, ground: QWidget, mover: QWidget) -> QRect:
    """`wanted` moved to the left or else up, until no button or field of the ground is below it.

    mover is what is placed; where no place is clear it stays where it was wanted.
    """
    parts = [part for part in _obstacles(ground, mover) if not part.property(DOCKED)]
    obstacles = [(_place(part, ground), part) for part in parts]

    def covered(rect: QRect) -> list[QRect]:
        return [at for at, part in obstacles if at.intersects(rect) and _is_seen(part)]

    if not (below := covered(wanted)):
        return wanted
    left = QRect(wanted)
    left.moveRight(min(at.left() for at in below) - AWAY)
    if left.left() >= AWAY and not covered(left):
        return left
    up = QRect(wanted)
    for _ in range(TRIES):
        up.moveBottom(min(at.top() for at in below) - AWAY)
        if up.top() < ground.height() // 2:
            break
        if not (below := covered(up)):
            return up
    return wanted


def _obstacles(inside: QWidget, mover: QWidget) -> Iterator[QWidget]:
    """What is clicked or typed into, and what is docked at an edge as a whole."""
    for part in inside.children():
        if not isinstance(part, QWidget) or part is mover or part.isHidden():
            continue
        if part.property(DOCKED):
            yield part
        if isinstance(part, _REACHED):
            yield part
        else:
            yield from _obstacles(part, mover)


def _place(part: QWidget, ground: QWidget) -> QRect:
    return QRect(part.mapTo(ground, QPoint(0, 0)), part.size())


def _is_seen(part: QWidget) -> bool:
    """False for what is scrolled out of view."""
    return not part.visibleRegion().isEmpty()
