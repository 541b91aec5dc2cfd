"""The item model of the contacts table: an array of ids, and pages of rows read on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from app.services.rows import ContactRow
from app.views.common.cells import CELL_ROLE, CHECKED_ROLE, Cell, Column
from app.views.common.run import Calls
from app.views.common.table_model import PAGE, Index, PagedModel
from app.views.contacts.checks import Checks
from app.views.contacts.columns import columns_of, further


class ContactsModel(PagedModel[ContactRow]):
    """rows(ids, more=keys) reads the rows of some ids, in their order; it runs in the read pool."""

    def __init__(
        self,
        calls: Calls,
        rows: Callable[..., Sequence[ContactRow]],
        shape: Callable[[ContactRow, str], Cell],
        parent: QObject | None = None,
    ) -> None:
        columns = columns_of((), ())
        super().__init__(calls, columns, shape, parent)
        self._rows_of = rows
        self.more: tuple[str, ...] = further(columns)
        self.ids: Sequence[int] = ()
        self.checks = Checks(self)
        self.checks.changed.connect(self._checks_changed)

    def show_ids(self, ids: Sequence[int], first: Sequence[ContactRow] = ()) -> None:
        """Show these contacts; `first` are rows already read, and so are those shown before."""
        known = {row.id: row for page in self._pages.values() for row in page}
        known |= {row.id: row for row in first}
        pages = {page: self._carried(ids, page, known) for page in {0, *self._pages}}
        self.ids, more = ids, self.more
        self.show(len(ids), lambda lo, hi: self._rows_of(ids[lo:hi], more=more), pages)

    def show_columns(self, columns: Sequence[Column], more: Sequence[str]) -> None:
        """Show other columns; rows that lack the further fields `more` are read again."""
        lacking = set(more) - set(self.more)
        pages = {} if lacking else dict(self._pages)
        self.beginResetModel()
        self.columns, self.more = tuple(columns), tuple(more)
        self._pages, self._cells = {}, {}
        self.endResetModel()
        ids = self.ids
        self._pages = pages
        self._asked.clear()
        self.show_ids(ids)

    def _carried(
        self, ids: Sequence[int], page: int, known: Mapping[int, ContactRow]
    ) -> list[ContactRow]:
        """The rows of a page that are known already, none unless all of them are."""
        wanted = ids[page * PAGE : page * PAGE + PAGE]
        rows = [known[contact] for contact in wanted if contact in known]
        return rows if len(rows) == len(wanted) else []

    def contact_id(self, row: int) -> int | None:
        """The id at a row."""
        return self.ids[row] if 0 <= row < len(self.ids) else None

    def row_of(self, contact: int) -> int | None:
        """Where a contact is now; None when it does not match any more.

        It is nearly always among the rows that are at hand; to go through a million ids for it
        takes as long as two frames.
        """
        for page in self._pages:
            wanted = self.ids[page * PAGE : page * PAGE + PAGE]
            if contact in wanted:
                return page * PAGE + wanted.index(contact)
        try:
            return self.ids.index(contact)
        except ValueError:
            return None

    def checked(self, row: int) -> bool:
        """Whether the contact at a row is checked."""
        return 0 <= row < len(self.ids) and self.checks.has(self.ids[row])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As every table; the check boxes have words for a screen reader only."""
        if index.isValid() and index.column() == 0 and role != CHECKED_ROLE:
            return self._check_words(index, role)
        return super().data(index, role)

    def _check_words(self, index: Index, role: int) -> Any:
        if role == CELL_ROLE or role != Qt.ItemDataRole.AccessibleTextRole:
            return None
        return "checked" if self.checked(index.row()) else "not checked"

    def _checks_changed(self) -> None:
        if self._count:
            last = self.index(self._count - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [CHECKED_ROLE])
