"""The services of a workspace: built once, the seldom ones when they are asked for."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.services.jobs import JobState

PRINT_MODULES = """
import sys
from pathlib import Path
from app.bootstrap import build
from app.core.actor import Origin
from app.core.paths import Workspace
app = build(Workspace(Path(sys.argv[1])), origin=Origin.CLI)
app.search.first_page("ada")
print(*sys.modules)
app.close()
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def app(workspace: Workspace) -> Iterator[App]:
    built = build(workspace, origin=Origin.UI)
    yield built
    built.close()


def test_every_service_is_built_once(app: App) -> None:
    for name in ("contacts", "importing", "exporting", "connections", "health", "secrets"):
        assert getattr(app, name) is getattr(app, name)


def test_nobody_can_replace_a_service(app: App) -> None:
    with pytest.raises(FrozenInstanceError):
        app.search = None  # type: ignore[misc, assignment]


def test_a_job_finds_its_service_although_nobody_has_asked_for_that_yet(
    workspace: Workspace, tmp_path: Path
) -> None:
    source = tmp_path / "people.csv"
    with source.open("w", newline="") as stream:
        csv.writer(stream).writerows([["Name", "E-mail"], ["Ada", "ada@acme.example"]])
    first = build(workspace, origin=Origin.CLI)
    job = first.importing.start_plan(first.importing.plan(source))
    first.close()

    second = build(workspace, origin=Origin.CLI)
    assert second.jobs.resume(job).state is JobState.DONE
    assert second.search.count("ada") == 1
    second.close()


def test_an_open_window_takes_over_what_the_last_run_did_not_index(workspace: Workspace) -> None:
    first = build(workspace, origin=Origin.CLI)
    first.contacts.add({"first_name": "Ada"})
    assert first.indexing.pending()
    first.close()

    second = build(workspace, origin=Origin.UI)
    second.tidy()
    second.runner.shutdown()
    assert second.indexing.pending() == 0
    second.close()


def test_a_search_needs_no_library_of_other_work(workspace: Workspace) -> None:
    build(workspace, origin=Origin.CLI).close()
    told = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES, str(workspace.folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(told.stdout.split())
    assert "app.services.search" in loaded
    assert loaded.isdisjoint({"alembic", "httpx", "phonenumbers", "keyring", "openpyxl", "PySide6"})
