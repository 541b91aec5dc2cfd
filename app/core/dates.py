"""Days as people read them: "3 Feb 2027", in the language of the window."""

from __future__ import annotations

from datetime import datetime

from app.core.text import marked, tr

_MONTHS = (
    marked("Jan"), marked("Feb"), marked("Mar"), marked("Apr"), marked("May"), marked("Jun"),
    marked("Jul"), marked("Aug"), marked("Sep"), marked("Oct"), marked("Nov"), marked("Dec"),
)  # fmt: skip


def day_words(moment: datetime, *, year: bool = True) -> str:
    """The day of an aware moment in this computer's time zone, such as 3 Feb 2027 or 3 Feb."""
    local = moment.astimezone()
    month = tr(_MONTHS[local.month - 1])
    if year:
        return tr("{day} {month} {year}", day=local.day, month=month, year=local.year)
    return tr("{day} {month}", day=local.day, month=month)
