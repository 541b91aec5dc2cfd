"""The details of a contact: every value with its source, each edited where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.core.fields import BY_KEY, LABELLED, Field, FieldKind
from app.core.text import marked, tr, trn
from app.services.history import Source
from app.services.rows import ContactView
from app.views.common.boxes import Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.contacts.editor_kinds import Knowledge
from app.views.contacts.provenance import Origin, Reader
from app.views.contacts.value_box import ValueBox
from app.views.contacts.value_row import Shape, Shown
from app.views.contacts.value_words import base_key, journal_key, value_words
from app.views.contacts.vocabulary import Vocabulary

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("email", "phone", "mobile", "company", "title")),
    (marked("Pipeline"), ("status", "owner", "tags", "source", "last_contacted")),
    (
        marked("Person"),
        ("first_name", "last_name", "full_name", "seniority", "linkedin_url", "time_zone"),
    ),
    (marked("Company"), ("domain", "website", "industry")),
    (marked("Place"), ("address", "postal_code", "city", "region", "country")),
    (marked("Notes"), ("notes",)),
)
KEPT = ("score", "created", "updated")
OWN = marked("Own fields")
ALWAYS = frozenset({"email", "phone", "company", "title", "status", "owner", "tags", "notes"})
"""Shown even when they are empty, since they are what one most often fills in."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything the details show of one contact; past is how it was once, which stays so."""

    contact: ContactView
    sources: Mapping[str, Source] = field(default_factory=dict)
    reader: Reader | None = None
    past: bool = False

    @property
    def locked(self) -> bool:
        """True for what cannot be edited: the past, and the trash."""
        return self.past or self.contact.deleted

    def origin(self, key: str) -> Origin | None:
        """Where a field's value came from."""
        source = self.sources.get(journal_key(key))
        if source is None or self.reader is None:
            return None
        return self.reader.origin(journal_key(key), source)


