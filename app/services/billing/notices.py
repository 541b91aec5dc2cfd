"""What is told of limits: at 80, 95 and 100 % of each, and before credits expire; each once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.core.dates import day_words
from app.core.money import shown
from app.core.providers import provider_name
from app.core.settings import LIMITS_NOTICED
from app.core.text import grouped, marked, tr, trn
from app.services.billing.left import CONTACTS
from app.services.licence.refusals import Code
from app.services.licence.standing import days_left
from app.services.plans import catalogue
from app.services.settings import Settings

if TYPE_CHECKING:
    from app.services.billing.account import Account, Used
    from app.services.credits import Bucket

LEVELS = (100, 95, 80)
TRIAL_LEVELS = ((1, 100), (3, 80))
"""How many days before its end a trial is told of, as which level."""

ENDED = 110
"""The level of a trial that has ended."""

SOON = timedelta(days=7)
PROVIDER = "provider:"


@dataclass(frozen=True, slots=True)
class LimitNotice:
    """One sentence to tell; key names the limit with its period and size, level is in percent."""

    key: str
    level: int
    text: str


class Notices:
    """Remembers in the settings what was told."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Two readings at once must not both tell.
        self._lock = threading.Lock()

    def added_to(self, account: Account) -> Account:
        """The account with what was not told before, which from now on counts as told."""
        reached = list(notices_of(account))
        with self._lock:
            told = _read(str(self._settings.get(LIMITS_NOTICED)))
            new = [each for each in reached if told.get(each.key, 0) < each.level]
            if new:
                # What is reached no more, such as last month's, need not be remembered.
                kept = {each.key: max(each.level, told.get(each.key, 0)) for each in reached}
                self._settings.set(LIMITS_NOTICED, json.dumps(kept, sort_keys=True))
        return replace(account, notices=tuple(new))


def notices_of(account: Account) -> Iterator[LimitNotice]:
    """Every limit of which 80 % or more is used, and credits that expire within a week."""
    moment = account.overview.moment
    periods = {"enrichments": moment.day, "contacts": "", "seats": ""}
    yield from _reached("credits", moment.month.label, account.credits)
    for name, used in account.limits.items():
        # That the one seat there is is taken is no news.
        if name == CONTACTS and used.over:
            # The list itself says so, for as long as it is so.
            continue
        if name != "seats" or used.limit > 1:
            yield from _reached(name, periods.get(name, moment.month.label), used)
    yield from _trial_ends(account)
    for bucket in expiring(account):
        day = day_words(bucket.expires or account.now)
        text = tr("{credits} credits expire on {day}.", credits=shown(bucket.left), day=day)
        yield LimitNotice(f"bucket:{bucket.id}", 100, text)


def _trial_ends(account: Account) -> Iterator[LimitNotice]:
    """Three days before the end of a trial, on its last day, and once Free applies."""
    standing, claims = account.standing, account.standing.licence
    if claims is None or claims.trial_end is None or claims.status != "trialing":
        return
    key, day = f"trial:{claims.trial_end}", day_words(datetime.fromtimestamp(claims.trial_end, UTC))
    if standing.state is Code.EXPIRED:
        plan = catalogue().plans[claims.plan].name
        text = tr("Your {plan} trial ended on {day}. Free applies; nothing was deleted.",
                  plan=plan, day=day)  # fmt: skip
        yield LimitNotice(key, ENDED, text)
        return
    left = days_left(claims.trial_end, standing.at)
    level = next((level for days, level in TRIAL_LEVELS if left <= days), 0)
    if standing.state is not Code.TRIAL or not level or not left:
        return
    text = trn(
        "Your {plan} trial ends in {n} day, on {day}. Then Free applies; nothing is deleted.",
        "Your {plan} trial ends in {n} days, on {day}. Then Free applies; nothing is deleted.",
        left,
        plan=account.name,
        day=day,
    )
    yield LimitNotice(key, level, text)


def expiring(account: Account) -> list[Bucket]:
    """What was carried over or bought and expires within a week, if something is left of it."""
    return [
        bucket
        for bucket in account.overview.buckets
        if bucket.category in _LASTING
        and bucket.left
        and bucket.expires is not None
        and bucket.expires - account.now <= SOON
    ]


_LASTING = ("rollover", "pack", "promo")

_WORDS = {
    "credits": marked("{level} % of this month's credits are used: {used} of {limit}."),
    "enrichments": marked("{level} % of today's enrichments are used: {used} of {limit}."),
    "imports": marked("{level} % of this month's imports are used: {used} of {limit}."),
    "contacts": marked("{level} % of the contacts of your plan are used: {used} of {limit}."),
    "seats": marked("{level} % of the seats of your plan are taken: {used} of {limit}."),
    PROVIDER: marked(
        "{provider} has found {level} % of what it may this month: {used} of {limit}."
    ),
}


def _reached(name: str, period: str, used: Used) -> Iterator[LimitNotice]:
    percent = int(used.share * 100)
    level = next((level for level in LEVELS if percent >= level), 0)
    if not level:
        return
    kind, _, provider = name.partition(":")
    write = shown if name == "credits" else grouped
    text = tr(
        _WORDS[PROVIDER if provider else kind],
        level=percent if level < LEVELS[0] else LEVELS[0],
        used=write(used.used),
        limit=write(used.limit),
        provider=provider_name(provider),
    )
    yield LimitNotice(f"{name}:{period}:{used.limit}", level, text)


def _read(text: str) -> dict[str, int]:
    """What was kept; nothing when another version wrote it differently."""
    try:
        kept = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {str(key): level for key, level in kept.items() if isinstance(level, int)}
