"""What can be done with the settings; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place

FIND = Action(
    "settings.find",
    marked("Search settings"),
    Group.VIEW,
    icon="search",
    finds=marked("find option preference"),
    place=Place.SETTINGS,
)
SHORTCUT_KEYS = Action(
    "settings.shortcuts",
    marked("Change shortcuts"),
    Group.VIEW,
    icon="keyboard",
    finds=marked("keyboard keys hotkey remap"),
    place=Place.SETTINGS,
)
EXPORT = Action(
    "settings.export",
    marked("Export settings"),
    Group.VIEW,
    icon="download",
    finds=marked("save preferences file json"),
    place=Place.SETTINGS,
)
IMPORT = Action(
    "settings.import",
    marked("Import settings"),
    Group.VIEW,
    icon="upload",
    finds=marked("load preferences file json"),
    place=Place.SETTINGS,
)

ACTIONS = (FIND, SHORTCUT_KEYS, EXPORT, IMPORT)