class Details(QWidget):
    """Rows in groups. edit_wished(key) opens an editor, which the drawer carries through.

    menu_wished(key, point) asks for what else can be done; history_wished(key) and
    restore_wished(key, operation) come from a value's source.
    """

    edit_wished = Signal(str)
    menu_wished = Signal(str, QPoint)
    history_wished = Signal(str)
    restore_wished = Signal(str, object)
    add_wished = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, ValueBox] = {}
        self.card: Card | None = None
        self.knowledge = Knowledge()
        self._shows_empty = False
        self._groups: list[_Group] = []
        self._body = QVBoxLayout()
        self.more = Btn(tr("Show empty fields"), Kind.LINK)
        self.more.clicked.connect(self._toggle_empty)
        self.add = Btn(tr("Add another e-mail or phone"), Kind.LINK, "plus")
        self.add.clicked.connect(self._choose_addition)
        self._scroll = Scrolled(box(self._body), tr("Details"), over=True)
        self.setLayout(column(self._scroll, gap=0))
        self._build(Vocabulary())

    @property
    def vocabulary(self) -> Vocabulary:
        """The workspace's words."""
        return self.knowledge.vocabulary

    def use(self, knowledge: Knowledge) -> None:
        """Take other words; the rows are made anew only when the fields changed."""
        before, self.knowledge = self.knowledge.vocabulary, knowledge
        if before.custom != knowledge.vocabulary.custom:
            self._build(knowledge.vocabulary)
            if self.card is not None:
                self.show_card(self.card)

    def show_card(self, card: Card) -> None:
        """Show a contact; a row that is being edited keeps what is typed."""
        self.card = card
        self._show_further(card.contact)
        for key, shown in self.rows.items():
            self._show_row(key, shown)
        self._show_empty_rows()

    def add_box(self, name: str, label: str) -> ValueBox:
        """A new row for a further value that is still to be typed."""
        made = self._box(f"{name}.{label}", label)
        self._groups[0].put_below(name, made)
        made.show()
        return made

    def drop_box(self, key: str) -> None:
        """Take the row of a further value away."""
        if base_key(key) != key and key in self.rows:
            self.rows.pop(key).deleteLater()

    def show_box(self, key: str) -> ValueBox | None:
        """The row of a field, in view."""
        found = self.rows.get(key)
        if found is not None:
            found.show()
            self._scroll.ensureWidgetVisible(found, 0, 32)
        return found

    def editable_keys(self) -> list[str]:
        """The fields that can be edited and are in view, in their order."""
        return [
            key
            for group in self._groups
            for key in group.keys(self.rows)
            if not self.rows[key].isHidden() and self._field(key).editable
        ]

    def _build(self, vocabulary: Vocabulary) -> None:
        while (item := self._body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget not in (self.more, self.add):
                widget.deleteLater()
        self.rows = {}
        own = tuple(known.key for known in vocabulary.custom)
        groups = [*GROUPS[:-1], *([(OWN, own)] if own else []), GROUPS[-1], ("", KEPT)]
        self._groups = [self._group(title, keys) for title, keys in groups]
        self._body.setContentsMargins(12, 12, 12, 16)
        self._body.setSpacing(4)
        for group in self._groups:
            self._body.addWidget(group)
        self._groups[0].layout().addWidget(_inset(self.add))  # type: ignore[union-attr]
        self._body.addWidget(_inset(self.more))
        self._body.addStretch(1)

    def _group(self, title: str, keys: tuple[str, ...]) -> _Group:
        group = _Group(title, keys)
        for key in keys:
            group.put(self._box(key))
        return group

    def _box(self, key: str, label: str = "") -> ValueBox:
        known = self._field(key)
        title = f"{known.title}, {label}" if label else known.title
        made = ValueBox(key, title, editable=known.editable)
        made.row.edit_wished.connect(lambda: self.edit_wished.emit(key))
        made.row.menu_wished.connect(lambda point: self.menu_wished.emit(key, point))
        made.history_wished.connect(lambda: self.history_wished.emit(journal_key(key)))
        made.restore_wished.connect(
            lambda operation: self.restore_wished.emit(journal_key(key), operation)
        )
        self.rows[key] = made
        return made

    def _field(self, key: str) -> Field:
        return self.vocabulary.field(base_key(key)) or BY_KEY["notes"]

    def _show_further(self, contact: ContactView) -> None:
        """A row for each further value, below its main one."""
        wanted = [
            (f"{name}.{label}", label, name)
            for name in LABELLED
            for label, _value in contact.labelled.get(name, ())
        ]
        keys = [key for key, _, _ in wanted]
        for key in [k for k in self.rows if base_key(k) != k and k not in keys]:
            if not self.rows[key].is_editing:
                self.rows.pop(key).deleteLater()
        for key, label, name in wanted:
            if key not in self.rows:
                self._groups[0].put_below(name, self._box(key, label))

    def _show_row(self, key: str, shown: ValueBox) -> None:
        card = self.card
        if card is None:
            return
        contact = card.contact
        origin = card.origin(key)
        birth = self._birth()
        sourced = origin is not None and birth is not None and origin.operation != birth
        value = self._shown(contact, key)
        shown.row.allow(editable=self._field(key).editable and not card.locked)
        shown.show_value(value, origin if value.text else None, sourced=sourced)

    def _birth(self) -> int | None:
        """The operation that gave most values, whose rows need no source of their own."""
        sources = list(self.card.sources.values()) if self.card is not None else []
        return min((source.operation for source in sources), default=None)

    def _shown(self, contact: ContactView, key: str) -> Shown:
        known, value = self._field(key), contact.value(key)
        if key == "tags":
            words = tuple((name, self.vocabulary.tag_tone(name)) for name in contact.tags)
            return Shown(", ".join(contact.tags), Shape.PILLS, words)
        if key == "status":
            label, tone = self.vocabulary.status(str(value or ""))
            return Shown(label, Shape.PILLS, ((label, tone),), dots=True)
        words_ = value_words(base_key(key), value, self.vocabulary)
        linked = known.kind in (FieldKind.EMAIL, FieldKind.URL)
        return Shown(words_, Shape.LINK if linked else Shape.TEXT)

    def _show_empty_rows(self) -> None:
        hidden = 0
        for group in self._groups:
            any_shown = False
            for key in group.keys(self.rows):
                shown = self.rows[key]
                known = self._field(key)
                filled = bool(shown.value) or shown.is_editing
                wanted = filled or key in ALWAYS or (self._shows_empty and known.editable)
                hidden += not filled and key not in ALWAYS and known.editable
                shown.setVisible(wanted)
                any_shown = any_shown or wanted
            group.setVisible(any_shown)
        self.more.setVisible(hidden > 0)
        words = trn("Show {n} empty field", "Show {n} empty fields", hidden)
        self.more.setText(tr("Hide empty fields") if self._shows_empty else words)
        self.more.updateGeometry()
        self.add.setVisible(self.card is not None and not self.card.locked)

    def _toggle_empty(self) -> None:
        self._shows_empty = not self._shows_empty
        self._show_empty_rows()

    def _choose_addition(self) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for name in LABELLED:
            menu.addAction(BY_KEY[name].title, partial(self.add_wished.emit, name))
        menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height() + 4)))


class _Group(QWidget):
    """A title and the rows of its fields."""

    def __init__(self, title: str, keys: tuple[str, ...]) -> None:
        super().__init__()
        self._keys = keys
        parts: list[QWidget] = []
        if title:
            head = Label(tr(title), Role.SUBTITLE)
            parts = [box(row(Rule(), margins=(12, 8, 12, 8))), _inset(head)]
        self.setLayout(column(*parts, gap=4))

    def keys(self, rows: Mapping[str, object]) -> list[str]:
        """The keys of its rows in their order, further values below their main one."""
        return [k for key in self._keys for k in rows if base_key(k) == key]

    def put(self, shown: ValueBox) -> None:
        """One more row at the end."""
        layout = self.layout()
        if layout is not None:
            layout.addWidget(shown)

    def put_below(self, key: str, shown: ValueBox) -> None:
        """A row below the main value `key` and its other further ones."""
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            place = max(
                (
                    layout.indexOf(own)
                    for own in self.findChildren(ValueBox, options=_DIRECT)
                    if base_key(own.key) == key
                ),
                default=layout.count() - 1,
            )
            layout.insertWidget(place + 1, shown)


_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def _inset(part: QWidget) -> QWidget:
    return box(row(part, None, margins=(12, 0, 12, 0)))
