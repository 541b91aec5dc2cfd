"""The cards of one status: an array of ids whose contacts are read when they come into view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QMimeData, QObject, Qt

from app.core.text import tr
from app.services.rows import ContactRow
from app.views.common.cells import CHECKED_ROLE, Cell, Column
from app.views.common.run import Calls
from app.views.common.table_model import Index, PagedModel
from app.views.contacts.checks import Checks

ROW_ROLE = Qt.ItemDataRole.UserRole + 5
MIME = "application/x-captely-contacts"
_CARD = Column("card", "", 200)


class LaneModel(PagedModel[ContactRow]):
    """checks are those of the whole page."""

    def __init__(
        self,
        calls: Calls,
        rows: Callable[[Sequence[int]], Sequence[ContactRow]],
        checks: Checks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(calls, (_CARD,), _card, parent)
        self._rows_of = rows
        self.ids: Sequence[int] = ()
        self.checks = checks
        checks.changed.connect(self._checks_changed)

    def show_ids(self, ids: Sequence[int]) -> None:
        """Show these contacts."""
        kept = dict(self._pages) if list(ids[:1]) == list(self.ids[:1]) else {}
        same = len(ids) == len(self.ids) and ids == self.ids
        self.ids = ids
        self.show(len(ids), lambda lo, hi: self._rows_of(ids[lo:hi]), kept if same else {})
        if same:
            self.refresh()

    def contact_id(self, row: int) -> int | None:
        """The id at a row."""
        return self.ids[row] if 0 <= row < len(self.ids) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The whole row for the painter, its words for everybody else."""
        if not index.isValid() or index.row() >= len(self.ids):
            return None
        if role == ROW_ROLE:
            self.cell(index.row(), _CARD)
            return self.row(index.row())
        if role == CHECKED_ROLE:
            return self.checks.has(self.ids[index.row()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = self.cell(index.row(), _CARD).text
            return tr("{contact}, selected", contact=words) if self._checked(index) else words
        return super().data(index, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A card can be dragged."""
        own = super().flags(index)
        return own | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else own

    def mimeTypes(self) -> list[str]:
        """Contacts by their ids."""
        return [MIME]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        """The dragged card; with the checked ones when it is one of them."""
        data = QMimeData()
        ids = {self.ids[index.row()] for index in indexes if index.isValid()}
        data.setData(MIME, ",".join(map(str, sorted(ids))).encode())
        return data

    def _checked(self, index: Index) -> bool:
        return self.checks.has(self.ids[index.row()])

    def _checks_changed(self) -> None:
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, 0), [CHECKED_ROLE])


def _card(row: ContactRow, key: str) -> Cell:
    del key
    return Cell(", ".join(part for part in (row.name, row.title, row.company) if part))
