"""The card of a field of the user's own: its name, type, choices and use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal

from app.core.fields import CUSTOM_KINDS, FieldKind
from app.core.text import marked, tr
from app.services.custom_fields import CustomFieldView
from app.views.common.boxes import box, row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.inputs import Select
from app.views.common.labels import Label, Para
from app.views.vocabulary.choice_lines import ChoiceLines
from app.views.vocabulary.panel import Panel, captioned

KIND_WORDS: Mapping[FieldKind, str] = {
    FieldKind.TEXT: marked("Text"),
    FieldKind.NUMBER: marked("Number"),
    FieldKind.MONEY: marked("Amount of money"),
    FieldKind.DATE: marked("Date"),
    FieldKind.BOOL: marked("Yes or no"),
    FieldKind.CHOICE: marked("One of several choices"),
    FieldKind.MULTI: marked("Any of several choices"),
    FieldKind.URL: marked("Web address"),
    FieldKind.EMAIL: marked("E-mail address"),
    FieldKind.PHONE: marked("Phone number"),
}
CHOSEN = (FieldKind.CHOICE, FieldKind.MULTI)


class FieldPanel(Panel):
    """choices_saved asks to store the choices as they are typed; typed tells of each change."""

    choices_saved = Signal()
    typed = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Add field"))
        choices = [(kind.value, tr(KIND_WORDS[kind])) for kind in CUSTOM_KINDS]
        self.kind = Select(tr("Type"), choices)
        self.kind.picked.connect(lambda _value: self._show_choices_for_kind())
        self.type_words = Label("", Role.BODY)
        self.key = Label("", Role.CODE, "secondary")
        self.choices = ChoiceLines()
        self.save = Btn(tr("Save choices"), Kind.OUTLINE, "check")
        self.save.clicked.connect(self.choices_saved.emit)
        self.choices.changed.connect(self._choices_changed)
        self.choices.changed.connect(self.typed.emit)
        self.kind.picked.connect(lambda _value: self.typed.emit())
        self.name.textEdited.connect(lambda _text: self.typed.emit())
        self.up = IconBtn("arrow-up", tr("Move up"), Kind.OUTLINE)
        self.down = IconBtn("arrow-down", tr("Move down"), Kind.OUTLINE)
        self._kind_part = captioned(tr("Type"), self.kind)
        stays = Para(tr("The type stays, so that no value is lost."), Role.SMALL)
        self._type_part = captioned(tr("Type"), self.type_words, stays)
        self._key_part = captioned(tr("In files and searches"), self.key)
        self._use_part = self.use_row()
        self._place = captioned(tr("Place in forms"), box(row(self.up, self.down, None, gap=8)))
        self._save_part = box(row(self.save, None))
        self.put(
            self._kind_part,
            self._type_part,
            self.choices,
            self._save_part,
            self._use_part,
            self._key_part,
            self._place,
        )

    def show_field(self, field: CustomFieldView, count: int | None) -> None:
        """Show a field."""
        self.show_item(field.label, field.label, count)
        self.type_words.setText(tr(KIND_WORDS[field.kind]))
        self.key.setText(f"custom:{field.name}")
        if not self.choices.dirty or field.choices != self.choices.choices:
            self.choices.show_choices(field.choices)
        self.choices.setVisible(field.kind in CHOSEN)
        self._save_part.hide()
        self._show_parts(new=False)

    def begin_field(self) -> None:
        """Show the card of a new field."""
        self.begin(tr("New field"))
        self.kind.choose(FieldKind.TEXT.value)
        self.choices.show_choices(())
        self._show_parts(new=True)
        self._show_choices_for_kind()

    @property
    def written(self) -> dict[str, Any]:
        """What is typed of a new field, to go on with it another time; empty while nothing is."""
        name, choices = self.name.text().strip(), self.choices.choices
        if not self.is_new or not (name or choices):
            return {}
        return {"name": name, "kind": str(self.kind.value()), "choices": list(choices)}

    def take(self, written: Mapping[str, Any]) -> None:
        """Go on with that."""
        kind, choices = str(written.get("kind")), written.get("choices")
        self.name.setText(str(written.get("name") or ""))
        if kind in {one.value for one in CUSTOM_KINDS}:
            self.kind.choose(kind)
        if isinstance(choices, list) and choices:
            self.choices.show_choices([str(choice) for choice in choices])
        self._show_choices_for_kind()

    def _show_parts(self, *, new: bool) -> None:
        for part in (self._type_part, self._key_part, self._use_part, self._place):
            part.setVisible(not new)
        self._kind_part.setVisible(new)

    def _show_choices_for_kind(self) -> None:
        self.choices.setVisible(self.kind.value() in CHOSEN)
        self._save_part.hide()

    def _choices_changed(self) -> None:
        self._save_part.setVisible(not self.is_new and self.choices.dirty)
