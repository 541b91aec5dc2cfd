"""A query cut into its parts, each with its place, and the filters that people build of them.

A `Part` is one word, phrase or condition as it was typed. A `Rule` is what a filter builder shows:
a field, a relation and values. `rule_of` and `written` turn one into the other, so that the line
and the builder are two views of the same text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.fields import BY_KEY, CUSTOM_PREFIX, Field, FieldKind
from app.core.text import marked
from app.services.query import ALSO, EXACT, PHRASED, SPECIAL, TERM, VALUE


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a query; field is empty for free words, values are without their quotes."""

    text: str
    start: int
    end: int
    negated: bool = False
    field: str = ""
    op: str = ""
    values: tuple[str, ...] = ()
    quoted: bool = False


class Relation(StrEnum):
    """How a rule compares; the words are those of the builder."""

    IS = marked("is")
    IS_NOT = marked("is not")
    HAS_WORD = marked("contains")
    HAS_NO_WORD = marked("does not contain")
    GIVEN = marked("has a value")
    BLANK = marked("is empty")
    MORE = marked("is more than")
    AT_LEAST = marked("is at least")
    LESS = marked("is less than")
    AT_MOST = marked("is at most")
    AFTER = marked("is after")
    SINCE = marked("is on or after")
    BEFORE = marked("is before")
    UNTIL = marked("is on or before")


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition as the builder shows it."""

    field: str
    relation: Relation
    values: tuple[str, ...] = ()


_COMPARED = {
    Relation.MORE: ">",
    Relation.AT_LEAST: ">=",
    Relation.LESS: "<",
    Relation.AT_MOST: "<=",
    Relation.AFTER: ">",
    Relation.SINCE: ">=",
    Relation.BEFORE: "<",
    Relation.UNTIL: "<=",
}
_WORDED = (Relation.HAS_WORD, Relation.HAS_NO_WORD)
_NEGATED = (Relation.IS_NOT, Relation.HAS_NO_WORD)
_GIVEN = (Relation.GIVEN, Relation.BLANK)
_NUMBERS = (Relation.IS, Relation.MORE, Relation.AT_LEAST, Relation.LESS, Relation.AT_MOST)
_TIMES = (Relation.IS, Relation.AFTER, Relation.SINCE, Relation.BEFORE, Relation.UNTIL)
_WHOLE = (Relation.IS, Relation.IS_NOT)
_WORDY = (
    FieldKind.TEXT,
    FieldKind.LONG_TEXT,
    FieldKind.URL,
    FieldKind.EMAIL,
    FieldKind.PHONE,
)
_SHORT = {key: name for name, key in ALSO.items()}
_PLAIN_VALUE = re.compile(r'[^\s",]+')


def parts(text: str) -> list[Part]:
    """Every part of `text`, in order."""
    found = []
    for match in TERM.finditer(text):
        name, op, written = match["field"], match["op"] or "", match["value"] or ""
        field = "" if name is None else ALSO.get(name.casefold(), name.casefold())
        one_by_one = [(one["quoted"], one["plain"]) for one in VALUE.finditer(written)]
        values = tuple((plain if held is None else held).strip() for held, plain in one_by_one)
        quoted = bool(values) and all(held is not None for held, _plain in one_by_one)
        start, end = match.span()
        negated = match["minus"] == "-"
        found.append(Part(match[0], start, end, negated, field, op, values, quoted))
    return found


def without(text: str, part: Part) -> str:
    """`text` less one of its parts, with single spaces where it stood."""
    return f"{text[: part.start].rstrip()} {text[part.end :].lstrip()}".strip()


def replaced(text: str, part: Part, by: str) -> str:
    """`text` with `by` in the place of one of its parts."""
    return f"{text[: part.start]}{by}{text[part.end :]}"


def joined(*texts: str) -> str:
    """Queries that must all hold, as one."""
    return " ".join(tidy for text in texts if (tidy := text.strip()))


def relations(field: Field) -> tuple[Relation, ...]:
    """The relations that a builder offers for a field."""
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return (*_NUMBERS, *_GIVEN)
    if field.kind in (FieldKind.DATE, FieldKind.MOMENT):
        return (*_TIMES, *_GIVEN)
    if field.kind is FieldKind.BOOL:
        return (Relation.IS, *_GIVEN)
    if field.key in EXACT or field.kind in (FieldKind.CHOICE, FieldKind.MULTI, FieldKind.TAGS):
        return _WHOLE if field.key == "status" else (*_WHOLE, *_GIVEN)
    if field.key in PHRASED:
        return (*_WORDED, *_GIVEN)
    return (*_WORDED, *_WHOLE, *_GIVEN)


def takes_values(relation: Relation) -> bool:
    """False where the relation says it all."""
    return relation not in _GIVEN


def written(rule: Rule) -> str:
    """The rule in the query language; empty while a value is missing."""
    name = _SHORT.get(rule.field, rule.field)
    if rule.relation is Relation.GIVEN:
        return f"has:{name}"
    if rule.relation is Relation.BLANK:
        return f"no:{name}"
    values = [value.strip().replace('"', "") for value in rule.values if value.strip()]
    if not values:
        return ""
    minus = "-" if rule.relation in _NEGATED else ""
    op = _COMPARED.get(rule.relation, ":")
    if rule.relation in _WHOLE and not _is_listed(rule.field):
        # After a colon, a word of the field would do.
        op = "="
    if rule.relation in _WORDED and rule.field not in PHRASED:
        # Quotes would mean the whole field; words with commas are words one after another.
        return f"{minus}{name}:{','.join(' '.join(values).replace(',', ' ').split())}"
    quote = rule.relation in _WORDED and len(values) > 1
    return f"{minus}{name}{op}{','.join(_value(value, quote=quote) for value in values)}"


def _is_listed(key: str) -> bool:
    """True for fields whose values are compared whole after a colon too."""
    known = BY_KEY.get(key)
    # To a user's own field, whatever its kind, the sign for whole values does no harm.
    return known is not None and (key in EXACT or known.kind not in _WORDY)


def rule_of(part: Part, fields: Mapping[str, Field]) -> Rule | None:
    """The part as a rule; None for free words and for what no builder shows.

    fields are the catalogue and the user's own, by key and by bare name.
    """
    if part.field in ("has", "no") and part.op in (":", "="):
        named = fields.get(ALSO.get(part.values[0].casefold(), part.values[0].casefold()))
        if named is None or len(part.values) != 1:
            return None
        present = (part.field == "has") != part.negated
        return Rule(named.key, Relation.GIVEN if present else Relation.BLANK)
    field = fields.get(part.field)
    if field is None or part.field in SPECIAL or not part.values:
        return None
    if part.values == ("",):
        return Rule(field.key, Relation.GIVEN if part.negated else Relation.BLANK)
    return _compared(part, field)


def fields_by_name(custom: Sequence[Field]) -> dict[str, Field]:
    """Every field by its key, and the user's own by their bare names too."""
    known = {**BY_KEY, **{field.key: field for field in custom}}
    for field in custom:
        known.setdefault(field.key[len(CUSTOM_PREFIX) :], field)
    return known


