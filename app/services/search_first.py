"""The first page by name on SQLite, chosen by selectivity.

Words that many contacts have are found by walking the index of names and looking into the text of
each, the first ones in memory. Words that few have are asked of the full-text index, as
search_plan says, whose answer is put in the order of names in memory, and only the beginning of
that is looked up. A sample says which is which. The same name stands together in the index, so a
common first name is seldom found by walking.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Integer,
    LargeBinary,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql.elements import ColumnElement

from app.core.courtesy import give_way
from app.models.base import canonical
from app.models.contacts import Contact
from app.models.journalled import table_named
from app.models.search import DOC_SQLITE, WORDS_SQLITE
from app.services.filters import Filter
from app.services.search_digits import joined
from app.services.search_head import MOST, Head, Place, State, those_with
from app.services.search_keys import NameKeys, bounds
from app.services.search_pages import match, matching
from app.services.search_plan import LIKELY, Plan, Sampled
from app.services.search_text import NAME, field_code
from app.services.text_filters import Group, World

SHORT_WALK = 500
"""Contacts looked at before anything is known about the words."""
SAMPLE = 1_000
WALKED_US = 5.0
"""Microseconds for one more contact of a walk, mostly to fetch its text from the file."""
FIRST_BATCH = 100
GROWTH = 5
PICKED = 400
NAMESAKES = 400
"""From so many contacts with one key on, they are put in order before any is looked up."""
MOSTLY = 0.5
"""Where more of what the full-text index finds matches, the index of names is walked instead."""

_C = table_named("contact").c
_PAGES = "SELECT number, change, keys FROM search.name_page WHERE change > ?"
_OVER = (1 << 64) - 1
_STATE = (
    "SELECT (SELECT coalesce(max(id), 0) FROM operation),"
    " (SELECT coalesce(max(change), 0) FROM search.name_page)"
)
_LAST = select(func.max(DOC_SQLITE.c.contact))
_IDS = bindparam("ids", type_=Text)
_AMONG = select(func.json_each(_IDS).table_valued("value").c.value)
_TEXTS = select(DOC_SQLITE.c.text).where(DOC_SQLITE.c.contact.in_(_AMONG))


class FirstPage:
    """The ways to the first page of one query."""

    def __init__(
        self,
        world: World,
        found: Filter,
        present: ColumnElement[bool],
        scanned: ColumnElement[bool],
        keys: NameKeys,
        head: Head,
        *,
        exact: bool,
        descending: bool,
        limit: int,
    ) -> None:
        self._world = world
        self._found = found
        self._present = present
        self._scanned = scanned
        self._keys = keys
        self._head = head
        # What is pending or under way is not in the texts at hand, and a condition on contacts
        # cannot be told from a text.
        self._from_head = exact and bool(found.text) and not found.contact
        self._descending = descending
        self._limit = limit

    def ids(self) -> list[int]:
        """The first `limit` ids in the order of names."""
        if not self._found.text:
            ids, place = self._short_walk()
            return ids if place is None or len(ids) == self._limit else self._sorted_by_database()
        row = self._world.connection.exec_driver_sql(_STATE).one()
        state = (row[0], row[1])
        sampled = self._sample(state)
        plan = sampled.plan(self._found.words, self._limit)
        if not self._from_head:
            (ids, place), walked = self._short_walk(), SHORT_WALK
        elif sampled.together or self._head.run(state, descending=self._descending).complete:
            ids, place, walked = self._in_head(state)
        else:
            return self._from_words(plan, sampled.contacts)
        if place is None or len(ids) == self._limit:
            return ids
        further = self._walk_worth(len(ids), walked, sampled, plan)
        if further:
            beyond = self._place_after(place, further)
            ids += self._walk(place, beyond, wanted=self._limit - len(ids))
            if beyond is None or len(ids) == self._limit:
                return ids
        return self._from_words(plan, sampled.contacts)

    def read_ahead(self) -> bool:
        """Bring more of what the next searches look into to memory; False once it is all there."""
        row = self._world.connection.exec_driver_sql(_STATE).one()
        state = (row[0], row[1])
        self._sample(state)
        self._all_keys()
        run = self._head.run(state, descending=self._descending)
        if run.complete or len(run.ids) >= MOST:
            return False
        run = run.longer(self._texts_from)
        self._head.keep(state, run, descending=self._descending)
        return True

    def _short_walk(self) -> tuple[list[int], Place | None]:
        """What the first few contacts give, and where the next one is."""
        place = self._place_after(None, SHORT_WALK)
        return self._walk(None, place), place

    def _in_head(self, state: State) -> tuple[list[int], Place | None, int]:
        """What the contacts in memory give, where the next one is, and how many they are.

        Each search that they do not fill makes them more, so that the next letters find it all.
        """
        run = self._head.run(state, descending=self._descending)
        ids = run.found(self._found.words, self._limit)
        if len(ids) < self._limit and len(run.ids) < MOST and not run.complete:
            run = run.longer(self._texts_from)
            self._head.keep(state, run, descending=self._descending)
            ids = run.found(self._found.words, self._limit)
        return ids, run.following, len(run.ids)

    def _texts_from(self, place: Place | None, rows: int) -> Sequence[tuple[int, str, str]]:
        columns = (_C.id, _C.sort_name, DOC_SQLITE.c.text)
        wanted = select(*columns).join(DOC_SQLITE, DOC_SQLITE.c.contact == _C.id)
        wanted = wanted.where(self._present)
        if place is not None:
            wanted = wanted.where(self._beyond(place))
        found = self._world.connection.execute(self._in_order(wanted).limit(rows))
        return [(row[0], row[1], row[2]) for row in found]

    def _place_after(self, place: Place | None, rows: int) -> Place | None:
        """The place `rows` contacts further on, None beyond the last."""
        wanted = self._in_order(select(_C.sort_name, _C.id).where(self._present))
        if place is not None:
            wanted = wanted.where(self._beyond(place))
        row = self._world.connection.execute(wanted.limit(1).offset(rows)).first()
        return None if row is None else (row[0], row[1])

    def _walk(
        self, after: Place | None, before: Place | None, *, wanted: int | None = None
    ) -> list[int]:
        """What is found from `after` on and before `before`, by walking the index of names."""
        between = []
        if after is not None:
            between.append(self._beyond(after))
        if before is not None:
            between.append(~self._beyond(before))
        return self._verified(between, self._limit if wanted is None else wanted)

    def _beyond(self, place: Place) -> ColumnElement[bool]:
        here = tuple_(_C.sort_name, _C.id)
        there = tuple_(literal(place[0], Text), literal(place[1], Integer))
        return here <= there if self._descending else here >= there

    def _verified(self, among: Sequence[ColumnElement[bool]], limit: int) -> list[int]:
        """The first contacts of `among` that are really found, in the order of names."""
        ids = select(_C.id).where(self._present, *among, *self._found.contact)
        if self._found.text:
            ids = ids.join(DOC_SQLITE, DOC_SQLITE.c.contact == _C.id).where(*self._found.text)
        return list(self._world.connection.execute(self._in_order(ids).limit(limit)).scalars())

    def _in_order(self, statement: Any) -> Any:  # noqa: ANN401
        terms = (_C.sort_name, _C.id)
        return statement.order_by(*(term.desc() if self._descending else term for term in terms))

    def _sorted_by_database(self) -> list[int]:
        wanted = matching(self._world, self._found, self._scanned)
        name: ColumnElement[str] = func.coalesce(_C.sort_name, "")
        terms = (name, Contact.id)
        ordered = wanted.order_by(*(term.desc() if self._descending else term for term in terms))
        return list(self._world.connection.execute(ordered.limit(self._limit)).scalars())

    def _sample(self, state: State) -> Sampled:
        """What contacts picked all over the workspace say about the words."""
        last = self._world.connection.execute(_LAST).scalar() or 0
        texts = self._head.sample(state[1], min(SAMPLE, last), lambda: self._picked(last))
        return Sampled(texts, last, len(those_with(texts, self._found.words)))

    def _picked(self, last: int) -> list[str]:
        picked = sorted({last * place // SAMPLE for place in range(1, SAMPLE + 1)})
        return list(self._world.connection.execute(_TEXTS, {"ids": canonical(picked)}).scalars())

    def _walk_worth(self, found: int, walked: int, sampled: Sampled, plan: Plan) -> int:
        """How far to walk on for a page, 0 when asking the full-text index is faster.

        Names that begin with the words do not count: they stand together, wherever that is, and
        the beginning of the order says nothing about them.
        """
        begins_so = f"{field_code(NAME)}{self._found.words[0].choices[0]}"
        matching = those_with(sampled.texts, self._found.words)
        outside = sum(begins_so not in sampled.texts[place] for place in matching)
        rates = [
            hits / of
            for hits, of in ((found, walked), (outside, len(sampled.texts)))
            if hits >= LIKELY
        ]
        if not rates:
            return 0
        rows = int((self._limit - found) / min(rates))
        # Half as far again, because the contacts wanted do not lie evenly.
        return rows * 3 // 2 if rows * WALKED_US < plan.cost else 0

    def _from_words(self, plan: Plan, last: int) -> list[int]:
        candidates = self._candidates(plan.tokens, last)
        found: list[int] = []
        for ids, key in batches(candidates, self._all_keys(), descending=self._descending):
            give_way()
            left = self._limit - len(found)
            if key is None:
                found += self._looked_up(ids, left)
            elif plan.share > MOSTLY and self._begins_with(key):
                found += self._verified([_with_key(key)], left)
            else:
                found += self._namesakes(ids, key, left, last)
            if len(found) == self._limit:
                break
        return found

    def _all_keys(self) -> array[int]:
        pages = self._world.connection.exec_driver_sql(_PAGES, (self._keys.seen,))
        return self._keys.take((row[0], row[1], row[2]) for row in pages)

    def _candidates(self, tokens: tuple[Group, ...], last: int) -> list[int]:
        # One text is many times faster than as many rows.
        text, read = joined(WORDS_SQLITE.c.rowid, last)
        found = self._world.connection.execute(select(text).where(match(tokens))).scalar()
        return read(found or "").tolist()

    def _begins_with(self, key: int) -> bool:
        """True when what is looked for is what names with `key` begin with."""
        name = bounds(key)[0].decode(errors="ignore")
        words = [word for term in self._found.words for word in term.choices[0].split()]
        return any(name.startswith(word) or word.startswith(name) for word in words)

    def _namesakes(self, ids: Sequence[int], key: int, limit: int, last: int) -> list[int]:
        """The first of `ids` that are really found; all have `key`, and they are many."""
        known = self._in_order(select(_C.id).where(self._present, _with_key(key)))
        inner = known.limit(-1).subquery()
        text, read = joined(inner.c.id, last)
        ordered = self._world.connection.execute(select(text).select_from(inner)).scalar()
        wanted = set(ids)
        left = [row for row in read(ordered or "") if row in wanted]
        found, start, size = list[int](), 0, FIRST_BATCH
        while start < len(left) and len(found) < limit:
            found += self._looked_up(left[start : start + size], limit - len(found))
            start, size = start + size, size * GROWTH
        return found

    def _looked_up(self, ids: Sequence[int], limit: int) -> list[int]:
        """The first of `ids` that are really found, in the order of names.

        The LIMIT keeps SQLite from looking at the contacts before the texts, which most fail by.
        """
        texts = select(DOC_SQLITE.c.contact).where(DOC_SQLITE.c.contact.in_(_AMONG))
        inner = texts.where(*self._found.text).limit(-1).subquery()
        rows = select(_C.id).join(inner, inner.c.contact == _C.id)
        rows = rows.where(self._scanned, *self._found.contact)
        by_name: Any = literal_column("+contact.sort_name")
        terms = (by_name, _C.id)
        ordered = rows.order_by(*(term.desc() if self._descending else term for term in terms))
        asked = ordered.limit(limit)
        return list(self._world.connection.execute(asked, {"ids": canonical(list(ids))}).scalars())


def batches(
    ids: Sequence[int], keys: array[int], *, descending: bool
) -> Iterator[tuple[list[int], int | None]]:
    """`ids` in parts, each later in the order of names than those before, the first ones small.

    Contacts with one key stay together, because the key does not say how they are ordered; where
    they are many, such as all the Michaels, they are a part of their own, with their key.
    """
    own = _keys_of(ids, keys, descending=descending)
    done, size, most = -1, FIRST_BATCH, max(own, default=-1)
    while done < most:
        edge = _edge(own, size)
        size *= GROWTH
        if edge <= done:
            continue
        among = [pair for pair in zip(own, ids, strict=True) if done < pair[0] <= edge]
        same = [row for key, row in among if key == edge]
        if len(same) < NAMESAKES:
            yield [row for _, row in among], None
        else:
            if before := [row for key, row in among if key < edge]:
                yield before, None
            yield same, _OVER - edge if descending else edge
        done = edge


def _keys_of(ids: Sequence[int], keys: array[int], *, descending: bool) -> Sequence[int]:
    own: Sequence[int]
    if len(ids) > 1 and max(ids) < len(keys):
        own = itemgetter(*ids)(keys)
    else:
        own = [keys[row] if row < len(keys) else 0 for row in ids]
    return [_OVER - key for key in own] if descending else own


def _edge(own: Sequence[int], size: int) -> int:
    """A key that about `size` are not beyond, found by sorting a few of them."""
    if len(own) <= size:
        return max(own)
    picked = sorted(own[:: max(1, len(own) // PICKED)])
    return picked[min(len(picked), max(1, size * len(picked) // len(own))) - 1]


def _with_key(key: int) -> ColumnElement[bool]:
    first, following = bounds(key)
    condition = _C.sort_name >= cast(literal(first, LargeBinary), Text)
    if following is None:
        return condition
    return condition & (_C.sort_name < cast(literal(following, LargeBinary), Text))
