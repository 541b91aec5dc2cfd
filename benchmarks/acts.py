"""How long each act of a person holds the window's main thread: python -m benchmarks.acts [FOLDER].

Every act is done as its key or click does it, on a copy of a workspace of a million contacts, and
then the window is left to itself until nothing is on its way. Told is the longest stretch of the
main thread in which no key or click would have been heard: by the processor's time, which other
programs of the machine do not lengthen, with the time by the clock beside it. --only WORD takes
the acts with that word, --profile prints what the longest stretch of each consists of.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import pstats
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report import Figure, show

if TYPE_CHECKING:
    from app.views.contacts.page import ContactsPage
    from app.views.shell.window import MainWindow

HELD_MS = 50.0
TICK_MS = 16
QUIET_SECONDS = 0.5
SORTS = ("company", "email", "title", "phone", "updated", "score", "name")

Act = tuple[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Held:
    """The longest stretches: milliseconds of the processor, and by the clock."""

    busy: float
    wall: float


class Watch:
    """Does something and goes on with the window's events one turn of its loop at a time."""

    def __init__(self, window: MainWindow, page: ContactsPage, *, profile: bool) -> None:
        from PySide6.QtCore import QTimer

        self._window = window
        self._page = page
        self._profile = profile
        # Without it the loop would sleep for good once nothing more is to come.
        self._tick = QTimer(interval=TICK_MS)
        self._tick.start()

    def act(self, do: Callable[[], object]) -> Held:
        """What the act holds, and what comes of it until all is quiet."""
        longest = self._timed(do)
        quiet = time.perf_counter()
        while time.perf_counter() - quiet < QUIET_SECONDS:
            turn = self._timed(self._turn)
            longest = Held(max(longest.busy, turn.busy), max(longest.wall, turn.wall))
            if self._window.desk.calls.waiting or self._page.listing.finder.searching:
                quiet = time.perf_counter()
        return longest

    def rest(self) -> Held:
        """Leave the window to itself, as somebody does who looks at it first."""
        turns = []
        while not self._window.pages.ahead.done or self._window.desk.calls.waiting:
            turns.append(self._timed(self._turn))
        return Held(max(held.busy for held in turns), max(held.wall for held in turns))

    def _timed(self, work: Callable[[], object]) -> Held:
        profile = cProfile.Profile() if self._profile else None
        wall, busy = time.perf_counter(), time.thread_time()
        if profile is None:
            work()
        else:
            profile.runcall(work)
        held = Held((time.thread_time() - busy) * 1000, (time.perf_counter() - wall) * 1000)
        if profile is not None and held.busy > HELD_MS / 2:
            told = io.StringIO()
            pstats.Stats(profile, stream=told).sort_stats("cumulative").print_stats(28)
            print(f"{held.busy:.0f} ms of the processor\n{told.getvalue()}")
        return held

    def _turn(self) -> None:
        from PySide6.QtCore import QCoreApplication, QEventLoop

        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def acts(window: MainWindow, page: ContactsPage) -> Iterator[Act]:
    """What somebody does, each once; the order matters, since it is a visit of the whole house."""
    yield from _in_the_list(window, page)
    yield from _places(window)
    yield from _panels(window, page)
    yield from _looks(window, page)


def _in_the_list(window: MainWindow, page: ContactsPage) -> Iterator[Act]:
    from app.views.contacts import actions as do

    run, table = window.desk.actions.run, page.table
    yield "check all", lambda: run(do.CHECK_ALL)
    yield "clear the checks", lambda: run(do.UNCHECK)
    yield "jump to the end", lambda: _press(table, "End")
    yield "arrow down at the end", lambda: _press(table, "Up")
    yield "page up", lambda: _press(table, "PgUp")
    yield "drag the bar to the middle", lambda: _scroll(page, 0.5)
    yield "open a contact", lambda: (table.select(500_000), run(do.OPEN))
    yield "next contact", lambda: run(do.NEXT)
    yield "close the contact", lambda: _press(table, "Esc")
    yield "jump to the beginning", lambda: _press(table, "Home")
    for key in SORTS:
        yield f"sort by {key}", lambda key=key: page.sort_by(key)
        yield f"sort by {key}, other way", lambda key=key: page.sort_by(key)
        if key == "company":
            yield "jump to the end of companies", lambda: _press(table, "End")
    yield "jump to a letter", lambda: page.jump.begin("M")
    for length in (1, 2, 5):
        yield f"type {length} letters", lambda n=length: page.search.setText("smith"[:n])
    yield "check all found", lambda: run(do.CHECK_ALL)
    yield "clear the line", page.search.clear
    yield "filter by status", lambda: page.search.setText("status:new")
    yield "clear the filter", page.search.clear


