"""What can be done anywhere in the window, and every action that the window has."""

from __future__ import annotations

from app.core.text import marked
from app.views.billing import actions as billing
from app.views.common import sample_actions
from app.views.common.actions import Action, Group
from app.views.common.places import Place
from app.views.connections import actions as connections
from app.views.contacts import actions as contacts
from app.views.contacts import drawer_actions as drawer
from app.views.exporting import actions as exporting
from app.views.history import actions as history
from app.views.importing import actions as importing
from app.views.settings import actions as settings
from app.views.shell import view_actions
from app.views.vocabulary import actions as vocabulary

UNDO = Action("edit.undo", marked("Undo"), Group.EDIT, ("Ctrl+Z",), "undo-2")
REDO = Action("edit.redo", marked("Redo"), Group.EDIT, ("Ctrl+Shift+Z", "Ctrl+Y"), "redo-2")
PALETTE = Action(
    "help.palette",
    marked("Find anything"),
    Group.HELP,
    ("Ctrl+K",),
    "search",
    finds=marked("command palette search"),
)
SHORTCUTS = Action(
    "help.shortcuts",
    marked("Keyboard shortcuts"),
    Group.HELP,
    ("?", "F1"),
    "keyboard",
    finds=marked("help keys cheat sheet"),
)
MENU = Action("help.menu", marked("Open the menu"), Group.HELP, ("F10",), "ellipsis")
JOBS = Action(
    "view.jobs",
    marked("Background work"),
    Group.VIEW,
    ("Ctrl+J",),
    "list-checks",
    finds=marked("jobs progress pause resume cancel imports exports running"),
)
TO_MESSAGE = Action(
    "view.message",
    marked("Go to the message"),
    Group.VIEW,
    ("F6", "Ctrl+Shift+U"),
    "bell",
    finds=marked("toast notification focus"),
)


def _go(place: Place, words: str, keys: str, icon: str) -> Action:
    return Action(f"go.{place.value}", words, Group.GO, (keys,), icon)


GO = {
    Place.CONTACTS: _go(Place.CONTACTS, marked("Contacts"), "Ctrl+1", "users"),
    Place.IMPORT: _go(Place.IMPORT, marked("Import"), "Ctrl+2", "upload"),
    Place.EXPORTS: _go(Place.EXPORTS, marked("Exports"), "Ctrl+3", "share-2"),
    Place.HISTORY: _go(Place.HISTORY, marked("History"), "Ctrl+4", "history"),
    Place.CONNECTIONS: _go(Place.CONNECTIONS, marked("Connections"), "Ctrl+5", "plug"),
    Place.VOCABULARY: _go(Place.VOCABULARY, marked("Fields and tags"), "Ctrl+6", "tags"),
    Place.PLAN: _go(Place.PLAN, marked("Plan and usage"), "Ctrl+7", "credit-card"),
    Place.SETTINGS: _go(Place.SETTINGS, marked("Settings"), "Ctrl+,", "settings"),
}
"""How each place is reached; the sidebar takes its words and icons from here."""

ACTIONS = (
    *contacts.ACTIONS,
    *drawer.ACTIONS,
    *importing.ACTIONS,
    *exporting.ACTIONS,
    *connections.ACTIONS,
    UNDO,
    REDO,
    *history.ACTIONS,
    *view_actions.ACTIONS,
    *vocabulary.ACTIONS,
    *sample_actions.ACTIONS,
    *billing.ACTIONS,
    JOBS,
    TO_MESSAGE,
    *GO.values(),
    PALETTE,
    SHORTCUTS,
    MENU,
    *settings.ACTIONS,
)
