"""What can be done with plan, licence and credits; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place


def _action(
    key: str, words: str, icon: str, finds: str, *keys: str, everywhere: bool = True
) -> Action:
    return Action(
        f"plan.{key}",
        words,
        Group.PLAN,
        keys,
        icon,
        finds=finds,
        place=Place.PLAN,
        everywhere=everywhere,
    )


IMPORT_LICENCE = _action(
    "import", marked("Import a licence"), "upload", marked("install license file key plan activate")
)
PASTE_LICENCE = _action(
    "paste",
    marked("Paste a licence"),
    "copy",
    marked("install license clipboard text"),
    "Ctrl+V",
    everywhere=False,
)
COPY_ID = _action(
    "copy_id", marked("Copy the workspace ID"), "hash", marked("licence uuid vendor buy")
)
TRIAL = _action(
    "trial", marked("Ask for a trial"), "sparkles", marked("try free days starter professional")
)
REFRESH = _action(
    "refresh",
    marked("Refresh the licence"),
    "refresh-cw",
    marked("check plan status again fetch"),
    "F5",
    everywhere=False,
)
OVERVIEW = _action(
    "overview", marked("Show plan and limits"), "credit-card", marked("credits tier quota left")
)
LEDGER = _action(
    "ledger",
    marked("Show the credit ledger"),
    "list",
    marked("credits movements spent held charged statement"),
)
USAGE = _action(
    "usage",
    marked("Show usage by provider and day"),
    "chart-column",
    marked("credits analytics statistics chart outcome job"),
)
CAPS = _action(
    "caps",
    marked("Set spend caps"),
    "shield",
    marked("credits limit budget most per run day month provider"),
)
EXPORT = _action(
    "export",
    marked("Export these figures as CSV"),
    "download",
    marked("usage ledger spreadsheet save file"),
)

ACTIONS = (
    OVERVIEW,
    LEDGER,
    USAGE,
    CAPS,
    IMPORT_LICENCE,
    PASTE_LICENCE,
    COPY_ID,
    TRIAL,
    REFRESH,
    EXPORT,
)
