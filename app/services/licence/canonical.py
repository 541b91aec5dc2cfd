"""Canonical JSON, the one form in which anything signed is written, and its strict reader.

Sorted members, no spaces, ASCII with escapes, whole numbers only: a subset of RFC 8785 in which
one value has exactly one text. The reader takes nothing else, so that no two programs can read
one signed text differently (twice-named members, 1e400, true for 1).
"""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 16
LARGEST_WHOLE = 2**63 - 1


class NotCanonical(ValueError):
    """The bytes are not canonical JSON of one object; says what is wrong, for the details."""


def canonical(value: object) -> bytes:
    """The canonical bytes of JSON values made of texts, whole numbers, booleans and None."""
    written = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return written.encode("ascii")


def parse(payload: bytes) -> dict[str, Any]:
    """The object whose canonical form `payload` is; raises NotCanonical for anything else."""
    try:
        value = json.loads(
            payload.decode("ascii"),
            object_pairs_hook=_members,
            parse_int=_whole,
            parse_float=_refuse_float,
            parse_constant=_refuse_float,
        )
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise NotCanonical("not an object")
    _check_depth(value, DEEPEST)
    if canonical(value) != payload:
        raise NotCanonical("not in canonical form")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonical("a member is named twice")
    return members


def _whole(written: str) -> int:
    if len(written) > len(str(LARGEST_WHOLE)) + 1 or abs(int(written)) > LARGEST_WHOLE:
        raise NotCanonical("a number is too large")
    return int(written)


def _refuse_float(written: str) -> float:
    raise NotCanonical(f"not a whole number: {written[:20]}")


def _check_depth(value: object, left: int) -> None:
    if left == 0:
        raise NotCanonical("nested too deeply")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _check_depth(each, left - 1)
