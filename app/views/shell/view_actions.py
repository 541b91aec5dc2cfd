"""What can be done about how the window looks, as declarations; `view` carries them out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group


def _view(key: str, words: str, icon: str, *keys: str, finds: str = "") -> Action:
    return Action(f"view.{key}", words, Group.VIEW, keys, icon, finds)


LIGHT = _view("light", marked("Light theme"), "sun", finds=marked("appearance colours bright"))
DARK = _view("dark", marked("Dark theme"), "moon", finds=marked("appearance colours night"))
SYSTEM = _view(
    "system", marked("Theme like the system"), "monitor", finds=marked("appearance colours follow")
)
COMPACT = _view("compact", marked("Compact rows"), "list-filter", finds=marked("density height"))
MEDIUM = _view("medium", marked("Default rows"), "list-filter", finds=marked("density height"))
COMFORTABLE = _view(
    "comfortable", marked("Comfortable rows"), "list-filter", finds=marked("density height")
)
LARGER = _view(
    "larger", marked("Larger text"), "type", "Ctrl++", "Ctrl+=", finds=marked("zoom in font size")
)
SMALLER = _view(
    "smaller", marked("Smaller text"), "type", "Ctrl+-", finds=marked("zoom out font size")
)
NORMAL = _view(
    "normal", marked("Normal text size"), "type", "Ctrl+0", finds=marked("zoom reset font")
)
SIDEBAR = _view(
    "sidebar", marked("Show or hide the sidebar"), "panel-left", "Ctrl+B", finds=marked("collapse")
)
FULL_SCREEN = _view("full_screen", marked("Full screen"), "square", "F11")
QUIT = _view("quit", marked("Quit"), "log-out", "Ctrl+Q", finds=marked("exit close leave"))

ACTIONS = (
    LIGHT,
    DARK,
    SYSTEM,
    COMPACT,
    MEDIUM,
    COMFORTABLE,
    LARGER,
    SMALLER,
    NORMAL,
    SIDEBAR,
    FULL_SCREEN,
    QUIT,
)
