"""Frames of the window while it is used: python -m benchmarks.frames [--contacts N] [--stacks].

Somebody types, scrolls, sorts and jumps in the window on a million contacts: alone, while a list
of a million rows is imported in the same process, and while contacts are exported to the practice
HubSpot. A frame is the time from one tick of a 60 Hz timer to the next, and every tick does what
the user does and repaints the list. Beside it stand what is left of a frame without the time that
the main thread waited for a processor, and its processor's time alone: they tell a slow window from
a busy machine. --stacks prints what the main thread did in the longest.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from benchmarks import contact_list
from benchmarks.licence import licensed
from benchmarks.report import Figure, show

if TYPE_CHECKING:
    from app.bootstrap import App
    from app.views.contacts.page import ContactsPage
    from app.views.shell.window import MainWindow

FRAME_MS = 50.0
TICK_MS = 16
LETTER_TICKS = 8
SECONDS = 20.0
EXPORTED = 2_000
MAIN = Path(__file__).parents[1] / "main.py"
WORDS = (
    "michael smith", "garcia", "david.h", "jennifer w", "walker ltd", "manager", "annab", "zu",
    "elizabeth j", "port", "christina.ke", "hernandez", "@williams", "scott inc",
)  # fmt: skip

Times = tuple[float, float, float]
"""Milliseconds by the clock, without waiting for a processor, and of the processor."""
Act = Callable[[], object]


class Frames:
    """Ticks at 60 Hz on the main thread, and keeps how long each took."""

    def __init__(self, page: ContactsPage, *, stacks: bool) -> None:
        from PySide6.QtCore import QElapsedTimer, Qt, QTimer

        self._page = page
        self._times: list[Times] = []
        self._busy = self._queued = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._script: Iterator[Act] = iter(())
        self._ticked = time.perf_counter()
        self._watching = threading.Event()
        self.stacks: Counter[str] = Counter()
        if stacks:
            threading.Thread(target=self._watch, daemon=True).start()

    def run(self, script: Iterator[Act], until: Callable[[], bool]) -> list[Times]:
        """The time of each frame while `script` goes on, to its end or `until`."""
        from PySide6.QtCore import QCoreApplication, QEventLoop

        self._times, self._script = [], script
        self._clock.restart()
        self._ticked, self._busy, self._queued = time.perf_counter(), time.thread_time(), _queued()
        self._watching.set()
        self._timer.start()
        flag = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        while self._timer.isActive() and not until():
            QCoreApplication.processEvents(flag)
        self._timer.stop()
        self._watching.clear()
        return self._times

    def _tick(self) -> None:
        wall, busy, queued = self._clock.nsecsElapsed() / 1e6, time.thread_time(), _queued()
        waited = queued - self._queued
        self._times.append((wall, wall - waited, (busy - self._busy) * 1000))
        self._clock.restart()
        self._ticked, self._busy, self._queued = time.perf_counter(), busy, queued
        act = next(self._script, None)
        if act is None:
            self._timer.stop()
            return
        act()
        self._page.table.viewport().update()

    def _watch(self) -> None:
        """Note where the main thread is whenever a tick is late."""
        main = threading.main_thread().ident or 0
        pause = threading.Event()
        while self._watching.wait():
            pause.wait(0.01)
            if time.perf_counter() - self._ticked > FRAME_MS / 1000:
                stack = traceback.extract_stack(sys._current_frames()[main])  # noqa: SLF001 - its only use
                where = [f"{Path(line.filename).name}:{line.lineno} {line.name}" for line in stack]
                self.stacks[" < ".join(reversed(where[-6:]))] += 1


def _queued() -> float:
    """The milliseconds that this thread was ready and got no processor; 0 where nobody tells."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e6
    except OSError:
        return 0.0


def typing(page: ContactsPage, seconds: float) -> Iterator[Act]:
    """Words typed letter by letter, each then looked at and taken away."""
    ends = time.perf_counter() + seconds
    dice = random.Random(3)
    while time.perf_counter() < ends:
        word = dice.choice(WORDS)
        for length in range(1, len(word) + 1):
            yield lambda text=word[:length]: page.search.setText(text)
            yield from _waiting(LETTER_TICKS)
        yield from _waiting(30)
        yield page.search.clear
        yield from _waiting(30)


def scrolling(page: ContactsPage, seconds: float) -> Iterator[Act]:
    """The wheel turned, at first slowly and then fast."""
    ends = time.perf_counter() + seconds
    bar, step = page.table.verticalScrollBar(), 40
    while time.perf_counter() < ends:
        yield lambda step=step: bar.setValue((bar.value() + step) % max(1, bar.maximum()))
        step = 40 if step > 40_000 else int(step * 1.02) + 1


def sorting(page: ContactsPage, seconds: float) -> Iterator[Act]:
    """Headers clicked, the end and the middle of the list jumped to, rows chosen."""
    ends = time.perf_counter() + seconds
    bar = page.table.verticalScrollBar()
    dice = random.Random(5)
    while time.perf_counter() < ends:
        for key in ("company", "email", "updated", "name"):
            yield lambda key=key: page.sort_by(key)
            yield from _waiting(60)
            yield lambda: bar.setValue(bar.maximum())
            yield from _waiting(20)
            yield lambda: bar.setValue(dice.randrange(max(1, bar.maximum())))
            yield from _waiting(20)
            yield lambda: page.table.select(dice.randrange(max(1, page.model.rowCount())))
            yield from _waiting(20)


