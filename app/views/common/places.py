"""The places of the window, to which the sidebar and the actions lead."""

from __future__ import annotations

from enum import StrEnum


class Place(StrEnum):
    """Where the sidebar leads."""

    CONTACTS = "contacts"
    IMPORT = "import"
    EXPORTS = "exports"
    HISTORY = "history"
    CONNECTIONS = "connections"
    VOCABULARY = "vocabulary"
    PLAN = "plan"
    SETTINGS = "settings"
