"""Which encoding a list is written in, decided over the whole file and not over its beginning.

A list of a million ASCII names with one é near the end is UTF-8 or cp1252 by that one letter.
Detectors by statistics take short Latin-1 files for Japanese or Cyrillic, so none is asked.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.core.errors import InvalidInput
from app.core.text import tr

_BLOCK = 1 << 20
_TAIL = 1 << 11
_LONGEST_LINE = 16 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes({*range(9), *range(14, 26), *range(28, 32), 127})
FALLBACK = "cp1252"


def _latin1(error: UnicodeError) -> tuple[str, int]:
    """The five bytes that cp1252 leaves undefined become the control characters of Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("captely.latin1", _latin1)


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over the bytes told: the encoding, about how many lines, NUL bytes, the end."""

    encoding: str
    lines: int
    has_nul: bool
    tail: str = ""


def error_mode(encoding: str) -> str:
    """How bytes without a meaning in `encoding` are read."""
    return "captely.latin1" if encoding == FALLBACK else "strict"


def scan(path: Path, stream: IO[bytes], chosen: str | None) -> Scan:
    """Read all of `stream` once; `chosen` is the encoding the user picked, if any.

    Raises InvalidInput when it is no text, or not in the chosen encoding (as UnicodeError, which
    `explained` turns into a sentence).
    """
    head = stream.read(_BLOCK)
    start = _lookup(chosen) if chosen else _by_bom(head) or _by_nul(head) or "utf-8"
    if not chosen and start == "utf-8":
        _refuse_binary(path, head)
    return _Pass(path, start, sure=chosen is not None or start != "utf-8").over(stream, head)


class _Pass:
    """One pass over the blocks of a file."""

    def __init__(self, path: Path, encoding: str, *, sure: bool) -> None:
        self.path = path
        self.encoding = encoding
        self.sure = sure
        self.lines = 0
        self.gap = 0
        self.has_nul = False
        self._start_decoding()

    def _start_decoding(self) -> None:
        self.decoder = codecs.getincrementaldecoder(self.encoding)(error_mode(self.encoding))
        self.by_bytes = self.encoding in ("utf-8", "utf-8-sig", "cp1252", "ascii", "iso8859-1")

    def over(self, stream: IO[bytes], block: bytes) -> Scan:
        """The result after the last block; `block` is the first."""
        tail = b""
        while block:
            self._look(block)
            tail = block[-_TAIL:] if len(block) >= _TAIL else (tail + block)[-_TAIL:]
            following = stream.read(_BLOCK)
            self._decode(block, final=not following)
            block = following
        return Scan(self.encoding, self.lines, self.has_nul, tail.decode(self.encoding, "replace"))

    def _look(self, block: bytes) -> None:
        self.lines += max(block.count(b"\n"), block.count(b"\r"))
        if self.by_bytes and not self.has_nul:
            self.has_nul = b"\0" in block
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self.gap = len(block) - last - 1 if last >= 0 else self.gap + len(block)
        if self.gap > _LONGEST_LINE:
            raise InvalidInput(
                tr("{name} has a line of more than 16 MB.", name=self.path.name),
                tr("This is no list of contacts; export it again with one contact on each line."),
            )

    def _decode(self, block: bytes, *, final: bool) -> None:
        if self.by_bytes and block.isascii() and not self.decoder.getstate()[0]:
            return
        try:
            text = self.decoder.decode(block, final)
        except UnicodeDecodeError:
            if self.sure:
                raise
            self.encoding, self.sure = FALLBACK, True
            self._start_decoding()
            return
        if not self.by_bytes and not self.has_nul:
            self.has_nul = "\0" in text


def _lookup(name: str) -> str:
    try:
        "".encode(name)
        found = codecs.lookup(name).name
    except LookupError as error:
        raise InvalidInput(
            tr("There is no encoding {name}.", name=name),
            tr("Choose one such as utf-8, cp1252, latin-1 or utf-16."),
        ) from error
    # A byte order mark is no part of the first column's name, whoever chose the encoding.
    return "utf-8-sig" if found == "utf-8" else found


def _by_bom(head: bytes) -> str | None:
    return next((encoding for bom, encoding in _BOMS if head.startswith(bom)), None)


def _by_nul(head: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every second byte is NUL, on one side only."""
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.4 * pairs and even <= 0.02 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd <= 0.02 * pairs:
        return "utf-16-be"
    return None


def _refuse_binary(path: Path, head: bytes) -> None:
    """Control characters that no text holds, more of them than a damaged cell would explain."""
    sample = head[: 1 << 16]
    odd = len(sample) - len(sample.translate(None, _CONTROL))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        limit = 0.3
    except UnicodeDecodeError:
        limit = 0.02
    if odd > limit * len(sample):
        raise InvalidInput(
            tr("{name} is not a text file.", name=path.name),
            tr("Choose a CSV, .xlsx or JSON file that holds a list of contacts."),
        )
