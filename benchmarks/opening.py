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
    from PySide6.QtWidgets import QApplication

    from app.views.contacts.page import ContactsPage

    page = window.page(window.place)
    assert isinstance(page, ContactsPage)
    while not page.model.rowCount():
        QApplication.processEvents()
    window.grab()
    if sys.argv[2:] == ["whole"]:
        while page.finder.searching or window.desk.calls.waiting:
            QApplication.processEvents()
        print(_resident())
        sys.stdout.flush()
    # The end of the process is not part of the start.
    os._exit(0)


def _resident() -> float:
    import psutil

    return psutil.Process().memory_info().rss / 1e6


if __name__ == "__main__":
    main()
