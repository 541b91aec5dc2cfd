"""The editors of several values: tags with completion, and choices to switch on and off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCompleter, QWidget

from app.core.cells import join_list, split_list
from app.core.fields import Field
from app.core.text import fold, tr
from app.views.common.boxes import box
from app.views.common.buttons import Btn, Kind
from app.views.common.completing import complete
from app.views.common.flow import Flow
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.labels import let_grow
from app.views.common.painting import paint_box, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.contacts.editors import Editor, line_edit
from app.views.contacts.vocabulary import Vocabulary

_PADDING, _GAP, _MARK = 8, 4, 12


class Chip(Btn):
    """A word in a pill that is itself a button: it takes itself away, or switches on and off."""

    def __init__(self, word: str, tone: Tone, *, removes: bool) -> None:
        super().__init__(word, Kind.GHOST)
        self.tone = tone
        self._removes = removes
        self.ring_radius = 12.0
        if removes:
            self.setAccessibleName(tr("Remove {name}", name=word))
            self.setToolTip(self.accessibleName())
        else:
            self.setCheckable(True)

    def sizeHint(self) -> QSize:
        """The word and its mark."""
        mark = theme().px(_MARK) + _GAP
        return QSize(int(text_width(self.text(), Role.CAPTION) + 2 * _PADDING + mark) + 1, 24)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the pill; one that is off has only an edge."""
        painter, look, rect = QPainter(self), theme(), QRectF(self.rect())
        on = self._removes or self.isChecked()
        ink, ground = look.tokens.pill(self.tone)
        if not on:
            ink = look.colour("text.secondary")
        edge = ink if self._hovered else None if on else look.colour("border.control")
        paint_box(painter, rect, rect.height() / 2, ground if on else None, edge)
        side = look.px(_MARK)
        words = rect.adjusted(_PADDING, 0, -_PADDING - side - _GAP, 0)
        paint_text(painter, words, self.text(), Role.CAPTION, ink, essential=True)
        spot = QRectF(rect.right() - _PADDING - side, (rect.height() - side) / 2, side, side)
        paint_icon(painter, "x" if self._removes else "check" if on else "plus", spot, ink)


class TagsEditor(Editor):
    """Chips, and a line that completes the tags there are; comma or Enter adds what is typed."""

    def __init__(self, field: Field, vocabulary: Vocabulary) -> None:
        super().__init__(field)
        self.names: list[str] = []
        self._vocabulary = vocabulary
        self._flow = Flow(4)
        self._chips = box(self._flow)
        let_grow(self._chips)
        self.line = line_edit(field.title, tr("Type a tag, Enter adds it"))
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)
        self._completer: QCompleter = complete(self.line, vocabulary.tags, within=True)
        self._completer.activated.connect(self._complete, Qt.ConnectionType.QueuedConnection)
        self._box.addWidget(self._chips)
        self._box.addWidget(self.line)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """The tags, with what is typed but not added yet."""
        pending = split_list(self.line.text())
        return join_list([*self.names, *pending])

    def set_text(self, text: str) -> None:
        """Show other tags."""
        self.names = []
        for name in split_list(text):
            self._keep(name)
        self._show()

    def takes_enter(self) -> bool:
        """While there is a word to add."""
        return bool(self.line.text().strip())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter adds the word, Backspace in an empty line takes the last tag away."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.takes_enter():
                self.add(self.line.text())
                return True
            if event.key() == Qt.Key.Key_Backspace and not self.line.text() and self.names:
                self.remove(self.names[-1])
                return True
        return super().eventFilter(watched, event)

    def add(self, text: str) -> None:
        """Add the typed words as tags."""
        self.line.clear()
        for name in split_list(text):
            self._keep(name)
        self._show()
        self.changed.emit()

    def remove(self, name: str) -> None:
        """Take a tag away."""
        self.names.remove(name)
        self._show()
        self.changed.emit()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self, name: str) -> None:
        known = {fold(tag): tag for tag in self._vocabulary.tags}
        written = known.get(fold(name), name)
        if fold(written) not in map(fold, self.names):
            self.names.append(written)

    def _typed(self, text: str) -> None:
        if text.endswith((",", ";")) and text.strip(" ,;"):
            self.add(text)
        else:
            self.changed.emit()

    def _complete(self, name: str) -> None:
        self.add(name)

    def _show(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for name in self.names:
            chip = Chip(name, self._vocabulary.tag_tone(name), removes=True)
            chip.clicked.connect(lambda _on=False, own=name: self.remove(own))
            self._flow.addWidget(chip)
        self._chips.setVisible(bool(self.names))
        self._chips.updateGeometry()


class MultiEditor(Editor):
    """Every choice as a chip that switches on and off."""

    switched = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._flow = Flow(4)
        self.chips: dict[str, Chip] = {}
        holder: QWidget = box(self._flow)
        let_grow(holder)
        self._box.addWidget(holder)
        self._offer(field.choices)

    def text(self) -> str:
        """The choices that are on."""
        return join_list([choice for choice, chip in self.chips.items() if chip.isChecked()])

    def set_text(self, text: str) -> None:
        """Switch these on; one that is no longer offered is offered once more."""
        chosen = split_list(text)
        self._offer([one for one in chosen if one not in self.chips])
        for choice, chip in self.chips.items():
            chip.setChecked(choice in chosen)

    def keys(self) -> str:
        """One more switches a choice."""
        return tr("Space switches a choice, Enter saves, Esc cancels")

    def _offer(self, choices: Sequence[str]) -> None:
        for choice in choices:
            chip = Chip(choice, Tone.INFO, removes=False)
            chip.clicked.connect(lambda _on=False: self.changed.emit())
            self.chips[choice] = chip
            self._flow.addWidget(chip)
        if self.chips:
            self.setFocusProxy(next(iter(self.chips.values())))
