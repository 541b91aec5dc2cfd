"""Gives memory that was used for a moment back to the computer."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any


def give_back() -> None:
    """Let the computer have the memory that is free but kept for later, where one can ask for it.

    The C library of Linux keeps what a thread has freed, which after the sorting of a million
    contacts is more than all that is in use. Takes some milliseconds, without Python's lock.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:  # noqa: ANN401 - a function of the C library
    if not sys.platform.startswith("linux"):
        return None
    # Not at the top: only long lists need it.
    import ctypes

    return getattr(ctypes.CDLL(None), "malloc_trim", None)
