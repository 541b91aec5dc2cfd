"""The providers are declared once, and plans and prices name no other."""

from __future__ import annotations

from app.core.providers import PROVIDERS, provider_name
from app.services.plans import catalogue
from app.services.plans.rate_card import rate_cards


def test_every_provider_of_plans_and_prices_has_a_name():
    sold = {name for plan in catalogue().plans.values() for name in plan.limits.providers}
    priced = {name for card in rate_cards().cards for name in card.rates}
    assert sold | priced <= set(PROVIDERS)


def test_a_provider_of_another_version_is_called_by_its_key():
    assert (provider_name("hunter"), provider_name("newcomer")) == ("Hunter", "Newcomer")
