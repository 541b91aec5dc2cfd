"""How long from start to a usable window, against importing PySide6 and SQLAlchemy alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Figure

RUNS = 5
FLOOR = "import PySide6.QtWidgets, sqlalchemy"
WINDOW = (
    "import sys; from pathlib import Path; from app.core.paths import Workspace;"
    "from app.views.desktop import time_to_usable; time_to_usable(Workspace(Path(sys.argv[1])))"
)


def measure(workspace: Path) -> list[Figure]:
    """The median start on a workspace, as a ratio to the floor of the same run."""
    floor = _median(FLOOR)
    ours = _median(WINDOW, str(workspace))
    return [Figure("start to usable window", ours / floor, "× floor", 2.0, f"{ours:.2f} s")]


def _median(code: str, *arguments: str) -> float:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, *arguments], env=environment, check=True)
        times.append(time.perf_counter() - begun)
    return sorted(times)[RUNS // 2]
