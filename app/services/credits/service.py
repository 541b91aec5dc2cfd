"""The credits of a workspace: granted each month, held before each call, accounted for exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.core.changes import CreditsChanged
from app.core.clock import Clock, from_us
from app.core.errors import InvalidInput
from app.core.events import Bus
from app.core.limits import Entitlement, SpendCaps
from app.core.periods import Months, Period, Zone
from app.core.settings import CAP_DAY, CAP_MONTH, CAP_PROVIDERS, CAP_RUN, TIME_ZONE
from app.core.text import marked, tr
from app.models.store import Store
from app.services.credits import attempts, doors, mending, reading, recovery, usage
from app.services.credits.attempts import Attempt
from app.services.credits.book import Book, last_movement, write
from app.services.credits.caps import read_caps, written, written_by_provider
from app.services.credits.checks import Rules, Step, check
from app.services.credits.denial import Denial
from app.services.credits.door import Door
from app.services.credits.doors import Doors
from app.services.credits.grants import Terms, drawable, give
from app.services.credits.imports import imports_in, month_of
from app.services.credits.integrity import Integrity, Keeper
from app.services.credits.names import Category
from app.services.credits.reading import LedgerFilter, LedgerRow, Overview
from app.services.credits.turning import is_due, pack_source, turn
from app.services.credits.usage import Moment
from app.services.settings import Settings

PACK_MONTHS = 12
REANCHORED = marked("Take the credits up again, altered from row {row} on")

Journal = Callable[[Connection, str, str, Mapping[str, str | int]], object]
"""Notes something in the journal within a transaction: its kind, its label, and what fills that."""


def not_noted(_within: Connection, _kind: str, _label: str, _params: Mapping[str, Any]) -> None:
    """For a ledger that stands alone."""


class Credits:
    """The ledger of one workspace on one computer.

    entitlement is asked anew each time what applies at present and what is known of the time; the
    clock's counts unless a later one is known.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        door: Door,
        device: str,
        settings: Settings,
        entitlement: Callable[[], Entitlement],
        bus: Bus,
        journal: Journal = not_noted,
    ) -> None:
        self._store = store
        self._clock = clock
        self._door = door
        self._device = device
        self._settings = settings
        self._entitlement = entitlement
        self._bus = bus
        self._journal = journal
        self._keeper = Keeper(store, clock, door, device)
        self.doors = Doors(store, lambda: entitlement().limits, self._import_month)

    @contextmanager
    def writing(self, label: str) -> Iterator[Till]:
        """One durable transaction in which credits move, with the month turned beforehand.

        What belongs to a call's settlement is written through the till's `connection`, so that it
        is there exactly if the credits are. Must not be nested.
        """
        terms, values = self._entitlement(), self._settings.all()
        months = Months(Zone(str(values[TIME_ZONE.key])), terms.anchor_day)
        caps, ceiling = read_caps(values), terms.month_milli if self._keeper.frozen else None
        with write(
            self._store, self._clock, self._door, self._device, label, terms, ceiling=ceiling
        ) as book:
            turn(book, terms, months)
            moment = Moment.of(months, book.now)
            book.ceiling = self._ceiling(book.connection, terms, moment)
            yield Till(book, Rules(terms.limits, caps, moment), months)
        if book.tip is not None:
            self._bus.publish(CreditsChanged())

    def turn_if_due(self) -> None:
        """Bring the ledger up to now; writes only when there is something.

        The month is granted, what is over expires, and what jobs left open whose process has gone
        is sorted out, once: unused holds go back, calls of unknown fate are kept as such, and are
        given up after 72 hours.
        """
        terms = self._entitlement()
        months = self.months(terms)
        with self._store.reading() as connection:
            now = self._now(connection, terms)
            left = recovery.is_left(connection, now)
            due = left or is_due(connection, terms, months, now)
        if due:
            with self.writing(tr("Grant this month's credits")) as till:
                if left:
                    self._sweep(till)

    def _sweep(self, till: Till) -> None:
        swept = recovery.sweep(till.book)
        for job, found in swept.jobs.items():
            counts = {"released": len(found.released), "unknown": len(found.ambiguous)}
            self._journal(
                till.connection, "credits.recover", recovery.RECOVERED, {"job": job, **counts}
            )
        if swept.given_up:
            params = {"n": len(swept.given_up)}
            self._journal(till.connection, "credits.give_up", recovery.GAVE_UP, params)

    def overview(self) -> Overview:
        """Everything at a glance, after turning the month if that is due."""
        self.turn_if_due()
        integrity = self._keeper.look()
        terms, caps = self._entitlement(), self.caps()
        months, limits = self.months(terms), terms.limits
        with self._store.reading() as connection:
            now = self._now(connection, terms)
            moment = Moment.of(months, now)
            counted = month_of(months, now, self._clock.now())
            return Overview(
                sums=reading.sums(
                    connection, now, ceiling=self._ceiling(connection, terms, moment)
                ),
                buckets=tuple(drawable(connection, now)),
                providers=tuple(reading.by_provider(connection, moment.month.label)),
                limits=limits,
                caps=caps,
                enriched_today=usage.enriched_on(connection, moment.day),
                imports=len(imports_in(connection, counted)),
                contacts=doors.contact_room(connection, limits).used,
                spent_today=usage.spent(connection, day=moment.day),
                spent_month=usage.spent(connection, month=moment.month.label),
                moment=moment,
                integrity=integrity,
                coming=doors.on_their_way(connection),
            )

    def ledger(
        self, wanted: LedgerFilter | None = None, *, limit: int = 100, offset: int = 0
    ) -> tuple[int, list[LedgerRow]]:
        """How many movements match, and one page of them, newest first."""
        with self._store.reading() as connection:
            return reading.ledger(connection, wanted or LedgerFilter(), limit=limit, offset=offset)

    def reserve(self, step: Step) -> Attempt | Denial:
        """T1: check the limits in their order and hold the worst case, or say what forbids it."""
        with self.writing(tr("Hold credits")) as till:
            return till.reserve(step)

    def send(self, attempt: int) -> None:
        """T2: on the disk before the call goes out; raises InvalidInput if it already did."""
        with self.writing(tr("Ask a provider")) as till:
            attempts.mark_sent(till.book, attempt)

    def note_request(self, attempt: int, request_id: str) -> None:
        """T3: keep the provider's own number of the call, the moment that it is known."""
        with self.writing(tr("Ask a provider")) as till:
            attempts.note_request(till.book, attempt, request_id)

    def lose_sight(self, attempt: int) -> None:
        """Nobody knows what became of a sent call: its credits stay held."""
        with self.writing(tr("Ask a provider")) as till:
            attempts.mark_ambiguous(till.book, attempt)

    def settle(self, attempt: int, *, charged: int, found: int, outcome: str) -> None:
        """T4 without a result to store; with one, use the till of `writing`."""
        with self.writing(tr("Settle a call")) as till:
            till.settle(attempt, charged=charged, found=found, outcome=outcome)

    def release(self, attempt: int, *, note: str = "") -> None:
        """Give back what is held: the call was never made, or a person says that it cost nothing.

        Again changes nothing; raises InvalidInput when it was settled.
        """
        with self.writing(tr("Give credits back")) as till:
            attempts.release(till.book, attempt, note=note)

    def recover(
        self, job: int, can_look_up: Callable[[Attempt], bool] = lambda _attempt: False
    ) -> recovery.Recovered:
        """Sort out what a dead process left of a job, whose lease is now yours."""
        with self.writing(tr("Recover credits")) as till:
            return recovery.recover(till.book, job, can_look_up)

    def give_up(self) -> list[int]:
        """Release calls of which nothing was heard for 72 hours; returns them."""
        with self.writing(tr("Recover credits")) as till:
            return recovery.give_up(till.book)

    def open_attempts(self, job: int | None = None) -> list[Attempt]:
        """Calls for which credits are held, oldest first."""
        with self._store.reading() as connection:
            return recovery.open_attempts(connection, job=job)

    def add_pack(self, source: str, amount: int, *, unit_cost_minor: int | None = None) -> int:
        """Grant the milli-credits of a pack, good for 12 months; the same source does so once."""
        with self.writing(tr("Add a pack of credits")) as till:
            book = till.book
            expires = till.months.later(book.now, PACK_MONTHS)
            terms = Terms(
                Category.PACK, amount, pack_source(source), book.now, expires,
                unit_cost_minor=unit_cost_minor,
            )  # fmt: skip
            return give(book, terms)

    def add_promo(self, source: str, amount: int, expires: datetime | None) -> int:
        """Grant milli-credits for nothing; the same source does so once."""
        with self.writing(tr("Add credits")) as till:
            terms = Terms(Category.PROMO, amount, f"promo:{source}", till.book.now, expires)
            return give(till.book, terms)

    def refund_pack(self, source: str, amount: int, *, ref: str) -> bool:
        """Take back milli-credits of a pack whose money went back; False if `ref` is known.

        Raises NotFound for an unknown pack, InvalidInput when it would be more than it granted.
        """
        with self.writing(tr("Refund credits")) as till:
            return mending.refund(till.book, pack_source(source), amount, ref=ref)

    def correct(self, ref: str, amount: int, *, note: str, expires: datetime | None = None) -> int:
        """Grant milli-credits to put something right, once for a `ref`; returns the grant."""
        with self.writing(tr("Correct credits")) as till:
            return mending.add(till.book, amount, ref=ref, expires=expires, note=note)

    def take(self, ref: str, grant: int, amount: int, *, note: str) -> bool:
        """Take milli-credits out of what is left of a grant, once for a `ref`.

        Raises InvalidInput when less is left of it.
        """
        with self.writing(tr("Correct credits")) as till:
            return mending.take(till.book, grant, amount, ref=ref, note=note)

    @property
    def integrity(self) -> Integrity:
        """What the last check found, or a first one finds now."""
        return self._keeper.known

    def verify(self) -> Integrity:
        """Read the whole ledger and name the first row that is not as it was written."""
        return self._keeper.verify()

    def reanchor(self, packs: Mapping[str, int] | None = None) -> Integrity:
        """Accept a broken ledger as it is from now on; packs of the licence go on.

        packs are further ones: milli-credits by the packs' sources, as given to `add_pack`.
        """
        terms, before = self._entitlement(), self._keeper.look()
        told = {pack.source: pack.amount for pack in terms.packs} | dict(packs or {})
        attested = {pack_source(source): amount for source, amount in told.items()}
        found = self._keeper.reanchor(attested, terms, self.months(terms))
        if not before.ok:
            with self._store.writing(tr("Take up the credits again")) as connection:
                row = before.first_bad or 0
                self._journal(connection, "credits.reanchor", REANCHORED, {"row": row})
        self._bus.publish(CreditsChanged())
        return found

    def caps(self) -> SpendCaps:
        """The user's own caps."""
        return read_caps(self._settings.all())

    def set_caps(self, caps: SpendCaps) -> None:
        """Keep the user's own caps."""
        for setting, text in (
            (CAP_RUN, written(caps.run)),
            (CAP_DAY, written(caps.day)),
            (CAP_MONTH, written(caps.month)),
            (CAP_PROVIDERS, written_by_provider(caps.providers)),
        ):
            self._settings.set(setting, text)

    def months(self, terms: Entitlement) -> Months:
        """The months of the plan, in the workspace's time zone."""
        return Months(self.zone(), terms.anchor_day)

    def zone(self) -> Zone:
        """The workspace's time zone."""
        return Zone(str(self._settings.get(TIME_ZONE)))

    def _ceiling(self, connection: Connection, terms: Entitlement, moment: Moment) -> int | None:
        """While the ledger is in doubt: what of this month's credits was not used in any account.

        Otherwise whoever raises a balance again and again would have the month again and again.
        """
        if not self._keeper.frozen:
            return None
        return max(0, terms.month_milli - usage.used_in(connection, moment.month))

    def _import_month(self, connection: Connection) -> Period:
        terms = self._entitlement()
        known = self._now(connection, terms)
        return month_of(self.months(terms), known, self._clock.now())

    def _now(self, connection: Connection, terms: Entitlement) -> datetime:
        seq, last = last_movement(connection)
        return terms.moment(self._clock.now(), seq, from_us(last))


@dataclass(frozen=True, slots=True)
class Till:
    """An open ledger with the rules that apply while it is open."""

    book: Book
    rules: Rules
    months: Months

    @property
    def connection(self) -> Connection:
        """The transaction, for what belongs to the same settlement."""
        return self.book.connection

    def check(self, step: Step) -> Denial | None:
        """The first limit that forbids a step, without holding anything."""
        return check(self.book, step, self.rules)

    def reserve(self, step: Step) -> Attempt | Denial:
        """T1 in this transaction."""
        if step.price < 0 or step.wanted < 0:
            raise InvalidInput(tr("A price cannot be below zero."))
        return attempts.reserve(self.book, step, self.rules)

    def settle(self, attempt: int, **outcome: Any) -> None:  # noqa: ANN401
        """T4 in this transaction; see `attempts.settle`."""
        attempts.settle(self.book, attempt, **outcome)
