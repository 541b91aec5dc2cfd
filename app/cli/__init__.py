"""The command line: the same services as the window, one verb after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.core.paths import Workspace

Show = Callable[[Workspace], int]
"""Shows a workspace to the user, in the window or as pictures; main.py hands it in."""


def run(arguments: Sequence[str], *, show: Show | None = None) -> int:
    """Run one verb and return its exit code (0, 1, 2, 3, 4 or 130)."""
    from app.cli.program import run_program

    return run_program(arguments, show)


__all__ = ["Show", "run"]
