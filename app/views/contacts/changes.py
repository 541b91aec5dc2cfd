"""The history tab: every change of every field, old and new, and putting one value back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr, trn
from app.services.field_history import FieldPage, FieldStep
from app.views.common.boxes import Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import MISSING
from app.views.common.fonts import Role
from app.views.common.icons import paint_icon
from app.views.common.inputs import Select
from app.views.common.labels import Label, let_grow, wrapped
from app.views.common.painting import RIGHT, paint_text, text_width
from app.views.common.theme import theme
from app.views.common.words import long_time, short_time
from app.views.contacts.provenance import ORIGINS, Reader
from app.views.contacts.value_words import field_title, value_words

_ARROW, _MOST_LINES = 16, 3


class Changes(QWidget):
    """filter_wished(field or ""), older_wished, restore_wished(field, operation) and
    moment_wished(when) are for the drawer."""

    filter_wished = Signal(str)
    older_wished = Signal()
    restore_wished = Signal(str, object)
    moment_wished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[StepRow] = []
        self._steps: tuple[FieldStep, ...] = ()
        self._tags: dict[int, str] = {}
        self._reader: Reader | None = None
        self._can_restore = True
        self.filter = Select(tr("Changes of which field"), [("", tr("All fields"))])
        self.filter.picked.connect(lambda key: self.filter_wished.emit(str(key or "")))
        self.filter.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.count = Label("", Role.SMALL, "secondary")
        self.older = Btn(tr("Show older changes"), Kind.OUTLINE)
        self.older.clicked.connect(self.older_wished.emit)
        self._scroll = Scrolled(QWidget(), tr("History"), over=True)
        head = row(self.count, None, self.filter, margins=(24, 8, 24, 8))
        self.setLayout(column(head, Rule(), self._scroll, gap=0))

    @property
    def steps(self) -> tuple[FieldStep, ...]:
        """The changes shown now."""
        return self._steps

    def offer_fields(self, keys: Sequence[str], reader: Reader) -> None:
        """Offer to narrow to one of the fields that ever changed."""
        named = sorted((field_title(key, reader.vocabulary), key) for key in keys)
        self.filter.set_choices([("", tr("All fields")), *((key, title) for title, key in named)])

    def show_page(self, page: FieldPage, reader: Reader, *, can_restore: bool) -> None:
        """Show the first page."""
        self._steps, self._tags = (), {}
        self._can_restore = can_restore
        self.add_page(page, reader)

    def add_page(self, page: FieldPage, reader: Reader) -> None:
        """Show one more page below."""
        self._reader = reader
        self._tags |= page.tags
        self._steps = (*self._steps, *page.steps)
        n = len(self._steps)
        told = trn("{n} change", "{n} changes", n)
        self.count.setText(tr("{n} newest changes", n=n) if page.older is not None else told)
        self._fill(more=page.older is not None)

    def _fill(self, *, more: bool) -> None:
        reader = self._reader
        self.rows = []
        if reader is None:
            return
        for step in self._steps:
            shown = StepRow(step, reader, self._tags, can_restore=self._can_restore)
            shown.restore.clicked.connect(
                lambda _on=False, s=step: self.restore_wished.emit(s.field, s.oldest)
            )
            shown.then.clicked.connect(lambda _on=False, s=step: self.moment_wished.emit(s.at))
            self.rows.append(shown)
        parts: list[QWidget] = list(self.rows)
        if not parts:
            sentence = tr("Nothing was changed since this contact was made.")
            parts = [box(row(Label(sentence, Role.BODY, "secondary"), margins=(24, 16, 24, 16)))]
        self.older.setParent(None)
        self.older.setVisible(more)
        foot = box(row(self.older, None, margins=(24, 12, 24, 16)))
        self._scroll.setWidget(box(column(*parts, foot, None, gap=0)))


class StepRow(QWidget):
    """Field and time, old value and new one, who and how; the buttons come with the pointer."""

    def __init__(
        self, step: FieldStep, reader: Reader, tags: Mapping[int, str], *, can_restore: bool
    ) -> None:
        super().__init__()
        self.step = step
        words = reader.vocabulary
        self.title = field_title(step.field, words)
        self.old = value_words(step.field, step.before, words, tags)
        self.new = value_words(step.field, step.after, words, tags)
        self.when = short_time(step.at, reader.now)
        self.detail = _detail(step, reader)
        shown_old = self.old or tr("empty")
        self.restore = HoverBtn(tr("Put back"), self)
        self.restore.setToolTip(tr("Make it {value} again", value=shown_old))
        self.restore.setAccessibleName(
            tr("Put back {field}: {value}", field=self.title, value=shown_old)
        )
        self.restore.setVisible(can_restore and not step.field.startswith("score"))
        self.then = HoverBtn(tr("As it was then"), self)
        self.then.setAccessibleName(
            tr("Show the contact as it was after {when}", when=long_time(step.at))
        )
        let_grow(self)
        change = f"{shown_old} → {self.new or tr('empty')}"
        self.setAccessibleName(f"{self.title}, {change}, {self.detail}, {long_time(step.at)}")
        self.setToolTip(f"{self.title}\n{change}\n{self.detail}\n{long_time(step.at)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons at the right of the last line; a layout would hide the true height."""
        super().resizeEvent(event)
        right = self.width() - 24
        for button in (self.restore, self.then):
            if not button.isHidden():
                size = button.sizeHint()
                right -= size.width()
                top = self.height() - 8 - theme().px(24)
                button.setGeometry(right, top, size.width(), theme().px(24))
                right -= 12

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """Long values take more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Title, values, and who."""
        old, new = self._halves(width)
        lines = max(len(old), len(new))
        return 12 + theme().line(Role.BODY) * (1 + lines) + theme().px(24) + 8

    def sizeHint(self) -> QSize:
        """As high as its values need."""
        width = self.width() if self.width() > 100 else theme().px(400)
        return QSize(theme().px(200), self.heightForWidth(width))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the buttons."""
        self._show_buttons(shown=True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Put them away."""
        self._show_buttons(shown=False)
        super().leaveEvent(event)

    def _show_buttons(self, *, shown: bool) -> None:
        for button in (self.restore, self.then):
            button.reveal(revealed=shown)

    def _halves(self, width: int) -> tuple[list[str], list[str]]:
        font, texts = theme().font(Role.BODY), (self.old or MISSING, self.new or MISSING)
        halves = []
        for text, room in zip(texts, self._rooms(width), strict=True):
            lines = [line for part in text.split("\n") for line in wrapped(part, font, room)]
            if len(lines) > _MOST_LINES:
                lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]} …"]
            halves.append(lines or [MISSING])
        return halves[0], halves[1]

    def _rooms(self, width: int) -> tuple[float, float]:
        """Half of the room for either, unless one of them needs less."""
        whole = width - 48 - _ARROW - 16
        before, after = (
            max((text_width(line, Role.BODY) for line in text.split("\n")), default=0) + 1
            for text in (self.old or MISSING, self.new or MISSING)
        )
        old = min(before, max(whole / 2, whole - after))
        return old, whole - old

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the change and the line below it."""
        painter, look = QPainter(self), theme()
        inner = QRectF(24, 12, self.width() - 48, look.line(Role.BODY))
        quiet = look.colour("text.secondary")
        paint_text(painter, inner, self.title, Role.STRONG, look.colour("text.primary"))
        paint_text(painter, inner, self.when, Role.SMALL, quiet, RIGHT, essential=True)
        self._paint_values(painter, inner.bottom())
        foot = QRectF(24, self.height() - 8 - look.px(24), self.width() - 48, look.px(24))
        taken = sum(b.sizeHint().width() + 12 for b in (self.restore, self.then) if b.revealed)
        spot = foot.adjusted(0, 0, -taken, 0)
        paint_text(painter, spot, self.detail, Role.SMALL, look.colour("text.muted"))
        line = QRectF(24, self.height() - 1, self.width() - 48, 1)
        painter.fillRect(line, look.colour("border.subtle"))

    def _paint_values(self, painter: QPainter, top: float) -> None:
        look, height = theme(), theme().line(Role.BODY)
        old, new = self._halves(self.width())
        room, rest = self._rooms(self.width())
        left = 24 + room
        for place, text in enumerate(old):
            spot = QRectF(24, top + place * height, room, height)
            paint_text(painter, spot, text, Role.BODY, look.colour("text.muted"))
        arrow = QRectF(left + 8, top + (height - _ARROW) / 2, _ARROW, _ARROW)
        paint_icon(painter, "arrow-right", arrow, look.colour("text.muted"))
        for place, text in enumerate(new):
            spot = QRectF(left + _ARROW + 16, top + place * height, rest, height)
            ink = look.colour("text.primary" if self.new else "text.muted")
            paint_text(painter, spot, text, Role.BODY, ink)


class HoverBtn(Btn):
    """A link that is painted only while its row is pointed at or it has the focus."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, Kind.LINK, parent=parent)
        self._revealed = False

    @property
    def revealed(self) -> bool:
        """Whether it is painted now."""
        return (self._revealed or self.hasFocus()) and not self.isHidden()

    def reveal(self, *, revealed: bool) -> None:
        """Paint it, or do not."""
        self._revealed = revealed
        self.update()
        if (above := self.parentWidget()) is not None:
            above.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the link when it is to be seen."""
        if self.revealed:
            super().paintEvent(event)


def _detail(step: FieldStep, reader: Reader) -> str:
    who, how = reader.who(step.actor), tr(ORIGINS.get(step.origin, step.origin))
    parts = [tr("by {actor}", actor=who), how]
    if step.kind != "contact.edit":
        parts.append(step.label)
    if len(step.operations) > 1:
        parts.append(trn("{n} edit", "{n} edits", len(step.operations)))
    if step.undone:
        parts.append(tr("undone since"))
    return ", ".join(parts)
