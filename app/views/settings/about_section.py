"""Version, what the product is made with, and under which licences; asks nobody over the net."""

from __future__ import annotations

import platform
import re
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTextBrowser

from app import __version__
from app.core.paths import resources
from app.core.text import tr
from app.views.common.boxes import Card
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.theme import theme
from app.views.settings.licence_text import dress
from app.views.settings.rows import SettingRow
from app.views.settings.section import Change, Section

if TYPE_CHECKING:
    from app.views.common.desk import Desk

_LEAST_HEIGHT = 280
_TITLE = re.compile(r"\A# .*\n+")
_HEADING = re.compile(r"^#{1,3} ", re.MULTILINE)


class AboutSection(Section):
    """The licences are the shipped text, shown in full."""

    def __init__(self, desk: Desk, change: Change) -> None:
        super().__init__(desk, change)
        self.copy = Btn(tr("Copy"), Kind.OUTLINE, "copy")
        self.copy.setAccessibleName(tr("Copy the version"))
        self.copy.clicked.connect(self._copy)
        self.add_rows(
            SettingRow(
                "about.version",
                tr("Captely {version}", version=__version__),
                _made_with(),
                self.copy,
                finds=tr("version release build qt python support"),
            )
        )
        head = SettingRow(
            "about.licences",
            tr("Licences"),
            tr("What Captely ships, and under which terms. Nothing is asked over the net."),
            finds=tr("licence license open source third party legal lgpl"),
        )
        self.rows.append(head)
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("Licences"))
        self.text.setOpenLinks(False)
        self.text.setProperty("reading", "true")
        card = Card(gap=4, padding=8)
        card.body.addWidget(head)
        card.body.addWidget(self.text, 1)
        self.column.addWidget(card, 1)
        self.restyle()

    def restyle(self) -> None:
        """Take font and colours of the present theme."""
        self.text.setMinimumHeight(theme().px(_LEAST_HEIGHT))
        self.text.document().setDefaultFont(theme().font(Role.BODY))
        self.text.setMarkdown(licences())
        dress(self.text.document())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"Captely {__version__} ({_made_with()})")
        self.desk.say(tr("The version is copied"))


def licences() -> str:
    """The shipped page of licences, or where it is when it was not shipped along."""
    file = resources().parent / "docs" / "third-party-licences.md"
    try:
        written = file.read_text(encoding="utf-8")
    except OSError:
        return tr("The licences lie beside the program: {file}", file=file.name)
    # Its title is that of the card; its other headings stand below those of a page of the window.
    return _HEADING.sub("#### ", _TITLE.sub("", written, count=1))


def _made_with() -> str:
    return f"Qt {qVersion()}, Python {platform.python_version()}, {sys.platform}"
