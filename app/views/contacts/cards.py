"""The contacts as cards in a lane for each status: dragged or moved by keys from one to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from app.core.text import tr
from app.services.rows import ContactRow
from app.services.search import Interrupt
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.contacts.checks import Checks
from app.views.contacts.lane import Lane
from app.views.contacts.vocabulary import Vocabulary


class Cards(QScrollArea):
    """A lane for each status, in pipeline order.

    chosen(contact) follows the focus, opened(contact) Enter and a click, moved(contacts, status) a
    drop; menu_wished(contact, position) asks for a menu, failed(error) says why nothing is read.
    """

    chosen = Signal(int)
    opened = Signal(int)
    moved = Signal(object, str)
    menu_wished = Signal(int, object)
    failed = Signal(object)
    found = Signal()

    def __init__(self, desk: Desk, checks: Checks) -> None:
        super().__init__()
        self._desk = desk
        self._checks = checks
        self.lanes: dict[str, Lane] = {}
        self._active = ""
        self._interrupt = Interrupt()
        self._dividing = Latest(desk.calls, self)
        self._ground = QWidget()
        self._row = QHBoxLayout(self._ground)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addStretch(1)
        self.setWidget(self._ground)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Contacts by status"))

    def show_vocabulary(self, vocabulary: Vocabulary) -> None:
        """A lane for each status, in pipeline order."""
        wanted = [key for key, _label, _tone in vocabulary.statuses]
        for key in set(self.lanes) - set(wanted):
            lane = self.lanes.pop(key)
            self._row.removeWidget(lane)
            lane.hide()
            lane.deleteLater()
        for place, (key, label, tone) in enumerate(vocabulary.statuses):
            if key not in self.lanes:
                self.lanes[key] = self._lane(key)
            self.lanes[key].show_status(label, tone)
            self._row.insertWidget(place, self.lanes[key])

    def show_first(self, rows: Sequence[ContactRow]) -> None:
        """Show the first contacts found in their lanes, until all of them are known."""
        for key, lane in self.lanes.items():
            lane.show_ids([row.id for row in rows if row.status == key], whole=False)

    def show_ids(self, ids: Sequence[int]) -> None:
        """Put the contacts found into their lanes, giving up what was shown before."""
        self._interrupt.stop()
        self._interrupt = interrupt = Interrupt()
        groups, search = tuple(self.lanes), self._desk.app.search
        self._dividing.read(
            lambda: search.by_status(ids, groups, interrupt=interrupt),
            self._found,
            self.failed.emit,
        )

    def stop(self) -> None:
        """Give up what is being looked for."""
        self._interrupt.stop()

    @property
    def current(self) -> int | None:
        """The contact whose card has, or last had, the focus."""
        lane = self.lanes.get(self._active)
        return lane.model.contact_id(lane.list.currentIndex().row()) if lane else None

    def focus(self) -> None:
        """Give the focus to the lane that last had it, else to the first with cards."""
        lane = self.lanes.get(self._active) or next(
            (lane for lane in self.lanes.values() if lane.model.ids), None
        )
        if lane is not None:
            lane.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def step_row(self, by: int) -> None:
        """Go down or up in the present lane."""
        lane = self.lanes.get(self._active)
        if lane is None or not lane.model.ids:
            self.focus()
            return
        row = lane.list.currentIndex().row() + by
        lane.list.select(max(0, min(len(lane.model.ids) - 1, row)))
        lane.list.scrollTo(lane.list.currentIndex())

    def push(self, by: int) -> None:
        """Move the present card, or the checked ones, to the neighbouring status."""
        keys = list(self.lanes)
        if self._active not in keys:
            return
        place, contact = keys.index(self._active) + by, self.current
        if contact is None or not 0 <= place < len(keys):
            return
        self.moved.emit([contact], keys[place])

    def _lane(self, key: str) -> Lane:
        rows = self._desk.app.search.rows
        lane = Lane(key, self._desk.calls, rows, self._checks)
        cards, model = lane.list, lane.model
        cards.entered_here.connect(partial(self._entered, key))
        cards.stepped.connect(partial(self._step, key))
        cards.pushed.connect(self.push)
        cards.chosen.connect(lambda row: self._tell(self.chosen.emit, model.contact_id(row)))
        cards.opened.connect(lambda row: self._tell(self.opened.emit, model.contact_id(row)))
        cards.clicked.connect(
            lambda index: self._tell(self.opened.emit, model.contact_id(index.row()))
        )
        cards.check_wished.connect(lambda row, extend: self._check(lane, row, extend=extend))
        cards.menu_wished.connect(lambda row, at: self._menu(lane, row, at))
        lane.dropped.connect(lambda ids: self.moved.emit(ids, key))
        return lane

    def _tell(self, tell: Callable[[int], None], contact: int | None) -> None:
        if contact is not None:
            tell(contact)

    def _menu(self, lane: Lane, row: int, at: object) -> None:
        contact = lane.model.contact_id(row)
        if contact is not None:
            lane.list.select(row)
            self.menu_wished.emit(contact, at)

    def _check(self, lane: Lane, row: int, *, extend: bool) -> None:
        contact = lane.model.contact_id(row)
        if contact is None:
            return
        anchor = lane.list.currentIndex().row()
        if extend and anchor >= 0:
            first, last = sorted((anchor, row))
            self._checks.add(lane.model.ids[first : last + 1])
        else:
            self._checks.toggle(contact)
        lane.list.select(row)

    def _entered(self, key: str) -> None:
        self._active = key
        self.ensureWidgetVisible(self.lanes[key], 0, 0)
        contact = self.current
        if contact is not None:
            self.chosen.emit(contact)

    def _step(self, key: str, by: int) -> None:
        keys = list(self.lanes)
        place = keys.index(key) + by
        while 0 <= place < len(keys):
            if self.lanes[keys[place]].model.ids:
                self.lanes[keys[place]].list.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            place += by

    def _found(self, found: Mapping[str, Sequence[int]]) -> None:
        for key, lane in self.lanes.items():
            lane.show_ids(found.get(key, ()))
        self.found.emit()
