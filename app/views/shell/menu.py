"""The window's menu, grouped from the declared actions; on macOS the bar of the system as well."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.core.text import tr
from app.views.common.actions import Action, Actions, Group
from app.views.shell.view_actions import QUIT


def grouped(actions: Actions) -> list[tuple[Group, list[Action]]]:
    """The catalogue by group, in the order of the groups; Quit stands by itself."""
    order = list(Group)
    shown = sorted(
        (action for action in actions.catalogue if action is not QUIT),
        key=lambda action: order.index(action.group),
    )
    return [(group, list(members)) for group, members in groupby(shown, lambda a: a.group)]


def window_menu(actions: Actions, parent: QWidget) -> QMenu:
    """A menu with one submenu for each group; it deletes itself."""
    menu = QMenu(parent)
    menu.setAccessibleName(tr("Menu"))
    menu.aboutToHide.connect(menu.deleteLater)
    for group, members in grouped(actions):
        actions.fill(menu.addMenu(tr(group.value)), members)
    menu.addSeparator()
    actions.fill(menu, [QUIT])
    return menu


def menu_bar(actions: Actions, parent: QWidget) -> QMenuBar:
    """The same for the bar that macOS shows at the top of the screen.

    Its items are the very actions that listen for the keys, since two of them would both be
    ambiguous; keys that mean something only in their page stay out of it.
    """
    bar, menu = QMenuBar(parent), QMenu(parent)
    for group, members in grouped(actions):
        menu = bar.addMenu(tr(group.value))
        for action in members:
            wired = actions.wired(action)
            if action.everywhere and wired is not None:
                menu.addAction(wired)
            else:
                menu.addAction(action.title, partial(actions.run, action))
    if (leave := actions.wired(QUIT)) is not None:
        # The system moves it into the menu that bears the program's name.
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        menu.addAction(leave)
    return bar
