"""Painted inputs: drop-down, check box, radio button, segments, and a search field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from app.core.text import tr
from app.views.common.buttons import Segment
from app.views.common.fonts import Role
from app.views.common.hovering import Hovering
from app.views.common.icons import paint_icon
from app.views.common.painting import LEFT, paint_box, paint_check, paint_text, text_width
from app.views.common.ring import Ringed
from app.views.common.theme import theme
from app.views.common.toggling import Toggling
from app.views.common.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    # At run time a mixin must not be a second Qt class beside the control's own.
    _Button = object


class Select(Ringed, Hovering, QComboBox):
    """A drop-down of (value, words) pairs; `value` is what is chosen."""

    picked = Signal(object)

    def __init__(self, name: str, choices: Sequence[tuple[object, str]] = ()) -> None:
        QComboBox.__init__(self)
        self.setAccessibleName(name)
        self.setView(QListView())
        self.view().setAccessibleName(name)
        self.setMaxVisibleItems(12)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)
        self.activated.connect(lambda _index: self.picked.emit(self.value()))
        self.restyle()

    def set_choices(self, choices: Sequence[tuple[object, str]]) -> None:
        """Replace the choices; the present value stays when it is among them."""
        kept = self.value()
        with QSignalBlocker(self):
            self.clear()
            for value, words in choices:
                self.addItem(words, value)
        self.updateGeometry()
        self.choose(kept)

    def value(self) -> object:
        """The chosen value, None when there is no choice."""
        return self.currentData()

    def choose(self, value: object) -> None:
        """Choose silently; an unknown value leaves the first one."""
        index = next((i for i in range(self.count()) if self.itemData(i) == value), 0)
        with QSignalBlocker(self):
            self.setCurrentIndex(index if self.count() else -1)
        self.update()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.setFont(theme().font(Role.BODY))
        self.setFixedHeight(theme().px(32))

    def minimumSizeHint(self) -> QSize:
        """The widest choice, up to a limit beyond which the words may be cut."""
        widest = max(
            (text_width(self.itemText(i), Role.BODY) for i in range(self.count())), default=0
        )
        return QSize(
            int(min(widest, theme().px(176))) + theme().px(16) + 12 + 8 + 12, theme().px(32)
        )

    def sizeHint(self) -> QSize:
        """As narrow as its choices allow."""
        return self.minimumSizeHint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, never the choice: a mapping must not change by passing over it."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint box, words and chevron."""
        painter, look, rect = QPainter(self), theme(), QRectF(self.rect())
        edge = look.colour("border.control" if self.isEnabled() else "border.subtle")
        ground = "bg.hover" if self._hovered and self.isEnabled() else "bg.surface"
        paint_box(painter, rect, RADIUS_CONTROL, look.colour(ground), edge)
        ink = look.colour("text.primary" if self.isEnabled() else "text.disabled")
        side = look.px(16)
        words = rect.adjusted(12, 0, -12 - side - 8, 0)
        paint_text(painter, words, self.currentText(), Role.BODY, ink, LEFT)
        box = QRectF(rect.right() - 12 - side, (rect.height() - side) / 2, side, side)
        paint_icon(painter, "chevron-down", box, look.colour("text.secondary"))


class _Mark(Ringed, Toggling, _Button):
    """What check box and radio button share: their box, and words beside it."""

    ring_radius = 4.0

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.setFont(theme().font(Role.BODY))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Box and words."""
        words = text_width(self.text(), Role.BODY) + 8 if self.text() else 0
        return QSize(int(words) + theme().px(16), theme().px(24))

    def minimumSizeHint(self) -> QSize:
        """Its words are never cut."""
        return self.sizeHint()

    def _box(self) -> QRectF:
        side = theme().px(16)
        return QRectF(0, (self.height() - side) / 2, side, side)

    def _paint_words(self, painter: QPainter) -> None:
        box = self._box()
        ink = theme().colour("text.primary" if self.isEnabled() else "text.disabled")
        room = QRectF(box.right() + 8, 0, self.width() - box.right() - 8, self.height())
        paint_text(painter, room, self.text(), Role.BODY, ink, essential=True)


class Check(_Mark, QCheckBox):
    """A check box with words."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        QCheckBox.__init__(self, text, parent)
        self.listen_to_readers()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.restyle()

    def hitButton(self, _pos: object) -> bool:
        """The words count as well as the box."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint box and words."""
        painter = QPainter(self)
        paint_check(painter, self._box(), self.checkState(), enabled=self.isEnabled())
        self._paint_words(painter)


