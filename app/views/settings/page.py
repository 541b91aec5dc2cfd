"""The settings page: every declared setting with the control that suits it, applied at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from app.core.errors import CaptelyError
from app.core.settings import SETTINGS, Setting, Value
from app.core.text import tr
from app.views.common.boxes import Card, Rule, Scrolled, box, column, row
from app.views.common.desk import Desk, Page
from app.views.common.fonts import Role
from app.views.common.inputs import Check, Segments, Select
from app.views.common.labels import Label, Para
from app.views.common.page_header import PageHeader
from app.views.common.pills import Notice
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.settings.appearance import apply_appearance

_SECTIONS = {"appearance": "Appearance", "import": "Importing", "user": "You"}

_WORDS: dict[str, dict[Value, str]] = {
    "appearance.theme": {"system": "Like the system", "light": "Light", "dark": "Dark"},
    "appearance.density": {
        "compact": "Compact",
        "default": "Default",
        "comfortable": "Comfortable",
    },
    "appearance.language": {"system": "Like the system", "en": "English", "fr": "Français"},
    "appearance.motion": {"system": "Like the system", "on": "On", "off": "Off"},
    "import.on_duplicate": {
        "fill": "Fill blanks only",
        "update": "Take the file's values",
        "skip": "Skip the row",
        "create": "Create a second contact",
    },
}


def words_of(setting: Setting, value: Value) -> str:
    """How a setting's value is written in the window."""
    known = _WORDS.get(setting.key, {}).get(value)
    if known is not None:
        return tr(known)
    if setting.key == "appearance.font_percent":
        return f"{value} %"
    return str(value)


def choices_of(setting: Setting) -> list[tuple[object, str]]:
    """The allowed values of a setting with their words."""
    return [(value, words_of(setting, value)) for value in setting.choices]


class SettingsPage(Page):
    """Built from the declarations; a new shown setting appears here by itself."""

    place = Place.SETTINGS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.header = PageHeader(tr("Settings"))
        self.header.show_count(tr("Every change applies at once"))
        self.notice = Notice()
        self.controls: dict[str, QWidget] = {}
        cards = [self._card(section) for section in _sections()]
        inside = box(column(*cards, None, gap=16, margins=(0, 0, 0, 24)))
        self._scroll = Scrolled(inside, tr("Settings"))
        parts = (self.header, self.notice, self._scroll)
        self.setLayout(column(*parts, gap=16, margins=(24, 16, 24, 0)))
        desk.preferred.connect(self.visit)

    def visit(self, argument: object = None) -> None:
        """Show the values in force; the argument is the key of a setting to go to."""
        for setting in SETTINGS:
            if setting.shown:
                self._show(setting, self.desk.app.settings.get(setting))
        if isinstance(argument, str) and argument in self.controls:
            self._reveal(self.controls[argument])

    def _reveal(self, control: QWidget) -> None:
        """Scroll to a control and give it the keyboard."""
        target = control
        if control.focusPolicy() is Qt.FocusPolicy.NoFocus:
            buttons = control.findChildren(QAbstractButton)
            target = next((button for button in buttons if button.isChecked()), control)
        self._scroll.ensureWidgetVisible(control, 24, 24)
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def change(self, setting: Setting, value: Value) -> None:
        """Store a value and apply it; the toast offers the one before."""
        settings = self.desk.app.settings
        before = settings.get(setting)
        if before == value:
            return
        self.desk.calls.edit(
            self,
            lambda: settings.set(setting, value),
            lambda _none: self._changed(setting, before, value),
            lambda error: self._refused(setting, before, error),
        )

    def _changed(self, setting: Setting, before: Value, value: Value) -> None:
        self.notice.say("")
        self._show(setting, value)
        if setting.key.startswith("appearance."):
            apply_appearance(self.desk)
        shown = words_of(setting, value) or tr("empty")
        self.desk.say(
            tr("{title} is now {value}", title=setting.label, value=shown),
            tr("Undo"),
            lambda: self.change(setting, before),
        )

    def _refused(self, setting: Setting, before: Value, error: CaptelyError) -> None:
        self._show(setting, before)
        self.notice.say_error(error)

    def _card(self, section: str) -> Card:
        parts: list[QWidget] = [Label(tr(_SECTIONS.get(section, section.title())), Role.SUBTITLE)]
        for number, setting in enumerate(_of(section)):
            if number:
                parts.append(Rule())
            parts.append(self._row(setting))
        return Card(*parts, gap=12)

    def _row(self, setting: Setting) -> QWidget:
        control = self._control(setting)
        self.controls[setting.key] = control
        words = column(Label(setting.label, Role.STRONG), Para(tr(setting.help), Role.SMALL), gap=0)
        line = row(words, control, gap=24)
        line.setStretchFactor(words, 1)
        return box(line)

    def _control(self, setting: Setting) -> QWidget:
        if isinstance(setting.default, bool):
            check = Check("")
            check.setAccessibleName(setting.label)
            check.clicked.connect(lambda on: self.change(setting, bool(on)))
            return check
        if len(setting.choices) > 0 and setting.key != "import.on_duplicate":
            segments = Segments(setting.label, choices_of(setting))
            segments.picked.connect(lambda value: self._picked(setting, value))
            return segments
        if setting.choices:
            select = Select(setting.label, choices_of(setting))
            select.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            select.picked.connect(lambda value: self._picked(setting, value))
            return select
        line = QLineEdit()
        line.setAccessibleName(setting.label)
        line.setFont(theme().font(Role.BODY))
        line.setFixedWidth(theme().px(240))
        line.editingFinished.connect(lambda: self.change(setting, line.text().strip()))
        return line

    def _picked(self, setting: Setting, value: object) -> None:
        if isinstance(value, str | int):
            self._show(setting, value)
            self.change(setting, value)

    def _show(self, setting: Setting, value: Value) -> None:
        control = self.controls[setting.key]
        if isinstance(control, Check):
            control.setChecked(bool(value))
        elif isinstance(control, Segments | Select):
            control.choose(value)
        elif isinstance(control, QLineEdit) and not control.hasFocus():
            control.setText(str(value))


def _sections() -> Sequence[str]:
    return list(dict.fromkeys(s.key.partition(".")[0] for s in SETTINGS if s.shown))


def _of(section: str) -> Sequence[Setting]:
    return [s for s in SETTINGS if s.shown and s.key.startswith(f"{section}.")]
