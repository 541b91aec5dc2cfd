"""The command line as a user drives it, in this process or as one of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli import run

MAIN = Path(__file__).resolve().parents[2] / "main.py"
PATIENCE_SECONDS = 90
LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Answer:
    """What one verb gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on stdout; fails the test when there is anything else."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def message(self) -> str:
        """The sentence of an error."""
        return str(self.json["error"]["message"])


class Captely:
    """Runs verbs in one workspace."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.workspace = folder / "workspace"
        self._capsys = capsys

    def __call__(self, *words: str) -> Answer:
        """Run a verb for people."""
        self._capsys.readouterr()
        code = run([*words, "--workspace", str(self.workspace)])
        printed = self._capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    def json(self, *words: str) -> Answer:
        """Run a verb for scripts."""
        return self(*words, "--json")

    def done(self, *words: str) -> dict[str, Any]:
        """The JSON of a verb that must succeed."""
        answer = self.json(*words)
        assert answer.code == 0, answer
        return answer.json

    def file(self, name: str, *lines: str) -> str:
        """Write a file beside the workspace and return its path."""
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    def add(self, *pairs: str) -> int:
        """Add a contact and return its id."""
        return int(self.done("contact", "add", *pairs)["contact"]["id"])

    def start(
        self, *words: str, stdin: int = subprocess.DEVNULL, **environment: str
    ) -> subprocess.Popen[str]:
        """Run a verb as a process of its own, as a shell in the foreground does."""
        return subprocess.Popen(
            [sys.executable, str(MAIN), *words, "--workspace", str(self.workspace)],
            env={**os.environ, **environment},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self, process: subprocess.Popen[str], typed: str | None = None) -> Answer:
        """Wait for such a process, after typing something into it."""
        out, err = process.communicate(typed, timeout=PATIENCE_SECONDS)
        return Answer(process.returncode, out, err)

    def until(self, query: str) -> None:
        """Look into the database, which another process is writing, until `query` finds a row."""
        never = threading.Event()
        for _ in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
            if self._finds(query):
                return
            never.wait(LOOK_SECONDS)
        raise AssertionError(f"never came true: {query}")

    def _finds(self, query: str) -> bool:
        database = self.workspace / "captely.db"
        if not database.exists():
            return False
        connection = sqlite3.connect(database)
        try:
            return connection.execute(query).fetchone() is not None
        except sqlite3.OperationalError:
            # The other process is still making the tables.
            return False
        finally:
            connection.close()
