"""The tags: each with its colour and how many contacts carry it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.text import marked, tr
from app.services.tags import TagView
from app.views.common.cells import Cell, Column, Look
from app.views.common.desk import Desk
from app.views.common.pills import Empty
from app.views.common.places import Place
from app.views.contacts.vocabulary import shown_tone
from app.views.vocabulary.panel import Merging, Panel, captioned
from app.views.vocabulary.swatches import Swatches
from app.views.vocabulary.tab import Tab, counted_cell

COLUMNS = (
    Column("name", marked("Name"), 200, weight=3),
    Column("contacts", marked("Contacts"), 96, weight=0, right=True),
)


class TagPanel(Panel):
    """Name, colour, use, merge."""

    def __init__(self) -> None:
        super().__init__(tr("Add tag"))
        self.swatches = Swatches()
        self.merging = Merging(
            tr("Merge into"), tr("Its contacts get the other tag, then it is deleted.")
        )
        self.use_part = self.use_row()
        self.put(captioned(tr("Colour"), self.swatches), self.use_part, self.merging)


class Tags(Tab[TagView]):
    """All tags by name."""

    def __init__(self, desk: Desk) -> None:
        self.card = TagPanel()
        sentence = tr("Tags group contacts across lists. They are made when you use them, or here.")
        empty = Empty("tags", tr("No tags yet"), sentence)
        super().__init__(desk, tr("Tags"), COLUMNS, self.card, empty)
        self.card.swatches.picked.connect(self._recolour)
        self.card.merging.merged.connect(self._merge)

    def read(self) -> Sequence[TagView]:
        """Every tag by name."""
        return self.desk.app.tags.list()

    def cells(self, item: TagView) -> Sequence[Cell]:
        """A pill, and how many contacts."""
        return Cell(item.name, Look.PILL, shown_tone(item.tone)), counted_cell(item.contacts)

    def key_of(self, item: TagView) -> Any:
        """Its id never changes."""
        return item.id

    def show_item(self, item: TagView) -> None:
        """Show a tag."""
        card = self.card
        card.show_item(item.name, item.name, item.contacts)
        card.swatches.choose(item.tone)
        others = [(str(one.id), one.name) for one in self.items if one.id != item.id]
        card.merging.offer(others, item.contacts)
        card.use_part.show()

    def begin(self) -> None:
        """A new tag."""
        self.card.begin(tr("New tag"))
        self.card.swatches.choose("neutral")
        self.card.merging.hide()
        self.card.use_part.hide()

    def make(self) -> None:
        """Add it."""
        name, tone, tags = self.card.name.text(), self.card.swatches.value, self.desk.app.tags
        self.do(lambda: tags.create(name, tone), self.made, once=True)

    def rename_to(self, name: str) -> None:
        """Rename the chosen one."""
        if (item := self.item) is not None:
            self.do(lambda: self.desk.app.tags.rename(item.id, name))

    def delete(self) -> None:
        """Take the chosen one off all its contacts."""
        if (item := self.item) is not None:
            self.do(lambda: self.desk.app.tags.delete(item.id), once=True)

    def show_contacts(self) -> None:
        """Find the contacts that carry it."""
        if (item := self.item) is not None:
            self.desk.go(Place.CONTACTS, f'tag:"{item.name}"')

    def _recolour(self, tone: str) -> None:
        if (item := self.item) is not None and not self.card.is_new and tone != item.tone:
            self.do(lambda: self.desk.app.tags.recolour(item.id, tone))

    def _merge(self, into: str) -> None:
        if (item := self.item) is not None and into:
            self._wanted = int(into)
            self.do(lambda: self.desk.app.tags.merge(item.id, int(into)), once=True)
