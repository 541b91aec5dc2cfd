"""The order of names in memory: eight bytes of each contact's sort name, by contact id.

Sorting what the full-text index answers would cost a look-up in the database for each contact.
With the beginnings of all names at hand (8 MB for a million contacts) only the contacts of the
first page are looked up. The index file keeps them in pages, so that a change rereads little.
"""

from __future__ import annotations

import sys
import threading
from array import array
from collections.abc import Iterable

PAGE_ROWS = 1_024
KEY_BYTES = 8


def name_key(sort_name: str) -> int:
    """A number that orders like the beginning of the name, compared byte by byte."""
    return int.from_bytes(sort_name.encode()[:KEY_BYTES].ljust(KEY_BYTES, b"\0"), "big")


def bounds(key: int) -> tuple[bytes, bytes | None]:
    """The names with this key are at least the first and less than the second, None at the end."""
    first = key.to_bytes(KEY_BYTES, "big").rstrip(b"\0")
    following = key + 1
    if following >> 8 * KEY_BYTES:
        return first, None
    return first, following.to_bytes(KEY_BYTES, "big")


def empty_page() -> array[int]:
    """A page on which no contact has a name."""
    return array("Q", bytes(PAGE_ROWS * KEY_BYTES))


def packed(page: array[int]) -> bytes:
    """A page as the file keeps it: little end first on every machine."""
    if sys.byteorder == "little":
        return page.tobytes()
    swapped = array("Q", page)
    swapped.byteswap()
    return swapped.tobytes()


def unpacked(kept: bytes) -> array[int]:
    """A page of the file."""
    page = array("Q", kept)
    if sys.byteorder != "little":
        page.byteswap()
    return page


class NameKeys:
    """The keys of all contacts, kept up to date from pages of the index file; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys = array("Q")
        self._seen = 0

    @property
    def seen(self) -> int:
        """The newest change of the index that the keys hold."""
        return self._seen

    def take(self, pages: Iterable[tuple[int, int, bytes]]) -> array[int]:
        """Put in pages of (number, change, keys) and return the keys by contact id.

        The array is shared: a later call changes it in place, and never makes it shorter.
        """
        with self._lock:
            for number, change, kept in pages:
                start = number * PAGE_ROWS
                missing = start + PAGE_ROWS - len(self._keys)
                if missing > 0:
                    self._keys.frombytes(bytes(missing * KEY_BYTES))
                self._keys[start : start + PAGE_ROWS] = unpacked(kept)
                self._seen = max(self._seen, change)
            return self._keys
