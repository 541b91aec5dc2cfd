"""The editor of a date: a line that reads dates as people write them, and a calendar."""

from __future__ import annotations

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.core.fields import Field
from app.core.text import tr
from app.views.common.boxes import row
from app.views.common.buttons import IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.painting import CENTRE, paint_box, paint_text
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CARD, RADIUS_CONTROL
from app.views.common.words import locale
from app.views.contacts.editors import Editor, line_edit

_DAYS, _WEEKS, _CELL = 7, 6, 32
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (-_DAYS, 0),
    Qt.Key.Key_Down: (_DAYS, 0),
    Qt.Key.Key_PageUp: (0, -1),
    Qt.Key.Key_PageDown: (0, 1),
}
"""How many days and months each key goes."""


class DateEditor(Editor):
    """Takes 2026-11-23, 23 Nov 2026 or 23.11.2026; the calendar writes the first."""

    def __init__(self, field: Field, today: QDate) -> None:
        super().__init__(field)
        self.line = line_edit(field.title, "2026-11-23")
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        self.line.installEventFilter(self)
        self.open = IconBtn("calendar", tr("Open the calendar"), Kind.OUTLINE)
        self.open.clicked.connect(self.show_calendar)
        self._today = today
        self.calendar: CalendarPopup | None = None
        self._box.addLayout(row(self.line, self.open, gap=8))
        self.setFocusProxy(self.line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The down arrow opens the calendar."""
        pressed = event.type() is QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down:
            self.show_calendar()
            return True
        return super().eventFilter(watched, event)

    def keys(self) -> str:
        """One more opens the calendar."""
        return tr("Enter saves, Esc cancels, Down opens the calendar")

    def text(self) -> str:
        """The line."""
        return self.line.text().strip()

    def set_text(self, text: str) -> None:
        """Show another date."""
        self.line.setText(text)

    def begin(self) -> None:
        """Mark the whole line."""
        super().begin()
        self.line.selectAll()

    def show_calendar(self) -> CalendarPopup:
        """Open the calendar below the line, at the typed date or today."""
        typed = QDate.fromString(self.text()[:10], "yyyy-MM-dd")
        popup = CalendarPopup(self, typed if typed.isValid() else self._today, self._today)
        popup.picked.connect(self._pick)
        popup.move(self.line.mapToGlobal(QPoint(0, self.line.height() + 4)))
        popup.show()
        popup.month.setFocus(Qt.FocusReason.PopupFocusReason)
        self.calendar = popup
        return popup

    def _pick(self, day: QDate) -> None:
        self.line.setText(day.toString("yyyy-MM-dd"))
        self.picked.emit()


class CalendarPopup(QFrame):
    """One month, with the ones before and after at hand; picked carries the day."""

    picked = Signal(object)

    def __init__(self, parent: QWidget, day: QDate, today: QDate) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(tr("Calendar"))
        self.title = Label("", Role.STRONG)
        back = IconBtn("chevron-left", tr("Month before"))
        on = IconBtn("chevron-right", tr("Month after"))
        self.month = Month(day, today)
        self.month.moved.connect(self._say)
        self.month.picked.connect(self._pick)
        back.clicked.connect(lambda: self.month.go(self.month.day.addMonths(-1)))
        on.clicked.connect(lambda: self.month.go(self.month.day.addMonths(1)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(4)
        layout.addLayout(row(self.title, None, back, on, gap=4))
        layout.addWidget(self.month)
        self._say()

    def _say(self) -> None:
        self.title.setText(locale().toString(self.month.day, "MMMM yyyy"))

    def _pick(self, day: QDate) -> None:
        self.close()
        self.picked.emit(day)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the surface and its edge."""
        painter, look = QPainter(self), theme()
        edge, ground = look.colour("border.control"), look.colour("bg.surface")
        paint_box(painter, QRectF(self.rect()), RADIUS_CARD, ground, edge)


class Month(QWidget):
    """The days of a month; arrows move by day and week, Page Up and Down by month, Enter picks."""

    moved = Signal()
    picked = Signal(object)

    def __init__(self, day: QDate, today: QDate) -> None:
        super().__init__()
        self._today = today
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.go(day)

    def go(self, day: QDate) -> None:
        """Mark another day."""
        self.day = day
        self.setAccessibleName(locale().toString(day, "dddd d MMMM yyyy"))
        self.moved.emit()
        self.update()

    def sizeHint(self) -> QSize:
        """Seven days wide, a line of their names and six weeks high."""
        side = theme().px(_CELL)
        return QSize(_DAYS * side, (_WEEKS + 1) * side)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, or pick."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.go(self.day.addDays(step[0]).addMonths(step[1]))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(self.day)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the day below the pointer."""
        side = theme().px(_CELL)
        column, line = int(event.position().x() // side), int(event.position().y() // side) - 1
        if line >= 0 and 0 <= column < _DAYS:
            self.picked.emit(self._first().addDays(line * _DAYS + column))

    def _first(self) -> QDate:
        """The first day shown: the week that holds the first of the month."""
        first = QDate(self.day.year(), self.day.month(), 1)
        return first.addDays(-((first.dayOfWeek() - self._week_begins()) % _DAYS))

    def _week_begins(self) -> int:
        return int(locale().firstDayOfWeek().value)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the names of the days and the days."""
        painter, look, side = QPainter(self), theme(), theme().px(_CELL)
        short = locale().FormatType.NarrowFormat
        for column in range(_DAYS):
            name = locale().dayName((self._week_begins() - 1 + column) % _DAYS + 1, short)
            spot = QRectF(column * side, 0, side, side)
            paint_text(painter, spot, name, Role.CAPTION, look.colour("text.secondary"), CENTRE)
        first = self._first()
        for cell in range(_WEEKS * _DAYS):
            spot = QRectF(cell % _DAYS * side, (cell // _DAYS + 1) * side, side, side)
            self._paint_day(painter, spot, first.addDays(cell))

    def _paint_day(self, painter: QPainter, spot: QRectF, day: QDate) -> None:
        look = theme()
        box, ink = spot.adjusted(2, 2, -2, -2), look.colour("text.primary")
        if day == self.day:
            paint_box(painter, box, RADIUS_CONTROL, look.colour("accent.solid"))
            ink = look.colour("accent.on")
        elif day == self._today:
            paint_box(painter, box, RADIUS_CONTROL, None, look.colour("focus.ring"))
        elif day.month() != self.day.month():
            ink = look.colour("text.muted")
        paint_text(painter, spot, str(day.day()), Role.FIGURE, ink, CENTRE)
