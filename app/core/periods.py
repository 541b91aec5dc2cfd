"""Days and months of a workspace in its own time zone, through summer time and short months."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.errors import InvalidInput
from app.core.text import tr


class Zone:
    """A time zone by its name such as Europe/Paris; an empty name is that of this computer.

    Raises InvalidInput for a name that nobody knows.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        try:
            self._zone = ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InvalidInput(
                tr("There is no time zone {name}.", name=name),
                tr("Write it like Europe/Paris or America/New_York."),
            ) from error

    def day(self, moment: datetime) -> date:
        """The date that `moment` has there."""
        return moment.astimezone(self._zone).date()

    def start(self, day: date) -> datetime:
        """The first instant of `day` there, in UTC.

        Where summer time skips midnight, that is the instant at which the clocks jump.
        """
        midnight = datetime.combine(day, time())
        if self._zone is None:
            # The system's own rules of that day, which a fixed offset would not follow.
            return midnight.astimezone(UTC)
        return midnight.replace(tzinfo=self._zone).astimezone(UTC)

    def next_day(self, moment: datetime) -> datetime:
        """The midnight that follows `moment` there, in UTC."""
        return self.start(self.day(moment) + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Period:
    """One month of the plan: from start up to but not including end, both UTC.

    label is the year and month in which it starts, such as 2026-11.
    """

    label: str
    start: datetime
    end: datetime


class Months:
    """The months of a plan, which turn at midnight of the same day of each month.

    anchor_day is 1 to 31; a month that is shorter turns on its last day.
    """

    def __init__(self, zone: Zone, anchor_day: int = 1) -> None:
        self.zone = zone
        self._anchor = anchor_day

    def at(self, moment: datetime) -> Period:
        """The month in which `moment` lies."""
        day = self.zone.day(moment)
        begins = self._turn(day.year, day.month)
        return self._period(begins if begins <= day else self._moved(begins, -1))

    def after(self, period: Period) -> Period:
        """The month that follows."""
        return self._period(self._moved(self.zone.day(period.start), 1))

    def later(self, moment: datetime, months: int) -> datetime:
        """The turn or instant `months` months after `moment`, at the start of that day, UTC."""
        day = self.zone.day(moment)
        year, month = _shifted(day.year, day.month, months)
        last = monthrange(year, month)[1]
        # A turn on the 28th of February stays a turn: the 31st of the month after next.
        wanted = self._anchor if day == self._turn(day.year, day.month) else day.day
        return self.zone.start(date(year, month, min(wanted, last)))

    def _period(self, first: date) -> Period:
        following = self._moved(first, 1)
        start, end = self.zone.start(first), self.zone.start(following)
        return Period(f"{first:%Y-%m}", start, end)

    def _moved(self, turn: date, months: int) -> date:
        return self._turn(*_shifted(turn.year, turn.month, months))

    def _turn(self, year: int, month: int) -> date:
        return date(year, month, min(self._anchor, monthrange(year, month)[1]))


def _shifted(year: int, month: int, months: int) -> tuple[int, int]:
    years, rest = divmod(year * 12 + month - 1 + months, 12)
    return years, rest + 1
