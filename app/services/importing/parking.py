"""Decides which new people of a list come in when the plan has no room for all of them.

The others are parked: their rows have an entry in the plan's table `fate` that names neither a
contact nor an earlier row, and the run writes them into a list of their own, see parked.py.
"""
# ruff: noqa: S608 - statements are put together from names of our own columns only

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from app.core.errors import InvalidInput
from app.core.fields import CUSTOM_PREFIX
from app.core.plans import UNLIMITED
from app.core.text import fold, grouped, tr
from app.services.importing.staging import Layout

PARKED = "contact IS NULL AND first IS NULL"
"""The condition for entries of `fate`, and of no other table, that are of parked rows."""
REASON = "no room"
_SIGNS = "=~"


@dataclass(frozen=True, slots=True)
class Parking:
    """What the user wants of a list that does not fit.

    allowed says that those who do not fit may be parked. Who comes first is decided by the field
    `sort`, blanks last, without one by the order of the list. only has conditions such as
    country=FR (equal) and title~sales (holds), of which each must be met by who is to come in;
    case and accents do not matter.
    """

    allowed: bool = False
    sort: str = ""
    descending: bool = False
    only: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The wish that `asdict` wrote."""
        return cls(**{**stored, "only": tuple(stored.get("only") or ())})

    def later(self) -> dict[str, Any]:
        """The wish for those who were parked, in JSON: now whoever was left out comes too."""
        return {**asdict(self), "allowed": True, "only": ()}


@dataclass(frozen=True, slots=True)
class Wall:
    """A list that does not fit: the plan holds `limit` contacts and `used` places are taken.

    newcomers are the new people of the list, fit those of them that come in.
    """

    limit: int
    used: int
    newcomers: int
    fit: int

    @property
    def room(self) -> int:
        """How many places are free."""
        return max(0, self.limit - self.used)

    @property
    def message(self) -> str:
        """The sentence about it."""
        limit, newcomers = grouped(self.limit), grouped(self.newcomers)
        if self.fit < self.room:
            return tr(
                "{fit} of {newcomers} are chosen, and {room} would fit: "
                "your plan holds {limit} contacts.",
                fit=grouped(self.fit), newcomers=newcomers, room=grouped(self.room), limit=limit,
            )  # fmt: skip
        return tr(
            "{room} of {needed} fit: your plan holds {limit} contacts.",
            room=grouped(self.fit), needed=newcomers, limit=limit,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """The wall in the command line's JSON."""
        told = {"fit": self.fit, "of": self.newcomers, "limit": self.limit, "used": self.used}
        return {**told, "message": self.message}


def park(
    db: sqlite3.Connection, layout: Layout, parking: Parking, places: tuple[int, int]
) -> Wall | None:
    """Park the new people of a matched plan for whom there is no room; None if there is for all.

    places are the plan's limit, UNLIMITED for none, and how much of it is used.
    """
    limit, used = places
    newcomers = _count(db, "SELECT count(*) FROM row WHERE n NOT IN (SELECT n FROM fate)")
    room = max(0, limit - used)
    if limit == UNLIMITED or newcomers <= room:
        return None
    db.create_function("folded", 1, _folded, deterministic=True)
    db.create_function("meets", 3, _meets, deterministic=True)
    fit = _choose(db, layout, parking, room)
    db.execute(
        "CREATE TEMP TABLE left_out AS SELECT n FROM row "
        "WHERE n NOT IN (SELECT n FROM fate) AND n NOT IN (SELECT n FROM chosen)"
    )
    db.execute("INSERT INTO left_out SELECT n FROM fate WHERE first IN (SELECT n FROM left_out)")
    db.execute("DELETE FROM fate WHERE n IN (SELECT n FROM left_out)")
    db.execute("INSERT INTO fate SELECT n, NULL, NULL, ? FROM left_out", (REASON,))
    db.execute("DROP TABLE temp.left_out")
    db.execute("DROP TABLE temp.chosen")
    return Wall(limit, used, newcomers, fit)


