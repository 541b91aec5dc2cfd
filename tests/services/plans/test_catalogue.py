"""The shipped catalogue says what was decided, and an odd one is refused with a sentence."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.core.errors import InvalidInput, NotFound
from app.core.paths import resources
from app.core.plans import Tier
from app.services.plans import catalogue, read_catalogue

ROOT = Path(__file__).parents[3]
SHIPPED = (resources() / "plans.toml").read_text()

FREE, STARTER, PROFESSIONAL, ENTERPRISE = Tier
UNLIMITED = -1

DECIDED = {
    # credits a month, enrichments a day, imports a month, contacts, seats, rollover cap
    FREE: (100, 50, 1, 100, 1, 0),
    STARTER: (1_000, 500, 10, 5_000, 1, 0),
    PROFESSIONAL: (5_000, 2_000, UNLIMITED, 50_000, 5, 10_000),
    ENTERPRISE: (20_000, 10_000, UNLIMITED, UNLIMITED, UNLIMITED, 40_000),
}
PROVIDERS = {
    FREE: {"icypeas": 100},
    STARTER: {"icypeas": 1_000, "dropcontact": 500, "hunter": 500},
    PROFESSIONAL: {"icypeas": 5_000, "dropcontact": 3_000, "hunter": 3_000, "apollo": 2_000},
    ENTERPRISE: {"icypeas": 20_000, "dropcontact": 15_000, "hunter": 15_000, "apollo": 10_000},
}
PRICES = {FREE: [], STARTER: [4_900, 49_000], PROFESSIONAL: [14_900, 149_000],
          ENTERPRISE: [49_900, 499_000]}  # fmt: skip


@pytest.mark.parametrize("tier", list(Tier))
def test_every_limit_and_price_is_the_one_that_was_decided(tier: Tier):
    plan = catalogue().plans[tier]
    limits = plan.limits
    assert DECIDED[tier] == (
        limits.credits_month, limits.enrichments_day, limits.imports_month, limits.contacts,
        limits.seats, limits.rollover_cap,
    )  # fmt: skip
    assert dict(limits.provider_month) == PROVIDERS[tier]
    assert limits.providers == tuple(PROVIDERS[tier])
    assert [price.amounts["usd"] for price in plan.prices.values()] == PRICES[tier]


def test_a_year_saves_two_months():
    for plan in catalogue().plans.values():
        if plan.prices:
            month, year = (price.amounts["usd"] for price in plan.prices.values())
            assert year == 10 * month


def test_trials_and_packs_are_those_that_were_decided():
    assert catalogue().trial_days == 14
    assert [tier for tier, plan in catalogue().plans.items() if plan.trial] == [
        STARTER, PROFESSIONAL,
    ]  # fmt: skip
    assert [(pack.credits, pack.months) for pack in catalogue().packs.values()] == [
        (500, 12), (2_000, 12), (10_000, 12),
    ]  # fmt: skip
    assert dict(catalogue().charges) == {"email": 1_000, "phone": 10_000, "verification": 100}


def test_a_plan_is_found_by_its_name_and_by_stripe_s_key():
    assert catalogue().plan("starter").tier is STARTER
    assert catalogue().tier_of("captely_professional_year") is PROFESSIONAL
    assert catalogue().tier_of("something_else") is None
    with pytest.raises(NotFound, match="There is no plan gold"):
        catalogue().plan("gold")


def test_no_price_stands_in_the_code():
    amounts = {amount for prices in PRICES.values() for amount in prices}
    written = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "issuer").glob("*.py")]
        if any(str(amount) in path.read_text().replace("_", "") for amount in amounts)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in amounts
    }
    assert written == set()


@pytest.mark.parametrize(
    ("found", "put", "why"),
    [
        ("format = 1", "format = 2", "format is not 1"),
        ("trial_days = 14", "trial_days = 0", "trial_days is not a whole number from 1"),
        ("trial_days = 14", "", "trial_days is missing"),
        ("trial_days = 14", "trial_days = 14\ncolour = 1", "colour is not known"),
        ("email = 1000", 'email = "1000"', "charges.email is not a whole number"),
        ("contacts = 100\n", "", "plans.free.limits.contacts is missing"),
        ("contacts = 100\n", "contacts = true\n", "plans.free.limits.contacts is not a whole"),
        ("contacts = 100\n", "contacts = 100.0\n", "plans.free.limits.contacts is not a whole"),
        ("contacts = 100\n", "contacts = -2\n", "plans.free.limits.contacts is not a whole"),
        ("contacts = 100\n", "contacts = 100\nmails = 1\n", "plans.free.limits.mails is not kn"),
        ("trial = false", 'trial = "no"', "plans.free.trial is neither true nor false"),
        ('name = "Free"', 'name = " "', "plans.free.name is not a text"),
        ('name = "Free"', 'name = "Free"\nold = 1', "plans.free.old is not known"),
        ('until_signed = "free"', 'until_signed = "gold"', "until_signed is not a plan"),
        ("{ icypeas = 100 }", "{ hunter = 1 }", "does not name the same providers"),
        ("{ icypeas = 100 }", "{}", "plans.free.limits.provider_month is empty"),
        ('["icypeas"]', '["icypeas", "icypeas"]', "providers names something twice"),
        ('["icypeas"]', '"icypeas"', "providers is not a list of texts"),
        ("[plans.free.limits]", "[plans.free.borders]", "plans.free.limits is missing"),
        ("[plans.starter.prices.month]", "[plans.starter.prices.week]", "prices.month is missing"),
        ("{ usd = 4900 }", "{ USD = 4900 }", "amounts.USD is not a currency"),
        ("{ usd = 4900 }", "{ usd = 0 }", "amounts.usd is not a whole number from 1"),
        ("captely_starter_year", "captely_starter_month", "captely_starter_month names two"),
        ("[packs.credits_500]", "[packs.credits_500]\nsize = 1", "credits_500.size is not known"),
        ("[plans.free]", "[plans.gold]\nname = 1\n[plans.free]", "plans.gold is not known"),
        ("[charges]", "[charges", "plans.toml cannot be used"),
    ],
)
def test_an_odd_catalogue_is_refused_with_the_place(found: str, put: str, why: str, tmp_path: Path):
    assert found in SHIPPED
    file = tmp_path / "plans.toml"
    file.write_text(SHIPPED.replace(found, put, 1))
    with pytest.raises(InvalidInput, match=re.escape(why)) as caught:
        read_catalogue(file)
    assert caught.value.hint


def test_a_missing_catalogue_is_told(tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"plans\.toml cannot be used"):
        read_catalogue(tmp_path / "plans.toml")
