"""The choices of a field, one line each with how many contacts have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.core.text import tr
from app.views.common.boxes import box, row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.fonts import Role
from app.views.common.labels import Label
from app.views.common.theme import theme
from app.views.common.words import number
from app.views.contacts.editors import line_edit


class ChoiceLine(QWidget):
    """One choice; before is what it was called, "" for a new one."""

    removed = Signal()
    changed = Signal()
    entered = Signal()

    def __init__(self, before: str) -> None:
        super().__init__()
        self.before = before
        self.line: QLineEdit = line_edit(tr("Choice"), tr("New choice"))
        self.line.setText(before)
        self.count = Label("", Role.FIGURE, "secondary")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setMinimumWidth(theme().px(48))
        self.remove = IconBtn("x", tr("Leave {name} out", name=before or tr("the new choice")))
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        self.line.returnPressed.connect(self.entered.emit)
        self.remove.clicked.connect(self.removed.emit)
        whole = row(self.line, self.count, self.remove, gap=8)
        whole.setStretchFactor(self.line, 1)
        self.setLayout(whole)

    def show_count(self, count: int | None) -> None:
        """Show how many contacts have it."""
        self.count.setText(number(count) if count else "")


class ChoiceLines(QWidget):
    """Renamed, added, left out, and saved together by the button that `changed` calls for."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[ChoiceLine] = []
        self._stored: tuple[str, ...] = ()
        self._counts: Mapping[str, int] = {}
        self._body = QVBoxLayout()
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(4)
        self.gone = Label("", Role.SMALL, "secondary")
        self.gone.setWordWrap(True)
        self.more = Btn(tr("Add a choice"), Kind.LINK, "plus")
        self.more.clicked.connect(lambda: self._add("", focused=True))
        holder = QVBoxLayout(self)
        holder.setContentsMargins(0, 0, 0, 0)
        holder.setSpacing(4)
        holder.addWidget(Label(tr("Choices"), Role.CAPTION, "secondary"))
        holder.addWidget(box(self._body))
        holder.addLayout(row(self.more, None))
        holder.addWidget(self.gone)
        self.gone.hide()

    @property
    def choices(self) -> tuple[str, ...]:
        """What is offered now."""
        return tuple(text for line in self.lines if (text := line.line.text().strip()))

    @property
    def renamed(self) -> dict[str, str]:
        """Old names with their new ones."""
        pairs = ((line.before, line.line.text().strip()) for line in self.lines)
        return {before: now for before, now in pairs if before and now and now != before}

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what is stored."""
        return self.choices != self._stored

    def show_choices(self, choices: Sequence[str]) -> None:
        """Show what is offered; counts follow."""
        self._stored, self._counts = tuple(choices), {}
        for line in self.lines:
            line.deleteLater()
        self.lines = []
        for choice in choices or ("", ""):
            self._add(choice)
        self.show_counts({})

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many contacts have each, and which values are no longer offered."""
        self._counts = counts
        for line in self.lines:
            line.show_count(counts.get(line.before))
        gone = [f"{name} ({number(n)})" for name, n in counts.items() if name not in self._stored]
        self.gone.setText(tr("No longer offered, but kept: {names}", names=", ".join(gone)))
        self.gone.setVisible(bool(gone))

    def _add(self, before: str, *, focused: bool = False) -> None:
        line = ChoiceLine(before)
        line.changed.connect(self.changed.emit)
        line.removed.connect(lambda: self._remove(line))
        line.entered.connect(lambda: self._add("", focused=True))
        line.show_count(self._counts.get(before))
        self.lines.append(line)
        self._body.addWidget(line)
        if focused:
            line.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, line: ChoiceLine) -> None:
        self.lines.remove(line)
        line.hide()
        line.deleteLater()
        self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()
