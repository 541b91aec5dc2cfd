"""Second step of an import: which column goes into which field, with samples and confidence."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.text import marked, tr, trn
from app.services.importing.mapping import ColumnGuess
from app.services.importing.shape import OWN_COLUMNS
from app.views.common.boxes import Card, Rule, box, column, row
from app.views.common.buttons import Btn, Kind, TabBtn
from app.views.common.fonts import Role
from app.views.common.labels import Label, Para
from app.views.common.pills import Notice
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.importing.draft import Draft
from app.views.importing.field_words import (
    IGNORE,
    NEW,
    SPLIT,
    choices,
    field_icon,
    field_title,
)
from app.views.importing.mapping_table import Entry, MappingModel, MappingTable
from app.views.importing.options_panel import WIDTH, OptionsPanel
from app.views.importing.picker import Picker

_REASONS = {
    "exact": marked("Exact"),
    "alias": marked("Known name"),
    "fuzzy": marked("Similar name"),
    "content": marked("By its values"),
    "remembered": marked("Remembered"),
    "none": "",
}
_SINGLE = ("email", "phone", "mobile", "notes", "tags")
"""Fields that may be filled from several columns, whose values are all kept."""
COLUMNS, OPTIONS = range(2)
ROOMY = 600
"""The width below which the words of the columns would be cut, were the options beside them."""


class MappingStep(QWidget):
    """Writes what the user changes into the draft; changed after every choice.

    field_wished carries a column for which the user wants a field of their own.
    """

    changed = Signal()
    field_wished = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._draft: Draft | None = None
        self._guesses: dict[str, ColumnGuess] = {}
        self.notice = Notice()
        self.twice = Notice(Tone.WARNING)
        self._title = Label("", Role.SUBTITLE)
        self._count = Label("", Role.BODY, "secondary")
        self.ignore_rest = Btn(tr("Ignore what is unsure"), Kind.LINK)
        self.ignore_rest.clicked.connect(self._ignore_unsure)
        self.model = MappingModel()
        self.table = MappingTable()
        self.table.setModel(self.model)
        self.table.pick_wished.connect(self.pick)
        self.options = OptionsPanel()
        self.options.changed.connect(self._options_changed)
        self.picker: Picker | None = None
        self.views = [TabBtn(tr("Columns")), TabBtn(tr("Options"))]
        self.stack = QStackedWidget()
        self._options_room = row(gap=0, margins=(16, 8, 0, 0))
        self._lay_out()
        for place, tab in enumerate(self.views):
            tab.clicked.connect(lambda _on=False, at=place: self.show_view(at))

    def _lay_out(self) -> None:
        tabs = row(*self.views, gap=4)
        parts = (tabs, self._title, self._count, None, self.ignore_rest)
        head = row(*parts, margins=(15, 12, 15, 12))
        for view in (self.table, box(self._options_room)):
            self.stack.addWidget(view)
        for tab in self.views:
            tab.hide()
        foot = Para(
            tr("These choices are remembered for the next file with the same columns."), Role.SMALL
        )
        card = Card(gap=0, padding=1)
        card.body.addLayout(head)
        card.body.addWidget(Rule())
        card.body.addWidget(self.stack, 1)
        card.body.addWidget(Rule())
        card.body.addLayout(row(foot, margins=(15, 8, 15, 8)))
        self._main = row(card, self.options, gap=16)
        self._main.setStretchFactor(card, 1)
        self.setLayout(column(self.notice, self.twice, self._main, gap=16))

    def restyle(self) -> None:
        """Take the widths of the present text size."""
        self._place_options()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the options in a view of their own where room is scarce."""
        super().resizeEvent(event)
        self._place_options()

    @property
    def options_beside(self) -> bool:
        """Whether there is room for the options beside the columns."""
        return self.width() - theme().px(WIDTH) - 16 >= theme().px(ROOMY)

    def _place_options(self) -> None:
        beside = self.options_beside
        self.options.fit(beside=beside)
        if beside != self.views[OPTIONS].isHidden():
            (self._main if beside else self._options_room).addWidget(self.options)
            for tab in self.views:
                tab.setHidden(beside)
            self._title.setHidden(not beside)
            self.show_view(COLUMNS)

    def show_view(self, place: int) -> None:
        """Show the columns or, in a small window, the options."""
        self.views[place].setChecked(True)
        self.stack.setCurrentIndex(place)

    def show_draft(self, draft: Draft) -> None:
        """Show the columns of the file with their fields."""
        preview = draft.preview
        if preview is None:
            return
        self._draft = draft
        self.notice.say("")
        self._guesses = dict(zip(preview.shape.names, preview.columns, strict=True))
        self._show()
        self.options.show_draft(draft)

    def take_focus(self) -> None:
        """Put the keyboard on the first column that wants a look, or on an open question."""
        if self._draft is not None and self._draft.questions and not self.options_beside:
            self.show_view(OPTIONS)
        if self.options.take_focus():
            return
        rows = [i for i, name in enumerate(self._guesses) if self.is_unsure(name)]
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if rows:
            self.table.select(rows[0])

    def pick(self, row_: int, typed: str = "") -> None:
        """Open the list of fields for one column."""
        draft = self._draft
        if draft is None or not 0 <= row_ < len(self.model.entries):
            return
        entry = self.model.entries[row_]
        self.table.select(row_)
        self.picker = Picker(tr("Find a field"), self)
        self.picker.picked.connect(lambda key: self.choose(entry.name, key))
        present = SPLIT if entry.name in draft.fixes.splits else entry.field
        cell = self.table.drop_down(row_).toRect()
        self.picker.open_at(cell, self.table.viewport(), choices(draft.custom), present)
        if typed:
            self.picker.type(typed)

    def choose(self, name: str, key: str) -> None:
        """Put a column into a field."""
        draft = self._draft
        if draft is None:
            return
        if key == NEW:
            self.field_wished.emit(name)
            return
        draft.split(name, wanted=key == SPLIT)
        field = "full_name" if key == SPLIT else key
        if field == (self._guesses[name].field or IGNORE):
            draft.mapping.pop(name, None)
        else:
            draft.mapping[name] = field
        self._show()
        self.options.show_draft(draft)
        self.changed.emit()

    def _count_questions(self) -> None:
        open_ = len(self._draft.questions) if self._draft is not None else 0
        self.views[OPTIONS].set_count(open_ or None)

    def mapped(self) -> dict[str, str]:
        """Every column with its field, "" for the ignored."""
        return self._draft.mapped if self._draft is not None else {}

    def _options_changed(self) -> None:
        self._count_questions()
        self._say_twice()
        self.changed.emit()

    def _show(self) -> None:
        self.model.show([self._entry(name, guess) for name, guess in self._guesses.items()])
        mapped = self.mapped()
        total, used = len(mapped), sum(map(bool, mapped.values()))
        self._title.setText(trn("{n} column", "{n} columns", total))
        self.views[COLUMNS].set_count(total)
        self._count.setText(tr("{mapped} mapped, {rest} ignored", mapped=used, rest=total - used))
        unsure = sum(self.is_unsure(name) for name in self._guesses)
        self.ignore_rest.setText(tr("Ignore what is unsure ({n})", n=unsure))
        self.ignore_rest.setVisible(unsure > 0)
        self.ignore_rest.updateGeometry()
        self._count_questions()
        self._say_twice()

    def _entry(self, name: str, guess: ColumnGuess) -> Entry:
        draft = self._draft
        field = draft.field_of(name) if draft is not None else IGNORE
        custom = draft.custom if draft is not None else ()
        split = draft is not None and name in draft.fixes.splits
        level, words, remembered = self._sure(name, guess, field)
        return Entry(
            name=name,
            samples=", ".join(" ".join(s.split()) for s in guess.samples) or tr("empty"),
            field=field,
            field_words=field_title(SPLIT if split else field, custom),
            icon=field_icon(field, custom),
            level=level,
            words=words,
            remembered=remembered,
        )

    def _sure(self, name: str, guess: ColumnGuess, field: str) -> tuple[int, str, bool]:
        draft = self._draft
        if name in OWN_COLUMNS:
            return 0, tr("Of a rejects file"), False
        if not field:
            return 0, tr("Not imported"), False
        if draft is not None and name in draft.new_fields:
            return 4, tr("New field"), False
        if draft is not None and name in draft.mapping:
            return 4, tr("Chosen by you"), False
        level = max(1, min(4, round(guess.confidence * 4)))
        if guess.reason == "remembered":
            return 4, tr("Remembered"), True
        return level, tr(_REASONS[guess.reason]) if level > 2 else tr("Please check"), False

    def is_unsure(self, name: str) -> bool:
        """Whether the guess about a column wants a look."""
        draft = self._draft
        if draft is None or name in draft.mapping or not draft.field_of(name):
            return False
        return self._guesses[name].confidence < 0.6

    def _ignore_unsure(self) -> None:
        for name in [name for name in self._guesses if self.is_unsure(name)]:
            self.choose(name, IGNORE)

    def _say_twice(self) -> None:
        draft = self._draft
        if draft is None:
            return
        used = Counter(filter(None, draft.mapped.values()))
        twice = [k for k, n in used.items() if n > 1 and k.partition(".")[0] not in _SINGLE]
        constant = [k for k in draft.fixes.constants if used.get(k)]
        sentences = [self._twice(key) for key in twice[:2]]
        sentences += [
            tr(
                "“{field}” comes from a column, and its value for every row fills what is blank.",
                field=field_title(key, draft.custom),
            )
            for key in constant[:1]
        ]
        self.twice.say("\n".join(sentences))

    def _twice(self, key: str) -> str:
        names = [f"“{name}”" for name, field in self.mapped().items() if field == key]
        return tr(
            "{columns} both go into {field}: the first that is not blank is taken, and a second "
            "value is named in a warning.",
            columns=tr(" and ").join(names),
            field=field_title(key, self._draft.custom if self._draft is not None else ()),
        )
