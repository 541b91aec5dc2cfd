"""Gives a workspace an Enterprise licence, for what is measured is more than Free holds."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from issuer.cli import main as issuer

MAIN = Path(__file__).parents[1] / "main.py"
KEYS = "CAPTELY_LICENCE_KEYS"


def licensed(folder: Path) -> Path:
    """The workspace in `folder`, made if need be, with a licence installed as a user does it.

    From now on this process and those it starts trust the key that was made for it.
    """
    keys = Path(tempfile.mkdtemp(prefix="keys-", dir=folder.parent))
    file = keys / "bench.captely-licence"
    _issuer("keygen", "--out", keys, "--kid", "bench", "--no-passphrase")
    os.environ[KEYS] = str(keys / "keyset.json")
    workspace = _verb(folder, "licence")["workspace"]
    _issuer("issue", "--key", keys / "bench.pem", "--workspace", workspace,
            "--plan", "enterprise", "--out", file)  # fmt: skip
    _verb(folder, "licence", "install", str(file))
    return folder


def _issuer(*words: object) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        if issuer([str(word) for word in words]):
            raise RuntimeError(f"the issuer refused: {words[0]}")


def _verb(folder: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, str(MAIN), *words, "--json", "--workspace", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
