"""Carries out what changes the look of the window, each at once and with Undo."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from app.core.settings import DENSITY, FONT_SIZE, THEME, Setting, Value
from app.core.text import tr
from app.views.common.actions import Action
from app.views.common.desk import Desk
from app.views.common.theme import theme
from app.views.shell.sidebar import Sidebar
from app.views.shell.view_actions import (
    COMFORTABLE,
    COMPACT,
    DARK,
    FULL_SCREEN,
    LARGER,
    LIGHT,
    MEDIUM,
    NORMAL,
    QUIT,
    SIDEBAR,
    SMALLER,
    SYSTEM,
)

CHOICES: tuple[tuple[Action, Setting, Value], ...] = (
    (LIGHT, THEME, "light"),
    (DARK, THEME, "dark"),
    (SYSTEM, THEME, "system"),
    (COMPACT, DENSITY, "compact"),
    (MEDIUM, DENSITY, "default"),
    (COMFORTABLE, DENSITY, "comfortable"),
    (NORMAL, FONT_SIZE, 100),
)


class View(QObject):
    """Theme, rows, text size, sidebar, full screen and the end."""

    def __init__(self, desk: Desk, window: QMainWindow, sidebar: Sidebar) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._sidebar = sidebar
        provide = desk.actions.provide
        for action, setting, value in CHOICES:
            provide(action, partial(self.prefer, setting, value, action.title), window)
        provide(LARGER, partial(self.resize_text, 1), window)
        provide(SMALLER, partial(self.resize_text, -1), window)
        provide(SIDEBAR, self.toggle_sidebar, window)
        provide(FULL_SCREEN, self.toggle_full_screen, window)
        provide(QUIT, self._quit, window)

    def prefer(self, setting: Setting, value: Value, words: str) -> None:
        """Choose the look that `words` name; the toast offers the one before."""
        settings = self._desk.app.settings
        before = _present(setting)
        if before == value:
            self._desk.say(tr("{look}: it is that already", look=words))
            return
        # Seen at once; written meanwhile.
        _apply(setting, value)
        self._desk.calls.edit(
            self,
            lambda: settings.set(setting, value),
            lambda _none: self._say(setting, before, words),
        )

    def resize_text(self, steps: int) -> None:
        """The next larger or smaller size of the text, as far as there is one."""
        sizes = [size for size in FONT_SIZE.choices if isinstance(size, int)]
        at = sizes.index(theme().percent) + steps
        if not 0 <= at < len(sizes):
            self._desk.say(tr("The text gets no larger") if steps > 0 else tr("No smaller text"))
            return
        self.prefer(FONT_SIZE, sizes[at], tr("Text size {n} %", n=sizes[at]))

    def toggle_sidebar(self) -> None:
        """Icons only, or their words too; remembered."""
        narrow = not self._sidebar.is_narrow
        self._sidebar.wish(narrow)
        self._desk.memory.put("sidebar", {"narrow": narrow})

    def toggle_full_screen(self) -> None:
        """The whole screen, or the window as it was."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _quit(self) -> None:
        self._window.close()

    def _say(self, setting: Setting, before: Value, words: str) -> None:
        self._desk.preferred.emit()
        said = tr("Appearance changed: {what}", what=words)
        self._desk.say(said, tr("Undo"), partial(self._take_back, setting, before))

    def _take_back(self, setting: Setting, before: Value) -> None:
        settings, desk = self._desk.app.settings, self._desk
        _apply(setting, before)
        desk.calls.edit(
            self, lambda: settings.set(setting, before), lambda _none: desk.preferred.emit()
        )


def _present(setting: Setting) -> Value:
    look = theme()
    present: dict[Setting, Value] = {
        THEME: look.choice,
        DENSITY: look.density,
        FONT_SIZE: look.percent,
    }
    return present[setting]


def _apply(setting: Setting, value: Value) -> None:
    look = theme()
    if setting is THEME:
        look.use(choice=str(value))
    elif setting is DENSITY:
        look.use(density=str(value))
    else:
        look.use(percent=int(value))
