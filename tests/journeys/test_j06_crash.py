"""J6: a kill in the middle of an import; the window asks for a decision at the next start."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.paths import Workspace
from app.services.jobs import JobState
from app.services.licence.keys import VARIABLE
from app.views.common.theme import theme
from app.views.desktop import make_window, prepare_application
from app.views.shell.window import MainWindow
from tests import licensing
from tests.kill.conftest import nursery  # noqa: F401 - a fixture
from tests.kill.harness import Kill, Nursery

ROWS = 200


def import_list(folder: str, file: str, keyset: str) -> None:
    """In a child: begin an import as the command line does."""
    from app.services.importing import pacing

    os.environ[VARIABLE] = keyset
    pacing.FIRST_CHUNK = pacing.LEAST_CHUNK = pacing.MOST_CHUNK = 16
    pacing.SESSION_SECONDS = 0
    app = build(Workspace(Path(folder)), origin=Origin.CLI)
    app.jobs.run(app.importing.start(Path(file)))
    app.close()


@pytest.fixture
def workspace(
    tmp_path: Path,
    nursery: Nursery,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Workspace:
    """A workspace whose process was killed between two chunks of an import."""
    rows = (f"Ada{n},ada{n}@acme.example" for n in range(ROWS))
    file = tmp_path / "trade-fair.csv"
    file.write_text("\n".join(["First name,Email", *rows]), encoding="utf-8")
    folder, keyset = tmp_path / "Nordlicht", str(licensing.keyset())
    monkeypatch.setenv(VARIABLE, keyset)
    licensing.make_licensed(Workspace(folder))
    kill = Kill(at="app.services.importing.loading:Loader.load", nth=4)
    fate = nursery.run(import_list, str(folder), str(file), keyset, kill=kill)
    assert fate.killed, fate.error
    return Workspace(folder)


@pytest.fixture
def restarted(workspace: Workspace, qtbot: QtBot) -> Iterator[tuple[App, MainWindow]]:
    """The program as it starts again."""
    prepare_application()
    theme().system_moves = False
    app = build(workspace, origin=Origin.UI)
    window = make_window(app)
    window.open()
    qtbot.waitUntil(lambda: not window.desk.calls.waiting, timeout=60_000)
    yield app, window
    window.close()
    qtbot.waitUntil(lambda: not window.desk.calls.waiting, timeout=60_000)
    app.close()
    shiboken6.delete(window)


@pytest.fixture
def decide(
    restarted: tuple[App, MainWindow], qtbot: QtBot
) -> Callable[[str, JobState], tuple[App, MainWindow]]:
    """Open the notice's job and press the button of its card that bears these words."""

    def press(words: str, state: JobState) -> tuple[App, MainWindow]:
        app, window = restarted
        said = "Captely closed unexpectedly. 1 job needs a decision."
        assert window.left_over.words.text() == said
        window.left_over.decide.click()
        centre = window.floating.job_centre
        qtbot.waitUntil(lambda: len(centre.cards) == 1, timeout=60_000)
        [(job, card)] = centre.cards.items()
        assert card.state.text == "Needs a decision"
        buttons = {button.text(): button for button in (card.resume, card.cancel)}
        buttons[words].click()
        qtbot.waitUntil(lambda: app.jobs.view(job).state is state, timeout=60_000)
        qtbot.waitUntil(lambda: not window.left_over.isVisible(), timeout=60_000)
        return app, window

    return press


def test_nothing_of_the_broken_import_is_seen_before_the_decision(
    restarted: tuple[App, MainWindow],
) -> None:
    app, window = restarted
    assert app.search.ids("").total == 0
    assert window.left_over.isVisible()


def test_resume_ends_like_an_unbroken_run(
    decide: Callable[[str, JobState], tuple[App, MainWindow]],
) -> None:
    app, _window = decide("Resume", JobState.DONE)
    assert app.search.ids("").total == ROWS
    assert [entry.kind for entry in app.history.operations()] == ["import"]
    assert app.audit.verify().ok


def test_roll_back_leaves_nothing_behind(
    decide: Callable[[str, JobState], tuple[App, MainWindow]],
) -> None:
    app, _window = decide("Roll back", JobState.CANCELLED)
    assert app.search.ids("").total == 0
    assert app.history.operations() == []
    assert app.audit.verify().ok
