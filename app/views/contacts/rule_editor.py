"""The panel in which a filter is built: field, relation, value."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.core.fields import FIELDS, Field, FieldKind
from app.core.text import tr
from app.services.query_parts import (
    Relation,
    Rule,
    fields_by_name,
    relations,
    takes_values,
    written,
)
from app.views.common.boxes import Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.completing import complete
from app.views.common.fonts import Role
from app.views.common.inputs import Check, Select
from app.views.common.labels import Label
from app.views.common.theme import theme
from app.views.contacts.vocabulary import Vocabulary

HINTS = {
    FieldKind.DATE: "2026-11-23, 2026-11, 30d",
    FieldKind.MOMENT: "2026-11-23, 2026-11, 30d",
    FieldKind.NUMBER: "60",
    FieldKind.MONEY: "1000",
}
MOST_CHECKS = 8


class RuleEditor(QWidget):
    """done carries the rule in the query language; removed says that it is no longer wanted."""

    done = Signal(str)
    removed = Signal()

    def __init__(self, vocabulary: Vocabulary, rule: Rule | None = None) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._fields = fields_by_name(vocabulary.custom)
        offered = (*FIELDS, *vocabulary.custom)
        self.field = Select(tr("Field"), [(field.key, field.title) for field in offered])
        self.relation = Select(tr("Relation"))
        self._values = QWidget()
        self._values.setLayout(QVBoxLayout())
        self.line: QLineEdit | None = None
        self.checks: dict[str, Check] = {}
        self.apply = Btn(tr("Apply filter"), Kind.PRIMARY)
        self.remove = Btn(tr("Remove"), Kind.GHOST)
        foot = row(self.remove, None, self.apply)
        self.setLayout(
            column(
                row(self.field, self.relation),
                self._values,
                foot,
                gap=12,
                margins=(12, 12, 12, 12),
            )
        )
        # Before it has a parent, a button would be shown as a window of its own.
        self.remove.setVisible(rule is not None)
        self.setMinimumWidth(theme().px(360))
        self.field.picked.connect(lambda _key: self._field_picked())
        self.relation.picked.connect(lambda _one: self._show_values(()))
        self.apply.clicked.connect(self.submit)
        self.remove.clicked.connect(self.removed.emit)
        self.show_rule(rule or Rule("status", Relation.IS))

    def show_rule(self, rule: Rule) -> None:
        """Show a rule to be changed."""
        self.field.choose(rule.field)
        self._offer_relations()
        self.relation.choose(rule.relation)
        self._show_values(rule.values)

    @property
    def rule(self) -> Rule:
        """What is chosen now."""
        if self.checks:
            chosen = tuple(value for value, check in self.checks.items() if check.isChecked())
        else:
            chosen = (self.line.text(),) if self.line is not None else ()
        return Rule(str(self.field.value()), self._relation, chosen)

    def submit(self) -> None:
        """Hand the rule over; without its value there is none yet."""
        text = written(self.rule)
        if text:
            self.done.emit(text)
        elif self.line is not None:
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter applies."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)

    def _field_picked(self) -> None:
        self._offer_relations()
        self.relation.choose(relations(self._known)[0])
        self._show_values(())

    def _offer_relations(self) -> None:
        offered = relations(self._known)
        self.relation.set_choices([(one, tr(one.value)) for one in offered])

    @property
    def _relation(self) -> Relation:
        # Qt keeps the plain text of what an item carries.
        return Relation(str(self.relation.value() or Relation.IS.value))

    @property
    def _known(self) -> Field:
        return self._fields[str(self.field.value())]

    def _show_values(self, values: Sequence[str]) -> None:
        """Check boxes where there are few to choose from, else a line."""
        layout = self._values.layout()
        if layout is None:
            raise AssertionError("the values have a layout")
        while (item := layout.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.checks, self.line = {}, None
        layout.setContentsMargins(0, 0, 0, 0)
        relation = self._relation
        if not takes_values(relation):
            self._values.hide()
        else:
            choices = self._choices()
            named = relation in (Relation.IS, Relation.IS_NOT)
            made = (
                self._make_checks(choices, values) if choices and named else self._make_line(values)
            )
            layout.addWidget(made)
            self._values.show()
        self.updateGeometry()
        window = self.window()
        if window is not self:
            window.adjustSize()

    def _choices(self) -> list[tuple[str, str]]:
        known = self._known
        if known.key == "status":
            return [(key, label) for key, label, _tone in self._vocabulary.statuses]
        if known.kind is FieldKind.TAGS:
            return [(name, name) for name in self._vocabulary.tags]
        if known.kind is FieldKind.BOOL:
            return [("yes", tr("Yes")), ("no", tr("No"))]
        return [(choice, choice) for choice in known.choices]

    def _make_checks(self, choices: Sequence[tuple[str, str]], values: Sequence[str]) -> QWidget:
        wanted = {value.casefold() for value in values}
        for value, words in choices:
            check = Check(words)
            check.setChecked(value.casefold() in wanted or words.casefold() in wanted)
            if self._known.kind is FieldKind.BOOL:
                check.setAutoExclusive(True)
            self.checks[value] = check
        held = box(column(*self.checks.values(), None, gap=4))
        if len(choices) <= MOST_CHECKS:
            return held
        scrolled = Scrolled(held, tr("Values"))
        scrolled.setFixedHeight(theme().px(24 + 4) * MOST_CHECKS)
        return scrolled

    def _make_line(self, values: Sequence[str]) -> QWidget:
        known = self._known
        self.line = QLineEdit(", ".join(values))
        self.line.setFont(theme().font(Role.BODY))
        self.line.setAccessibleName(tr("Value of {field}", field=known.title))
        self.line.setPlaceholderText(HINTS.get(known.kind, tr("Value")))
        if known.choices:
            complete(self.line, known.choices)
        caption = Label(tr("Value"), Role.CAPTION, "secondary")
        caption.setBuddy(self.line)
        return box(column(caption, self.line, gap=4))
