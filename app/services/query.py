"""The query language of the search box, the command line and exports: its words as a tree.

    ada love            every word begins a word of some field (accents and case do not matter)
    "chief engineer"    these words together
    -fair               not
    company:acme        a word of that field begins so
    company="Acme Ltd"  the whole field; so does company:"Acme Ltd", except in title, notes and
                        address, where quotes mean these words together
    status:new,lost     any of several; status, country, owner, domain, e-mail addresses, choices
                        and tags are always compared whole
    score>60  created<2026-01-01  created:2026-01  last_contacted<30d (more than 30 days ago)
    has:email  no:phone  tag:prospect  job:7  import:3  id:1,2  owner:me  in:trash
    in:"Hot leads"      what a saved view finds, with those kept in it, without those hidden
    picks:"Hot leads"   only who is kept and who is hidden, laid over what stands before it
    budget>1000         a custom field, also written custom:budget

`parse` is pure: what exists in a workspace beyond its custom fields is asked later, in filters.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from app.core.errors import InvalidInput
from app.core.fields import BY_KEY, CUSTOM_PREFIX, Field, FieldKind
from app.core.text import fold, tr
from app.services.query_values import Moment, Period, joined_numbers, read_number, read_period
from app.services.search_text import is_in_text, words_of


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; a contact must meet all of them."""

    negated: bool


@dataclass(frozen=True, slots=True)
class Words(Term):
    """Words one after another in any field; whole is False when the last one may go on.

    Any of the choices will do: a number typed with a leading zero may be stored without it.
    """

    choices: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class FieldWords(Term):
    """Words one after another in one field; exact means that they are all of it."""

    key: str
    choices: tuple[str, ...]
    whole: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Listed(Term):
    """The field `key` (or tags, job, import, id, status, owner, email) is one of `choices`."""

    key: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amount(Term):
    """A number compared; op is one of < <= > >= =."""

    key: str
    op: str
    number: float


@dataclass(frozen=True, slots=True)
class When(Term):
    """A date or moment compared with a period of the calendar or an age."""

    key: str
    op: str
    period: Period


@dataclass(frozen=True, slots=True)
class Flag(Term):
    """A yes-or-no field."""

    key: str
    value: bool


