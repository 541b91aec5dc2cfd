"""The page of plan and usage: licences brought in, limits, the ledger, usage, caps and notices."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.limits import SpendCaps
from app.core.paths import Workspace
from app.services.credits import Attempt, Kind, Step
from app.views.billing.ledger_rows import effect
from app.views.billing.page import CAPS, LEDGER, OVERVIEW, USAGE
from app.views.common import painting
from app.views.common.places import Place
from app.views.common.theme import theme
from tests.services.licence.vendor import DAY, LIMITS, Vendor
from tests.services.loopback import Loopback, serving
from tests.services.office import HeldClock
from tests.views.test_accessibility import check

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ISSUED = int(NOW.timestamp()) - 3_600


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A real workspace, not a practice one, which would have a licence of its own."""
    return Workspace(tmp_path / "Nordlicht")


@pytest.fixture
def app(workspace: Workspace, vendor: Vendor, clock: HeldClock) -> Iterator[App]:
    built = build(workspace, origin=Origin.UI)
    yield built
    built.close()


@pytest.fixture
def licence(app: App, vendor: Vendor):
    """The text of a licence for this workspace, with some claims changed."""

    def made(**changes: Any) -> str:
        own = {"sub": app.licence.workspace, "iat": ISSUED, "nbf": ISSUED, "seq": ISSUED}
        return vendor.licence(**(own | changes))

    return made


@pytest.fixture
def page(window, until):
    window.show_place(Place.PLAN)
    opened = window.page(Place.PLAN)
    until(lambda: opened.overview.account is not None)
    until(lambda: not window.desk.calls.waiting)
    return opened


def file_of(folder: Path, text: str) -> Path:
    path = folder / "acme.captely-licence"
    path.write_text(text)
    return path


def call(
    app: App, contact: int, *, hit: bool = True, job: int = 1, provider: str = "icypeas"
) -> None:
    """One call of a provider that found something, or did not."""
    held = app.credits.reserve(Step(job, contact, contact, provider, "find_email", 1_000))
    assert isinstance(held, Attempt), held
    app.credits.send(held.id)
    outcome = "FOUND" if hit else "NOT_FOUND"
    app.credits.settle(held.id, charged=1_000 * hit, found=int(hit), outcome=outcome)


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def shown_rows(page) -> list[Any]:
    model = page.ledger.model
    return [model.row(place) for place in range(model.rowCount())]


def loaded(page, until) -> list[Any]:
    until(lambda: not page.desk.calls.waiting)
    return shown_rows(page)


# The plan and its licence --------------------------------------------------------------------


def test_without_a_licence_the_page_shows_free_with_its_limits(page):
    overview = page.overview
    assert overview.plan.name.text() == "Free"
    assert overview.plan.message.text() == "You're on Free. Start a 14-day trial."
    assert overview.credits.figures["available"].text() == "100"
    assert "Enrichments today 0 of 50" in overview.limits.text()
    assert "Imports this month 0 of 1" in overview.limits.text()
    assert "Contacts 0 of 100" in overview.limits.text()
    assert "Icypeas 0 of 100 Today: 0 found of 0" in overview.providers.text()
    assert overview.plan.refresh.isHidden()


def test_the_trial_that_free_speaks_of_is_one_click_away(page, app, licence, until):
    page.overview.plan.trial.click()
    assert "lasts 14 days and needs no card" in page.notice.text()
    until(lambda: QGuiApplication.clipboard().text() == app.licence.workspace)
    app.licence.install(licence())
    page.desk.plan.load()
    until(lambda: page.overview.plan.name.text() == "Professional")
    assert page.overview.plan.trial.isHidden()


def test_a_chosen_file_is_installed_and_its_plan_counts_at_once(
    page, until, licence, tmp_path, monkeypatch
):
    file = file_of(tmp_path, licence())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(file), ""))
    page.install.click()
    until(lambda: page.overview.plan.name.text() == "Professional")
    assert page.overview.plan.state.text == "Active"
    assert page.notice.text() == "Licence accepted: Professional. Renews 23 Dec 2026."
    assert "Licensed to: Acme Ltd" in page.overview.plan.facts.text()
    assert page.overview.credits.figures["available"].text() == "5,000"


