"""What a query asks of the search text of contacts: as conditions, as full-text tokens, in Python.

The tokens narrow, the conditions decide: an index of words knows neither order nor field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, and_, func, literal, or_
from sqlalchemy.sql.elements import ColumnElement

from app.models.search import DOC_POSTGRES, DOC_SQLITE
from app.services.query import FieldWords, Words
from app.services.search_text import SEGMENT_END, VALUE_END, field_code

SHORT = 3
"""Beginnings of words up to this length are too common to ask the index beside others."""
WORD_ENDS = (" ", SEGMENT_END, VALUE_END)
Group = tuple[tuple[tuple[str, bool], ...], ...]
"""Alternatives, each of words that must all be there, as (word, may go on)."""


@dataclass(frozen=True, slots=True)
class World:
    """What a query is asked in: the session, the time, and whose `me` is."""

    connection: Connection
    now: datetime
    me: str

    @property
    def is_sqlite(self) -> bool:
        """False on PostgreSQL."""
        return self.connection.dialect.name == "sqlite"


class Contains(Protocol):
    """The database's substring test."""

    def __call__(self, text: Any, words: str, /) -> ColumnElement[bool]:  # noqa: ANN401
        """True when `words` are in `text`."""


def document_table(world: World) -> Any:  # noqa: ANN401
    """The table of search texts of this database."""
    return DOC_SQLITE if world.is_sqlite else DOC_POSTGRES


def fts5_query(tokens: Sequence[Group]) -> str:
    """The tokens as SQLite's full-text index is asked."""
    return _joined(tokens, lambda word, goes_on: f'"{word}"' + "*" * goes_on, " AND ", " OR ")


def tsquery(tokens: Sequence[Group]) -> str:
    """The tokens as PostgreSQL's full-text index is asked."""
    return _joined(tokens, lambda word, goes_on: f"'{word}'" + ":*" * goes_on, " & ", " | ")


def text_condition(
    term: Words | FieldWords, text: ColumnElement[str], world: World
) -> ColumnElement[bool]:
    """What a term asks of a contact's search text."""
    contains = _contains_sqlite if world.is_sqlite else _contains_postgres
    if isinstance(term, Words):
        found = [_words_in(text, words, contains, whole=term.whole) for words in term.choices]
        return or_(*found)
    return _field_condition(term, text, contains)


def matches_text(term: Words | FieldWords, text: str) -> bool:
    """The same as `text_condition` for a text that is in no index."""
    if isinstance(term, Words):
        found = any(_has_words(text, words, whole=term.whole) for words in term.choices)
    else:
        found = _field_matches(term, text)
    return found != term.negated


def plain_word(term: Words | FieldWords) -> str | None:
    """What a text has to hold for `term` to match, None when there is more to it."""
    plain = isinstance(term, Words) and not (term.whole or term.negated or len(term.choices) > 1)
    return term.choices[0] if plain else None


def _field_matches(term: FieldWords, text: str) -> bool:
    code = field_code(term.key)
    for line in text.split(SEGMENT_END):
        if line.startswith(f"{code} "):
            held = line[len(code) :]
            if term.exact:
                return not set(term.choices).isdisjoint(held.split(VALUE_END))
            return any(
                _has_words(held + SEGMENT_END, words, whole=term.whole) for words in term.choices
            )
    return False


def _has_words(text: str, words: str, *, whole: bool) -> bool:
    return any(words + end in text for end in WORD_ENDS) if whole else words in text


def _joined(tokens: Sequence[Group], word: Any, both: str, either: str) -> str:  # noqa: ANN401
    return both.join(
        "("
        + either.join(
            "(" + both.join(word(text, goes_on) for text, goes_on in choice) + ")"
            for choice in group
        )
        + ")"
        for group in tokens
    )


def _contains_sqlite(text: Any, words: str, /) -> ColumnElement[bool]:  # noqa: ANN401
    return func.instr(text, words) > 0


def _contains_postgres(text: Any, words: str, /) -> ColumnElement[bool]:  # noqa: ANN401
    return func.strpos(text, words) > 0


def _words_in(
    text: ColumnElement[str], words: str, contains: Contains, *, whole: bool
) -> ColumnElement[bool]:
    if not whole:
        return contains(text, words)
    return or_(*(contains(text, words + end) for end in WORD_ENDS))


def _field_condition(
    term: FieldWords, text: ColumnElement[str], contains: Contains
) -> ColumnElement[bool]:
    """Cut the field's segment out of the text and look into that alone."""
    position = func.instr if contains is _contains_sqlite else func.strpos
    code = field_code(term.key)
    # The words of a segment begin with a space, which tells it from a longer code.
    start = position(text, f"{code} ")
    rest = func.substr(text, start + len(code))
    segment = func.substr(rest, 1, position(rest, SEGMENT_END))
    if term.exact:
        held = literal(VALUE_END).op("||")(segment)
        tests = [
            contains(held, f"{VALUE_END}{words}{end}")
            for words in term.choices
            for end in (SEGMENT_END, VALUE_END)
        ]
    else:
        tests = [_words_in(segment, words, contains, whole=term.whole) for words in term.choices]
    return and_(start > 0, or_(*tests))


def group_of(term: Words | FieldWords) -> Group:
    """The words of a term as the full-text index is asked: any of its choices."""
    return tuple(_tokens(words, whole=term.whole) for words in term.choices)


def _tokens(words: str, *, whole: bool) -> tuple[tuple[str, bool], ...]:
    *first, last = words.split()
    return (*((word, False) for word in first), (last, not whole))


def is_one_word(group: Group) -> bool:
    """True when the index alone can tell: each choice is a single word."""
    return all(len(choice) == 1 for choice in group)


def selective(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Leave out what hardly narrows: beginnings of words beside anything longer.

    A million contacts have half a million words with an a in front, and the index collects them
    all before it answers; testing the text of what the other words leave is far cheaper.
    """
    trimmed = [tuple(map(_without_beginning, group)) for group in groups]
    strong = tuple(group for group in trimmed if not _is_weak(group))
    return strong or tuple(trimmed[:1])


def _without_beginning(choice: tuple[tuple[str, bool], ...]) -> tuple[tuple[str, bool], ...]:
    """Of words that follow one another only the last may go on; a short one is left out."""
    *first, (last, goes_on) = choice
    short = goes_on and len(last) <= SHORT
    return tuple(first) if short and any(len(word) > SHORT - 1 for word, _ in first) else choice


def _is_weak(group: Group) -> bool:
    return any(all(len(word) == 1 and goes_on for word, goes_on in choice) for choice in group)
