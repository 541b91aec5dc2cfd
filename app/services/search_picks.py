"""Searching a saved view that keeps some contacts and hides others, whatever its query says.

What the query finds is found as without them. Those that the view picks are few: they are taken
out of it, and those it keeps put in again where they belong.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from typing import Any

from sqlalchemy import Select, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from app.core.errors import InvalidInput
from app.core.fields import Field
from app.core.text import tr
from app.models.contacts import Contact
from app.models.json_sql import ids_select
from app.services.filters import Filter, compile_query
from app.services.query import Query, parse
from app.services.search_order import directed, sort_values
from app.services.search_pages import matching
from app.services.text_filters import World
from app.services.view_picks import Picks, named_view


@dataclass(frozen=True, slots=True)
class Laid:
    """The picks of a view, and what of the search those it keeps must match too."""

    picks: Picks
    rest: Filter


def compiled(query: Query, custom: Sequence[Field], world: World) -> tuple[Filter, Laid | None]:
    """The conditions of a query; apart from them the picks of the view that it names.

    Raises InvalidInput like `compile_query`, and for a view that is not there.
    """
    if not query.view:
        return compile_query(query, world), None
    written, picks = named_view(world.connection, query.view)
    trash, own, rest = False, query.terms, query.terms
    if query.laid is None:
        view = parse(written, custom)
        if view.view:
            refuse_view_of_view()
        trash, own = view.trash, view.terms + query.terms
    else:
        rest = query.terms[query.laid :]
    if trash:
        # Such a view shows what was deleted, and nobody is kept from that.
        picks = Picks((), picks.all)
    found = compile_query(Query(own, trash), world)
    return found, Laid(picks, compile_query(Query(rest, trash), world)) if picks else None


def refuse_view_of_view() -> None:
    """Raise InvalidInput: a view that names others would change under its owner's hands."""
    raise InvalidInput(
        tr("A view cannot be made of another view."), tr("Write out the filters of that view.")
    )


def picked(world: World, found: Filter, contacts: Collection[int]) -> Filter:
    """`found` among some contacts only."""
    among = Contact.id.in_(ids_select(world.connection, contacts))
    return dataclasses.replace(found, contact=(*found.contact, among))


def without(ids: array[int], picks: Picks) -> array[int]:
    """`ids` without those that are picked, in their order."""
    return array("q", filterfalse(frozenset(picks.all).__contains__, ids))


def laid_over(
    world: World,
    found: Filter,
    present: ColumnElement[bool],
    laid: Laid,
    *,
    key: str,
    custom: Sequence[Field],
    descending: bool,
) -> Select[int]:
    """The ids of what a query finds with the picks laid over it, in order."""
    values = sort_values(key, custom, world)
    names = [f"v{place}" for place in range(len(values))]
    shown = [value.label(name) for name, value in zip(names, values, strict=True)]
    out = Contact.id.not_in(ids_select(world.connection, laid.picks.all))
    own = matching(world, found, present).where(out).with_only_columns(Contact.id, *shown)
    kept = matching(world, picked(world, laid.rest, laid.picks.kept), present)
    both = union_all(own, kept.with_only_columns(Contact.id, *shown)).subquery()
    columns: list[ColumnElement[Any]] = [both.c[name] for name in names]
    return select(both.c.id).order_by(*directed(key, columns, world, descending=descending))


def first_of(
    world: World, ids: Sequence[int], kept: Select[int], *, descending: bool, limit: int
) -> list[int]:
    """The first by name of `ids` and of those that `kept` selects."""
    wanted = {*ids, *world.connection.execute(kept).scalars()}
    rows = select(Contact.sort_name, Contact.id).where(
        Contact.id.in_(ids_select(world.connection, wanted))
    )
    found = [(name, contact) for name, contact in world.connection.execute(rows)]
    return [contact for _name, contact in sorted(found, reverse=descending)[:limit]]
