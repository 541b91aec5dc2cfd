"""Who is acting: the person, the device, and through which face of the product."""

from __future__ import annotations

import getpass
import os
import platform
from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Through what a change came about."""

    UI = "ui"
    CLI = "cli"
    JOB = "job"
    PROVIDER = "provider"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person on a device; undo and redo belong to name, not to the device or the origin."""

    name: str
    device: str
    origin: Origin

    def through(self, origin: Origin) -> Actor:
        """The same person acting through something else, such as a job."""
        return Actor(self.name, self.device, origin)


def current_actor(origin: Origin) -> Actor:
    """The person who is logged in to this computer."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a user id that has no name.
        name = f"user-{os.getuid()}" if hasattr(os, "getuid") else "user"
    return Actor(name, platform.node() or "computer", origin)
