"""The mapping of a dry run at a glance, and the question whom a changed one concerns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.text import tr, trn
from app.services.exporting import Backfill, FieldMapping
from app.views.common.boxes import Card, Rule, Scrolled, box, column, row
from app.views.common.buttons import Btn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.painting import paint_tinted
from app.views.common.pills import IconMark
from app.views.common.theme import theme
from app.views.common.tokens import Tone
from app.views.exporting.plan_rows import titles_of

_WIDTH = 160


class MappingCard(Card):
    """edit_wished leads to the editor."""

    edit_wished = Signal()

    def __init__(self) -> None:
        super().__init__(gap=0, padding=1)
        self.edit = Btn(tr("Edit"), Kind.LINK)
        self.edit.setAccessibleName(tr("Edit the mapping"))
        self.edit.clicked.connect(self.edit_wished.emit)
        self.title = ElidedLabel("", Role.SMALL, "secondary")
        head = row(Label(tr("Mapping"), Role.SUBTITLE), None, self.edit)
        self.body.addLayout(column(head, self.title, gap=4, margins=(15, 12, 15, 8)))
        self._scroll = Scrolled(QWidget(), tr("Mapping"), over=True)
        self.body.addWidget(self._scroll, 1)
        self.restyle()

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.setFixedWidth(theme().px(_WIDTH))

    def show_mapping(self, title: str, mapping: FieldMapping) -> None:
        """Show which of our fields goes where."""
        self.title.setText(title)
        titles = titles_of(mapping)
        lines = QVBoxLayout()
        lines.setContentsMargins(15, 0, 15, 16)
        lines.setSpacing(0)
        for rule in mapping.rules:
            ours = ElidedLabel(titles[rule.remote], Role.STRONG)
            theirs = ElidedLabel(rule.remote, Role.CODE, "secondary")
            below = row(IconMark("arrow-right", "text.muted", 12), theirs, gap=4)
            below.setStretchFactor(theirs, 1)
            lines.addLayout(column(ours, below, gap=0, margins=(0, 8, 0, 8)))
            lines.addWidget(Rule())
        lines.addStretch(1)
        self._scroll.setWidget(box(lines))


class BackfillBar(QWidget):
    """Asks about contacts sent earlier, before a field was mapped; hidden when there are none.

    only_wished carries the contacts to look at alone, left_out those to leave as they are,
    all_wished goes back to the whole export.
    """

    only_wished = Signal(object)
    left_out = Signal(object)
    all_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._found = Backfill((), (), ())
        self._words = Para("", tone="primary")
        self.show_them = Btn(tr("Show only them"), Kind.LINK)
        self.leave = Btn(tr("Leave them as they are"), Kind.LINK)
        self.back = Btn(tr("Back to the whole export"), Kind.LINK)
        mark = IconMark("info", "pill.info.fg")
        line = row(
            mark, self._words, self.show_them, self.leave, self.back, gap=16, margins=(12, 8, 12, 8)
        )
        line.setStretchFactor(self._words, 1)
        line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
        self.show_them.clicked.connect(lambda: self.only_wished.emit(self._all()))
        self.leave.clicked.connect(lambda: self.left_out.emit(frozenset(self._found.planned)))
        self.back.clicked.connect(self.all_wished.emit)
        self.hide()

    def text(self) -> str:
        """The question, empty while none is asked."""
        return "" if self.isHidden() else self._words.text()

    def show_found(self, found: Backfill, titles: Sequence[str], *, narrowed: bool) -> None:
        """Ask about what was found; narrowed says that only a part of the export is in view."""
        self._found = found
        fields = ", ".join(titles)
        if found.outside:
            self._words.setText(_missing_words(fields, found.count))
            self.show_them.setText(tr("Backfill them: show the difference"))
        else:
            self._words.setText(_filled_words(fields, len(found.planned)))
            self.show_them.setText(tr("Show only them"))
        self.show_them.setVisible(bool(found.count) and not narrowed)
        self.leave.setVisible(bool(found.planned) and not found.outside and not narrowed)
        self.back.setVisible(narrowed)
        self.setAccessibleName(self._words.text())
        self.setVisible(bool(found.count) or narrowed)
        if narrowed and not found.count:
            self._words.setText(tr("Only a part of the export is in view."))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint the tinted box."""
        paint_tinted(self, Tone.INFO)

    def _all(self) -> tuple[int, ...]:
        return tuple(sorted((*self._found.planned, *self._found.outside)))


def _missing_words(fields: str, count: int) -> str:
    return trn(
        "{fields} is new in the mapping: {n} contact sent earlier lacks it. Backfill it too?",
        "{fields} is new in the mapping: {n} contacts sent earlier lack it. Backfill them too?",
        count,
        fields=fields,
    )


def _filled_words(fields: str, count: int) -> str:
    return trn(
        "{fields} is new in the mapping: {n} contact sent earlier gets it with this export.",
        "{fields} is new in the mapping: {n} contacts sent earlier get it with this export.",
        count,
        fields=fields,
    )
