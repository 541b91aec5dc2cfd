"""The account as the page, the meter and the messages show it, and what is told of limits once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.money import MILLI
from app.core.paths import Workspace
from app.services.billing.account import Used
from app.services.credits import Attempt, Step
from tests.services.licence.vendor import DAY, Vendor
from tests.services.office import HeldClock

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def call(app: App, contact: int, *, hit: bool) -> None:
    held = app.credits.reserve(Step(1, contact, contact, "icypeas", "find_email", MILLI))
    assert isinstance(held, Attempt)
    app.credits.send(held.id)
    outcome = "FOUND" if hit else "NOT_FOUND"
    app.credits.settle(held.id, charged=MILLI * hit, found=int(hit), outcome=outcome)


def told(app: App) -> list[str]:
    return [notice.text for notice in app.accounts.watch().notices]


def test_the_account_counts_credits_limits_and_the_calls_of_today(app: App) -> None:
    for contact in range(3):
        call(app, contact, hit=contact > 0)
    app.contacts.add({"first_name": "Ada"})
    account = app.accounts.read()
    assert (account.spent, account.total) == (2 * MILLI, 100 * MILLI)
    assert account.limits["enrichments"] == Used(3, 50)
    assert account.limits["provider:icypeas"] == Used(2, 100)
    assert account.limits["contacts"] == Used(1, 100)
    assert account.limits["seats"] == Used(1, 1)
    assert (account.asked_today, account.found_today) == ({"icypeas": 3}, {"icypeas": 2})


def test_a_new_month_begins_with_nothing_spent(app: App, clock: HeldClock) -> None:
    call(app, 1, hit=True)
    clock.pass_by(timedelta(days=10))
    account = app.accounts.read()
    assert (account.spent, account.total) == (0, 100 * MILLI)
    assert account.spans["last_month"].days == ("2026-11-01", "2026-11-30")
    assert account.spans["quarter"].days == ("2026-09-05", "2026-12-03")


def test_how_much_of_a_limit_is_used() -> None:
    assert Used(40, 50).share == 0.8
    assert Used(12, -1).share == 0
    assert Used(0, 0).share == 0
    assert Used(1, 0).share == 1


def test_a_limit_that_is_passed_at_a_leap_is_told_once_with_its_highest_mark(app: App) -> None:
    assert told(app) == []
    for contact in range(50):
        call(app, contact, hit=False)
    assert told(app) == ["100 % of today's enrichments are used: 50 of 50."]
    assert told(app) == []


def test_what_was_told_is_known_after_a_restart_too(app: App, tmp_path: Path) -> None:
    for contact in range(80):
        app.contacts.add({"first_name": f"Ada {contact}"})
    assert told(app) == ["80 % of the contacts of your plan are used: 80 of 100."]
    again = build(Workspace(tmp_path / "Nordlicht"), origin=Origin.CLI)
    assert told(again) == []
    again.close()


def test_a_trial_is_told_of_three_days_and_one_before_its_end_and_when_free_applies(
    app: App, clock: HeldClock, vendor: Vendor
) -> None:
    begun = int(NOW.timestamp())
    end = begun + 14 * DAY
    trial = vendor.licence(
        sub=app.licence.workspace, status="trialing", iat=begun, nbf=begun, seq=begun,
        trial_end=end, period_end=end, exp=end + DAY, grace_until=end + 4 * DAY,
    )  # fmt: skip
    app.licence.install(trial)
    said = []
    for _day in range(21):
        said.append([text for text in told(app) if "trial" in text])
        clock.pass_by(timedelta(days=1))
    ends = "on 7 Dec 2026. Then Free applies; nothing is deleted."
    assert {day: texts for day, texts in enumerate(said) if texts} == {
        11: [f"Your Professional trial ends in 3 days, {ends}"],
        13: [f"Your Professional trial ends in 1 day, {ends}"],
        18: ["Your Professional trial ended on 7 Dec 2026. Free applies; nothing was deleted."],
    }
