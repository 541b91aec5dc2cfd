"""What can be done with contacts and their list; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.services.billing.left import CONTACTS
from app.views.common.actions import Action, Group
from app.views.common.places import Place


def _action(
    key: str,
    words: str,
    icon: str,
    *keys: str,
    finds: str = "",
    group: Group = Group.LIST,
    everywhere: bool = False,
    repeats: bool = False,
    uses: str = "",
) -> Action:
    return Action(
        f"contacts.{key}",
        words,
        group,
        keys,
        icon,
        finds=finds,
        place=Place.CONTACTS,
        everywhere=everywhere,
        repeats=repeats,
        uses=uses,
    )


_C = Group.CONTACTS
FIND = _action(
    "find", marked("Search contacts"), "search", "Ctrl+F", "/",
    finds=marked("find filter query"), group=_C, everywhere=True,
)  # fmt: skip
ADD = _action(
    "add", marked("Add contact"), "user-plus", "Ctrl+N",
    finds=marked("new create person"), group=_C, everywhere=True, uses=CONTACTS,
)  # fmt: skip
DUPLICATE = _action(
    "duplicate", marked("Duplicate contact"), "copy", "Ctrl+D",
    finds=marked("copy clone"), group=_C, uses=CONTACTS,
)  # fmt: skip
OPEN = _action("open", marked("Open contact"), "panel-left", "O", finds=marked("drawer details"))
NEXT = _action("next", marked("Next contact"), "arrow-down", "J", repeats=True)
PREVIOUS = _action("previous", marked("Previous contact"), "arrow-up", "K", repeats=True)
EDIT_CELL = _action("edit_cell", marked("Edit the value"), "pencil", "F2")
CHECK = _action(
    "check", marked("Select contact"), "square", "X", finds=marked("mark tick unselect")
)
CHECK_ALL = _action("check_all", marked("Select all"), "list-checks", "Ctrl+A")
UNCHECK = _action("uncheck", marked("Clear the selection"), "x", "Ctrl+Shift+A")
STATUS = _action("status", marked("Set status"), "list-checks", "S", finds=marked("stage pipeline"))
OWNER = _action("owner", marked("Set owner"), "user", "A", finds=marked("assign"))
TAG = _action("tag", marked("Add tags"), "tag", "L", finds=marked("label"))
UNTAG = _action("untag", marked("Remove tags"), "tags", "Ctrl+Shift+L", finds=marked("label"))
EDIT = _action(
    "edit", marked("Edit fields"), "pencil", "Ctrl+M", finds=marked("bulk change set clear many")
)
REPLACE = _action(
    "replace", marked("Find and replace"), "type", "Ctrl+H", finds=marked("bulk text")
)
COPY = _action("copy", marked("Copy the value"), "copy", "Ctrl+C", finds=marked("clipboard cell"))
COPY_EMAIL = _action("copy_email", marked("Copy e-mail"), "mail", "E", finds=marked("clipboard"))
COPY_PHONE = _action("copy_phone", marked("Copy phone"), "phone", "P", finds=marked("clipboard"))
WRITE = _action(
    "write",
    marked("Write an e-mail"),
    "send",
    "Ctrl+Shift+M",
    finds=marked("mailto mail"),
    group=_C,
)
CALL = _action("call", marked("Call"), "phone", "Ctrl+Shift+P", finds=marked("tel dial"), group=_C)
EXPORT = _action(
    "export", marked("Export contacts"), "share-2", "Ctrl+Shift+X",
    finds=marked("selection view list hubspot csv send"), group=_C,
)  # fmt: skip
DELETE = _action("delete", marked("Move to trash"), "trash-2", "Del", finds=marked("remove"))
RESTORE = _action("restore", marked("Restore from trash"), "rotate-ccw", "Ctrl+Shift+R")
FILTER = _action("filter", marked("Add filter"), "list-filter", "F", finds=marked("where query"))
CLEAR = _action("clear", marked("Clear search and filters"), "x", "Ctrl+Shift+F")
JUMP = _action("jump", marked("Go to a name"), "type", "Ctrl+G", finds=marked("type ahead letter"))
COLUMNS = _action(
    "columns", marked("Choose columns"), "columns-3", "Ctrl+Shift+C",
    finds=marked("fields table density row height"), group=Group.VIEW,
)  # fmt: skip
KIND = _action(
    "kind", marked("Table or cards"), "square-kanban", "V",
    finds=marked("kanban board grid pipeline"), group=Group.VIEW,
)  # fmt: skip
SORT = _action("sort", marked("Sort by this column"), "arrow-up", "Ctrl+Shift+O", group=Group.VIEW)
COLUMN_LEFT = _action(
    "column_left", marked("Move column left"), "arrow-left", "Ctrl+Shift+Left", group=Group.VIEW
)
COLUMN_RIGHT = _action(
    "column_right", marked("Move column right"), "arrow-right", "Ctrl+Shift+Right", group=Group.VIEW
)
WIDER = _action(
    "column_wider", marked("Make column wider"), "arrow-right", "Ctrl+Alt+Right",
    group=Group.VIEW, repeats=True,
)  # fmt: skip
NARROWER = _action(
    "column_narrower", marked("Make column narrower"), "arrow-left", "Ctrl+Alt+Left",
    group=Group.VIEW, repeats=True,
)  # fmt: skip
SAVE_VIEW = _action(
    "save_view", marked("Save view"), "bookmark", "Ctrl+S",
    finds=marked("segment smart list"), group=Group.VIEW,
)  # fmt: skip
KEEP = _action(
    "keep", marked("Keep in a view"), "bookmark", "I",
    finds=marked("include segment always pin"),
)  # fmt: skip
HIDE = _action(
    "hide", marked("Hide from this view"), "eye-off", "H",
    finds=marked("exclude segment never leave out"),
)  # fmt: skip
NEXT_VIEW = _action(
    "next_view", marked("Next view"), "arrow-right", "Ctrl+PgDown", group=Group.VIEW
)
PREVIOUS_VIEW = _action(
    "previous_view", marked("Previous view"), "arrow-left", "Ctrl+PgUp", group=Group.VIEW
)

ROW_MENU: tuple[Action | None, ...] = (
    OPEN,
    EDIT_CELL,
    CHECK,
    None,
    COPY_EMAIL,
    COPY_PHONE,
    WRITE,
    CALL,
    None,
    STATUS,
    OWNER,
    TAG,
    UNTAG,
    EDIT,
    None,
    KEEP,
    HIDE,
    None,
    DUPLICATE,
    EXPORT,
    DELETE,
)
"""The context menu of a contact that is alive."""

TRASH_MENU: tuple[Action | None, ...] = (OPEN, CHECK, None, RESTORE, None, COPY_EMAIL, COPY_PHONE)
"""The context menu in the trash."""

ACTIONS = (
    FIND, ADD, DUPLICATE, OPEN, NEXT, PREVIOUS, EDIT_CELL, CHECK, CHECK_ALL, UNCHECK, STATUS,
    OWNER, TAG, UNTAG, EDIT, REPLACE, COPY, COPY_EMAIL, COPY_PHONE, WRITE, CALL, EXPORT, DELETE,
    RESTORE, FILTER, CLEAR, JUMP, COLUMNS, KIND, SORT, COLUMN_LEFT, COLUMN_RIGHT, WIDER, NARROWER,
    SAVE_VIEW, KEEP, HIDE, NEXT_VIEW, PREVIOUS_VIEW,
)  # fmt: skip
