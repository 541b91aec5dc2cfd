"""The command palette: one field that finds actions, contacts, views, settings and places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr, trn
from app.services.search import Interrupt
from app.views.common.announcing import announce
from app.views.common.desk import Desk
from app.views.common.finding import Found, PaletteSource
from app.views.common.motion import TOAST_MS, Glide
from app.views.common.painting import hairline, paint_box, paint_shadow
from app.views.common.pills import sentences
from app.views.common.places import Place
from app.views.common.ring import FLOATS
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_DIALOG
from app.views.shell.catalogue import Catalogue
from app.views.shell.fuzzy import match
from app.views.shell.palette_parts import COMMANDS_ONLY, FIELD, FOOT, PaletteField, PaletteFoot
from app.views.shell.results import Line, ResultList

WIDTH, FROM_TOP, EDGE, SCRIM = 640, 0.12, 24, 0.24


class Palette(QWidget):
    """Lies over the whole window while it is open.

    The keyboard stays in the field; where it was before it comes back to when the palette closes.
    """

    def __init__(self, desk: Desk, catalogue: Catalogue, parent: QWidget) -> None:
        super().__init__(parent)
        self._ground = parent
        self.setProperty(FLOATS, "true")
        self._desk = desk
        self._catalogue = catalogue
        self._place = Place.CONTACTS
        self._before: QWidget | None = None
        self._turn = 0
        self._interrupt = Interrupt()
        self._found: dict[int, tuple[int, list[Line]]] = {}
        self._shown = 0.0
        self.setAccessibleName(tr("Command palette"))
        self.panel = QWidget(self)
        self.results = ResultList(tr("Results"))
        self.field = PaletteField(self.results, tr("Find a command, contact or setting"))
        self.foot = PaletteFoot()
        layout = QVBoxLayout(self.panel)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for part in (self.field, self.results, self.foot):
            layout.addWidget(part)
        self._glide = Glide(self._step, TOAST_MS, self)
        self.field.textChanged.connect(lambda _text: self._look())
        self.field.left.connect(self.close_palette)
        self.results.picked.connect(self._pick)
        self.results.chosen.connect(self._speak)
        parent.installEventFilter(self)
        self.hide()

    def open(self, place: Place) -> None:
        """Show it empty, over the page of `place`."""
        if self.isVisible():
            return
        self._place, self._before = place, QApplication.focusWidget()
        self._found.clear()
        self._catalogue.refresh()
        self.field.clear()
        self._look()
        self.setGeometry(self._ground.rect())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._glide.enter()

    def close_palette(self) -> None:
        """Hide it; the keyboard goes back to where it was."""
        if not self.isVisible():
            return
        self._interrupt.stop()
        self._turn += 1
        self.hide()
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def restyle(self) -> None:
        """Take the sizes of the present text size."""
        self.field.restyle()
        self.place()

    def place(self) -> None:
        """12 % from the top, as high as the results."""
        ground = self._ground.rect()
        self.setGeometry(ground)
        width = min(theme().px(WIDTH), ground.width() - 2 * EDGE)
        top = round(ground.height() * FROM_TOP)
        fixed = theme().px(FIELD) + theme().px(FOOT) + 2
        room = ground.height() - top - EDGE - fixed
        height = fixed + min(self.results.sizeHint().height() + 8, room)
        self.panel.setGeometry(QRect(QPoint((ground.width() - width) // 2, top), self.panel.size()))
        self.panel.resize(width, height)
        self.update()

    def _look(self) -> None:
        """Show what is known at once, and ask the sources for the rest."""
        self._interrupt.stop()
        self._interrupt, self._turn = Interrupt(), self._turn + 1
        self._show()
        words = self._words()
        if not words or self._commands_only():
            self._found.clear()
            return
        for number, source in enumerate(self._desk.sources):
            self._ask(number, source, words)

    def _ask(self, number: int, source: PaletteSource, words: str) -> None:
        turn, interrupt = self._turn, self._interrupt
        self._desk.calls.read(
            self,
            lambda: source.find(words, interrupt),
            lambda found: self._answered(turn, number, source, found),
            lambda error: self._failed(turn, number, error),
        )

    def _answered(
        self, turn: int, number: int, source: PaletteSource, found: Sequence[Found]
    ) -> None:
        if turn != self._turn:
            return
        words = self._words()
        lines = [Line("", one, _letters(words, one.title)) for one in found]
        self._found[number] = turn, [Line(tr(source.heading)), *lines] if lines else []
        self._show()

    def _failed(self, turn: int, number: int, error: CaptelyError) -> None:
        if turn == self._turn:
            self._found[number] = turn, [Line(sentences(error))]
            self._show()

    def _show(self) -> None:
        words, kept = self._words(), self.results.current
        if not words and not self._commands_only():
            lines = self._catalogue.all_lines(self._place)
        else:
            lines = self._catalogue.lines(words, commands_only=self._commands_only())
            lines = [*lines, *self._others(words)] or [Line(tr("No command is called that"))]
        moved = kept if self.results.currentIndex().row() > 1 else None
        self.results.show_lines(lines, keep=moved)
        count = self.results.rows()
        self.foot.say(trn("{n} result", "{n} results", count) if words else "")
        self.place()
        if self.isVisible():
            current = self.results.lines.lines[self.results.currentIndex().row()] if count else None
            said = current.spoken if current else tr("Nothing matches")
            announce(self.field, f"{trn('{n} result', '{n} results', count)}. {said}")

    def _others(self, words: str) -> list[Line]:
        """What the sources found, old answers only as far as they still fit, and the way on."""
        if self._commands_only() or not words:
            return []
        lines: list[Line] = []
        for number in sorted(self._found):
            turn, known = self._found[number]
            lines += known if turn == self._turn else _still_fitting(words, known)
        search: Callable[[], object] = partial(self._desk.go, Place.CONTACTS, words)
        title = tr("Search all contacts for “{words}”", words=words)
        return [*lines, Line(tr("Search")), Line("", Found(title, search, "search"))]

    def _pick(self, found: Found) -> None:
        self._catalogue.remember(found)
        self.close_palette()
        found.act()

    def _words(self) -> str:
        return self.field.text().strip().removeprefix(COMMANDS_ONLY).strip()

    def _commands_only(self) -> bool:
        return self.field.text().lstrip().startswith(COMMANDS_ONLY)

    def _speak(self, line: Line) -> None:
        if self.isVisible():
            announce(self.field, line.spoken)

    def _step(self, shown: float) -> None:
        self._shown = shown
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering the window."""
        if watched is self.parent() and event.type() is QEvent.Type.Resize and self.isVisible():
            self.place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the panel closes."""
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.close_palette()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint scrim, shadow, box and the lines between the parts."""
        painter, look = QPainter(self), theme()
        scrim = QColor(0, 0, 0)
        scrim.setAlphaF(SCRIM * self._shown)
        painter.fillRect(self.rect(), scrim)
        box = QRectF(self.panel.geometry())
        paint_shadow(painter, box, RADIUS_DIALOG)
        edge = look.colour("border.control")
        paint_box(painter, box, RADIUS_DIALOG, look.colour("bg.surface"), edge)
        rule, top = look.colour("border.subtle"), self.panel.y()
        for part in (self.field.geometry().bottom() + 1, self.foot.y() + 1):
            hairline(painter, box.left() + 1, box.right() - 1, top + part, rule)


def _still_fitting(words: str, lines: Sequence[Line]) -> list[Line]:
    """What was found for fewer letters, until the answer for these is there."""
    rows = [line for line in lines if line.found and match(words, line.found.title)]
    return [*lines[:1], *rows] if rows else []


def _letters(words: str, title: str) -> tuple[int, ...]:
    hit = match(words, title)
    return hit.letters if hit else ()
