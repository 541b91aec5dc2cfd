"""Keys in a file sealed with a passphrase: made, filled, used and deleted by verbs."""

from __future__ import annotations

import io
import subprocess

import pytest

from tests.cli.driver import Answer, Captely
from tests.cli.fixtures import Practise
from tests.servers.keyring_daemon import KeyringDaemon

KEY = "pat-eu1-a-key-that-nobody-may-see"
PASSPHRASE = "correct horse"


class Typing:
    """The command line with lines on its stdin."""

    def __init__(self, captely: Captely, monkeypatch: pytest.MonkeyPatch) -> None:
        self._captely = captely
        self._monkeypatch = monkeypatch

    def __call__(self, lines: str, *words: str) -> Answer:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        answer = self._captely.json(*words)
        assert KEY not in answer.out + answer.err
        assert PASSPHRASE not in answer.out + answer.err
        return answer


@pytest.fixture
def typing(captely: Captely, monkeypatch: pytest.MonkeyPatch) -> Typing:
    return Typing(captely, monkeypatch)


@pytest.fixture
def filled(typing: Typing) -> Typing:
    """With a file of keys that holds one."""
    assert typing(f"{PASSPHRASE}\n", "vault", "create").json["created"]
    kept = typing(f"{KEY}\n{PASSPHRASE}\n", "connection", "set", "hubspot")
    assert kept.json == {"name": "hubspot", "stored": "vault"}
    return typing


def test_without_a_keyring_the_file_is_offered_and_then_used(captely: Captely, filled: Typing):
    status = filled("", "vault", "status").json
    assert (status["exists"], status["keys"]) == (True, ["hubspot"])
    assert not status["keyring"]["ok"]
    assert filled("", "connection").json["connections"][0]["key"] == "vault"
    assert filled(f"{PASSPHRASE}\n", "vault", "unlock").json == {"opens": True, "keys": ["hubspot"]}
    words = captely("vault", "status").out
    assert words.startswith("The file of keys holds those of: hubspot\n")
    assert "no keyring that Captely can use" in words


def test_before_it_is_made_the_way_to_it_is_told(typing: Typing):
    answer = typing(f"{KEY}\n", "connection", "set", "hubspot")
    assert answer.code == 2
    assert "captely vault create" in answer.json["error"]["hint"]
    unlocked = typing(f"{PASSPHRASE}\n", "vault", "unlock")
    assert (unlocked.code, unlocked.message) == (2, "There is no file of keys.")
    assert typing("", "vault", "status").json["exists"] is False
    assert typing("", "vault", "forget").json == {"removed": False, "keys": []}


@pytest.mark.parametrize(
    ("lines", "words", "message"),
    [
        ("short\n", ["vault", "create"], "The passphrase is too short."),
        ("", ["vault", "create"], "No passphrase was given."),
        ("\n", ["vault", "create"], "No passphrase was given."),
    ],
)
def test_what_is_no_passphrase_makes_no_file(
    captely: Captely, typing: Typing, lines: str, words: list[str], message: str
):
    answer = typing(lines, *words)
    assert (answer.code, answer.message) == (2, message)
    assert not (captely.workspace / "keys.vault").exists()


@pytest.mark.parametrize("second", ["", "wrong horse!\n"])
def test_without_its_passphrase_no_key_goes_in_and_none_comes_out(filled: Typing, second: str):
    stored = filled(f"{KEY}\n{second}", "connection", "set", "hubspot")
    tested = filled(second, "connection", "test", "hubspot")
    expected = "does not open the file of keys" if second else "No passphrase was given."
    for answer in (stored, tested):
        assert answer.code == 2
        assert expected in answer.message


def test_a_verb_that_needs_the_key_asks_for_the_passphrase(
    captely: Captely,
    filled: Typing,
    practise: Practise,
    monkeypatch: pytest.MonkeyPatch,
):
    captely.add("first_name=Ada", "email=ada@example.com")
    practise("normal")
    monkeypatch.delenv("CAPTELY_HUBSPOT_KEY")

    tested = filled(f"{PASSPHRASE}\n", "connection", "test", "hubspot")
    exported = filled(f"{PASSPHRASE}\n", "export", "hubspot")

    assert tested.json["connections"][0]["health"] == "ok"
    assert (exported.code, exported.json["ok"]) == (0, 1)


def test_a_second_file_is_not_made_over_the_first(filled: Typing):
    again = filled("another passphrase\n", "vault", "create")
    assert (again.code, again.message) == (2, "There is a passphrase file already.")
    assert filled(f"{PASSPHRASE}\n", "vault", "unlock").code == 0


def test_it_is_deleted_only_on_purpose(filled: Typing):
    refused = filled("", "vault", "forget")
    assert (refused.code, refused.message) == (2, "The file holds the keys of: hubspot")
    assert filled("", "vault", "forget", "--yes").json == {"removed": True, "keys": ["hubspot"]}
    assert filled("", "vault", "status").json["exists"] is False
    assert filled("", "connection").json["connections"][0]["key"] is None


def test_a_damaged_file_is_told_and_may_be_deleted(captely: Captely, filled: Typing):
    (captely.workspace / "keys.vault").write_text("{}")
    assert filled("", "connection").json["connections"][0]["key"] is None
    for words in (["vault", "status"], ["vault", "forget"], ["connection", "test", "hubspot"]):
        answer = filled(f"{PASSPHRASE}\n", *words)
        assert (answer.code, answer.message) == (2, "The file of keys cannot be read.")
    assert filled("", "vault", "forget", "--yes").json["removed"]


def test_where_there_is_a_keyring_it_is_used_and_the_file_stays_shut(
    captely: Captely, gnome_keyring: KeyringDaemon
):
    def run(*words: str, typed: str = "") -> Answer:
        return captely.ended(captely.start(*words, "--json", stdin=subprocess.PIPE), typed)

    assert run("vault", "create", typed=f"{PASSPHRASE}\n").code == 0
    kept = run("connection", "set", "hubspot", typed=f"{KEY}\n")
    assert kept.json == {"name": "hubspot", "stored": "keyring"}
    status = run("vault", "status").json
    assert (status["keys"], status["keyring"]["ok"]) == ([], True)
