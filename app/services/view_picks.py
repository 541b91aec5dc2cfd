"""The contacts that a saved view keeps or hides whatever its query says, as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import Connection, select

from app.core.errors import InvalidInput
from app.core.text import fold, tr
from app.models.views import SavedView
from app.services.query_parts import joined, parts

MOST = 10_000
"""Picks of one view; whoever wants more is better served by a filter or a tag."""


class Pick(StrEnum):
    """What a view does with a contact whatever its query says."""

    KEEP = "kept"
    HIDE = "hidden"


@dataclass(frozen=True, slots=True)
class Picks:
    """The ids that a view keeps and those that it hides, in ascending order; none is both."""

    kept: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kept or self.hidden)

    @property
    def all(self) -> tuple[int, ...]:
        """Everyone about whom the query alone does not decide."""
        return (*self.kept, *self.hidden)

    def of(self, pick: Pick) -> tuple[int, ...]:
        """The kept ones or the hidden ones."""
        return self.kept if pick is Pick.KEEP else self.hidden

    def with_(self, contacts: Iterable[int], pick: Pick | None) -> Self:
        """With `contacts` kept, hidden, or with None left to the query again.

        Raises InvalidInput when they become too many.
        """
        named = set(contacts)
        held = {each: set(self.of(each)) - named for each in Pick}
        if pick is not None:
            held[pick] |= named
        if sum(map(len, held.values())) > MOST:
            raise InvalidInput(
                tr("A view keeps and hides {n} contacts at most.", n=f"{MOST:,}"),
                tr("Change its filter instead, or give these contacts a tag."),
            )
        return type(self)(*(tuple(sorted(held[each])) for each in Pick))

    def written(self) -> dict[str, list[int]] | None:
        """As they are stored."""
        return {each.value: list(self.of(each)) for each in Pick if self.of(each)} or None

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Self:
        """Those that `written` gave."""
        held = stored or {}
        return cls(*(tuple(held.get(each.value, ())) for each in Pick))


def named_view(connection: Connection, name: str) -> tuple[str, Picks]:
    """The query and the picks of the saved view called so; raises InvalidInput."""
    rows = select(SavedView.name, SavedView.query, SavedView.picks).where(
        SavedView.deleted_op.is_(None)
    )
    wanted = view_key(name.replace('"', ""))
    for row in connection.execute(rows):
        # No query can hold a quote inside its quotes.
        if view_key(row.name.replace('"', "")) == wanted:
            return row.query or "", Picks.read(row.picks)
    raise InvalidInput(
        tr("There is no view '{name}'.", name=name), tr("The views are listed by: captely view")
    )


def view_key(name: str) -> str:
    """What names of views are compared by."""
    return fold(" ".join(name.split()))


def asked(name: str, query: str, picks: Picks, line: str) -> str:
    """The query of what a view shows while `line` stands in the search line.

    A line that holds the view's whole query searches within the view. Any other is a new query
    for it, over which its picks are laid.
    """
    if not picks:
        return line
    quoted = name.replace('"', "")
    left = [part.text for part in parts(line)]
    for part in parts(query):
        if part.text not in left:
            return joined(line, f'picks:"{quoted}"')
        left.remove(part.text)
    return joined(f'in:"{quoted}"', *left)
