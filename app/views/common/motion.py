"""The few movements of the window: short, once, and none where motion is not wanted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation

from app.views.common.theme import theme

TOAST_MS, PANEL_MS = 150, 200


class Glide(QObject):
    """Goes from 0 to 1 or back, telling each step; at once where motion is not wanted."""

    def __init__(self, step: Callable[[float], None], duration: int, parent: QObject) -> None:
        super().__init__(parent)
        self._step = step
        self._ended: Callable[[], None] | None = None
        self._moving = QVariantAnimation(self)
        self._moving.setDuration(duration)
        self._moving.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._moving.setStartValue(0.0)
        self._moving.setEndValue(1.0)
        self._moving.valueChanged.connect(lambda value: self._step(float(value)))
        self._moving.finished.connect(self._end)

    @property
    def moving(self) -> bool:
        """Whether it is under way."""
        return self._moving.state() is QVariantAnimation.State.Running

    def enter(self) -> None:
        """Come in."""
        self._go(QVariantAnimation.Direction.Forward, None)

    def leave(self, ended: Callable[[], None]) -> None:
        """Go out, then `ended`."""
        self._go(QVariantAnimation.Direction.Backward, ended)

    def _go(self, direction: QVariantAnimation.Direction, ended: Callable[[], None] | None) -> None:
        self._moving.stop()
        self._ended = ended
        forward = direction is QVariantAnimation.Direction.Forward
        if theme().moves:
            self._moving.setDirection(direction)
            self._step(0.0 if forward else 1.0)
            self._moving.start()
            return
        self._step(1.0 if forward else 0.0)
        self._end()

    def _end(self) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()
