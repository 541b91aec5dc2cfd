"""A mapping as it is written to a file, stored, and read back with a sentence for each mistake."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.core.errors import InvalidInput, NotFound, StorageError
from app.core.text import tr
from app.services.exporting.mapping import (
    CLEAR,
    CREATE,
    FILL,
    INVALID,
    OVERWRITE,
    SKIP,
    FieldMapping,
    Rule,
)

_CHOICES = {
    "write": (OVERWRITE, FILL, CREATE),
    "blank": (SKIP, CLEAR),
    "unmapped": (INVALID, SKIP),
}
_TEXTS = ("to", "from", "constant", "fallback")


def mapping_from(connector: str, written: object) -> FieldMapping:
    """A mapping from its file: {"fields": [{"to", "from", ...}]}, or just {our field: theirs}.

    Raises InvalidInput naming the entry that cannot be read.
    """
    if not isinstance(written, dict):
        raise _unreadable(tr("it is not a JSON object"))
    entries = written.get("fields")
    if entries is None:
        pairs = {ours: theirs for ours, theirs in written.items() if ours != "connector"}
        entries = [{"from": ours, "to": theirs} for ours, theirs in pairs.items()]
    elif written.get("connector", connector) != connector:
        raise _unreadable(tr("it is for {name}", name=str(written["connector"])))
    if not isinstance(entries, list):
        raise _unreadable(tr("“fields” is not a list"))
    return FieldMapping(connector, tuple(_rule(entry) for entry in entries))


def read_mapping(connector: str, file: Path) -> FieldMapping:
    """The mapping in a JSON file; raises NotFound or InvalidInput with a sentence."""
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotFound(
            tr("The mapping file {file} cannot be read.", file=file), tr("Check its name.")
        ) from error
    except ValueError as error:
        raise InvalidInput(
            tr("The mapping file {file} is not JSON.", file=file),
            tr("Take the mapping that a dry run prints with --json as a pattern."),
            str(error),
        ) from error
    return mapping_from(connector, written)


def write_mapping(mapping: FieldMapping, file: Path) -> None:
    """Write a mapping as the verb's --mapping takes it; raises StorageError."""
    try:
        written = json.dumps(mapping.as_dict(), indent=2, ensure_ascii=False)
        file.write_text(f"{written}\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            tr("The file {file} cannot be written: {why}", file=file, why=error.strerror or ""),
            tr("Choose another folder, or free some space."),
        ) from error


def _rule(entry: object) -> Rule:
    if not isinstance(entry, dict):
        raise _unreadable(tr("{entry} is not an object", entry=str(entry)[:60]))
    unknown = entry.keys() - {*_TEXTS, *_CHOICES, "values", "or"}
    if unknown:
        raise _unreadable(tr("it has an unknown word “{word}”", word=str(min(unknown, key=str))))
    texts = {name: _checked_text(name, entry.get(name)) for name in _TEXTS}
    policies = {name: _checked_choice(name, entry.get(name)) for name in _CHOICES}
    if not texts["to"] or (texts["from"] is None) == (texts["constant"] is None):
        raise _unreadable(
            tr(
                "each entry needs “to”, and either “from” or “constant”: {entry}",
                entry=str(entry)[:80],
            )
        )
    return Rule(
        remote=texts["to"],
        source=texts["from"],
        constant=texts["constant"],
        fallback=texts["fallback"],
        values=_checked_values(texts["to"], entry.get("values")),
        also=_checked_further(texts, entry.get("or")),
        **policies,
    )


def _checked_values(remote: str, values: object) -> Mapping[str, str]:
    pairs = values or {}
    if isinstance(pairs, dict) and all(isinstance(each, str) for each in pairs.values()):
        return pairs
    raise _unreadable(tr("“values” of {name} is not a table of texts", name=remote))


def _checked_further(texts: Mapping[str, str | None], further: object) -> tuple[str, ...]:
    keys: Any = further or []
    if not isinstance(keys, list) or not all(isinstance(each, str) for each in keys):
        raise _unreadable(tr("“or” of {name} is not a list of fields", name=texts["to"]))
    if keys and texts["from"] is None:
        raise _unreadable(tr("“or” of {name} needs a “from” before it", name=texts["to"]))
    return tuple(keys)


def _checked_text(name: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _unreadable(tr("“{name}” must be text, not {value}", name=name, value=str(value)[:40]))


def _checked_choice(name: str, value: object) -> str:
    allowed = _CHOICES[name]
    if value is None:
        return allowed[0]
    if value in allowed:
        return str(value)
    raise _unreadable(
        tr("“{name}” must be one of {allowed}", name=name, allowed=", ".join(allowed))
    )


def _unreadable(why: str) -> InvalidInput:
    return InvalidInput(
        tr("The mapping cannot be read: {why}.", why=why),
        tr('Write it like {{"first_name": "firstname", "title": "jobtitle"}}.', why=why),
    )
