"""One list of the vocabulary with its card: read in the background, changed with undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import CaptelyError
from app.views.common.boxes import Card, row
from app.views.common.cells import Cell, Column, Look
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.common.pills import Empty
from app.views.common.table import Table
from app.views.common.table_model import ListModel
from app.views.common.theme import theme
from app.views.common.words import number
from app.views.vocabulary.panel import Panel

T = TypeVar("T")
PANEL = 320


class Tab(QWidget, Generic[T]):
    """Subclasses say how items are read and shown, and what the card's signals do.

    counted tells how many there are, adding that the making of a new one began or ended.
    """

    counted = Signal(int)
    adding = Signal()

    def __init__(
        self, desk: Desk, name: str, columns: Sequence[Column], panel: Panel, empty: Empty
    ) -> None:
        super().__init__()
        self.desk = desk
        self.items: Sequence[T] = ()
        self.panel = panel
        self.table = Table(name, columns)
        self.model = ListModel(columns, self)
        self.table.setModel(self.model)
        self.empty = empty
        self._wanted: object = None
        self._reading = Latest(desk.calls, self)
        self._acting = self._acted = False
        self._list = QStackedWidget()
        self._list.addWidget(Card(self.table, padding=1))
        self._list.addWidget(empty)
        line = row(self._list, panel, gap=16)
        line.setStretchFactor(self._list, 1)
        self.setLayout(line)
        self.table.chosen.connect(lambda _row: self._chosen())
        self.table.opened.connect(lambda _row: panel.rename())
        panel.cancelled.connect(self.leave_new)
        panel.added.connect(self.make)
        panel.named.connect(self.rename_to)
        panel.deleted.connect(self.delete)
        panel.shown_wished.connect(self.show_contacts)
        self.restyle()

    def restyle(self) -> None:
        """Take the width of the present text size."""
        self.panel.setFixedWidth(theme().px(PANEL))

    def read(self) -> Sequence[T]:
        """The items; runs in the read pool."""
        raise NotImplementedError

    def cells(self, item: T) -> Sequence[Cell]:
        """One item as cells."""
        raise NotImplementedError

    def key_of(self, item: T) -> Any:
        """What stays the same when an item is renamed."""
        raise NotImplementedError

    def show_item(self, item: T) -> None:
        """Show an item on the card."""
        raise NotImplementedError

    def begin(self) -> None:
        """Show the card of a new one."""
        raise NotImplementedError

    def make(self) -> None:
        """Make the new one from the card."""
        raise NotImplementedError

    def rename_to(self, name: str) -> None:
        """Give the chosen item another name."""
        raise NotImplementedError

    def delete(self) -> None:
        """Delete the chosen item."""
        raise NotImplementedError

    def show_contacts(self) -> None:
        """Show the contacts that use the chosen item."""
        raise NotImplementedError

    def reorder(self, keys: Sequence[Any]) -> Callable[[], object] | None:
        """The work that puts the items in this order; None where they have none of their own."""
        del keys
        return None

    @property
    def item(self) -> T | None:
        """The chosen item, None while a new one is made."""
        place = self.table.currentIndex().row()
        return self.items[place] if 0 <= place < len(self.items) else None

    def load(self) -> None:
        """Read the items again."""
        self._reading.read(self.read, self._loaded, self._unread)

    def add(self) -> None:
        """Make a new one."""
        self.panel.show()
        self.begin()
        self.adding.emit()

    def leave_new(self) -> None:
        """Go back to the chosen item."""
        self.panel.is_new = False
        self.adding.emit()
        self._chosen()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def shift(self, step: int) -> None:
        """Move the chosen item up or down."""
        keys = [self.key_of(item) for item in self.items]
        here = self.table.currentIndex().row()
        there = here + step
        if self.item is None or not 0 <= there < len(keys):
            return
        keys.insert(there, keys.pop(here))
        work = self.reorder(keys)
        if work is not None:
            self._wanted = keys[there]
            self.do(work)

    def do(
        self,
        work: Callable[[], object],
        then: Callable[[object], None] | None = None,
        *,
        once: bool = False,
    ) -> None:
        """Change something in the background; an error stands on the card it is about.

        once is for what a second click must not do again before the list shows the first.
        """
        if once and self._acting:
            return
        self._acting = self._acting or once
        about = self._about

        def done(answer: object) -> None:
            self._acted = self._acted or once
            if then is not None:
                then(answer)
            self.load()

        def refused(error: CaptelyError) -> None:
            self._acting = self._acting and not once
            (self.panel.refuse if about == self._about else self.desk.say_error)(error)

        self.desk.calls.edit(self, work, done, refused)

    def select(self, key: object) -> None:
        """Choose an item once it is there."""
        self._wanted = key
        self.load()

    def made(self, key: object) -> None:
        """A new one was made: choose it."""
        self.panel.is_new = False
        self._wanted = key
        self.adding.emit()

    @property
    def _about(self) -> object:
        """What the card shows: the key of an item, None for a new one."""
        item = self.item
        return None if item is None or self.panel.is_new else self.key_of(item)

    def _settle(self) -> None:
        if self._acted:
            self._acting = self._acted = False

    def _unread(self, error: CaptelyError) -> None:
        self._settle()
        self.desk.say_error(error)

    def _loaded(self, items: Sequence[T]) -> None:
        self._settle()
        chosen = self.item
        wanted = self._wanted if self._wanted is not None else chosen and self.key_of(chosen)
        self._wanted = None
        self.items = items
        self.model.show([self.cells(item) for item in items])
        self.counted.emit(len(items))
        self._list.setCurrentIndex(0 if items else 1)
        keys = [self.key_of(item) for item in items]
        if items:
            self.table.select(keys.index(wanted) if wanted in keys else 0)
        self._chosen()

    def _chosen(self) -> None:
        if self.panel.is_new:
            return
        item = self.item
        self.panel.setVisible(item is not None)
        if item is not None:
            self.show_item(item)


def counted_cell(count: int | None) -> Cell:
    """How many contacts, or that they are still being counted."""
    return Cell(number(count) if count is not None else "…", Look.FIGURE)
