"""No secret and no signing key is in the tree, and the issuer is not in the product."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Put together here, or this file would find itself.
SECRETS = re.compile(
    rb"(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{10,}|wh" + rb"sec_[0-9A-Za-z+/=]{10,}|PRIVATE" + rb" KEY"
)
MADE_UP = {"tests/services/test_redaction.py"}
"""Files whose made-up secrets test that real ones are hidden."""
BUILT = ("build", "dist")


def shipped() -> list[Path]:
    """Every file that is kept or would be, and what a build has made."""
    kept = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    files = [ROOT / name.decode() for name in kept.stdout.split(b"\0") if name]
    return [*files, *(file for folder in BUILT for file in (ROOT / folder).rglob("*"))]


def holding_secrets(files: list[Path]) -> list[str]:
    return [
        file.relative_to(ROOT).as_posix()
        for file in files
        if file.is_file() and SECRETS.search(file.read_bytes())
    ]


def test_no_file_holds_a_secret_or_a_private_key():
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a checkout")
    assert [name for name in holding_secrets(shipped()) if name not in MADE_UP] == []


@pytest.mark.parametrize(
    "secret",
    [
        "rk" + "_live_" + "a1B2c3D4e5",
        "sk" + "_test_" + "0123456789abc",
        "wh" + "sec_" + "abcdefghijklm",
        "-----BEGIN ENCRYPTED PRIVATE" + " KEY-----",
        "-----BEGIN PRIVATE" + " KEY-----",
    ],
)
def test_the_scan_notices_one(secret: str):
    assert SECRETS.search(f"key = '{secret}'".encode())


def test_no_recipe_of_the_build_names_the_issuer():
    recipes = [
        file for file in (ROOT / "packaging").rglob("*") if file.suffix in {".spec", ".toml"}
    ]
    assert [file.name for file in recipes if "issuer" in file.read_text()] == []


def test_the_issuer_takes_nothing_from_the_product_either():
    """What one writes and the other reads must agree by the contract, not by sharing a bug."""
    modules = (ROOT / "issuer").glob("*.py")
    assert [
        m.name for m in modules if re.search(r"^\s*(from|import) app\b", m.read_text(), re.M)
    ] == []
