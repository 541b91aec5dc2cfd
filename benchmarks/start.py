"""How soon the window is usable and how much memory it takes: python -m benchmarks.start [FOLDER].

The floor is importing PySide6 and SQLAlchemy alone. The two take turns, so that whatever else the
machine does meets both; the processor's time is measured beside the clock's. Without FOLDER it is
the workspace of a million contacts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Figure, show

RUNS = 9
BUDGET = 2.0
MEMORY_MB = 350.0
FLOOR = ("-c", "import PySide6.QtWidgets, sqlalchemy")

Times = tuple[float, float]
"""Seconds by the clock, and of the processor."""


def measure(workspace: Path) -> list[Figure]:
    """The start as a ratio to the floor, median of pairs, and the resident memory then."""
    ours = ("-m", "benchmarks.opening", str(workspace))
    for warming in (FLOOR, ours):
        _timed(warming)
    pairs = [(_timed(FLOOR), _timed(ours)) for _ in range(RUNS)]
    walls = sorted((own[0] / floor[0], own[0], floor[0]) for floor, own in pairs)
    processors = sorted((own[1] / floor[1], own[1], floor[1]) for floor, own in pairs)
    listed, used = (float(_run((*ours, word))) for word in ("whole", "used"))
    return [
        Figure("start to usable window", walls[RUNS // 2][0], "× floor", BUDGET, _note(walls)),
        Figure("the same in time of the processor", processors[RUNS // 2][0], "× floor", BUDGET,
               _note(processors)),
        Figure("resident memory, all contacts listed", listed, "MB", MEMORY_MB),
        Figure("resident memory after sorts and searches", used, "MB", MEMORY_MB),
    ]  # fmt: skip


def _note(ranked: list[tuple[float, float, float]]) -> str:
    _, own, floor = ranked[RUNS // 2]
    return f"{own:.2f} s to {floor:.2f} s, {RUNS} pairs"


def _timed(arguments: tuple[str, ...]) -> Times:
    before, begun = os.times(), time.perf_counter()
    _run(arguments)
    wall, after = time.perf_counter() - begun, os.times()
    user = after.children_user - before.children_user
    return wall, user + after.children_system - before.children_system


def _run(arguments: tuple[str, ...]) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # As installed: modules are compiled once, not at every start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()


if __name__ == "__main__":
    if sys.argv[1:]:
        chosen = Path(sys.argv[1])
    else:
        from benchmarks.search import prepared

        chosen = prepared(1_000_000).folder
    sys.exit(0 if show(measure(chosen)) else 1)
