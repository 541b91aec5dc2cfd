"""Licences by hand: what stands in them, how they are checked, and what is taken back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from issuer.armour import LARGEST, canonical, sign, take_apart
from issuer.errors import IssuerError
from issuer.keys import load_key

ROOT = Path(__file__).parents[2]
DAY = 86_400
ISSUED = 1_795_780_800
WORKSPACE = "0e7b7a38-6c1f-4c8e-9d0a-0f4f2f4b1f3a"


def issued(run: Any, key: Path, *words: object, plan: str = "professional") -> dict[str, Any]:
    """The claims of a licence made with these options."""
    code, text, said = run("issue", "--key", key, "--workspace", WORKSPACE, "--plan", plan, *words)
    assert code == 0, said
    return take_apart(text).content


def test_a_licence_has_every_claim_of_the_contract(run: Any, key: Path):
    claims = issued(run, key, "--to", "Acme Ltd")

    assert set(claims) == {
        "lic", "iss", "aud", "sub", "to", "cus", "sid", "seq", "iat", "nbf", "refresh_after",
        "exp", "grace_until", "plan", "interval", "status", "trial_end", "period_end",
        "cancel_at_period_end", "seats", "limits", "packs", "rollover", "features", "devices",
        "livemode",
    }  # fmt: skip
    assert (claims["iss"], claims["aud"], claims["sub"]) == (
        "captely", "captely-desktop", WORKSPACE,
    )  # fmt: skip
    assert (claims["iat"], claims["refresh_after"]) == (ISSUED, ISSUED + DAY)
    assert (claims["exp"], claims["grace_until"]) == (ISSUED + 33 * DAY, ISSUED + 47 * DAY)
    assert set(claims["limits"]) == {
        "credits_month", "enrichments_day", "provider_month", "providers", "imports_month",
        "contacts", "seats", "rollover_cap",
    }  # fmt: skip
    assert claims["rollover"] == {"cap": 10_000, "months": 12}
    assert claims["livemode"] is True


def test_the_text_is_canonical_and_at_most_64_columns_wide(run: Any, key: Path):
    _, text, _ = run("issue", "--key", key, "--workspace", WORKSPACE, "--plan", "starter")
    parts = take_apart(text)
    assert canonical(parts.content) == parts.payload
    assert (parts.kind, parts.version, parts.kid) == ("LICENCE", 1, "k1")
    assert max(len(line) for line in text.splitlines()[5:-1]) == 64
    assert len(text) < LARGEST


@pytest.mark.parametrize(
    ("words", "claim", "value"),
    [
        (["--seats", 9], "seats", 9),
        (["--interval", "year"], "exp", ISSUED + 93 * DAY),
        (["--days", 10], "exp", ISSUED + 13 * DAY),
        (["--status", "trialing"], "trial_end", ISSUED + 14 * DAY),
        (["--status", "past_due"], "grace_until", ISSUED + 14 * DAY),
        (["--cancel-at-period-end", "--days", 5], "exp", ISSUED + 5 * DAY),
        (["--air-gapped", "--days", 90], "grace_until", ISSUED + 127 * DAY),
        (["--status", "canceled"], "plan", "free"),
        (["--test"], "livemode", False),
        (["--seq", 7], "seq", 7),
        (["--device", "d-1", "--device", "d-2"], "devices", ["d-1", "d-2"]),
        (["--feature", "sso"], "features", ["sso"]),
        (["--days", -5], "exp", ISSUED - 2 * DAY),
        (["--at", "2026-12-01"], "iat", 1_796_083_200),
        (["--pack", "pi_1:500"], "packs",
         [{"id": "pi_1", "credits": 500, "iat": ISSUED, "exp": ISSUED + 365 * DAY}]),
    ],
)  # fmt: skip
def test_an_option_changes_what_it_says(
    words: list[object], claim: str, value: object, run: Any, key: Path
):
    claims = issued(run, key, *words)
    assert claims[claim] == value
    assert claims["limits"]["seats"] == claims["seats"]
    assert claims["iat"] <= claims["exp"] <= claims["grace_until"]


def test_a_later_licence_replaces_an_earlier_one(
    run: Any, key: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("CAPTELY_NOW")
    first, second = (issued(run, key)["seq"] for _ in range(2))
    assert first <= second


def test_written_to_a_file_or_a_folder_it_is_summed_up(run: Any, key: Path, tmp_path: Path):
    words = ("issue", "--key", key, "--workspace", WORKSPACE.upper(), "--plan", "starter")
    _, told, _ = run(*words, "--out", tmp_path / "a" / "b.captely-licence")
    assert take_apart(Path(told["file"]).read_text()).content["sub"] == WORKSPACE
    _, told, _ = run(*words, "--folder", tmp_path / "hosted")
    assert told["file"] == str(tmp_path / "hosted" / f"{WORKSPACE}.captely-licence")
    assert (told["plan"], told["exp"]) == ("starter", ISSUED + 33 * DAY)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--plan", "gold", "--workspace", WORKSPACE], "There is no plan gold"),
        (["--plan", "starter", "--workspace", "mine"], "not a workspace ID"),
        (["--plan", "starter"], "Name a workspace and a plan"),
        (["--plan", "starter", "--workspace", WORKSPACE, "--status", "fine"], "no status fine"),
        (["--plan", "starter", "--workspace", WORKSPACE, "--pack", "x"], "x is not a pack"),
        (["--plan", "starter", "--workspace", WORKSPACE, "--at", "soon"], "soon is not a moment"),
        (["--plan", "starter", "--workspace", WORKSPACE, "--plans", "no.toml"], "no.toml cannot"),
        (["--plan", "starter", "--workspace", WORKSPACE, "--to", "x" * 40_000], "larger than 32"),
        (["--customer", "cus_1"], "A Stripe key is needed"),
    ],
)
def test_what_cannot_be_issued_is_told_in_a_sentence(
    words: list[str], why: str, run: Any, key: Path
):
    code, out, said = run("issue", "--key", key, *words)
    assert (code, out) == (2, "")
    assert why in said


def test_inspect_shows_what_a_file_says(run: Any, key: Path, tmp_path: Path):
    file = tmp_path / "a.captely-licence"
    run("issue", "--key", key, "--workspace", WORKSPACE, "--plan", "starter", "--out", file)
    code, told, _ = run("inspect", file)
    assert (code, told["kind"], told["kid"], told["verified"]) == (0, "licence", "k1", False)
    assert told["claims"]["plan"] == "starter"
    assert told["dates"]["iat"] == "2026-11-27T12:00:00Z"


def test_verify_tells_a_true_licence_from_others(run: Any, key: Path, tmp_path: Path):
    file, keyset = tmp_path / "a.captely-licence", key.with_name("keyset.json")
    words = ("issue", "--key", key, "--workspace", WORKSPACE, "--plan", "starter", "--out", file)
    run(*words)
    assert run("verify", file, "--keyset", keyset, "--workspace", WORKSPACE)[:2] == (
        0, {"ok": True, "reason": None, "kid": "k1", "kind": "licence"},
    )  # fmt: skip

    def reason(*more: str) -> str:
        code, told, _ = run("verify", file, "--keyset", keyset, *more)
        assert code == 1
        return str(told["reason"])

    assert reason("--workspace", "another") == "wrong_workspace"
    run(*words, "--at", "2020-01-01")
    assert reason() == "key_out_of_window"
    run(*words, "--kid", "k7")
    assert reason() == "unknown_key"
    run(*words)
    lines = file.read_text().splitlines()
    lines[6] = lines[6].swapcase()
    file.write_text("\n".join(lines) + "\n")
    assert reason() == "bad_signature"


@pytest.mark.parametrize("text", ["", "garbage", "-----BEGIN CAPTELY LICENCE-----\n"])
def test_what_is_no_licence_is_told(text: str, run: Any, tmp_path: Path):
    file = tmp_path / "x"
    file.write_text(text)
    code, _, said = run("inspect", file)
    assert code == 2
    assert "neither a licence nor" in said
    assert run("inspect", tmp_path / "missing")[0] == 2


def test_fractions_are_never_signed(key: Path):
    with pytest.raises(IssuerError, match="whole numbers"):
        sign("LICENCE", {"seats": [1, {"x": 1.5}]}, load_key(key), "k1")


def test_the_list_of_revocations_grows_with_each(run: Any, key: Path, tmp_path: Path):
    licence = tmp_path / "a.captely-licence"
    run("issue", "--key", key, "--workspace", WORKSPACE, "--plan", "starter", "--out", licence)
    lic = take_apart(licence.read_text()).content["lic"]

    run("revoke", "--key", key, "--licence", licence, "--folder", tmp_path)
    _, told, _ = run("revoke", "--key", key, "--revoke-key", "k0", "--folder", tmp_path)

    file = tmp_path / "revocations.captely-revocations"
    parts = take_apart(file.read_text())
    assert parts.kind == "REVOCATIONS"
    assert parts.content == {
        "iss": "captely", "aud": "captely-desktop", "seq": 2, "iat": ISSUED,
        "licences": [lic], "keys": ["k0"],
    }  # fmt: skip
    assert told["file"] == str(file)
    keyset = key.with_name("keyset.json")
    assert run("verify", file, "--keyset", keyset)[0] == 0


def test_revoking_needs_to_know_what_and_where(run: Any, key: Path, tmp_path: Path):
    assert "what is taken back" in run("revoke", "--key", key, "--out", tmp_path / "x")[2]
    assert "where the list goes" in run("revoke", "--key", key, "--licence", "x")[2]


def test_it_runs_as_a_module(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "issuer", "keygen", "--out", str(tmp_path), "--no-passphrase"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kid"].startswith("k20")
