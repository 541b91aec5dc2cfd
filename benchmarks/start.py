"""How soon the window is usable and how much memory it takes, on a workspace of any size.

The floor is importing PySide6 and SQLAlchemy alone, in the same run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.report import Figure

RUNS = 5
FLOOR = "import PySide6.QtWidgets, sqlalchemy"


def measure(workspace: Path) -> list[Figure]:
    """The median start, as a ratio to the floor, and the resident memory then."""
    floor, _ = _median("-c", FLOOR)
    ours, told = _median("-m", "benchmarks.start", str(workspace))
    return [
        Figure("start to usable window", ours / floor, "× floor", 2.0, f"{ours:.2f} s"),
        Figure("resident memory, window open", float(told or 0), "MB", 350.0),
    ]


def _median(*arguments: str) -> tuple[float, str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    times, told = [], ""
    for _ in range(RUNS):
        begun = time.perf_counter()
        told = subprocess.run(
            [sys.executable, *arguments], env=environment, check=True, stdout=subprocess.PIPE
        ).stdout.decode()
        times.append(time.perf_counter() - begun)
    return sorted(times)[RUNS // 2], told


def _open_until_usable(workspace: Path) -> None:
    """Open the window as the product does, wait for the first contacts, print the megabytes."""
    import psutil

    from app.bootstrap import build
    from app.core.actor import Origin
    from app.core.paths import Workspace
    from app.views.common.places import Place
    from app.views.contacts.page import ContactsPage
    from app.views.desktop import make_window, prepare_application

    application = prepare_application()
    services = build(Workspace(workspace), origin=Origin.UI)
    window = make_window(services)
    window.open()
    window.show_place(Place.CONTACTS)
    page = window.page(Place.CONTACTS)
    assert isinstance(page, ContactsPage)
    while not page.model.rowCount():
        application.processEvents()
    window.grab()
    print(psutil.Process().memory_info().rss / 1e6)
    sys.stdout.flush()
    # The end of the process is not part of the start.
    os._exit(0)


if __name__ == "__main__":
    _open_until_usable(Path(sys.argv[1]))