def test_a_licence_can_be_pasted_or_dropped_on_the_window(page, window, until, licence, tmp_path):
    QGuiApplication.clipboard().setText(licence(plan="starter"))
    page.overview.licence.paste.click()
    until(lambda: page.overview.plan.name.text() == "Starter")
    window.show_place(Place.CONTACTS)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file_of(tmp_path, licence(seq=ISSUED + 1))))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    window.dropEvent(QDropEvent(QPointF(9, 9), copy, data, left, none))
    assert window.place is Place.PLAN
    until(lambda: page.overview.plan.name.text() == "Professional")


def test_an_empty_clipboard_says_what_to_copy(page):
    QGuiApplication.clipboard().clear()
    page.overview.licence.paste.click()
    assert "Copy the licence from BEGIN to END first" in page.notice.text()


def test_a_refused_licence_says_why_in_place_and_changes_nothing(
    page, window, until, vendor, licence, app
):
    app.licence.install(licence())
    until(lambda: page.overview.plan.name.text() == "Professional")
    other = "11111111-2222-4333-8444-555555555555"
    QGuiApplication.clipboard().setText(vendor.licence(sub=other, iat=ISSUED, nbf=ISSUED))
    page.overview.licence.paste.click()
    until(lambda: "This licence is for workspace …5555" in page.notice.text())
    assert page.overview.plan.name.text() == "Professional"
    page.notice.offer("Copy workspace ID", page.installing.copy_id).click()
    until(lambda: QGuiApplication.clipboard().text() == app.licence.workspace)


def test_a_damaged_licence_is_told_in_the_words_of_the_contract(page, until, licence):
    QGuiApplication.clipboard().setText(licence().replace("Key: k2026a", "Key: k2026a\nX: y"))
    page.overview.licence.paste.click()
    until(lambda: "This licence file is damaged or was changed." in page.notice.text())
    assert "your current plan is unaffected" in page.notice.text()


def test_the_workspace_id_is_copied(page, window, until, app):
    page.overview.licence.copy.click()
    until(lambda: window.toast.text == "The workspace ID is copied")
    assert (
        QGuiApplication.clipboard().text()
        == app.licence.workspace
        == page.overview.licence.id.text()
    )


def test_where_a_licence_has_an_address_it_can_be_refreshed(page, until, app, licence):
    served = [licence(plan="starter")]
    with serving(lambda request: answer(request, served)) as (address, _seen):
        app.renewals.refresh(f"{address}/acme.captely-licence")
        until(page.overview.plan.refresh.isVisible)
        assert page.overview.plan.name.text() == "Starter"
        served[:] = [licence(seq=ISSUED + 1)]
        page.overview.plan.refresh.click()
        until(lambda: page.overview.plan.name.text() == "Professional")
        assert page.notice.text().startswith("Licence accepted: Professional.")
        served.clear()
        page.overview.plan.refresh.click()
        until(lambda: "There is no licence at this address" in page.notice.text())
        assert page.overview.plan.name.text() == "Professional"


def answer(request: Loopback, served: list[str]) -> None:
    """The licence that is served now, and nothing else."""
    if served and request.path.endswith(".captely-licence"):
        request.answer(body=served[0].encode())
    else:
        request.answer(404)


# States and their urgency --------------------------------------------------------------------


def state_after(window, until, clock, app, text: str, days: int) -> str:
    """Install a licence, let days pass, and look again."""
    app.licence.install(text)
    clock.pass_by(timedelta(days=days))
    window.desk.plan.load()
    until(lambda: not window.desk.calls.waiting)
    return window.standing.words.text() if window.standing.isVisible() else ""


def test_a_trial_is_calm_then_amber_then_persistent(page, window, until, clock, app, licence):
    end = ISSUED + 14 * DAY
    text = licence(status="trialing", trial_end=end, exp=end + DAY, grace_until=end + 4 * DAY)
    assert state_after(window, until, clock, app, text, 0) == ""
    assert page.overview.plan.state.text == "Trial"
    clock.pass_by(timedelta(days=10))
    window.desk.plan.load()
    until(window.standing.isVisible)
    assert "4 days left in your Professional trial" in window.standing.words.text()
    window.standing.close_.click()
    assert not window.standing.isVisible()
    clock.pass_by(timedelta(days=2))
    window.desk.plan.load()
    until(window.standing.isVisible)
    assert "2 days left" in window.standing.words.text()
    assert window.standing.close_.isHidden()


