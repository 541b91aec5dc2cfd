"""The command line in an empty workspace, what its tests start and read, and a practice HubSpot."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.core.clock import SystemClock
from app.core.paths import Workspace
from app.sandbox import Sandbox
from app.services.licence.keys import VARIABLE
from tests import licensing
from tests.cli.driver import Captely

SPEED = 20
KEY = "pat-eu1-a-practice-key"

Practise = Callable[[str], Sandbox]
ListMaker = Callable[[int], str]
Started = list[subprocess.Popen[str]]


@pytest.fixture
def captely(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Captely:
    """The command line in an empty workspace; it has a licence unless the test is marked free."""
    monkeypatch.setenv("CAPTELY_WORKSPACE", str(tmp_path / "workspace"))
    if request.node.get_closest_marker("free") is None:
        monkeypatch.setenv(VARIABLE, str(licensing.keyset()))
        licensing.make_licensed(Workspace(tmp_path / "workspace"))
    return Captely(tmp_path, capsys)


@pytest.fixture
def long_list(captely: Captely) -> ListMaker:
    """Makes a list of so many people."""

    def make(people: int) -> str:
        rows = (f"Ann{i},Bee,p{i}@example.com" for i in range(people))
        return captely.file("long.csv", "First name,Last name,Email", *rows)

    return make


@pytest.fixture
def running(captely: Captely) -> Iterator[Started]:
    """Processes of a test, which must not outlive it."""
    started: Started = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def practise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practise]:
    """Starts a practice HubSpot with some trouble, to which the command line then talks.

    Time runs 20 times faster for both sides, so that waiting for a rate limit is real but short.
    """
    with ExitStack() as stack:

        def start(scenario: str) -> Sandbox:
            folder = tmp_path / f"sandbox-{scenario}"
            folder.mkdir()
            sandbox = Sandbox(folder, SystemClock(speed=SPEED), {"hubspot": scenario})
            addresses = sandbox.start()
            stack.callback(sandbox.stop)
            monkeypatch.setenv("CAPTELY_HUBSPOT_URL", addresses["hubspot"])
            monkeypatch.setenv("CAPTELY_HUBSPOT_KEY", KEY)
            monkeypatch.setenv("CAPTELY_CLOCK_SPEED", str(SPEED))
            return sandbox

        yield start
