"""Texts of the window: one-line labels, paragraphs with a real line height, captions."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.views.common.fonts import Role
from app.views.common.theme import theme

_MAX_CHARACTERS = 72


class Label(QLabel):
    """One line of text in a role of the type scale.

    tone is one of primary, secondary, muted, accent, danger, warning, success.
    """

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BODY,
        tone: str = "primary",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.role = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.restyle()

    def set_tone(self, tone: str) -> None:
        """Change the colour; does nothing when it is the same."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)

    def restyle(self) -> None:
        """Take the font of the present text size."""
        self.setFont(theme().font(self.role))
        self.setMinimumHeight(theme().line(self.role))


class ElidedLabel(Label):
    """A label for text of any length, such as a file name: it may be cut, its tooltip is whole."""

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BODY,
        tone: str = "primary",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        self._mode = mode
        super().__init__(text, role, tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(48)

    def sizeHint(self) -> QSize:
        """The whole text, if there is room."""
        width = theme().metrics(self.role).horizontalAdvance(self.text())
        return QSize(int(width) + 2, theme().line(self.role))

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(48, theme().line(self.role))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint as much as fits."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = theme().metrics(self.role).elidedText(self.text(), self._mode, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)


class Para(Label):
    """A wrapped paragraph at the line height of its role, at most 72 characters wide."""

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BODY,
        tone: str = "secondary",
        *,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__(text, role, tone)
        self._align = align
        let_grow(self)

    def hasHeightForWidth(self) -> bool:
        """Wrapped text is higher when narrower."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of the wrapped text."""
        return max(1, len(self._lines(width))) * theme().line(self.role)

    def sizeHint(self) -> QSize:
        """The text in one line, up to 72 characters."""
        measures = theme().metrics(self.role)
        whole = max((measures.horizontalAdvance(p) for p in self.text().split("\n")), default=0.0)
        widest = min(whole, measures.averageCharWidth() * _MAX_CHARACTERS)
        width = int(widest) + 2
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough to give way to everything else."""
        return QSize(theme().px(96), theme().line(self.role))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the lines at their height."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        height = theme().line(self.role)
        for number, line in enumerate(self._lines(self.width())):
            box = self.rect().adjusted(0, number * height, 0, 0)
            box.setHeight(height)
            painter.drawText(box, int(self._align | Qt.AlignmentFlag.AlignVCenter), line)

    def _lines(self, width: int) -> list[str]:
        lines: list[str] = []
        for paragraph in self.text().split("\n"):
            lines += wrapped(paragraph, self.font(), width) or [""]
        return lines


def let_grow(widget: QWidget) -> None:
    """Let layouts give a widget more height where its words take more lines."""
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)


def wrapped(paragraph: str, font: QFont, width: float) -> list[str]:
    """The lines of a paragraph in so much room; none for an empty one."""
    layout = QTextLayout(paragraph, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        line.setPosition(QPointF(0, 0))
        start, length = line.textStart(), line.textLength()
        lines.append(paragraph[start : start + length].rstrip())
    layout.endLayout()
    return lines