def test_grace_then_expiry_are_shown_above_every_page(page, window, until, clock, app, licence):
    said = state_after(window, until, clock, app, licence(), 35)
    assert said.startswith("We couldn't confirm your plan since")
    assert page.overview.plan.state.text == "Not confirmed"
    assert page.overview.plan.name.text() == "Professional"
    clock.pass_by(timedelta(days=20))
    window.show_place(Place.CONTACTS)
    window.desk.plan.load()
    until(lambda: "Free limits apply" in window.standing.words.text())
    window.standing.open.click()
    assert window.place is Place.PLAN
    assert page.overview.plan.state.text == "Expired"
    assert page.overview.plan.name.text() == "Free"


def test_a_failed_payment_cannot_be_put_away(page, window, until, clock, app, licence):
    text = licence(status="past_due", exp=ISSUED + 7 * DAY, grace_until=ISSUED + 14 * DAY)
    assert state_after(window, until, clock, app, text, 0).startswith("Payment failed on 23 Nov")
    assert window.standing.close_.isHidden()


# Credits and the ledger ----------------------------------------------------------------------


def test_every_figure_of_the_credits_opens_exactly_the_rows_it_is_made_of(
    page, window, until, app, licence
):
    app.licence.install(licence())
    for contact in range(6):
        call(app, contact, hit=contact % 2 == 0)
    app.credits.reserve(Step(1, 90, 90, "icypeas", "find_email", 1_000))
    window.desk.plan.load()
    figures = page.overview.credits.figures
    until(lambda: figures["spent"].text() == "3")
    assert (figures["available"].text(), figures["held"].text()) == ("4,996", "1")
    sums = {}
    for key, purse in (("available", "avail"), ("held", "hold"), ("spent", "consumed")):
        figures[key].click()
        assert page.tab == LEDGER
        sums[key] = sum(effect(row, purse) for row in loaded(page, until))
    assert sums == {"available": 4_996_000, "held": 1_000, "spent": 3_000}
    assert page.ledger.showing.text() == "These movements make up what was spent this month."
    page.ledger.clear()
    assert len(loaded(page, until)) == app.credits.ledger()[0]


def test_a_bucket_and_a_provider_open_their_rows(page, window, until, app):
    for contact in range(3):
        call(app, contact)
    window.desk.plan.load()
    until(lambda: "Icypeas 3 of 100" in page.overview.providers.text())
    bucket = page.overview.buckets.lines[0].key
    page.overview.buckets.figures[bucket].click()
    assert sum(effect(row, "avail") for row in loaded(page, until)) == 97_000
    page.overview.providers.figures["provider:icypeas"].click()
    rows = loaded(page, until)
    assert [row.found for row in rows] == [1, 1, 1]
    page.show_tab(OVERVIEW)
    page.overview.limits.figures["contacts"].click()
    assert window.place is Place.CONTACTS


def test_the_balance_of_each_row_is_what_was_available_after_it(page, until, app):
    for contact in range(4):
        call(app, contact, hit=contact > 0)
    page.show_tab(LEDGER)
    rows = loaded(page, until)
    balance = 0
    for row in reversed(rows):
        balance += effect(row, "avail")
        assert row.balance == balance
    assert balance == app.credits.overview().sums.available


def test_the_ledger_is_filtered_and_the_filter_cleared(page, until, app):
    for contact in range(3):
        call(app, contact, hit=False)
    page.show_tab(LEDGER)
    ledger = page.ledger
    ledger.kind.choose("void")
    ledger.kind.picked.emit("void")
    assert {row.kind for row in loaded(page, until)} == {"void"}
    ledger.kind.choose("refund")
    ledger.kind.picked.emit("refund")
    until(lambda: ledger.no_match.isVisible())
    ledger.clear_button.click()
    assert len(loaded(page, until)) == 7


def test_a_long_ledger_is_read_page_by_page(page, until, app):
    with app.credits.writing("Test") as till:
        for contact in range(80):
            till.reserve(Step(1, contact, contact % 40, "icypeas", "find_email", 1_000))
            till.book.move(Kind.HOLD, 11, 12, 1, key=f"more:{contact}")
    page.show_tab(LEDGER)
    until(lambda: page.ledger.model.rowCount() == 161)
    model = page.ledger.model
    assert model.row(0) is not None
    assert model.row(150) is None
    page.ledger.table.scrollToBottom()
    until(lambda: model.row(160) is not None)
    assert model.row(160).kind == "grant"


