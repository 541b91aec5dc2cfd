"""The words of the plan card: states, dates, buckets and limits as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate

from app.core.dates import day_words
from app.core.money import shown
from app.core.plans import UNLIMITED
from app.core.text import marked, tr
from app.services.licence.refusals import Code
from app.services.licence.standing import Standing, Urgency
from app.views.common.tokens import Tone
from app.views.common.words import locale, number

if TYPE_CHECKING:
    from app.services.billing.account import Account, Used
    from app.services.credits import Bucket

_STATES = {
    Code.NONE: (marked("Always free"), Tone.NEUTRAL),
    Code.ACTIVE: (marked("Active"), Tone.SUCCESS),
    Code.TRIAL: (marked("Trial"), Tone.INFO),
    Code.ACTIVATING: (marked("Activating"), Tone.INFO),
    Code.GRACE: (marked("Not confirmed"), Tone.WARNING),
    Code.EXPIRED: (marked("Expired"), Tone.WARNING),
    Code.PAST_DUE: (marked("Payment failed"), Tone.DANGER),
    Code.CLOCK_BEHIND: (marked("Check the clock"), Tone.WARNING),
    Code.CLOCK_ROLLBACK: (marked("Check the clock"), Tone.WARNING),
}
_HELD_BACK = (marked("Not valid"), Tone.WARNING)

_TONES = {
    Urgency.QUIET: "secondary",
    Urgency.CALM: "primary",
    Urgency.AMBER: "warning",
    Urgency.PERSISTENT: "warning",
}

_CATEGORIES = {
    "trial": marked("Trial credits"),
    "plan": marked("Credits of the plan"),
    "rollover": marked("Rolled over"),
    "pack": marked("Credit pack"),
    "promo": marked("Gift"),
    "adjust": marked("Correction"),
}


def state_words(standing: Standing) -> tuple[str, Tone]:
    """The state in a word, with its tone."""
    words, tone = _STATES.get(standing.state, _HELD_BACK)
    if standing.state is Code.TRIAL and standing.urgency is not Urgency.CALM:
        tone = Tone.WARNING
    return tr(words), tone


def message_tone(standing: Standing) -> str:
    """How the message is coloured, beside its words."""
    return _TONES[standing.urgency]


def facts_of(standing: Standing) -> list[tuple[str, str]]:
    """The dates of the licence that count now, and whose it is."""
    claims = standing.licence
    if claims is None:
        return []
    facts = [(tr("Licensed to"), claims.licensee)] if claims.licensee else []
    if claims.status == "trialing" and claims.trial_end:
        facts.append(_dated(_TRIAL, claims.trial_end, standing.at))
    elif claims.period_end:
        renews = _ENDS if claims.cancels else _RENEWS
        facts.append(_dated(renews, claims.period_end, standing.at))
    facts.append(_dated(_VALID, claims.expires, standing.at))
    if standing.at >= claims.expires or standing.state is Code.PAST_DUE:
        facts.append(_dated(_GRACE, claims.grace_until, standing.at))
    return facts


_TRIAL = (marked("Trial ends"), marked("Trial ended"))
_RENEWS = (marked("Renews"), marked("Paid until"))
_ENDS = (marked("Ends"), marked("Ended"))
_VALID = (marked("Licence valid until"), marked("Licence was valid until"))
_GRACE = (marked("Grace until"), marked("Grace ended"))
"""What a date of a licence is called while it is to come, and afterwards."""


def _dated(words: tuple[str, str], moment: int, at: int) -> tuple[str, str]:
    return tr(words[at >= moment]), day_of(moment)


def explained(standing: Standing) -> str:
    """Why it is so, with dates, and what ends it; empty where the message says all."""
    claims = standing.licence
    if standing.noted:
        return standing.noted
    if standing.state in (Code.CLOCK_BEHIND, Code.CLOCK_ROLLBACK):
        return tr(
            "Until then it counts as {day}, the latest day that Captely knows of: no time is "
            "gained or lost, and your data stays as it is.",
            day=day_of(standing.at),
        )
    if standing.state is not Code.EXPIRED or claims is None:
        return ""
    return tr(
        "The licence was valid until {expired}, and its grace ended on {grace}. Once a new one is "
        "imported or fetched, its limits count at once.",
        expired=day_of(claims.expires),
        grace=day_of(claims.grace_until),
    )


def day_of(moment: int) -> str:
    """The day of an epoch second, such as 3 Feb 2027."""
    return day_words(datetime.fromtimestamp(moment, UTC))


def category_words(category: str) -> str:
    """Where credits come from."""
    return tr(_CATEGORIES[category]) if category in _CATEGORIES else category


def bucket_name(bucket: Bucket) -> str:
    """What a bucket is called."""
    if bucket.category.value == "rollover" and bucket.period:
        year, month = map(int, bucket.period.split("-"))
        named = locale().toString(QDate(year, month, 1), "MMMM yyyy")
        return tr("Rolled over from {month}", month=named)
    return category_words(bucket.category.value)


def bucket_note(bucket: Bucket, account: Account) -> str:
    """When a bucket ends, and what then becomes of the rest."""
    if bucket.expires is None:
        return tr("Does not expire")
    day = day_words(bucket.expires)
    rolls = bucket.category.value == "plan" and account.overview.limits.rollover_cap != 0
    words = marked("The rest rolls over on {day}") if rolls else marked("Expires on {day}")
    left = (bucket.expires - account.now).days
    soon = tr(", in {n} days", n=left + 1) if 0 <= left < 7 and not rolls else ""
    return tr(words, day=day) + soon


def of_limit(used: Used) -> str:
    """What stands after a figure."""
    return tr("no limit") if used.limit == UNLIMITED else tr("of {limit}", limit=number(used.limit))


def credits_words(milli: int) -> str:
    """So many credits."""
    return tr("{credits} credits", credits=shown(milli))


LIMITS = {
    "enrichments": marked("Enrichments today"),
    "imports": marked("Imports this month"),
    "contacts": marked("Contacts"),
    "seats": marked("Seats"),
}
"""The limits that are no provider's, in the order in which they are shown."""
