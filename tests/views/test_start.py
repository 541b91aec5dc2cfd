"""What a start of the window leaves for later: libraries, and the remains of the last run."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest

from app.bootstrap import build
from app.core.actor import Origin
from app.views import desktop

OPEN_AND_PRINT_MODULES = """
import os, sys
from pathlib import Path
from app.core.paths import Workspace
from app.views.desktop import open_workspace
app, window = open_workspace(Workspace(Path(sys.argv[1])))
from PySide6.QtWidgets import QApplication
model = window.page(window.place).model
while not model.rowCount():
    QApplication.processEvents()
window.grab()
print(*sys.modules)
sys.stdout.flush()
os._exit(0)
"""

NOT_FOR_THE_FIRST_PAGE = {
    "alembic",
    "app.sandbox",
    "app.services.billing.account",
    "app.services.billing.notices",
    "app.services.connections",
    "app.services.credits",
    "app.services.exporting",
    "app.services.health",
    "app.services.http",
    "app.services.importing.service",
    "app.services.importing.values",
    "app.services.secrets",
    "app.views.billing.page",
    "app.views.connections.page",
    "app.views.exporting.page",
    "app.views.history.page",
    "app.views.importing.page",
    "app.views.settings.page",
    "click",
    "cryptography",
    "httpx",
    "keyring",
    "openpyxl",
    "phonenumbers",
    "psycopg",
    "rich",
    "sqlalchemy.dialects.postgresql",
}


@pytest.fixture
def real(workspace):
    """A workspace with one contact that is no sandbox, closed again."""
    real = type(workspace)(workspace.folder.with_name("Real"))
    app = build(real, origin=Origin.CLI)
    app.contacts.add({"first_name": "Ada"})
    app.close()
    return real


def test_the_first_page_is_painted_without_the_libraries_of_other_pages(real):
    told = subprocess.run(
        [sys.executable, "-c", OPEN_AND_PRINT_MODULES, str(real.folder)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    loaded = set(told.stdout.split())
    assert "app.views.contacts.page" in loaded
    assert loaded & NOT_FOR_THE_FIRST_PAGE == set()


def test_what_the_last_run_left_is_dealt_with_once_the_window_is_open(real, qtbot, monkeypatch):
    monkeypatch.setattr(desktop, "SETTLE_MS", 0)
    before = sys.getswitchinterval()
    app, window = desktop.open_workspace(real)
    try:
        assert not gc.isenabled()
        qtbot.waitUntil(gc.isenabled, timeout=60_000)
        frozen = gc.get_freeze_count()
        assert frozen > 10_000
        qtbot.waitUntil(lambda: app.indexing.pending() == 0, timeout=60_000)
        qtbot.waitUntil(lambda: not window.desk.calls.waiting, timeout=60_000)
        qtbot.waitUntil(lambda: window.pages.ahead.done, timeout=60_000)
        assert gc.get_freeze_count() > frozen
    finally:
        gc.enable()
        gc.unfreeze()
        sys.setswitchinterval(before)
        desktop.close_workspace(app, window)
