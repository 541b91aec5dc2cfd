"""Opens the window on a workspace, or says in one line why there is none."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.actor import Origin
from app.core.errors import CaptelyError
from app.core.paths import Workspace, default_workspace
from app.core.settings import LANGUAGE
from app.core.text import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.bootstrap import App
    from app.views.shell.window import MainWindow

SETTLE_MS = 1_000
SWITCH_SECONDS = 0.0002
"""How long another thread may keep Python from the window: a twenty-fifth of what is usual."""


def has_display() -> bool:
    """False on Linux without a screen, where Qt would abort instead of failing."""
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in ("offscreen", "minimal", "vnc"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_window(folder: str = "") -> int:
    """The window on a workspace's folder or on the usual one; returns the program's exit code."""
    if not has_display():
        print(  # noqa: T201 - this is for the terminal that started us
            tr("There is no display here. The same is there as commands: try --help."),
            file=sys.stderr,
        )
        return 2
    return _run(Workspace(Path(folder)) if folder else default_workspace())


def show_workspace(workspace: Workspace) -> int:
    """The window on `workspace`, or without a display PNG pictures of its pages."""
    if has_display():
        return _run(workspace)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.bootstrap import build
    from app.views.shell.pictures import write_pages

    app = build(workspace, origin=Origin.UI)
    window = None
    try:
        prepare_application()
        window = make_window(app)
        for path in write_pages(window, workspace.folder / "pictures"):
            print(path)  # noqa: T201 - the answer of the command
    finally:
        close_workspace(app, window)
    return 0


def _run(workspace: Workspace) -> int:
    try:
        app, window = open_workspace(workspace)
    except CaptelyError as error:
        return _cannot_open(error)
    try:
        return prepare_application().exec()
    finally:
        close_workspace(app, window)


def open_workspace(workspace: Workspace) -> tuple[App, MainWindow]:
    """Every service of a workspace, and the open window on it.

    Raises StorageError when the workspace cannot be opened.
    """
    # Nothing of a start becomes garbage, and looking for some takes a tenth of it.
    gc.disable()
    sys.setswitchinterval(SWITCH_SECONDS)
    # Before Qt is there: PySide6 looks into the source of every module imported after it.
    from app.bootstrap import build

    prepare_application()
    app = build(workspace, origin=Origin.UI)
    try:
        window = make_window(app)
        window.crash.install()
        window.open()
    except BaseException:
        app.close()
        raise
    _settle_later(app, window)
    return app, window


def _settle_later(app: App, window: MainWindow) -> None:
    """Once the first page is read and painted, do what a start leaves for later."""
    from PySide6.QtCore import QTimer

    QTimer.singleShot(SETTLE_MS, lambda: _settle(app, window))


def _settle(app: App, window: MainWindow) -> None:
    from shiboken6 import isValid

    # What was imported stays. Looking through it for garbage takes a tenth of a second, in which
    # the window would stand still, again and again.
    gc.freeze()
    gc.enable()
    app.tidy()
    while window.successor is not None:
        window = window.successor
    if isValid(window):
        _make_pages(window)


def _make_pages(window: MainWindow) -> None:
    # They stay, as what was imported does.
    window.pages.ahead.finished.connect(gc.freeze)
    window.pages.ahead.begin()


def close_workspace(app: App, window: MainWindow | None) -> None:
    """Wait for what runs, then take the window apart while the interpreter is still whole."""
    import shiboken6

    app.close()
    while window is not None:
        successor = window.successor
        if shiboken6.isValid(window):
            shiboken6.delete(window)
        window = successor


def _cannot_open(error: CaptelyError) -> int:
    """Say why the workspace cannot be opened, in a window of its own."""
    from app.views.common.theme import theme
    from app.views.shell.refusal import RefusalDialog

    theme().apply()
    RefusalDialog(error).exec()
    return error.exit_code


def prepare_application() -> QApplication:
    """The one QApplication of this process, with the product's style and fonts."""
    from PySide6.QtWidgets import QApplication

    from app.views.common.fonts import install_fonts

    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Captely")
    application.setApplicationDisplayName("Captely")
    application.setDesktopFileName("captely")
    application.setStyle("Fusion")
    install_fonts()
    return application


def make_window(app: App, former: MainWindow | None = None) -> MainWindow:
    """A window on `app`, not yet shown; needs `prepare_application`.

    It remembers what `former` does, whose place it will take.
    """
    from app.views.shell.language import speak

    # Before the pages are imported, and so before anything of them is worded.
    speak(str(app.settings.get(LANGUAGE)))

    from app.views.common.desk import Desk
    from app.views.settings.appearance import apply_appearance
    from app.views.settings.shortcuts import apply_shortcuts
    from app.views.shell.window import MainWindow

    desk = Desk(app, former.desk.memory.text if former is not None else None)
    apply_appearance(desk)
    window = MainWindow(desk)
    desk.setParent(window)
    apply_shortcuts(desk)

    def reword(before: object) -> None:
        window.when_saved(lambda: replace_window(window, str(before)))

    desk.reworded.connect(reword)
    return window


def replace_window(former: MainWindow, language: str) -> None:
    """A window in the language chosen just now, in the place of `former`; toast and Undo say so.

    language is the setting before. Everything is made anew, since words are given to controls
    when these are made; what a page has to go on with is handed over.
    """
    from app.core.text import tr

    app = former.desk.app
    watched = former.crash.installed
    window = make_window(app, former)
    window.open(former)
    if former.pages.ahead.begun:
        _make_pages(window)
    former.give_way(window)
    if watched:
        window.crash.install()
    window.activateWindow()
    desk, settings, chosen = window.desk, app.settings, str(app.settings.get(LANGUAGE))

    def undo() -> None:
        desk.calls.edit(
            desk, lambda: settings.set(LANGUAGE, language), lambda _none: desk.reworded.emit(chosen)
        )

    desk.say(tr("Language changed"), tr("Undo"), undo)
