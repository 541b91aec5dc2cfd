"""The statements of a search: everything that matches, how many, and the first page by name.

The first page is chosen by selectivity, on SQLite where a million contacts lie in one file. Words
that many contacts have are found by walking the index of names and looking into the text of each;
words that few have, by asking the full-text index and sorting its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, cast, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.elements import ColumnElement

from app.models.contacts import Contact
from app.models.json_sql import ids_select
from app.models.search import DOC_SQLITE, NAME_ORDER_SQLITE, WORDS_SQLITE, words_expression
from app.services.filters import Filter, World, document_table, fts5_query, tsquery

SHORT_WALK = 1_000
"""Contacts looked at before anything is known about the words; about one millisecond."""
LONG_WALK = 9_000
"""As far as a walk goes when a sample says that it will find a page; under ten milliseconds."""
SAMPLE = 400
LIKELY = 3
"""Hits in the sample from which a long walk is worth it: about one contact in 130."""


def matching(world: World, found: Filter, present: ColumnElement[bool]) -> Select[int]:
    """The ids of all contacts that are found and meet `present`, in no order."""
    wanted = select(Contact.id).where(present, *found.contact)
    if not found.text:
        return wanted
    doc = document_table(world)
    if not world.is_sqlite:
        words: ColumnElement[Any] = literal_column(words_expression().replace("%", "%%"))
        asked = cast(literal(tsquery(found.tokens)), TSQUERY)
        wanted = wanted.join(doc, doc.c.contact == Contact.id)
        return wanted.where(words.op("@@")(asked), *found.text)
    wanted = wanted.join(WORDS_SQLITE, WORDS_SQLITE.c.rowid == Contact.id)
    wanted = wanted.where(_match(found))
    if not found.covered:
        wanted = wanted.join(doc, doc.c.contact == Contact.id).where(*found.text)
    return wanted


def counted(world: World, found: Filter, present: ColumnElement[bool], *, exact: bool) -> int:
    """How many contacts are found; exact says that the index alone can tell."""
    wanted: Select[Any]
    if world.is_sqlite and found.text and exact and not found.contact:
        wanted = _from_index(found).with_only_columns(func.count(WORDS_SQLITE.c.rowid))
    else:
        inner = matching(world, found, present).subquery()
        wanted = select(func.count()).select_from(inner)
    return int(world.connection.execute(wanted).scalar_one())


def first_by_name(
    world: World,
    found: Filter,
    present: ColumnElement[bool],
    *,
    descending: bool,
    limit: int,
    exact: bool,
) -> list[int]:
    """The first `limit` ids in the order of names, on SQLite."""
    pages = _Pages(world, found, present, descending=descending, limit=limit)
    ids, ended = pages.walk(0, SHORT_WALK)
    if ended or len(ids) == limit:
        return ids
    if pages.are_likely_soon():
        more, ended = pages.walk(SHORT_WALK, LONG_WALK, wanted=limit - len(ids))
        ids += more
        if ended or len(ids) == limit:
            return ids
    return pages.sorted_set(exact=exact)


class _Pages:
    """The ways to a first page, for one query."""

    def __init__(
        self,
        world: World,
        found: Filter,
        present: ColumnElement[bool],
        *,
        descending: bool,
        limit: int,
    ) -> None:
        self._world = world
        self._found = found
        self._present = present
        self._descending = descending
        self._limit = limit

    def walk(self, skip: int, rows: int, *, wanted: int | None = None) -> tuple[list[int], bool]:
        """What is found among `rows` contacts of the index; True when it ended there."""
        stretch = (
            select(Contact.id, Contact.sort_name)
            .where(self._present)
            .order_by(*self._by_name(Contact.sort_name, Contact.id))
            .limit(rows)
            .offset(skip)
            .subquery("stretch")
        )
        ids = select(stretch.c.id).select_from(stretch)
        if self._found.text:
            ids = ids.join(DOC_SQLITE, DOC_SQLITE.c.contact == stretch.c.id)
            ids = ids.where(*self._found.text)
        if self._found.contact:
            ids = ids.join(Contact, Contact.id == stretch.c.id).where(*self._found.contact)
        ids = ids.order_by(*self._by_name(stretch.c.sort_name, stretch.c.id))
        limit = self._limit if wanted is None else wanted
        page = list(self._execute(ids.limit(limit)))
        return page, len(page) < limit and self._ends_before(skip + rows)

    def are_likely_soon(self) -> bool:
        """What a sample of all contacts says about the contacts at the beginning of the order.

        Names that begin with the words do not count: they stand together, wherever it is.
        """
        sample = self._sampled()
        wanted = (
            select(func.count())
            .select_from(Contact)
            .where(
                Contact.id.in_(ids_select(self._world.connection, sample)),
                self._present,
                *self._found.contact,
            )
        )
        if self._found.text:
            wanted = wanted.join(DOC_SQLITE, DOC_SQLITE.c.contact == Contact.id)
            wanted = wanted.where(*self._found.text)
            for choice in self._first_words():
                wanted = wanted.where(func.instr(Contact.sort_name, choice) != 1)
        return int(self._world.connection.execute(wanted).scalar_one()) >= LIKELY

    def sorted_set(self, *, exact: bool) -> list[int]:
        """All that is found, sorted; exact says that nothing in the index is out of date."""
        found = self._found
        if found.text and exact and not found.contact:
            order = NAME_ORDER_SQLITE
            ids = _from_index(found).join(order, order.c.contact == WORDS_SQLITE.c.rowid)
            name: Any = order.c.sort_name
        else:
            ids = matching(self._world, found, self._present)
            name = literal_column("+contact.sort_name")
        key = WORDS_SQLITE.c.rowid if found.text else Contact.id
        return list(self._execute(ids.order_by(*self._by_name(name, key)).limit(self._limit)))

    def _by_name(self, *terms: Any) -> list[Any]:  # noqa: ANN401
        return [term.desc() if self._descending else term.asc() for term in terms]

    def _execute(self, ids: Select[Any]) -> Sequence[int]:
        return self._world.connection.execute(ids).scalars().all()

    def _ends_before(self, rows: int) -> bool:
        beyond = (
            select(Contact.id)
            .where(self._present)
            .order_by(Contact.sort_name, Contact.id)
            .limit(1)
            .offset(rows)
        )
        return self._world.connection.execute(beyond).first() is None

    def _sampled(self) -> list[int]:
        last = self._world.connection.execute(select(func.max(Contact.id))).scalar() or 0
        return sorted({last * place // SAMPLE for place in range(1, SAMPLE + 1)})

    def _first_words(self) -> list[str]:
        return [choice[0][0] for choice in self._found.tokens[0]]


def _from_index(found: Filter) -> Select[Any]:
    wanted = select(WORDS_SQLITE.c.rowid).where(_match(found))
    if not found.covered:
        wanted = wanted.join(DOC_SQLITE, DOC_SQLITE.c.contact == WORDS_SQLITE.c.rowid)
        wanted = wanted.where(*found.text)
    return wanted


def _match(found: Filter) -> ColumnElement[bool]:
    return WORDS_SQLITE.c.words.bool_op("MATCH")(fts5_query(found.tokens))
