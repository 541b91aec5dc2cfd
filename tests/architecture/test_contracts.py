"""The layer contracts of pyproject.toml hold, and each of them notices the import it forbids."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Breach:
    """A forbidden import: the contract it breaks and the lines to add, by file."""

    contract: str
    files: dict[str, str]


BREACHES = {
    "a service that imports a view": Breach(
        "rooms", {"app/services/breach.py": "import app.views"}
    ),
    "a table that imports a service": Breach(
        "rooms", {"app/models/breach.py": "import app.services"}
    ),
    "the vocabulary importing a table": Breach(
        "rooms", {"app/core/breach.py": "import app.models"}
    ),
    "the command line importing the window": Breach(
        "rooms", {"app/cli/breach.py": "import app.views"}
    ),
    "a room that nobody planned": Breach("rooms", {"app/widgets.py": ""}),
    "Qt in a service": Breach("qt", {"app/services/breach.py": "from PySide6 import QtCore"}),
    "Qt in the command line": Breach("qt", {"app/cli/breach.py": "import PySide6.QtWidgets"}),
    "SQLAlchemy in a view": Breach("database", {"app/views/breach.py": "import sqlalchemy"}),
    "SQLite in the command line": Breach("database", {"app/cli/breach.py": "import sqlite3"}),
    "a table in a view": Breach("tables", {"app/views/breach.py": "import app.models"}),
    "httpx in a service of its own": Breach(
        "http", {"app/services/breach.py": "def call():\n    import httpx\n"}
    ),
    "httpx in a view": Breach("http", {"app/views/breach.py": "from httpx import Client"}),
    "requests anywhere": Breach("network", {"app/services/breach.py": "import requests"}),
    "mail outside the mail service": Breach(
        "network", {"app/services/breach.py": "import smtplib"}
    ),
    "Stripe outside billing": Breach("network", {"app/views/breach.py": "import stripe"}),
    "a bare socket in a connector": Breach(
        "network", {"app/services/connectors/breach.py": "import socket"}
    ),
    "the keyring in a connector": Breach(
        "secrets", {"app/services/connectors/breach.py": "import keyring"}
    ),
    "a connector that imports another": Breach(
        "connectors",
        {
            "app/services/connectors/breach.py": "import app.services.connectors.other_breach",
            "app/services/connectors/other_breach.py": "",
        },
    ),
    "a provider that imports another": Breach(
        "providers",
        {
            "app/services/providers/__init__.py": "",
            "app/services/providers/breach.py": "import app.services.providers.other_breach",
            "app/services/providers/other_breach.py": "",
        },
    ),
    "a view that knows it is practising": Breach(
        "sandbox", {"app/views/breach.py": "import app.sandbox"}
    ),
    "a practice server built from the client it tests": Breach(
        "witness", {"app/sandbox/breach.py": "import app.services.connectors"}
    ),
    "the private key's package in the product": Breach(
        "issuer", {"app/services/breach.py": "import issuer"}
    ),
    "a test tool in the product": Breach("oracles", {"app/core/breach.py": "import psutil"}),
}


def lint_imports(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the tree at `root`, with that tree's own pyproject.toml."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(
        [*command, *options], cwd=root, capture_output=True, text=True, check=False
    )


def contracts() -> list[dict[str, str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: list[dict[str, str]] = settings["tool"]["importlinter"]["contracts"]
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the product's sources that a test may spoil."""
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_product_keeps_every_contract():
    done = lint_imports(ROOT)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(contracts())} kept, 0 broken." in done.stdout


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES)
def test_a_contract_notices(breach: Breach, tree: Path):
    for path, line in breach.files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(f"{line}\n")

    done = lint_imports(tree, "--contract", breach.contract)

    names = {contract["id"]: contract["name"] for contract in contracts()}
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{names[breach.contract]} BROKEN" in " ".join(done.stdout.split())
    assert re.search(r"\bbreach\b|\bwidgets\b", done.stdout), "the culprit is not named"


def test_each_contract_is_broken_on_purpose_by_some_test():
    assert {breach.contract for breach in BREACHES.values()} == {c["id"] for c in contracts()}
