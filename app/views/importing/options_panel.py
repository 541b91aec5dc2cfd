"""Beside the mapping: questions that the file leaves open, what is remembered, what is for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QVBoxLayout, QWidget

from app.core.text import marked, tr, trn
from app.services.importing.dates import DateEvidence
from app.services.importing.numbers import NumberEvidence
from app.views.common.boxes import Card, Scrolled, box, column, hold_width, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Radio
from app.views.common.labels import Label, Para
from app.views.common.pills import IconMark
from app.views.common.theme import theme
from app.views.common.words import number, short_time
from app.views.importing.draft import Draft

WIDTH = 264

_ORDERS = (
    ("dmy", marked("Day first: {day} {month}")),
    ("mdy", marked("Month first: {month} {day}")),
)


class OptionsPanel(QWidget):
    """Writes the answers into the draft; changed after each, forget_wished for what is remembered.

    save_wished and load_wished are about recipes.
    """

    changed = Signal()
    forget_wished = Signal()
    save_wished = Signal()
    load_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._draft: Draft | None = None
        self._beside = True
        self.questions: dict[str, QuestionCard] = {}
        self._questions = QVBoxLayout()
        self._questions.setSpacing(16)
        self._evidence = Para("", Role.SMALL)
        self._evidence_card = self._titled("calendar", tr("Dates"), self._evidence)
        self._lately = Para("")
        self.forget = Btn(tr("Forget"), Kind.LINK)
        self.forget.setAccessibleName(tr("Forget how such lists were read"))
        self.forget.clicked.connect(self.forget_wished.emit)
        self.save = Btn(tr("Save recipe"), Kind.LINK)
        self.load = Btn(tr("Use a recipe"), Kind.LINK)
        self.save.clicked.connect(self.save_wished.emit)
        self.load.clicked.connect(self.load_wished.emit)
        self._recipe_card = self._titled("history", tr("Recipe"), self._lately)
        links = row(self.load, self.save, self.forget, None, gap=16)
        self._recipe_card.body.addLayout(links)
        self.tags = _line(tr("Tags"), tr("Separated by commas"))
        self.source = _line(tr("Source"), tr("Such as Fair 2026"))
        self.country = _line(tr("Default country"), tr("Two letters, such as FR"))
        self.country.setMaxLength(2)
        for line in (self.tags, self.source, self.country):
            line.textEdited.connect(self._keep)
        inside = column(gap=16)
        inside.addLayout(self._questions)
        for card in (self._evidence_card, self._for_all(), self._recipe_card):
            inside.addWidget(card)
        inside.addStretch(1)
        scroll = Scrolled(box(inside), tr("Options of the import"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.restyle()

    def _titled(self, icon: str, title: str, words: Para) -> Card:
        card = Card(gap=8)
        card.body.addLayout(row(IconMark(icon, "accent.text"), Label(title, Role.SUBTITLE), None))
        card.body.addWidget(words)
        return card

    def _for_all(self) -> Card:
        card = Card(Label(tr("For every row"), Role.SUBTITLE), gap=12)
        for line in (self.tags, self.source, self.country):
            caption = Label(line.accessibleName(), Role.CAPTION, "secondary")
            caption.setBuddy(line)
            card.body.addLayout(column(caption, line, gap=4))
        words = tr("Phones without a country code are read as numbers of the default country.")
        card.body.addWidget(Para(words, Role.SMALL, "muted"))
        return card

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.fit(beside=self._beside)

    def fit(self, *, beside: bool) -> None:
        """Beside the columns it has a width of its own; as a view it takes what there is."""
        self._beside = beside
        hold_width(self, theme().px(WIDTH) if beside else None)

    def take_focus(self) -> bool:
        """Put the keyboard on the first open question; False when there is none."""
        for name, card in self.questions.items():
            if self._draft is not None and name in self._draft.questions:
                next(iter(card.radios.values())).setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
        return False

    def show_draft(self, draft: Draft) -> None:
        """Show what is open and what was decided."""
        first = self._draft is not draft
        self._draft = draft
        if first:
            for card in self.questions.values():
                card.deleteLater()
            self.questions.clear()
        self._fill(draft)
        self._ask(draft)
        self._show_evidence(draft)
        self._show_recipe(draft)

    def _fill(self, draft: Draft) -> None:
        for line, text in (
            (self.tags, ", ".join(draft.tags)),
            (self.source, draft.fixes.constants.get("source", "")),
            (self.country, draft.default_country),
        ):
            if not line.hasFocus():
                line.setText(text)

    def _ask(self, draft: Draft) -> None:
        preview = draft.preview
        if preview is None:
            return
        index = {name: i for i, name in enumerate(preview.shape.names)}
        wanted = (*draft.dated(), *draft.counted)
        for name in [name for name in self.questions if name not in wanted]:
            self.questions.pop(name).deleteLater()
        for name in wanted:
            if name in self.questions:
                continue
            if name in draft.dated():
                dates = preview.dates[index[name]]
                card = QuestionCard(name, _date_words(name, dates), _date_answers(dates))
            else:
                numbers = preview.numbers[index[name]]
                card = QuestionCard(name, _number_words(name, numbers), _marks(numbers))
            card.answered.connect(self._answer)
            card.show_answer(draft.orders.get(name) or draft.decimals.get(name) or "")
            self.questions[name] = card
            self._questions.addWidget(card)

    def _answer(self, name: str, answer: str) -> None:
        if self._draft is not None:
            into = self._draft.decimals if answer in (".", ",") else self._draft.orders
            into[name] = answer
            self.changed.emit()

    def _show_evidence(self, draft: Draft) -> None:
        """Say for decided columns of dates what decided them."""
        preview = draft.preview
        said = []
        for i, found in (preview.dates if preview is not None else {}).items():
            name = preview.shape.names[i] if preview is not None else ""
            if found.decided and found.order and draft.field_of(name):
                said.append(_decided(name, found))
        self._evidence.setText("\n".join(said[:3]))
        self._evidence_card.setVisible(bool(said))

    def _show_recipe(self, draft: Draft) -> None:
        last = draft.remembered
        self.forget.setVisible(last is not None)
        if draft.recipe_name:
            self._lately.setText(tr("This list follows {name}.", name=draft.recipe_name))
        elif last is None:
            self._lately.setText(
                tr("Mapping, answers and fixes are kept for lists with the same columns.")
            )
        else:
            known = (
                sum(c.reason == "remembered" for c in draft.preview.columns) if draft.preview else 0
            )
            columns = trn("{n} column follows", "{n} columns follow", known)
            when = short_time(last.at, last.at)
            self._lately.setText(
                tr(
                    "{columns} your import of {file}.",
                    columns=columns,
                    file=last.file_name,
                    when=when,
                )
            )

    def _keep(self) -> None:
        if self._draft is not None:
            tags = (tag.strip() for tag in self.tags.text().split(","))
            self._draft.tags = tuple(tag for tag in tags if tag)
            self._draft.default_country = self.country.text().strip().upper()
            self._draft.set_constant("source", self.source.text())
            self.changed.emit()


class QuestionCard(Card):
    """Which way round the dates or numbers of one column are; never guessed."""

    answered = Signal(str, str)

    def __init__(self, name: str, words: str, answers: Sequence[tuple[str, str]]) -> None:
        super().__init__(gap=8)
        self.name = name
        head = row(
            IconMark("calendar", "pill.warning.fg"), Label(tr("One question"), Role.SUBTITLE), None
        )
        self.body.addLayout(head)
        self.body.addWidget(Para(words))
        self._group = QButtonGroup(self)
        self.radios: dict[str, Radio] = {}
        for answer, said in answers:
            radio = Radio(said)
            radio.setAccessibleName(f"{name}: {said}")
            radio.clicked.connect(lambda _on, chosen=answer: self.answered.emit(self.name, chosen))
            self._group.addButton(radio)
            self.radios[answer] = radio
            self.body.addWidget(radio)

    def show_answer(self, answer: str) -> None:
        """Mark what was answered before."""
        if answer in self.radios:
            self.radios[answer].setChecked(True)


_MONTHS = (
    marked("January"), marked("February"), marked("March"), marked("April"), marked("May"),
    marked("June"), marked("July"), marked("August"), marked("September"), marked("October"),
    marked("November"), marked("December"),
)  # fmt: skip


def _date_answers(evidence: DateEvidence) -> list[tuple[str, str]]:
    """Both ways to read the ambiguous example, in words."""
    parts = [int(part) for part in re.findall(r"\d+", evidence.example)[:2]]
    one, two = parts if len(parts) == 2 else (3, 4)
    return [
        (order, tr(words, day=day, month=tr(_MONTHS[(month - 1) % 12])))
        for (order, words), (day, month) in zip(_ORDERS, ((one, two), (two, one)), strict=True)
    ]


def _date_words(name: str, evidence: DateEvidence) -> str:
    if evidence.day_over_12 and evidence.month_over_12:
        return tr(
            "“{name}” mixes both ways: {day} dates can only be day first, {month} month first.",
            name=name,
            day=number(evidence.day_over_12),
            month=number(evidence.month_over_12),
        )
    none = tr("No row has a day or a month above 12.")
    ambiguous = trn("{n} date fits both.", "{n} dates fit both.", evidence.ambiguous)
    return tr(
        "“{name}” can be read two ways, such as {example}. {none} {ambiguous}",
        name=name,
        example=evidence.example,
        none=none,
        ambiguous=ambiguous,
    )


def _decided(name: str, evidence: DateEvidence) -> str:
    if evidence.order == "dmy":
        rows = trn(
            "{n} row has a day above 12", "{n} rows have a day above 12", evidence.day_over_12
        )
        return tr("“{name}”: day first. {rows}, none a month above 12.", name=name, rows=rows)
    rows = trn(
        "{n} row has its second number above 12",
        "{n} rows have their second number above 12",
        evidence.month_over_12,
    )
    return tr("“{name}”: month first. {rows}, none the first.", name=name, rows=rows)


def _number_words(name: str, evidence: NumberEvidence) -> str:
    if evidence.points and evidence.commas:
        return tr(
            "“{name}” mixes both ways: {points} numbers have a decimal point, {commas} a comma.",
            name=name,
            points=number(evidence.points),
            commas=number(evidence.commas),
        )
    return tr(
        "“{name}” can be read two ways, such as {example}: which sign is the decimal mark?",
        name=name,
        example=evidence.example,
    )


def _marks(evidence: NumberEvidence) -> list[tuple[str, str]]:
    digits = evidence.example or "1,234"
    sign = "," if "," in digits else "."
    plain = digits.replace(sign, "")
    whole, _, part = digits.partition(sign)
    as_decimal = tr("Decimals: {whole} and {part} thousandths", whole=whole, part=part)
    as_thousand = tr("Thousands: {number}", number=plain)
    other = "." if sign == "," else ","
    return [(other, as_thousand), (sign, as_decimal)]


def _line(name: str, hint: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(hint)
    line.setFont(theme().font(Role.BODY))
    return line
