"""The search line of the contacts: completions while typing, and mistakes shown where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QResizeEvent,
    QTextCharFormat,
)
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.services.query_help import Fault, Known, Suggestion, suggestions
from app.views.common.inputs import SearchField, mark_invalid
from app.views.common.pills import Notice, sentences
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.contacts.suggestion_list import SuggestionList, ground_of

RECENT = 8
REMEMBER_AFTER_MS = 2_000
WIDTH, NOTICE_WIDTH = 320, 400


class QueryLine(SearchField):
    """left is emitted when the line is done with (Enter, or Down without completions).

    remembered carries the queries that were searched before, the newest first; settled says that
    nothing is being completed any more.
    """

    left = Signal()
    remembered = Signal(object)
    settled = Signal()

    def __init__(self, name: str, shortcut: str) -> None:
        super().__init__(name, shortcut)
        self.known = Known()
        self.recent: list[str] = []
        self.list = SuggestionList(self)
        self.notice = FaultNotice(self)
        self._fault: Fault | None = None
        self._held: tuple[Fault | None, str] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(REMEMBER_AFTER_MS)
        self._pause.timeout.connect(self.remember)
        self.list.taken.connect(self.complete)
        self.textEdited.connect(lambda _text: self._edited())
        self.cursorPositionChanged.connect(lambda _old, _new: self._moved())

    def keep(self, recent: Iterable[str]) -> None:
        """Take over the queries of before."""
        self.recent = [str(query) for query in recent][:RECENT]

    def remember(self) -> None:
        """Count the present query among the recent ones, unless it cannot be read."""
        query = self.text().strip()
        if not query or self._fault is not None:
            return
        rest = [one for one in self.recent if one != query and not query.startswith(one)]
        self.recent = [query, *rest][:RECENT]
        self.remembered.emit(list(self.recent))

    @property
    def has_fault(self) -> bool:
        """True while the line cannot be read, said already or not."""
        return self._held is not None or bool(self.notice.text())

    @property
    def typing_at(self) -> int:
        """Where a part is being typed now, -1 when the line is left alone."""
        return self.cursorPosition() if self.hasFocus() and self.isModified() else -1

    def suggest(self) -> None:
        """Show what may come at the cursor."""
        known = replace(self.known, recent=tuple(self.recent))
        self.list.offer(suggestions(self.text(), self.cursorPosition(), known))

    def complete(self, chosen: Suggestion) -> None:
        """Put a completion in; one that goes on leaves the cursor behind it and suggests anew."""
        text = self.text()
        rest = text[chosen.end :]
        gap = "" if chosen.goes_on or rest.startswith(" ") else " "
        self.setText(f"{text[: chosen.start]}{chosen.insert}{gap}{rest}")
        at = chosen.start + len(chosen.insert) + (0 if chosen.goes_on else 1)
        self.setCursorPosition(min(at, len(self.text())))
        if chosen.goes_on:
            self.suggest()
        else:
            self.close_list()

    def show_fault(self, fault: Fault | None, words: str = "") -> None:
        """Underline the part that cannot be read and say why below; None takes both away.

        While completions are offered the part is still being typed, and nothing is said yet.
        """
        self._held = (fault, words) if self.list.isVisible() and (fault or words) else None
        if self._held is not None:
            fault, words = None, ""
        self._fault = fault
        mark_invalid(self, invalid=bool(fault or words))
        self._underline()
        part = self.text()[fault.start : fault.end] if fault else ""
        said = (
            tr("“{part}”: {problem}", part=part, problem=sentences(fault.error)) if fault else words
        )
        self.notice.say(said, Tone.DANGER)
        self.notice.place()

    def sizeHint(self) -> QSize:
        """Wide enough for a few filters, where there is room."""
        return QSize(theme().px(WIDTH), super().sizeHint().height())

    def close_list(self) -> None:
        """Offer nothing more, and say what was held back."""
        self.list.hide()
        self.setModified(False)
        if self._held is not None:
            fault, words = self._held
            self.show_fault(fault, words)
        self.settled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and Enter are the list's while it is open; Escape closes, clears, leaves."""
        key = event.key()
        open_list = self.list.isVisible()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Space and control:
            self.suggest()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and open_list:
            self.list.step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Down:
            self.left.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._entered()
        elif key == Qt.Key.Key_Escape:
            self._escaped()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab takes the chosen completion, or the first one, instead of leaving."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            tabbed = event.key() == Qt.Key.Key_Tab and self.list.isVisible() and self.text()
            if tabbed:
                self.complete(self.list.chosen or self.list.items[0])
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """An empty line says what can be asked."""
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.ShortcutFocusReason and not self.text():
            self.suggest()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The list goes; what was searched is remembered."""
        super().focusOutEvent(event)
        self.close_list()
        self.remember()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click into the empty line says what can be asked."""
        super().mousePressEvent(event)
        if not self.text():
            self.suggest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the notice below."""
        super().resizeEvent(event)
        self.notice.place()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Keep the notice below."""
        super().moveEvent(event)
        self.notice.place()

    def _edited(self) -> None:
        self._pause.start()
        self.suggest()

    def _moved(self) -> None:
        if self.list.isVisible() and self.hasFocus():
            self.suggest()

    def _entered(self) -> None:
        chosen = self.list.chosen if self.list.isVisible() else None
        if chosen is not None:
            self.complete(chosen)
            return
        self.close_list()
        self.remember()
        self.left.emit()

    def _escaped(self) -> None:
        if self.list.isVisible():
            self.close_list()
        elif self.text():
            self.clear()
        else:
            self.left.emit()

    def _underline(self) -> None:
        """A wavy line below the faulty part, the way an input method marks text."""
        attributes = []
        if self._fault is not None:
            wave = QTextCharFormat()
            wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wave.setUnderlineColor(theme().colour("danger.solid"))
            start = self._fault.start - self.cursorPosition()
            length = self._fault.end - self._fault.start
            kind = QInputMethodEvent.AttributeType.TextFormat
            attributes.append(QInputMethodEvent.Attribute(kind, start, length, wave))
        QCoreApplication.sendEvent(self, QInputMethodEvent("", attributes))


class FaultNotice(Notice):
    """Floats below the search line, within the window."""

    def __init__(self, line: QWidget) -> None:
        super().__init__(Tone.DANGER)
        self._line = line

    def say(self, text: str, tone: Tone | None = None) -> None:
        """Show a sentence; an empty one hides the notice."""
        ground = ground_of(self._line)
        if self.parentWidget() is not ground:
            # Without a parent it would be shown as a window of its own.
            self.setParent(ground)
            theme().dress(self)
        super().say(text, tone)

    def place(self) -> None:
        """Below the line, as wide as its sentence may be, right edges together."""
        if self.isHidden():
            return
        ground = ground_of(self._line)
        width = max(self._line.width(), theme().px(NOTICE_WIDTH))
        corner = self._line.mapTo(ground, QPoint(self._line.width(), self._line.height() + 8))
        left = max(8, corner.x() - width)
        layout = self.layout()
        height = layout.heightForWidth(width) if layout is not None else self.sizeHint().height()
        self.setGeometry(left, corner.y(), width, height)
        self.raise_()
