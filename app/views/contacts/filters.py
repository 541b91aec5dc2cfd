"""The bar above the contacts: views at the left; filter, form, columns and Save at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.text import tr
from app.views.common.boxes import row
from app.views.common.buttons import Btn, IconBtn, Kind
from app.views.common.theme import theme
from app.views.contacts.view_tabs import TRASH, ViewTabs
from app.views.contacts.vocabulary import Vocabulary

if TYPE_CHECKING:
    from app.views.common.popover import Popover


class Filters(QWidget):
    """filter_added carries a filter in the query language; the rest is for the page to do.

    kind_wished, columns_wished and save_wished follow the buttons of those names.
    """

    filter_added = Signal(str)
    kind_wished = Signal()
    columns_wished = Signal()
    save_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._vocabulary = Vocabulary()
        self.tabs = ViewTabs()
        self.everything, self.trash = self.tabs.everything, self.tabs.trash
        self.add = Btn(tr("Filter"), Kind.OUTLINE, "list-filter")
        self.kind = IconBtn("square-kanban", tr("Show as cards"), Kind.OUTLINE)
        self.columns = IconBtn("columns-3", tr("Choose columns"), Kind.OUTLINE)
        self.save = Btn(tr("Save view"), Kind.GHOST, "bookmark")
        line = row(self.tabs, self.save, self.add, self.kind, self.columns, gap=8)
        line.setStretchFactor(self.tabs, 1)
        self.setLayout(line)
        self.save.hide()
        self.restyle()
        self.add.clicked.connect(self.open_editor)
        self.kind.clicked.connect(self.kind_wished.emit)
        self.columns.clicked.connect(self.columns_wished.emit)
        self.save.clicked.connect(self.save_wished.emit)

    def restyle(self) -> None:
        """Take the height of the present text size."""
        self.setMinimumHeight(theme().px(32))

    @property
    def in_trash(self) -> bool:
        """True while the trash is shown."""
        return self.tabs.current == TRASH

    def show_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Offer these statuses, tags and fields."""
        self._vocabulary = vocabulary

    def show_kind(self, kind: str) -> None:
        """Offer the other form of the list."""
        as_cards = kind == "table"
        words = tr("Show as cards") if as_cards else tr("Show as a table")
        self.kind.icon_name = "square-kanban" if as_cards else "list"
        self.kind.setAccessibleName(words)
        self.kind.setToolTip(words)
        self.kind.update()
        self.columns.setEnabled(as_cards)

    def offer_save(self, *, changed: bool) -> None:
        """Offer to save what differs from the present view."""
        self.save.setVisible(changed)

    def set_compact(self, compact: object) -> None:
        """Show icons alone where room is scarce."""
        for button in (self.add, self.save):
            button.set_compact(compact)

    def open_editor(self) -> Popover:
        """Build one more filter."""
        from app.views.common.popover import Popover  # not at the start of the window
        from app.views.contacts.rule_editor import RuleEditor

        editor = RuleEditor(self._vocabulary)
        popover = Popover(editor, tr("Add a filter"), self)
        editor.done.connect(lambda text: self._added(text, popover))
        popover.open_below(self.add, right=True)
        editor.field.setFocus(Qt.FocusReason.PopupFocusReason)
        return popover

    def _added(self, text: str, popover: Popover) -> None:
        popover.close()
        self.filter_added.emit(text)
