"""Pictures of plan and usage: real workspaces whose time, licences and calls are played through.

Their licences are signed by a test issuer of their own, which only these workspaces trust.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.bootstrap import App
    from app.views.billing.page import PlanPage
    from app.views.shell.window import MainWindow

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BEGUN = datetime(2026, 10, 1, 9, tzinfo=UTC)
PRICES = {"icypeas": 1_000, "hunter": 1_100, "dropcontact": 1_000, "apollo": 10_000}
HITS = {"icypeas": 5, "hunter": 4, "dropcontact": 3, "apollo": 2}
"""Of ten calls, how many find something."""


class PlayedClock:
    """Time that stands still until it is set."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def now(self) -> datetime:
        """The moment that was set."""
        return self.at

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.at.timestamp()

    def wait(self, seconds: float, wake: threading.Event | None = None) -> bool:
        """Let time pass at once."""
        self.at += timedelta(seconds=seconds)
        return wake is not None and wake.is_set()


class Vendor:
    """Issues licences to one workspace after another."""

    def __init__(self) -> None:
        from issuer.keys import keygen, load_key

        folder = Path(tempfile.mkdtemp(prefix="captely-issuer-"))
        made = keygen(folder, "pictures", int(NOW.timestamp()), passphrase=False)
        os.environ["CAPTELY_LICENCE_KEYS"] = made["keyset"]
        self._key = load_key(Path(made["key"]))
        self._seq = 0

    def licence(
        self,
        workspace: str,
        plan: str,
        status: str,
        at: datetime,
        *,
        trial_end: int | None = None,
        packs: Sequence[dict[str, Any]] = (),
    ) -> str:
        """A month's licence from `at` on."""
        from issuer.claims import Order, Plans
        from issuer.dates import Subscription
        from issuer.issuing import Desk

        self._seq += 1
        end = int((at + timedelta(days=30)).timestamp())
        paid = Subscription(status, "month", trial_end=trial_end, period_end=end)
        order = Order(workspace, plan, paid, to="Nordlicht GmbH", packs=list(packs))
        desk = Desk(self._key, "pictures", Plans(), int(at.timestamp()) * 1_000)
        return desk.issue(order, issued=int(at.timestamp()), seq=self._seq).text


def paid_workspace(app: App, clock: PlayedClock, vendor: Vendor) -> None:
    """Two months of Professional with a rollover, a pack, and a run under way."""
    workspace = app.licence.workspace
    clock.at = BEGUN
    app.licence.install(vendor.licence(workspace, "professional", "active", BEGUN))
    for day in range(31):
        clock.at = BEGUN + timedelta(days=day)
        play_day(app, day, 5 + day % 4)
    renewed = BEGUN + timedelta(days=31)
    clock.at = renewed
    pack = {"id": "pi_1", "credits": 2_000, "iat": int(renewed.timestamp()),
            "exp": int((renewed + timedelta(days=365)).timestamp())}  # fmt: skip
    licence = vendor.licence(workspace, "professional", "active", renewed, packs=[pack])
    app.licence.install(licence)
    for day in range(31, 54):
        clock.at = BEGUN + timedelta(days=day)
        play_day(app, day, 6 + day % 5)
    clock.at = NOW
    hold_some(app)


def play_day(app: App, day: int, contacts: int) -> None:
    """One run for some contacts: provider after provider until one finds something."""
    from app.services.credits import Step
    from app.services.credits.attempts import Attempt, mark_sent

    if day % 7 in (2, 3):
        return
    with app.credits.writing("Pictures") as till:
        for contact in range(contacts):
            for place, (provider, price) in enumerate(PRICES.items()):
                item = (day * 1_000 + contact) * 10 + place
                step = Step(300 + day, item, contact, provider, "find_email", price)
                attempt = till.reserve(step)
                if not isinstance(attempt, Attempt):
                    continue
                mark_sent(till.book, attempt.id)
                hit = (contact * 7 + day + place) % 10 < HITS[provider]
                outcome = "FOUND" if hit else ("CATCH_ALL" if contact % 9 == 0 else "NOT_FOUND")
                till.settle(
                    attempt.id, charged=price if hit else 0, found=int(hit), outcome=outcome
                )
                if hit or place == contact % 4:
                    break


def hold_some(app: App) -> None:
    """A run that waits for its answers."""
    from app.services.credits import Step

    with app.credits.writing("Pictures") as till:
        for contact in range(8):
            item = 9_000_000 + contact
            till.reserve(Step(318, item, 5_000 + contact, "icypeas", "find_email", 1_000))


