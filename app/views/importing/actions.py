"""What can be done about importing; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.services.billing.left import IMPORTS
from app.views.common.actions import Action, Group
from app.views.common.places import Place


def _here(
    key: str,
    words: str,
    keys: str = "",
    icon: str = "",
    finds: str = "",
    *,
    everywhere: bool = False,
    amid: bool = True,
    uses: str = "",
) -> Action:
    shortcuts = (keys,) if keys else ()
    return Action(
        f"import.{key}",
        words,
        Group.IMPORT,
        shortcuts,
        icon,
        finds=finds,
        place=Place.IMPORT,
        everywhere=everywhere,
        amid=amid,
        uses=uses,
    )


IMPORT = _here(
    "open", marked("Import contacts"), "Ctrl+I", "upload",
    marked("csv excel list file bring in"), everywhere=True, amid=False, uses=IMPORTS,
)  # fmt: skip
PASTE = _here(
    "paste", marked("Paste contacts"), "Ctrl+Shift+V", "copy",
    marked("clipboard spreadsheet rows table"), everywhere=True, amid=False, uses=IMPORTS,
)  # fmt: skip
PASTE_HERE = _here(
    "paste_here", marked("Paste the clipboard as a list"), "Ctrl+V", "copy", uses=IMPORTS
)
NEXT = _here("next", marked("Next step of the import"), "Ctrl+Return", "arrow-right")
BACK = _here("back", marked("Previous step of the import"), "Alt+Left", "arrow-left")
FIX_ALL = _here("fix_all", marked("Fix all cells like this"), "Ctrl+L", "sparkles")
FIND = _here("find", marked("Find and replace in a column"), "Ctrl+H", "search")
SAVE_RECIPE = _here(
    "recipe.save", marked("Save the import recipe"), "", "download",
    marked("mapping template export json"),
)  # fmt: skip
USE_RECIPE = _here(
    "recipe.use", marked("Use an import recipe"), "", "file-text",
    marked("mapping template load json"),
)  # fmt: skip
SAVE_REJECTS = _here("rejects.save", marked("Save the rejected rows"), "", "download")

ACTIONS = (
    IMPORT, PASTE, PASTE_HERE, NEXT, BACK, FIX_ALL, FIND, SAVE_RECIPE, USE_RECIPE, SAVE_REJECTS,
)  # fmt: skip
