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


def _action(key: str, words: str, icon: str, *keys: str, finds: str = "") -> Action:
    return Action(
        f"contacts.{key}",
        words,
        Group.LIST,
        keys,
        icon,
        finds=finds,
        place=Place.CONTACTS,
        everywhere=False,
    )


DUPLICATE = _action(
    "duplicate", marked("Duplicate contact"), "copy", "Ctrl+D", finds=marked("copy clone")
)
NEXT = _action("next", marked("Next contact"), "arrow-down", "J")
PREVIOUS = _action("previous", marked("Previous contact"), "arrow-up", "K")
COPY_EMAIL = _action("copy_email", marked("Copy e-mail"), "mail", "E", finds=marked("clipboard"))
COPY_PHONE = _action("copy_phone", marked("Copy phone"), "phone", "P", finds=marked("clipboard"))
WRITE = _action(
    "write", marked("Write an e-mail"), "send", "Ctrl+Shift+E", finds=marked("mailto mail")
)
CALL = _action("call", marked("Call"), "phone", "Ctrl+Shift+P", finds=marked("tel dial"))
DELETE = _action("delete", marked("Move to trash"), "trash-2", "Del", finds=marked("remove"))
RESTORE = _action("restore", marked("Restore from trash"), "rotate-ccw", "Ctrl+Shift+R")

ACTIONS = (
    FIND,
    ADD,
    DUPLICATE,
    NEXT,
    PREVIOUS,
    COPY_EMAIL,
    COPY_PHONE,
    WRITE,
    CALL,
    DELETE,
    RESTORE,
)
