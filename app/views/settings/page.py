"""The settings: an index, a search over all of them, and every change applied at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QStackedWidget

from app.core.errors import CaptelyError
from app.core.settings import LANGUAGE, SHORTCUTS, Setting, Value
from app.core.text import tr, trn
from app.services.settings_file import TakenOver, take_over_file, write_settings
from app.views.common.boxes import Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk, Page
from app.views.common.fonts import Role
from app.views.common.inputs import SearchField
from app.views.common.labels import Label
from app.views.common.page_header import PageHeader
from app.views.common.pills import Empty, Notice
from app.views.common.places import Place
from app.views.common.theme import theme
from app.views.settings.actions import EXPORT, FIND, IMPORT, SHORTCUT_KEYS
from app.views.settings.appearance import apply_appearance
from app.views.settings.index import Index
from app.views.settings.rows import words_of as search_words
from app.views.settings.section import Section, words_of
from app.views.settings.sections import SECTIONS
from app.views.settings.shortcuts import apply_shortcuts

_INDEX_WIDTH = 200
_MEMORY = "settings"
_KINDS = {kind.key: kind for kind in SECTIONS}


class SettingsPage(Page):
    """visit takes the key of a setting or of a section and leads there."""

    place = Place.SETTINGS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sections: dict[str, Section] = {}
        self._spoken = desk.app.settings.get(LANGUAGE)
        kept = desk.memory.get(_MEMORY).get("section")
        self.shown = kept if kept in _KINDS else SECTIONS[0].key
        self.export = Btn(EXPORT.title, Kind.GHOST, "download")
        self.import_ = Btn(IMPORT.title, Kind.GHOST, "upload")
        self.done = Btn(tr("Done"), Kind.PRIMARY)
        self.header = PageHeader(tr("Settings"), self.import_, self.export, self.done)
        self.notice = Notice()
        self.search = SearchField(tr("Search settings"), desk.actions.shortcut(FIND))
        self.search.setPlaceholderText(tr("Search settings"))
        self.found = Label("", Role.SMALL, "secondary")
        self.index = Index(SECTIONS)
        self._title = Label("", Role.SUBTITLE)
        self._matches = Label("", Role.BODY, "secondary")
        self._at_once = Label(tr("Every change applies at once"), Role.SMALL, "secondary")
        self._stack = QStackedWidget()
        self._none = Empty("search", tr("No setting found"), tr("Try another word."))
        self._none.add(Btn(tr("Clear search"), Kind.OUTLINE)).clicked.connect(self.search.clear)
        self._stack.addWidget(self._none)
        self._areas: dict[str, Scrolled] = {}
        self._lay_out()
        self._wire()
        self.restyle()
        self.show_section(self.shown)
        desk.preferred.connect(self._show_values)

    def restyle(self) -> None:
        """Take the width of the index in the present text size."""
        self._left.setFixedWidth(theme().px(_INDEX_WIDTH))

    def visit(self, argument: object = None) -> None:
        """Show the values in force, and lead to a setting or section."""
        self._show_values()
        if isinstance(argument, str):
            self.lead_to(argument)

    def lead_to(self, key: str) -> None:
        """Bring a setting or a section into view; a setting is tinted for a moment."""
        self.search.clear()
        for name in [key] if key in _KINDS else list(_KINDS):
            row_ = self.section(name).row(key)
            if name == key or row_ is not None:
                self.show_section(name)
                if row_ is not None:
                    self._areas[name].ensureWidgetVisible(row_, 0, theme().px(48))
                    row_.flash()
                    row_.take_focus()
                return

    def section(self, key: str) -> Section:
        """A section, made when it is first needed."""
        if key not in self.sections:
            made = self.sections[key] = _KINDS[key].make(self.desk, self.change)
            ground = box(row(made, margins=(0, 0, 16, 0)))
            self._areas[key] = Scrolled(ground, _KINDS[key].title, over=True)
            self._stack.addWidget(self._areas[key])
            theme().dress(self._areas[key])
            made.show_values(self.desk.app.settings.all())
        return self.sections[key]

    def show_section(self, key: str) -> None:
        """Show one section."""
        self.shown = key
        section = self.section(key)
        self._title.setText(_KINDS[key].title)
        self._at_once.show()
        self._stack.setCurrentWidget(self._areas[key])
        self.index.mark(key)
        self.desk.memory.put(_MEMORY, {"section": key})
        section.load()

    def change(self, setting: Setting, value: Value) -> None:
        """Store a value and apply it; the toast offers the one before."""
        settings = self.desk.app.settings

        def store() -> Value:
            # Looked up here, in its turn: a change of just now may still be on its way.
            before = settings.get(setting)
            if before != value:
                settings.set(setting, value)
            return before

        self.desk.calls.edit(
            self, store, lambda before: self._changed(setting, before, value), self._refused
        )

    def export_to(self, file: Path) -> None:
        """Write what differs from the defaults; no key is in it."""
        settings = self.desk.app.settings
        self.desk.calls.read(
            self,
            lambda: write_settings(settings, file),
            lambda n: self.desk.say(
                trn("Wrote {n} setting to {file}", "Wrote {n} settings to {file}", n, file=file)
            ),
            self.notice.say_error,
        )

    def import_from(self, file: Path) -> None:
        """Take over the settings of a file, all or none; the toast takes them back."""
        settings = self.desk.app.settings
        self.desk.calls.edit(
            self, lambda: take_over_file(settings, file), self._taken_over, self.notice.say_error
        )

    def _lay_out(self) -> None:
        self.found.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.found.hide()
        left = column(self.search, self.found, self.index, None, gap=8)
        self._left = box(left)
        parts = (self._title, self._matches, None, self._at_once)
        head = row(*parts, gap=12, margins=(0, 0, 16, 0))
        right = column(head, self._stack, gap=12)
        right.setStretchFactor(self._stack, 1)
        main = row(self._left, right, gap=24)
        main.setStretchFactor(right, 1)
        # The scroll bar stands in the margin of the page, which is therefore part of the sections.
        top = column(self.header, self.notice, gap=16, margins=(0, 0, 16, 0))
        whole = column(top, gap=16, margins=(24, 16, 8, 0))
        whole.addLayout(main, 1)
        self.setLayout(whole)

    def _wire(self) -> None:
        actions = self.desk.actions
        self.export.clicked.connect(self._ask_export)
        self.import_.clicked.connect(self._ask_import)
        self.done.clicked.connect(lambda: self.desk.go(Place.CONTACTS))
        self.index.picked.connect(self.show_section)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._enter_section)
        actions.provide(FIND, self._focus_search, self)
        actions.provide(EXPORT, self._ask_export, self)
        actions.provide(IMPORT, self._ask_import, self)
        actions.provide(SHORTCUT_KEYS, lambda: self.lead_to("shortcuts"), self)

    def _search(self, text: str) -> None:
        words = search_words(text)
        found = {key: self.section(key).mark(words) for key in _KINDS}
        for key, entry in self.index.entries.items():
            entry.show_found(found[key], searching=bool(words))
        total, places = sum(found.values()), sum(map(bool, found.values()))
        settings = trn("{n} match", "{n} matches", total)
        where = trn("in {n} section", "in {n} sections", places)
        self.found.setText(f"{settings} {where}" if words else "")
        self.found.setVisible(bool(words))
        best = next((key for key in _KINDS if found[key]), "")
        if words and not best:
            self._title.setText("")
            self._matches.setText("")
            self._at_once.hide()
            self._stack.setCurrentWidget(self._none)
            return
        self.show_section(self.shown if not words or found[self.shown] else best)
        here = found[self.shown]
        self._matches.setText(trn("{n} match", "{n} matches", here) if words else "")

    def _enter_section(self) -> None:
        """From the search into the first setting found."""
        words = search_words(self.search.text())
        rows = (each for each in self.sections[self.shown].rows if each.matches(words))
        first = next(rows, None)
        if words and first is not None:
            self._areas[self.shown].ensureWidgetVisible(first, 0, theme().px(48))
            first.flash()
            first.take_focus()

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_values(self) -> None:
        values = self.desk.app.settings.all()
        for section in self.sections.values():
            section.show_values(values)
        self.sections[self.shown].load()

    def _changed(self, setting: Setting, before: Value, value: Value) -> None:
        if before == value:
            self._show_values()
            return
        self.notice.say("")
        self._apply({setting.key: value})
        self.desk.say(_said(setting, value), tr("Undo"), lambda: self.change(setting, before))

    def _apply(self, values: Mapping[str, Value]) -> None:
        if any(key.startswith("appearance.") for key in values):
            apply_appearance(self.desk)
        if SHORTCUTS.key in values:
            apply_shortcuts(self.desk)
        self._show_values()
        if self.desk.app.settings.get(LANGUAGE) != self._spoken:
            # Another window takes the place of this one, and says so itself.
            self.desk.reworded.emit(self._spoken)

    def _refused(self, error: CaptelyError) -> None:
        self._show_values()
        self.notice.say_error(error)

    def _taken_over(self, taken: TakenOver) -> None:
        self._apply(taken.before)
        said = trn("Took over {n} setting", "Took over {n} settings", len(taken.before))
        if taken.unknown:
            unknown = trn("{n} is not known here", "{n} are not known here", len(taken.unknown))
            said = f"{said}. {unknown}"
        self.desk.say(said, tr("Undo"), self._undo_of(taken.before))

    def _undo_of(self, before: Mapping[str, Value]) -> Callable[[], None]:
        settings = self.desk.app.settings

        def undo() -> None:
            self.desk.calls.edit(
                self,
                lambda: settings.take_over(before, device=True),
                lambda _unknown: self._apply(before),
                self._refused,
            )

        return undo

    def _ask_export(self) -> None:
        title, name = tr("Export settings"), "captely-settings.json"
        chosen, _filter = QFileDialog.getSaveFileName(self.host, title, name, "JSON (*.json)")
        if chosen:
            self.export_to(Path(chosen))

    def _ask_import(self) -> None:
        title = tr("Import settings")
        chosen, _filter = QFileDialog.getOpenFileName(self.host, title, "", "JSON (*.json)")
        if chosen:
            self.import_from(Path(chosen))


def _said(setting: Setting, value: Value) -> str:
    """What the toast says of a change."""
    if setting is SHORTCUTS:
        return tr("The shortcut is changed")
    shown = words_of(setting, value) or tr("empty")
    if setting.key.startswith("appearance."):
        return tr("Appearance changed: {what}", what=f"{setting.label}, {shown}")
    return tr("{title} is now {value}", title=setting.label, value=shown)
