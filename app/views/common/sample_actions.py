"""What can be done about sample data: the window does it, and an empty page offers it."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group

ADD = Action(
    "sample.add",
    marked("Add sample data"),
    Group.HELP,
    icon="sparkles",
    finds=marked("demo try example made-up contacts tour"),
)
REMOVE = Action(
    "sample.remove",
    marked("Remove sample data"),
    Group.HELP,
    icon="trash-2",
    finds=marked("demo try example made-up contacts"),
)

ACTIONS = (ADD, REMOVE)
