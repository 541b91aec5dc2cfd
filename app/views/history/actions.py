"""What can be done with the history; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place

OPEN = Action(
    "history.open",
    marked("Undo history"),
    Group.EDIT,
    ("Ctrl+Alt+Z",),
    "history",
    finds=marked("changes log operations take back who when"),
    place=Place.HISTORY,
)
FIND = Action(
    "history.find",
    marked("Search the history"),
    Group.EDIT,
    ("F",),
    "search",
    place=Place.HISTORY,
    everywhere=False,
)
UNDO_THIS = Action(
    "history.undo",
    marked("Undo the chosen change"),
    Group.EDIT,
    ("U",),
    "undo-2",
    place=Place.HISTORY,
    everywhere=False,
)
REDO_THIS = Action(
    "history.redo",
    marked("Redo the chosen change"),
    Group.EDIT,
    ("R",),
    "redo-2",
    place=Place.HISTORY,
    everywhere=False,
)

ACTIONS = (OPEN, FIND, UNDO_THIS, REDO_THIS)
