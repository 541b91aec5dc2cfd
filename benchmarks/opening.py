"""Opens the window as the product does, until the first contacts are painted; run by `start`.

A second word goes on from there and prints the resident memory: "whole" until all of it is listed,
"used" until somebody has sorted, searched and scrolled in it. Apart from `start`, so that nothing
of the benchmarks is imported beside the product.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.paths import Workspace
from app.views.desktop import open_workspace

if TYPE_CHECKING:
    from app.views.contacts.page import ContactsPage

SORTS = ("company", "email", "title", "city", "phone", "updated", "score", "name")
TYPED = ("michael smith", "garcia", "manager", "zu", "status:new", "score>50")
SCREENS = 40


def main() -> None:
    """Open the workspace named first, and do what the second word says."""
    _, window = open_workspace(Workspace(Path(sys.argv[1])))
    from PySide6.QtCore import QCoreApplication, QEventLoop

    from app.views.contacts.page import ContactsPage

    page = window.page(window.place)
    assert isinstance(page, ContactsPage)
    # As the product's own loop: asleep while others read.
    flag = QEventLoop.ProcessEventsFlag.WaitForMoreEvents

    def settle() -> None:
        # What is painted asks for its rows a moment later.
        QCoreApplication.processEvents()
        while page.listing.finder.searching or window.desk.calls.waiting:
            QCoreApplication.processEvents(flag)

    while not page.model.rowCount():
        QCoreApplication.processEvents(flag)
    page.table.viewport().repaint()
    if sys.argv[2:]:
        settle()
        if sys.argv[2] == "used":
            _use(page, settle)
        print(_resident())
        sys.stdout.flush()
    # The end of the process is not part of the start.
    os._exit(0)


def _use(page: ContactsPage, settle: Callable[[], None]) -> None:
    """Sort both ways, type letter by letter, and go through the list."""
    for key in SORTS:
        for _ in range(2):
            page.sort_by(key)
            settle()
    for word in TYPED:
        for length in range(1, len(word) + 1):
            page.search.setText(word[:length])
            settle()
    page.search.clear()
    settle()
    bar = page.table.verticalScrollBar()
    for place in range(SCREENS + 1):
        bar.setValue(bar.maximum() * place // SCREENS)
        page.table.viewport().repaint()
        settle()


def _resident() -> float:
    import psutil

    return psutil.Process().memory_info().rss / 1e6


if __name__ == "__main__":
    main()
