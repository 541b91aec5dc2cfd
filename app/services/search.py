"""Finds contacts: the first page while typing, all ids in order for a table, and the count."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal_column, not_, select
from sqlalchemy.sql.elements import ColumnElement

from app.core.actor import Actor
from app.core.clock import Clock
from app.core.fields import Field
from app.core.memory import give_back
from app.models.contacts import Contact
from app.models.interrupts import Interrupt
from app.models.store import Store
from app.models.visibility import open_ranges
from app.services.custom_fields import read_custom_fields
from app.services.filters import Filter
from app.services.indexing import Indexing, pending_rows
from app.services.query import parse
from app.services.rows import ContactRow, read_rows, read_texts
from app.services.search_arrays import as_array, by_status
from app.services.search_first import FirstPage
from app.services.search_head import Head
from app.services.search_keys import NameKeys
from app.services.search_order import NAME, indexed_column, ordering, sort_key
from app.services.search_pages import counted, matching
from app.services.search_picks import Laid, compiled, first_of, laid_over, picked, without
from app.services.text_filters import World, matches_text
from app.services.view_picks import Picks

__all__ = ["Asked", "Ids", "Interrupt", "Search", "asked_in"]

PAGE = 50
MANY = 100_000
"""From so many ids on, putting them in order took memory that is worth giving back."""
PIECE = 50_000
TRASH_CHUNK = 2_000
_UNINDEXED: ColumnElement[int | None] = literal_column("+contact.deleted_op")
_UNDER_WAY = "SELECT 1 FROM operation WHERE state = 'open' LIMIT 1"


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of everything found, in order."""

    ids: array[int]

    @property
    def total(self) -> int:
        """How many were found."""
        return len(self.ids)

    def place_of(self, contact: int) -> int | None:
        """Where a contact stands, None when it was not found; looked for in pieces.

        To go through a million ids at once would keep Python from the window meanwhile.
        """
        for start in range(0, len(self.ids), PIECE):
            try:
                return self.ids.index(contact, start, start + PIECE)
            except ValueError:
                continue
        return None


@dataclass(frozen=True, slots=True)
class Asked:
    """A query inside a session, ready to be answered.

    present is the condition under which a contact exists for this query, scanned the same in a
    form that keeps SQLite from going through the index of names to look at every contact, which
    takes ten times as long. exact is True when the search index holds every change and hides
    nothing that is under way. laid are the picks of a view, which filter knows nothing of.
    """

    world: World
    filter: Filter
    present: ColumnElement[bool]
    scanned: ColumnElement[bool]
    custom: tuple[Field, ...]
    exact: bool
    laid: Laid | None = None

    @property
    def connection(self) -> Connection:
        """The session's connection."""
        return self.world.connection


