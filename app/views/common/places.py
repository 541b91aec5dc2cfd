"""The places of the window, to which the sidebar and the actions lead."""

from __future__ import annotations

from enum import StrEnum

TRIAL = "trial"
"""What the page of plan and usage is asked for, to have a trial."""


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
