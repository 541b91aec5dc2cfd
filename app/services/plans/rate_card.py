"""What the providers charge and since when, read from resources/rate-card.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from app.core.errors import NotFound
from app.core.paths import resources
from app.core.text import tr
from app.services.plans.reading import Table

FILE = "rate-card.toml"


class ChargeRule(StrEnum):
    """When a provider charges."""

    ON_FOUND = "on_found"
    ON_ATTEMPT = "on_attempt"
    ON_MATCH = "on_match"
    RESERVED_THEN_REFUNDED = "reserved_then_refunded"


class Task(StrEnum):
    """What a provider may be asked for."""

    FIND_EMAIL = "find_email"
    VERIFY_EMAIL = "verify_email"
    FIND_PHONE = "find_phone"


@dataclass(frozen=True, slots=True)
class Rate:
    """Thousandths of the provider's own credit: for asking, and on top for a found value."""

    rule: ChargeRule
    attempt: int
    found: int


@dataclass(frozen=True, slots=True)
class RateCard:
    """The rates from one day on; version names the card in what was charged by it."""

    since: date
    rates: Mapping[str, Mapping[Task, Rate]]

    @property
    def version(self) -> str:
        """The card's day, such as 2026-11-23."""
        return self.since.isoformat()

    def rate(self, provider: str, task: Task) -> Rate | None:
        """What a provider charges for a task; None when it does not do it."""
        return self.rates.get(provider, {}).get(task)


@dataclass(frozen=True, slots=True)
class RateCards:
    """All cards, oldest first."""

    cards: tuple[RateCard, ...]

    def on(self, day: date) -> RateCard:
        """The card that holds on a day; before the first one, the first."""
        return next((card for card in reversed(self.cards) if card.since <= day), self.cards[0])

    def named(self, version: str) -> RateCard:
        """The card of this version; raises NotFound."""
        for card in self.cards:
            if card.version == version:
                return card
        raise NotFound(
            tr("There is no rate card of {version}.", version=version),
            tr("Choose one of: {names}", names=", ".join(card.version for card in self.cards)),
        )


@lru_cache(maxsize=1)
def rate_cards() -> RateCards:
    """The shipped rate cards, read once; raises InvalidInput."""
    return read_rate_cards(resources() / FILE)


def read_rate_cards(path: Path) -> RateCards:
    """Read and check rate cards; raises InvalidInput for anything unknown, missing or odd."""
    file = Table.of(path)
    cards = tuple(_card(table) for table in file.tables("cards"))
    file.done()
    days = [card.since for card in cards]
    if days != sorted(set(days)):
        raise file.wrong("cards", tr("are not in the order of their days"))
    return RateCards(cards)


def _card(table: Table) -> RateCard:
    since = table.day("from")
    providers = table.table("providers")
    rates = {name: _rates(providers.table(name)) for name in providers.names()}
    table.done()
    return RateCard(since, rates)


def _rates(table: Table) -> dict[Task, Rate]:
    rates = {task: _rate(table.table(task)) for task in Task if task in table.names()}
    table.done()
    return rates


def _rate(table: Table) -> Rate:
    rule = table.text("rule")
    if rule not in set(ChargeRule):
        raise table.wrong("rule", tr("is not a way of charging"))
    rate = Rate(ChargeRule(rule), table.whole("attempt"), table.whole("found"))
    table.done()
    return rate