class Search:
    """Answers queries; every method raises InvalidInput for a query that cannot be read.

    With an interrupt a read can be cut short from another thread, and raises Interrupted. wait is
    True where a search has to find everything that was ever changed, as on the command line: it
    waits for the index however much is pending.
    """

    def __init__(
        self, store: Store, clock: Clock, actor: Actor, indexing: Indexing, *, wait: bool = False
    ) -> None:
        self._store = store
        self._clock = clock
        self._actor = actor
        self._indexing = indexing
        self._wait = wait
        self._keys = NameKeys()
        self._head = Head()

    def check(self, query: str) -> None:
        """Raises InvalidInput when `query` cannot be read."""
        with self._asking(query, None):
            pass

    def first_page(
        self,
        query: str,
        *,
        sort: str = NAME,
        descending: bool = False,
        limit: int = PAGE,
        more: Sequence[str] = (),
        interrupt: Interrupt | None = None,
    ) -> list[ContactRow]:
        """The first `limit` contacts found, as soon as may be; more as in `rows`."""
        with self._asking(query, interrupt) as asked:
            key = sort_key(sort, asked.custom)
            if key == NAME and not asked.filter.trash and asked.world.is_sqlite:
                ids = self._first_by_name(asked, descending=descending, limit=limit)
            else:
                ids = self._page_ids(asked, key, descending=descending, limit=limit, offset=0)
            return read_rows(asked.connection, ids, more)

    def read_ahead(self, *, descending: bool = False, interrupt: Interrupt | None = None) -> bool:
        """Bring a part of what the next first pages look into to memory; False once all is there.

        For the pauses of somebody who types; a part takes about 10 ms.
        """
        with self._asking("", interrupt) as asked:
            if not (asked.world.is_sqlite and asked.exact):
                return False
            return self._walking(asked, descending=descending, limit=0).read_ahead()

    def _first_by_name(self, asked: Asked, *, descending: bool, limit: int) -> list[int]:
        if asked.laid is None:
            return self._walking(asked, descending=descending, limit=limit).ids()
        laid, world = asked.laid, asked.world
        left, more = array("q"), limit
        while len(left) < limit:
            more += min(more, len(laid.picks.all))
            ids = self._walking(asked, descending=descending, limit=more).ids()
            left = without(array("q", ids), laid.picks)[:limit]
            if len(ids) < more:
                break
        kept = matching(world, picked(world, laid.rest, laid.picks.kept), asked.scanned)
        return first_of(world, left, kept, descending=descending, limit=limit)

    def _walking(self, asked: Asked, *, descending: bool, limit: int) -> FirstPage:
        return FirstPage(
            asked.world,
            asked.filter,
            asked.present,
            asked.scanned,
            self._keys,
            self._head,
            exact=asked.exact,
            descending=descending,
            limit=limit,
        )

    def ids(
        self,
        query: str,
        *,
        sort: str = NAME,
        descending: bool = False,
        interrupt: Interrupt | None = None,
    ) -> Ids:
        """All contacts found, in order."""
        with self._asking(query, interrupt) as asked:
            key = sort_key(sort, asked.custom)
            found = Ids(self._all_ids(asked, key, descending=descending))
        if found.total >= MANY:
            give_back()
        return found

    def page(
        self, query: str, *, sort: str = NAME, descending: bool = False, limit: int, offset: int = 0
    ) -> tuple[int, list[int]]:
        """How many contacts are found, and the ids of one page of them."""
        with self._asking(query, None) as asked:
            key = sort_key(sort, asked.custom)
            ids = self._page_ids(asked, key, descending=descending, limit=limit, offset=offset)
            return self._count(asked), ids

    def count(self, query: str, *, interrupt: Interrupt | None = None) -> int:
        """How many contacts are found."""
        with self._asking(query, interrupt) as asked:
            return self._count(asked)

    def rows(
        self,
        ids: Sequence[int],
        *,
        more: Sequence[str] = (),
        interrupt: Interrupt | None = None,
    ) -> list[ContactRow]:
        """The rows of some ids in their order; contacts that are gone for good are left out.

        more are keys of further fields that each row is to hold.
        """
        with self._store.reading(interrupt) as connection:
            return read_rows(connection, ids, more)

    def by_status(
        self,
        ids: Sequence[int],
        statuses: Sequence[str],
        *,
        interrupt: Interrupt | None = None,
    ) -> dict[str, array[int]]:
        """Ids that were found, divided by the status of their contacts, in their order."""
        with self._store.reading(interrupt) as connection:
            world = World(connection, self._clock.now(), self._actor.name)
            return by_status(world, ids, statuses)

    @contextmanager
    def _asking(self, query: str, interrupt: Interrupt | None) -> Iterator[Asked]:
        with self._store.reading(interrupt) as connection:
            waiting = pending_rows(connection)
            if not waiting:
                yield asked_in(connection, query, self._clock, self._actor)
                return
        if self._wait:
            self._indexing.drain()
        else:
            self._indexing.catch_up()
        with self._store.reading(interrupt) as connection:
            yield asked_in(connection, query, self._clock, self._actor)

    def _count(self, asked: Asked) -> int:
        if asked.filter.unindexed:
            return len(self._all_ids(asked, NAME, descending=False))
        present = asked.present if asked.filter.is_everything else asked.scanned
        found = counted(asked.world, asked.filter, present, exact=asked.exact)
        if asked.laid is None:
            return found
        laid, world = asked.laid, asked.world
        for filter_, picks, sign in (
            (asked.filter, laid.picks.all, -1),
            (laid.rest, laid.picks.kept, 1),
        ):
            some = picked(world, filter_, picks)
            found += sign * counted(world, some, asked.scanned, exact=asked.exact)
        return found

    def _page_ids(
        self, asked: Asked, key: str, *, descending: bool, limit: int, offset: int
    ) -> list[int]:
        if asked.filter.unindexed:
            return list(self._all_ids(asked, key, descending=descending)[offset : offset + limit])
        column = None if asked.laid else indexed_column(key, asked.world)
        if column is not None and asked.filter.is_everything:
            walked = _walked(asked, column, descending=descending)
            ids = _scalars(asked, walked.limit(limit).offset(offset))
            if len(ids) == limit:
                return ids
        # Blanks come last, and no index holds them.
        found = self._found(asked, key, descending=descending)
        return _scalars(asked, found.limit(limit).offset(offset))

    def _all_ids(self, asked: Asked, key: str, *, descending: bool) -> array[int]:
        if asked.laid is not None and asked.filter.is_everything:
            # The kept ones are among all of them, where they belong.
            every = dataclasses.replace(asked, laid=None)
            hidden = Picks(hidden=asked.laid.picks.hidden)
            return without(self._all_ids(every, key, descending=descending), hidden)
        column = indexed_column(key, asked.world)
        if column is not None and asked.filter.is_everything:
            walked = _walked(asked, column, descending=descending)
            return _with_blanks(asked, column, as_array(asked.world, walked))
        ids = as_array(asked.world, self._found(asked, key, descending=descending))
        return _without_index(asked, ids) if asked.filter.unindexed else ids

    def _found(self, asked: Asked, key: str, *, descending: bool) -> Select[int]:
        by_index = asked.filter.is_everything and key == NAME and asked.laid is None
        present = asked.present if by_index else asked.scanned
        if asked.laid is not None:
            return laid_over(
                asked.world, asked.filter, present, asked.laid,
                key=key, custom=asked.custom, descending=descending,
            )  # fmt: skip
        terms = ordering(key, asked.custom, asked.world, descending=descending, by_index=by_index)
        return matching(asked.world, asked.filter, present).order_by(*terms)


