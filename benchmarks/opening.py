"""Opens the window as the product does, until the first contacts are painted; run by `start`.

Apart from `start`, so that nothing of the benchmarks is imported beside the product.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.core.paths import Workspace
from app.views.desktop import open_workspace


def main() -> None:
    """Open the workspace named first; with "whole", go on until all of it is listed."""
    _, window = open_workspace(Workspace(Path(sys.argv[1])))
    from PySide6.QtCore import QCoreApplication, QEventLoop

    from app.views.contacts.page import ContactsPage

    page = window.page(window.place)
    assert isinstance(page, ContactsPage)
    # As the product's own loop: asleep while others read.
    flag = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    while not page.model.rowCount():
        QCoreApplication.processEvents(flag)
    page.table.viewport().repaint()
    if sys.argv[2:] == ["whole"]:
        while page.listing.finder.searching or window.desk.calls.waiting:
            QCoreApplication.processEvents(flag)
        print(_resident())
        sys.stdout.flush()
    # The end of the process is not part of the start.
    os._exit(0)


def _resident() -> float:
    import psutil

    return psutil.Process().memory_info().rss / 1e6


if __name__ == "__main__":
    main()
