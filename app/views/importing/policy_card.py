"""The rule for people who are there already, with other rules for single fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout

from app.core.fields import Field
from app.core.text import marked, tr, trn
from app.views.common.boxes import Card, Rule, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Radio, Select
from app.views.common.labels import Label, Para
from app.views.importing.draft import Draft
from app.views.importing.field_words import field_title
from app.views.importing.matches_view import GROUNDS

_POLICIES = (
    ("fill", marked("Fill blanks only"), marked("Your values stay.")),
    ("update", marked("Take the file's values"), marked("Old values stay in the history.")),
    ("skip", marked("Skip the row"), marked("Nothing of it is taken.")),
    ("create", marked("Create a second contact"), marked("Nobody is recognised.")),
)
_RULES = (
    ("", marked("As above")),
    ("fill", marked("Fill blanks only")),
    ("update", marked("Take the file's value")),
)
_NOT_SINGLE = ("email", "full_name", "tags")
"""Fields whose values are never lost or belong together, so that one rule is enough."""


class PolicyCard(Card):
    """picked carries the rule for people already there, field_picked a field and its own rule."""

    picked = Signal(str)
    field_picked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__(Label(tr("If a person exists already"), Role.SUBTITLE), gap=8)
        self.radios: dict[str, Radio] = {}
        self.selects: dict[str, Select] = {}
        self._policies = QButtonGroup(self)
        for key, words, sentence in _POLICIES:
            radio = Radio(tr(words))
            radio.clicked.connect(lambda _on, chosen=key: self.picked.emit(chosen))
            self._policies.addButton(radio)
            self.radios[key] = radio
            below = row(Para(tr(sentence), Role.SMALL), margins=(24, 0, 0, 0))
            self.body.addLayout(column(radio, below, gap=0))
        self.body.addWidget(Rule())
        self._keys = Para("", Role.SMALL)
        self.body.addLayout(
            column(Label(tr("Recognised by"), Role.CAPTION, "secondary"), self._keys, gap=2)
        )
        self.more = Btn(tr("Rules for single fields"), Kind.LINK)
        self.more.clicked.connect(self._toggle)
        self.body.addWidget(self.more)
        self._fields = QVBoxLayout()
        self._fields.setSpacing(8)
        self.body.addLayout(self._fields)
        self._open = False
        self._keys.setText(
            tr("{first}, else {second}, else {third}",
               first=tr(GROUNDS["e-mail"]), second=tr(GROUNDS["phone and name"]).lower(),
               third=tr(GROUNDS["name and company"]).lower())
        )  # fmt: skip

    def show_draft(self, draft: Draft) -> None:
        """Show the rules of a draft."""
        self.radios[draft.on_duplicate].setChecked(True)
        self._fill(draft)
        self._show_more(draft.by_field, possible=draft.on_duplicate in ("fill", "update"))

    def allow(self, *, enabled: bool) -> None:
        """Whether the rules may be changed now."""
        for control in (*self.radios.values(), *self.selects.values()):
            control.setEnabled(enabled)

    def fold(self) -> None:
        """Hide the rules of single fields."""
        if self._open:
            self._toggle()

    def _fill(self, draft: Draft) -> None:
        keys = _single_fields(draft.mapped, draft.custom)
        if list(self.selects) != keys:
            while self._fields.count():
                item = self._fields.takeAt(0)
                if item is not None and (widget := item.widget()) is not None:
                    widget.deleteLater()
            self.selects = {}
            for key in keys:
                self._add(key, draft.custom)
        for key, select in self.selects.items():
            select.choose(draft.by_field.get(key, ""))

    def _add(self, key: str, custom: Sequence[Field]) -> None:
        words = field_title(key, custom)
        select = Select(tr("Rule for {field}", field=words), [(k, tr(w)) for k, w in _RULES])
        select.picked.connect(partial(self._picked, key))
        caption = Label(words, Role.CAPTION, "secondary")
        caption.setVisible(self._open)
        select.setVisible(self._open)
        self.selects[key] = select
        self._fields.addWidget(caption)
        self._fields.addWidget(select)

    def _picked(self, key: str, rule: object) -> None:
        self.field_picked.emit(key, str(rule))

    def _toggle(self) -> None:
        self._open = not self._open
        for at in range(self._fields.count()):
            item = self._fields.itemAt(at)
            if item is not None and (widget := item.widget()) is not None:
                widget.setVisible(self._open)
        self._words(len([s for s in self.selects.values() if s.value()]))

    def _show_more(self, by_field: Mapping[str, str], *, possible: bool) -> None:
        if self._open and not possible:
            self._toggle()
        self.more.setVisible(possible and bool(self.selects))
        self._words(len([key for key in by_field if key in self.selects]))

    def _words(self, own: int) -> None:
        if self._open:
            self.more.setText(tr("Hide the rules for single fields"))
        elif own:
            self.more.setText(
                trn("{n} field has its own rule", "{n} fields have their own rule", own)
            )
        else:
            self.more.setText(tr("Rules for single fields"))
        self.more.updateGeometry()


def _single_fields(mapped: Mapping[str, str], custom: Sequence[Field]) -> list[str]:
    keys = dict.fromkeys(key for key in mapped.values() if key and "." not in key)
    known = {field.key for field in custom}
    return [k for k in keys if k not in _NOT_SINGLE and (":" not in k or k in known)]
