"""Whether this is the packaged product, which ignores the switches meant for tests."""

from __future__ import annotations

import sys


def is_frozen() -> bool:
    """True in the installed build, where test switches in the environment have no effect."""
    return bool(getattr(sys, "frozen", False))
