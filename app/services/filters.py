"""Turns a parsed query into conditions for the database: on contacts, and on the search text."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Float,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.sql.elements import ColumnElement

from app.core.clock import from_us
from app.core.errors import InvalidInput
from app.core.fields import CUSTOM_PREFIX
from app.core.text import fold, tr
from app.models.contacts import Contact, ContactKey, ContactTag, Tag
from app.models.importing import ImportBatch
from app.models.journal import Change, Operation, OpRange
from app.services.importing.countries import country_code
from app.services.query import Amount, FieldWords, Flag, Given, Listed, Query, Term, When, Words
from app.services.query_values import stretch
from app.services.search_text import words_of
from app.services.statuses import status_names
from app.services.tags import tag_key
from app.services.text_filters import (
    Group,
    World,
    document_table,
    group_of,
    is_one_word,
    selective,
    text_condition,
)

NAME_PARTS = ("first_name", "last_name", "full_name")


@dataclass(frozen=True, slots=True)
class Filter:
    """A query as conditions.

    contact are conditions on Contact, text on the document `doc` of a contact, to be joined.
    tokens is what a full-text index is asked, None without words: groups that must all match,
    each of alternatives, each of words that must all be there, as (word, may go on). covered is
    True when the tokens say everything that text says. words are the terms of text, for texts that
    are in memory. unindexed are the terms about text where
    there is none, in the trash: they are left to `matches_text`. keyed is True when an index of
    contacts answers part of it.
    """

    contact: tuple[ColumnElement[bool], ...] = ()
    text: tuple[ColumnElement[bool], ...] = ()
    tokens: tuple[tuple[tuple[tuple[str, bool], ...], ...], ...] = ()
    covered: bool = True
    trash: bool = False
    words: tuple[Words | FieldWords, ...] = ()
    unindexed: tuple[Words | FieldWords, ...] = ()
    keyed: bool = False

    @property
    def is_everything(self) -> bool:
        """True when every living contact is found."""
        return not (self.contact or self.text or self.trash)


def compile_query(query: Query, world: World) -> Filter:
    """The conditions of `query`.

    Raises InvalidInput for a status, job or import that does not exist.
    """
    contact: list[ColumnElement[bool]] = []
    text: list[ColumnElement[bool]] = []
    groups: list[Group] = []
    words: list[Words | FieldWords] = []
    unindexed: list[Words | FieldWords] = []
    covered = True
    doc = document_table(world)
    for term in query.terms:
        term = _resolved(term, world)
        if query.trash and isinstance(term, Words | FieldWords):
            unindexed.append(term)
        elif not isinstance(term, Words | FieldWords):
            contact.append(_signed(_condition(term, world), negated=term.negated))
        elif term.negated:
            contact.append(not_(_has_text(doc, text_condition(term, doc.c.text, world))))
        else:
            words.append(term)
            text.append(text_condition(term, doc.c.text, world))
            group = group_of(term)
            groups.append(group)
            covered = covered and isinstance(term, Words) and is_one_word(group)
    kept = selective(groups)
    return Filter(
        tuple(contact),
        tuple(text),
        kept,
        covered and kept == tuple(groups),
        query.trash,
        tuple(words),
        tuple(unindexed),
        any(isinstance(term, Listed) and term.key == "email" for term in query.terms),
    )


def custom_text(name: str, world: World) -> ColumnElement[str]:
    """The value of a custom field as text, NULL when it has none."""
    document = type_coerce(Contact.custom, Text)
    if world.is_sqlite:
        return func.json_extract(document, f'$."{name}"', type_=Text)
    return cast(document, JSON).op("->>")(name)


def custom_number(name: str, world: World) -> ColumnElement[float]:
    """The value of a custom field as a number, NULL when it is none."""
    if world.is_sqlite:
        return cast(custom_text(name, world), Float)
    written = custom_text(name, world)
    return case((written.op("~")(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"), cast(written, Float)))


def _resolved(term: Term, world: World) -> Term:
    """The owner `me` is a name like others, once it is known whose; France is also FR."""
    if isinstance(term, FieldWords) and term.key == "country":
        codes = (country_code(words[1:]) for words in term.choices)
        more = tuple(f" {code.lower()}" for code in codes if code)
        return dataclasses.replace(term, choices=tuple(dict.fromkeys((*term.choices, *more))))
    if not isinstance(term, Listed) or term.key != "owner":
        return term
    names = (world.me if fold(name) == "me" else name for name in term.choices)
    choices = tuple(filter(None, map(words_of, names)))
    return FieldWords(term.negated, "owner", choices, whole=True, exact=True)


def _signed(condition: ColumnElement[bool], *, negated: bool) -> ColumnElement[bool]:
    """Blank fields make a comparison unknown, and what is unknown is not so."""
    return not_(func.coalesce(condition, false())) if negated else condition


def _condition(term: Term, world: World) -> ColumnElement[bool]:
    match term:
        case Listed():
            listed: ColumnElement[bool] = _LISTED[term.key](term.choices, world)
            return listed
        case Given():
            return _given(term.key, world)
        case Amount():
            return _compared(_number(term.key, world), term.op, term.number)
        case When():
            return _when(term, world)
        case Flag():
            return _flag(term, world)
    raise AssertionError(term)


def _statuses(choices: Sequence[str], world: World) -> ColumnElement[bool]:
    names = status_names(world.connection)
    keys = dict.fromkeys(names.values())
    named = {fold(key): key for key in keys} | {fold(text): key for text, key in names.items()}
    wanted = []
    for choice in choices:
        if fold(choice) not in named:
            _refuse_status(choice, tuple(keys))
        wanted.append(named[fold(choice)])
    return Contact.status.in_(wanted)


def _refuse_status(choice: str, keys: Sequence[str]) -> None:
    near = difflib.get_close_matches(choice.casefold(), keys, n=1, cutoff=0.5)
    message = tr("There is no status '{name}'.", name=choice)
    if near:
        message = tr("{problem} Did you mean '{near}'?", problem=message, near=near[0])
    raise InvalidInput(message, tr("There are: {statuses}.", statuses=", ".join(keys)))


def _tags(choices: Sequence[str], world: World) -> ColumnElement[bool]:
    """A tag that nobody made is no error: -tag:eu holds in a workspace without it."""
    del world
    named = select(Tag.id).where(
        Tag.deleted_op.is_(None), Tag.name_key.in_([tag_key(choice) for choice in choices])
    )
    return Contact.id.in_(select(ContactTag.contact).where(ContactTag.tag.in_(named)))


def _ids(choices: Sequence[str], world: World) -> ColumnElement[bool]:
    del world
    return Contact.id.in_([int(choice) for choice in choices])


def _emails(choices: Sequence[str], world: World) -> ColumnElement[bool]:
    del world
    further = select(ContactKey.contact).where(ContactKey.email.in_(choices))
    return or_(Contact.email.in_(choices), Contact.id.in_(further))


def _jobs(choices: Sequence[str], world: World) -> ColumnElement[bool]:
    numbers = [int(choice) for choice in choices]
    operations = select(Operation.id).where(
        Operation.job_id.in_(numbers), Operation.state == "done"
    )
    return _touched_by(list(world.connection.execute(operations).scalars()))


def _imports(choices: Sequence[str], world: World) -> ColumnElement[bool]:
    numbers = [int(choice) for choice in choices]
    batches = select(ImportBatch.id, ImportBatch.op).where(ImportBatch.id.in_(numbers))
    found = {row.id: row.op for row in world.connection.execute(batches)}
    for number in numbers:
        if number not in found:
            raise InvalidInput(
                tr("There is no import {number}.", number=number),
                tr("The number of an import stands in its summary as batch."),
            )
    return _touched_by([op for op in found.values() if op is not None])


def _touched_by(operations: Sequence[int]) -> ColumnElement[bool]:
    """The contacts that operations made or changed."""
    made = select(OpRange.lo).where(
        OpRange.op.in_(operations),
        OpRange.tbl == "contact",
        OpRange.act == "create",
        Contact.id.between(OpRange.lo, OpRange.hi),
    )
    changed = select(Change.row).where(Change.op.in_(operations), Change.tbl == "contact")
    return or_(exists(made.correlate(Contact)), Contact.id.in_(changed))


_LISTED: Mapping[str, Any] = {
    "status": _statuses,
    "tags": _tags,
    "id": _ids,
    "email": _emails,
    "job": _jobs,
    "import": _imports,
}


def _given(key: str, world: World) -> ColumnElement[bool]:
    if key == "tags":
        carried = select(ContactTag.tag).join(Tag, Tag.id == ContactTag.tag)
        return exists(
            carried.where(ContactTag.contact == Contact.id, Tag.deleted_op.is_(None)).correlate(
                Contact
            )
        )
    if key.startswith(CUSTOM_PREFIX):
        return custom_text(key[len(CUSTOM_PREFIX) :], world).is_not(None)
    if key == "full_name":
        return or_(*(getattr(Contact, part).is_not(None) for part in NAME_PARTS))
    present: ColumnElement[bool] = getattr(Contact, key).is_not(None)
    return present


def _number(key: str, world: World) -> ColumnElement[Any]:
    if key.startswith(CUSTOM_PREFIX):
        return custom_number(key[len(CUSTOM_PREFIX) :], world)
    held: ColumnElement[Any] = getattr(Contact, key)
    return held


def _compared(value: ColumnElement[Any], op: str, number: float) -> ColumnElement[bool]:
    other = literal(number, Float)
    return {
        "<": value < other,
        "<=": value <= other,
        ">": value > other,
        ">=": value >= other,
        "=": value == other,
    }[op]


def _when(term: When, world: World) -> ColumnElement[bool]:
    moment = stretch(term.op, term.period, world.now)
    value: ColumnElement[Any]
    if term.key.startswith(CUSTOM_PREFIX):
        # Custom dates are kept as 2026-11-23, which compares as text.
        value = custom_text(term.key[len(CUSTOM_PREFIX) :], world)
        since, before = (
            None if us is None else from_us(us).date().isoformat()
            for us in (moment.since, moment.before)
        )
    else:
        value = getattr(Contact, term.key)
        since, before = moment.since, moment.before  # type: ignore[assignment]
    bounds = []
    if since is not None:
        bounds.append(value >= since)
    if before is not None:
        bounds.append(value < before)
    return and_(*bounds)


def _flag(term: Flag, world: World) -> ColumnElement[bool]:
    value = custom_text(term.key[len(CUSTOM_PREFIX) :], world)
    wanted: Any = int(term.value) if world.is_sqlite else str(term.value).lower()
    found: ColumnElement[bool] = value == literal(wanted)
    return found


def _has_text(doc: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:  # noqa: ANN401
    held = select(doc.c.contact).where(doc.c.contact == Contact.id, condition)
    return exists(held.correlate(Contact))
