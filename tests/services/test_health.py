"""Each problem that the doctor knows, provoked for real."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import keyring
import keyring.backend
import pytest
from sqlalchemy import text

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.services.credits import Attempt, Step
from app.services.health import LOW_DISK_BYTES
from app.services.jobs import JobContext
from tests.services.licence.vendor import ISSUED, Vendor, trusted_vendor
from tests.services.office import HeldClock, hold_clock


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


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """Whose licences count here."""
    return trusted_vendor(tmp_path, monkeypatch)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    return hold_clock(monkeypatch, datetime.fromtimestamp(ISSUED, UTC) + timedelta(hours=1))


@pytest.mark.usefixtures("ring")
class TestLicenceAndLedger:
    @pytest.fixture
    def licensed(self, clock: HeldClock, vendor: Vendor, app: App) -> App:
        app.licence.install(vendor.licence(sub=app.licence.workspace))
        return app

    def test_a_licence_in_order_is_no_problem(self, licensed: App) -> None:
        assert codes(licensed) == []
        assert licensed.health.licence().plan == "professional"
        assert licensed.health.ledger().ok

    def test_a_licence_that_was_edited(self, licensed: App) -> None:
        edited = licensed.licence.facts.all()["licence"].replace("A", "B", 1)
        licensed.licence.facts.set({"licence": edited})
        problem = next(iter(licensed.health.examine()))
        assert (problem.code, problem.warning) == ("LICENCE_REFUSED", False)
        assert "damaged or was changed" in problem.message
        assert "licence install" in problem.hint

    def test_a_licence_that_ends_or_has_ended(self, licensed: App, clock: HeldClock) -> None:
        for days, code in ((35, "LICENCE_ENDS"), (50, "LICENCE_EXPIRED")):
            clock._now = datetime.fromtimestamp(ISSUED, UTC) + timedelta(days=days)
            problem = licensed.health.examine()[0]
            assert (problem.code, problem.warning) == (code, True)

    def test_a_clock_that_was_set_back(self, licensed: App, clock: HeldClock) -> None:
        clock.pass_by(timedelta(days=5))
        licensed.licence.keep_time()
        clock.pass_by(timedelta(days=-4))
        problem = licensed.health.examine()[0]
        assert (problem.code, problem.warning) == ("CLOCK_BACK", False)

    def test_a_call_of_unknown_fate(self, licensed: App) -> None:
        held = licensed.credits.reserve(Step(1, 1, 1, "icypeas", "find_email", 1_500))
        assert isinstance(held, Attempt)
        licensed.credits.send(held.id)
        licensed.credits.lose_sight(held.id)
        problem = licensed.health.examine()[0]
        assert (problem.code, problem.warning) == ("CALLS_UNKNOWN", True)
        assert problem.message.startswith("1 paid call has no known end; 1.5 credits")
