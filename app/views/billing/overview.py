"""The plan at a glance: its card, the credits, what they are made of, and every limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.dates import day_words
from app.core.money import shown
from app.core.providers import provider_name
from app.core.text import tr
from app.services.billing.account import Account, available_now, held_now, spent_in
from app.services.billing.left import CONTACTS, over_words
from app.services.billing.notices import expiring
from app.services.credits import LedgerFilter
from app.views.billing.credits_card import CreditsCard
from app.views.billing.licence_card import LicenceCard
from app.views.billing.meter_list import Line, MeterList
from app.views.billing.plan_card import PlanCard
from app.views.billing.plan_words import (
    LIMITS,
    bucket_name,
    bucket_note,
    of_limit,
)
from app.views.billing.sides import Sides
from app.views.common.boxes import Card, column
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.places import Place
from app.views.common.words import number

if TYPE_CHECKING:
    from app.views.common.desk import Desk

NEARLY = 0.8
_ELSEWHERE = {
    "imports": (Place.HISTORY, "import"),
    "contacts": (Place.CONTACTS, ""),
    "seats": (Place.HISTORY, None),
}


class Overview(QWidget):
    """rows_wished carries a LedgerFilter and the words of what its rows make up."""

    rows_wished = Signal(object, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.account: Account | None = None
        self.plan, self.licence = PlanCard(), LicenceCard()
        self.credits = CreditsCard()
        self.buckets = MeterList(tr("Credit buckets"), stacked=True)
        self.bucket_note = Para("", Role.SMALL)
        self.limits = MeterList(tr("Limits"))
        self.providers = MeterList(tr("Providers"))
        self.limits.line_up(self.providers)
        self._lay_out()
        self.credits.opened.connect(self._open_credits)
        self.buckets.opened.connect(self._open_bucket)
        self.limits.opened.connect(self._open_limit)
        self.providers.opened.connect(self._open_limit)

    def _lay_out(self) -> None:
        buckets = Card(
            Label(tr("Credit buckets"), Role.SUBTITLE),
            self.bucket_note,
            self.buckets,
            None,
        )
        limits = Card(
            Label(tr("Limits"), Role.SUBTITLE),
            Para(tr("Days and months turn at midnight, in the workspace's time zone."), Role.SMALL),
            self.limits,
            Label(tr("Found values a month, by provider"), Role.CAPTION, "secondary"),
            self.providers,
            None,
        )
        parts = (
            Sides(self.plan, self.credits),
            Sides(buckets, limits, even=True),
            self.licence,
        )
        self.setLayout(column(*parts, None, gap=16, margins=(0, 0, 16, 24)))

    def show_account(self, account: Account) -> None:
        """Show every figure of it."""
        self.account = account
        self.plan.show_account(account)
        self.credits.show_account(account)
        self.licence.show_workspace(account.workspace)
        self._show_buckets(account)
        self.limits.show_lines([self._limit_line(account, name) for name in LIMITS])
        names = account.overview.limits.providers
        self.providers.show_lines([self._provider_line(account, name) for name in names])

    def _show_buckets(self, account: Account) -> None:
        soon = {bucket.id for bucket in expiring(account)}
        rest = sum(bucket.left for bucket in expiring(account))
        first = tr("Used from the top, the soonest to expire first.")
        late = tr("{credits} credits expire within 7 days.", credits=shown(rest))
        self.bucket_note.setText(late if soon else first)
        self.bucket_note.set_tone("warning" if soon else "secondary")
        self.buckets.show_lines(
            [
                Line(
                    str(bucket.id),
                    bucket_name(bucket),
                    shown(bucket.left),
                    tr("of {limit}", limit=shown(bucket.amount)),
                    bucket.left / bucket.amount,
                    note=bucket_note(bucket, account),
                    warns=bucket.id in soon,
                )
                for bucket in account.overview.buckets
            ]
        )

    def _limit_line(self, account: Account, name: str) -> Line:
        used = account.limits[name]
        share = used.share if used.limit >= 0 else None
        over = over_words(account) if name == CONTACTS else ""
        full = name != "seats" and used.limit >= 0 and used.share >= NEARLY
        return Line(
            name,
            tr(LIMITS[name]),
            number(used.used),
            of_limit(used),
            share,
            "chart.2",
            note=over or (self._nearly(used.share) if full else ""),
            warns=full,
        )

    def _provider_line(self, account: Account, name: str) -> Line:
        used = account.limits[f"provider:{name}"]
        asked, found = account.asked_today.get(name, 0), account.found_today.get(name, 0)
        today = tr("Today: {found} found of {asked}", found=number(found), asked=number(asked))
        full = used.limit >= 0 and used.share >= NEARLY
        return Line(
            f"provider:{name}",
            provider_name(name),
            number(used.used),
            of_limit(used),
            used.share if used.limit >= 0 else None,
            note=f"{self._nearly(used.share)} · {today}" if full else today,
            warns=full,
        )

    def _nearly(self, share: float) -> str:
        return tr("Used up") if share >= 1 else tr("{n} % used", n=int(share * 100))

    def _open_credits(self, key: str) -> None:
        if self.account is None:
            return
        month = self.account.overview.moment.month
        wanted = {
            "available": (available_now(self.account.overview), tr("what is available")),
            "held": (held_now(), tr("what is held")),
            "spent": (spent_in(month.label), tr("what was spent this month")),
        }
        self.rows_wished.emit(*wanted[key])

    def _open_bucket(self, key: str) -> None:
        buckets = self.account.overview.buckets if self.account else ()
        bucket = next((each for each in buckets if each.id == int(key)), None)
        if bucket is not None:
            words = f"{bucket_name(bucket)}, {day_words(bucket.effective)}"
            self.rows_wished.emit(LedgerFilter(grant=bucket.id, purse="avail"), words)

    def _open_limit(self, key: str) -> None:
        if key in _ELSEWHERE:
            self._desk.go(*_ELSEWHERE[key])
        elif self.account is not None:
            moment = self.account.overview.moment
            provider = key.partition(":")[2]
            if provider:
                wanted = LedgerFilter(provider=provider, month=moment.month.label, used=True)
                words = tr("{provider} this month", provider=provider_name(provider))
            else:
                wanted = LedgerFilter(kind="hold", days=(moment.day, moment.day))
                words = tr("the enrichments of today")
            self.rows_wished.emit(wanted, words)
