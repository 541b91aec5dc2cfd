"""Writes pictures of the window's pages, for a machine without a display."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from app.views.common.places import Place
from app.views.shell.window import MainWindow

SMALLEST = 0
STEP_MS, QUIET_STEPS, MOST_STEPS = 20, 12, 500


def settle(window: MainWindow) -> None:
    """Let the window work until nothing has been on its way to it for a quarter of a second."""
    quiet = 0
    for _ in range(MOST_STEPS):
        step = QEventLoop()
        QTimer.singleShot(STEP_MS, step.quit)
        step.exec()
        quiet = 0 if window.desk.calls.waiting else quiet + 1
        if quiet >= QUIET_STEPS:
            return


def save(widget: QWidget, path: Path) -> Path:
    """Write a picture of a widget as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    widget.grab().save(str(path), "PNG", SMALLEST)
    return path


def write_pages(window: MainWindow, folder: Path) -> list[Path]:
    """Pictures of the main pages, as they are now."""
    window.show()
    written: list[Path] = []
    for place in (Place.CONTACTS, Place.EXPORTS, Place.HISTORY, Place.CONNECTIONS):
        window.show_place(place)
        settle(window)
        written.append(save(window, folder / f"{place.value}.png"))
    window.close()
    return written