def free_tour(app: App, window: MainWindow, _clock: PlayedClock, vendor: Vendor) -> Iterator[str]:
    """Free, then a trial in its last days."""
    from app.views.common.places import Place
    from app.views.shell.pictures import settle

    window.show_place(Place.PLAN)
    yield "plan-free"
    page: PlanPage = window.page(Place.PLAN)  # type: ignore[assignment]
    page.show_tab(1)
    page.ledger.clear()
    page.show_tab(2)
    yield "plan-usage-empty"
    page.show_tab(0)
    begun = NOW - timedelta(days=11)
    end = int((begun + timedelta(days=14)).timestamp())
    text = vendor.licence(app.licence.workspace, "professional", "trialing", begun, trial_end=end)
    page.installing.from_file(_file(text))
    settle(window)
    yield "plan-trial"
    window.toast.clear()
    other = "0e7b7a38-6c1f-4c8e-9d0a-0f4f2f4b1f3a"
    page.installing.from_file(_file(vendor.licence(other, "starter", "active", NOW)))
    settle(window)
    yield "plan-licence-refused"


def _file(text: str) -> Path:
    path = Path(tempfile.mkdtemp(prefix="captely-licence-")) / "nordlicht.captely-licence"
    path.write_text(text)
    return path


def paid_tour(app: App, window: MainWindow, clock: PlayedClock, _vendor: Vendor) -> Iterator[str]:
    """The paid plan with its ledger, usage and caps; then nobody could confirm it any more."""
    from app.core.limits import SpendCaps
    from app.views.common.places import Place
    from app.views.shell.pictures import settle

    caps = SpendCaps(run=50_000, day=40_000, providers={"apollo": 300_000, "hunter": 60_000})
    app.credits.set_caps(caps)
    window.show_place(Place.PLAN)
    settle(window)
    window.toast.clear()
    page: PlanPage = window.page(Place.PLAN)  # type: ignore[assignment]
    yield "plan-active"
    page.show_tab(1)
    settle(window)
    page.ledger.table.select(2)
    yield "plan-ledger"
    page.overview.credits.figures["held"].click()
    yield "plan-ledger-of-figure"
    page.ledger.clear()
    page.show_tab(2)
    yield "plan-usage"
    page.show_tab(3)
    settle(window)
    row = page.caps.rows["month"]
    row.field.setText("a lot")
    row.field.editingFinished.emit()
    yield "plan-caps"
    page.show_tab(0)
    for days, name in ((16, "plan-grace"), (34, "plan-expired")):
        clock.at = NOW + timedelta(days=days)
        page.visit()
        settle(window)
        window.toast.clear()
        yield name


def outgrown_workspace(app: App, clock: PlayedClock, vendor: Vendor) -> None:
    """A trial with more contacts than Free holds, which has ended."""
    begun = NOW - timedelta(days=20)
    clock.at = begun
    end = int((begun + timedelta(days=14)).timestamp())
    licence = vendor.licence(app.licence.workspace, "starter", "trialing", begun, trial_end=end)
    app.licence.install(licence)
    for n in range(112):
        person = {"first_name": f"Anna {n:03}", "company": f"Firma {n % 9}"}
        app.contacts.add(person | {"email": f"anna{n}@firma{n % 9}.example"})
    clock.at = NOW


def outgrown_tour(
    app: App, window: MainWindow, clock: PlayedClock, _vendor: Vendor
) -> Iterator[str]:
    """What is over the limit, what waits at it, three places left, and the days of the trial."""
    from app.views.common.places import Place
    from app.views.contacts.actions import ADD
    from app.views.shell.pictures import settle

    window.show_place(Place.CONTACTS)
    window.desk.plan.load()
    settle(window)
    window.toast.clear()
    yield "contacts-over-limit"
    window.desk.actions.run(ADD)
    settle(window)
    yield "drawer-new-no-room"
    window.page(Place.CONTACTS).drawer.form.cancel.click()  # type: ignore[attr-defined]
    window.show_place(Place.PLAN)
    settle(window)
    yield "plan-over-limit"
    app.contacts.delete([row.id for row in app.contacts.page(limit=15).contacts])
    window.show_place(Place.CONTACTS)
    settle(window)
    window.toast.clear()
    yield "contacts-few-left"
    clock.at = NOW - timedelta(days=7)
    window.desk.plan.load()
    settle(window)
    window.toast.clear()
    yield "contacts-trial"


def nothing(app: App, clock: PlayedClock, vendor: Vendor) -> None:
    """A workspace that is as it was made."""


WORKSPACES = (
    ("Free", nothing, free_tour),
    ("Paid", paid_workspace, paid_tour),
    ("Outgrown", outgrown_workspace, outgrown_tour),
)