def check(parking: Parking, fields: Collection[str]) -> None:
    """Raise InvalidInput for a field that the list does not give, or a condition without sign."""
    wanted = [condition(each)[0] for each in parking.only]
    for field in [*wanted, *([parking.sort] if parking.sort else [])]:
        if field not in fields:
            raise InvalidInput(
                tr("No column of the list goes into {field}.", field=field),
                tr("Choose by one of these: {fields}.", fields=", ".join(sorted(fields))),
            )


def condition(written: str) -> tuple[str, str, str]:
    """Field, sign and text of a condition; raises InvalidInput without a sign."""
    at = min((written.find(sign) for sign in _SIGNS if sign in written), default=-1)
    if at < 1:
        raise InvalidInput(
            tr("This is no condition: {written}", written=written),
            tr("Write field=text for equal values or field~text for values that hold the text."),
        )
    return written[:at].strip(), written[at], written[at + 1 :].strip()


def _choose(db: sqlite3.Connection, layout: Layout, parking: Parking, room: int) -> int:
    """Put the first rows of those who come in into the table `chosen`; how many they are."""
    filled: list[Any] = []
    wanted = ["r.n NOT IN (SELECT n FROM fate)"]
    for each in parking.only:
        field, sign, text = condition(each)
        wanted.append(f"meets({_value(layout, field)}, ?, ?)")
        filled += [sign, fold(text)]
    order = ["r.n"]
    if parking.sort:
        value = _value(layout, parking.sort)
        way = "DESC" if parking.descending else "ASC"
        order = [f"{value} IS NULL", f"folded({value}) {way}", "r.n"]
    db.execute("DROP TABLE IF EXISTS temp.chosen")
    db.execute("CREATE TEMP TABLE chosen (n INTEGER PRIMARY KEY)")
    db.execute(
        "INSERT INTO chosen SELECT r.n FROM row r LEFT JOIN merged m ON m.n = r.n "
        f"WHERE {' AND '.join(wanted)} ORDER BY {', '.join(order)} LIMIT ?",
        (*filled, room),
    )
    return _count(db, "SELECT count(*) FROM chosen")


def _value(layout: Layout, field: str) -> str:
    """The SQL of what a person has in a field, whose rows may have been merged."""
    if field in layout.natives or field == "tags":
        return _of_person(field)
    if field.startswith(CUSTOM_PREFIX):
        name = _quoted(field.removeprefix(CUSTOM_PREFIX))
        return f"json_extract({_of_person('custom')}, '$.{name}')"
    key, _, label = field.partition(".")
    entries = f"json_each({_of_person('labelled')}, '$.{key}') j"
    mine = f"json_extract(j.value, '$[0]') = json_extract('{_quoted(label)}', '$')"
    return f"(SELECT json_extract(j.value, '$[1]') FROM {entries} WHERE {mine} LIMIT 1)"


def _quoted(name: str) -> str:
    """A name as JSON within a text of SQL."""
    return json.dumps(name, ensure_ascii=False).replace("'", "''")


def _of_person(column: str) -> str:
    return f"CASE WHEN m.n IS NULL THEN r.{column} ELSE m.{column} END"


def _folded(value: Any) -> Any:  # noqa: ANN401
    """What values are sorted by: numbers by their size, texts without case and accents."""
    return fold(value) if isinstance(value, str) else value


def _meets(value: object, sign: str, wanted: str) -> bool:
    texts = [fold(text) for text in _texts(value)]
    if sign == "=":
        return wanted in texts or (not wanted and not texts)
    return any(wanted in text for text in texts)


def _texts(value: object) -> Sequence[str]:
    """The single texts in a value: a list of several, such as of tags, is kept as JSON."""
    if value is None:
        return ()
    if isinstance(value, str) and value.startswith("["):
        try:
            opened = json.loads(value)
        except ValueError:
            return (value,)
        return [str(each) for each in opened] if isinstance(opened, list) else (value,)
    return (str(value),)


def _count(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])
