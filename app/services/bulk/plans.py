"""The plan of a change of many contacts: whom it is about, what becomes of them, and its file."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import InvalidInput
from app.core.text import tr
from app.services.bulk.acts import Edit

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Block:
    """Why some contacts stay as they are; contacts are the first few of them."""

    reason: str
    count: int
    contacts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One value before and after, as an example of what will happen."""

    contact: int
    name: str
    key: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """What a change of many would do, and for exactly which state of which contacts.

    ids and versions go together; version 0 is a contact that is not there. Each contact counts
    once: changed, equal (it has the values already), blocked, or missing.
    """

    edits: tuple[Edit, ...]
    ids: array[int]
    versions: array[int]
    changed: int
    equal: int
    missing: int
    blocks: tuple[Block, ...] = ()
    samples: tuple[Sample, ...] = ()

    @property
    def blocked(self) -> int:
        """How many cannot get the change."""
        return sum(block.count for block in self.blocks)

    def as_json(self) -> dict[str, Any]:
        """The numbers, as scripts read them."""
        return {
            "changed": self.changed,
            "equal": self.equal,
            "blocked": self.blocked,
            "missing": self.missing,
            "blocks": [{"reason": one.reason, "count": one.count} for one in self.blocks],
        }


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What a change of many did; kept were changed by somebody else after the plan."""

    changed: int
    kept: int = 0


def write_plan(plan: BulkPlan, path: Path) -> str:
    """Write ids and versions to a file; its digest."""
    ids, versions = plan.ids.tobytes(), plan.versions.tobytes()
    head = json.dumps({"contacts": len(plan.ids)}).encode() + b"\n"
    path.write_bytes(head + ids + versions)
    return _digest(ids, versions)


def read_plan(path: Path, edits: Sequence[Edit], digest: str) -> BulkPlan:
    """The plan of a file; its counts are not kept. Raises InvalidInput when it was altered."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        count = int(json.loads(head)["contacts"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(str(error)) from error
    ids, versions = array("q"), array("q")
    half = count * ids.itemsize
    if len(body) != 2 * half or _digest(body[:half], body[half:]) != digest:
        raise _unusable("")
    ids.frombytes(body[:half])
    versions.frombytes(body[half:])
    return BulkPlan(tuple(edits), ids, versions, 0, 0, 0)


def edits_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Edit, ...]:
    """The edits in a job's payload."""
    return tuple(Edit.from_json(one) for one in stored)


def _digest(ids: bytes, versions: bytes) -> str:
    digest = hashlib.sha256(ids)
    digest.update(versions)
    return digest.hexdigest()


def _unusable(detail: str) -> InvalidInput:
    return InvalidInput(
        tr("The plan of this change cannot be read any more."),
        tr("Cancel it, then make the change again."),
        detail,
    )
