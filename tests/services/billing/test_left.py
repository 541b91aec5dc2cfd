"""What is left of the plan's contacts and imports, as every control says it before it is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.bootstrap import App
from app.services.billing.left import (
    CONTACTS,
    IMPORTS,
    Left,
    after_words,
    left_of,
    may_try,
    over_words,
)
from app.services.importing import ImportOptions
from tests.services.licence.vendor import DAY, Vendor
from tests.services.office import HeldClock

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ISSUED = int(NOW.timestamp()) - 3_600


def brought_in(app: App, folder: Path, people: int, name: str = "list.csv") -> None:
    lines = [f"P{n},p{n}@{name}.example" for n in range(people)]
    path = folder / name
    path.write_text("\n".join(("First name,Email", *lines)))
    app.jobs.run(app.importing.start(path, ImportOptions()))


def license_(app: App, vendor: Vendor, plan: str, **claims: Any) -> None:
    limits = app.licence.current().limits.as_dict()
    limits |= claims.pop("limits", {})
    own = {"sub": app.licence.workspace, "iat": ISSUED, "nbf": ISSUED, "seq": ISSUED}
    app.licence.install(vendor.licence(**(own | {"plan": plan, "limits": limits} | claims)))


def left(app: App, name: str) -> Left:
    return left_of(app.accounts.read(), name)


def test_nothing_is_said_while_plenty_is_left(app: App, tmp_path: Path) -> None:
    brought_in(app, tmp_path, 79)
    assert left(app, CONTACTS) == Left(21)
    assert left_of(None, CONTACTS) == Left()
    assert left(app, "") == Left()


def test_a_fifth_of_the_limit_is_where_it_begins_to_matter(app: App, tmp_path: Path) -> None:
    brought_in(app, tmp_path, 80)
    found = left(app, CONTACTS)
    assert (found.n, found.short) == (20, "20 left")
    assert found.said == "20 more contacts fit: your plan holds 100."
    assert not found.is_used_up


def test_the_one_import_of_free_is_told_before_and_after_it_is_used(
    app: App, tmp_path: Path
) -> None:
    before = left(app, IMPORTS)
    assert (before.short, before.said) == ("1 left", "1 of 1 import is left this month.")
    brought_in(app, tmp_path, 3)
    after = left(app, IMPORTS)
    assert after.is_used_up
    assert after.short == "0 left"
    assert after.said == "The one import of this month is used; there is another from 1 Dec on."
    assert "rejected or parked may come back at any time" in after.help


def test_a_full_plan_says_so_and_what_helps(app: App, tmp_path: Path) -> None:
    brought_in(app, tmp_path, 100)
    found = left(app, CONTACTS)
    assert found.is_used_up
    assert found.said == "All 100 contacts of your plan are used."
    assert "A larger plan makes room" in found.help
    assert over_words(app.accounts.read()) == ""


def test_a_plan_without_limits_is_never_counted_down(app: App, vendor: Vendor) -> None:
    license_(app, vendor, "enterprise", limits={"contacts": -1, "imports_month": -1})
    assert left(app, CONTACTS) == left(app, IMPORTS) == Left()


def test_an_import_under_way_has_taken_its_places(app: App, tmp_path: Path) -> None:
    brought_in(app, tmp_path, 80)
    account = app.accounts.read()
    under_way = replace(account, overview=replace(account.overview, coming=19))
    assert left_of(under_way, CONTACTS).short == "1 left"


def test_after_a_trial_it_is_said_how_many_are_over_and_that_they_stay(
    app: App, vendor: Vendor, clock: HeldClock, tmp_path: Path
) -> None:
    end = ISSUED + 14 * DAY
    license_(
        app, vendor, "professional", status="trialing", trial_end=end, exp=end + DAY,
        grace_until=end + 4 * DAY, limits={"contacts": 50_000, "imports_month": -1},
    )  # fmt: skip
    brought_in(app, tmp_path, 500)
    assert left(app, CONTACTS).short == ""
    clock.pass_by(timedelta(days=19))
    account = app.accounts.read()
    assert account.standing.plan == "free"
    assert over_words(account) == (
        "400 of 500 contacts are over the limit of 100. "
        "All of them stay readable, editable and exportable for ever."
    )
    found = left_of(account, CONTACTS)
    assert (found.n, found.said) == (0, "Your plan holds 100 contacts, and there are 500.")
    assert app.contacts.page().total == 500
    one = app.contacts.page(limit=1).contacts[0].id
    app.contacts.change(one, {"title": "Still mine to change"})


def test_a_trial_is_offered_only_where_nothing_was_tried_or_bought(
    app: App, vendor: Vendor, clock: HeldClock
) -> None:
    assert not may_try(None)
    assert may_try(app.accounts.read())
    license_(app, vendor, "professional")
    assert not may_try(app.accounts.read())
    clock.pass_by(timedelta(days=400))
    assert not may_try(app.accounts.read())


def test_the_review_says_what_fits_after_an_import_once_it_matters() -> None:
    assert (
        after_words(100, 10, 80) == "After this import 10 more contacts fit: your plan holds 100."
    )
    assert after_words(100, 10, 20) == ""
    assert after_words(100, 90, 0) == ""
    assert after_words(-1, 90, 80) == ""
