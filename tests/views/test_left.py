"""At a wall and past it: licences that hold no more, and what waited at the wall comes in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.services.importing import ImportOptions
from app.services.importing.parking import Parking
from app.services.jobs import JobState
from app.views.common.places import Place
from tests.services.licence.vendor import Vendor
from tests.services.office import HeldClock
from tests.views.test_accessibility import check
from tests.views.test_wall import LIMIT, listed

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ISSUED = int(NOW.timestamp()) - 3_600


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A real workspace on Free."""
    return Workspace(tmp_path / "Nordlicht")


@pytest.fixture
def app(workspace: Workspace, vendor: Vendor, clock: HeldClock) -> Iterator[App]:
    built = build(workspace, origin=Origin.UI)
    yield built
    built.close()


@pytest.fixture
def parked(app: App, tmp_path: Path) -> int:
    """The job of three people who did not fit."""
    options = ImportOptions(parking=Parking(allowed=True))
    app.jobs.run(app.importing.start(listed(tmp_path / "messe.csv", LIMIT + 3), options))
    [job] = app.jobs.views(active=True)
    return job.id


def licence(app: App, vendor: Vendor) -> str:
    own = {"sub": app.licence.workspace, "iat": ISSUED, "nbf": ISSUED, "seq": ISSUED}
    return vendor.licence(**own)


def paste(window, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    window.show_place(Place.PLAN)
    window.page(Place.PLAN).installing.from_clipboard()


def test_the_plan_card_offers_a_trial_until_something_was_tried_or_bought(
    window, app, vendor, until
):
    window.show_place(Place.PLAN)
    page = window.page(Place.PLAN)
    until(page.overview.plan.trial.isVisible)
    page.overview.plan.trial.click()
    assert "needs no card" in page.notice.text()
    until(lambda: QGuiApplication.clipboard().text() == app.licence.workspace)
    paste(window, licence(app, vendor))
    until(page.overview.plan.trial.isHidden)


def test_what_waited_at_the_wall_is_offered_once_a_licence_makes_room(
    parked, window, app, vendor, until, monkeypatch
):
    until(lambda: window.desk.plan.account is not None)
    assert window.parked.isHidden()
    paste(window, licence(app, vendor))
    until(window.parked.isVisible)
    said = "There is room now for all 3 parked rows."
    assert window.parked.words.text() == window.parked.accessibleName() == said
    window.show_place(Place.CONTACTS)
    page = window.page(Place.CONTACTS)
    until(page.table.isVisible)
    check(window, page, monkeypatch)
    window.parked.resume.click()
    until(lambda: app.jobs.view(parked).state is JobState.DONE)
    assert window.parked.isHidden()
    assert app.contacts.page().total == LIMIT + 3


def test_fewer_places_than_parked_rows_are_said_to_be_so(parked, window, app, until):
    until(lambda: window.desk.plan.account is not None)
    app.contacts.delete([app.contacts.page(limit=1).contacts[0].id])
    until(window.parked.isVisible)
    assert window.parked.words.text() == "There is room now for 1 of 3 parked rows."
    window.parked.later.click()
    window.desk.plan.load()
    until(lambda: not window.desk.calls.waiting)
    assert window.parked.isHidden()
    assert app.jobs.view(parked).state is JobState.PAUSED


def test_an_edited_licence_is_refused_with_an_entry_in_the_history(window, app, vendor, until):
    text = licence(app, vendor)
    lines = text.splitlines()
    at = lines.index("") + 2
    lines[at] = lines[at][::-1]
    paste(window, "\n".join(lines))
    page = window.page(Place.PLAN)
    until(page.notice.text)
    assert "This licence file is damaged or was changed." in page.notice.text()
    assert "your current plan is unaffected" in page.notice.text()
    until(lambda: page.overview.plan.name.text() == "Free")
    refusal = "Refuse a licence that is damaged or was changed"
    assert refusal in [entry.label for entry in app.history.operations()]
    window.show_place(Place.HISTORY)
    model = window.page(Place.HISTORY).model
    until(model.rowCount)
    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert refusal in cells
