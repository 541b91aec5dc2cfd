"""Every setting of a workspace, declared once: key, type, default, title and help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.text import marked, tr

Value = str | int | bool


class Scope(StrEnum):
    """Whom a setting belongs to: everybody in the workspace or this computer."""

    WORKSPACE = "workspace"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting; choices, if any, are its only allowed values.

    finds are further words by which it is found. shown is False for what the program keeps for
    itself, portable for what makes no sense in another place.
    """

    key: str
    default: Value
    title: str
    help: str = ""
    choices: tuple[Value, ...] = ()
    scope: Scope = Scope.WORKSPACE
    shown: bool = True
    finds: str = ""
    portable: bool = True

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
    marked("Theme"),
    marked("Follows the computer unless you choose."),
    ("system", "light", "dark"),
    Scope.DEVICE,
    finds=marked("colour color dark light night mode"),
)
DENSITY = Setting(
    "appearance.density",
    "default",
    marked("Row height"),
    marked("How much room each contact takes in lists."),
    ("compact", "default", "comfortable"),
    Scope.DEVICE,
    finds=marked("density size compact roomy table line spacing"),
)
FONT_SIZE = Setting(
    "appearance.font_percent",
    100,
    marked("Text size"),
    marked("Everything scales with it, nothing is cut."),
    (90, 100, 110, 125, 150),
    Scope.DEVICE,
    finds=marked("font zoom scale larger bigger smaller"),
)
WINDOW_STATE = Setting(
    "window.state",
    "",
    marked("Window size and place"),
    scope=Scope.DEVICE,
    shown=False,
    portable=False,
)
SHORTCUTS = Setting(
    "window.shortcuts", "", marked("Your own shortcuts"), scope=Scope.DEVICE, shown=False
)
LANGUAGE = Setting(
    "appearance.language",
    "system",
    marked("Language"),
    marked("Of the window; commands speak English."),
    ("system", "en", "fr"),
    Scope.DEVICE,
    finds=marked("translation english french locale words"),
)
MOTION = Setting(
    "appearance.motion",
    "system",
    marked("Motion"),
    marked("Whether panels and messages glide in; like the computer unless you choose."),
    ("system", "on", "off"),
    Scope.DEVICE,
    finds=marked("animation reduced reduce less transition slide fade"),
)
PAGE_MEMORY = Setting(
    "window.pages",
    "",
    marked("What the pages remember"),
    scope=Scope.DEVICE,
    shown=False,
    portable=False,
)
DEFAULT_COUNTRY = Setting(
    "import.default_country",
    "",
    marked("Default country"),
    marked("Two letters such as FR; phone numbers without a country code are read as its numbers."),
    finds=marked("phone telephone prefix region code"),
)
ON_DUPLICATE = Setting(
    "import.on_duplicate",
    "fill",
    marked("When a person is already there"),
    marked("Fill blanks only, update every given value, skip the row, or create a second contact."),
    ("fill", "update", "skip", "create"),
    finds=marked("duplicate merge existing overwrite"),
)
FILE_KIND = Setting(
    "export.file_kind",
    "csv",
    marked("File format"),
    marked("What an export to a file begins with."),
    ("csv", "json", "vcard"),
    finds=marked("csv json vcard spreadsheet download"),
)
FILE_DELIMITER = Setting(
    "export.delimiter",
    ",",
    marked("Between the cells of a CSV file"),
    marked("Excel in most of Europe expects a semicolon."),
    (",", ";", "\t", "|"),
    finds=marked("delimiter separator comma semicolon tab excel"),
)
FILE_MARK = Setting(
    "export.byte_order_mark",
    default=False,
    title=marked("Mark CSV files for Excel"),
    help=marked("Without the mark, Excel shows accented letters wrongly."),
    finds=marked("bom encoding utf-8 unicode accents"),
)
LEAVE_OUT_SUPPRESSED = Setting(
    "export.leave_out_suppressed",
    default=True,
    title=marked("Leave out who must not be contacted"),
    help=marked("Of files; connected tools never get them."),
    finds=marked("suppression unsubscribed do not contact bounced privacy"),
)
USER_NAME = Setting(
    "user.name",
    "",
    marked("Your name"),
    marked("Shown at the foot of the sidebar."),
    scope=Scope.DEVICE,
    finds=marked("user account profile me"),
)
TIME_ZONE = Setting(
    "workspace.time_zone",
    "",
    marked("Time zone"),
    marked("Such as Europe/Paris; days and months of the plan turn there. Empty: this computer's."),
    shown=False,
)
CAP_RUN = Setting("credits.cap_run", "", marked("Most credits in one run"), shown=False)
CAP_DAY = Setting("credits.cap_day", "", marked("Most credits in a day"), shown=False)
CAP_MONTH = Setting("credits.cap_month", "", marked("Most credits in a month"), shown=False)
CAP_PROVIDERS = Setting(
    "credits.cap_providers",
    "",
    marked("Most credits in a month for single providers"),
    marked("Such as hunter=50, apollo=20; the others are asked instead."),
    shown=False,
)
LIMITS_NOTICED = Setting(
    "credits.noticed", "", marked("Limits that were told"), shown=False, portable=False
)

SETTINGS: tuple[Setting, ...] = (
    THEME,
    DENSITY,
    FONT_SIZE,
    LANGUAGE,
    MOTION,
    WINDOW_STATE,
    SHORTCUTS,
    PAGE_MEMORY,
    DEFAULT_COUNTRY,
    ON_DUPLICATE,
    FILE_KIND,
    FILE_DELIMITER,
    FILE_MARK,
    LEAVE_OUT_SUPPRESSED,
    USER_NAME,
    TIME_ZONE,
    CAP_RUN,
    CAP_DAY,
    CAP_MONTH,
    CAP_PROVIDERS,
    LIMITS_NOTICED,
)

BY_KEY: dict[str, Setting] = {setting.key: setting for setting in SETTINGS}
if len(BY_KEY) != len(SETTINGS):
    raise AssertionError("two settings share a key")
