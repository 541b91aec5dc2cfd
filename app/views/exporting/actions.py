"""What can be done about exports; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place


def _action(
    key: str,
    words: str,
    *keys: str,
    icon: str = "",
    finds: str = "",
    amid: bool = True,
    repeats: bool = False,
) -> Action:
    return Action(
        f"exports.{key}",
        words,
        Group.EXPORT,
        keys,
        icon,
        finds=finds,
        place=Place.EXPORTS,
        everywhere=False,
        amid=amid,
        repeats=repeats,
    )


TO_TOOL = _action(
    "to_tool",
    marked("Export to a connected tool"),
    "Ctrl+Alt+X",
    icon="share-2",
    finds=marked("hubspot crm send sync push"),
    amid=False,
)
TO_FILE = _action(
    "to_file",
    marked("Export to a file"),
    "Ctrl+Alt+F",
    icon="download",
    finds=marked("csv json vcard download spreadsheet excel"),
    amid=False,
)
SEND = _action("send", marked("Send the dry run"), "Ctrl+Return", icon="send")
COMPUTE = _action("compute", marked("Compute again"), "F5", icon="refresh-cw")
EDIT_MAPPING = _action(
    "edit_mapping", marked("Edit the mapping"), "M", icon="list-checks", finds=marked("fields map")
)
SAVE_PLAN = _action("save_plan", marked("Save the plan as JSON"), icon="download")
COPY_REQUEST = _action("copy_request", marked("Copy the exact request"), icon="copy")
NEXT_REQUEST = _action("next_request", marked("Next contact of the dry run"), "J", repeats=True)
PREVIOUS_REQUEST = _action(
    "previous_request", marked("Previous contact of the dry run"), "K", repeats=True
)
RETRY = _action("retry", marked("Retry the failed contacts"), "R", icon="rotate-ccw")
PAUSE = _action("pause", marked("Pause the export"), "P", icon="pause")
CANCEL = _action("cancel", marked("Cancel the export"), icon="x")

MAPPING_SAVE = _action("mapping_save", marked("Save the mapping"), "Ctrl+S", icon="check")
MAPPING_SAVE_AS = _action(
    "mapping_save_as", marked("Save the mapping under another name"), "Ctrl+Shift+S"
)
MAPPING_ADD = _action("mapping_add", marked("Add a field to the mapping"), "Ins", icon="plus")
MAPPING_REMOVE = _action("mapping_remove", marked("Take the field out of the mapping"), "Del")
MAPPING_UNDO = _action("mapping_undo", marked("Undo a step of the mapping"), "Alt+Z", icon="undo-2")
MAPPING_REDO = _action(
    "mapping_redo", marked("Redo a step of the mapping"), "Alt+Shift+Z", icon="redo-2"
)
MAPPING_SUGGEST = _action(
    "mapping_suggest",
    marked("Suggest pairs of fields"),
    icon="sparkles",
    finds=marked("auto automatic map"),
)
MAPPING_RESET = _action(
    "mapping_reset", marked("Begin the mapping anew"), icon="rotate-ccw", finds=marked("automatic")
)
MAPPING_DELETE = _action("mapping_delete", marked("Delete this mapping"), icon="trash-2")
MAPPING_IMPORT = _action("mapping_import", marked("Read a mapping from a file"), icon="upload")
MAPPING_EXPORT = _action("mapping_export", marked("Write the mapping to a file"), icon="download")
MAPPING_FETCH = _action(
    "mapping_fetch", marked("Fetch the fields again"), icon="refresh-cw", finds=marked("refresh")
)

ACTIONS = (
    TO_TOOL,
    TO_FILE,
    SEND,
    COMPUTE,
    EDIT_MAPPING,
    SAVE_PLAN,
    COPY_REQUEST,
    NEXT_REQUEST,
    PREVIOUS_REQUEST,
    RETRY,
    PAUSE,
    CANCEL,
    MAPPING_SAVE,
    MAPPING_SAVE_AS,
    MAPPING_ADD,
    MAPPING_REMOVE,
    MAPPING_UNDO,
    MAPPING_REDO,
    MAPPING_SUGGEST,
    MAPPING_RESET,
    MAPPING_DELETE,
    MAPPING_IMPORT,
    MAPPING_EXPORT,
    MAPPING_FETCH,
)
