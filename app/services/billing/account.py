"""The account of a workspace at one moment: how its plan stands and what is used of each limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.core.clock import Clock
from app.core.periods import Zone
from app.core.plans import UNLIMITED
from app.models.store import Store
from app.services.billing.notices import LimitNotice, Notices
from app.services.credits import Credits, LedgerFilter, Overview
from app.services.credits.analysis import Analysis, By
from app.services.credits.names import Kind, Purse
from app.services.history import History
from app.services.licence.entitling import entitlement_of
from app.services.licence.renewing import Renewals
from app.services.licence.service import Licences
from app.services.licence.standing import Standing
from app.services.plans import catalogue
from app.services.settings import Settings

QUARTER = 90


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a limit is used: counts, or milli-credits; limit is -1 where there is none."""

    used: int
    limit: int

    @property
    def share(self) -> float:
        """From 0 to 1 and beyond; 0 without a limit. Of a limit of nothing, all is used."""
        if self.limit == UNLIMITED:
            return 0.0
        return self.used / self.limit if self.limit else float(self.used > 0)

    @property
    def over(self) -> int:
        """How much is beyond the limit, as after a plan that ended."""
        return 0 if self.limit == UNLIMITED else max(0, self.used - self.limit)


@dataclass(frozen=True, slots=True)
class Span:
    """Some time: from since up to but not including until (UTC), and its first and last day."""

    since: datetime
    until: datetime
    days: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that the page, the meter and the banner show; credits are milli-credits.

    spent is what calls of this month were charged, total what this month began with and got.
    limits are by name: enrichments, imports, contacts, seats, and provider:NAME. asked_today
    counts by provider the calls of today, found_today those of them that found something. spans
    are this_month, last_month and quarter, which is the last 90 days.
    notices have not been told before.
    """

    workspace: str
    address: str
    name: str
    standing: Standing
    overview: Overview
    spent: int
    limits: Mapping[str, Used]
    asked_today: Mapping[str, int]
    found_today: Mapping[str, int]
    spans: Mapping[str, Span]
    now: datetime
    notices: tuple[LimitNotice, ...] = ()

    @property
    def total(self) -> int:
        """What is available, held and spent this month, together."""
        sums = self.overview.sums
        return sums.available + sums.held + self.spent

    @property
    def turns(self) -> datetime:
        """When it next reads differently by itself: the day's or month's turn, or an end.

        Ends are those of trial, licence, grace, payment seen, and of credits.
        """
        moment, standing = self.overview.moment, self.standing
        claims, seen = standing.licence, standing.snapshot
        ends = [claims.trial_end, claims.expires, claims.grace_until] if claims else []
        ends += [seen.lasts_until()] if seen else []
        known = [datetime.fromtimestamp(end, UTC) for end in ends if end]
        known += [bucket.expires for bucket in self.overview.buckets if bucket.expires]
        return min(end for end in (moment.midnight, moment.month.end, *known) if end > self.now)

    @property
    def credits(self) -> Used:
        """What is held and spent of all that."""
        return Used(self.total - self.overview.sums.available, self.total)


class Accounts:
    """Reads the account; analysis says what the calls of providers came to."""

    def __init__(
        self,
        store: Store,
        credits_: Credits,
        licences: Licences,
        renewals: Renewals,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self.analysis = Analysis(store)
        self._history = History(store)
        self._notices = Notices(settings)
        self._credits = credits_
        self._licences = licences
        self._renewals = renewals
        self._clock = clock

    def read(self) -> Account:
        """The account now, after granting the month if that is due, with no notices."""
        standing, overview = self._licences.current(), self._credits.overview()
        today = self.analysis.by(By.PROVIDER, (overview.moment.day, overview.moment.day))
        return Account(
            workspace=self._licences.workspace,
            address=self._renewals.address,
            name=catalogue().plans[standing.plan].name,
            standing=standing,
            overview=overview,
            spent=self.analysis.total(spent_in(overview.moment.month.label)),
            limits=self._limits(overview),
            asked_today={share.key: share.calls for share in today},
            found_today={share.key: share.found for share in today},
            spans=self._spans(standing, overview),
            now=self._clock.now(),
        )

    def watch(self) -> Account:
        """The same with what is to be told now; it is told once, so show it."""
        account = self.read()
        return self._notices.added_to(account)

    def _spans(self, standing: Standing, overview: Overview) -> dict[str, Span]:
        months, moment = self._credits.months(entitlement_of(standing)), overview.moment
        last = months.at(moment.month.start - timedelta(days=1))
        first = months.zone.day(moment.midnight - timedelta(days=QUARTER))
        return {
            "this_month": _span(months.zone, moment.month.start, moment.month.end),
            "last_month": _span(months.zone, last.start, last.end),
            "quarter": _span(months.zone, months.zone.start(first), moment.midnight),
        }

    def _limits(self, overview: Overview) -> dict[str, Used]:
        limits = overview.limits
        found = {each.provider: each.found_month for each in overview.providers}
        return {
            "enrichments": Used(overview.enriched_today, limits.enrichments_day),
            "imports": Used(overview.imports, limits.imports_month),
            "contacts": Used(overview.contacts, limits.contacts),
            "seats": Used(max(1, len(self._history.actors())), limits.seats),
            **{
                f"provider:{name}": Used(
                    found.get(name, 0), limits.provider_month.get(name, UNLIMITED)
                )
                for name in limits.providers
            },
        }


def _span(zone: Zone, since: datetime, until: datetime) -> Span:
    last = zone.day(until - timedelta(microseconds=1))
    return Span(since, until, (zone.day(since).isoformat(), last.isoformat()))


def available_now(overview: Overview) -> LedgerFilter:
    """The movements that make up what is available."""
    return LedgerFilter(
        purse=Purse.AVAIL.value, grants=tuple(bucket.id for bucket in overview.buckets)
    )


def held_now() -> LedgerFilter:
    """The movements that make up what is held."""
    return LedgerFilter(held=True)


def spent_in(month: str) -> LedgerFilter:
    """The movements that make up what calls of a month, such as 2026-11, were charged."""
    return LedgerFilter(kind=Kind.POST.value, month=month)
