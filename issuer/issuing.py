"""Issues licences for customers of Stripe: one, or everybody whose state changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from issuer.armour import LICENCE, sign
from issuer.claims import Order, Plans, build
from issuer.errors import IssuerError
from issuer.orders import order_of
from issuer.output import chunks, file_of, write
from issuer.stripe_client import Json, Stripe

EVENTS = (
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "entitlements.active_entitlement_summary.updated",
    "invoice.paid",
    "invoice.payment_failed",
    "payment_intent.succeeded",
    "charge.refunded",
)
"""What may change a licence; Stripe takes up to twenty types at once."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One licence: its claims and its text."""

    claims: dict[str, Any]
    text: str

    def summary(self) -> dict[str, Any]:
        """What is told of it."""
        names = ("lic", "sub", "plan", "status", "seq", "iat", "exp", "grace_until", "livemode")
        return {name: self.claims[name] for name in names}


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to issue: a key with its name, the plans, and the time in milliseconds.

    seq is that time, so that it rises with every issue without anything being stored.
    """

    key: Ed25519PrivateKey
    kid: str
    plans: Plans
    now_ms: int

    def issue(self, order: Order, *, issued: int | None = None, seq: int | None = None) -> Issued:
        """Sign what was ordered."""
        moment = self.now_ms // 1_000 if issued is None else issued
        claims = build(order, self.plans, moment, self.now_ms if seq is None else seq)
        return Issued(claims, sign(LICENCE, claims, self.key, self.kid))


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where licences go: a static folder, the customer's metadata, or both."""

    folder: Path | None
    to_metadata: bool

    def deliver(self, stripe: Stripe, customer: str, issued: Issued) -> None:
        """Put one licence where it belongs."""
        if self.folder is not None:
            write(file_of(self.folder, issued.claims["sub"]), issued.text)
        if self.to_metadata:
            stripe.keep_metadata(customer, chunks(issued.text))


def issue_for(stripe: Stripe, customer: str, desk: Desk) -> Issued:
    """The licence of one customer as Stripe sees it now."""
    return desk.issue(order_of(stripe, customer, desk.plans))


def sync(stripe: Stripe, since: str | None, desk: Desk, delivery: Delivery) -> dict[str, Any]:
    """Issue anew for everybody whose state changed after the event `since`, or for all.

    An event only says who changed; what counts is asked for afresh. One customer that cannot be
    dealt with keeps no other from its licence. Returns what was done and the next `since`.
    """
    events = stripe.events(EVENTS, since)
    customers = _customers(events) if since is not None else _subscribers(stripe)
    done: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    for customer in customers:
        try:
            issued = issue_for(stripe, customer, desk)
            delivery.deliver(stripe, customer, issued)
        except IssuerError as error:
            failed[customer] = str(error)
        else:
            done.append({"customer": customer, **issued.summary()})
    # Whoever failed is found again by the same `since`.
    cursor = since if failed or not events else events[-1]["id"]
    return {"issued": done, "failed": failed, "since": cursor}


def _customers(events: Iterable[Json]) -> list[str]:
    named = (event["data"]["object"].get("customer") for event in events)
    return list(dict.fromkeys(customer for customer in named if isinstance(customer, str)))


def _subscribers(stripe: Stripe) -> list[str]:
    return list(dict.fromkeys(str(each["customer"]) for each in stripe.subscriptions()))
