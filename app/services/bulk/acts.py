"""The kinds of change that many contacts can get, in words of their own; imports no rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.core.fields import FieldKind

REPLACEABLE = (
    FieldKind.TEXT,
    FieldKind.LONG_TEXT,
    FieldKind.EMAIL,
    FieldKind.PHONE,
    FieldKind.URL,
)
"""The kinds of field in which text can be found and replaced."""


class Act(StrEnum):
    """The kinds of change."""

    SET = "set"
    CLEAR = "clear"
    REPLACE = "replace"
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change that each of many contacts gets.

    text is the new value, or what REPLACE looks for; by is what it puts there, whole says that
    only a field that is `text` and nothing else is meant. Upper and lower case are the same.
    """

    act: Act
    field: str = ""
    text: str = ""
    by: str = ""
    whole: bool = False
    tags: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the payload of a job keeps it."""
        return asdict(self) | {"tags": list(self.tags)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Edit:
        """What `as_json` wrote."""
        held = dict(stored) | {"act": Act(stored["act"]), "tags": tuple(stored["tags"])}
        return cls(**held)