def asked_in(connection: Connection, query: str, clock: Clock, actor: Actor) -> Asked:
    """`query` made ready inside an open session, for those who select contacts themselves."""
    custom = tuple(view.field for view in read_custom_fields(connection))
    world = World(connection, clock.now(), actor.name)
    found, laid = compiled(parse(query, custom), custom, world)
    under_way = connection.exec_driver_sql(_UNDER_WAY).first() is not None
    hidden = open_ranges(connection) if under_way else []
    shown = [not_(Contact.id.between(lo, hi)) for lo, hi in hidden]
    present: ColumnElement[bool] = Contact.deleted_op.is_not(None)
    scanned = present
    if not found.trash:
        present = and_(Contact.deleted_op.is_(None), *shown)
        plain = found.keyed or not world.is_sqlite
        scanned = present if plain else and_(_UNINDEXED.is_(None), *shown)
    exact = not under_way and not (found.text and pending_rows(connection))
    return Asked(world, found, present, scanned, custom, exact, laid)


def _walked(asked: Asked, column: ColumnElement[Any], *, descending: bool) -> Select[int]:
    """All that have a value in `column`, in the order of its index."""
    wanted = select(Contact.id).where(asked.present, column.is_not(None))
    return wanted.order_by(column.desc() if descending else column, Contact.id)


def _with_blanks(asked: Asked, column: ColumnElement[Any], ids: array[int]) -> array[int]:
    """`ids` and after them the contacts without a value, looked for only if there are any."""
    living = select(func.count()).select_from(Contact).where(asked.present)
    if asked.connection.execute(living).scalar_one() == len(ids):
        return ids
    blank = select(Contact.id).where(asked.scanned, column.is_(None)).order_by(Contact.id)
    return ids + as_array(asked.world, blank)


def _scalars(asked: Asked, statement: Select[int]) -> list[int]:
    return list(asked.connection.execute(statement).scalars())


def _without_index(asked: Asked, ids: array[int]) -> array[int]:
    """Those of `ids` whose text matches, made on the way: the trash is not indexed."""
    kept = array("q")
    for start in range(0, len(ids), TRASH_CHUNK):
        chunk = ids[start : start + TRASH_CHUNK]
        texts = read_texts(asked.connection, chunk)
        kept.extend(
            row
            for row in chunk
            if all(matches_text(term, texts[row]) for term in asked.filter.unindexed)
        )
    return kept
