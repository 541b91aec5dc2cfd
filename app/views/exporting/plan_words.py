"""What a dry run says of itself: how much it asks of the destination, and when it has nothing."""

from __future__ import annotations

from app.core.text import tr
from app.services.exporting import ExportPlan, Fate, Forecast
from app.views.common.facts import Fact
from app.views.common.words import contacts, duration, number


def nothing_to_do(plan: ExportPlan) -> str:
    """Why there is nothing to send."""
    unchanged = plan.counts[Fate.UNCHANGED.value]
    if not unchanged:
        return tr("Nothing to do: nobody of these can be sent. The reasons stand below.")
    return tr(
        "Nothing to do: {label} has {contacts} exactly like this already.",
        label=plan.label,
        contacts=contacts(unchanged),
    )


def other_account(plan: ExportPlan) -> str:
    """That the account is not the one of last time."""
    return tr(
        "This goes to {account}, but the last export went to {before}.",
        account=plan.account.label,
        before=plan.before,
    )


def facts_of(plan: ExportPlan, forecast: Forecast) -> list[Fact]:
    """Account, requests, time and quota of a dry run."""
    requests = tr(
        "{writes} writes, {reads} reads", writes=number(plan.requests), reads=number(plan.reads)
    )
    facts = [(tr("Account"), plan.account.label), (tr("Requests"), requests)]
    if forecast.seconds is not None and plan.requests:
        pace = tr(
            "{time} at {n} a second", time=duration(max(1, forecast.seconds)), n=_pace(forecast)
        )
        facts.append((tr("Takes about"), pace))
    if forecast.day is not None and forecast.day_left is not None:
        used = tr("{n} of {left} left", n=number(plan.requests), left=number(forecast.day_left))
        facts.append((tr("Daily quota used"), used))
    return facts


def _pace(forecast: Forecast) -> str:
    return number(max(1, forecast.per_second or 0))
