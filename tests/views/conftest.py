"""A window on a real workspace of its own, and ways to fill it and to wait for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.services.jobs import Runner
from app.views.common.places import Place
from app.views.common.run import Calls
from app.views.common.theme import theme
from app.views.desktop import make_window, prepare_application
from app.views.shell.window import MainWindow
from tests.held import Held
from tests.services.licence.vendor import Vendor, trusted_vendor
from tests.services.office import HeldClock, hold_clock

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)

PEOPLE = (
    ("Ada", "Lovelace", "ada@acme.example", "Acme"),
    ("Chloé", "Martin", "chloe@rivoli.example", "Rivoli"),
    ("Grzegorz", "Nowak", "greg@wisla.example", "Wisła"),
    ("Lena", "Fischer", "lena@nordwind.example", "Nordwind"),
    ("Zoë", "Aalto", "zoe@fjord.example", "Fjord"),
)

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A practice workspace: HubSpot answers on this machine."""
    return Workspace(tmp_path / "Nordlicht").make_sandbox()


@pytest.fixture
def app(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """All services, on real SQLite files."""
    monkeypatch.setenv("CAPTELY_NOW", "2026-11-23T10:00:00Z")
    built = build(workspace, origin=Origin.UI)
    yield built
    built.close()


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """A test issuer whose key is trusted beside the built-in ones."""
    return trusted_vendor(tmp_path, monkeypatch)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    """A clock that stands until a test moves it."""
    return hold_clock(monkeypatch, NOW)


@pytest.fixture
def runner(app: App, qtbot: QtBot) -> Iterator[Runner]:
    """Lanes of a test's own, without a window."""
    runner = Runner(app.jobs)
    yield runner
    runner.shutdown()


@pytest.fixture
def calls(runner: Runner) -> Calls:
    """Background calls without a window."""
    return Calls(runner)


@pytest.fixture
def people(app: App) -> list[int]:
    """Five contacts, in the order of PEOPLE."""
    keys = ("first_name", "last_name", "email", "company")
    return [app.contacts.add(dict(zip(keys, person, strict=True))).id for person in PEOPLE]


@pytest.fixture
def open_window(app: App, until: Wait) -> Iterator[Callable[[], MainWindow]]:
    """Open the window, when the test has filled the workspace."""
    prepare_application()
    theme().system_moves = False
    opened: list[MainWindow] = []

    def open_one() -> MainWindow:
        window = make_window(app)
        opened.append(window)
        window.open()
        until(lambda: not window.desk.calls.waiting)
        return window

    yield open_one
    for window in opened:
        while window is not None:
            successor = window.successor
            if shiboken6.isValid(window):
                _close(window, until)
            window = successor
    theme().use(choice="light", percent=100, density="default", motion="system")


def _close(window: MainWindow, until: Wait) -> None:
    window.gives_up = True
    window.close()
    until(lambda: not shiboken6.isValid(window) or not window.desk.calls.waiting)
    # At once and here: the collector would take the tree apart in the middle of a later slot.
    if shiboken6.isValid(window):
        shiboken6.delete(window)


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    """The window on an empty workspace, or on `people` when they are asked for first."""
    return open_window()


@pytest.fixture
def until(qtbot: QtBot) -> Wait:
    """Wait until something holds, letting the window work meanwhile.

    A minute is for machines on which many tests run at a time; a window that does not answer is
    told by its stacks, and how quick it is the benchmarks say.
    """

    def wait(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=60_000)

    return wait


@pytest.fixture
def card(window, until):
    """The card of HubSpot on the page of connections."""
    window.show_place(Place.CONNECTIONS)
    page = window.page(Place.CONNECTIONS)
    until(lambda: "hubspot" in page.cards)
    return page.cards["hubspot"]


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[object, str], Held]]:
    """Hold the first answer of a method of a service back until the test lets it go."""
    held: list[Held] = []

    def hold_one(service: object, method: str) -> Held:
        held.append(Held(getattr(service, method)))
        monkeypatch.setattr(service, method, held[-1])
        return held[-1]

    yield hold_one
    for one in held:
        one.let_go()
