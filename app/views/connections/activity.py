"""How the exports to one destination went in the last days: a square a day, and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.text import tr, trn
from app.services.exporting import RunView
from app.views.common.painting import paint_box
from app.views.common.theme import theme
from app.views.common.tokens import RADIUS_CHIP

DAYS = 14
_HEIGHT, _GAP = 16, 4


class Day(Enum):
    """How a day went; the value is its colour."""

    NONE = "border.subtle"
    DELIVERED = "chart.2"
    IN_PART = "chart.3"
    FAILED = "chart.5"


@dataclass(frozen=True, slots=True)
class Activity:
    """The days, oldest first, with the runs of that time and how many of them failed in part."""

    days: tuple[Day, ...]
    runs: int
    in_part: int
    last: RunView | None

    @property
    def words(self) -> str:
        """11 of 12 exports delivered, 1 in part."""
        if not self.runs:
            return tr("No exports yet") if self.last is None else tr("No exports in 14 days")
        whole = trn("{n} export", "{n} exports", self.runs)
        if not self.in_part:
            return tr("{exports}, all delivered", exports=whole)
        part = trn("{n} in part", "{n} in part", self.in_part)
        return tr("{exports}, {in_part}", exports=whole, in_part=part)


def activity_of(runs: Sequence[RunView], now: datetime) -> Activity:
    """What the runs of one destination, newest first, tell of the last days."""
    days = [Day.NONE] * DAYS
    counted = in_part = 0
    for run in runs:
        age = (now.date() - run.at.date()) // timedelta(days=1)
        if not 0 <= age < DAYS:
            continue
        counted += 1
        how = _how(run)
        in_part += how is not Day.DELIVERED
        place = DAYS - 1 - age
        days[place] = max(days[place], how, key=list(Day).index)
    return Activity(tuple(days), counted, in_part, runs[0] if runs else None)


def _how(run: RunView) -> Day:
    if run.counts.get("failed") or run.counts.get("ambiguous"):
        return Day.IN_PART if run.counts.get("ok") else Day.FAILED
    return Day.DELIVERED if "ok" in run.counts else Day.IN_PART


class ActivityStrip(QWidget):
    """One square for each day; the sentence beside it says the same in words."""

    def __init__(self) -> None:
        super().__init__()
        self._days: tuple[Day, ...] = (Day.NONE,) * DAYS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_activity(self, activity: Activity) -> None:
        """Show other days."""
        self._days = activity.days
        self.setAccessibleName(activity.words)
        self.update()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A low row."""
        return QSize(theme().px(160), theme().px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the squares."""
        painter, look = QPainter(self), theme()
        wide = (self.width() - _GAP * (DAYS - 1)) / DAYS
        for place, day in enumerate(self._days):
            box = QRectF(place * (wide + _GAP), 0, wide, self.height())
            paint_box(painter, box, RADIUS_CHIP / 2, look.colour(day.value))
