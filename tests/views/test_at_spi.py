"""What a screen reader is told, asked through AT-SPI of the running program on a real display."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.views.common.places import Place

ROOT = Path(__file__).parents[2]
PYTHON = "/usr/bin/python3"
LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
PROBE = Path(__file__).with_name("at_spi_probe.py")
SECONDS = 150
NAMED = {"push button", "radio button", "check box", "text", "combo box", "table", "table cell"}
NAMED |= {"table column header", "list", "list item"}

pytestmark = pytest.mark.full


def is_installed() -> bool:
    programs = all(shutil.which(name) for name in ("xvfb-run", "dbus-run-session", "xdotool"))
    if not programs or not LAUNCHER.exists() or not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, "-c", "import pyatspi"], capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the probe saw of a window with three contacts."""
    if not is_installed():
        pytest.skip("at-spi2-core, python3-pyatspi, xvfb and xdotool are not installed")
    folder = tmp_path_factory.mktemp("reader") / "Nordlicht"
    app = build(Workspace(folder), origin=Origin.CLI)
    for name in ("Ada", "Chloé", "Zoë"):
        app.contacts.add({"first_name": name, "email": f"{name[0]}@acme.example"})
    app.close()
    session = f'{LAUNCHER} --launch-immediately & exec {PYTHON} "$@"'
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24 -nolisten tcp", "dbus-run-session"]
    probe = [str(PROBE), sys.executable, str(ROOT / "main.py")]
    done = subprocess.run(
        [*screen, "--", "sh", "-c", session, "session", *probe],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "CAPTELY_WORKSPACE": str(folder),
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    # The registry of the session says a word of its own on the same stream.
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index('{"pages"') :])
    return found


def test_every_page_is_reached_by_the_action_of_its_place(report: dict[str, Any]):
    assert len(report["pages"]) == len(Place)
    for place, nodes in report["pages"].items():
        chosen = [n["name"] for n in nodes if n["role"] == "radio button" and n["checked"]]
        assert place in chosen


def test_everything_on_every_page_that_has_a_role_has_a_name(report: dict[str, Any]):
    nameless = {
        place: [node["role"] for node in nodes if node["role"] in NAMED and not node["name"]]
        for place, nodes in report["pages"].items()
    }
    assert {place: roles for place, roles in nameless.items() if roles} == {}


def test_the_table_of_contacts_is_read_cell_by_cell(report: dict[str, Any]):
    cells = [n["name"] for n in report["pages"]["Contacts"] if n["role"] == "table cell"]
    assert {"Name: Ada", "Name: Chloé", "Name: Zoë"} <= set(cells)
    assert "Status: New" in cells


def test_the_palette_has_a_named_field_with_the_keyboard_and_its_results(report: dict[str, Any]):
    palette = report["floating"]["Command palette"]
    fields = [n["name"] for n in palette["nodes"] if n["role"] == "text"]
    assert fields == ["Find a command, contact or setting"]
    items = [n["name"] for n in palette["nodes"] if n["role"] == "list item" and n["focusable"]]
    assert "Add contact, Ctrl+N" in items
    assert palette["focused"]


def test_the_sheet_reads_each_action_with_its_keys(report: dict[str, Any]):
    sheet = report["floating"]["Keyboard shortcuts"]
    items = [n["name"] for n in sheet["nodes"] if n["role"] == "list item"]
    assert "Add contact, Ctrl+N" in items
    assert "Find a shortcut" in sheet["focused"]


def test_the_job_centre_begins_in_its_search_and_can_be_closed(report: dict[str, Any]):
    centre = report["floating"]["Background work"]
    assert centre["focused"] == ["Find a job"]
    assert "Close Background work" in [n["name"] for n in centre["nodes"]]
