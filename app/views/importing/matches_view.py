"""Rows beside the contacts they belong to: how they were recognised and what would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from app.core.fields import BY_KEY, Field, FieldKind
from app.core.identity import display_name
from app.core.text import marked, tr
from app.services.importing.correcting import Matches
from app.services.importing.pairs import Pair
from app.services.phone_numbers import glanced
from app.views.common.boxes import Card, Rule, Scrolled, box, column, row
from app.views.common.cells import MISSING
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.pills import Empty, Pill
from app.views.common.tokens import Tone
from app.views.common.words import day_or_time, number, parsed
from app.views.importing.field_words import field_title

GROUNDS = {
    "e-mail": marked("E-mail"),
    "phone and name": marked("Phone and name"),
    "name and company": marked("Name and company"),
}
_MOST_FIELDS = 8


class MatchesView(QWidget):
    """Three rows side by side with their contacts, and how many were recognised by what."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Para("", Role.SMALL)
        self.pairs: list[PairCard] = []
        self._scroll = Scrolled(QWidget(), tr("Rows and their contacts"))
        self.nothing = Empty(
            "users", tr("Nobody is there yet"), tr("No row belongs to one of your contacts.")
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self._scroll)
        self.stack.addWidget(self.nothing)
        self.setLayout(column(row(self.words, margins=(15, 4, 15, 8)), self.stack, gap=0))

    def show_matches(
        self, matches: Matches, custom: Sequence[Field], statuses: Mapping[str, str]
    ) -> None:
        """Show the pairs of another plan; statuses are the labels by key."""
        self.pairs = [PairCard(pair, custom, statuses) for pair in matches.pairs]
        self._scroll.setWidget(box(column(*self.pairs, None, gap=12, margins=(15, 0, 15, 12))))
        said = [
            tr("{n} by {ground}", n=number(count), ground=tr(GROUNDS.get(ground, ground)).lower())
            for ground, count in matches.grounds.items()
        ]
        self.words.setText(tr("Recognised: {list}.", list=", ".join(said)) if said else "")
        self.words.setVisible(bool(said))
        self.stack.setCurrentIndex(0 if matches.pairs else 1)


class PairCard(Card):
    """One row and its contact, field by field."""

    def __init__(self, pair: Pair, custom: Sequence[Field], statuses: Mapping[str, str]) -> None:
        super().__init__(gap=8, padding=12)
        self.pair, self._statuses = pair, statuses
        name = display_name(
            *(pair.contact.get(k) for k in ("first_name", "last_name", "full_name"))
        )
        name = name or str(pair.contact.get("email") or tr("Contact {id}", id=pair.contact_id))
        title = ElidedLabel(
            tr("Row {line} is {name}", line=number(pair.line), name=name), Role.STRONG
        )
        ground = Pill(tr(GROUNDS.get(pair.ground, pair.ground)), Tone.INFO, dot=False)
        ground.setToolTip(tr("What both have in common"))
        head = row(title, ground, gap=8)
        head.setStretchFactor(title, 1)
        self.body.addLayout(head)
        self.body.addWidget(Rule())
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        titles = ("", tr("In the file"), tr("In Captely"), tr("Afterwards"))
        for place, words in enumerate(titles):
            grid.addWidget(Label(words, Role.CAPTION, "secondary"), 0, place)
        for line, field in enumerate(pair.fields[:_MOST_FIELDS], 1):
            self._add(grid, line, field, field_title(field, custom))
        for place, stretch in enumerate((2, 3, 3, 3)):
            grid.setColumnStretch(place, stretch)
        self.body.addLayout(grid)

    def _add(self, grid: QGridLayout, line: int, field: str, title: str) -> None:
        pair = self.pair
        given, known, after = (
            _said(values, field, self._statuses) for values in (pair.file, pair.contact, pair.after)
        )
        changes = after != known
        last = Para(
            after, Role.STRONG if changes else Role.BODY, "success" if changes else "secondary"
        )
        last.setAccessibleName(tr("{field} afterwards: {value}", field=title, value=after))
        # Whole, however long: by these values somebody is recognised.
        cells = (Para(title, Role.SMALL), Para(given, tone="primary"), Para(known), last)
        for place, cell in enumerate(cells):
            grid.addWidget(cell, line, place, Qt.AlignmentFlag.AlignTop)


def _said(values: Mapping[str, object], field: str, statuses: Mapping[str, str]) -> str:
    """A value as the list of contacts writes it."""
    value = values.get(field)
    if value in (None, "", []):
        return MISSING
    if field == "last_contacted" and (moment := parsed(value)) is not None:
        return day_or_time(moment)
    if isinstance(value, list):
        return ", ".join(" ".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
    words = " ".join(str(value).split())
    if field == "status":
        return statuses.get(words, words)
    kind = BY_KEY[field].kind if field in BY_KEY else None
    return glanced(words) if kind is FieldKind.PHONE else words
