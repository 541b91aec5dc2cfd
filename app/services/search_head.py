"""Texts kept in memory between keystrokes: the first contacts by name, and a sample of all.

Looking into a text at hand takes a thirtieth of fetching it from the file, and somebody who types
asks the same contacts again with every letter. Nothing here outlives a change of the contacts but
the sample, which only says how to search and never what is found.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from app.core.courtesy import give_way
from app.services.query import FieldWords, Words
from app.services.text_filters import matches_text, plain_word

MOST = 20_000
"""Contacts kept of each end of the order of names: about 5 MB."""
STEP = 1_000
"""Contacts fetched at a time, about 3 ms."""
SAMPLE_LASTS = 50
"""Changes of the index, of up to 2,000 contacts each, after which a sample is taken again."""

Place = tuple[str, int]
"""A contact's place in the order of names."""
State = tuple[int, int]
"""The newest operation, and the newest change of the index, that a reader sees."""
Terms = Sequence[Words | FieldWords]
Fetch = Callable[[Place | None, int], Sequence[tuple[int, str, str]]]
"""Gives (id, sort name, text) of so many contacts from a place on, in the order of names."""


@dataclass(frozen=True, slots=True)
class Run:
    """The first contacts in one direction; following is where the next one is, None at the end."""

    ids: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    following: Place | None = None
    complete: bool = False

    def found(self, terms: Terms, limit: int) -> list[int]:
        """The first `limit` of them whose text matches all terms."""
        ids: list[int] = []
        for start in range(0, len(self.texts), STEP):
            give_way()
            texts = self.texts[start : start + STEP]
            ids += [self.ids[start + place] for place in those_with(texts, terms)]
            if len(ids) >= limit:
                return ids[:limit]
        return ids

    def longer(self, fetch: Fetch) -> Run:
        """This and the next STEP contacts."""
        rows = fetch(self.following, STEP + 1)
        kept, beyond = rows[:STEP], rows[STEP:]
        return Run(
            self.ids + tuple(row[0] for row in kept),
            self.texts + tuple(row[2] for row in kept),
            (beyond[0][1], beyond[0][0]) if beyond else None,
            not beyond,
        )


def those_with(texts: Sequence[str], terms: Terms) -> list[int]:
    """The places of those texts that match all terms.

    Nearly every term is a word that may go on: it is looked for without a call for each text. Long
    words go first, because fewer texts have them.
    """
    places: Iterable[int] = range(len(texts))
    for term in sorted(terms, key=lambda term: -max(map(len, term.choices), default=0)):
        word = plain_word(term)
        if word is None:
            places = [place for place in places if matches_text(term, texts[place])]
        else:
            places = [place for place in places if word in texts[place]]
    return list(places)


@dataclass(slots=True)
class Head:
    """What one process keeps; every method may be called from any thread."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _state: State = (-1, -1)
    _runs: dict[bool, Run] = field(default_factory=dict)
    _sample: tuple[str, ...] = ()
    _sampled_at: int = -1

    def run(self, state: State, *, descending: bool) -> Run:
        """What is kept of the first contacts, as they are in `state`."""
        with self._lock:
            return self._runs.get(descending, Run()) if self._state == state else Run()

    def keep(self, state: State, run: Run, *, descending: bool) -> None:
        """Keep a run that was read in `state`; one of an older state is forgotten."""
        with self._lock:
            if self._state != state:
                self._state = state
                self._runs.clear()
            self._runs[descending] = run

    def sample(self, change: int, size: int, fetch: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        """Texts of contacts from all over; small or long past samples are taken again."""
        with self._lock:
            fresh = 0 <= change - self._sampled_at <= SAMPLE_LASTS
            if fresh and self._sampled_at >= 0 and len(self._sample) >= size:
                return self._sample
        taken = tuple(fetch())
        with self._lock:
            self._sample, self._sampled_at = taken, change
        return taken
