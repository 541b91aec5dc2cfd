"""The journal checked by verb: whole, cut off, or put back from an older copy."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.driver import Answer, Captely
from tests.servers.keyring_daemon import KeyringDaemon


def copied(database: Path, target: Path) -> Path:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


def test_a_database_put_back_from_an_older_copy_is_noticed_by_both_verbs(
    captely: Captely, gnome_keyring: KeyringDaemon
) -> None:
    def run(*words: str) -> Answer:
        return captely.ended(captely.start(*words, "--json"))

    database = captely.workspace / "captely.db"
    captely.add("email=a@example.com")
    old = copied(database, captely.folder / "old.db")
    captely.add("email=b@example.com")
    assert run("audit", "verify").json["witness"] == "never seen"
    assert run("audit", "verify").json["witness"] == "agrees"

    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(old, database)

    found = run("audit", "verify")
    assert (found.code, found.json["ok"], found.json["witness"]) == (1, False, "cut")
    problems = {each["code"]: each for each in run("doctor").json["problems"]}
    assert problems["JOURNAL_REPLACED"]["severity"] == "error"
    assert "captely audit verify --accept" in problems["JOURNAL_REPLACED"]["hint"]

    assert run("audit", "verify", "--accept").code == 0
    assert run("audit", "verify").json["witness"] == "agrees"


def test_without_a_keyring_that_is_said_and_nothing_fails(captely: Captely) -> None:
    captely.add("email=a@example.com")
    answer = captely("audit", "verify")
    assert (answer.code, answer.out) == (0, "The journal is whole: 1 entry.\n")
    assert "no keyring that would tell whether its end was cut off" in answer.err
    assert captely.done("audit", "verify")["witness"] == "no keyring"
