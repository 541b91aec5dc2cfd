"""Second step of an import: which column goes into which field, with samples and confidence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.core.fields import FIELDS, LABELLED, Field
from app.core.text import tr, trn
from app.services.importing.mapping import ColumnGuess
from app.views.common.boxes import Card, Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import ElidedLabel, Label
from app.views.common.painting import paint_box, paint_text, text_width
from app.views.common.pills import IconMark, Notice
from app.views.common.theme import theme
from app.views.importing.draft import Draft
from app.views.importing.options_panel import OptionsPanel

IGNORE = ""

_REASONS = {
    "exact": "Exact",
    "alias": "Known name",
    "fuzzy": "Similar name",
    "content": "By its values",
    "remembered": "Remembered",
    "chosen": "Chosen by you",
}


class MappingStep(QWidget):
    """Writes what the user changes into the draft; changed after every choice."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._draft: Draft | None = None
        self._custom: Sequence[Field] = ()
        self._guesses: dict[str, ColumnGuess] = {}
        self._marks: dict[str, Confidence] = {}
        self._arrows: dict[str, IconMark] = {}
        self.selects: dict[str, Select] = {}
        self.notice = Notice()
        self._title = Label("", Role.SUBTITLE)
        self._count = Label("", Role.BODY, "secondary")
        self.ignore_rest = Btn(tr("Ignore all unmapped"), Kind.LINK)
        self.ignore_rest.clicked.connect(self._ignore_unsure)
        self._scroll = Scrolled(QWidget(), tr("Columns of the file"))
        head = row(self._title, self._count, None, self.ignore_rest, margins=(16, 12, 16, 12))
        card = Card(gap=0, padding=1)
        card.body.addLayout(head)
        card.body.addWidget(Rule())
        card.body.addWidget(self._scroll, 1)
        self.options = OptionsPanel()
        self.options.changed.connect(self.changed.emit)
        main = row(card, self.options, gap=16)
        main.setStretchFactor(card, 1)
        self.setLayout(column(self.notice, main, gap=16))

    def show_draft(self, draft: Draft, custom: Sequence[Field]) -> None:
        """Show the columns of the file with their fields."""
        self._draft, self._custom = draft, custom
        preview = draft.preview
        if preview is None:
            return
        self.notice.say("")
        self._guesses = dict(zip(preview.shape.names, preview.columns, strict=True))
        grid = QGridLayout()
        grid.setContentsMargins(16, 8, 16, 16)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        titles = (
            tr("Column in the file"),
            tr("Samples"),
            "",
            tr("Captely field"),
            tr("Confidence"),
        )
        for place, words in enumerate(titles):
            grid.addWidget(Label(words, Role.CAPTION, "secondary"), 0, place)
        choices = field_choices(custom)
        self.selects = {}
        for number, (name, guess) in enumerate(self._guesses.items()):
            self._add_row(grid, 2 * number + 1, name, guess, choices)
        for place, stretch in enumerate((3, 4, 0, 3, 2)):
            grid.setColumnStretch(place, stretch)
        grid.setRowStretch(2 * len(self._guesses) + 2, 1)
        self._scroll.setWidget(box(grid))
        self.options.show_draft(draft, custom)
        self._count_mapped()

    def _add_row(
        self,
        grid: QGridLayout,
        line: int,
        name: str,
        guess: ColumnGuess,
        choices: Sequence[tuple[object, str]],
    ) -> None:
        select = Select(tr("Field for {column}", column=name), choices)
        select.setMinimumWidth(theme().px(144))
        select.choose(self._field_of(name))
        select.picked.connect(lambda value, column=name: self._choose(column, str(value)))
        self.selects[name] = select
        self._marks[name] = Confidence()
        self._arrows[name] = IconMark("arrow-right")
        samples = ElidedLabel(", ".join(guess.samples) or tr("empty"), Role.BODY, "secondary")
        grid.addWidget(Rule(), line, 0, 1, 5)
        for place, part in enumerate(
            (ElidedLabel(name, Role.STRONG), samples, self._arrows[name], select, self._marks[name])
        ):
            grid.addWidget(part, line + 1, place)
        self._show_confidence(name)

    def _field_of(self, name: str) -> str:
        return self._draft.field_of(name) if self._draft is not None else IGNORE

    def _choose(self, name: str, field: str) -> None:
        if self._draft is None:
            return
        if field == (self._guesses[name].field or IGNORE):
            self._draft.mapping.pop(name, None)
        else:
            self._draft.mapping[name] = field
        self._show_confidence(name)
        self._count_mapped()
        self.options.show_draft(self._draft, self._custom)
        self.changed.emit()

    def _show_confidence(self, name: str) -> None:
        guess, field = self._guesses[name], self._field_of(name)
        chosen = self._draft is not None and name in self._draft.mapping
        self._arrows[name].show_icon("minus" if not field else "arrow-right", "text.secondary")
        if not field:
            self._marks[name].show_words(tr("Not imported"), 0)
        elif chosen:
            self._marks[name].show_words(tr(_REASONS["chosen"]), 4)
        else:
            level = max(1, min(4, round(guess.confidence * 4)))
            words = tr(_REASONS.get(guess.reason, "")) if level > 2 else tr("Please check")
            self._marks[name].show_words(words, level)

    def _count_mapped(self) -> None:
        total = len(self._guesses)
        mapped = sum(bool(self._field_of(name)) for name in self._guesses)
        self._title.setText(trn("{n} column", "{n} columns", total))
        self._count.setText(
            tr("{mapped} mapped, {rest} ignored", mapped=mapped, rest=total - mapped)
        )
        unsure = [name for name in self._guesses if self._is_unsure(name)]
        self.ignore_rest.setText(tr("Ignore what is unsure ({n})", n=len(unsure)))
        self.ignore_rest.setVisible(bool(unsure))
        self.ignore_rest.updateGeometry()

    def _is_unsure(self, name: str) -> bool:
        chosen = self._draft is not None and name in self._draft.mapping
        return bool(self._field_of(name)) and not chosen and self._guesses[name].confidence < 0.6

    def _ignore_unsure(self) -> None:
        for name in [name for name in self._guesses if self._is_unsure(name)]:
            self.selects[name].choose(IGNORE)
            self._choose(name, IGNORE)

    def mapped(self) -> dict[str, str]:
        """Every column with its field, "" for the ignored."""
        return {name: self._field_of(name) for name in self._guesses}


