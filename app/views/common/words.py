"""Numbers, sizes and times as the user's locale writes them."""

from __future__ import annotations

from datetime import UTC, datetime, time

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime, QTimeZone

from app.core.text import tr, trn


def locale() -> QLocale:
    """The user's; English where the system names none, whose figures would have no groups."""
    own = QLocale()
    english = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
    return english if own.language() is QLocale.Language.C else own


def number(value: float) -> str:
    """A whole number with the locale's thousands separators."""
    return locale().toString(int(value))


def size(octets: int) -> str:
    """A file size such as 214 KB."""
    return locale().formattedDataSize(octets, 0, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def _local(moment: datetime) -> QDateTime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    milliseconds = int(aware.timestamp() * 1_000)
    utc = QDateTime.fromMSecsSinceEpoch(milliseconds, QTimeZone(QTimeZone.Initialization.UTC))
    return utc.toLocalTime()


def parsed(written: object) -> datetime | None:
    """The moment of an ISO-8601 text, a datetime or microseconds UTC; None when it is none."""
    if isinstance(written, datetime):
        return written
    if isinstance(written, int) and not isinstance(written, bool):
        return datetime.fromtimestamp(written / 1_000_000, tz=UTC)
    try:
        return datetime.fromisoformat(str(written))
    except ValueError:
        return None


def short_time(moment: datetime, now: datetime) -> str:
    """Today 09:12, Yesterday 18:40, 4 Nov, 4 Nov 2025: as short as it stays clear."""
    then, today = _local(moment), _local(now)
    days = then.date().daysTo(today.date())
    clock = locale().toString(then.time(), QLocale.FormatType.ShortFormat)
    if days == 0:
        return tr("Today {time}", time=clock)
    if days == 1:
        return tr("Yesterday {time}", time=clock)
    pattern = "d MMM" if then.date().year() == today.date().year() else "d MMM yyyy"
    return locale().toString(then.date(), pattern)


def longest_short_time() -> str:
    """About the longest that `short_time` says of a year, for the width of a column."""
    late = locale().toString(QTime(22, 58), QLocale.FormatType.ShortFormat)
    return tr("Yesterday {time}", time=late)


def long_time(moment: datetime) -> str:
    """Date and time in full, for a tooltip."""
    return locale().toString(_local(moment), QLocale.FormatType.LongFormat)


def day_or_time(moment: datetime) -> str:
    """16 July 2026, with the time unless it is midnight, as a date alone is stored."""
    local = _local(moment)
    day = locale().toString(local.date(), "d MMMM yyyy")
    if moment.timetz().replace(tzinfo=None) == time():
        return locale().toString(QDate(moment.year, moment.month, moment.day), "d MMMM yyyy")
    return f"{day}, {locale().toString(local.time(), QLocale.FormatType.ShortFormat)}"


def duration(seconds: float) -> str:
    """28 s, 3 min, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return tr("{n} s", n=whole)
    if whole < 3_600:
        return tr("{n} min", n=-(-whole // 60))
    return tr("{h} h {m} min", h=whole // 3_600, m=whole % 3_600 // 60)


def contacts(n: int) -> str:
    """1 contact, 12,480 contacts."""
    return trn("{n} contact", "{n} contacts", n)
