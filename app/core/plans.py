"""The words of plans: tiers, billing intervals, and the limits that a tier or a licence sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

UNLIMITED = -1


class Tier(StrEnum):
    """The plans, from the smallest to the largest."""

    FREE = "free"
    STARTER = "starter"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"


class Interval(StrEnum):
    """How often a plan is paid."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workspace may do; UNLIMITED (-1) where there is no limit.

    credits_month and rollover_cap are whole credits, enrichments_day contacts sent to any
    provider, provider_month found values of each provider. Which days and months these are is
    decided in the workspace's time zone.
    """

    credits_month: int
    enrichments_day: int
    provider_month: Mapping[str, int]
    providers: tuple[str, ...]
    imports_month: int
    contacts: int
    seats: int
    rollover_cap: int

    def found_values(self, provider: str) -> int:
        """How many values of a provider a month may be found; 0 for one that is not allowed."""
        if provider not in self.providers:
            return 0
        return self.provider_month.get(provider, UNLIMITED)

    def as_dict(self) -> dict[str, Any]:
        """The limits as they stand in a licence and in the command line's JSON."""
        return {
            "credits_month": self.credits_month,
            "enrichments_day": self.enrichments_day,
            "provider_month": dict(self.provider_month),
            "providers": list(self.providers),
            "imports_month": self.imports_month,
            "contacts": self.contacts,
            "seats": self.seats,
            "rollover_cap": self.rollover_cap,
        }


COUNTED = (
    "credits_month", "enrichments_day", "imports_month", "contacts", "seats", "rollover_cap",
)  # fmt: skip
"""The limits that are a single number."""
