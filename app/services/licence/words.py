"""The sentences of each state, as the contract's table has them, in the user's language."""

from __future__ import annotations

from datetime import UTC, datetime

from app.core.dates import day_words
from app.core.text import tr, trn
from app.services.licence.claims import Claims
from app.services.licence.refusals import Code, LicenceRefused


def none(trial_days: int) -> str:
    """Nothing was ever bought."""
    return tr("You're on Free. Start a {days}-day trial.", days=trial_days)


def free() -> str:
    """The vendor says so, such as after a subscription that ended."""
    return tr("You're on Free.")


def active(claims: Claims) -> str:
    """A paid plan, with the day it goes on or ends."""
    date = _with_year(claims.period_end or claims.expires)
    return tr("Ends {date}", date=date) if claims.cancels else tr("Renews {date}", date=date)


def trial(plan: str, left: int) -> str:
    """A trial with so many days left."""
    return trn(
        "{n} day left in your {plan} trial. Add a payment method.",
        "{n} days left in your {plan} trial. Add a payment method.",
        left,
        plan=plan,
    )


def trial_over(claims: Claims, plan: str) -> str:
    """A trial whose last day has passed, while its licence still counts."""
    return tr(
        "Your {plan} trial ended on {ended}. Everything keeps working until {until}. "
        "Add a payment method.",
        plan=plan,
        ended=_day(claims.trial_end or claims.expires),
        until=_day(claims.grace_until),
    )


def past_due(claims: Claims, plan: str) -> str:
    """A payment failed and is tried again."""
    return tr(
        "Payment failed on {failed}. Update your card before {until} to keep {plan}.",
        failed=_day(claims.issued),
        until=_day(claims.expires),
        plan=plan,
    )


def grace(claims: Claims) -> str:
    """The licence has run out and still counts."""
    return tr(
        "We couldn't confirm your plan since {since}. Everything keeps working until {until}. "
        "Connect or import a licence.",
        since=_day(claims.expires),
        until=_day(claims.grace_until),
    )


def expired() -> str:
    """Its grace is over too."""
    return tr(
        "Your plan could not be confirmed, so Free limits apply. "
        "Your data is safe and you can export it."
    )


def activating(plan: str, until: int) -> str:
    """Paid, and the signed licence is on its way."""
    return tr(
        "Activating {plan}: your payment was seen, and its licence is expected by {until}.",
        plan=plan,
        until=_day(until),
    )


def refresh_due(claims: Claims, days: int) -> str:
    """The licence was not fetched anew for some days, which matters to nobody yet."""
    return trn(
        "Plan details were last checked {n} day ago. They stay valid until {until}.",
        "Plan details were last checked {n} days ago. They stay valid until {until}.",
        days,
        until=_day(claims.expires),
    )


def held_back(refused: LicenceRefused) -> str:
    """The kept licence does not hold any more."""
    return f"{refused.message} " + tr("Until there is a new one, Free limits apply.")


def clock(trouble: Code, now: int) -> str:
    """The computer's clock is behind what is known to have come."""
    if trouble is Code.CLOCK_BEHIND:
        return tr(
            "Your computer's clock says {date}, earlier than your licence was issued. "
            "Set the clock, or connect to the internet.",
            date=_with_year(now),
        )
    return tr(
        "Your computer's clock says {date}, earlier than the last time Captely ran. "
        "Set the clock, or connect to the internet.",
        date=_with_year(now),
    )


def _day(moment: int) -> str:
    return day_words(datetime.fromtimestamp(moment, UTC), year=False)


def _with_year(moment: int) -> str:
    return day_words(datetime.fromtimestamp(moment, UTC))
