"""The first page by name on SQLite, chosen by selectivity.

Words that many contacts have are found by walking the index of names and looking into the text of
each, the first ones in memory. Words that few have are asked of the full-text index, whose answer
is put in the order of names in memory, and only the beginning of that is looked up. A sample says
which is which. The same name stands together in the index, so a common first name is seldom found
by walking.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Integer, LargeBinary, Text, bindparam, cast, func, literal, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from app.models.base import canonical
from app.models.contacts import Contact
from app.models.journalled import table_named
from app.models.search import DOC_SQLITE, WORDS_SQLITE
from app.services.filters import Filter
from app.services.search_head import MOST, Head, Place, State, those_with
from app.services.search_keys import NameKeys, bounds
from app.services.search_pages import match, matching
from app.services.search_text import NAME, field_code
from app.services.text_filters import Group, World

SHORT_WALK = 500
"""Contacts looked at before anything is known about the words."""
SAMPLE = 400
LIKELY = 3
"""So many hits in a sample, or in the short walk, say something about how far a walk would go."""
WALKED_US = 3.3
"""Microseconds for one more contact of a walk, mostly to fetch its text from the file."""
SORTED_US = 0.5
"""Microseconds for one contact that the full-text index finds and memory puts in order."""
RARE = 8
"""Beside a very rare word only words up to so many in the sample are worth asking as well."""
DENSE = 40
"""Words with more in the sample are not asked of the full-text index beside better ones."""
FIRST_BATCH = 100
LARGEST_BATCH = 2_000

_C = table_named("contact").c
_PAGES = "SELECT number, change, keys FROM search.name_page WHERE change > ?"
_STATE = (
    "SELECT (SELECT coalesce(max(id), 0) FROM operation),"
    " (SELECT coalesce(max(change), 0) FROM search.name_page)"
)
_LAST = select(func.max(DOC_SQLITE.c.contact))
_TEXTS = select(DOC_SQLITE.c.text).where(DOC_SQLITE.c.contact.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Sampled:
    """Hits in a sample: of all words, outside the names that begin so, and of each group."""

    contacts: int
    together: int
    outside: int
    groups: tuple[int, ...]


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
        if self._from_head:
            ids, place, walked = self._in_head(state)
        else:
            (ids, place), walked = self._short_walk(), SHORT_WALK
        if place is None or len(ids) == self._limit:
            return ids
        further = self._walk_worth(len(ids), walked, sampled)
        if further:
            beyond = self._place_after(place, further)
            ids += self._walk(place, beyond, wanted=self._limit - len(ids))
            if beyond is None or len(ids) == self._limit:
                return ids
        return self._from_words(sampled)

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
        """What contacts picked all over the workspace say about the words.

        Names that begin with the words do not count as outside: they stand together, wherever
        that is, and the beginning of the order says nothing about them.
        """
        last = self._world.connection.execute(_LAST).scalar() or 0
        texts = self._head.sample(state[1], min(SAMPLE, last), lambda: self._picked(last))
        groups = self._found.tokens
        begins_so = f"{field_code(NAME)} {groups[0][0][0][0]}"
        found = [texts[place] for place in those_with(texts, self._found.words)]
        outside = sum(begins_so not in text for text in found)
        words = [f" {max(group[0], key=_length)[0]}" for group in groups]
        hits = tuple(sum(word in text for text in texts) for word in words)
        return Sampled(last, len(found), outside, hits)

    def _picked(self, last: int) -> list[str]:
        picked = sorted({last * place // SAMPLE for place in range(1, SAMPLE + 1)})
        return list(self._world.connection.execute(_TEXTS, {"ids": picked}).scalars())

    def _walk_worth(self, found: int, walked: int, sampled: Sampled) -> int:
        """How far to walk on for a page, 0 when asking the full-text index is faster."""
        rates = [
            hits / of for hits, of in ((found, walked), (sampled.outside, SAMPLE)) if hits >= LIKELY
        ]
        if not rates:
            return 0
        rows = int((self._limit - found) / min(rates))
        listed = min(sampled.groups) / SAMPLE * sampled.contacts
        # Half as far again, because the contacts wanted do not lie evenly.
        return rows * 3 // 2 if rows * WALKED_US < listed * SORTED_US else 0

    def _from_words(self, sampled: Sampled) -> list[int]:
        candidates = self._candidates(_best(self._found.tokens, sampled))
        pages = self._world.connection.exec_driver_sql(_PAGES, (self._keys.seen,))
        keys = self._keys.take((row[0], row[1], row[2]) for row in pages)
        found: list[int] = []
        for among in _batches(candidates, keys, descending=self._descending):
            found += self._verified([among], self._limit - len(found))
            if len(found) == self._limit:
                break
        return found

    def _candidates(self, tokens: tuple[Group, ...]) -> list[int]:
        # One text, read by the JSON reader, is several times faster than as many rows.
        rows = select(func.group_concat(WORDS_SQLITE.c.rowid)).where(match(tokens))
        joined: str | None = self._world.connection.execute(rows).scalar()
        ids: list[int] = json.loads(f"[{joined or ''}]")
        return ids


def _length(token: tuple[str, bool]) -> int:
    return len(token[0])


def _best(tokens: tuple[Group, ...], sampled: Sampled) -> tuple[Group, ...]:
    """The groups worth asking the full-text index, which collects all that begins so.

    Usually the rarest alone: what it leaves is looked through in the order of names, and a page
    is soon found. Where the words seldom meet, the index has to find where they do.
    """
    rarest, *others = sorted(zip(sampled.groups, range(len(tokens)), strict=True))
    limit = -1 if sampled.together > 1 else DENSE if rarest[0] > 1 else RARE
    chosen = [place for hits, place in others if hits <= limit]
    return tuple(tokens[place] for place in (rarest[1], *chosen))


def _batches(
    ids: Sequence[int], keys: array[int], *, descending: bool
) -> Iterator[ColumnElement[bool]]:
    """Conditions that together cover `ids`, each later in the order of names than those before.

    Contacts with one key stay together, because the key does not say how they are ordered. Where
    they are many, all the Michaels of a million contacts, the index of names is walked instead.
    """
    own: Sequence[int]
    if len(ids) > 1 and max(ids) < len(keys):
        own = itemgetter(*ids)(keys)
    else:
        own = [keys[row] if row < len(keys) else 0 for row in ids]
    over = (1 << 64) - 1
    if descending:
        own = [over - key for key in own]
    done = -1
    for edge in _edges(own):
        batch = [row for row, key in zip(ids, own, strict=True) if done < key <= edge]
        if len(batch) > LARGEST_BATCH:
            batch = [row for row, key in zip(ids, own, strict=True) if done < key < edge]
            if batch:
                yield _among(batch)
            yield _with_key(over - edge if descending else edge)
        elif batch:
            yield _among(batch)
        done = edge


def _edges(keys: Sequence[int]) -> Iterator[int]:
    """Keys that cut all of them into batches that grow, found by sorting a few of them."""
    picked = sorted(keys[:: max(1, len(keys) // SAMPLE)])
    rank = max(1, FIRST_BATCH * len(picked) // max(1, len(keys)))
    while rank < len(picked):
        yield picked[rank - 1]
        rank += min(rank * 3, max(1, LARGEST_BATCH * len(picked) // (2 * len(keys))))
    if keys:
        yield max(keys)


def _among(ids: Sequence[int]) -> ColumnElement[bool]:
    each = func.json_each(canonical(list(ids))).table_valued("value")
    return _C.id.in_(select(each.c.value))


def _with_key(key: int) -> ColumnElement[bool]:
    first, following = bounds(key)
    condition = _C.sort_name >= cast(literal(first, LargeBinary), Text)
    if following is None:
        return condition
    return condition & (_C.sort_name < cast(literal(following, LargeBinary), Text))
