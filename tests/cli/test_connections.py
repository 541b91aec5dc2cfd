"""Keys come in by stdin and never go out; the demo does the main job from end to end."""

from __future__ import annotations

import io
import sqlite3
import subprocess

import pytest

from app.cli.demo import _fresh_sandbox
from app.core.paths import demo_workspace, usual_workspace
from tests.cli.driver import Captely
from tests.servers.keyring_daemon import KeyringDaemon

KEY = "pat-eu1-a-key-that-nobody-may-see"


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


class TestKeys:
    def test_without_a_keyring_a_key_is_not_said_to_be_stored(
        self, captely: Captely, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        typed(monkeypatch, f"{KEY}\n")
        answer = captely.json("connection", "set", "hubspot")
        assert answer.code == 2
        assert answer.message == "The key was not stored: there is no keyring here."
        assert "CAPTELY_HUBSPOT_KEY" in answer.json["error"]["hint"]
        assert KEY not in answer.out + answer.err

    def test_a_keyring_keeps_it_until_it_is_forgotten(
        self, captely: Captely, gnome_keyring: KeyringDaemon
    ) -> None:
        typed_in = captely.start("connection", "set", "hubspot", "--json", stdin=subprocess.PIPE)
        kept = captely.ended(typed_in, f"{KEY}\n")
        assert kept.json == {"name": "hubspot", "stored": "keyring"}
        listed = captely.ended(captely.start("connection", "--json"))
        assert listed.json["connections"][0]["key"] == "keyring"
        forgotten = captely.ended(captely.start("connection", "forget", "hubspot", "--json"))
        assert forgotten.code == 0
        listed = captely.ended(captely.start("connection", "--json"))
        assert listed.json["connections"][0]["key"] is None
        assert KEY not in kept.out + kept.err + listed.out

    @pytest.mark.parametrize("text", ["", "\n", "   \n"])
    def test_nothing_on_stdin_is_no_key(
        self, captely: Captely, monkeypatch: pytest.MonkeyPatch, text: str
    ) -> None:
        typed(monkeypatch, text)
        answer = captely.json("connection", "set", "hubspot")
        assert (answer.code, answer.message) == (2, "No key was given.")
        assert "connection set hubspot" in answer.json["error"]["hint"]

    def test_a_key_of_the_environment_is_used_and_never_stored(
        self, captely: Captely, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CAPTELY_HUBSPOT_KEY", KEY)
        monkeypatch.setenv("HUBSPOT_API_KEY", "another")
        answer = captely.json("connection")
        shown = answer.json["connections"][0]
        assert (shown["key"], shown["variable"]) == ("environment", "CAPTELY_HUBSPOT_KEY")
        assert KEY not in answer.out
        connection = sqlite3.connect(captely.workspace / "captely.db")
        assert KEY not in "\n".join(connection.iterdump())
        connection.close()


@pytest.mark.free
class TestDemo:
    def test_it_imports_and_exports_in_a_sandbox_of_its_own(self, captely: Captely) -> None:
        result = captely.done("demo", "--no-window")
        assert result["workspace"] == str(captely.workspace)
        assert result["imported"]["created"] > 0
        assert result["exported"]["ok"] > 0
        assert result["exported"]["ambiguous"] == 0
        assert result["again"]["create"] == result["again"]["update"] == 0
        assert (captely.workspace / "SANDBOX").exists()
        assert captely.done("contacts", "--limit", "1")["total"] == result["imported"]["created"]

    def test_it_never_touches_contacts_that_are_there(self, captely: Captely) -> None:
        captely.add("first_name=Ada")
        elsewhere = captely.done("demo", "--no-window")["workspace"]
        assert elsewhere != str(captely.workspace)
        assert [c["name"] for c in captely.done("contacts")["contacts"]] == ["Ada"]

    def test_the_usual_workspace_never_becomes_a_sandbox(
        self, captely: Captely, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(captely.folder / "data"))
        monkeypatch.delenv("CAPTELY_WORKSPACE", raising=False)
        assert _fresh_sandbox(usual_workspace()) == demo_workspace()
        assert not usual_workspace().is_sandbox

    def test_a_folder_with_other_files_is_left_alone(self, captely: Captely) -> None:
        captely.workspace.mkdir()
        (captely.workspace / "thesis.txt").write_text("mine")
        answer = captely.json("demo", "--no-window")
        assert (answer.code, "holds other files" in answer.message) == (2, True)
        assert (captely.workspace / "thesis.txt").read_text() == "mine"
