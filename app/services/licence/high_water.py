"""The latest moment that is known to have come, which a clock that is set back cannot undo.

It is kept sealed in three places: the keyring, the database and a file. A clock that once stood
in a wrong year must not lock its user out until then, so a jump of more than thirty days is kept
only once the network's date confirms it, and that date or a fresh licence may take it back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.core.errors import CaptelyError
from app.services.licence.device import Device
from app.services.licence.facts import MARK, Facts
from app.services.licence.refusals import Code

TOLERANCE = 3_600
LARGEST_JUMP = 30 * 86_400
WRITE_EVERY = 3_600
CONTEXT = "mark"
NUMBERS = ("at", "seq", "list_seq", "doubted")
"""What a mark consists of, beside the licence that was withdrawn."""
CAREFUL = ("at", "seq", "list_seq")
"""What counts of a mark as well while the keyring that sealed it is away: more of it gives less."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The latest moment seen (epoch s), and the highest numbers of a licence and of a list.

    doubted is the ledger's last movement that a clock wrote which stood wrong. withdrawn is the
    licence that the last list took back, so that a list that is deleted still counts.
    """

    at: int = 0
    seq: int = 0
    list_seq: int = 0
    doubted: int = 0
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """The last movement of the credits: its number, and when it was made (epoch s)."""

    row: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True)
class Time:
    """The moment that licences are judged at; trouble says that the clock is behind it.

    known is the moment without the clock, doubted as in the mark.
    """

    at: int
    clock: int
    trouble: Code | None = None
    known: int = 0
    doubted: int = 0


def effective(now: int, mark: Mark, issued: int) -> Time:
    """The time to judge by: never before the mark or the licence's own issue."""
    known = max(mark.at, issued)
    trouble = None
    if now < mark.at - TOLERANCE and mark.at > issued:
        trouble = Code.CLOCK_ROLLBACK
    elif now < issued - TOLERANCE:
        trouble = Code.CLOCK_BEHIND
    return Time(max(now, known), now, trouble, known, mark.doubted)


def advanced(mark: Mark, issued: int, *seen: int) -> Mark:
    """The mark after looks at clocks; unchanged by one that is back or far ahead.

    seen are the computer's time, and that of the last movement of credits, which may be as wrong
    as the clock was then.
    """
    known = max(mark.at, issued)
    later = [moment for moment in seen if known < moment <= known + LARGEST_JUMP]
    return replace(mark, at=max([known, *later]))


def told_by(end: LedgerEnd, mark: Mark) -> int:
    """The moment that the ledger has seen; none if its clock is known to have stood wrong."""
    return end.at if end.row > mark.doubted else 0


def corrected(mark: Mark, true: int, issued: int, end: LedgerEnd) -> Mark:
    """The mark after somebody trustworthy told the true time, which confirms or lowers it.

    A difference of less than an hour is none: every answer of a server brings one. A ledger that
    is ahead of it was written by a clock that stood wrong.
    """
    ahead = end.at > true + TOLERANCE
    mark = replace(mark, doubted=max(mark.doubted, end.row if ahead else 0))
    if -TOLERANCE <= true - mark.at < WRITE_EVERY:
        return mark
    return replace(mark, at=max(true, issued))


class Marks:
    """The three places of one workspace's mark; what one of them lost the others still know."""

    def __init__(self, device: Device, facts: Facts, folder: Path, workspace: str) -> None:
        self._device = device
        self._facts = facts
        self._file = folder / f"{workspace}.mark"
        self._account = f"{workspace}/mark"
        self._workspace = workspace

    def read(self) -> Mark:
        """The highest of the marks whose seal holds."""
        found = [self._unsealed(text) for text in self._texts()]
        numbers = {name: max(getattr(mark, name) for mark in found) for name in NUMBERS}
        newest = max(found, key=lambda mark: (mark.list_seq, mark.withdrawn))
        return Mark(**numbers, withdrawn=newest.withdrawn)

    def write(self, mark: Mark) -> None:
        """Keep a mark in each place that takes it."""
        text = self._device.seal(CONTEXT, {**asdict(mark), "workspace": self._workspace})
        with contextlib.suppress(CaptelyError):
            self._facts.set({MARK: text})
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(text, encoding="ascii")
        ring = self._device.keyring
        if ring is not None:
            with contextlib.suppress(CaptelyError):
                ring.set(self._account, text)

    def _texts(self) -> Iterable[str | None]:
        yield self._facts.all().get(MARK)
        with contextlib.suppress(OSError, ValueError):
            yield self._file.read_text(encoding="ascii")
        ring = self._device.keyring
        yield ring.get(self._account) if ring is not None else None

    def _unsealed(self, text: str | None) -> Mark:
        kept = self._device.unseal(CONTEXT, text) if text else None
        names: Iterable[str] = NUMBERS
        if kept is None:
            # Else whoever hides the keyring for one start could put an older licence back.
            kept, names = self._device.claimed(text), CAREFUL
        if kept is None or kept.get("workspace") != self._workspace:
            return Mark()
        numbers = {name: kept.get(name) for name in names}
        withdrawn = kept.get("withdrawn")
        return Mark(
            **{name: n for name, n in numbers.items() if type(n) is int},
            withdrawn=withdrawn if isinstance(withdrawn, str) else "",
        )
