"""Beside the mapping: questions that the file leaves open, and what goes for every row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QVBoxLayout, QWidget

from app.core.fields import FIELDS, Field, FieldKind
from app.core.text import tr, trn
from app.services.importing.dates import DateEvidence
from app.views.common.boxes import Card, Scrolled, box, column
from app.views.common.fonts import Role
from app.views.common.inputs import Radio
from app.views.common.labels import Label, Para
from app.views.common.theme import theme
from app.views.importing.draft import Draft

WIDTH = 232

_ORDERS = (("dmy", "Day first, as in 31/12/2026"), ("mdy", "Month first, as in 12/31/2026"))


class OptionsPanel(QWidget):
    """Writes the answers into the draft; changed after each."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._draft: Draft | None = None
        self._dated: frozenset[str] = frozenset()
        self.questions: dict[str, QuestionCard] = {}
        self._questions = QVBoxLayout()
        self._questions.setSpacing(16)
        self.tags = _line(tr("Tags"), tr("Separated by commas"))
        self.country = _line(tr("Default country"), tr("Two letters, such as FR"))
        self.country.setMaxLength(2)
        self.tags.textChanged.connect(self._keep)
        self.country.textChanged.connect(self._keep)
        for_all = Card(Label(tr("For every row"), Role.SUBTITLE), gap=12)
        for line in (self.tags, self.country):
            caption = Label(line.accessibleName(), Role.CAPTION, "secondary")
            caption.setBuddy(line)
            for_all.body.addLayout(column(caption, line, gap=4))
        words = tr("Phones without a country code are read as numbers of the default country.")
        for_all.body.addWidget(Para(words, Role.SMALL, "muted"))
        inside = column(gap=16)
        inside.addLayout(self._questions)
        inside.addWidget(for_all)
        inside.addStretch(1)
        scroll = Scrolled(box(inside), tr("Options of the import"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.restyle()

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.setFixedWidth(theme().px(WIDTH))

    def show_draft(self, draft: Draft, custom: Sequence[Field]) -> None:
        """Show what is open and what was decided."""
        dated = (FieldKind.DATE, FieldKind.MOMENT)
        self._dated = frozenset(f.key for f in (*FIELDS, *custom) if f.kind in dated)
        first = self._draft is not draft
        self._draft = draft
        if first:
            self.tags.setText(", ".join(draft.tags))
            self.country.setText(draft.default_country)
            self._drop_questions()
        self._ask(draft)

    def _ask(self, draft: Draft) -> None:
        preview = draft.preview
        if preview is None:
            return
        names = preview.shape.names
        open_ones = {
            names[index]: evidence
            for index, evidence in preview.dates.items()
            if not evidence.decided and draft.field_of(names[index]) in self._dated
        }
        for name in [name for name in self.questions if name not in open_ones]:
            self.questions.pop(name).deleteLater()
        for name, evidence in open_ones.items():
            if name not in self.questions:
                card = QuestionCard(name, evidence, draft.orders.get(name, ""))
                card.answered.connect(self._answer)
                self.questions[name] = card
                self._questions.addWidget(card)

    def _drop_questions(self) -> None:
        for card in self.questions.values():
            card.deleteLater()
        self.questions.clear()

    def _answer(self, name: str, order: str) -> None:
        if self._draft is not None:
            self._draft.orders[name] = order
            self.changed.emit()

    def _keep(self) -> None:
        if self._draft is not None:
            tags = (tag.strip() for tag in self.tags.text().split(","))
            self._draft.tags = tuple(tag for tag in tags if tag)
            self._draft.default_country = self.country.text().strip().upper()
            self.changed.emit()

    @property
    def unanswered(self) -> int:
        """How many questions about dates are open."""
        orders = self._draft.orders if self._draft is not None else {}
        return sum(name not in orders for name in self.questions)


class QuestionCard(Card):
    """Which way round the dates of one column are; never guessed."""

    answered = Signal(str, str)

    def __init__(self, name: str, evidence: DateEvidence, answer: str) -> None:
        super().__init__(gap=8)
        self.name = name
        self.body.addWidget(Label(tr("One question"), Role.SUBTITLE))
        self.body.addWidget(Para(_question(name, evidence)))
        self._group = QButtonGroup(self)
        self.radios: dict[str, Radio] = {}
        for order, words in _ORDERS:
            radio = Radio(tr(words))
            radio.setAccessibleName(f"{name}: {tr(words)}")
            radio.setChecked(order == answer)
            radio.clicked.connect(lambda _on, chosen=order: self.answered.emit(self.name, chosen))
            self._group.addButton(radio)
            self.radios[order] = radio
            self.body.addWidget(radio)


def _question(name: str, evidence: DateEvidence) -> str:
    if evidence.day_over_12 and evidence.month_over_12:
        return tr(
            "“{name}” mixes both ways: {day} dates can only be day first, {month} month first.",
            name=name,
            day=evidence.day_over_12,
            month=evidence.month_over_12,
        )
    ambiguous = trn("{n} date", "{n} dates", evidence.ambiguous)
    return tr(
        "“{name}” can be read two ways, such as {example}. {ambiguous} of the first rows fit both.",
        name=name,
        example=evidence.example,
        ambiguous=ambiguous,
    )


def _line(name: str, hint: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(hint)
    line.setFont(theme().font(Role.BODY))
    return line
