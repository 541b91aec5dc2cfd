"""The doors beside the credits: imports a month, contacts, seats and providers.

What a plan allows is read before a transaction begins, for that may ask the keyring; what is used
of it is counted within the very transaction that uses more, so that two processes cannot both have
the last place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.core.periods import Period
from app.core.plans import UNLIMITED, Limits
from app.models.contacts import Contact
from app.models.importing import ImportBatch
from app.models.journal import JournalHead, Operation
from app.models.store import Store
from app.models.visibility import alive
from app.services.credits.checks import provider_in_plan
from app.services.credits.denial import RETURNED, Code, Denial, Remedy
from app.services.credits.imports import comes_back, imports_in, undone_imports
from app.services.credits.returning import most_contacts, returned_by
from app.services.sample import SOURCE, sample_size


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
        require(denied(self.room(connection), needed, Code.CONTACTS))


@dataclass(frozen=True, slots=True)
class ImportDoor:
    """How many imports a month the plan allows, and which month it is."""

    limit: int
    month: Period

    def admit(self, connection: Connection, file_name: str, rows: int, taken: int = 0) -> None:
        """Let one more import begin; raises ImportLimit, and see `look`."""
        if self.limit != UNLIMITED:
            connection.execute(select(JournalHead.seq).with_for_update())
            self.look(connection, file_name, rows, taken)

    def look(
        self, connection: Connection, file_name: str, rows: int | None = None, taken: int = 0
    ) -> None:
        """Raise ImportLimit if no more import may begin; for a reading session too.

        file_name is that of its list, for rejected and parked rows come back for nothing, once;
        rows is None while nobody has counted them, taken are those that create or change somebody.
        """
        if self.limit == UNLIMITED or comes_back(connection, file_name, rows, taken):
            return
        require(self.denial(connection))

    def denial(self, connection: Connection) -> Denial | None:
        """Why one more list does not fit; None when it does."""
        room = Room(self.limit, len(imports_in(connection, self.month)))
        return denied(room, 1, Code.IMPORTS, self.month.end)


@dataclass(frozen=True, slots=True)
class ReturnDoor:
    """Who comes back from the trash, also by undo and redo; asked within that very transaction.

    What a plan that ended left over its limit may come back as often as it is deleted: as many as
    were there at some time are always let in, but nobody beside those who took their places.
    """

    contacts: ContactDoor
    imports: ImportDoor

    def foresee(self, connection: Connection, needed: int) -> None:
        """Raise ContactLimit if so many could not come back; for a reading session."""
        if self.contacts.limit == UNLIMITED or not needed:
            return
        room = self.contacts.room(connection)
        if room.used + needed > room.limit and room.used + needed > most_contacts(connection):
            require(_not_back(room, needed))

    def admit(self, connection: Connection, op: int) -> None:
        """Let in whom the open operation `op` has taken out of the trash.

        Raises ContactLimit, and ImportLimit for an import that was undone and replaced since.
        """
        spans = returned_by(connection, op)
        if not spans:
            return
        self._admit_imports(connection, spans)
        if self.contacts.limit == UNLIMITED:
            return
        connection.execute(select(JournalHead.seq).with_for_update())
        back = sum(hi - lo + 1 for lo, hi in spans)
        after = self.contacts.room(connection)
        if after.used > after.limit and after.used > most_contacts(connection):
            before = Room(after.limit, max(0, after.used - back))
            require(_not_back(before, back))

    def _admit_imports(self, connection: Connection, spans: Sequence[tuple[int, int]]) -> None:
        if self.imports.limit == UNLIMITED:
            return
        month = self.imports.month
        others = imports_in(connection, month)
        for undone in undone_imports(connection, month, spans):
            rest = [each for each in others if each.op != undone.op]
            since = any(each.moved is None or each.moved > (undone.moved or 0) for each in rest)
            if since:
                room = Room(self.imports.limit, len(rest))
                require(denied(room, 1, Code.IMPORTS, month.end))


class Doors:
    """Whether something more fits into the plan; each answers None when it does.

    month tells in an open session of which month imports count.
    """

    def __init__(
        self, store: Store, limits: Callable[[], Limits], month: Callable[[Connection], Period]
    ) -> None:
        self._store = store
        self._limits = limits
        self._month = month

    def for_contacts(self) -> ContactDoor:
        """The door of contacts as the plan has it now."""
        return ContactDoor(self._limits().contacts)

    def for_imports(self) -> ImportDoor:
        """The door of imports as the plan has it now."""
        with self._store.reading() as connection:
            return ImportDoor(self._limits().imports_month, self._month(connection))

    def for_returns(self) -> ReturnDoor:
        """The door of contacts that come out of the trash, as the plan has it now."""
        return ReturnDoor(self.for_contacts(), self.for_imports())

    def imports(self) -> Denial | None:
        """One more import this month."""
        door = self.for_imports()
        with self._store.reading() as connection:
            return door.denial(connection)

    def contacts(self, needed: int) -> Denial | None:
        """So many more contacts."""
        return denied(self.contact_room(), needed, Code.CONTACTS)

    def contact_room(self) -> Room:
        """How many contacts count, of how many; `fits` says how many more there is room for."""
        with self._store.reading() as connection:
            return contact_room(connection, self._limits())

    def seats(self, used: int, needed: int = 1) -> Denial | None:
        """So many more people beside the `used` ones."""
        return denied(Room(self._limits().seats, used), needed, Code.SEATS)

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


def _not_back(room: Room, needed: int) -> Denial:
    return Denial(Code.CONTACTS, room.limit, room.used, needed, Remedy.UPGRADE, subject=RETURNED)


def require(denial: Denial | None) -> None:
    """Raise what a denial says; nothing for None."""
    if denial is not None:
        raise denial.error()


def denied(room: Room, needed: int, code: Code, resets: datetime | None = None) -> Denial | None:
    """Why so many more do not fit; None when they do."""
    if room.fits(needed) == needed:
        return None
    return Denial(code, room.limit, room.used, needed, Remedy.UPGRADE, resets)
