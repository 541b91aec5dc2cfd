"""A ledger is that of its workspace, wherever the folder lies: moved, copied, or put into another.

Each test uses the workspace as a process has it, with a keyring that stays on the computer.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import keyring
import pytest

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.money import MILLI
from app.core.paths import Workspace, ledger_seals
from app.services.credits import Attempt, Fault, Integrity, Step
from tests.services.credits.bench import EMPTIED, alter
from tests.services.test_witness import Ring

LEDGER = ("transfer", "account", "credit_grant", "enrichment_attempt", "ledger_chain")


@pytest.fixture(params=["keyring", "files"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where this computer keeps what the database must not hold."""
    if request.param == "keyring":
        monkeypatch.setattr(keyring.core, "_keyring_backend", Ring())
    return str(request.param)


@contextmanager
def opened(folder: Path):
    app = build(Workspace(folder), origin=Origin.CLI)
    try:
        yield app
    finally:
        app.close()


def spend(app: App, item: int) -> None:
    held = app.credits.reserve(Step(1, item, item, "icypeas", "find_email", MILLI))
    assert isinstance(held, Attempt), held
    app.credits.send(held.id)
    app.credits.settle(held.id, charged=MILLI, found=1, outcome="FOUND")


def used(folder: Path, *items: int) -> Integrity:
    """What a process finds that makes these calls."""
    with opened(folder) as app:
        for item in items:
            spend(app, item)
        return app.credits.verify()


@pytest.mark.usefixtures("place")
def test_a_moved_workspace_is_as_whole_as_before(tmp_path: Path):
    assert used(tmp_path / "here", 1, 2).ok
    shutil.move(tmp_path / "here", tmp_path / "there")
    found = used(tmp_path / "there", 3)
    assert (found.ok, found.rows) == (True, 7)


@pytest.mark.usefixtures("place")
def test_a_ledger_that_was_emptied_and_moved_is_noticed(tmp_path: Path):
    used(tmp_path / "here", 1, 2)
    alter(tmp_path / "here" / "captely.db", *EMPTIED)
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert used(tmp_path / "there").fault is Fault.TRUNCATED


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("more", [1, 5])
def test_of_a_workspace_and_its_copy_only_one_can_go_on(tmp_path: Path, more: int):
    used(tmp_path / "one", 1)
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    assert used(tmp_path / "copy", 2, 3).ok
    found = used(tmp_path / "one", *range(10, 10 + more))
    assert (found.ok, found.fault) == (False, Fault.TRUNCATED)
    assert used(tmp_path / "copy", 4).ok


@pytest.mark.usefixtures("place")
def test_a_new_workspace_in_the_folder_of_another_is_its_own(tmp_path: Path):
    used(tmp_path / "here", 1)
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert used(tmp_path / "here", 1).ok
    assert used(tmp_path / "there", 2).ok


@pytest.mark.usefixtures("place")
def test_the_ledger_of_another_workspace_counts_for_nothing_here(tmp_path: Path):
    used(tmp_path / "spent", *range(1, 30))
    used(tmp_path / "fresh", 1)
    _take_ledger(tmp_path / "fresh", tmp_path / "spent")
    found = used(tmp_path / "spent")
    assert (found.ok, found.fault, found.first_bad) == (False, Fault.UNVERIFIABLE, 1)
    assert used(tmp_path / "fresh", 2).ok


def test_seals_of_before_ledgers_were_tied_to_their_workspace_hold_and_are_tied(
    tmp_path: Path, place: str
):
    used(tmp_path / "here", 1)
    _as_before(tmp_path / "here", place)
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert used(tmp_path / "there").ok
    assert used(tmp_path / "there", 2).ok
    alter(tmp_path / "there" / "captely.db", *EMPTIED)
    assert used(tmp_path / "there").fault is Fault.TRUNCATED


def _take_ledger(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(target / "captely.db")) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = triggers.fetchall()
        for name, _sql in kept:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("ATTACH DATABASE ? AS other", (str(source / "captely.db"),))
        for table in LEDGER:
            database.execute(f"DELETE FROM main.{table}")
            database.execute(f"INSERT INTO main.{table} SELECT * FROM other.{table}")
        for _name, sql in kept:
            database.execute(sql)
        database.commit()


def _as_before(folder: Path, place: str) -> None:
    """Leave what is kept outside as the version before this one did."""
    with opened(folder) as app:
        uuid = app.licence.workspace
    mark = sha256(str(folder.absolute()).encode()).hexdigest()[:12]
    if place == "files":
        for file in ledger_seals().iterdir():
            kept = json.loads(file.read_text())
            if kept.pop("mark", None) is None:
                file.unlink()
                chain = kept
            else:
                file.write_text(json.dumps(kept))
        named = sha256(f"ledger/{mark}".encode()).hexdigest()[:24]
        (ledger_seals() / f"{named}.json").write_text(json.dumps(chain))
        return
    ring: Any = keyring.get_keyring()
    for account, text in list(ring.kept.items()):
        kept = json.loads(text) if account.startswith("ledger/") else {}
        if account == f"ledger/{uuid}":
            del ring.kept[account]
            ring.kept[f"ledger/{mark}"] = text
        elif kept.pop("mark", None) is not None:
            ring.kept[account] = json.dumps(kept)
