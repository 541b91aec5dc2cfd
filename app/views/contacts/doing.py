"""Carries out the actions of the contacts page on the checked contacts, or on the present one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.bulk import Act
from app.services.jumping import place_of
from app.services.rows import ContactView
from app.views.common.actions import Action
from app.views.common.desk import Desk
from app.views.common.latest import Latest
from app.views.common.places import Place
from app.views.contacts import actions as do
from app.views.contacts import drawer_actions
from app.views.contacts.checks import Chosen
from app.views.contacts.reach import Reach
from app.views.contacts.value_words import typed_contact
from app.views.contacts.view_tabs import TRASH
from app.views.exporting.scope import Scope

if TYPE_CHECKING:
    from app.views.common.popover import Popover
    from app.views.contacts.page import ContactsPage
    from app.views.contacts.view_panel import ViewPanel

OF_ONE_PERSON = ("email", "phone", "mobile", "linkedin_url", "last_contacted")
"""What a duplicate does not take along."""


class Doing(QObject):
    """Everything a person can do here is an action; this says what each does."""

    def __init__(self, desk: Desk, page: ContactsPage) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._only: int | None = None
        self.reach = Reach(desk, self)
        self._copying, self._jumping = Latest(desk.calls, self), Latest(desk.calls, self)
        self._provide_contact_actions()
        self._provide_selection_actions()
        self._provide_view_actions()
        page.table.menu_wished.connect(self._row_menu)
        page.cards.menu_wished.connect(self._menu_of)
        page.cards.moved.connect(self._move_cards)
        page.jump.jumped.connect(self._jump)
        page.jump.ended.connect(page.focus_list)
        page.drawer.menu_wished.connect(self._drawer_menu)
        page.drawer.restore_wished.connect(lambda contact: page.bulk.restore(_one(contact)))
        filters = page.filters
        filters.kind_wished.connect(self.toggle_kind)
        filters.columns_wished.connect(self.choose_columns)
        filters.save_wished.connect(self.save_view)
        filters.tabs.menu_wished.connect(self.view_menu)
        page.add_button.clicked.connect(self.add)

    def targets(self) -> Chosen:
        """The contacts an action is about: the drawer's while one works there, else the checked
        ones, else the one with the focus."""
        if self._only is not None:
            return _one(self._only)
        if (shown := self._page.drawer.focused) is not None:
            return _one(shown)
        checked = self._page.checked()
        if checked.count:
            return checked
        current = self._page.current()
        return Chosen(0) if current is None else _one(current)

    def add(self) -> None:
        """Open the form of a new contact."""
        self._page.drawer.add()

    def escape(self) -> None:
        """Close the drawer, else clear the selection."""
        page = self._page
        if page.drawer.isVisible() and not page.drawer.is_editing:
            page.drawer.dismiss()
        else:
            page.model.checks.clear()

    def edit_in_drawer(self, contact: int, key: str) -> None:
        """Open the form of a contact with the cursor in one field."""
        drawer = self._page.drawer
        self._page.open_contact(contact)
        if drawer.contact is not None and drawer.contact.id == contact:
            drawer.edit_field(key)

    def toggle_kind(self) -> None:
        """Show cards instead of the table, or the other way round."""
        self._page.keeper.change(kind="table" if self._page.as_cards else "cards")
        self._page.focus_list()

    def choose_columns(self) -> Popover:
        """Open the panel of columns."""
        return self._page.columns.open_chooser(self._page.filters.columns)

    def save_view(self) -> Popover:
        """Ask for the name of the view, or to bring the present one up to date."""
        page, keeper = self._page, self._page.keeper
        query = page.search.text().strip()
        present = keeper.view
        changed = present is not None and keeper.differs(query)
        from app.views.common.popover import Popover  # not at the start of the window
        from app.views.contacts.view_panel import ViewPanel

        panel = ViewPanel(present=present.name if present is not None and changed else "")
        popover = Popover(panel, tr("Save view"), page.filters)
        refused = partial(self._refused_in, panel)
        panel.named.connect(lambda name: keeper.save_as(name, query, refused))
        panel.update_wished.connect(lambda: keeper.update(query, refused))
        keeper.saved.connect(popover.close)
        anchor = page.filters.save if page.filters.save.isVisible() else page.filters.columns
        popover.open_below(anchor, right=True)
        panel.focus()
        return popover

    def rename_view(self, view: int) -> Popover:
        """Ask for another name."""
        page = self._page
        known = next(one for one in page.keeper.views if one.id == view)
        from app.views.common.popover import Popover  # not at the start of the window
        from app.views.contacts.view_panel import ViewPanel

        panel = ViewPanel(rename=known.name)
        popover = Popover(panel, tr("Rename the view"), page.filters)
        refused = partial(self._refused_in, panel)
        panel.named.connect(lambda name: page.keeper.rename(view, name, refused))
        page.keeper.renamed.connect(popover.close)
        popover.open_below(page.filters.tabs.tab(view) or page.filters)
        panel.focus()
        return popover

    def _refused_in(self, panel: ViewPanel, error: CaptelyError) -> None:
        """Say it in the panel, or in a toast when that was closed meanwhile."""
        if shiboken6.isValid(panel):
            panel.refuse(error)
        else:
            self._desk.say_error(error)

    def view_menu(self, view: int, at: object) -> QMenu:
        """What can be done with a saved view."""
        keeper, menu = self._page.keeper, QMenu(self._page.host)
        menu.aboutToHide.connect(menu.deleteLater)
        order = [one.id for one in keeper.views]
        menu.addAction(tr("Rename"), lambda: self.rename_view(view))
        left = menu.addAction(tr("Move left"), lambda: keeper.move(view, -1))
        right = menu.addAction(tr("Move right"), lambda: keeper.move(view, 1))
        left.setEnabled(order.index(view) > 0)
        right.setEnabled(order.index(view) < len(order) - 1)
        menu.addSeparator()
        menu.addAction(tr("Delete view"), lambda: keeper.delete(view))
        if isinstance(at, QPoint):
            menu.popup(at)
        return menu

    def step_view(self, by: int) -> None:
        """Show the next or the previous tab."""
        keeper = self._page.keeper
        order = [0, *(view.id for view in keeper.views), TRASH]
        keeper.enter(order[(order.index(keeper.key) + by) % len(order)])

    def duplicate(self) -> None:
        """Open the form of a new contact with what colleagues of the present one share."""
        contacts = self._desk.app.contacts
        current = self._only or self._page.drawer.focused or self._page.current()
        if current is not None:
            self._copying.read(lambda: contacts.get(current), self._copy_into_form)

    def menu_of_statuses(self, at: QPoint | None = None) -> QMenu:
        """Choose a status for the contacts."""
        chosen, menu = self.targets(), QMenu(self._page.host)
        menu.aboutToHide.connect(menu.deleteLater)
        for key, label, _tone in self._page.vocabulary.statuses:
            menu.addAction(label, partial(self._page.bulk.set_status, chosen, key))
        menu.popup(at or self.menu_place())
        return menu

    def _provide_contact_actions(self) -> None:
        page = self._page
        some = self._has_targets
        self._provide_here(
            do.FIND, lambda: page.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        )
        self._provide_here(do.ADD, self.add)
        self._provide_here(do.DUPLICATE, self.duplicate, self._has_current)
        self._provide(do.OPEN, self._open, self._has_current)
        self._provide_here(do.NEXT, lambda: page.step(1))
        self._provide_here(do.PREVIOUS, lambda: page.step(-1))
        self._provide(do.EDIT_CELL, self._edit_cell, self._has_cell)
        self._provide(do.COPY, self._copy_cell, self._has_cell)
        self._provide_here(do.COPY_EMAIL, lambda: self.reach.copy_emails(self.targets()), some)
        self._provide_here(do.COPY_PHONE, lambda: self.reach.copy_phones(self.targets()), some)
        self._provide_here(do.WRITE, lambda: self.reach.write(self.targets()), some)
        self._provide_here(do.CALL, lambda: self.reach.call(self.targets()), some)

    def _provide_selection_actions(self) -> None:
        page, checks = self._page, self._page.model.checks
        alive = self._has_living
        self._provide(do.CHECK, self._toggle_check, self._has_current)
        self._provide(do.CHECK_ALL, checks.check_all)
        self._provide(do.UNCHECK, checks.clear)
        self._provide_here(do.STATUS, self.menu_of_statuses, alive)
        self._provide_here(do.OWNER, lambda: self._ask("owner", Act.SET), alive)
        self._provide_here(do.TAG, lambda: self._ask_tags(adding=True), alive)
        self._provide_here(do.UNTAG, lambda: self._ask_tags(adding=False), alive)
        self._provide_here(do.EDIT, lambda: self._ask("status", None), alive)
        self._provide(do.REPLACE, lambda: self._ask("company", Act.REPLACE), alive)
        self._provide_here(do.EXPORT, self._export, self._has_listed)
        self._provide(do.DELETE, lambda: page.bulk.delete(self.targets()), alive)
        self._provide_here(do.RESTORE, lambda: page.bulk.restore(self.targets()), self._has_deleted)

    def _provide_view_actions(self) -> None:
        page, columns = self._page, self._page.columns
        table = self._has_table
        self._provide_here(do.FILTER, page.filters.open_editor)
        self._provide_here(do.CLEAR, page.clear)
        self._provide_here(do.JUMP, page.jump.begin, table)
        self._provide_here(do.COLUMNS, self.choose_columns, table)
        self._provide_here(do.KIND, self.toggle_kind)
        self._provide(do.SORT, lambda: columns.sort(columns.current), self._has_cell)
        self._provide(do.COLUMN_LEFT, lambda: columns.move(-1), self._has_cell)
        self._provide(do.COLUMN_RIGHT, lambda: columns.move(1), self._has_cell)
        self._provide(do.WIDER, lambda: columns.widen(1), self._has_cell)
        self._provide(do.NARROWER, lambda: columns.widen(-1), self._has_cell)
        self._provide_here(do.SAVE_VIEW, self.save_view, lambda: not page.in_trash)
        self._provide_here(do.NEXT_VIEW, lambda: self.step_view(1))
        self._provide_here(do.PREVIOUS_VIEW, lambda: self.step_view(-1))

    def _provide(
        self,
        action: Action,
        act: Callable[[], object],
        when: Callable[[], bool] | None = None,
        *,
        owner: QWidget | None = None,
    ) -> None:
        """Carry out an action of the list, whose keys are heard while the list has the focus."""

        def carry_out() -> None:
            act()

        listening = owner or self._page.list
        self._desk.actions.provide(action, carry_out, listening, when=when or (lambda: True))

    def _provide_here(
        self, action: Action, act: Callable[[], object], when: Callable[[], bool] | None = None
    ) -> None:
        """Carry out an action of the whole page."""
        self._provide(action, act, when, owner=self._page)

    def _has_current(self) -> bool:
        return self._only is not None or self._page.current() is not None

    def _has_table(self) -> bool:
        return not self._page.as_cards

    def _has_cell(self) -> bool:
        return not self._page.as_cards and self._page.table.currentIndex().isValid()

    def _has_targets(self) -> bool:
        return self.targets().count > 0

    def _has_living(self) -> bool:
        return not self._page.in_trash and self._has_targets()

    def _has_deleted(self) -> bool:
        return self._page.in_trash and self._has_targets()

    def _open(self) -> None:
        current = self._only or self._page.current()
        if current is not None:
            self._page.open_contact(current)

    def _toggle_check(self) -> None:
        current = self._only or self._page.current()
        if current is not None:
            self._page.model.checks.toggle(current)

    def _edit_cell(self) -> None:
        index = self._page.table.currentIndex()
        self._page.editing.begin(index.row(), index.column())

    def _copy_cell(self) -> None:
        index = self._page.table.currentIndex()
        QGuiApplication.clipboard().setText(str(index.data() or ""))
        self._desk.say(tr("Copied"))

    def _ask(self, key: str, act: Act | None) -> None:
        self._page.bulk.ask_fields(self.targets(), key, act)

    def _ask_tags(self, *, adding: bool) -> None:
        self._page.bulk.ask_tags(self.targets(), self._page.vocabulary.tags, adding=adding)

    def _export(self) -> None:
        page = self._page
        if self._only is not None:
            page.model.checks.add([self._only])
        checked = bool(page.checked().count)
        # Without a selection it is about what is listed: a view, a search, or everybody.
        self._desk.go(Place.EXPORTS, page.scope() if checked else Scope(page.query))

    def _has_listed(self) -> bool:
        return not self._page.in_trash and self._page.model.rowCount() > 0

    def _copy_into_form(self, contact: ContactView) -> None:
        values = {
            key: text
            for key, text in typed_contact(contact, self._page.vocabulary).items()
            if key not in OF_ONE_PERSON and "." not in key
        }
        self._page.drawer.add(values)

    def _row_menu(self, row: int, at: object) -> None:
        contact = self._page.model.contact_id(row)
        if contact is not None:
            self._page.table.select(row)
            self._menu_of(contact, at)

    def _menu_of(self, contact: int, at: object) -> None:
        """The menu acts on the checked contacts if this is one of them, else on this one alone."""
        checks = self._page.model.checks
        if not checks.has(contact):
            self._only = contact
        self._open_menu(do.TRASH_MENU if self._page.in_trash else do.ROW_MENU, at)

    def _drawer_menu(self, contact: int, at: object) -> None:
        """The menu of the drawer is about its contact alone, whatever the list has marked."""
        self._only = contact
        shown = self._page.drawer.contact
        alive = shown is not None and not shown.deleted
        self._open_menu(drawer_actions.MORE if alive else drawer_actions.MORE_IN_TRASH, at)

    def _open_menu(self, wanted: Sequence[Action | None], at: object) -> None:
        menu = self._desk.actions.menu(wanted, self._page.host)
        # The chosen line is carried out just after the menu has gone.
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, self, self._forget_only))
        if isinstance(at, QPoint):
            menu.popup(at)

    def _forget_only(self) -> None:
        self._only = None

    def _move_cards(self, contacts: list[int], status: str) -> None:
        """A dragged card takes the checked ones along when it is one of them."""
        page = self._page
        if any(page.model.checks.has(contact) for contact in contacts):
            page.bulk.set_status(page.checked(), status)
        else:
            page.bulk.set_status(Chosen(len(contacts), frozenset(contacts)), status)

    def menu_place(self) -> QPoint:
        """Where a menu about the contacts opens."""
        page = self._page
        if page.batch.isVisible():
            return _below(page.batch.status)
        if page.as_cards:
            return _below(page.filters)
        table = page.table
        corner = table.visualRect(table.currentIndex()).bottomLeft()
        return table.viewport().mapToGlobal(corner)

    def _jump(self, text: str) -> None:
        page, search = self._page, self._desk.app.search
        ids, look = page.model.ids, page.keeper.look
        self._jumping.read(
            lambda: place_of(text, ids, search.rows, sort=look.sort, descending=look.descending),
            lambda row: self._jumped(text, ids, row),
        )

    def _jumped(self, text: str, ids: Sequence[int], row: int | None) -> None:
        if ids is not self._page.model.ids:
            # Another list is shown by now, in which this row is another contact.
            self._jump(text)
            return
        if row is None:
            self._desk.say(tr("Sort by name or another text to go to a letter."))
            return
        table = self._page.table
        table.select(row)
        table.scrollTo(table.currentIndex(), table.ScrollHint.PositionAtTop)


def _one(contact: int) -> Chosen:
    return Chosen(1, frozenset({contact}))


def _below(control: QWidget) -> QPoint:
    return control.mapToGlobal(QPoint(0, control.height() + 4))