def field_choices(custom: Sequence[Field]) -> list[tuple[object, str]]:
    """What a column can be mapped to."""
    choices: list[tuple[object, str]] = [(IGNORE, tr("Ignored"))]
    choices += [(field.key, field.title) for field in FIELDS if field.editable]
    for key in LABELLED:
        title = next(field.title for field in FIELDS if field.key == key)
        choices.append((f"{key}.2", tr("{field}, second", field=title)))
    return choices + [(field.key, field.title) for field in custom]


class Confidence(QWidget):
    """Four bars and a word: how sure the guess is."""

    BAR, GAP = 6, 2

    def __init__(self) -> None:
        super().__init__()
        self._words, self._level = "", 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_words(self, words: str, level: int) -> None:
        """Show a level of 0 to 4 and its word."""
        self._words, self._level = words, level
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Take the size of the present text size."""
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Bars and word."""
        bars = 4 * (self.BAR + self.GAP) + 8
        return QSize(int(bars + text_width(self._words, Role.CAPTION)) + 4, theme().px(24))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint bars and word."""
        painter, look = QPainter(self), theme()
        good = self._level > 2
        full = look.colour("chart.2" if good else "chart.3")
        middle = self.height() / 2
        for bar in range(4):
            spot = QRectF(bar * (self.BAR + self.GAP), middle - 5, self.BAR, 10)
            colour = full if bar < self._level else look.colour("border.subtle")
            paint_box(painter, spot, 2, colour)
        left = 4 * (self.BAR + self.GAP) + 8
        room = QRectF(left, 0, self.width() - left, self.height())
        ink = look.colour("pill.success.fg" if good else "pill.warning.fg")
        if not self._level:
            ink = look.colour("text.secondary")
        paint_text(painter, room, self._words, Role.CAPTION, ink, essential=True)
