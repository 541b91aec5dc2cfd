"""Theme, text size and row height, with a row of a list that follows every choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.core.settings import THEME
from app.core.text import marked, tr
from app.views.common.boxes import Card, row
from app.views.common.cells import Cell, Column, Look
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.settings.rows import SettingRow
from app.views.settings.section import Change, Section, declared
from app.views.settings.theme_cards import ThemeCards

if TYPE_CHECKING:
    from app.views.common.desk import Desk

_COLUMNS = (
    ("name", marked("Name"), 160, 2),
    ("email", marked("E-mail"), 168, 3),
    ("status", marked("Status"), 112, 0),
    ("score", marked("Score"), 64, 0),
)


class AppearanceSection(Section):
    """The theme by pictures, the other choices by rows."""

    def __init__(self, desk: Desk, change: Change) -> None:
        super().__init__(desk, change)
        cards = ThemeCards(THEME.label)
        cards.picked.connect(lambda value: change(THEME, str(value)))
        self.controls[THEME.key] = cards
        head = SettingRow(THEME.key, THEME.label, tr(THEME.help), finds=tr(THEME.finds))
        self.rows.append(head)
        top = Card(gap=4, padding=8)
        top.body.addWidget(head)
        top.body.addLayout(row(cards, margins=(8, 4, 8, 8)))
        self.column.addWidget(top)
        others = [setting for setting in declared("appearance") if setting is not THEME]
        self.add_rows(*(self.setting_row(setting) for setting in others))
        self.preview = _Preview()
        self.column.addWidget(self.preview)
        self.column.addStretch(1)


class _Preview(Card):
    """One row of a list, as it looks with the present choices."""

    def __init__(self) -> None:
        super().__init__(gap=0, padding=1)
        head = row(
            Label(tr("Looks like this"), Role.SUBTITLE),
            Label(tr("follows every choice above"), Role.SMALL, "secondary"),
            None,
            margins=(15, 12, 15, 8),
        )
        columns = [
            Column(key, tr(words), width, weight=weight, right=key == "score")
            for key, words, width, weight in _COLUMNS
        ]
        self.table = Table(tr("Example of a list"), columns)
        model = ListModel(columns, self)
        model.show(
            [
                (
                    Cell("Lena Fischer", Look.PERSON),
                    Cell("lena.fischer@nordwind.example"),
                    Cell(tr("Qualified"), Look.PILL, Tone.SUCCESS),
                    Cell("91", Look.FIGURE),
                )
            ]
        )
        self.table.setModel(model)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addLayout(head)
        self.body.addWidget(self.table)
        self.restyle()

    def restyle(self) -> None:
        """Exactly as high as header and row."""
        self.table.setFixedHeight(theme().px(36) + theme().row_height - 1)
