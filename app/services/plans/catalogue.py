"""The catalogue of plans, prices, limits and credit packs, read from resources/plans.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.core.errors import NotFound
from app.core.paths import resources
from app.core.plans import COUNTED, UNLIMITED, Interval, Limits, Tier
from app.core.text import tr
from app.services.plans.reading import Table

FILE = "plans.toml"


@dataclass(frozen=True, slots=True)
class Price:
    """What something costs: minor units by lower-case currency, and its Stripe lookup key."""

    lookup_key: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan; prices is empty for the free one.

    until_signed is the plan whose limits hold after a payment until a signed licence arrives,
    rollover_months how long credits that a month left over stay good.
    """

    tier: Tier
    name: str
    support: str
    trial: bool
    until_signed: Tier
    rollover_months: int
    prices: Mapping[Interval, Price]
    limits: Limits

    def as_dict(self) -> dict[str, Any]:
        """The entry of plans[] in the command line's JSON; prices in minor units."""
        return {
            "tier": self.tier.value,
            "name": self.name,
            "support": self.support,
            "trial": self.trial,
            "rollover_months": self.rollover_months,
            "prices": {
                interval.value: {"lookup_key": price.lookup_key, **price.amounts}
                for interval, price in self.prices.items()
            },
            "limits": self.limits.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Pack:
    """Credits bought once, valid for so many months."""

    key: str
    credits: int
    months: int
    price: Price

    def as_dict(self) -> dict[str, Any]:
        """The entry of packs[] in the command line's JSON; its price in minor units."""
        price = {"lookup_key": self.price.lookup_key, **self.price.amounts}
        return {"key": self.key, "credits": self.credits, "months": self.months, "price": price}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that is sold; charges are milli-credits by what was found."""

    trial_days: int
    charges: Mapping[str, int]
    plans: Mapping[Tier, Plan]
    packs: Mapping[str, Pack]

    def plan(self, name: str) -> Plan:
        """The plan of this tier; raises NotFound."""
        if name not in self.plans:
            raise NotFound(
                tr("There is no plan {name}.", name=name),
                tr("Choose one of: {names}", names=", ".join(self.plans)),
            )
        return self.plans[Tier(name)]

    def tier_of(self, lookup_key: str) -> Tier | None:
        """The tier that a Stripe price belongs to; None for a price that is not in here."""
        for plan in self.plans.values():
            if any(price.lookup_key == lookup_key for price in plan.prices.values()):
                return plan.tier
        return None


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped catalogue, read once; raises InvalidInput."""
    return read_catalogue(resources() / FILE)


def read_catalogue(path: Path) -> Catalogue:
    """Read and check a catalogue; raises InvalidInput for anything unknown, missing or odd."""
    file = Table.of(path)
    trial_days = file.whole("trial_days", least=1)
    charges = _charges(file.table("charges"))
    plans = _plans(file.table("plans"))
    packs = _packs(file.table("packs"))
    file.done()
    _check_lookup_keys(path, plans, packs)
    return Catalogue(trial_days, charges, plans, packs)


def _charges(table: Table) -> dict[str, int]:
    charges = {what: table.whole(what) for what in ("email", "phone", "verification")}
    table.done()
    return charges


def _plans(table: Table) -> dict[Tier, Plan]:
    plans = {tier: _plan(tier, table.table(tier)) for tier in Tier}
    table.done()
    return plans


def _plan(tier: Tier, table: Table) -> Plan:
    plan = Plan(
        tier=tier,
        name=table.text("name"),
        support=table.text("support"),
        trial=table.yes("trial"),
        until_signed=_tier(table, "until_signed"),
        rollover_months=table.whole("rollover_months"),
        prices={} if tier is Tier.FREE else _prices(table.table("prices")),
        limits=_limits(table.table("limits")),
    )
    table.done()
    return plan


def _tier(table: Table, key: str) -> Tier:
    name = table.text(key)
    if name not in set(Tier):
        raise table.wrong(key, tr("is not a plan"))
    return Tier(name)


def _prices(table: Table) -> dict[Interval, Price]:
    prices = {interval: _price(table.table(interval)) for interval in Interval}
    table.done()
    return prices


def _price(table: Table) -> Price:
    price = Price(table.text("lookup_key"), _amounts(table))
    table.done()
    return price


def _amounts(table: Table) -> dict[str, int]:
    amounts = table.wholes("amounts", least=1)
    for currency in amounts:
        if len(currency) != 3 or not currency.isascii() or not currency.islower():
            raise table.wrong(f"amounts.{currency}", tr("is not a currency such as usd"))
    return amounts


def _limits(table: Table) -> Limits:
    counted = {name: table.whole(name, least=UNLIMITED) for name in COUNTED}
    providers = table.texts("providers")
    months = table.wholes("provider_month", least=UNLIMITED)
    if set(months) != set(providers):
        raise table.wrong("provider_month", tr("does not name the same providers"))
    table.done()
    return Limits(provider_month=months, providers=providers, **counted)


def _packs(table: Table) -> dict[str, Pack]:
    return {key: _pack(key, table.table(key)) for key in table.names()}


def _pack(key: str, table: Table) -> Pack:
    pack = Pack(
        key=key,
        credits=table.whole("credits", least=1),
        months=table.whole("months", least=1),
        price=Price(table.text("lookup_key"), _amounts(table)),
    )
    table.done()
    return pack


def _check_lookup_keys(path: Path, plans: Mapping[Tier, Plan], packs: Mapping[str, Pack]) -> None:
    """Two things that Stripe knows by one key would be sold for each other."""
    seen: set[str] = set()
    prices = [price for plan in plans.values() for price in plan.prices.values()]
    for price in [*prices, *(pack.price for pack in packs.values())]:
        if price.lookup_key in seen:
            raise Table(path.name, "", {}).wrong(price.lookup_key, tr("names two prices"))
        seen.add(price.lookup_key)