def _compared(part: Part, field: Field) -> Rule | None:
    offered = relations(field)
    if part.op not in (":", "="):
        found = next((r for r in offered if _COMPARED.get(r) == part.op), None)
        return None if found is None or part.negated else Rule(field.key, found, part.values)
    if Relation.IS_NOT not in offered and Relation.HAS_WORD not in offered:
        return None if part.negated else Rule(field.key, Relation.IS, part.values)
    if Relation.HAS_WORD not in offered:
        return _listed(part, field)
    if field.key in PHRASED:
        # One quoted word must be whole, which no relation says.
        clear = part.op == ":" and (not part.quoted or not _PLAIN_VALUE.fullmatch(part.values[0]))
        return _worded(part, field, part.values) if clear or len(part.values) > 1 else None
    addresses = field.key == "email" and all("@" in value for value in part.values)
    if part.op == "=" or part.quoted or addresses:
        return _listed(part, field)
    # company:smith,jones: people write a comma inside an unquoted value.
    return _worded(part, field, (" ".join(part.values),))


def _listed(part: Part, field: Field) -> Rule:
    return Rule(field.key, Relation.IS_NOT if part.negated else Relation.IS, part.values)


def _worded(part: Part, field: Field, values: tuple[str, ...]) -> Rule:
    relation = Relation.HAS_NO_WORD if part.negated else Relation.HAS_WORD
    return Rule(field.key, relation, values)


def _value(value: str, *, quote: bool = False) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) and not quote else f'"{value}"'
