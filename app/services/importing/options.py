"""What the user decides about an import, as one value that a job can store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from app.core.errors import InvalidInput
from app.core.text import fold, tr
from app.services.importing.fixes import Fixes
from app.services.importing.merging import OnDuplicate, PerField
from app.services.importing.parking import Parking
from app.services.importing.shape import ReadOptions


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a list, what its columns mean, and what becomes of people already there.

    mapping puts columns, by the names in FileShape.names, into fields by their keys; an empty key
    ignores the column, a column that is not named keeps its guess. date_orders says for a column
    whether dates are dmy, mdy or ymd. tags are given to everybody in the list. default_country
    has two letters. source is written into created contacts that have none. decimals says for a
    column which sign is its decimal mark. fixes is what is put right on the way in. by_field holds
    other rules for single fields than on_duplicate: fill or update. parking says what becomes of
    new people for whom the plan has no room.
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    mapping: Mapping[str, str] = field(default_factory=dict)
    date_orders: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    on_duplicate: str = OnDuplicate.FILL.value
    default_country: str = ""
    source: str = ""
    decimals: Mapping[str, str] = field(default_factory=dict)
    fixes: Fixes = field(default_factory=Fixes)
    by_field: Mapping[str, str] = field(default_factory=dict)
    parking: Parking = field(default_factory=Parking)

    @property
    def rule(self) -> OnDuplicate | PerField:
        """The rule for people already there, with those of single fields."""
        base = self.policy
        if not self.by_field or base not in (OnDuplicate.FILL, OnDuplicate.UPDATE):
            return base
        return PerField(base, {key: _rule(rule) for key, rule in self.by_field.items()})

    @property
    def policy(self) -> OnDuplicate:
        """The rule for people already there; raises InvalidInput for an unknown one."""
        return _rule(self.on_duplicate)

    @property
    def tag_names(self) -> tuple[str, ...]:
        """The tags without blanks and repetitions."""
        names: dict[str, str] = {}
        for tag in self.tags:
            name = " ".join(tag.split())
            names.setdefault(fold(name), name)
        return tuple(filter(None, names.values()))

    def as_dict(self) -> dict[str, Any]:
        """These options in JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The options that `as_dict` wrote."""
        read = ReadOptions(**stored["read"])
        known = {
            "read": read,
            "tags": tuple(stored["tags"]),
            "fixes": Fixes.from_dict(stored.get("fixes") or {}),
            "parking": Parking.from_dict(stored.get("parking") or {}),
        }
        return cls(**{**stored, **known})


def _rule(written: str) -> OnDuplicate:
    try:
        return OnDuplicate(written)
    except ValueError as error:
        raise InvalidInput(
            tr("There is no rule for duplicates called {rule}.", rule=written),
            tr("Choose one of fill, update, skip and create."),
        ) from error
