"""The verbs `plans` and `licence`, with licences made by the vendor's own issuer."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.paths import Workspace
from issuer.cli import main as issuer
from tests.cli.driver import Answer, Captely
from tests.servers.keyring_daemon import KeyringDaemon
from tests.services.loopback import Loopback, serving

pytestmark = pytest.mark.free

Issue = Callable[..., str]
NOW = "2026-11-23T10:00:00Z"


@pytest.fixture
def issue(captely: Captely, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Issue:
    """Makes a licence for the workspace with a test issuer's key and returns its file."""
    keys = captely.folder / "keys"
    monkeypatch.setenv("CAPTELY_NOW", NOW)
    assert issuer(["keygen", "--out", str(keys), "--kid", "t1", "--no-passphrase"]) == 0
    monkeypatch.setenv("CAPTELY_LICENCE_KEYS", str(keys / "keyset.json"))

    def make(plan: str = "professional", *options: str, name: str = "a.captely-licence") -> str:
        workspace = captely.done("licence")["workspace"]
        file = captely.folder / name
        words = ["issue", "--key", str(keys / "t1.pem"), "--workspace", workspace]
        assert issuer([*words, "--plan", plan, "--out", str(file), *options]) == 0
        capsys.readouterr()
        return str(file)

    return make


def test_a_new_workspace_is_on_free(captely: Captely):
    told = captely.done("licence")

    assert (told["plan"], told["state"], told["provenance"]) == ("free", "none", "none")
    assert (told["exp"], told["grace_until"]) == (None, None)
    assert told["limits"]["contacts"] == 100
    assert set(told["limits"]) == {
        "credits_month", "enrichments_day", "provider_month", "providers", "imports_month",
        "contacts", "seats", "rollover_cap",
    }  # fmt: skip
    assert told["message"] == "You're on Free. Start a 14-day trial."
    assert told["workspace"] == captely.done("licence")["workspace"]


def test_an_issued_licence_is_installed_and_stays(captely: Captely, issue: Issue):
    told = captely.done("licence", "install", issue())

    assert (told["plan"], told["state"]) == ("professional", "active")
    assert told["provenance"] == "vendor_signed"
    assert told["grace_until"] == told["exp"] + 14 * 86_400
    assert captely.done("licence") == told


def test_people_read_it_too(captely: Captely, issue: Issue):
    answer = captely("licence", "install", issue())
    assert answer.out.startswith("Plan: Professional (active)\nRenews 23 Dec 2026\n")
    assert "contacts             50,000" in answer.out
    assert "imports a month      unlimited" in answer.out


def test_it_can_be_pasted(captely: Captely, issue: Issue, monkeypatch: pytest.MonkeyPatch):
    text = Path(issue()).read_text()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"\n{text}\n\n"))
    assert captely.done("licence", "install", "-")["plan"] == "professional"


def test_bytes_that_are_no_text_are_refused_as_a_licence(captely: Captely):
    process = captely.start("licence", "install", "-", "--json", stdin=-1)
    assert process.stdin is not None
    process.stdin.buffer.write(b"\xff\xfe\x00licence")  # type: ignore[attr-defined]
    answer = captely.ended(process)
    assert (answer.code, answer.json["error"]["code"]) == (3, "MALFORMED")


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--days", "-90"], "EXPIRED"), (["--test"], "WRONG_MODE"), (["--device", "d-x"],
      "WRONG_DEVICE"), (["--at", "2020-01-01"], "KEY_OUT_OF_WINDOW")],
)  # fmt: skip
def test_what_is_refused_exits_with_3_and_says_why(
    captely: Captely, issue: Issue, options: list[str], code: str
):
    answer = captely.json("licence", "install", issue("professional", *options))
    assert (answer.code, answer.json["error"]["code"]) == (3, code)
    assert answer.json["error"]["state"] == code.lower()
    assert answer.json["error"]["message"]
    assert captely.done("licence")["plan"] == "free"


def test_a_licence_in_grace_installs_and_shows_its_state(captely: Captely, issue: Issue):
    told = captely.done("licence", "install", issue("starter", "--days", "-5"))
    assert (told["state"], told["plan"]) == ("grace", "starter")


def test_an_edited_licence_is_refused_and_the_one_before_stays(captely: Captely, issue: Issue):
    captely.done("licence", "install", issue())
    file = Path(issue("enterprise", name="b.captely-licence"))
    lines = file.read_text().splitlines()
    lines[6] = lines[6].swapcase()
    file.write_text("\n".join(lines))

    answer = captely.json("licence", "install", str(file))
    assert (answer.code, answer.json["error"]["code"]) == (3, "BAD_SIGNATURE")
    assert captely.done("licence")["plan"] == "professional"


def test_without_the_test_keys_such_a_licence_is_nobody_s(
    captely: Captely, issue: Issue, monkeypatch: pytest.MonkeyPatch
):
    file = issue()
    monkeypatch.delenv("CAPTELY_LICENCE_KEYS")
    answer = captely.json("licence", "install", file)
    assert (answer.code, answer.json["error"]["code"]) == (3, "UNKNOWN_KEY")


def test_a_licence_of_another_workspace_names_both(captely: Captely, issue: Issue, tmp_path: Path):
    file = issue()
    captely.workspace = tmp_path / "another"
    answer = captely.json("licence", "install", file)
    assert (answer.code, answer.json["error"]["code"]) == (3, "WRONG_WORKSPACE")
    ours = captely.done("licence")["workspace"]
    assert ours in answer.json["error"]["hint"]
    assert ours[-4:] in answer.message


