"""What a row of a list does to a person who is already known: the rules of fill and update.

A person here is a mapping of field to value without blanks: contact columns, custom:<name>,
labelled:<field> as a list of [label, value], and tags as a list of names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from app.core.identity import company_key, display_name, key64, name_key
from app.core.text import fold

Person = dict[str, Any]

NAMES = ("first_name", "last_name", "full_name")


class OnDuplicate(StrEnum):
    """What happens to a person who is already there."""

    FILL = "fill"
    UPDATE = "update"
    SKIP = "skip"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class PerField:
    """A rule with others for single fields; those of the name and of tags go by the base."""

    base: OnDuplicate
    fields: Mapping[str, OnDuplicate]


def person(columns: Iterable[str], values: Iterable[Any]) -> Person:
    """A person from table columns, JSON columns opened and blanks left out."""
    known = {c: v for c, v in zip(columns, values, strict=True) if v is not None}
    for gathered in ("custom", "labelled"):
        if gathered in known:
            opened = json.loads(known.pop(gathered))
            known |= {f"{gathered}:{name}": value for name, value in opened.items()}
    if "tags" in known:
        known["tags"] = json.loads(known["tags"])
    return known


def columns_of(known: Person) -> dict[str, Any]:
    """The opposite of `person`: custom and labelled fields gathered in one column each."""
    columns: dict[str, Any] = {"custom": {}, "labelled": {}}
    for field, value in known.items():
        kind, colon, name = field.partition(":")
        if colon:
            columns[kind][name] = value
        else:
            columns[field] = value
    return columns


def merged(known: Person, given: Person, policy: OnDuplicate | PerField) -> Person:
    """`known` after a row said `given`; a new mapping, `known` stays as it is."""
    if isinstance(policy, PerField):
        for rule in OnDuplicate:
            part = {f: v for f, v in given.items() if policy.fields.get(f, policy.base) is rule}
            known = merged(known, part, rule) if part else known
        return known
    result = dict(known)
    if policy is OnDuplicate.SKIP:
        return result
    _names(result, given, policy)
    _email(result, given.get("email"), policy)
    for field, value in given.items():
        if field in NAMES or field == "email":
            continue
        if field == "tags":
            _union(result, value)
        elif field.startswith("labelled:"):
            _further(result, field, value, policy)
        elif policy is OnDuplicate.UPDATE or field not in known:
            result[field] = value
    return result


def _names(result: Person, given: Person, policy: OnDuplicate) -> None:
    """A name is one thing in three fields: what is displayed must follow what was given."""
    shown = display_name(*(result.get(field) for field in NAMES))
    for field in ("first_name", "last_name"):
        if field in given and (policy is OnDuplicate.UPDATE or field not in result):
            result[field] = given[field]
    if policy is OnDuplicate.UPDATE:
        _displayed(result, given)
    elif "full_name" in given and not shown and not _has_parts(result):
        result["full_name"] = given["full_name"]


def _displayed(result: Person, given: Person) -> None:
    parts = name_key(result.get("first_name"), result.get("last_name"), None)
    if "full_name" in given:
        same = name_key(None, None, given["full_name"]) == parts
        if not same or "full_name" in result:
            result["full_name"] = given["full_name"]
    elif _has_parts(given) and name_key(None, None, result.get("full_name")) not in ("", parts):
        # A typed full name hides first and last name, so the new ones would never be seen.
        del result["full_name"]


def _has_parts(known: Person) -> bool:
    return "first_name" in known or "last_name" in known


def _email(result: Person, email: str | None, policy: OnDuplicate) -> None:
    """An address is never lost: the one that cannot be the first becomes a further one."""
    if email is None or email in emails(result):
        return
    first = result.get("email")
    if first is None:
        result["email"] = email
    elif policy is OnDuplicate.UPDATE:
        result["email"] = email
        _append(result, "labelled:email", "previous", first)
    else:
        _append(result, "labelled:email", "other", email)


def _further(result: Person, field: str, pairs: list[list[str]], policy: OnDuplicate) -> None:
    base = field.partition(":")[2]
    for label, value in pairs:
        known = {v for _, v in result.get(field, ())} | {result.get(base)}
        if value in known:
            continue
        named = any(there == label for there, _ in result.get(field, ()))
        if named and policy is OnDuplicate.UPDATE and base != "email" and not label.isdigit():
            result[field] = [[there, value if there == label else v] for there, v in result[field]]
        else:
            _append(result, field, label, value)


def _append(result: Person, field: str, label: str, value: str) -> None:
    pairs = result.get(field, [])
    taken = {there for there, _ in pairs}
    free, number = label, 2
    while free in taken:
        free, number = (f"{label} {number}" if not label.isdigit() else str(number)), number + 1
    result[field] = [*pairs, [free, value]]


def _union(result: Person, names: list[str]) -> None:
    there = result.get("tags", [])
    folded = {fold(name) for name in there}
    new = [name for name in names if fold(name) not in folded]
    if new:
        result["tags"] = [*there, *new]


def emails(known: Mapping[str, Any]) -> set[str]:
    """Every address by which a person is recognised."""
    further = {value for _, value in known.get("labelled:email", ())}
    return further | {known["email"]} if "email" in known else further


def phones(known: Mapping[str, Any]) -> set[str]:
    """Every number by which a person is recognised together with the name."""
    return {known[field] for field in ("phone", "mobile") if field in known}


def name_of(known: Mapping[str, Any]) -> str:
    """The folded name, empty when there is none."""
    return name_key(known.get("first_name"), known.get("last_name"), known.get("full_name"))


def keys(known: Mapping[str, Any]) -> set[int]:
    """The keys of name with phone and name with company, as core.identity derives them."""
    numbers, company = split_keys(known)
    return {*numbers, company} if company is not None else set(numbers)


def split_keys(known: Mapping[str, Any]) -> tuple[tuple[int, ...], int | None]:
    """The keys of name with each phone, and that of name with company."""
    return _keys_of(name_of(known), tuple(sorted(phones(known))), known.get("company"))


@lru_cache(maxsize=1_024)
def _keys_of(
    name: str, numbers: tuple[str, ...], company: str | None
) -> tuple[tuple[int, ...], int | None]:
    # Resolving one row asks for the same keys several times.
    if not name:
        return (), None
    firm = company_key(company)
    return tuple(key64(name, number) for number in numbers), key64(name, firm) if firm else None


class Level(StrEnum):
    """On which ground two records are the same person, the strongest first."""

    EMAIL = "e-mail"
    PHONE = "phone and name"
    COMPANY = "name and company"


def level(one: Mapping[str, Any], other: Mapping[str, Any]) -> Level | None:
    """The ground on which both are the same person; None when they are two.

    A lower ground counts only if no higher one contradicts: two people behind one switchboard
    have different addresses and stay two people.
    """
    addresses, others = emails(one), emails(other)
    if addresses & others:
        return Level.EMAIL
    name = name_of(one)
    if not name or name != name_of(other) or (addresses and others):
        return None
    numbers, their = phones(one), phones(other)
    if numbers & their:
        return Level.PHONE
    if numbers and their:
        return None
    company = company_key(one.get("company"))
    return Level.COMPANY if company and company == company_key(other.get("company")) else None


def difference(before: Person, after: Person) -> tuple[str, Person, Person]:
    """The journal's mask and images of what changed; a field that was or became blank is None."""
    changed = sorted(f for f in before.keys() | after.keys() if before.get(f) != after.get(f))
    return (
        ",".join(changed),
        {field: before.get(field) for field in changed},
        {field: after.get(field) for field in changed},
    )
