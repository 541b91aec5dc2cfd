"""The latest moment that is known to have come, which a clock that is set back cannot undo.

It is kept sealed in three places: the keyring, the database and a file. A clock that once stood
in a wrong year must not lock its user out until then, so a jump of more than thirty days is kept
only once the network's date confirms it, and that date or a fresh licence may take it back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.errors import CaptelyError
from app.services.licence.device import Device
from app.services.licence.facts import MARK, Facts
from app.services.licence.refusals import Code

TOLERANCE = 3_600
LARGEST_JUMP = 30 * 86_400
WRITE_EVERY = 3_600
CONTEXT = "mark"


@dataclass(frozen=True, slots=True)
class Mark:
    """The latest moment seen (epoch s), and the highest numbers of a licence and of a list."""

    at: int = 0
    seq: int = 0
    list_seq: int = 0


@dataclass(frozen=True, slots=True)
class Time:
    """The moment that licences are judged at; trouble says that the clock is behind it."""

    at: int
    clock: int
    trouble: Code | None = None


def effective(now: int, mark: Mark, issued: int) -> Time:
    """The time to judge by: never before the mark or the licence's own issue."""
    if now < mark.at - TOLERANCE and mark.at > issued:
        return Time(mark.at, now, Code.CLOCK_ROLLBACK)
    if now < issued - TOLERANCE:
        return Time(max(mark.at, issued), now, Code.CLOCK_BEHIND)
    return Time(max(now, mark.at, issued), now)


def advanced(mark: Mark, now: int, issued: int, witnesses: Iterable[int] = ()) -> Mark:
    """The mark after a look at the clock; unchanged when the clock is back or far ahead.

    witnesses are moments that something else saw, such as the newest entry of a ledger; they may
    be as wrong as the clock was then.
    """
    known = max(mark.at, issued)
    seen = [moment for moment in (now, *witnesses) if known < moment <= known + LARGEST_JUMP]
    return Mark(max([known, *seen]), mark.seq, mark.list_seq)


def corrected(mark: Mark, true: int, issued: int) -> Mark:
    """The mark after somebody trustworthy told the true time, which confirms or lowers it.

    A difference of less than an hour is none: every answer of a server brings one.
    """
    if -TOLERANCE <= true - mark.at < WRITE_EVERY:
        return mark
    return Mark(max(true, issued), mark.seq, mark.list_seq)


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
        return Mark(
            max(mark.at for mark in found),
            max(mark.seq for mark in found),
            max(mark.list_seq for mark in found),
        )

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
        if kept is None or kept.get("workspace") != self._workspace:
            return Mark()
        numbers = [kept.get(name) for name in ("at", "seq", "list_seq")]
        at, seq, list_seq = (n if type(n) is int else 0 for n in numbers)
        return Mark(at, seq, list_seq)
