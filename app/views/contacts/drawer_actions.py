"""What can be done with the contact in the drawer, declared for menu, palette and shortcuts."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place


def _contact(
    key: str, words: str, icon: str, finds: str = "", keys: tuple[str, ...] = ()
) -> Action:
    return Action(
        f"contact.{key}",
        words,
        Group.CONTACTS,
        keys,
        icon,
        finds=finds,
        place=Place.CONTACTS,
        everywhere=False,
    )


NEXT = _contact("next", marked("Next contact"), "chevron-down", marked("down after"), ("J",))
PREVIOUS = _contact("previous", marked("Previous contact"), "chevron-up", marked("up"), ("K",))
EMAIL = _contact("email", marked("Write an e-mail"), "mail", marked("send mail message"))
CALL = _contact("call", marked("Call"), "phone", marked("telephone dial ring"))
COPY_EMAIL = _contact("copy_email", marked("Copy the e-mail"), "copy", marked("address clipboard"))
COPY_PHONE = _contact("copy_phone", marked("Copy the phone number"), "copy", marked("clipboard"))
WEBSITE = _contact("website", marked("Open the website"), "globe", marked("web page browser"))
LINKEDIN = _contact("linkedin", marked("Open the LinkedIn page"), "external-link")
DUPLICATE = _contact("duplicate", marked("Duplicate the contact"), "copy", marked("copy clone"))
DELETE = _contact("delete", marked("Move to the trash"), "trash-2", marked("delete remove"))
RESTORE = _contact("restore", marked("Restore from the trash"), "rotate-ccw", marked("undelete"))

MORE = (
    COPY_EMAIL,
    COPY_PHONE,
    WEBSITE,
    LINKEDIN,
    None,
    DUPLICATE,
    DELETE,
)
"""The drawer's menu."""

ACTIONS = (
    NEXT,
    PREVIOUS,
    EMAIL,
    CALL,
    COPY_EMAIL,
    COPY_PHONE,
    WEBSITE,
    LINKEDIN,
    DUPLICATE,
    DELETE,
    RESTORE,
)
