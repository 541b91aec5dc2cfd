"""A trial in the window: its days are counted, its end is told, and nothing is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.views.common.places import Place
from tests.services.licence.vendor import DAY, Vendor
from tests.services.office import HeldClock
from tests.views.test_accessibility import check

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BEGUN = int(NOW.timestamp())
END = BEGUN + 14 * DAY
PEOPLE = 103
"""Three more than Free holds."""

OVER = (
    "3 of 103 contacts are over the limit of 100. All of them stay readable, editable and "
    "exportable for ever."
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A real workspace, not a practice one, which would have a licence of its own."""
    return Workspace(tmp_path / "Nordlicht")


@pytest.fixture
def app(workspace: Workspace, vendor: Vendor, clock: HeldClock) -> Iterator[App]:
    """On the first day of a trial, with more contacts than Free holds."""
    built = build(workspace, origin=Origin.UI)
    built.licence.install(
        vendor.licence(
            sub=built.licence.workspace, status="trialing", iat=BEGUN, nbf=BEGUN, seq=BEGUN,
            trial_end=END, period_end=END, exp=END + DAY, grace_until=END + 4 * DAY,
        )
    )  # fmt: skip
    for n in range(PEOPLE):
        built.contacts.add({"first_name": f"P{n:03}"})
    yield built
    built.close()


@pytest.fixture
def after(window, clock, until):
    """Let days pass, and look again."""

    def wait(days: int) -> None:
        clock.pass_by(timedelta(days=days))
        window.desk.plan.load()
        until(lambda: not window.desk.calls.waiting)

    return wait


def test_the_pill_counts_the_days_and_leads_to_the_plan(window, after):
    pill = window.sidebar.trial
    after(0)
    assert (pill.isVisible(), pill.text()) == (True, "Trial 14 days")
    assert pill.accessibleName() == (
        "Trial 14 days. 14 days left in your Professional trial. Add a payment method."
    )
    after(11)
    assert pill.text() == "Trial 3 days"
    assert window.toast.text == (
        "Your Professional trial ends in 3 days, on 7 Dec 2026. Then Free applies; nothing is "
        "deleted."
    )
    pill.click()
    assert window.place is Place.PLAN
    after(2)
    assert pill.text() == "Trial 1 day"
    after(1)
    assert pill.text() == "Trial ended"
    assert "Your Professional trial ended on 7 Dec. Everything keeps working until 11 Dec." in (
        window.standing.words.text()
    )


def test_what_is_over_the_limit_then_is_said_and_stays_usable(
    window, app, after, until, monkeypatch
):
    window.show_place(Place.CONTACTS)
    page = window.page(Place.CONTACTS)
    after(0)
    assert page.over.isHidden()
    after(19)
    assert window.sidebar.trial.isHidden()
    assert page.over.isVisible()
    assert page.over.accessibleName() == page.over.words.text() == OVER
    assert page.add_button.trail == "0 left"
    until(page.table.isVisible)
    check(window, page, monkeypatch)

    [row] = app.contacts.page("P102").contacts
    app.contacts.change(row.id, {"title": "Buyer"})
    assert app.contacts.get(row.id).values["title"] == "Buyer"

    page.over.plan.click()
    plan = window.page(Place.PLAN)
    until(lambda: OVER in plan.overview.limits.text())
    assert plan.overview.plan.name.text() == "Free"
    assert "Trial ended" in plan.overview.plan.facts.text()
    assert "its grace ended on 11 Dec 2026" in plan.overview.plan.noted.text()


def test_the_strip_that_was_put_away_stays_away(window, after):
    window.show_place(Place.CONTACTS)
    strip = window.page(Place.CONTACTS).over
    after(19)
    strip.close_.click()
    assert strip.isHidden()
    after(1)
    assert strip.isHidden()


def test_a_clock_that_was_set_back_gains_nothing_and_says_so(window, clock, after):
    after(19)
    window.show_place(Place.PLAN)
    after(-40)
    plan = window.page(Place.PLAN).overview.plan
    assert plan.message.text().startswith("Your computer's clock says 2 Nov 2026, earlier than")
    assert "it counts as 12 Dec 2026" in plan.noted.text()
    assert plan.name.text() == "Free"
    assert window.standing.words.text() == plan.message.text()
