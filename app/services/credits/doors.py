"""The doors beside the credits: imports a month, contacts, seats and providers.

What a plan allows is read before a transaction begins, for that may ask the keyring; what is used
of it is counted within the very transaction that uses more, so that two processes cannot both have
the last place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from app.core.clock import to_us
from app.core.plans import UNLIMITED, Limits
from app.models.contacts import Contact
from app.models.importing import ImportBatch
from app.models.journal import JournalHead, Operation
from app.models.store import Store
from app.models.visibility import alive
from app.services.credits.checks import provider_in_plan
from app.services.credits.denial import Code, Denial, Remedy
from app.services.credits.usage import Moment
from app.services.entries import UNDO, latest_of
from app.services.sample import SOURCE, sample_size

_LEFT_OVER = re.compile(r".+-(rejected|parked)-(\d+)\.csv")
"""How a file of rejected or parked rows is called; the number is the import's job."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a limit is used; limit is -1 when there is none."""

    limit: int
    used: int

    def fits(self, needed: int) -> int:
        """How many of `needed` there is room for."""
        return needed if self.limit == UNLIMITED else min(needed, max(0, self.limit - self.used))


@dataclass(frozen=True, slots=True)
class ContactDoor:
    """How many contacts the plan holds, -1 for any number; asked within a writing transaction."""

    limit: int

    def room(self, connection: Connection) -> Room:
        """How much is used, places that imports under way have taken included."""
        if self.limit == UNLIMITED:
            return Room(UNLIMITED, 0)
        return Room(self.limit, counted_contacts(connection) + on_their_way(connection))

    def admit(self, connection: Connection, needed: int) -> None:
        """Let so many new contacts in; raises ContactLimit."""
        if self.limit == UNLIMITED or not needed:
            return
        # On PostgreSQL whoever asks next waits until these are there; SQLite has one writer.
        connection.execute(select(JournalHead.seq).with_for_update())
        _require(_denied(self.room(connection), needed, Code.CONTACTS))


@dataclass(frozen=True, slots=True)
class ImportDoor:
    """How many imports a month the plan allows, and which month it is."""

    limit: int
    moment: Moment

    def admit(self, connection: Connection, file_name: str, rows: int) -> None:
        """Let one more import begin; raises ImportLimit, and see `look`."""
        if self.limit != UNLIMITED:
            connection.execute(select(JournalHead.seq).with_for_update())
            self.look(connection, file_name, rows)

    def look(self, connection: Connection, file_name: str, rows: int | None = None) -> None:
        """Raise ImportLimit if no more import may begin; for a reading session too.

        file_name is that of its list, for rejected and parked rows come back for nothing; rows is
        None while nobody has counted them.
        """
        if self.limit == UNLIMITED or comes_back(connection, file_name, rows):
            return
        room = Room(self.limit, imports_in(connection, self.moment))
        _require(_denied(room, 1, Code.IMPORTS, self.moment.month.end))


class Doors:
    """Whether something more fits into the plan; each answers None when it does.

    moment tells the present month in an open session.
    """

    def __init__(
        self, store: Store, limits: Callable[[], Limits], moment: Callable[[Connection], Moment]
    ) -> None:
        self._store = store
        self._limits = limits
        self._moment = moment

    def for_contacts(self) -> ContactDoor:
        """The door of contacts as the plan has it now."""
        return ContactDoor(self._limits().contacts)

    def for_imports(self) -> ImportDoor:
        """The door of imports as the plan has it now."""
        with self._store.reading() as connection:
            return ImportDoor(self._limits().imports_month, self._moment(connection))

    def imports(self) -> Denial | None:
        """One more import this month."""
        with self._store.reading() as connection:
            moment = self._moment(connection)
            room = Room(self._limits().imports_month, imports_in(connection, moment))
        return _denied(room, 1, Code.IMPORTS, moment.month.end)

    def contacts(self, needed: int) -> Denial | None:
        """So many more contacts."""
        return _denied(self.contact_room(), needed, Code.CONTACTS)

    def contact_room(self) -> Room:
        """How many contacts count, of how many; `fits` says how many more there is room for."""
        with self._store.reading() as connection:
            return contact_room(connection, self._limits())

    def seats(self, used: int, needed: int = 1) -> Denial | None:
        """So many more people beside the `used` ones."""
        return _denied(Room(self._limits().seats, used), needed, Code.SEATS)

    def provider(self, name: str) -> Denial | None:
        """Whether the plan includes a provider."""
        return provider_in_plan(self._limits(), name)


def contact_room(connection: Connection, limits: Limits) -> Room:
    """How many contacts there are of how many; what came with the sample does not count."""
    return Room(limits.contacts, counted_contacts(connection))


def counted_contacts(connection: Connection) -> int:
    """How many contacts are seen and count; what came with the sample does not."""
    there = select(func.count()).where(alive(connection))
    counted = int(connection.execute(there.select_from(Contact)).scalar_one())
    return counted - sample_size(connection)


def on_their_way(connection: Connection) -> int:
    """How many contacts the imports under way make, of which nobody sees any yet."""
    wanted = (
        select(ImportBatch.counts, ImportBatch.options)
        .join(Operation, Operation.id == ImportBatch.op)
        .where(Operation.state == "open")
    )
    batches = connection.execute(wanted).all()
    return sum(int(b.counts["created"]) for b in batches if b.options.get("source") != SOURCE)


def imports_in(connection: Connection, moment: Moment) -> int:
    """Imports of a month that count.

    Not those of the sample, nor what failed or was wholly undone, nor rejected or parked rows that
    come back: by the name that their file was given, and no more rows than had been left over.
    """
    batches = _batches(connection, moment)
    return sum(not _is_free(connection, batch) and _stands(connection, batch) for batch in batches)


def _batches(connection: Connection, moment: Moment) -> Sequence[Row[Any]]:
    month = moment.month
    wanted: Select[Any] = (
        select(*ImportBatch.__table__.c, Operation.rows)
        .join(Operation, Operation.id == ImportBatch.op)
        .where(
            Operation.state != "rolled_back",
            ImportBatch.at_us >= to_us(month.start),
            ImportBatch.at_us < to_us(month.end),
        )
    )
    return connection.execute(wanted).all()


def _is_free(connection: Connection, batch: Row[Any]) -> bool:
    if batch.options.get("source") == SOURCE:
        return True
    return comes_back(connection, batch.file_name, int(batch.counts["rows"]))


def comes_back(connection: Connection, file_name: str, rows: int | None) -> bool:
    """Whether a list has the rows that an earlier import left over; rows is None if not counted."""
    named = _LEFT_OVER.fullmatch(file_name)
    if named is None:
        return False
    first = select(ImportBatch.counts).where(ImportBatch.job == int(named[2]))
    counts = connection.execute(first).scalar()
    return counts is not None and max(rows or 0, 1) <= int(counts.get(named[1], 0))


def _stands(connection: Connection, batch: Row[Any]) -> bool:
    last = latest_of(connection, batch.op)
    return last is None or last.kind != UNDO or last.rows < batch.rows


def _require(denial: Denial | None) -> None:
    if denial is not None:
        raise denial.error()


def _denied(room: Room, needed: int, code: Code, resets: datetime | None = None) -> Denial | None:
    if room.fits(needed) == needed:
        return None
    return Denial(code, room.limit, room.used, needed, Remedy.UPGRADE, resets)
