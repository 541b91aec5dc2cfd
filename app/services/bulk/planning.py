"""Plans a change of many contacts without making it."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from app.core.clock import from_us
from app.core.errors import Cancelled, InvalidInput
from app.core.fields import BY_KEY, CUSTOM_PREFIX, FIELDS, FieldKind
from app.core.identity import display_name
from app.core.text import tr
from app.models.contacts import Contact, Tag
from app.models.journalled import same, settled
from app.services.bulk.acts import Act, Edit
from app.services.bulk.edits import Prepared, prepare
from app.services.bulk.fates import NO_VERSION, Decider, Fates, versions_of
from app.services.bulk.plans import SAMPLES, Block, BulkPlan, Sample

_MOMENTS = frozenset(one.key for one in FIELDS if one.kind is FieldKind.MOMENT)
CHUNK = 5_000
SHOWN = 3
Progress = Callable[[int, int | None, str], None]


def silent(done: int, total: int | None, words: str) -> None:
    """For callers that show no progress."""


def make_plan(
    connection: Connection,
    edits: Sequence[Edit],
    ids: array[int],
    country: str,
    *,
    progress: Progress = silent,
    cancel: threading.Event | None = None,
) -> BulkPlan:
    """The plan of `edits` for the contacts `ids`; raises InvalidInput, Cancelled."""
    prepared = prepare(connection, edits, country)
    refuse_shared_addresses(prepared, ids)
    act, counted = edits[0].act, _Counted()
    decider = Decider(connection, prepared)
    versions = array("q")
    for start in range(0, len(ids), CHUNK):
        if cancel is not None and cancel.is_set():
            raise Cancelled(tr("Cancelled; nothing was changed."))
        progress(start, len(ids), "")
        chunk = ids[start : start + CHUNK]
        known = versions_of(connection, chunk, deleted=act is Act.RESTORE)
        versions.extend(known.get(contact, NO_VERSION) for contact in chunk)
        if act in (Act.DELETE, Act.RESTORE):
            counted.changed += len(known)
            counted.missing += len(chunk) - len(known)
        else:
            counted.add(connection, decider.decide(chunk), prepared.unknown)
    return counted.plan(edits, ids, versions)


def refuse_shared_addresses(prepared: Prepared, ids: Sequence[int]) -> None:
    """One address for many is a mistake in the whole edit, not in some of its contacts."""
    typed = prepared.typed
    shared = typed.fields.get("email") or any(
        key == "email" and value for (key, _label), value in typed.labelled.items()
    )
    if shared and len(ids) > 1:
        raise InvalidInput(
            tr("Many contacts cannot get the same e-mail address."),
            tr("Change the e-mail of one contact at a time."),
        )


class _Counted:
    """Adds chunks up."""

    def __init__(self) -> None:
        self.changed = self.equal = self.missing = 0
        self._blocked: dict[str, tuple[int, tuple[int, ...]]] = {}
        self._samples: list[Sample] = []

    def add(self, connection: Connection, fates: Fates, unknown: Sequence[str]) -> None:
        self.changed += len(fates.changes)
        self.equal += fates.equal
        self.missing += fates.missing
        for reason, contacts in fates.blocked.items():
            count, shown = self._blocked.get(reason, (0, ()))
            self._blocked[reason] = count + len(contacts), (*shown, *contacts)[:SHOWN]
        if len(self._samples) < SAMPLES:
            found = samples(connection, fates, unknown)
            self._samples += islice(found, SAMPLES - len(self._samples))

    def plan(self, edits: Sequence[Edit], ids: array[int], versions: array[int]) -> BulkPlan:
        blocks = tuple(Block(why, *rest) for why, rest in self._blocked.items())
        return BulkPlan(
            tuple(edits),
            ids,
            versions,
            self.changed,
            self.equal,
            self.missing,
            blocks,
            tuple(self._samples),
        )


def samples(connection: Connection, fates: Fates, unknown: Sequence[str]) -> Iterator[Sample]:
    """The first few changes of a chunk, in words; unknown are tags yet to be made."""
    shown = dict(list(fates.changes.items())[:SAMPLES])
    rows = select(Contact.id, Contact.first_name, Contact.last_name, Contact.full_name)
    names = {
        row.id: display_name(row.first_name, row.last_name, row.full_name)
        for row in connection.execute(rows.where(Contact.id.in_(list(shown))))
    }
    tags = _TagNames(connection)
    for contact, wanted in shown.items():
        held = fates.held[contact]
        for key, value in wanted.items():
            fresh = list(unknown) if key == "tags" else []
            if fresh or not same(settled(key, value), settled(key, held[key])):
                before, after = (tags.words(key, one) for one in (held[key], value))
                after = ", ".join(filter(None, [after, *fresh]))
                name = names.get(contact, "")
                yield Sample(contact, name, key, title_of(key), before, after)


def title_of(key: str) -> str:
    """A journalled field in the user's words."""
    plain = key.removeprefix("labelled:")
    known = BY_KEY.get(plain)
    return known.title if known else plain.removeprefix(CUSTOM_PREFIX)


class _TagNames:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names: Mapping[int, str] | None = None

    def words(self, key: str, value: Any) -> str:  # noqa: ANN401
        """A value as people read it."""
        if key in _MOMENTS and isinstance(value, int):
            return from_us(value).date().isoformat()
        if key != "tags":
            return _words(value)
        if self._names is None:
            rows = self._connection.execute(select(Tag.id, Tag.name))
            self._names = {row.id: row.name for row in rows}
        return ", ".join(self._names.get(tag, "") for tag in value or ())


def _words(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return ""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, list):
        return ", ".join(str(part[-1] if isinstance(part, list) else part) for part in value)
    return str(value)
