"""Each problem that the doctor knows, provoked for real."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import keyring
import keyring.backend
import pytest
from sqlalchemy import text

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.services.health import LOW_DISK_BYTES
from app.services.jobs import JobContext


class MemoryRing(keyring.backend.KeyringBackend):
    """A keyring that works."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._held[service, username]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def ring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryRing())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = build(Workspace(tmp_path / "workspace"), origin=Origin.CLI)
    yield made
    made.close()


def codes(app: App) -> list[str]:
    return [problem.code for problem in app.health.examine()]


@pytest.mark.usefixtures("ring")
class TestWithAKeyring:
    def test_a_healthy_workspace_has_no_problem(self, app: App) -> None:
        app.contacts.add({"first_name": "Ada"})
        assert codes(app) == []

    def test_what_was_just_typed_is_made_searchable_instead_of_reported(self, app: App) -> None:
        app.contacts.add({"first_name": "Ada"})
        assert app.indexing.pending() == 1
        assert codes(app) == []
        assert app.indexing.pending() == 0

    def test_a_full_disk(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 0, LOW_DISK_BYTES - 1))
        problem = app.health.examine()[0]
        assert (problem.code, problem.message) == (
            "DISK_LOW", "Only 499 MB are free on this disk.",
        )  # fmt: skip
        assert problem.hint

    def test_a_changed_journal_entry(self, app: App) -> None:
        app.contacts.add({"first_name": "Ada"})
        with sqlite3.connect(app.workspace.database) as other:
            other.execute("UPDATE operation SET actor = 'somebody else'")
        other.close()
        assert codes(app) == ["JOURNAL_BROKEN"]

    def test_an_interrupted_job(self, app: App) -> None:
        def work(context: JobContext) -> dict[str, object]:
            raise KeyboardInterrupt

        app.jobs.register("test", work)
        job = app.jobs.create("test", "Test", {})
        with pytest.raises(KeyboardInterrupt):
            app.jobs.run(job)
        problem = app.health.examine()[0]
        assert (problem.code, problem.message) == ("JOBS_INTERRUPTED", "1 job was interrupted.")

    def test_a_damaged_page_of_the_database(self, tmp_path: Path) -> None:
        workspace = Workspace(tmp_path / "damaged")
        made = build(workspace, origin=Origin.CLI)
        with made.store.writing("test") as connection:
            connection.execute(text("CREATE TABLE victim (words TEXT)"))
            rows = [{"words": "x" * 500}] * 200
            connection.execute(text("INSERT INTO victim VALUES (:words)"), rows)
            connection.execute(text("CREATE INDEX victim_words ON victim (words)"))
        made.close()
        with sqlite3.connect(workspace.database) as other:
            other.execute("PRAGMA journal_mode=DELETE")
            page, size = other.execute(
                "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master "
                "WHERE name = 'victim'"
            ).fetchone()
        other.close()
        with workspace.database.open("r+b") as file:
            file.seek((page - 1) * size + 8)
            file.write(b"\xff" * 64)

        app = build(workspace, origin=Origin.CLI)
        try:
            assert "DATABASE_DAMAGED" in codes(app)
        finally:
            app.close()


def test_no_keyring(app: App) -> None:
    problems = app.health.examine()
    assert [problem.code for problem in problems] == ["NO_KEYRING"]
    assert problems[0].as_dict().keys() == {"code", "message", "hint", "severity"}
    assert problems[0].hint


def test_a_ledger_that_was_altered_is_an_error(app: App) -> None:
    app.credits.turn_if_due()
    with app.store.writing("attack") as connection:
        connection.execute(text("UPDATE account SET balance = balance + 1 WHERE id = 11"))
    problem = next(each for each in app.health.examine() if each.code == "LEDGER_BROKEN")
    assert (problem.warning, "captely credits verify" in problem.hint) == (False, True)
    assert problem.message == "Account 11 does not hold what its rows say."
