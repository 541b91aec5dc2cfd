"""Builds the claims of a licence from a plan of the catalogue and a subscription's state."""

from __future__ import annotations

import tomllib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from issuer.dates import DAY, ENDED, Subscription, dates
from issuer.errors import IssuerError

PLANS = Path(__file__).resolve().parents[1] / "resources" / "plans.toml"
STATUSES = ("active", "trialing", "past_due", *ENDED)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be licensed, to whom; packs are the contract's objects, seats None the plan's.

    limits replaces the plan's limits, such as for a plan that was agreed on alone.
    """

    workspace: str
    plan: str
    subscription: Subscription
    to: str = ""
    customer: str | None = None
    subscription_id: str | None = None
    seats: int | None = None
    packs: list[dict[str, Any]] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    devices: list[str] | None = None
    limits: dict[str, Any] | None = None
    live: bool = True


class Plans:
    """The plans of a catalogue file."""

    def __init__(self, path: Path = PLANS) -> None:
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            self._plans: dict[str, dict[str, Any]] = content["plans"]
            self.packs: dict[str, dict[str, Any]] = content["packs"]
        except (OSError, ValueError, KeyError) as error:
            raise IssuerError(
                f"The catalogue {path} cannot be read; name it with --plans."
            ) from error

    def __getitem__(self, name: str) -> dict[str, Any]:
        """The plan of this name; raises IssuerError."""
        if name not in self._plans:
            raise IssuerError(f"There is no plan {name}; choose one of: {', '.join(self._plans)}.")
        return self._plans[name]

    def by_lookup_key(self, lookup_key: str) -> str | None:
        """The plan that a Stripe price belongs to."""
        for name, plan in self._plans.items():
            prices = plan.get("prices", {}).values()
            if any(price["lookup_key"] == lookup_key for price in prices):
                return name
        return None


def build(order: Order, plans: Plans, issued: int, seq: int) -> dict[str, Any]:
    """The claims of a licence issued at `issued` (epoch s); raises IssuerError.

    A subscription that has ended gives a Free licence, whose higher seq replaces the paid one.
    """
    subscription = order.subscription
    if subscription.status not in STATUSES:
        raise IssuerError(f"There is no status {subscription.status}: {', '.join(STATUSES)}.")
    name = "free" if subscription.status in ENDED else order.plan
    plan = plans[name]
    limits = dict(order.limits if order.limits and name == order.plan else plan["limits"])
    if order.seats is not None and name == order.plan:
        limits["seats"] = order.seats
    until = dates(subscription, issued)
    return {
        "lic": f"lic_{uuid.uuid4().hex}",
        "iss": "captely",
        "aud": "captely-desktop",
        "sub": checked_workspace(order.workspace),
        "to": order.to,
        "cus": order.customer,
        "sid": order.subscription_id,
        "seq": seq,
        "iat": issued,
        "nbf": issued,
        "refresh_after": issued + DAY,
        "exp": until.exp,
        "grace_until": until.grace_until,
        "plan": name,
        "interval": None if name == "free" else subscription.interval,
        "status": subscription.status,
        "trial_end": subscription.trial_end,
        "period_end": subscription.period_end,
        "cancel_at_period_end": subscription.cancels,
        "seats": limits["seats"],
        "limits": limits,
        "packs": order.packs,
        "rollover": {"cap": limits["rollover_cap"], "months": plan["rollover_months"]},
        "features": order.features,
        "devices": order.devices,
        "livemode": order.live,
    }


def checked_workspace(written: str) -> str:
    """A workspace's UUID in the form in which Captely shows it; raises IssuerError."""
    try:
        return str(uuid.UUID(written))
    except ValueError as error:
        raise IssuerError(
            f"{written} is not a workspace ID; Captely shows it with: captely licence"
        ) from error
