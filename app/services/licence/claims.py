"""What a licence says, as typed values; read only after its signature has been verified."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from app.core.plans import COUNTED, UNLIMITED, Interval, Limits, Tier

PRODUCT, AUDIENCE = "captely", "captely-desktop"
STATUSES = (
    "active", "trialing", "past_due", "paused", "unpaid", "canceled", "incomplete",
    "incomplete_expired",
)  # fmt: skip
"""The states that a subscription has at Stripe."""
LATEST = 253_000_000_000
"""In the year 9987: a later moment could not be shown in every time zone."""
MOST = 1_000_000_000_000
"""More of anything than a limit may be; as milli-credits it still fits the database."""
MOST_MONTHS = 1_200
_NAME = re.compile(r"[a-z0-9_-]{1,40}")
T = TypeVar("T")


class BadClaims(ValueError):
    """A claim is missing, has another type, or the dates are out of order; for the details."""


@dataclass(frozen=True, slots=True)
class PaidPack:
    """A bought credit pack; id is its payment, by which it is credited once."""

    id: str
    credits: int
    issued: int
    expires: int


@dataclass(frozen=True, slots=True)
class Claims:
    """A licence's content; every moment is epoch seconds, UTC.

    subject is the workspace's UUID, devices the computers it is bound to, None for any. status
    is that of the subscription when the licence was issued.
    """

    licence: str
    issuer: str
    audience: str
    subject: str
    licensee: str
    customer: str | None
    subscription: str | None
    seq: int
    issued: int
    not_before: int
    refresh_after: int
    expires: int
    grace_until: int
    plan: Tier
    interval: Interval | None
    status: str
    trial_end: int | None
    period_end: int | None
    cancels: bool
    seats: int
    limits: Limits
    packs: tuple[PaidPack, ...]
    rollover_cap: int
    rollover_months: int
    features: tuple[str, ...]
    devices: tuple[str, ...] | None
    live: bool


def read_claims(payload: Mapping[str, Any]) -> Claims:
    """The claims of a verified payload; members that are not known are ignored.

    Raises BadClaims for a missing member, another type (1 is not true), or dates out of order.
    """
    read = _Reader(payload)
    rollover = read.inner("rollover")
    claims = Claims(
        licence=read.text("lic"),
        issuer=read.text("iss"),
        audience=read.text("aud"),
        subject=read.text("sub"),
        licensee=read.text("to", empty=True),
        customer=read.maybe("cus", _Reader.text),
        subscription=read.maybe("sid", _Reader.text),
        seq=read.whole("seq"),
        issued=read.moment("iat"),
        not_before=read.moment("nbf"),
        refresh_after=read.moment("refresh_after"),
        expires=read.moment("exp"),
        grace_until=read.moment("grace_until"),
        plan=Tier(read.one_of("plan", tuple(Tier))),
        interval=read.maybe("interval", lambda r, k: Interval(r.one_of(k, tuple(Interval)))),
        status=read.one_of("status", STATUSES),
        trial_end=read.maybe("trial_end", _Reader.moment),
        period_end=read.maybe("period_end", _Reader.moment),
        cancels=read.yes("cancel_at_period_end"),
        seats=read.count("seats", least=UNLIMITED),
        limits=_limits(read.inner("limits")),
        packs=tuple(_pack(each) for each in read.inners("packs")),
        rollover_cap=rollover.count("cap", least=UNLIMITED),
        rollover_months=rollover.count("months", most=MOST_MONTHS),
        features=read.texts("features"),
        devices=read.maybe("devices", _Reader.texts),
        live=read.yes("livemode"),
    )
    _check_order(claims)
    return claims


def _check_order(claims: Claims) -> None:
    dates = (claims.issued, claims.not_before, claims.expires, claims.grace_until)
    if claims.not_before > claims.expires or claims.expires > claims.grace_until:
        raise BadClaims(f"dates out of order: {dates}")
    if not claims.issued <= claims.refresh_after or claims.issued > claims.expires:
        raise BadClaims(f"dates out of order: {dates}")


def _limits(read: _Reader) -> Limits:
    counted = {name: read.count(name, least=UNLIMITED) for name in COUNTED}
    months = read.inner("provider_month")
    return Limits(
        provider_month={name: months.count(name, least=UNLIMITED) for name in months.names()},
        providers=read.names_in("providers"),
        **counted,
    )


def _pack(read: _Reader) -> PaidPack:
    return PaidPack(
        id=read.text("id"),
        credits=read.count("credits", least=1),
        issued=read.moment("iat"),
        expires=read.moment("exp"),
    )


class _Reader:
    """Takes members of one object by their type; raises BadClaims naming the member."""

    def __init__(self, content: object, place: str = "") -> None:
        if not isinstance(content, Mapping):
            raise BadClaims(f"{place or 'the payload'} is not an object")
        self._content = content
        self._place = f"{place}." if place else ""

    def text(self, key: str, *, empty: bool = False) -> str:
        value = self._get(key)
        if not isinstance(value, str) or not (value or empty):
            raise self._wrong(key)
        return value

    def whole(self, key: str, *, least: int = 0) -> int:
        value = self._get(key)
        if type(value) is not int or value < least:
            raise self._wrong(key)
        return value

    def count(self, key: str, *, least: int = 0, most: int = MOST) -> int:
        value = self.whole(key, least=least)
        if value > most:
            raise self._wrong(key)
        return value

    def moment(self, key: str) -> int:
        return self.count(key, most=LATEST)

    def yes(self, key: str) -> bool:
        value = self._get(key)
        if not isinstance(value, bool):
            raise self._wrong(key)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self._wrong(key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self._wrong(key)
        return tuple(value)

    def names_in(self, key: str) -> tuple[str, ...]:
        value = self.texts(key)
        if not all(_NAME.fullmatch(each) for each in value):
            raise self._wrong(key)
        return value

    def names(self) -> list[str]:
        return [name for name in self._content if _NAME.fullmatch(name)]

    def inner(self, key: str) -> _Reader:
        return _Reader(self._get(key), f"{self._place}{key}")

    def inners(self, key: str) -> list[_Reader]:
        value = self._get(key)
        if not isinstance(value, list):
            raise self._wrong(key)
        return [_Reader(each, f"{self._place}{key}[{n}]") for n, each in enumerate(value)]

    def maybe(self, key: str, read: Callable[[_Reader, str], T]) -> T | None:
        return None if self._get(key) is None else read(self, key)

    def _get(self, key: str) -> object:
        if key not in self._content:
            raise self._wrong(key)
        return self._content[key]

    def _wrong(self, key: str) -> BadClaims:
        return BadClaims(f"{self._place}{key} is missing or not as expected")
