"""Captely: without a verb the window, with one the command line."""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.paths import Workspace


def main() -> int:
    """The exit code of the window or of the verb."""
    given = sys.argv[1:]
    # A shell that completes a verb asks by this variable and without arguments.
    if "_CAPTELY_COMPLETE" in os.environ or (given and not _names_folder(given)):
        from app.cli import run

        return run(given, show=show)
    from app.views.desktop import open_window

    return open_window(given[1] if given else "")


def _names_folder(given: list[str]) -> bool:
    """Whether the window is asked for on a workspace of its own: --workspace DIR, and no verb."""
    return len(given) == 2 and given[0] == "--workspace"


def show(workspace: Workspace) -> int:
    """Show the demo's result, in the window or, without a display, as pictures."""
    from app.views.desktop import show_workspace

    return show_workspace(workspace)


if __name__ == "__main__":
    # The worker processes of an import start this file again in a frozen build.
    multiprocessing.freeze_support()
    sys.exit(main())