@dataclass(frozen=True, slots=True)
class Given(Term):
    """The field has a value."""

    key: str


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: its terms, and whether among the deleted contacts.

    view is the saved view that a part of it names. laid is None for all the view finds, which the
    terms narrow; a number for its picks alone, which are laid over so many of the first terms.
    """

    terms: tuple[Term, ...] = ()
    trash: bool = False
    view: str = ""
    laid: int | None = None


PHRASED = frozenset({"title", "notes", "address"})
"""Fields in which quotes mean words together, not the whole field."""

EXACT = frozenset({"country", "owner", "domain", "seniority", "time_zone"})
"""Text fields whose value is a name: compared whole even without quotes."""

ALSO = {"name": "full_name", "tag": "tags", "linkedin": "linkedin_url", "zip": "postal_code"}
SPECIAL = ("has", "no", "in", "job", "import", "id", "picks")
_SCHEMES = frozenset({"http", "https", "ftp", "mailto", "tel", "sms", "callto", "skype"})
_NUMBERED = frozenset({"job", "import", "id"})

TERM = re.compile(
    r"""(?P<minus>-?)
    (?:
        (?P<field>(?:custom:)?[^\W\d]\w*)(?P<op><=|>=|[:=<>])(?P<value>(?:"[^"]*"?|[^\s"])*)
      | (?P<phrase>"[^"]*"?)
      | (?P<bare>\S+)
    )""",
    re.VERBOSE,
)
_SHORTEST_PHONE = 4
VALUE = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^",]+))')


def parse(text: str, custom: Sequence[Field] = ()) -> Query:
    """The tree of `text`; custom are the workspace's own fields.

    Raises InvalidInput, naming the word, for an unknown field or a value that it cannot have.
    """
    reader = _Reader(custom)
    terms: list[Term] = []
    trash, view, laid = False, "", None
    for match in TERM.finditer(joined_numbers(text)):
        for term in reader.read(match):
            if isinstance(term, _InTrash):
                trash = True
            elif isinstance(term, _OfView):
                if view:
                    _refuse_view()
                view, laid = term.name, len(terms) if term.laid else None
            else:
                terms.append(term)
    if trash and view:
        _refuse_view()
    return Query(tuple(terms), trash, view, laid)


@dataclass(frozen=True, slots=True)
class _InTrash(Term):
    """in:trash, which chooses the set that all terms filter."""


@dataclass(frozen=True, slots=True)
class _OfView(Term):
    """in:VIEW, or with laid picks:VIEW."""

    name: str
    laid: bool


@dataclass(frozen=True, slots=True)
class _Value:
    text: str
    quoted: bool


class _Reader:
    def __init__(self, custom: Sequence[Field]) -> None:
        self._fields = {**BY_KEY, **{field.key: field for field in custom}}
        for field in custom:
            self._fields.setdefault(field.key[len(CUSTOM_PREFIX) :], field)

    def read(self, match: re.Match[str]) -> Iterable[Term]:
        negated = match["minus"] == "-"
        if match["field"] is None:
            return _free(match["phrase"] or match["bare"], negated=negated)
        name, op, written = match["field"].casefold(), match["op"], match["value"]
        field = self._fields.get(ALSO.get(name, name))
        if field is None and name not in SPECIAL:
            if _is_free_text(name, op, written):
                return _free(match[0].removeprefix("-"), negated=negated)
            self._refuse_field(match["field"])
        values = _values(written)
        if not values:
            _refuse_blank(match["field"] + op)
        if field is None:
            return [self._special(name, op, values, negated=negated)]
        return [_term(field, op, values, negated=negated)]

    def _special(self, name: str, op: str, values: Sequence[_Value], *, negated: bool) -> Term:
        if op not in ":=":
            _refuse_comparison(name)
        if name in ("has", "no"):
            if len(values) > 1:
                _refuse(
                    tr("{name}: takes one field.", name=name),
                    tr("Write {name}: once for each field.", name=name),
                )
            return Given(negated != (name == "no"), self._named(values[0].text).key)
        if name in ("in", "picks"):
            return _among(name, values, negated=negated)
        for value in values:
            if not (value.text.isascii() and value.text.isdigit() and len(value.text) < 19):
                _refuse(
                    tr("{name}: takes numbers, not '{value}'.", name=name, value=value.text),
                    tr("For example {name}:7", name=name),
                )
        return Listed(negated, name, tuple(str(int(value.text)) for value in values))

    def _named(self, name: str) -> Field:
        folded = name.casefold()
        field = self._fields.get(ALSO.get(folded, folded))
        if field is None:
            self._refuse_field(name)
        return field

    def _refuse_field(self, name: str) -> NoReturn:
        known = [*self._fields, *ALSO, *SPECIAL]
        near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
        message = tr("There is no field '{name}'.", name=name)
        if near:
            message = tr("{problem} Did you mean '{near}'?", problem=message, near=near[0])
        _refuse(message, tr("To search for these words themselves, put them in double quotes."))


def _free(written: str, *, negated: bool) -> list[Term]:
    words = words_of(written)
    if not words:
        return []
    whole = written.startswith('"') and written.count('"') > 1
    return [Words(negated, (words,) if whole else _as_typed(words), whole=whole)]


def _as_typed(words: str) -> tuple[str, ...]:
    """A national number begins with a zero that its international form has not."""
    if len(words) > _SHORTEST_PHONE and words[1] == "0" and words[1:].isdigit():
        return words, f" {words[2:]}"
    return (words,)


def _is_free_text(name: str, op: str, written: str) -> bool:
    """Addresses, drive letters and a colon at a word's end are text, not questions."""
    return (
        name in _SCHEMES
        or len(name) == 1
        or written.startswith("//")
        or (op in ":=" and not words_of(written))
    )