def _places(window: MainWindow) -> Iterator[Act]:
    from app.views.common.places import Place

    for place in Place:
        if place is not Place.CONTACTS:
            yield f"first visit of {place.value}", lambda p=place: window.desk.go(p)
            yield f"back from {place.value}", lambda: window.desk.go(Place.CONTACTS)
    for place in Place:
        if place is not Place.CONTACTS:
            yield f"again to {place.value}", lambda p=place: window.desk.go(p)
    yield "back to the table", lambda: window.desk.go(Place.CONTACTS)


def _panels(window: MainWindow, page: ContactsPage) -> Iterator[Act]:
    from app.views.contacts import actions as do
    from app.views.shell.actions import JOBS, MENU, PALETTE, SHORTCUTS

    run = window.desk.actions.run
    for action in (PALETTE, SHORTCUTS, JOBS):
        yield f"open: {action.words}", lambda a=action: run(a)
        yield f"close: {action.words}", lambda a=action: run(a)
    yield f"open: {MENU.words}", lambda: run(MENU)
    yield "close the menu", _close_popup
    for action in (do.FILTER, do.COLUMNS, do.SAVE_VIEW):
        yield f"open: {action.words}", lambda a=action: run(a)
        yield f"close: {action.words}", _close_popup
    yield "open the form of a new contact", lambda: run(do.ADD)
    yield "close the form", page.drawer.dismiss
    yield "edit a cell", lambda: (page.table.select(3), run(do.EDIT_CELL))
    yield "give up the edit", page.editing.cancel
    yield "check all again", lambda: run(do.CHECK_ALL)
    yield "edit all in bulk", lambda: run(do.EDIT)
    yield "close the bulk dialog", lambda: page.bulk.dialog and page.bulk.dialog.reject()
    yield "export all", lambda: run(do.EXPORT)
    yield "back and clear", lambda: (run(do.UNCHECK),)


def _looks(window: MainWindow, page: ContactsPage) -> Iterator[Act]:
    from app.views.contacts import actions as do
    from app.views.shell import view_actions as view

    run = window.desk.actions.run
    yield "show cards", lambda: run(do.KIND)
    yield "end of a lane", lambda: _press(next(iter(page.cards.lanes.values())).list, "End")
    yield "show the table", lambda: run(do.KIND)
    yield "show the trash", lambda: page.keeper.enter(-1)
    yield "show everything", lambda: page.keeper.enter(0)
    for action in (view.COMFORTABLE, view.COMPACT, view.MEDIUM, view.DARK, view.LIGHT):
        yield f"look: {action.words}", lambda a=action: run(a)
    yield "larger text", lambda: run(view.LARGER)
    yield "text as it was", lambda: run(view.NORMAL)
    yield "make the window narrow", lambda: window.resize(1024, 640)
    yield "make the window wide", lambda: window.resize(1600, 1000)


def _press(widget: object, keys: str) -> None:
    from PySide6.QtGui import QKeySequence
    from PySide6.QtTest import QTest

    QTest.keySequence(widget, QKeySequence(keys))


def _close_popup() -> None:
    from PySide6.QtWidgets import QApplication

    if (popup := QApplication.activePopupWidget()) is not None:
        popup.close()


def _scroll(page: ContactsPage, share: float) -> None:
    bar = page.table.verticalScrollBar()
    bar.setValue(int(bar.maximum() * share))


def measure(workspace: Path, only: str = "", *, profile: bool = False) -> list[Figure]:
    """What each act holds, in a window on a copy of `workspace`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(dir=workspace.parent) as scratch:
        copy = Path(scratch) / "workspace"
        shutil.copytree(workspace, copy)
        return _measured(copy, only, profile=profile)


def _measured(workspace: Path, only: str, *, profile: bool) -> list[Figure]:
    from app.core.paths import Workspace
    from app.views.common.places import Place
    from app.views.contacts.page import ContactsPage
    from app.views.desktop import close_workspace, open_workspace

    app, window = open_workspace(Workspace(workspace))
    page = window.page(Place.CONTACTS)
    assert isinstance(page, ContactsPage)
    watch = Watch(window, page, profile=profile)
    figures = [_figure("first page, then pages made ahead", watch.rest())]
    for name, do in acts(window, page):
        if only in name:
            if profile:
                print(f"== {name}")
            figures.append(_figure(name, watch.act(do)))
        elif not only or name.startswith(("back", "close", "clear")):
            do()
    close_workspace(app, window)
    return figures


def _figure(name: str, held: Held) -> Figure:
    # All of them take minutes.
    print(f"{held.busy:6.1f} ms  {name}", file=sys.stderr, flush=True)
    return Figure(name, held.busy, "ms", HELD_MS, f"{held.wall:.0f} ms by the clock")


def main() -> int:
    """0 when no act holds the main thread for longer than its budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="a workspace, else made and kept")
    parser.add_argument("--only", default="")
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    folder = chosen.folder
    if folder is None:
        from benchmarks.search import prepared

        folder = prepared(1_000_000).folder
    return 0 if show(measure(folder, chosen.only, profile=chosen.profile)) else 1


if __name__ == "__main__":
    sys.exit(main())
