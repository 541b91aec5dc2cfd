"""Turns what Stripe knows of a customer into an order for a licence."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from issuer.claims import Order, Plans
from issuer.dates import Subscription
from issuer.errors import IssuerError
from issuer.stripe_client import Json, Stripe

WORKSPACE = "captely_workspace"
LIMITS = "captely_limits"
AIR_GAPPED = "captely_air_gapped"
PACK = "pack"
BEST_FIRST = (
    "active", "trialing", "past_due", "paused", "unpaid", "incomplete", "canceled",
    "incomplete_expired",
)  # fmt: skip


def order_of(stripe: Stripe, customer: str, plans: Plans) -> Order:
    """What a customer has paid for; raises IssuerError when it cannot be told for whom or what.

    Of several subscriptions the one in the best state counts, and of those the newest.
    """
    account = stripe.customer(customer)
    subscriptions = list(stripe.subscriptions(customer))
    found = min(subscriptions, key=_rank, default=None)
    if found is None:
        raise IssuerError(f"{customer} has never had a subscription.")
    plan, limits = _plan(stripe, found, plans)
    return Order(
        workspace=_workspace(stripe, account, found),
        plan=plan,
        subscription=_subscription(found),
        to=account.get("name") or account.get("email") or "",
        customer=customer,
        subscription_id=found["id"],
        seats=_seats(found, limits or plans[plan]["limits"]),
        packs=packs_of(stripe.payments(customer), plans),
        features=stripe.entitlements(customer),
        limits=limits,
        live=bool(found["livemode"]),
    )


def packs_of(payments: Iterable[Json], plans: Plans) -> list[dict[str, Any]]:
    """The credit packs that were paid and not paid back, by the payment's id."""
    packs = []
    for payment in payments:
        pack = plans.packs.get(payment.get("metadata", {}).get(PACK, ""))
        if pack is None or payment["status"] != "succeeded" or _is_refunded(payment):
            continue
        issued = int(payment["created"])
        expires = _months_later(issued, pack["months"])
        packs.append(
            {"id": payment["id"], "credits": pack["credits"], "iat": issued, "exp": expires}
        )
    return packs


def _rank(subscription: Json) -> tuple[int, int]:
    status = subscription["status"]
    place = BEST_FIRST.index(status) if status in BEST_FIRST else len(BEST_FIRST)
    return place, -int(subscription["created"])


def _subscription(found: Json) -> Subscription:
    items = found["items"]["data"]
    price = items[0]["price"]
    invoice = found.get("latest_invoice")
    retries = not isinstance(invoice, dict) or invoice.get("next_payment_attempt") is not None
    return Subscription(
        status=found["status"],
        interval=(price.get("recurring") or {}).get("interval"),
        trial_end=found.get("trial_end"),
        # The period is the items', not the subscription's; ours have one item.
        period_end=min(int(item["current_period_end"]) for item in items),
        cancels=bool(found["cancel_at_period_end"]),
        air_gapped=found.get("metadata", {}).get(AIR_GAPPED) == "1",
        retries=retries,
    )


def _plan(stripe: Stripe, found: Json, plans: Plans) -> tuple[str, dict[str, Any] | None]:
    """The plan of the price, and limits of its own if the product names some."""
    price = found["items"]["data"][0]["price"]
    plan = plans.by_lookup_key(price.get("lookup_key") or "")
    product = stripe.product(price["product"]).get("metadata", {})
    if LIMITS in product:
        return plan or "enterprise", _limits(product[LIMITS], price["product"])
    if plan is None:
        raise IssuerError(
            f"The price {price['id']} belongs to no plan: give it a lookup key of the catalogue, "
            f"or its product limits of its own in the metadata {LIMITS}."
        )
    return plan, None


def _limits(written: str, product: str) -> dict[str, Any]:
    try:
        limits = json.loads(written)
    except ValueError as error:
        raise IssuerError(f"The limits in the metadata of {product} are not JSON.") from error
    if not isinstance(limits, dict):
        raise IssuerError(f"The limits in the metadata of {product} are not an object.")
    return limits


def _workspace(stripe: Stripe, account: Json, found: Json) -> str:
    """Whose subscription it is: told by itself, by the customer, or by the finished checkout."""
    for holder in (found, account):
        if workspace := holder.get("metadata", {}).get(WORKSPACE):
            return str(workspace)
    for session in stripe.checkouts(account["id"]):
        if workspace := session.get("client_reference_id"):
            return str(workspace)
    raise IssuerError(
        f"{account['id']} names no workspace: set {WORKSPACE} in the customer's metadata."
    )


def _seats(found: Json, limits: dict[str, Any]) -> int | None:
    """More seats than the plan has, where more were bought."""
    bought = int(found["items"]["data"][0].get("quantity") or 1)
    held = int(limits["seats"])
    return bought if 0 <= held < bought else None


def _is_refunded(payment: Json) -> bool:
    charge = payment.get("latest_charge")
    return isinstance(charge, dict) and bool(charge.get("refunded"))


def _months_later(moment: int, months: int) -> int:
    """The same day so many months later, or the month's last day where it is shorter."""
    start = datetime.fromtimestamp(moment, UTC)
    place = start.month - 1 + months
    year, month = start.year + place // 12, place % 12 + 1
    for day in range(start.day, start.day - 4, -1):
        try:
            return int(start.replace(year=year, month=month, day=day).timestamp())
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
