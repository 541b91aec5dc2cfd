"""What the providers charge, by the day: the shipped card, and what an odd one is told."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from app.core.errors import InvalidInput, NotFound
from app.core.paths import resources
from app.services.plans import Rate, rate_cards, read_rate_cards
from app.services.plans.rate_card import ChargeRule, Task

SHIPPED = (resources() / "rate-card.toml").read_text()


@pytest.mark.parametrize(
    ("provider", "task", "rule", "attempt", "found"),
    [
        ("icypeas", "find_email", "on_found", 0, 1_000),
        ("icypeas", "verify_email", "on_attempt", 100, 0),
        ("dropcontact", "find_email", "reserved_then_refunded", 0, 1_000),
        ("dropcontact", "verify_email", "on_attempt", 1_000, 0),
        ("hunter", "find_email", "on_found", 0, 1_000),
        ("hunter", "verify_email", "on_attempt", 500, 0),
        ("apollo", "find_email", "on_match", 0, 1_000),
        ("apollo", "find_phone", "on_match", 0, 9_000),
    ],
)
def test_the_rates_are_those_of_the_providers_contracts(
    provider: str, task: str, rule: str, attempt: int, found: int
):
    rate = rate_cards().on(date(2026, 11, 27)).rate(provider, Task(task))
    assert rate == Rate(ChargeRule(rule), attempt, found)


def test_what_a_provider_does_not_do_has_no_rate():
    card = rate_cards().cards[0]
    assert card.rate("hunter", Task.FIND_PHONE) is None
    assert card.rate("nobody", Task.FIND_EMAIL) is None


def test_each_day_has_its_card_and_each_card_its_name(tmp_path: Path):
    file = tmp_path / "rate-card.toml"
    newer = SHIPPED[SHIPPED.index("[[cards]]") :].replace("2026-11-23", "2027-02-01")
    file.write_text(f"{SHIPPED}\n{newer}")
    cards = read_rate_cards(file)
    days = [date(2026, 1, 1), date(2027, 1, 31), date(2027, 2, 1), date(2030, 1, 1)]
    assert [cards.on(day).version for day in days] == [
        "2026-11-23", "2026-11-23", "2027-02-01", "2027-02-01",
    ]  # fmt: skip
    assert cards.named("2027-02-01").since == date(2027, 2, 1)
    with pytest.raises(NotFound, match="no rate card of 2025-01-01"):
        cards.named("2025-01-01")


@pytest.mark.parametrize(
    ("found", "put", "why"),
    [
        ("from = 2026-11-23", "from = 2026-11-23T10:00:00", "cards[0].from is not a date"),
        ("from = 2026-11-23", 'from = "2026-11-23"', "cards[0].from is not a date"),
        ('rule = "on_found"', 'rule = "never"', "find_email.rule is not a way of charging"),
        ("attempt = 0\n", "", "icypeas.find_email.attempt is missing"),
        ("attempt = 0\n", "attempt = -1\n", "icypeas.find_email.attempt is not a whole number"),
        ("attempt = 0\n", "attempt = 0\ntax = 1\n", "icypeas.find_email.tax is not known"),
        ("icypeas.find_email", "icypeas.find_fax", "icypeas.find_fax is not known"),
        ("[[cards]]", "[cards]", "cards is not a list of tables"),
    ],
)
def test_an_odd_rate_card_is_refused_with_the_place(found: str, put: str, why: str, tmp_path: Path):
    assert found in SHIPPED
    file = tmp_path / "rate-card.toml"
    file.write_text(SHIPPED.replace(found, put, 1))
    with pytest.raises(InvalidInput, match=re.escape(why)):
        read_rate_cards(file)


def test_cards_out_of_order_are_refused(tmp_path: Path):
    file = tmp_path / "rate-card.toml"
    file.write_text(f"{SHIPPED}\n{SHIPPED[SHIPPED.index('[[cards]]') :]}")
    with pytest.raises(InvalidInput, match="not in the order of their days"):
        read_rate_cards(file)
