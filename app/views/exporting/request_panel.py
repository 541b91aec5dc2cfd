"""The exact request that sends one contact, with what it changes marked, to read and to copy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from app.core.text import tr, trn
from app.services.exporting import Request
from app.views.common.boxes import column, row
from app.views.common.buttons import IconBtn
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.theme import theme
from app.views.common.words import number

_KEY = re.compile(r'^\s*"((?:[^"\\]|\\.)*)":')
_BAR = 3
MOST_CHANGES, LONGEST_SHOWN = 4, 40


class RequestPanel(QWidget):
    """Title, steps to the next and the one before, and the request: its head, then its body."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.text = RequestText()
        self.up = IconBtn("chevron-up", tr("Previous contact"))
        self.down = IconBtn("chevron-down", tr("Next contact"))
        self.copy = IconBtn("copy", tr("Copy the exact request"))
        self.copy.clicked.connect(self.copy_text)
        self.whose = ElidedLabel("", Role.SMALL, "secondary")
        self.differs = Para("", Role.SMALL)
        head = row(Label(tr("Exact request"), Role.SUBTITLE), None, self.copy, self.up, self.down)
        head.setSpacing(4)
        self._legend = _Legend()
        legend = row(self._legend, self.differs, gap=8)
        legend.setStretchFactor(self.differs, 1)
        legend.setAlignment(self._legend, Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(head, self.whose, self.text, legend, gap=8))
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.text.show_body("", {})
        self.whose.setText("")
        self._say_differs("")
        self.copy.setEnabled(False)

    def show_request(self, name: str, label: str, request: Request) -> None:
        """Show what is sent for one contact; label names the destination."""
        words = tr(
            "{name}, request {n}, {place} of {size}",
            name=name,
            n=number(request.number),
            place=number(request.place),
            size=number(request.size),
        )
        self.whose.setText(words)
        sent = request.prepared
        self.text.show_body(f"{sent.head}\n\n{pretty(sent.body)}", request.before)
        self._say_differs(_changes(label, request))
        self.copy.setEnabled(True)

    def show_reason(self, name: str, reason: str) -> None:
        """Say why nothing is sent for one contact."""
        self.whose.setText(name)
        self.text.show_body(reason, {})
        self._say_differs("")
        self.copy.setEnabled(False)

    def copy_text(self) -> None:
        """Put the request on the clipboard."""
        if self.copy.isEnabled():
            QGuiApplication.clipboard().setText(self.text.toPlainText())
            self._desk.say(tr("The request is copied"))

    def _say_differs(self, words: str) -> None:
        self.differs.setText(words)
        self.differs.setVisible(bool(words))
        self._legend.setVisible(bool(words))


def pretty(body: str) -> str:
    """The body laid out for reading; it is sent without the spaces."""
    try:
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False)
    except ValueError:
        return body


def _changes(label: str, request: Request) -> str:
    """What they have and what it becomes, a line a field; empty for a new contact."""
    if not request.before:
        return ""
    values, blank = _values(json.loads(request.prepared.body)), tr("blank")
    lines = [tr("Differs from {label}:", label=label)]
    for name, before in list(request.before.items())[:MOST_CHANGES]:
        lines.append(f"{name}: {_short(before) or blank} → {_short(values.get(name, '')) or blank}")
    rest = len(request.before) - MOST_CHANGES
    if rest > 0:
        lines.append(trn("and {n} more", "and {n} more", rest))
    return "\n".join(lines)


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"


def _values(body: object) -> dict[str, str]:
    """Every text value in a body by its key, however deep it lies."""
    found: dict[str, str] = {}
    if isinstance(body, dict):
        for key, value in body.items():
            if isinstance(value, str):
                found[key] = value
            else:
                found |= _values(value)
    elif isinstance(body, list):
        for each in body:
            found |= _values(each)
    return found


class RequestText(QPlainTextEdit):
    """Read-only code with keys in another colour; changed lines are tinted."""

    def __init__(self) -> None:
        super().__init__()
        self._marked: Mapping[str, str] = {}
        self.setReadOnly(True)
        self.setProperty("code", "true")
        self.setAccessibleName(tr("Exact request"))
        # Nothing is cut at the right, however long an address or a key.
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._highlighter = _Keys(self.document())
        self.restyle()

    def restyle(self) -> None:
        """Take font and colours of the present theme."""
        self.setFont(theme().font(Role.CODE))
        self.setMinimumWidth(theme().px(200))
        self.setMinimumHeight(theme().px(160))
        self._highlighter.rehighlight()
        self._mark()

    def show_body(self, body: str, changed: Mapping[str, str]) -> None:
        """Show a body, with the lines of these keys tinted."""
        self._marked = changed
        self.setPlainText(body)
        self._mark()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and a bar at the left of changed lines."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > event.rect().bottom():
                return
            if self._is_changed(block):
                bar = QRect(0, int(box.top()), _BAR, int(box.height()))
                painter.fillRect(bar, theme().colour("pill.success.fg"))
            block = block.next()

    def _mark(self) -> None:
        marks = []
        block = self.document().begin()
        while block.isValid():
            if self._is_changed(block):
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(block)
                form = QTextCharFormat()
                form.setBackground(theme().colour("pill.success.bg"))
                form.setProperty(QTextFormat.Property.FullWidthSelection, True)  # noqa: FBT003
                mark.format = form
                marks.append(mark)
            block = block.next()
        self.setExtraSelections(marks)

    def _is_changed(self, block: QTextBlock) -> bool:
        found = _KEY.match(block.text())
        return found is not None and found.group(1) in self._marked


class _Keys(QSyntaxHighlighter):
    """Gives the keys of JSON a colour of their own."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        found = _KEY.match(text)
        if found is not None:
            form = QTextCharFormat()
            form.setForeground(QColor(theme().colour("accent.text")))
            start = text.index('"')
            self.setFormat(start, found.end() - start, form)


class _Legend(QWidget):
    """The colour of changed lines, beside the words that say so."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A small square in the middle of a line."""
        return QSize(8, theme().line(Role.SMALL))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the square."""
        square = QRect(0, (self.height() - 8) // 2, 8, 8)
        QPainter(self).fillRect(square, theme().colour("pill.success.fg"))
