"""Keeps contacts in a saved view or hides them from it, whatever its filter says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from app.core.text import tr
from app.services.rows import ContactRow
from app.services.view_picks import Pick
from app.views.common.desk import Desk
from app.views.contacts import actions as do
from app.views.contacts.checks import Chosen

if TYPE_CHECKING:
    from app.views.common.popover import Popover
    from app.views.contacts.page import ContactsPage
    from app.views.contacts.pick_panel import PickPanel
    from app.views.contacts.pill_bar import PickPill


class Picking(QObject):
    """The actions, and the pills that tell of them; every change can be undone."""

    def __init__(self, desk: Desk, page: ContactsPage) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        provide = desk.actions.provide
        provide(do.KEEP, self._keep, page, when=self._can_keep)
        provide(do.HIDE, self._hide, page, when=self._can_hide)
        page.pills.picks_opened.connect(self.open_panel)
        page.pills.picks_removed.connect(self._release_all)
        page.keeper.listed.connect(self._listed)

    def menu_of_views(self) -> QMenu:
        """Choose the view that is to keep the contacts; the present one stands first."""
        keeper, chosen = self._page.keeper, self._page.doing.targets()
        menu = QMenu(self._page.host)
        menu.aboutToHide.connect(menu.deleteLater)
        present = keeper.view
        if present is not None:
            words = tr("This view: {name}", name=present.name)
            menu.addAction(words, partial(self._pick, present.id, chosen, Pick.KEEP))
            menu.addSeparator()
        for view in keeper.views:
            if view is not present:
                menu.addAction(view.name, partial(self._pick, view.id, chosen, Pick.KEEP))
        menu.popup(self._page.doing.menu_place())
        return menu

    def open_panel(self, pill: PickPill) -> Popover:
        """Show who is kept or hidden, each to be left to the filter again."""
        from app.views.common.popover import Popover  # not at the start of the window
        from app.views.contacts.pick_panel import SHOWN, PickPanel

        page, pick = self._page, pill.pick
        contacts = page.keeper.picks.of(pick)
        panel = PickPanel(pick, len(contacts))
        popover = Popover(panel, pill.text(), page.host)
        view = page.keeper.key
        panel.released.connect(lambda one: self._pick(view, _chosen([one]), None))
        panel.all_released.connect(lambda: self._release_all(pick))
        panel.emptied.connect(popover.close)
        search = self._desk.app.search
        self._desk.calls.read(
            panel, lambda: search.rows(contacts[:SHOWN]), partial(self._fill, panel, popover, pill)
        )
        return popover

    def _fill(
        self, panel: PickPanel, popover: Popover, pill: PickPill, rows: Sequence[ContactRow]
    ) -> None:
        panel.show_rows(rows)
        # The pills are made anew with every change of the line.
        popover.open_below(pill if shiboken6.isValid(pill) else self._page.pills)
        panel.focus()

    def _can_keep(self) -> bool:
        page = self._page
        return bool(page.keeper.views) and not page.in_trash and page.doing.targets().count > 0

    def _can_hide(self) -> bool:
        return self._page.keeper.view is not None and self._page.doing.targets().count > 0

    def _keep(self) -> None:
        self.menu_of_views()

    def _hide(self) -> None:
        self._pick(self._page.keeper.key, self._page.doing.targets(), Pick.HIDE)

    def _release_all(self, pick: Pick) -> None:
        keeper = self._page.keeper
        self._pick(keeper.key, _chosen(keeper.picks.of(pick)), None)

    def _pick(self, view: int, chosen: Chosen, pick: Pick | None) -> None:
        views = self._desk.app.views
        self._desk.calls.edit(
            self,
            lambda: views.pick(view, chosen.ids(), pick),
            lambda _none: self._page.model.checks.clear(),
        )

    def _listed(self) -> None:
        """The views were read anew, after an undo perhaps."""
        page = self._page
        names = tuple(view.name for view in page.keeper.views)
        page.search.known = replace(page.search.known, views=names)
        if page.keeper.picks != page.pills.shown_picks and page.listing.finder.wanted is not None:
            page.look()


def _chosen(contacts: Sequence[int]) -> Chosen:
    return Chosen(len(contacts), frozenset(contacts))
