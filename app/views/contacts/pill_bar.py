"""The filters of the query as pills: each says what it asks, opens to be changed, goes by its x.

Behind them stand who is kept in the view and who is hidden from it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr, trn
from app.services.query_parts import Part, fields_by_name, parts, replaced, rule_of, without
from app.services.view_picks import Pick, Picks
from app.views.common.buttons import Btn, Kind
from app.views.common.flow import Flow
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.painting import paint_box, paint_text, text_width
from app.views.common.theme import theme
from app.views.contacts.rule_words import words_of
from app.views.contacts.vocabulary import Vocabulary

if TYPE_CHECKING:
    from app.views.common.popover import Popover

HEIGHT, PAD, CROSS, WIDEST = 24, 8, 12, 320
REMOVING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class CrossPill(Btn):
    """A click or Enter opens it; its x, Delete or Backspace takes it away."""

    removed = Signal()

    def __init__(self, words: str) -> None:
        super().__init__(words, Kind.OUTLINE)
        self._over_cross = False
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """Words and cross."""
        look = theme()
        words = min(text_width(self.text(), Role.BODY), look.px(WIDEST))
        return QSize(int(words) + 3 * PAD + look.px(CROSS) + 2, look.px(HEIGHT))

    def event(self, event: QEvent) -> bool:
        """Delete is for the filter here, not for the contact."""
        asked = event.type() is QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.key() in REMOVING:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove."""
        if event.key() in REMOVING:
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the cross when it is pointed at."""
        over = event.position().x() >= self._cross().left() - 4
        if over != self._over_cross:
            self._over_cross = over
            self.update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """End the tint."""
        self._over_cross = False
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """On the cross: remove."""
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.position().x() >= self._cross().left() - 4:
            self.setDown(False)
            self.removed.emit()
            return
        super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint ground, words and cross."""
        painter, look, rect = QPainter(self), theme(), QRectF(self.rect())
        ground = look.colour("bg.hover" if self._hovered else "bg.surface")
        paint_box(painter, rect, rect.height() / 2, ground, look.colour("border.control"))
        cross = self._cross()
        words = QRectF(PAD + 1, 0, cross.left() - 2 * PAD + 2, rect.height())
        paint_text(painter, words, self.text(), Role.BODY, look.colour("text.primary"))
        ink = look.colour("text.primary" if self._over_cross else "text.secondary")
        paint_icon(painter, "x", cross, ink)

    def _cross(self) -> QRectF:
        side = theme().px(CROSS)
        return QRectF(self.width() - PAD - side, (self.height() - side) / 2, side, side)


class RulePill(CrossPill):
    """One filter."""

    def __init__(self, part: Part, words: str) -> None:
        super().__init__(words)
        self.part = part
        self.setAccessibleName(tr("Filter: {words}", words=words))
        self.setToolTip(tr("Click to change, Delete to remove"))


class PickPill(CrossPill):
    """How many a view keeps or hides whatever its filter says."""

    def __init__(self, pick: Pick) -> None:
        super().__init__("")
        self.pick = pick
        self.hide()

    def show_number(self, n: int) -> None:
        """Say how many; none need no pill."""
        if self.pick is Pick.KEEP:
            self.setText(trn("{n} kept in this view", "{n} kept in this view", n))
            tip = tr("In this view whatever its filter says. Click to see who, Delete to undo")
        else:
            self.setText(trn("{n} hidden from this view", "{n} hidden from this view", n))
            tip = tr("Not in this view whatever its filter says. Click to see who, Delete to undo")
        self.setAccessibleName(self.text())
        self.setToolTip(tip)
        self.setVisible(n > 0)


class PillBar(QWidget):
    """edited carries the whole query after a pill was changed or removed.

    picks_opened carries the pill whose contacts are to be shown, picks_removed which are to go.
    """

    edited = Signal(str)
    picks_opened = Signal(object)
    picks_removed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.pills: list[RulePill] = []
        self.picks = {pick: PickPill(pick) for pick in Pick}
        self.shown_picks = Picks()
        self._query = ""
        self._vocabulary = Vocabulary()
        self._flow = Flow(8)
        self.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Filters"))
        for pill in self.picks.values():
            pill.clicked.connect(partial(self._open_picks, pill))
            pill.removed.connect(partial(self.picks_removed.emit, pill.pick))
        self.hide()

    def show_query(self, query: str, vocabulary: Vocabulary, typing_at: int = -1) -> None:
        """Show the filters of a query; its free words stay in the search line alone.

        The one that is being typed at a place becomes a pill when it is done.
        """
        known = [part for part in parts(query) if part.field and part.values]
        shown = [part for part in known if not part.start < typing_at <= part.end]
        same = [pill.part for pill in self.pills] == shown and vocabulary is self._vocabulary
        self._query, self._vocabulary = query, vocabulary
        if same:
            return
        for last in self.picks.values():
            self._flow.removeWidget(last)
        for pill in self.pills:
            self._flow.removeWidget(pill)
            pill.hide()
            pill.deleteLater()
        self.pills = [self._pill(part) for part in shown]
        for last in self.picks.values():
            self._flow.addWidget(last)
        self._settle()

    def show_picks(self, picks: Picks) -> None:
        """Show how many contacts the view keeps and hides."""
        self.shown_picks = picks
        for pick, pill in self.picks.items():
            pill.show_number(len(picks.of(pick)))
        self._settle()

    def _open_picks(self, pill: PickPill) -> None:
        self.picks_opened.emit(pill)

    def _settle(self) -> None:
        shown = [pill for pill in self.picks.values() if not pill.isHidden()]
        self.setVisible(bool(self.pills or shown))
        self.updateGeometry()

    def open_editor(self, pill: RulePill) -> Popover | None:
        """Change a filter in the builder; what the builder cannot show is changed in the line."""
        rule = rule_of(pill.part, fields_by_name(self._vocabulary.custom))
        if rule is None:
            return None
        from app.views.common.popover import Popover  # not at the start of the window
        from app.views.contacts.rule_editor import RuleEditor

        editor = RuleEditor(self._vocabulary, rule)
        popover = Popover(editor, tr("Change the filter"), self)
        part = pill.part
        editor.done.connect(lambda text: self._replace(part, text, popover))
        editor.removed.connect(lambda: self._replace(part, "", popover))
        popover.open_below(pill)
        editor.field.setFocus(Qt.FocusReason.PopupFocusReason)
        return popover

    def _pill(self, part: Part) -> RulePill:
        pill = RulePill(part, words_of(part, self._vocabulary))
        pill.clicked.connect(lambda: self.open_editor(pill))
        pill.removed.connect(lambda: self.edited.emit(without(self._query, part)))
        self._flow.addWidget(pill)
        pill.show()
        return pill

    def _replace(self, part: Part, text: str, popover: Popover) -> None:
        popover.close()
        query = self._query
        self.edited.emit(replaced(query, part, text) if text else without(query, part))
