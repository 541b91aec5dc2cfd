"""Lines of a name, a bar and a figure that opens its rows, in columns that are aligned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.views.billing.figure_link import FigureLink
from app.views.common.boxes import Meter
from app.views.common.fonts import Role
from app.views.common.labels import ElidedLabel, Label, Para
from app.views.common.painting import text_width
from app.views.common.theme import theme

LEAST_BAR, WIDEST_NAME, ROWS, GAP = 48, 176, 4, 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line; share is how much of the bar is filled, from 0 to 1, None for no bar.

    rest stands after the figure, such as "of 20,000"; note below the name. warns tells by a word
    in the note, and by colour, that little is left.
    """

    key: str
    name: str
    figure: str
    rest: str = ""
    share: float | None = None
    colour: str = "accent.solid"
    note: str = ""
    warns: bool = False


class MeterList(QWidget):
    """opened carries the key of the line whose figure was clicked.

    peers are the lists whose columns stand below those of this one, itself among them.
    """

    opened = Signal(str)

    def __init__(self, name: str, *, stacked: bool = False) -> None:
        """stacked puts the bar below the words, for names and notes of any length."""
        super().__init__()
        self.setAccessibleName(name)
        self._stacked = stacked
        self.peers: tuple[MeterList, ...] = (self,)
        self.lines: list[Line] = []
        self.figures: dict[str, FigureLink] = {}
        self._parts: list[_Parts] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0 if stacked else 1, 1)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; their widgets are used again."""
        self.lines = list(lines)
        while len(self._parts) < len(lines):
            self._add()
        self.figures = {}
        for place, parts in enumerate(self._parts):
            line = lines[place] if place < len(lines) else None
            parts.show_line(line)
            self._grid.setRowMinimumHeight(place * ROWS + 3, GAP if line is not None else 0)
            if line is not None:
                self.figures[line.key] = parts.figure
        for peer in self.peers:
            peer.restyle()

    def line_up(self, other: MeterList) -> None:
        """Have the columns of both, of which one stands below the other, begin and end alike."""
        self.peers = other.peers = (*self.peers, *other.peers)

    def restyle(self) -> None:
        """Give names, up to a limit, and figures the room that they need here and in the peers."""
        lines = [line for peer in self.peers for line in peer.lines]
        figure, rest = (
            max((text_width(words, Role.FIGURE) for words in column), default=0.0)
            for column in ([line.figure for line in lines], [line.rest for line in lines])
        )
        self._grid.setColumnMinimumWidth(2, int(figure) + 2)
        self._grid.setColumnMinimumWidth(3, int(rest) + 2 if rest else 0)
        if self._stacked:
            return
        wishes = [text_width(line.name, Role.BODY) for line in lines]
        wide = min(max(wishes, default=0.0), theme().px(WIDEST_NAME))
        self._grid.setColumnMinimumWidth(0, int(wide) + 2)
        self._grid.setColumnMinimumWidth(1, theme().px(LEAST_BAR))

    def text(self) -> str:
        """Everything that is said, line by line."""
        return "\n".join(" ".join((x.name, x.figure, x.rest, x.note)).strip() for x in self.lines)

    def _add(self) -> None:
        place, parts, grid = len(self._parts), _Parts(), self._grid
        parts.figure.clicked.connect(partial(self._open, place))
        middle, first = Qt.AlignmentFlag.AlignVCenter, place * ROWS
        grid.addWidget(parts.name, first, 0)
        grid.addWidget(parts.figure, first, 2, Qt.AlignmentFlag.AlignRight | middle)
        grid.addWidget(parts.rest, first, 3, Qt.AlignmentFlag.AlignRight | middle)
        grid.addWidget(parts.note, first + 1, 0, 1, 4)
        if self._stacked:
            grid.addWidget(parts.meter, first + 2, 0, 1, 4)
        else:
            grid.addWidget(parts.meter, first, 1, middle)
        self._parts.append(parts)

    def _open(self, place: int, _on: object = None) -> None:
        if place < len(self.lines):
            self.opened.emit(self.lines[place].key)


class _Parts:
    """The widgets of one line."""

    def __init__(self) -> None:
        self.name = ElidedLabel("", Role.BODY)
        self.note = Para("", Role.SMALL)
        self.meter = Meter("")
        self.figure = FigureLink(right=True)
        self.rest = Label("", Role.FIGURE, "secondary")
        self.all = (self.name, self.note, self.meter, self.figure, self.rest)

    def show_line(self, line: Line | None) -> None:
        """Show a line, or nothing."""
        if line is None:
            for part in self.all:
                part.hide()
            return
        self.name.setText(line.name)
        self.note.setText(line.note)
        self.note.set_tone("warning" if line.warns else "secondary")
        said = f"{line.name}: {line.figure} {line.rest}".strip()
        self.figure.show_figure(line.figure, said)
        self.rest.setText(line.rest)
        self.meter.setAccessibleName(said)
        if line.share is not None:
            colour = "chart.3" if line.warns else line.colour
            self.meter.show_parts([(colour, min(1.0, line.share))], 1.0)
        self.name.show()
        self.note.setVisible(bool(line.note))
        self.meter.setVisible(line.share is not None)
        self.figure.show()
        self.rest.setVisible(bool(line.rest))