@pytest.mark.parametrize("file", ["missing.captely-licence", "."])
def test_a_file_that_cannot_be_read_is_a_mistake_of_its_name(captely: Captely, file: str):
    answer = captely.json("licence", "install", str(captely.folder / file))
    assert (answer.code, answer.json["error"]["code"]) == (2, "INVALID_INPUT")


def test_states_follow_the_time(captely: Captely, issue: Issue, monkeypatch: pytest.MonkeyPatch):
    captely.done("licence", "install", issue())
    seen = []
    for day in ("2026-12-20", "2026-12-26", "2027-01-08", "2027-01-20", "2026-12-01"):
        monkeypatch.setenv("CAPTELY_NOW", f"{day}T10:00:00Z")
        told = captely.done("licence")
        seen.append((told["state"], told["plan"]))
    assert seen == [
        ("active", "professional"),
        ("grace", "professional"),
        ("grace", "professional"),
        ("expired", "free"),
        ("clock_rollback", "free"),
    ]


def test_a_real_keyring_remembers_what_was_deleted_everywhere_else(
    captely: Captely, issue: Issue, gnome_keyring: KeyringDaemon, own_home: Path
):
    rich = issue("enterprise", "--seq", "1")
    newer = issue("starter", "--seq", "2", name="b.captely-licence")

    def install(file: str) -> Answer:
        return captely.ended(captely.start("licence", "install", file, "--json"))

    assert [install(file).json["plan"] for file in (rich, newer)] == ["enterprise", "starter"]
    for file in (own_home / "state").rglob("*.mark"):
        file.unlink()
    with closing(sqlite3.connect(captely.workspace / "captely.db")) as database, database:
        removed = database.execute("DELETE FROM workspace_fact WHERE key = 'licence.mark'")
        assert removed.rowcount == 1
    assert install(rich).json["error"]["code"] == "SUPERSEDED"


def test_a_revocation_list_is_installed_like_a_licence(captely: Captely, issue: Issue):
    file = issue()
    captely.done("licence", "install", file)
    listed = captely.folder / "list"
    key = captely.folder / "keys" / "t1.pem"
    assert issuer(["revoke", "--key", str(key), "--licence", file, "--out", str(listed)]) == 0

    told = captely.done("licence", "install", str(listed))
    assert (told["state"], told["plan"]) == ("revoked", "free")


def test_it_is_fetched_from_an_address_that_is_remembered(captely: Captely, issue: Issue):
    text = Path(issue()).read_bytes()

    def respond(request: Loopback) -> None:
        request.answer(*((200, text) if "captely-licence" in request.path else (404,)))

    with serving(respond) as (address, _):
        url = f"{address}/{{workspace}}.captely-licence"
        assert captely.done("licence", "refresh", "--url", url)["plan"] == "professional"
        assert captely.done("licence", "refresh")["url"] == url
    answer = captely.json("licence", "refresh")
    assert (answer.code, answer.json["error"]["code"]) == (4, "OUTSIDE")
    assert captely.done("licence")["plan"] == "professional"


def test_without_an_address_refresh_says_how_to_name_one(captely: Captely):
    answer = captely.json("licence", "refresh")
    assert answer.code == 2
    assert "licence refresh --url" in answer.json["error"]["hint"]


def test_plans_marks_the_current_one(captely: Captely, issue: Issue):
    assert captely.done("plans")["current"] == "free"
    captely.done("licence", "install", issue("starter"))
    told = captely.done("plans")

    assert [plan["tier"] for plan in told["plans"] if plan["current"]] == ["starter"]
    assert [plan["tier"] for plan in told["plans"]] == [
        "free", "starter", "professional", "enterprise",
    ]  # fmt: skip
    assert told["plans"][1]["prices"]["year"]["usd"] == 49_000
    assert [pack["credits"] for pack in told["packs"]] == [500, 2_000, 10_000]
    lines = captely("plans").out.splitlines()
    assert lines[2].split()[:4] == ["*", "Starter", "49.00", "USD"]


def test_a_sandbox_has_its_own_licence_of_everything(captely: Captely):
    Workspace(captely.workspace).make_sandbox()
    told = captely.done("licence")

    assert (told["plan"], told["state"]) == ("enterprise", "active")
    assert told["limits"]["contacts"] == -1
    assert told["licence"]["livemode"] is False
    assert captely.done("plans")["current"] == "enterprise"


def test_a_sandbox_takes_test_licences_and_a_real_workspace_none_of_its_own(
    captely: Captely, issue: Issue
):
    Workspace(captely.workspace).make_sandbox()
    told = captely.done("licence", "install", issue("starter", "--test"))
    assert (told["plan"], told["licence"]["livemode"]) == ("starter", False)


def test_an_unreadable_keyset_is_told(captely: Captely, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CAPTELY_LICENCE_KEYS", str(captely.folder / "none.json"))
    bad = captely.file("x.captely-licence", "x")
    assert captely.done("licence")["plan"] == "free", "nothing needs a key yet"
    assert captely.json("licence", "install", bad).json["error"]["code"] == "MALFORMED"


def test_the_json_of_the_issuer_is_one_object(captely: Captely, issue: Issue, capsys: Any):
    file = issue()
    assert issuer(["inspect", file]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["kid"]) == ("licence", "t1")
