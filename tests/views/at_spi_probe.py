"""Starts Captely and looks at it as a screen reader does, through AT-SPI; prints JSON.

Run by the system's Python, which has the bindings, inside a session of its own:

    python3 at_spi_probe.py PYTHON MAIN
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pyatspi

PATIENCE, STEP, DEEPEST, MOST_CHILDREN = 60.0, 0.1, 60, 2_000
TITLES = {
    "Import": "Import contacts",
    "Exports": "Exports",
    "History": "History",
    "Connections": "Connections",
    "Settings": "Settings",
    "Fields and tags": "Fields and tags",
    "Contacts": "Contacts",
}
FLOATING = {"Command palette": "ctrl+k", "Keyboard shortcuts": "F1", "Background work": "ctrl+j"}
CONTROLS = ("push button", "label", "check box", "radio button", "list")


class Reader:
    """Sees what a screen reader sees of one running window."""

    def __init__(self, process):
        self.process = process
        self.window = self.wait_for(find_window)

    def wait_for(self, look):
        """What `look` finds, once it finds something."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = look()
            if found is not None:
                return found
            try:
                self.process.wait(STEP)
            except subprocess.TimeoutExpired:
                continue
            raise SystemExit("Captely has ended")
        raise SystemExit("AT-SPI does not show what was looked for")

    def page(self, place, title):
        """Go to a page by the action of its place alone, and see what is on it."""
        self.wait_for(lambda: find(self.window, place, "radio button")).queryAction().doAction(0)
        self.wait_for(lambda: find(self.window, title, "label"))
        return [described(one) for one in walk(self.window)]

    def floating(self, name, key):
        """See what a key opens, and what has the keyboard there."""
        subprocess.run(["xdotool", "key", key], check=True)
        top = self.wait_for(lambda: find_container(self.window, name))
        self.wait_for(lambda: next(iter(focused(top)), None))
        seen = {"nodes": [described(one) for one in walk(top)], "focused": focused(top)}
        subprocess.run(["xdotool", "key", "Escape"], check=True)
        return seen


def find_window():
    """The window of Captely in the tree of all programs."""
    for program in pyatspi.Registry.getDesktop(0):
        if program is not None and "captely" in (program.name or "").lower() and program.childCount:
            return program[0]
    return None


def walk(top, depth=0):
    """All nodes that can be seen."""
    yield top
    if depth > DEEPEST or top.childCount > MOST_CHILDREN:
        return
    for child in top:
        if child is not None and child.getState().contains(pyatspi.STATE_SHOWING):
            yield from walk(child, depth + 1)


def find(window, name, role):
    """The node of this name and role."""
    return next((n for n in walk(window) if n.name == name and n.getRoleName() == role), None)


def find_container(window, name):
    """The palette or panel of this name, not a button that opens it."""
    named = (n for n in walk(window) if n.name == name and n.getRoleName() not in CONTROLS)
    return next(named, None)


def described(one):
    """Role, name, and whether the keyboard reaches it."""
    states = one.getState()
    return {
        "role": one.getRoleName(),
        "name": one.name,
        "focusable": states.contains(pyatspi.STATE_FOCUSABLE),
        "checked": states.contains(pyatspi.STATE_CHECKED),
    }


def focused(top):
    """The names of what has the keyboard."""
    return [one.name for one in walk(top) if one.getState().contains(pyatspi.STATE_FOCUSED)]


def main() -> int:
    """Look at every page, the palette, the sheet and the job centre."""
    process = subprocess.Popen(sys.argv[1:3], stdin=subprocess.DEVNULL)
    try:
        reader = Reader(process)
        found = ["xdotool", "search", "--sync", "--name", "Captely", "windowfocus"]
        subprocess.run(found, check=True, stdout=subprocess.DEVNULL)
        report = {
            "pages": {place: reader.page(place, title) for place, title in TITLES.items()},
            "floating": {name: reader.floating(name, key) for name, key in FLOATING.items()},
        }
        sys.stdout.write(json.dumps(report))
    finally:
        process.terminate()
        process.wait(30)
    return 0


if __name__ == "__main__":
    sys.exit(main())
