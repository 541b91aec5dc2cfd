"""What can be done with the contact in the drawer beyond what the list does with it."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place
from app.views.contacts.actions import COPY_EMAIL, COPY_PHONE, DELETE, DUPLICATE


def _action(key: str, words: str, icon: str, finds: str) -> Action:
    return Action(
        f"drawer.{key}",
        words,
        Group.CONTACTS,
        (),
        icon,
        finds=finds,
        place=Place.CONTACTS,
        everywhere=False,
    )


WEBSITE = _action("website", marked("Open the website"), "globe", marked("web page browser"))
LINKEDIN = _action(
    "linkedin", marked("Open the LinkedIn page"), "external-link", marked("profile browser")
)

MORE = (COPY_EMAIL, COPY_PHONE, WEBSITE, LINKEDIN, None, DUPLICATE, DELETE)
"""The drawer's menu."""

MORE_IN_TRASH = (COPY_EMAIL, COPY_PHONE, WEBSITE, LINKEDIN)
"""The same for a contact in the trash."""

ACTIONS = (WEBSITE, LINKEDIN)
