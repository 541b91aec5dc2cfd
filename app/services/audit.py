"""Checks that nobody has altered the journal behind the product's back."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.text import tr, trn
from app.models.chain_check import Fault, check_chain
from app.models.store import Store


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict; first_bad is the sequence number of the first entry that does not hold."""

    ok: bool
    entries: int
    first_bad: int | None
    message: str
    head: str


class Audit:
    """Verifies the hash chain over every operation."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def verify(self) -> Verification:
        """Recompute every leaf, digest and link; reads the whole journal once."""
        with self._store.reading() as connection:
            checked = check_chain(connection)
        if checked.fault is None:
            message = trn(
                "The journal is whole: {n} entry.",
                "The journal is whole: {n} entries.",
                checked.entries,
            )
        else:
            message = _said(checked.fault, checked.first_bad)
        return Verification(
            checked.fault is None,
            checked.entries,
            checked.first_bad,
            message,
            checked.head.hex(),
        )


def _said(fault: Fault, entry: int | None) -> str:
    words = {
        Fault.MISSING: tr("Entry {n} of the journal is missing.", n=entry),
        Fault.LINK: tr("Entry {n} of the journal does not follow the one before it.", n=entry),
        Fault.HEADER: tr("What entry {n} of the journal says of itself was altered.", n=entry),
        Fault.CHANGES: tr("What entry {n} of the journal recorded was altered.", n=entry),
        Fault.ERASED: tr("Values of entry {n} are gone without an erasure entry.", n=entry),
        Fault.HEAD: tr("The journal does not end where it says it ends."),
    }
    return words[fault]
