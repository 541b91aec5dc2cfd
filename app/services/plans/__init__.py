"""What is sold and what providers charge: the only door to plans.toml and rate-card.toml."""

from __future__ import annotations

from app.services.plans.catalogue import Catalogue, Pack, Plan, Price, catalogue, read_catalogue
from app.services.plans.rate_card import Rate, RateCard, RateCards, rate_cards, read_rate_cards

__all__ = [
    "Catalogue",
    "Pack",
    "Plan",
    "Price",
    "Rate",
    "RateCard",
    "RateCards",
    "catalogue",
    "rate_cards",
    "read_catalogue",
    "read_rate_cards",
]