def test_a_row_leads_to_its_contact(page, window, until, app):
    contact = app.contacts.add({"first_name": "Ada"}).id
    call(app, contact)
    page.show_tab(LEDGER)
    loaded(page, until)
    page.ledger.table.opened.emit(0)
    assert window.place is Place.CONTACTS
    until(lambda: window.page(Place.CONTACTS).drawer.contact is not None)


# Usage ---------------------------------------------------------------------------------------


def test_usage_by_provider_outcome_run_and_day_with_n_shown(page, until, app, licence):
    app.licence.install(licence())
    for contact in range(6):
        call(app, contact, hit=contact < 4, provider="hunter" if contact % 2 else "icypeas")
    page.show_tab(USAGE)
    usage = page.usage
    until(lambda: usage.usage is not None and usage.usage.calls == 6)
    assert usage.said.text() == "n = 6 calls, 4 found, 4 credits"
    lists = {by.value: shown.text() for by, shown in usage.lists.items()}
    assert "Icypeas 2 credits 2 found of 3" in lists["provider"]
    assert "Found 4 calls 4 credits" in lists["outcome"]
    assert "Not found 2 calls 0 credits" in lists["outcome"]
    assert "Run 1 4 credits 4 found of 6" in lists["job"]
    assert usage.chart.isVisible()
    assert len(usage.chart.days) == 30
    assert usage.chart.words_of(22) == "23 Nov: 4 credits (Hunter 2, Icypeas 2)"


def test_nothing_is_drawn_of_fewer_than_five_calls(page, until, app):
    for contact in range(4):
        call(app, contact)
    page.show_tab(USAGE)
    until(lambda: page.usage.usage is not None and page.usage.usage.calls == 4)
    assert not page.usage.chart.isVisible()
    assert page.usage.too_few.text() == "Too few to draw: n = 4 calls. A chart needs 5."
    assert all(line.share is None for each in page.usage.lists.values() for line in each.lines)


def test_a_month_without_calls_offers_a_longer_time(page, until, app, clock):
    call(app, 1)
    clock.pass_by(timedelta(days=10))
    page.visit("usage")
    until(page.usage.longer.isVisible)
    assert page.usage.empty.title.text() == "Nothing was asked of a provider then"
    page.usage.longer.click()
    until(lambda: page.usage.usage is not None and page.usage.usage.calls == 1)
    assert page.usage.said.text() == "n = 1 call, 1 found, 1 credits"


def test_the_chart_is_walked_by_keyboard_and_opens_a_day(page, until, app, qtbot):
    for contact in range(5):
        call(app, contact)
    page.show_tab(USAGE)
    chart = page.usage.chart
    until(chart.isVisible)
    chart.setFocus()
    for _ in range(8):
        qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "23 Nov: 5 credits (Icypeas 5)"
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert page.tab == LEDGER
    assert sum(effect(row, "consumed") for row in loaded(page, until)) == 5_000


def test_usage_and_ledger_are_exported_as_csv(page, until, app, tmp_path, monkeypatch):
    for contact in range(3):
        call(app, contact, hit=contact > 0)
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda _o, _t, name, _f: (str(tmp_path / name), "")
    )
    page.show_tab(USAGE)
    page.export.click()
    until((tmp_path / "credit-usage.csv").exists)
    rows = rows_of(tmp_path / "credit-usage.csv")
    assert [(r["day"], r["provider"], r["outcome"], r["calls"], r["credits"]) for r in rows] == [
        ("2026-11-23", "icypeas", "FOUND", "2", "2"),
        ("2026-11-23", "icypeas", "NOT_FOUND", "1", "0"),
    ]
    page.show_tab(LEDGER)
    page.export.click()
    until((tmp_path / "credit-ledger.csv").exists)
    rows = rows_of(tmp_path / "credit-ledger.csv")
    assert [row["movement"] for row in rows] == ["grant", *["hold", "void"], *["hold", "post"] * 2]
    assert rows[-1]["balance"] == "98"


# Caps ----------------------------------------------------------------------------------------


def type_cap(page, key: str, text: str) -> None:
    field = page.caps.rows[key].field
    field.setText(text)
    field.editingFinished.emit()


