"""The statuses: the pipeline in its order, each with its colour and how many contacts have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.core.text import marked, tr
from app.services.statuses import FIRST, StatusView
from app.views.common.boxes import box, column, row
from app.views.common.buttons import IconBtn, Kind
from app.views.common.cells import Cell, Column, Look
from app.views.common.desk import Desk
from app.views.common.fonts import Role
from app.views.common.inputs import Check
from app.views.common.labels import Para
from app.views.common.pills import Empty
from app.views.common.places import Place
from app.views.contacts.vocabulary import shown_tone
from app.views.vocabulary.panel import Merging, Panel, captioned
from app.views.vocabulary.swatches import Swatches
from app.views.vocabulary.tab import Tab, counted_cell

COLUMNS = (
    Column("label", marked("Status"), 168, weight=3),
    Column("key", marked("In files"), 128, weight=1, rank=2),
    Column("state", marked("State"), 104, weight=0, rank=1),
    Column("contacts", marked("Contacts"), 96, weight=0, right=True),
)


class StatusPanel(Panel):
    """Name, colour, place in the pipeline, archive, merge."""

    def __init__(self) -> None:
        super().__init__(tr("Add status"))
        self.swatches = Swatches()
        self.up = IconBtn("arrow-up", tr("Move up"), Kind.OUTLINE)
        self.down = IconBtn("arrow-down", tr("Move down"), Kind.OUTLINE)
        self.archived = Check(tr("Archived"))
        kept = Para(tr("Its contacts keep it, but it is no longer offered."), Role.SMALL)
        self.archived_part = box(column(self.archived, kept, gap=0))
        self.merging = Merging(
            tr("Merge into"), tr("Its contacts get the other status, then it is deleted.")
        )
        self.place = captioned(
            tr("Place in the pipeline"), box(row(self.up, self.down, None, gap=8))
        )
        self.use_part = self.use_row()
        self.put(
            captioned(tr("Colour"), self.swatches),
            self.place,
            self.use_part,
            self.archived_part,
            self.merging,
        )

    def show_for(self, *, new: bool, first: bool) -> None:
        """Only what makes sense: a new one has no place yet, the first one always stays."""
        for part in (self.place, self.use_part):
            part.setVisible(not new)
        self.archived_part.setVisible(not new and not first)
        self.delete.setVisible(not new and not first)
        if new or first:
            self.merging.hide()


class Statuses(Tab[StatusView]):
    """The pipeline."""

    def __init__(self, desk: Desk) -> None:
        self.card = StatusPanel()
        empty = Empty("list-checks", tr("No statuses"), tr("Add the steps of your pipeline."))
        super().__init__(desk, tr("Statuses"), COLUMNS, self.card, empty)
        card = self.card
        card.swatches.picked.connect(self._recolour)
        card.up.clicked.connect(lambda: self.shift(-1))
        card.down.clicked.connect(lambda: self.shift(1))
        card.archived.clicked.connect(self._archive)
        card.merging.merged.connect(self._merge)

    def read(self) -> Sequence[StatusView]:
        """Every status in pipeline order."""
        return self.desk.app.statuses.list()

    def cells(self, item: StatusView) -> Sequence[Cell]:
        """A pill, its key, whether it is archived, and how many contacts."""
        state = Cell(tr("Archived"), Look.QUIET) if item.archived else Cell(tr("Offered"))
        return (
            Cell(item.title, Look.PILL, shown_tone(item.tone)),
            Cell(item.key, Look.CODE),
            state,
            counted_cell(item.contacts),
        )

    def key_of(self, item: StatusView) -> Any:
        """Its key never changes."""
        return item.key

    def show_item(self, item: StatusView) -> None:
        """Show a status."""
        card = self.card
        card.show_item(item.title, item.title, item.contacts)
        card.swatches.choose(item.tone)
        card.archived.setChecked(item.archived)
        place = list(self.items).index(item)
        card.up.setEnabled(place > 0)
        card.down.setEnabled(place < len(self.items) - 1)
        others = [(one.key, one.title) for one in self.items if one.key != item.key]
        card.merging.offer(others, item.contacts)
        card.show_for(new=False, first=item.key == FIRST)
        # A status with contacts is merged: they must get another one.
        card.delete.setEnabled(item.contacts == 0)
        used = tr("Contacts have it: merge it into another status")
        card.delete.setToolTip(used if item.contacts else "")

    def begin(self) -> None:
        """A new status."""
        self.card.begin(tr("New status"))
        self.card.swatches.choose("info")
        self.card.show_for(new=True, first=False)

    def make(self) -> None:
        """Add it at the end."""
        name, tone = self.card.name.text(), self.card.swatches.value
        statuses = self.desk.app.statuses
        self.do(lambda: statuses.add(name, tone), self.made, once=True)

    def rename_to(self, name: str) -> None:
        """Rename the chosen one."""
        if (item := self.item) is not None:
            self.do(lambda: self.desk.app.statuses.rename(item.key, name))

    def delete(self) -> None:
        """Delete the chosen one, which nobody has."""
        if (item := self.item) is not None and item.key != FIRST:
            self.do(lambda: self.desk.app.statuses.delete(item.key), once=True)

    def show_contacts(self) -> None:
        """Find the contacts that have it."""
        if (item := self.item) is not None:
            self.desk.go(Place.CONTACTS, f"status:{item.key}")

    def reorder(self, keys: Sequence[Any]) -> Callable[[], object]:
        """The pipeline in another order."""
        return lambda: self.desk.app.statuses.reorder(keys)

    def _recolour(self, tone: str) -> None:
        if (item := self.item) is not None and not self.card.is_new and tone != item.tone:
            self.do(lambda: self.desk.app.statuses.recolour(item.key, tone))

    def _archive(self) -> None:
        if (item := self.item) is not None:
            archived = self.card.archived.isChecked()
            self.do(lambda: self.desk.app.statuses.archive(item.key, archived=archived))

    def _merge(self, into: str) -> None:
        if (item := self.item) is not None and into:
            self._wanted = into
            self.do(lambda: self.desk.app.statuses.delete(item.key, move_to=into), once=True)
