"""Lets the palette find saved views by their name or their query."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.core.text import fold, marked
from app.services.search import Interrupt
from app.views.common.desk import Desk
from app.views.common.finding import Found
from app.views.common.places import Place

SHOWN = 5


class ViewSource:
    """Shows the view that was picked."""

    heading = marked("Views")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find(self, words: str, interrupt: Interrupt) -> Sequence[Found]:
        """The views whose name has all the words, in the user's order."""
        del interrupt
        wanted = fold(words).split()
        named = [
            view
            for view in self._desk.app.views.list()
            if all(word in fold(view.name) for word in wanted)
        ]
        return [
            Found(
                view.name,
                partial(self._desk.go, Place.CONTACTS, view),
                "bookmark",
                view.query,
                key=f"view.{view.id}",
            )
            for view in named[:SHOWN]
        ]
