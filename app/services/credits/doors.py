"""The doors beside the credits: imports a month, contacts, seats and providers."""

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
from app.models.journal import Operation
from app.models.store import Store
from app.models.visibility import alive
from app.services.credits.checks import provider_in_plan
from app.services.credits.denial import Code, Denial, Remedy
from app.services.credits.usage import Moment
from app.services.entries import UNDO, latest_of
from app.services.sample import SOURCE, sample_size

_REJECTS = re.compile(r".+-rejected-(\d+)\.csv")
"""How the file of rejected rows is called; the number is the import's job."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a limit is used; limit is -1 when there is none."""

    limit: int
    used: int

    def fits(self, needed: int) -> int:
        """How many of `needed` there is room for."""
        return needed if self.limit == UNLIMITED else min(needed, max(0, self.limit - self.used))


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
    there = select(func.count()).where(alive(connection))
    counted = int(connection.execute(there.select_from(Contact)).scalar_one())
    return Room(limits.contacts, counted - sample_size(connection))


def imports_in(connection: Connection, moment: Moment) -> int:
    """Imports of a month that count.

    Not those of the sample, nor what failed or was wholly undone, nor rejected rows that come back
    corrected: by the name that their file was given, and no more rows than had been rejected.
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
    named = _REJECTS.fullmatch(batch.file_name)
    if named is None:
        return False
    first = select(ImportBatch.counts).where(ImportBatch.job == int(named[1]))
    counts = connection.execute(first).scalar()
    return counts is not None and int(batch.counts["rows"]) <= int(counts["rejected"])


def _stands(connection: Connection, batch: Row[Any]) -> bool:
    last = latest_of(connection, batch.op)
    return last is None or last.kind != UNDO or last.rows < batch.rows


def _denied(room: Room, needed: int, code: Code, resets: datetime | None = None) -> Denial | None:
    if room.fits(needed) == needed:
        return None
    return Denial(code, room.limit, room.used, needed, Remedy.UPGRADE, resets)