def test_a_cap_is_edited_in_place_and_undone_from_the_toast(page, window, until, app):
    page.show_tab(CAPS)
    type_cap(page, "day", "12.5")
    until(lambda: app.credits.caps().day == 12_500)
    until(lambda: window.toast.text == "Spend cap changed: Each day")
    type_cap(page, "icypeas", "40")
    until(lambda: app.credits.caps().providers == {"icypeas": 40_000})
    until(lambda: window.toast.text == "Spend cap changed: Icypeas")
    window.toast.button.click()
    until(lambda: app.credits.caps() == SpendCaps(day=12_500))
    until(lambda: page.caps.rows["icypeas"].field.text() == "")


def test_a_cap_that_is_no_number_is_refused_below_its_field(page, app):
    page.show_tab(CAPS)
    type_cap(page, "month", "a lot")
    row = page.caps.rows["month"]
    assert "not a number of credits" in row.error.text()
    assert row.field.text() == "a lot"
    assert app.credits.caps() == SpendCaps()


# The whole window ----------------------------------------------------------------------------


def test_the_meter_at_the_foot_says_what_is_left_and_opens_the_page(window, until, app):
    assert not window.sidebar.meter.isVisible()
    call(app, 1)
    window.desk.plan.watch()
    until(window.sidebar.meter.isVisible)
    name = "Credits: 99 of 100 left this month, 0 held. Plan: Free"
    assert window.sidebar.meter.accessibleName() == name
    window.sidebar.meter.click()
    assert window.place is Place.PLAN


def test_each_limit_is_told_once_at_80_95_and_100_percent(window, until, app, clock):
    told = []
    window.desk.plan.noticed.connect(told.append)

    def look() -> list[str]:
        told.clear()
        window.desk.plan.load()
        until(lambda: not window.desk.calls.waiting)
        return list(told)

    assert look() == []
    for contact in range(40):
        call(app, contact, hit=False)
    assert look() == ["80 % of today's enrichments are used: 40 of 50."]
    assert window.toast.button.text() == "Show"
    assert look() == []
    for contact in range(40, 48):
        call(app, contact, hit=False)
    assert look() == ["96 % of today's enrichments are used: 48 of 50."]
    for contact in range(48, 50):
        call(app, contact, hit=False)
    assert look() == ["100 % of today's enrichments are used: 50 of 50."]
    assert look() == []
    clock.pass_by(timedelta(days=1))
    for contact in range(100, 140):
        call(app, contact, hit=False)
    assert look() == ["80 % of today's enrichments are used: 40 of 50."]


def test_what_expires_within_a_week_is_told_on_the_page_and_once_in_a_message(
    page, window, until, app, licence, clock
):
    end = int((NOW + timedelta(days=5)).timestamp())
    pack = {"id": "pi_1", "credits": 500, "iat": ISSUED, "exp": end}
    told = []
    window.desk.plan.noticed.connect(told.append)
    app.licence.install(licence(packs=[pack]))
    until(lambda: "500 credits expire within 7 days." in page.overview.bucket_note.text())
    assert (
        "Credit pack 500 of 500 Expires on 28 Nov 2026, in 6 days" in page.overview.buckets.text()
    )
    assert told == ["500 credits expire on 28 Nov 2026."]


def test_the_page_is_reached_by_actions_that_are_declared_once(window, until):
    from app.views.billing import actions as acts

    window.show_place(Place.CONTACTS)
    for action, tab in ((acts.CAPS, CAPS), (acts.USAGE, USAGE), (acts.LEDGER, LEDGER)):
        assert window.desk.actions.run(action)
        assert window.place is Place.PLAN
        assert window.page(Place.PLAN).tab == tab
    assert not window.desk.actions.available(acts.REFRESH)


@pytest.mark.parametrize(("size", "percent"), [((1280, 800), 100), ((1024, 640), 125)])
def test_nothing_of_any_tab_is_cut(page, window, until, app, licence, size, percent, monkeypatch):
    app.licence.install(licence(limits=LIMITS))
    for contact in range(7):
        call(app, contact, provider="hunter" if contact % 2 else "icypeas")
    theme().use(percent=percent)
    window.resize(*size)
    for tab in (OVERVIEW, LEDGER, USAGE, CAPS):
        page.show_tab(tab)
        until(lambda: not window.desk.calls.waiting)
        check(window, page, monkeypatch)
    assert painting.audit is not None


