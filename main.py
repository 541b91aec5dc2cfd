"""Captely: without arguments the window, with a verb the command line."""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.paths import Workspace


def main() -> int:
    """The exit code of the window or of the verb."""
    # A shell that completes a verb asks by this variable and without arguments.
    if len(sys.argv) > 1 or "_CAPTELY_COMPLETE" in os.environ:
        from app.cli import run

        return run(sys.argv[1:], show=show)
    from app.views.desktop import open_window

    return open_window()


def show(workspace: Workspace) -> int:
    """Show the demo's result, in the window or, without a display, as pictures."""
    from app.views.desktop import show_workspace

    return show_workspace(workspace)


if __name__ == "__main__":
    # The worker processes of an import start this file again in a frozen build.
    multiprocessing.freeze_support()
    sys.exit(main())
