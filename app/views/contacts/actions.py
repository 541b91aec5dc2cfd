"""What can be done with contacts; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place

FIND = Action(
    "contacts.find",
    marked("Search contacts"),
    Group.CONTACTS,
    ("Ctrl+F", "/"),
    "search",
    finds=marked("find filter query"),
    place=Place.CONTACTS,
)
ADD = Action(
    "contacts.add",
    marked("Add contact"),
    Group.CONTACTS,
    ("Ctrl+N",),
    "user-plus",
    finds=marked("new create person"),
    place=Place.CONTACTS,
)

ACTIONS = (FIND, ADD)
