"""What can be done about importing; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place

IMPORT = Action(
    "import.open",
    marked("Import contacts"),
    Group.IMPORT,
    ("Ctrl+I",),
    "upload",
    finds=marked("csv excel list file bring in"),
    place=Place.IMPORT,
)

ACTIONS = (IMPORT,)
