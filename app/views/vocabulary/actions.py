"""What can be done with fields, statuses and tags; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place


def _action(key: str, words: str, icon: str, finds: str, *keys: str) -> Action:
    return Action(
        f"vocabulary.{key}",
        words,
        Group.VIEW,
        keys,
        icon,
        finds=finds,
        place=Place.VOCABULARY,
        everywhere=False,
    )


ADD_FIELD = _action("add_field", marked("Add a field"), "plus", marked("custom property new"))
ADD_STATUS = _action("add_status", marked("Add a status"), "plus", marked("stage pipeline new"))
ADD_TAG = _action("add_tag", marked("Add a tag"), "plus", marked("label new"))
NEW = _action("new", marked("Add to this list"), "plus", marked("new field status tag"), "N")
RENAME = _action("rename", marked("Rename in this list"), "pencil", marked("label name"), "F2")
UP = _action("up", marked("Move up in this list"), "arrow-up", marked("order"), "Ctrl+Up")
DOWN = _action("down", marked("Move down in this list"), "arrow-down", marked("order"), "Ctrl+Down")
DELETE = _action("delete", marked("Delete from this list"), "trash-2", marked("remove"), "Del")

ACTIONS = (ADD_FIELD, ADD_STATUS, ADD_TAG, NEW, RENAME, UP, DOWN, DELETE)
