"""Brings one batch to the destination, down to the fate of each of its contacts.

A batch that is refused because of some rows is sent again without those the answer named, or in
halves until the guilty row stands alone. So is one over which the destination breaks off, where
sending twice is safe: connectors say so.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.errors import Cancelled, CaptelyError, OutsideError, OutsideKind
from app.core.text import tr
from app.services.connectors import (
    BatchRefused,
    Connector,
    ItemFailure,
    ItemResult,
    Outgoing,
    RemoteField,
    Sent,
)
from app.services.exporting.isolating import Isolation, may_be_a_row
from app.services.exporting.values import same


@dataclass(slots=True)
class Delivery:
    """What became of one batch.

    waiting are contacts that certainly were not taken; failure is why the call for them failed,
    None when they only wait because the run is stopping.
    """

    results: list[ItemResult] = field(default_factory=list)
    waiting: list[Outgoing] = field(default_factory=list)
    failure: CaptelyError | None = None


class Courier:
    """Delivers the batches of one run; used from several threads at once."""

    def __init__(
        self, connector: Connector, fields: Mapping[str, RemoteField], cancel: threading.Event
    ) -> None:
        self._connector = connector
        self._fields = fields
        self._cancel = cancel
        self.stopping = threading.Event()

    def deliver(
        self, contacts: Sequence[Outgoing], doubtful: Collection[int] = frozenset()
    ) -> Delivery:
        """Send a batch and find out the fate of each contact; raises nothing of its own.

        doubtful are contacts that may have been sent before: who is there already is not sent.
        """
        delivery, isolation = Delivery(), Isolation(self._connector.label)
        parts = deque(self._not_there(contacts, doubtful, delivery))
        while parts:
            part = parts.pop()
            if self.stopping.is_set() or delivery.failure is not None or isolation.lost:
                delivery.waiting += part
                continue
            try:
                sent = self._connector.send(part, self._cancel, patient=isolation.patient(part))
            except BatchRefused as refused:
                isolation.took()
                parts += self._after_refusal(part, refused, delivery)
            except (OutsideError, Cancelled) as failure:
                # The larger parts first: the sooner one is taken, the sooner it is clear who fails.
                parts.extendleft(self._after_failure(part, failure, delivery, isolation))
            else:
                isolation.took()
                parts += self._after_answer(part, sent, delivery)
        guilty, waiting, trouble = isolation.verdict()
        delivery.results += guilty
        delivery.waiting += waiting
        delivery.failure = delivery.failure or trouble
        return delivery

    def _not_there(
        self, contacts: Sequence[Outgoing], doubtful: Collection[int], delivery: Delivery
    ) -> list[list[Outgoing]]:
        asked = [each for each in contacts if each.contact in doubtful]
        if not asked or self.stopping.is_set():
            return [list(contacts)]
        arrived = self._read_back(asked) or {}
        delivery.results += [ItemResult(contact, record) for contact, record in arrived.items()]
        rest = [each for each in contacts if each.contact not in arrived]
        return [rest] if rest else []

    def _after_refusal(
        self, part: list[Outgoing], refused: BatchRefused, delivery: Delivery
    ) -> list[list[Outgoing]]:
        if len(part) == 1:
            delivery.results.append(ItemResult(part[0].contact, failure=refused.failure))
            return []
        delivery.results += refused.blamed
        named = {result.contact for result in refused.blamed}
        named |= {contact.contact for contact in refused.suspects}
        rest = [contact for contact in part if contact.contact not in named]
        if not named or len(refused.suspects) == len(part):
            return _halves(part)
        return [each for each in (rest, list(refused.suspects)) if each]

    def _after_failure(
        self,
        part: list[Outgoing],
        failure: OutsideError | Cancelled,
        delivery: Delivery,
        isolation: Isolation,
    ) -> list[list[Outgoing]]:
        left = part
        if isinstance(failure, OutsideError) and failure.kind is OutsideKind.AMBIGUOUS:
            left = self._left_after_silence(part, failure, delivery)
            if not left:
                return []
        if isinstance(failure, OutsideError) and may_be_a_row(self._connector, failure):
            return isolation.failed(part, left, failure)
        delivery.failure = failure
        delivery.waiting += left
        return []

    def _left_after_silence(
        self, part: list[Outgoing], failure: OutsideError, delivery: Delivery
    ) -> list[Outgoing]:
        """Those that may be sent again after a call of unknown fate; the others get theirs."""
        arrived = self._read_back(part)
        left = []
        for contact in part:
            record_id = arrived.get(contact.contact) if arrived is not None else None
            if record_id is not None:
                delivery.results.append(ItemResult(contact.contact, record_id))
            elif arrived is not None and self._connector.repeatable:
                left.append(contact)
            else:
                delivery.results.append(ItemResult(contact.contact, failure=_unknown_fate(failure)))
        if arrived is None or (not left and len(arrived) < len(part)):
            # With everything there only the answer was lost; else the call itself is in doubt.
            delivery.failure = failure
        return left

    def _after_answer(
        self, part: list[Outgoing], sent: Sent, delivery: Delivery
    ) -> list[list[Outgoing]]:
        delivery.results += sent.results
        if not sent.unresolved:
            return []
        arrived = self._read_back(sent.unresolved) or {}
        delivery.results += [ItemResult(contact, record) for contact, record in arrived.items()]
        untold = [each for each in sent.unresolved if each.contact not in arrived]
        if len(part) == 1:
            delivery.results += [ItemResult(each.contact, failure=_untold()) for each in untold]
            return []
        if not untold:
            return []
        # One smaller question first: often only the first sending of a row failed.
        return [untold] if len(untold) < len(part) else _halves(untold)

    def _read_back(self, part: Sequence[Outgoing]) -> dict[int, str] | None:
        """The record ids of those that arrived as sent; None when nobody can tell."""
        names = sorted({name for contact in part for name in contact.values})
        try:
            records = self._connector.read([contact.key for contact in part], names)
        except CaptelyError:
            return None
        arrived: dict[int, str] = {}
        for contact in part:
            record = records.get(contact.key)
            if record is not None and all(
                same(self._fields[name], text, record.values.get(name, ""))
                for name, text in contact.values.items()
            ):
                arrived[contact.contact] = record.id
        return arrived


def _halves(part: list[Outgoing]) -> list[list[Outgoing]]:
    middle = len(part) // 2
    return [part[middle:], part[:middle]]


def _unknown_fate(failure: CaptelyError) -> ItemFailure:
    return ItemFailure(OutsideKind.AMBIGUOUS, failure.message, failure.hint, failure.detail)


def _untold() -> ItemFailure:
    return ItemFailure(
        OutsideKind.AMBIGUOUS,
        tr("The answer does not say whether this contact was taken."),
        tr("Run the export again: it looks what arrived before it sends anything."),
    )
