"""The command line in an empty workspace, and what its tests start and read."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.driver import Captely


@pytest.fixture
def captely(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Captely:
    """The command line in an empty workspace."""
    monkeypatch.setenv("CAPTELY_WORKSPACE", str(tmp_path / "workspace"))
    return Captely(tmp_path, capsys)


@pytest.fixture
def long_list(captely: Captely) -> Callable[[int], str]:
    """Makes a list of so many people."""

    def make(people: int) -> str:
        rows = (f"Ann{i},Bee,p{i}@example.com" for i in range(people))
        return captely.file("long.csv", "First name,Last name,Email", *rows)

    return make


@pytest.fixture
def running(captely: Captely) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes of a test, which must not outlive it."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
