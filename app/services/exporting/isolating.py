"""Finds the rows over which a destination stumbles when it fails on a batch without a word why.

A server may answer 500, or hang up, for as long as one certain row is in a batch. Where sending
twice is safe, the batch is sent again in halves, the larger parts first, and without repeating
each failing part: any part that is taken proves that the destination works. When nothing is taken
for several calls on end, the destination itself is in trouble and no row is to blame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.core.errors import OutsideError, OutsideKind, Unreachable
from app.core.text import tr
from app.services.connectors import Connector, ItemFailure, ItemResult, Outgoing
from app.services.http import LONGEST_WAIT

MOST_CALLS = 60
"""Further calls spent on one batch; what is undecided then is left for a retry."""
MOST_ON_END = 8
"""Failures without a success between them, which four rows may cause wherever they stand."""

REPEATS = 2
"""How often a batch whose fate nobody told is sent again whole, once it was looked what arrived."""

_PASSING = frozenset({OutsideKind.TRANSIENT, OutsideKind.AMBIGUOUS})


def is_passing(failure: Exception) -> bool:
    """True for a failure of one call that says nothing of the next one.

    An answer that names a far time, as one of a long migration does, speaks for all calls.
    """
    return (
        isinstance(failure, OutsideError)
        and not isinstance(failure, Unreachable)
        and failure.kind in _PASSING
        and (failure.retry_after or 0.0) <= LONGEST_WAIT
    )


def may_be_a_row(connector: Connector, failure: Exception) -> bool:
    """True when a row may be the reason of a failure that names none.

    Not when the call may have made something that making it again would make twice, nor when the
    answer said when to come back.
    """
    return (
        connector.repeatable
        and isinstance(failure, OutsideError)
        and is_passing(failure)
        and failure.retry_after is None
    )


@dataclass(slots=True)
class Isolation:
    """The search in one batch.

    What did not arrive of a part whose answer was lost is first sent again whole: a lost answer is
    seldom a row's fault. alone are rows whose own call failed; undecided those of which nobody
    knows, for whom no more calls are made.
    """

    label: str
    failure: OutsideError | None = None
    alone: list[tuple[Outgoing, OutsideError]] = field(default_factory=list)
    undecided: list[Outgoing] = field(default_factory=list)
    _calls: int = 0
    _on_end: int = 0
    _repeats: int = 0
    _proven: bool = False

    def patient(self, part: Sequence[Outgoing]) -> bool:
        """Whether the call for `part` is worth repeating: a part that fails is halved instead."""
        return self.failure is None or len(part) == 1

    def took(self) -> None:
        """The destination took a part, or refused it with a reason: it works."""
        self._on_end = 0
        self._proven = True

    def failed(
        self, part: Sequence[Outgoing], left: list[Outgoing], failure: OutsideError
    ) -> list[list[Outgoing]]:
        """What to send next after a part failed of which `left` did not arrive."""
        if failure.kind is OutsideKind.AMBIGUOUS and self.patient(part) and self._may_repeat():
            return [left]
        self.failure = failure
        self._calls += 1
        self._on_end += 1
        if self.lost or self._calls >= MOST_CALLS:
            self.undecided += left
            return []
        if len(part) == 1:
            self.alone.append((part[0], failure))
            return []
        middle = (len(left) + 1) // 2
        return [half for half in (left[:middle], left[middle:]) if half]

    def _may_repeat(self) -> bool:
        self._repeats += 1
        return self._repeats <= REPEATS

    @property
    def lost(self) -> bool:
        """True when the destination itself is in trouble, so that no more is to be sent."""
        return self._on_end >= MOST_ON_END

    def verdict(self) -> tuple[list[ItemResult], list[Outgoing], OutsideError | None]:
        """The results of guilty rows, who waits, and why, once no part is left."""
        alone = [contact for contact, _ in self.alone]
        if self.lost or not self._proven:
            return [], alone + self.undecided, self.failure
        guilty = [ItemResult(each.contact, failure=self._guilty(why)) for each, why in self.alone]
        return guilty + [self._untried(each) for each in self.undecided], [], None

    def _guilty(self, failure: OutsideError) -> ItemFailure:
        return ItemFailure(
            OutsideKind.TRANSIENT,
            tr("{label} breaks off over this contact, and takes others.", label=self.label),
            tr("Look for an unusual value in it, correct that, then retry the failed ones."),
            failure.detail or failure.message,
        )

    def _untried(self, contact: Outgoing) -> ItemResult:
        words = tr("{label} breaks off over too many contacts of this batch.", label=self.label)
        hint = tr("Retry the failed ones in a while.")
        detail = self.failure.detail if self.failure else ""
        failure = ItemFailure(OutsideKind.TRANSIENT, words, hint, detail)
        return ItemResult(contact.contact, failure=failure)
