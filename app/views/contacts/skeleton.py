"""Grey bars in the place of rows, for a wait that is long enough to be noticed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.views.common.delegate import within
from app.views.common.painting import hairline, paint_box
from app.views.common.table import Table
from app.views.common.theme import theme

BARS = 8
_SHARES = (0.62, 0.48, 0.7, 0.4, 0.56)


class Skeleton(QWidget):
    """Covers the rows of a table, not its header; still, because nothing here should blink."""

    def __init__(self, table: Table) -> None:
        super().__init__(table.viewport())
        self._table = table
        self.setAccessibleName(tr("Loading contacts"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def fit(self) -> None:
        """Cover the table's present room."""
        self.setGeometry(self._table.viewport().rect())

    def begin(self) -> None:
        """Show the bars."""
        self.fit()
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - always painted whole
        """Paint a bar in each column of the first rows."""
        painter, look = QPainter(self), theme()
        painter.fillRect(self.rect(), look.colour("bg.surface"))
        height = self._table.verticalHeader().defaultSectionSize()
        header = self._table.horizontalHeader()
        shown = [at for at in range(header.count()) if not header.isSectionHidden(at)]
        ends = (shown[0], shown[-1]) if shown else (-1, -1)
        line, bar = look.colour("border.subtle"), look.colour("bg.sunken")
        for row in range(BARS):
            bottom = (row + 1) * height
            hairline(painter, 0, self.width(), bottom, line)
            for section in shown:
                left = header.sectionViewportPosition(section)
                cell = QRectF(left, bottom - height, header.sectionSize(section), height)
                room = within(cell, section, ends)
                wide = max(16.0, room.width() * _SHARES[(row + section) % len(_SHARES)])
                at = room.right() - wide if self._table.columns[section].right else room.left()
                paint_box(painter, QRectF(at, room.center().y() - 4, wide, 8), 4, bar)