def everything(page: ContactsPage, seconds: float) -> Iterator[Act]:
    """All of it in turns, for so long."""
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        for part in (typing, scrolling, sorting):
            yield from part(page, 4.0)
        page.sort_by("name")


def _waiting(ticks: int) -> Iterator[Act]:
    for _ in range(ticks):
        yield _nothing


def _nothing() -> None:
    """A frame in which the user waits."""


@dataclass(frozen=True, slots=True)
class _Spread:
    median: float
    late: float
    longest: float

    @classmethod
    def of(cls, times: Sequence[float]) -> _Spread:
        ranked = sorted(times)
        late = ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))]
        return cls(ranked[len(ranked) // 2], late, ranked[-1])


class Bench:
    """An open window and what is measured in it."""

    def __init__(self, app: App, window: MainWindow, *, stacks: bool) -> None:
        from app.views.common.desk import Place
        from app.views.contacts.page import ContactsPage

        page = window.page(Place.CONTACTS)
        assert isinstance(page, ContactsPage)
        self.app, self.page = app, page
        self.frames = Frames(page, stacks=stacks)
        self.figures: list[Figure] = []

    def note(self, what: str, script: Iterator[Act], until: Callable[[], bool]) -> None:
        """Measure one kind of use."""
        times = self.frames.run(script, until)[1:] or [(0.0, 0.0, 0.0)]
        walls, alone, busy = (_Spread.of(kind) for kind in zip(*times, strict=True))
        note = f"median {walls.median:.0f}, longest {walls.longest:.0f} ms"
        note += f"; unqueued {alone.median:.0f}, {alone.late:.0f}, {alone.longest:.0f}"
        note += f"; processor {busy.median:.0f}, {busy.late:.0f}, {busy.longest:.0f}"
        note += f"; {len(times):,} frames"
        self.figures.append(Figure(f"frames while {what}, p99", walls.late, "ms", FRAME_MS, note))

    def during(self, what: str, job: int) -> None:
        """Measure everything while a job runs to its end."""
        future = self.app.runner.start_job(job)
        self.note(what, everything(self.page, 3_600.0), future.done)
        ended = future.result()
        seconds = (ended.ended - ended.started).total_seconds()  # type: ignore[operator]
        last = self.figures[-1]
        note = f"{last.note}, job {seconds:.0f} s"
        self.figures[-1] = Figure(last.what, last.measured, last.unit, last.budget, note)


def contact_list_of(rows: int) -> Path:
    """A list of so many contacts to import, made on the first call and kept."""
    cache = Path(platformdirs.user_cache_dir("captely-benchmarks"))
    path = cache / f"contacts-{rows}-1.csv"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        contact_list.write(path, rows, seed=1)
    return path


def measure(
    workspace: Path, listed: Path, seconds: float = SECONDS, *, stacks: bool = False
) -> list[Figure]:
    """The frames of a window on a copy of `workspace`, alone and beside other work."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(dir=workspace.parent) as scratch, _practice(Path(scratch)):
        copy = Path(scratch) / "workspace"
        shutil.copytree(workspace, copy)
        return _measured(licensed(copy), listed, seconds, stacks=stacks)


def _measured(workspace: Path, listed: Path, seconds: float, *, stacks: bool) -> list[Figure]:
    from PySide6.QtWidgets import QApplication

    from app.core.paths import Workspace
    from app.views.desktop import close_workspace, open_workspace

    app, window = open_workspace(Workspace(workspace))
    bench = Bench(app, window, stacks=stacks)
    page = bench.page
    while not page.model.rowCount() or page.listing.finder.searching:
        QApplication.processEvents()
    never = bool
    bench.note("typing", typing(page, seconds), never)
    bench.note("scrolling", scrolling(page, seconds), never)
    bench.note("sorting and jumping", sorting(page, seconds), never)
    ids = app.search.ids("", sort="id").ids[:EXPORTED]
    bench.during("exporting", app.exporting.start(app.exporting.plan("hubspot", ids)))
    bench.during("importing", app.importing.start(listed))
    close_workspace(app, window)
    for where, times in bench.frames.stacks.most_common(25):
        print(f"{times:5} {where}")
    return bench.figures


@contextmanager
def _practice(folder: Path) -> Iterator[None]:
    """The practice HubSpot in a process of its own, as a real one is elsewhere."""
    command = [sys.executable, str(MAIN), "sandbox", "--json", "--workspace", str(folder / "hub")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        told = b""
        while not told.endswith(b"\n}\n"):
            told += server.stdout.readline()
        os.environ["CAPTELY_HUBSPOT_URL"] = json.loads(told)["servers"]["hubspot"]
        os.environ["CAPTELY_HUBSPOT_KEY"] = "practice-key"
        yield
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    """0 when the frames are within their budget."""
    from benchmarks import search

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=1_000_000, help="length of the imported list")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each kind of use")
    parser.add_argument("--stacks", action="store_true")
    chosen = parser.parse_args()
    # Ended or not, the copy of the workspace goes and the practice server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    workspace = search.prepared(chosen.contacts).folder
    figures = measure(workspace, contact_list_of(chosen.rows), chosen.seconds, stacks=chosen.stacks)
    return 0 if show(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
