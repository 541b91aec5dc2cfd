"""What stands in the place of the list when there is nothing to list: and what to do about it."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr
from app.views.common.boxes import Card
from app.views.common.buttons import Btn, Kind
from app.views.common.pills import Empty, sentences


class ListStates(QStackedWidget):
    """The table, the cards, no match, an empty trash, or an error with Retry; one at a time."""

    def __init__(self, table: QWidget, cards: QWidget) -> None:
        super().__init__()
        self.table, self.cards = table, cards
        self.no_match = Empty("search", tr("No matches"), tr("No contact fits the search."))
        self.clear_button = self.no_match.add(Btn(tr("Clear search and filters")))
        self.trash_empty = Empty(
            "trash-2",
            tr("The trash is empty"),
            tr("Deleted contacts stay here without a time limit, with all that belongs to them."),
        )
        self.leave_trash = self.trash_empty.add(Btn(tr("Show all contacts"), Kind.OUTLINE))
        self.trouble = Empty("circle-alert", tr("The contacts cannot be read"), "")
        self.retry = self.trouble.add(Btn(tr("Try again"), Kind.OUTLINE, "refresh-cw"))
        self._cards = QStackedWidget()
        self.framed = Card(self._cards, padding=1)
        for view in (table, self.no_match, self.trash_empty, self.trouble):
            self._cards.addWidget(view)
        self.addWidget(self.framed)
        self.addWidget(cards)

    @property
    def shown(self) -> QWidget | None:
        """What is in view."""
        if self.currentWidget() is self.cards:
            return self.cards
        return self._cards.currentWidget()

    def show_list(self, kind: str, *, found: bool, trash: bool, asked: bool) -> None:
        """Show what suits: asked says that there is something to clear."""
        if found:
            self._show(self.cards if kind == "cards" else self.table)
        elif trash and not asked:
            self._show(self.trash_empty)
        else:
            self._show(self.no_match)

    def show_trouble(self, error: CaptelyError) -> None:
        """Say why nothing is listed."""
        self.trouble.say(tr("The contacts cannot be read"), sentences(error))
        self._show(self.trouble)

    def _show(self, view: QWidget) -> None:
        if view is self.cards:
            self.setCurrentWidget(self.cards)
        else:
            self._cards.setCurrentWidget(view)
            self.setCurrentWidget(self.framed)
