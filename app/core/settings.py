"""Every setting of a workspace, declared once: key, type, default, title and help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.text import tr

Value = str | int | bool


class Scope(StrEnum):
    """Whom a setting belongs to: everybody in the workspace or this computer."""

    WORKSPACE = "workspace"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting; choices, if any, are its only allowed values."""

    key: str
    default: Value
    title: str
    help: str = ""
    choices: tuple[Value, ...] = ()
    scope: Scope = Scope.WORKSPACE
    shown: bool = True

    @property
    def label(self) -> str:
        """The title in the user's language."""
        return tr(self.title)

    def accepts(self, value: object) -> bool:
        """True when `value` has the declared type and is among the choices."""
        same_type = type(value) is type(self.default)
        return same_type and (not self.choices or value in self.choices)


THEME = Setting(
    "appearance.theme",
    "system",
    "Theme",
    "Follows the computer unless you choose.",
    ("system", "light", "dark"),
    Scope.DEVICE,
)
DENSITY = Setting(
    "appearance.density",
    "default",
    "Row height",
    "How much room each contact takes in lists.",
    ("compact", "default", "comfortable"),
    Scope.DEVICE,
)
FONT_SIZE = Setting(
    "appearance.font_percent",
    100,
    "Text size",
    "In per cent of the normal size.",
    (90, 100, 110, 125, 150),
    Scope.DEVICE,
)
LANGUAGE = Setting(
    "appearance.language",
    "system",
    "Language",
    "Of the window; commands speak English.",
    ("system", "en", "fr"),
    Scope.DEVICE,
)
WINDOW_STATE = Setting("window.state", "", "Window size and place", scope=Scope.DEVICE, shown=False)
PAGE_MEMORY = Setting(
    "window.pages", "", "What the pages remember", scope=Scope.DEVICE, shown=False
)
MOTION = Setting(
    "appearance.motion",
    "system",
    "Motion",
    "Whether panels and messages glide in; like the computer unless you choose.",
    ("system", "on", "off"),
    Scope.DEVICE,
)
DEFAULT_COUNTRY = Setting(
    "import.default_country",
    "",
    "Default country",
    "Two letters such as FR; phone numbers without a country code are read as its numbers.",
)
ON_DUPLICATE = Setting(
    "import.on_duplicate",
    "fill",
    "When a person is already there",
    "Fill blanks only, update every given value, skip the row, or create a second contact.",
    ("fill", "update", "skip", "create"),
)
USER_NAME = Setting(
    "user.name", "", "Your name", "Shown at the foot of the sidebar.", scope=Scope.DEVICE
)

SETTINGS: tuple[Setting, ...] = (
    THEME,
    DENSITY,
    FONT_SIZE,
    LANGUAGE,
    MOTION,
    WINDOW_STATE,
    PAGE_MEMORY,
    DEFAULT_COUNTRY,
    ON_DUPLICATE,
    USER_NAME,
)

BY_KEY: dict[str, Setting] = {setting.key: setting for setting in SETTINGS}
if len(BY_KEY) != len(SETTINGS):
    raise AssertionError("two settings share a key")
