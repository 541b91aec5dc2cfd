"""The sections of the settings in their order; a page of another noun adds one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from app.core.text import marked, tr
from app.views.common.buttons import Btn, Kind
from app.views.common.desk import Desk
from app.views.common.places import Place
from app.views.connections.vault_card import VaultCard
from app.views.settings.about_section import AboutSection
from app.views.settings.appearance_section import AppearanceSection
from app.views.settings.data_section import DataSection
from app.views.settings.rows import SettingRow
from app.views.settings.section import Change, DeclaredSection, Section
from app.views.settings.shortcuts_section import ShortcutsSection

Make = Callable[[Desk, Change], Section]


@dataclass(frozen=True, slots=True)
class SectionKind:
    """One entry of the index; make builds it when it is first shown or searched."""

    key: str
    words: str
    icon: str
    make: Make

    @property
    def title(self) -> str:
        """The words in the user's language."""
        return tr(self.words)


def _declared(name: str) -> Make:
    return partial(_made_from, name)


def _made_from(name: str, desk: Desk, change: Change) -> Section:
    return DeclaredSection(desk, change, name)


class LinksSection(Section):
    """Leads to the page of connections; what to do without a keyring is asked here as well."""

    def __init__(self, desk: Desk, change: Change) -> None:
        super().__init__(desk, change)
        self.open = Btn(tr("Open connections"), Kind.OUTLINE, "plug")
        self.open.clicked.connect(lambda: desk.go(Place.CONNECTIONS))
        self.vault = VaultCard(desk)
        self.vault.changed.connect(self.load)
        self.column.addWidget(self.vault)
        self.add_rows(
            SettingRow(
                "connections.open",
                tr("Keys and accounts"),
                tr("Enter a key, test whose account it opens, and forget it again."),
                self.open,
                finds=tr("api key token hubspot integration account test keyring password"),
            )
        )
        self.column.addStretch(1)

    def load(self) -> None:
        """Look for the keyring in the background."""
        app = self.desk.app
        self.desk.calls.read(self, lambda: app.secrets.available(), self.vault.show_state)


class VocabularySection(Section):
    """Leads to the page of fields, statuses and tags, which has its own place in the window."""

    def __init__(self, desk: Desk, change: Change) -> None:
        super().__init__(desk, change)
        links = (
            (
                "fields",
                tr("Fields of your own"),
                tr("What you need to know about people beyond the built-in fields."),
                tr("custom property type choices"),
            ),
            (
                "statuses",
                tr("Statuses"),
                tr("The steps of your pipeline, their order and colours."),
                tr("stage pipeline archive"),
            ),
            ("tags", tr("Tags"), tr("Rename, colour, merge and delete them."), tr("labels")),
        )
        self.buttons = {key: Btn(tr("Open"), Kind.OUTLINE) for key, *_words in links}
        for key, button in self.buttons.items():
            button.clicked.connect(lambda _on=False, to=key: desk.go(Place.VOCABULARY, to))
        self.add_rows(
            *(
                SettingRow(f"vocabulary.{key}", title, help_, self.buttons[key], finds=finds)
                for key, title, help_, finds in links
            )
        )
        for key, title, *_rest in links:
            self.buttons[key].setAccessibleName(tr("Open {what}", what=title))
        self.column.addStretch(1)


SECTIONS: tuple[SectionKind, ...] = (
    SectionKind("user", marked("You"), "user", _declared("user")),
    SectionKind("appearance", marked("Appearance"), "sun", AppearanceSection),
    SectionKind("vocabulary", marked("Fields and tags"), "tags", VocabularySection),
    SectionKind("import", marked("Importing"), "upload", _declared("import")),
    SectionKind("export", marked("Exporting"), "share-2", _declared("export")),
    SectionKind("connections", marked("Connections"), "plug", LinksSection),
    SectionKind("shortcuts", marked("Shortcuts"), "keyboard", ShortcutsSection),
    SectionKind("data", marked("Data folder"), "hard-drive", DataSection),
    SectionKind("about", marked("About"), "info", AboutSection),
)