class Radio(_Mark, QRadioButton):
    """A radio button with words."""

    ring_radius = 8.0

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        QRadioButton.__init__(self, text, parent)
        self.listen_to_readers()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.restyle()

    def hitButton(self, _pos: object) -> bool:
        """The words count as well as the circle."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint circle and words."""
        painter, look, box = QPainter(self), theme(), self._box()
        edge = look.colour("accent.solid" if self.isChecked() else "border.control")
        if self.isChecked():
            paint_box(painter, box, box.width() / 2, look.colour("accent.solid"))
            inner = box.adjusted(5, 5, -5, -5)
            paint_box(painter, inner, inner.width() / 2, look.colour("accent.on"))
        else:
            paint_box(painter, box, box.width() / 2, look.colour("bg.surface"), edge)
        self._paint_words(painter)


class Segments(QWidget):
    """A few choices side by side in one box; emits picked with the value."""

    picked = Signal(object)

    def __init__(self, name: str, choices: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._buttons: list[tuple[object, Segment]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for value, words in choices:
            button = Segment(words)
            button.setAccessibleName(f"{name}: {words}")
            button.clicked.connect(lambda _on, v=value: self.picked.emit(v))
            self._buttons.append((value, button))
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def choose(self, value: object) -> None:
        """Mark one choice silently."""
        for own, button in self._buttons:
            button.setChecked(own == value)

    def chosen(self) -> QWidget:
        """The button of the choice, which the keyboard reaches first."""
        buttons = [button for _, button in self._buttons]
        return next((button for button in buttons if button.isChecked()), buttons[0])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the box around the choices."""
        painter, look = QPainter(self), theme()
        edge = look.colour("border.subtle")
        paint_box(painter, QRectF(self.rect()), RADIUS_CONTROL + 2, look.colour("bg.sunken"), edge)


CHIP_FROM = 160


class SearchField(QLineEdit):
    """A line with a magnifying glass and, when empty, the chip of its shortcut."""

    def __init__(self, name: str, shortcut: str = "") -> None:
        super().__init__()
        self._shortcut = shortcut
        self.setPlaceholderText(tr("Search"))
        self.setAccessibleName(name)
        self.setClearButtonEnabled(False)
        self.restyle()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.setFont(theme().font(Role.BODY))
        self.setTextMargins(theme().px(16) + 8, 0, 0, 0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the old words when the keyboard brings the focus, so that typing replaces them."""
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.ShortcutFocusReason:
            self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, then the glass and the chip."""
        super().paintEvent(event)
        painter, look = QPainter(self), theme()
        side = look.px(16)
        box = QRectF(12, (self.height() - side) / 2, side, side)
        paint_icon(painter, "search", box, look.colour("text.muted"))
        roomy = self.width() >= look.px(CHIP_FROM)
        if self._shortcut and roomy and not self.text() and not self.hasFocus():
            self._paint_chip(painter)

    def _paint_chip(self, painter: QPainter) -> None:
        look = theme()
        width = text_width(self._shortcut, Role.CAPTION) + 12
        height = look.px(20)
        rect = QRectF(self.width() - width - 6, (self.height() - height) / 2, width, height)
        edge, ground = look.colour("border.subtle"), look.colour("bg.sunken")
        paint_box(painter, rect, 4, ground, edge)
        ink = look.colour("text.secondary")
        paint_text(painter, rect.adjusted(6, 0, -6, 0), self._shortcut, Role.CAPTION, ink)


def mark_invalid(line: QWidget, *, invalid: bool) -> None:
    """Show or take away the edge of a value that was refused."""
    if bool(line.property("invalid")) != invalid:
        line.setProperty("invalid", invalid)
        line.style().unpolish(line)
        line.style().polish(line)
