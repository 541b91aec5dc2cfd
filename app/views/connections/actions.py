"""What can be done with the connections; the page carries it out."""

from __future__ import annotations

from app.core.text import marked
from app.views.common.actions import Action, Group
from app.views.common.places import Place

TEST_ALL = Action(
    "connections.test_all",
    marked("Test all connections"),
    Group.EXPORT,
    icon="plug-zap",
    finds=marked("key account health check api token"),
    place=Place.CONNECTIONS,
)

ACTIONS = (TEST_ALL,)
