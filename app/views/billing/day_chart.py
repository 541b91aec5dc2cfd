"""Credits a day as columns from zero, stacked by provider, with the providers named beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.core.dates import day_words
from app.core.money import MILLI, shown
from app.core.providers import provider_name
from app.core.text import tr
from app.services.credits.analysis import DayShare
from app.views.common.announcing import announce
from app.views.common.fonts import Role
from app.views.common.painting import (
    CENTRE,
    LEFT,
    RIGHT,
    hairline,
    paint_box,
    paint_text,
    text_width,
)
from app.views.common.ring import Ringed
from app.views.common.theme import theme

MOST_SERIES, STEPS, HIGH, GAP = 6, 4, 216, 12


@dataclass(frozen=True, slots=True)
class Series:
    """One provider: its milli-credits by day."""

    name: str
    amounts: dict[str, int]

    @property
    def total(self) -> int:
        """Of all days."""
        return sum(self.amounts.values())


class DayChart(Ringed, QWidget):
    """picked carries a day, such as 2026-11-23, that was clicked or chosen with Enter."""

    picked = Signal(str)
    ring_radius = 4.0

    def __init__(self) -> None:
        QWidget.__init__(self)
        self.days: list[str] = []
        self.series: list[Series] = []
        self.chosen = -1
        self._tops: list[int] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Credits a day"))

    def show_shares(self, shares: Sequence[DayShare], days: tuple[str, str]) -> None:
        """Show what providers were paid on each day from the first to the last."""
        self.days = _each_day(*days)
        self.series = series_of(shares)
        self.chosen = -1
        self._tops = [sum(s.amounts.get(day, 0) for s in self.series) for day in self.days]
        total = shown(sum(self._tops))
        names = ", ".join(f"{s.name} {shown(s.total)}" for s in self.series)
        said = tr("Credits a day: {total}. {providers}", total=total, providers=names)
        self.setAccessibleName(said)
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As high as its axis needs to be read."""
        return QSize(theme().px(320), theme().px(HIGH))

    def minimumSizeHint(self) -> QSize:
        """Narrow, but with room for the names."""
        return QSize(theme().px(280), theme().px(HIGH))

    @property
    def _ceiling(self) -> int:
        """The end of the axis in milli-credits: a round number of credits."""
        return _round_up(max(self._tops, default=0))

    def _plot(self) -> QRectF:
        look = theme()
        left = text_width(shown(self._ceiling), Role.SMALL) + 8
        names = max((text_width(_label(s), Role.SMALL) for s in self.series), default=0.0)
        right = self.width() - names - 24
        line = look.line(Role.SMALL)
        return QRectF(left, line / 2, max(40.0, right - left), self.height() - 2 * line - 4)

    def _column(self, place: int) -> QRectF:
        plot = self._plot()
        wide = plot.width() / max(1, len(self.days))
        gap = min(4.0, wide * 0.25)
        return QRectF(plot.left() + place * wide + gap / 2, plot.top(), wide - gap, plot.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint axis, columns and names."""
        painter, plot = QPainter(self), self._plot()
        self._paint_axis(painter, plot)
        for place, day in enumerate(self.days):
            self._paint_column(painter, place, day)
        self._paint_days(painter, plot)
        self._paint_names(painter, plot)

    def _paint_axis(self, painter: QPainter, plot: QRectF) -> None:
        look, ceiling = theme(), self._ceiling
        line = look.line(Role.SMALL)
        for step in range(STEPS + 1):
            y = plot.bottom() - plot.height() * step / STEPS
            token = "border.control" if step == 0 else "border.subtle"
            hairline(painter, plot.left(), plot.right(), y, look.colour(token))
            room = QRectF(0, y - line / 2, plot.left() - 8, line)
            words = shown(ceiling * step // STEPS)
            paint_text(painter, room, words, Role.SMALL, look.colour("text.secondary"), RIGHT)

    def _paint_column(self, painter: QPainter, place: int, day: str) -> None:
        look, box = theme(), self._column(place)
        if place == self.chosen:
            paint_box(painter, box.adjusted(-1, 0, 1, 0), 2, look.colour("bg.selected"))
        bottom = box.bottom()
        for number, series in enumerate(self.series):
            high = box.height() * series.amounts.get(day, 0) / max(1, self._ceiling)
            if high > 0:
                part = QRectF(box.left(), bottom - high, box.width(), max(1.0, high - 1))
                painter.fillRect(part, look.colour(f"chart.{number + 1}"))
                bottom -= high

    def _paint_days(self, painter: QPainter, plot: QRectF) -> None:
        """Name the first day, the last, and one between, if there is room."""
        look, line = theme(), theme().line(Role.SMALL)
        ink = look.colour("text.secondary")
        count = len(self.days)
        for place, align in ((0, LEFT), (count // 2, CENTRE), (count - 1, RIGHT)):
            if 0 <= place < count:
                words = _day(self.days[place])
                wide = text_width(words, Role.SMALL) + 2
                middle = self._column(place).center().x()
                left = {LEFT: plot.left(), RIGHT: plot.right() - wide}.get(align, middle - wide / 2)
                room = QRectF(left, plot.bottom() + 4, wide, line)
                paint_text(painter, room, words, Role.SMALL, ink, align)

    def _paint_names(self, painter: QPainter, plot: QRectF) -> None:
        look, line = theme(), theme().line(Role.SMALL) + 4
        ink = look.colour("text.primary")
        for number, series in enumerate(reversed(self.series)):
            colour = look.colour(f"chart.{len(self.series) - number}")
            top = plot.top() + number * line
            paint_box(painter, QRectF(plot.right() + 8, top + line / 2 - 4, 8, 8), 2, colour)
            room = QRectF(plot.right() + 22, top, self.width() - plot.right() - 22, line)
            paint_text(painter, room, _label(series), Role.SMALL, ink, LEFT, essential=True)

    def _at(self, point: QPointF) -> int:
        plot = self._plot()
        if not plot.adjusted(0, -8, 0, 8).contains(point) or not self.days:
            return -1
        place = int((point.x() - plot.left()) * len(self.days) / plot.width())
        return min(len(self.days) - 1, place)

    def words_of(self, place: int) -> str:
        """What a column shows, in words."""
        day = self.days[place]
        parts = [f"{s.name} {shown(s.amounts[day])}" for s in self.series if s.amounts.get(day)]
        total = tr("{credits} credits", credits=shown(self._tops[place]))
        return f"{_day(day)}: {total}" + (f" ({', '.join(parts)})" if parts else "")

    def choose(self, place: int) -> None:
        """Mark a column, and say what it shows."""
        if self.days:
            self.chosen = max(0, min(len(self.days) - 1, place))
            self.setAccessibleDescription(self.words_of(self.chosen))
            announce(self, self.words_of(self.chosen))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the column below the pointer shows."""
        place = self._at(event.position())
        if place >= 0:
            QToolTip.showText(event.globalPosition().toPoint(), self.words_of(place), self)
        if place != self.chosen:
            self.chosen = place
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Mark nothing any more."""
        super().leaveEvent(event)
        self.chosen = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the rows of the column."""
        place = self._at(event.position())
        if place >= 0:
            self.picked.emit(self.days[place])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk over the days, Enter opens the rows of one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.choose(self.chosen + step if self.chosen >= 0 else len(self.days) - 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen >= 0:
            self.picked.emit(self.days[self.chosen])
        else:
            super().keyPressEvent(event)


def series_of(shares: Sequence[DayShare]) -> list[Series]:
    """The providers with most credits first; more than six are put together at the end."""
    amounts: dict[str, dict[str, int]] = {}
    for share in shares:
        by_day = amounts.setdefault(share.provider, {})
        by_day[share.day] = by_day.get(share.day, 0) + share.credits
    order = sorted(amounts, key=lambda name: (-sum(amounts[name].values()), name))
    shown_ = order if len(order) <= MOST_SERIES else order[: MOST_SERIES - 1]
    series = [Series(provider_name(name), amounts[name]) for name in shown_]
    if rest := order[len(shown_) :]:
        together: dict[str, int] = {}
        for name in rest:
            for day, amount in amounts[name].items():
                together[day] = together.get(day, 0) + amount
        series.append(Series(tr("Others"), together))
    return series


def _each_day(first: str, last: str) -> list[str]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(begin + timedelta(days=n)).isoformat() for n in range((end - begin).days + 1)]


def _label(series: Series) -> str:
    return f"{series.name} {shown(series.total)}"


def _day(day: str) -> str:
    # This computer's noon, so that it is the same day in whatever zone it is.
    noon = datetime.combine(date.fromisoformat(day), time(12)).astimezone()
    return day_words(noon, year=False)


def _round_up(milli: int) -> int:
    """The next of 4, 8, 20, 40, 80, 200 and so on credits, which four steps divide evenly."""
    step = 4 * MILLI
    while True:
        for times in (1, 2, 5):
            if milli <= step * times:
                return step * times
        step *= 10
