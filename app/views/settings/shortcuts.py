"""The user's own shortcuts, kept as one text among this computer's settings."""

from __future__ import annotations

import json
from collections.abc import Mapping

from PySide6.QtGui import QKeySequence

from app.core.settings import SHORTCUTS
from app.views.common.desk import Desk

Keys = Mapping[str, tuple[str, ...]]
"""Shortcuts by action key; an empty tuple means that the action has none."""


def read_keys(text: str) -> dict[str, tuple[str, ...]]:
    """The shortcuts in a stored text; none of a text that cannot be read."""
    try:
        stored = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(stored, dict):
        return {}
    return {
        str(action): tuple(str(each) for each in keys if not QKeySequence(str(each)).isEmpty())
        for action, keys in stored.items()
        if isinstance(keys, list)
    }


def written_keys(keys: Keys) -> str:
    """The text to store; empty when everything is as declared."""
    return json.dumps({action: list(each) for action, each in keys.items()}) if keys else ""


def apply_shortcuts(desk: Desk) -> None:
    """Take the user's own shortcuts from the settings."""
    desk.actions.use_keys(read_keys(str(desk.app.settings.get(SHORTCUTS))))
