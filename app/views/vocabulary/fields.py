"""The fields of the user's own: made, renamed, reordered, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from app.core.fields import Field
from app.core.text import marked, tr, trn
from app.services.custom_fields import CustomFieldView
from app.services.drafts import FIELD
from app.views.common.buttons import Btn, Kind
from app.views.common.cells import Cell, Column, Look
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.common.pills import Empty
from app.views.common.places import Place
from app.views.vocabulary.field_panel import CHOSEN, KIND_WORDS, FieldPanel
from app.views.vocabulary.tab import Tab, counted_cell

COLUMNS = (
    Column("label", marked("Field"), 128, weight=3),
    Column("kind", marked("Type"), 136, weight=2),
    Column("name", marked("In files"), 144, weight=1, rank=2),
    Column("contacts", marked("Contacts"), 88, weight=0, right=True, rank=1),
)


class Fields(Tab[CustomFieldView]):
    """The custom fields in the order in which forms show them."""

    def __init__(self, desk: Desk) -> None:
        self.card = FieldPanel()
        self.counts: Mapping[str, int] | None = None
        self.deleted: tuple[CustomFieldView, ...] = ()
        sentence = tr("Add what you need to know about people, such as Budget or Contract end.")
        empty = Empty("database", tr("No fields of your own yet"), sentence)
        super().__init__(desk, tr("Fields"), COLUMNS, self.card, empty)
        calls = desk.calls
        self._counting, self._counting_choices = Latest(calls, self), Latest(calls, self)
        self._reading_trash = Latest(calls, self)
        self.trash = Btn(tr("Trash"), Kind.LINK, "trash-2")
        self.trash.clicked.connect(self.open_trash)
        self.trash.hide()
        self.card.choices_saved.connect(self._save_choices)
        self.card.typed.connect(self._keep)
        self.card.cancelled.connect(lambda: desk.drafts.drop(FIELD))
        self.card.up.clicked.connect(lambda: self.shift(-1))
        self.card.down.clicked.connect(lambda: self.shift(1))

    def load(self) -> None:
        """Read the fields, then count who uses them, which takes longer."""
        super().load()
        custom = self.desk.app.custom_fields
        self._counting.read(custom.usage, self._show_counts)
        self._reading_trash.read(custom.deleted, self._show_deleted)

    def read(self) -> Sequence[CustomFieldView]:
        """Every field in its order."""
        return self.desk.app.custom_fields.list()

    def cells(self, item: CustomFieldView) -> Sequence[Cell]:
        """Name, type, name in files, use."""
        kind = tr(KIND_WORDS[item.kind])
        if item.kind in CHOSEN:
            kind = f"{kind} · {len(item.choices)}"
        return (
            Cell(item.label, Look.STRONG, tip=item.label),
            Cell(kind, tip=", ".join(item.choices)),
            Cell(item.name, Look.CODE),
            counted_cell(self._count(item)),
        )

    def key_of(self, item: CustomFieldView) -> Any:
        """Its name in files never changes."""
        return item.name

    def show_item(self, item: CustomFieldView) -> None:
        """Show a field, and count its choices."""
        self.card.show_field(item, self._count(item))
        place = list(self.items).index(item)
        self.card.up.setEnabled(place > 0)
        self.card.down.setEnabled(place < len(self.items) - 1)
        if item.kind in CHOSEN:
            custom = self.desk.app.custom_fields
            self._counting_choices.read(
                partial(custom.choice_usage, item.name), partial(self._show_choices, item)
            )

    def begin(self) -> None:
        """A new field, or the one that was begun before a kill."""
        self.card.begin_field()
        if kept := self.desk.drafts.get(FIELD):
            self.card.take(kept)

    def make(self) -> None:
        """Add it at the end."""
        card, custom = self.card, self.desk.app.custom_fields
        name, kind = card.name.text(), str(card.kind.value())
        choices = card.choices.choices if kind in CHOSEN else ()

        def added(field: object) -> None:
            self.desk.drafts.drop(FIELD)
            self.made(field.key.partition(":")[2] if isinstance(field, Field) else None)

        self.do(lambda: custom.add(name, kind, choices), added, once=True)

    def rename_to(self, name: str) -> None:
        """Rename the chosen one."""
        if (item := self.item) is not None:
            self.do(lambda: self.desk.app.custom_fields.rename(item.name, name))

    def delete(self) -> None:
        """Move the chosen one to the trash; its values stay with the contacts."""
        if (item := self.item) is not None:
            self.do(lambda: self.desk.app.custom_fields.delete(item.name), once=True)

    def show_contacts(self) -> None:
        """Find the contacts that have a value in it."""
        if (item := self.item) is not None:
            self.desk.go(Place.CONTACTS, f"has:{item.name}")

    def reorder(self, keys: Sequence[Any]) -> Callable[[], object]:
        """The fields in another order."""
        return lambda: self.desk.app.custom_fields.reorder(keys)

    def open_trash(self) -> QMenu:
        """Offer to bring back each deleted field."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        custom = self.desk.app.custom_fields
        for field in self.deleted:
            words = tr("Bring back {name}", name=field.label)
            menu.addAction(words, partial(self.do, partial(custom.restore, field.name)))
        menu.popup(self.trash.mapToGlobal(QPoint(0, self.trash.height() + 4)))
        return menu

    def _keep(self) -> None:
        if self.card.is_new:
            self.desk.drafts.keep(FIELD, self.card.written)

    def _count(self, item: CustomFieldView) -> int | None:
        return None if self.counts is None else self.counts.get(item.name, 0)

    def _show_counts(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        row = self.table.currentIndex().row()
        self.model.show([self.cells(item) for item in self.items])
        if 0 <= row < len(self.items):
            self.table.select(row)
        self._chosen()

    def _show_deleted(self, deleted: tuple[CustomFieldView, ...]) -> None:
        self.deleted = deleted
        n = len(deleted)
        self.trash.setText(trn("{n} field in the trash", "{n} fields in the trash", n))
        self.trash.updateGeometry()
        self.trash.setVisible(bool(deleted))

    def _show_choices(self, item: CustomFieldView, counts: Mapping[str, int]) -> None:
        if self.item == item and not self.card.is_new:
            self.card.choices.show_counts(counts)

    def _save_choices(self) -> None:
        item, card, custom = self.item, self.card, self.desk.app.custom_fields
        if item is not None:
            listed, renamed = card.choices.choices, card.choices.renamed
            self.do(lambda: custom.edit_choices(item.name, listed, renamed))
