"""Pairs of a name and a value below each other, such as requests and time of a dry run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.views.common.fonts import Role
from app.views.common.labels import Label, Para, let_grow

Fact = tuple[str, str]
"""Name and value."""


class Facts(QWidget):
    """Values stand at the right, since most are numbers."""

    def __init__(self, *, right: bool = True) -> None:
        super().__init__()
        self._right = right
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[tuple[Label, Para]] = []
        let_grow(self)

    def text(self) -> str:
        """Everything that is said, for whoever looks for a value."""
        return "\n".join(f"{n.text()}: {v.text()}" for n, v in self._labels if n.isVisibleTo(self))

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these pairs; their labels are used again."""
        while len(self._labels) < len(facts):
            line = len(self._labels)
            side = Qt.AlignmentFlag.AlignRight if self._right else Qt.AlignmentFlag.AlignLeft
            name, value = Label("", Role.BODY, "secondary"), Para("", Role.FIGURE, align=side)
            value.set_tone("primary")
            self._grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, line, 1)
            self._labels.append((name, value))
        for number, (name, value) in enumerate(self._labels):
            shown = number < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(facts[number][0])
                value.setText(facts[number][1])