def test_no_bar_lies_over_the_words_beside_it(page, window, until, app, licence):
    app.licence.install(licence())
    until(lambda: page.overview.plan.name.text() == "Professional")
    for percent in (100, 125):
        theme().use(percent=percent)
        page.overview.grab()
        for shown in (page.overview.limits, page.overview.providers, page.overview.buckets):
            for parts in shown._parts:
                if parts.meter.isVisible() and parts.name.isVisible():
                    assert not parts.meter.geometry().intersects(parts.name.geometry())
                    assert not parts.meter.geometry().intersects(parts.figure.geometry())


# While the window stays open ------------------------------------------------------------------


def test_a_month_that_turns_shows_in_the_open_window(window, page, app, clock, until):
    call(app, 1)
    clock._now = datetime(2026, 11, 30, 23, 59, 59, 800_000, tzinfo=UTC)
    window.desk.plan.watch()
    until(lambda: window.desk.plan.account.now == clock.now())
    assert window.desk.plan.account.overview.moment.month.label == "2026-11"
    assert window.desk.plan.account.spent == 1_000

    clock.pass_by(timedelta(seconds=1))
    until(lambda: window.desk.plan.account.overview.moment.month.label == "2026-12")
    assert window.desk.plan.account.spent == 0
    assert shown_credits(page) == "100"


@pytest.mark.parametrize(
    ("claims", "ends", "state"),
    [
        ({"status": "trialing", "trial_end": ISSUED + DAY}, "grace_until", "expired"),
        ({}, "exp", "grace"),
    ],
)
def test_a_licence_that_ends_shows_in_the_open_window(
    window, page, app, clock, licence, until, claims: dict[str, Any], ends: str, state: str
):
    end = ISSUED + 2 * DAY
    dates = {"exp": end, "grace_until": end if ends == "grace_until" else end + DAY}
    app.licence.install(licence(**claims, **dates))
    clock._now = datetime.fromtimestamp(end - 0.2, UTC)
    window.desk.plan.watch()
    until(lambda: window.desk.plan.account.now == clock.now())
    assert window.desk.plan.account.standing.plan == "professional"

    clock.pass_by(timedelta(seconds=2))
    until(lambda: window.desk.plan.account.standing.state == state)
    plan = "free" if state == "expired" else "professional"
    assert window.desk.plan.account.standing.plan == plan


def test_a_computer_that_is_online_again_fetches_the_licence_at_once(
    window, page, app, clock, licence, until
):
    from PySide6.QtNetwork import QNetworkInformation

    states = QNetworkInformation.Reachability
    texts = {"now": licence(plan="starter")}

    def host(request: Loopback) -> None:
        found = texts.get("now") if request.path.endswith("-licence") else None
        request.answer(200, found.encode()) if found else request.answer(404)

    with serving(host) as (address, _):
        app.renewals.refresh(f"{address}/{{workspace}}.captely-licence")
        window.desk.plan.watch()
        window.network.told(states.Disconnected)
        texts["now"] = licence(plan="professional", seq=ISSUED + 5)
        clock.pass_by(timedelta(days=3))
        # It was tried in vain a moment ago, which would otherwise be waited for.
        checked = json.loads(app.licence.facts.all()["licence.checked"])
        checked |= {"tried": int(clock.now().timestamp()) - 60, "unreachable": True}
        app.licence.facts.set({"licence.checked": json.dumps(checked)})
        window.network.told(states.Online)
        until(lambda: window.desk.plan.account.standing.plan == "professional")


def test_the_licence_is_looked_after_while_the_window_is_open(
    app, clock, licence, open_window, until, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.views.common.plan_watch.RENEW_MS", 50)
    app.licence.install(licence())
    clock.pass_by(timedelta(hours=2))
    window = open_window()
    window.desk.plan.watch()
    until(lambda: app.licence._marked().at == int(clock.now().timestamp()))
    until(lambda: window.desk.plan.account is not None)
    offline = window.network.offline
    # The time is kept, and the clock that is set back meanwhile is told.
    clock.pass_by(timedelta(hours=-30))
    until(lambda: window.desk.plan.account.standing.state == "clock_rollback")
    assert window.network.offline is offline


def shown_credits(page) -> str:
    return page.overview.credits.figures["available"].text()