def _values(written: str) -> list[_Value]:
    """The comma-separated values; a quoted one may hold commas, and may be empty."""
    found = []
    for match in VALUE.finditer(written):
        text = match["quoted"] if match["quoted"] is not None else match["plain"]
        found.append(_Value(text.strip(), match["quoted"] is not None))
    return found


def _term(field: Field, op: str, values: Sequence[_Value], *, negated: bool) -> Term:
    if len(values) == 1 and not values[0].text:
        return Given(not negated, field.key)
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        number = read_number(field.key, _only(field, values).text)
        return Amount(negated, field.key, "=" if op == ":" else op, number)
    if field.kind in (FieldKind.DATE, FieldKind.MOMENT):
        period = read_period(field.key, _only(field, values).text)
        return When(negated, field.key, "=" if op == ":" else op, period)
    if op not in ":=":
        _refuse_comparison(field.key)
    if field.kind is FieldKind.BOOL:
        return Flag(negated, field.key, _yes(field, _only(field, values).text))
    return _text_term(field, op, values, negated=negated)


def _text_term(field: Field, op: str, values: Sequence[_Value], *, negated: bool) -> Term:
    texts = tuple(value.text for value in values if value.text)
    if field.key in ("status", "tags") or (field.key == "owner" and "me" in texts):
        return Listed(negated, field.key, texts)
    if field.key == "email" and all(_is_address(text) for text in texts):
        return Listed(negated, field.key, tuple(text.lower() for text in texts))
    if not is_in_text(field.key):
        raise AssertionError(field.key)
    listed = field.key in EXACT or field.kind in (FieldKind.CHOICE, FieldKind.MULTI)
    quoted = all(value.quoted for value in values)
    phrased = field.key in PHRASED and op == ":"
    if not listed and not quoted and op == ":" and len(values) > 1:
        # company:smith,jones: people write a comma inside an unquoted value.
        texts = (" ".join(texts),)
    choices = tuple(filter(None, (words_of(text) for text in texts)))
    if not choices:
        _refuse(
            tr("'{value}' has no word to look for in {field}.", value=texts[0], field=field.key),
            tr("Write letters or digits after it."),
        )
    exact = (listed or op == "=" or quoted) and not phrased
    return FieldWords(negated, field.key, choices, whole=exact or quoted, exact=exact)


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at and "." in domain.strip("."))


def _only(field: Field, values: Sequence[_Value]) -> _Value:
    if len(values) > 1:
        _refuse(
            tr("{field} takes one value.", field=field.key),
            tr("Numbers are written without commas between thousands."),
        )
    return values[0]


def _yes(field: Field, text: str) -> bool:
    word = fold(text)
    if word in ("yes", "true", "1", "on"):
        return True
    if word not in ("no", "false", "0", "off"):
        _refuse(
            tr("{field} is yes or no, not '{value}'.", field=field.key, value=text),
            tr("Write {field}:yes or {field}:no.", field=field.key),
        )
    return False


def _among(name: str, values: Sequence[_Value], *, negated: bool) -> Term:
    """in:trash, in:VIEW and picks:VIEW."""
    if negated or len(values) > 1 or not values[0].text:
        _refuse_view()
    if name == "in" and values[0].text == "trash":
        return _InTrash(negated)
    return _OfView(negated, values[0].text, laid=name == "picks")


def _refuse_view() -> NoReturn:
    _refuse(
        tr("in: is followed by trash or by the name of one saved view."),
        tr('Write in:trash, or once and without a minus in:"Hot leads".'),
    )


def _refuse_comparison(name: str) -> NoReturn:
    _refuse(
        tr("{name} cannot be compared with < or >.", name=name),
        tr("Only numbers and dates can; use {name}: instead.", name=name),
    )


def _refuse_blank(written: str) -> NoReturn:
    _refuse(
        tr("There is nothing after '{written}'.", written=written),
        tr('Write a value, or "" for contacts that have none.'),
    )


def _refuse(message: str, hint: str) -> NoReturn:
    raise InvalidInput(message, hint)


__all__ = [
    "Amount",
    "FieldWords",
    "Flag",
    "Given",
    "Listed",
    "Moment",
    "Query",
    "Term",
    "When",
    "Words",
    "parse",
]
