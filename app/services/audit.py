"""Checks that nobody has altered the journal behind the product's back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.core.errors import StorageError
from app.core.text import tr, trn
from app.models.chain_check import Fault, check_chain
from app.models.store import Store
from app.services.witness import Sighting, Verdict, Witness


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict; first_bad is the sequence number of the first entry that does not hold.

    witness says how the journal's end stands to the one last seen, note what else to know of it.
    """

    ok: bool
    entries: int
    first_bad: int | None
    message: str
    head: str
    witness: str = Verdict.NO_KEYRING
    note: str = ""


class Audit:
    """Verifies the hash chain over every operation, and its end by the witness if there is one."""

    def __init__(self, store: Store, witness: Witness | None = None) -> None:
        self._store = store
        self._witness = witness

    def verify(self, *, accept: bool = False) -> Verification:
        """Recompute every leaf, digest and link; reads the whole journal once.

        A whole journal that continues the one last seen is remembered from now on; one that does
        not, only if `accept` says that this is as it should be.
        """
        checked = self._chain()
        if not checked.ok or self._witness is None:
            return checked
        try:
            sighting = self._witness.remember(accept=accept)
        except StorageError as error:
            return replace(checked, note=error.message)
        if accept and not sighting.ok:
            words = tr("From now on the journal is compared with its present end.")
            return replace(checked, witness=Verdict.AGREES, note=words)
        found = replace(checked, witness=sighting.verdict)
        if sighting.ok:
            return replace(found, note=_noted(sighting))
        return replace(found, ok=False, message=_not_the_same(checked.entries, sighting))

    def _chain(self) -> Verification:
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


def _noted(sighting: Sighting) -> str:
    if sighting.verdict is Verdict.NO_KEYRING:
        return tr("This computer has no keyring that would tell whether its end was cut off.")
    if sighting.verdict is Verdict.NEVER_SEEN:
        return tr("Its end is kept in the keyring from now on.")
    return tr("Its end continues the one last seen, entry {n}.", n=sighting.entry)


def _not_the_same(entries: int, sighting: Sighting) -> str:
    seen = sighting.at[:16].replace("T", " ")
    if sighting.verdict is Verdict.CUT:
        return tr(
            "The journal ends at entry {end}, but entry {n} was there on {seen}: its end was cut "
            "off, or the database was replaced by an older copy.",
            end=entries, n=sighting.entry, seen=seen,
        )  # fmt: skip
    return tr(
        "Entry {n} of the journal is not the one that was there on {seen}: the database was "
        "replaced by another copy.",
        n=sighting.entry, seen=seen,
    )  # fmt: skip


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
