"""Help while a query is typed: what may come next, and which part of it cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from app.core.errors import InvalidInput
from app.core.fields import CUSTOM_PREFIX, FIELDS, Field, FieldKind
from app.core.text import fold, marked, tr
from app.services.query import ALSO, SPECIAL, TERM
from app.services.query_parts import Part, fields_by_name, parts

MOST = 10
EXAMPLES = (
    ("status:new", marked("by status")),
    ("tag:prospect -tag:eu", marked("with one tag and without another")),
    ("has:email no:phone", marked("something is known, something is missing")),
    ("created>30d", marked("added in the last 30 days")),
    ('company="Acme Ltd"', marked("the whole value, not only a word of it")),
)
"""Shown while nothing is typed: each with what it finds."""

_WORDS = {
    "has": marked("has a value in a field"),
    "no": marked("has no value in a field"),
    "in": marked("in the trash or a saved view"),
    "job": marked("changed by a job"),
    "import": marked("brought in by an import"),
    "id": marked("with these numbers"),
    "picks": marked("with whom a view keeps, without whom it hides"),
}
_TIMES = (
    ("today", marked("today")),
    ("yesterday", marked("yesterday")),
    ("30d", marked("30 days ago")),
    ("2026-01", marked("a month")),
    ("2026", marked("a year")),
)
_OWN = CUSTOM_PREFIX.removesuffix(":")
_SHORT = {key: name for name, key in ALSO.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """What the workspace has to offer for completions; statuses are (key, label)."""

    custom: tuple[Field, ...] = ()
    statuses: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Replace start..end of the line by `insert`; title is shown, detail says what it means.

    goes_on is True when a value is still to be typed after it.
    """

    insert: str
    start: int
    end: int
    title: str
    detail: str = ""
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """The part start..end of a query that cannot be read, and why."""

    start: int
    end: int
    error: InvalidInput = field(compare=False)


def suggestions(text: str, cursor: int, known: Known) -> list[Suggestion]:
    """What may be typed at `cursor`, the likeliest first."""
    if not text.strip():
        return [*_recent(known, ""), *_examples(), *_field_names("", cursor, cursor, known)][:MOST]
    start, end = _part_at(text, cursor)
    typed = text[start:cursor]
    found = TERM.fullmatch(typed)
    if found is not None and found["field"] and found["field"].casefold() != _OWN:
        lead = len(typed) - len(found["value"])
        return list(_values(found["field"], found["value"], start + lead, end, known))[:MOST]
    if not typed:
        return list(_field_names("", cursor, cursor, known))[:MOST]
    minus = "-" if typed.startswith("-") else ""
    names = _field_names(typed.removeprefix("-"), start + len(minus), end, known)
    shortcuts = _whole_values(typed, start, end, known)
    return [*names, *shortcuts, *_recent(known, text)][:MOST]


def fault(text: str, check: Callable[[str], None]) -> Fault | None:
    """The first part of `text` that `check` refuses alone; None when each can be read."""
    for part in parts(text):
        try:
            check(part.text)
        except InvalidInput as error:
            return Fault(part.start, part.end, error)
    return None


def _part_at(text: str, cursor: int) -> tuple[int, int]:
    """The bounds of the part that the cursor is in or just behind; empty between two spaces."""
    for part in parts(text):
        if part.start < cursor <= part.end and not _ended(part, text, cursor):
            return part.start, part.end
    return cursor, cursor


def _ended(part: Part, text: str, cursor: int) -> bool:
    return cursor > part.start and text[cursor - 1].isspace() and part.text.count('"') != 1


def _recent(known: Known, typed: str) -> Iterator[Suggestion]:
    wanted = fold(typed.strip())
    for query in known.recent:
        if fold(query).startswith(wanted) and fold(query) != wanted:
            yield Suggestion(query, 0, len(typed), query, tr("Searched before"))


def _examples() -> Iterator[Suggestion]:
    for query, words in EXAMPLES:
        yield Suggestion(query, 0, 0, query, tr(words))


def _field_names(typed: str, start: int, end: int, known: Known) -> Iterator[Suggestion]:
    """Fields whose name, or a word of whose title, begins so; then the special words."""
    wanted = fold(typed)
    for one in (*FIELDS, *known.custom):
        name = _SHORT.get(one.key, one.key)
        words = fold(one.title).split()
        if name.startswith(wanted) or any(word.startswith(wanted) for word in words):
            insert = f"{name}{'>' if one.kind in (FieldKind.NUMBER, FieldKind.MONEY) else ':'}"
            yield Suggestion(insert, start, end, insert, one.title, goes_on=True)
    for name in SPECIAL:
        if name.startswith(wanted):
            yield Suggestion(f"{name}:", start, end, f"{name}:", tr(_WORDS[name]), goes_on=True)


def _whole_values(typed: str, start: int, end: int, known: Known) -> Iterator[Suggestion]:
    """Statuses and tags that begin so, with their field."""
    wanted = fold(typed)
    for key, label in known.statuses:
        if fold(label).startswith(wanted) or key.startswith(wanted):
            insert = f"status:{_quoted(key)}"
            yield Suggestion(insert, start, end, insert, tr("Status {label}", label=label))
    for name in known.tags:
        if fold(name).startswith(wanted):
            insert = f"tag:{_quoted(name)}"
            yield Suggestion(insert, start, end, insert, tr("Tag {label}", label=name))


def _values(
    field_name: str, written: str, start: int, end: int, known: Known
) -> Iterator[Suggestion]:
    name = ALSO.get(field_name.casefold(), field_name.casefold())
    # Of several values the last is being typed.
    before, comma, last = written.rpartition(",")
    start += len(before) + len(comma)
    wanted = fold(last.strip('"'))
    for value, words in _offered(name, known):
        if fold(value).startswith(wanted) or fold(words).startswith(wanted):
            yield Suggestion(_quoted(value), start, end, value, words)


def _offered(name: str, known: Known) -> Sequence[tuple[str, str]]:
    """The values that one may choose from, with their words."""
    if name == "status":
        return known.statuses
    if name == "tags":
        return [(tag, "") for tag in known.tags]
    if name in ("has", "no"):
        fields = (*FIELDS, *known.custom)
        return [(_SHORT.get(one.key, one.key), one.title) for one in fields if one.key != "status"]
    if name in ("in", "picks"):
        trash = [("trash", tr("Deleted contacts"))] if name == "in" else []
        return [*trash, *((view, tr("View")) for view in known.views)]
    if name == "owner":
        return [("me", tr("Yours"))]
    return _of_kind(fields_by_name(known.custom).get(name))


def _of_kind(known: Field | None) -> Sequence[tuple[str, str]]:
    if known is None:
        return ()
    if known.kind in (FieldKind.DATE, FieldKind.MOMENT):
        return [(value, tr(words)) for value, words in _TIMES]
    if known.kind is FieldKind.BOOL:
        return [("yes", tr("Yes")), ("no", tr("No"))]
    return [(choice, "") for choice in known.choices]


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value or "," in value else value
