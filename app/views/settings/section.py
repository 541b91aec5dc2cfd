"""One section of the settings, and the sections that follow from the declared settings alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.core.settings import SETTINGS, Setting, Value
from app.core.text import marked, tr
from app.views.common.inputs import Segments, Select
from app.views.common.theme import theme
from app.views.settings.rows import RowsCard, SettingRow
from app.views.settings.switch import Switch

if TYPE_CHECKING:
    from app.views.common.desk import Desk

Change = Callable[[Setting, Value], None]
"""Stores a value and applies it."""

WORDS: Mapping[str, Mapping[Value, str]] = {
    "appearance.theme": {
        "system": marked("Like the system"),
        "light": marked("Light"),
        "dark": marked("Dark"),
    },
    "appearance.density": {
        "compact": marked("Compact"),
        "default": marked("Default"),
        "comfortable": marked("Comfortable"),
    },
    "appearance.language": {
        "system": marked("Like the system"),
        "en": "English",
        "fr": "Français",
    },
    "appearance.motion": {
        "system": marked("Like the system"),
        "on": marked("On"),
        "off": marked("Off"),
    },
    "import.on_duplicate": {
        "fill": marked("Fill blanks only"),
        "update": marked("Take the file's values"),
        "skip": marked("Skip the row"),
        "create": marked("Create a second contact"),
    },
    "export.file_kind": {"csv": "CSV", "json": "JSON", "vcard": "vCard"},
    "export.delimiter": {
        ",": marked("Comma"),
        ";": marked("Semicolon"),
        "\t": marked("Tab"),
        "|": marked("Bar"),
    },
}
_AS_LIST = frozenset({"import.on_duplicate"})
"""Settings whose choices are too long to stand side by side."""


def words_of(setting: Setting, value: Value) -> str:
    """How a setting's value is written in the window."""
    known = WORDS.get(setting.key, {}).get(value)
    if known is not None:
        return tr(known)
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if setting.key == "appearance.font_percent":
        return f"{value} %"
    return str(value)


def choices_of(setting: Setting) -> list[tuple[object, str]]:
    """The allowed values of a setting with their words."""
    return [(value, words_of(setting, value)) for value in setting.choices]


def declared(section: str) -> Sequence[Setting]:
    """The shown settings whose keys begin with the section's name."""
    return [s for s in SETTINGS if s.shown and s.key.startswith(f"{section}.")]


class Section(QWidget):
    """A column of cards; rows are what a search looks through."""

    def __init__(self, desk: Desk, change: Change) -> None:
        super().__init__()
        self.desk = desk
        self.change = change
        self.rows: list[SettingRow] = []
        self.controls: dict[str, QWidget] = {}
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 24)
        self.column.setSpacing(16)

    def load(self) -> None:
        """The section comes into view; read what it shows beside the settings' values."""

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show the values in force."""
        for setting in SETTINGS:
            if setting.key in self.controls:
                show_value(self.controls[setting.key], values[setting.key])

    def mark(self, words: Sequence[str]) -> int:
        """Mark the rows that have these words; how many do. Without words nothing is marked."""
        found = 0
        for row in self.rows:
            hit = bool(words) and row.matches(words)
            row.mark(words if hit else ())
            found += hit
        return found

    def row(self, key: str) -> SettingRow | None:
        """The row of a setting."""
        return next((row for row in self.rows if row.key == key), None)

    def add_rows(self, *rows: SettingRow, title: str = "") -> RowsCard:
        """A card of rows."""
        card = RowsCard(*rows, title=title)
        self.rows += rows
        self.column.addWidget(card)
        return card

    def setting_row(self, setting: Setting) -> SettingRow:
        """The row of a declared setting with the control that suits it."""
        control = self.controls[setting.key] = control_of(setting, self.change)
        finds = " ".join((tr(setting.finds), *(words for _v, words in choices_of(setting))))
        return SettingRow(setting.key, setting.label, tr(setting.help), control, finds=finds)


class DeclaredSection(Section):
    """All declared settings of one kind; a new one appears here by itself."""

    def __init__(self, desk: Desk, change: Change, name: str) -> None:
        super().__init__(desk, change)
        self.add_rows(*(self.setting_row(setting) for setting in declared(name)))
        self.column.addStretch(1)


def control_of(setting: Setting, change: Change) -> QWidget:
    """The control that suits a setting's type and choices."""
    if isinstance(setting.default, bool):
        switch = Switch(setting.label)
        switch.clicked.connect(lambda on: change(setting, bool(on)))
        return switch
    if setting.choices:
        return _choice(setting, change)
    line = QLineEdit()
    line.setAccessibleName(setting.label)
    line.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    line.setMinimumWidth(theme().px(200))
    line.editingFinished.connect(lambda: change(setting, line.text().strip()))
    return line


def _choice(setting: Setting, change: Change) -> QWidget:
    def picked(value: object) -> None:
        if isinstance(value, str | int):
            change(setting, value)

    if setting.key in _AS_LIST:
        select = Select(setting.label, choices_of(setting))
        select.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        select.picked.connect(picked)
        return select
    segments = Segments(setting.label, choices_of(setting))
    segments.picked.connect(picked)
    return segments


def show_value(control: QWidget, value: Value) -> None:
    """Show a value in the control of a setting."""
    if isinstance(control, Switch):
        control.setChecked(bool(value))
    elif isinstance(control, QLineEdit):
        if not control.hasFocus():
            control.setText(str(value))
    else:
        control.choose(value)  # type: ignore[attr-defined]
