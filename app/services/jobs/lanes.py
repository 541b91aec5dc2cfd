"""The lanes that background work runs in, and how much of each runs at a time."""

from __future__ import annotations

from enum import StrEnum


class Lane(StrEnum):
    """Where a piece of work waits for its turn.

    READ looks things up, EDIT is a person's own change, BULK is work of many rows that lets EDIT
    go first, NETWORK waits for other systems.
    """

    READ = "read"
    EDIT = "edit"
    BULK = "bulk"
    NETWORK = "network"


THREADS = {Lane.READ: 3, Lane.EDIT: 1, Lane.BULK: 1, Lane.NETWORK: 8}
"""Threads of each lane; EDIT and BULK write, and the database takes one writer at a time."""
