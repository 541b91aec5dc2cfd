"""Readers, writers, an import and the index never wait for one another without an end."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.errors import Busy
from app.core.paths import Workspace
from app.core.settings import PAGE_MEMORY
from app.models.interrupts import Interrupt, Interrupted
from app.services.importing import ImportOptions
from app.services.jobs import JobState, Lane

ROUNDS = int(os.environ.get("CAPTELY_TEST_LANE_ROUNDS", "40"))
ROWS = 6_000
PATIENCE = 120
"""Nothing here takes a second on an idle machine; after this long the stacks are written."""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A workspace as a window has it: every change is followed by the index in the read lane."""
    monkeypatch.setenv("CAPTELY_NOW", "2026-11-23T10:00:00Z")
    built = build(Workspace(tmp_path / "Nordlicht").make_sandbox(), origin=Origin.UI)
    yield built
    built.close()


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[None]:
    """Says where every thread stands if the test does not come to its end."""
    with (tmp_path / "stacks.txt").open("w+") as stacks:
        faulthandler.dump_traceback_later(PATIENCE, file=stacks)
        yield
        faulthandler.cancel_dump_traceback_later()
        stacks.seek(0)
        if told := stacks.read():
            pytest.fail(told, pytrace=False)


def listed(folder: Path) -> Path:
    file = folder / "people.csv"
    rows = (f"Person{n},p{n}@acme{n % 50}.example,Acme {n % 50}" for n in range(ROWS))
    file.write_text("First name,E-mail,Company\n" + "\n".join(rows), "utf-8")
    return file


class Typist:
    """Searches as one types: each query stops the one before it."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._interrupt = Interrupt()

    def types(self, words: str) -> list[Future[object]]:
        self._interrupt.stop()
        self._interrupt = interrupt = Interrupt()
        search, submit = self._app.search, self._app.runner.submit
        return [
            submit(Lane.READ, lambda: search.first_page(words, interrupt=interrupt)),
            submit(Lane.READ, lambda: search.ids(words, interrupt=interrupt)),
            submit(Lane.READ, lambda: search.count(words)),
        ]


def one_round(app: App, typist: Typist, contact: int, number: int) -> list[Future[object]]:
    submit = app.runner.submit
    return [
        *typist.types("person"[: 1 + number % 6]),
        submit(Lane.EDIT, lambda: app.contacts.change(contact, {"title": f"No. {number}"})),
        submit(Lane.EDIT, lambda: app.settings.set(PAGE_MEMORY, f'{{"n": {{"n": {number}}}}}')),
        submit(Lane.READ, lambda: app.history.operations(20)),
        submit(Lane.READ, lambda: app.jobs.views()),
        *(submit(Lane.NETWORK, lambda: app.connections.list()) for _ in range(8)),
    ]


def test_that_everybody_comes_to_an_end(app: App, witness: None, tmp_path: Path) -> None:
    contact = app.contacts.add({"first_name": "Ada", "email": "ada@acme.example"}).id
    job = app.importing.start(listed(tmp_path), ImportOptions())
    importing, typist = app.runner.start_job(job), Typist(app)
    asked: list[Future[object]] = []
    beside = threading.Thread(target=lambda: [app.settings.all() for _ in range(ROUNDS * 5)])
    beside.start()
    for number in range(ROUNDS):
        asked += one_round(app, typist, contact, number)
        assert app.settings.all()
        # The window would not ask again before it has drawn something.
        with contextlib.suppress(Interrupted):
            asked[-11].result(PATIENCE)
    for future in asked:
        with contextlib.suppress(Interrupted):
            future.result(PATIENCE)
    beside.join()
    assert importing.result(PATIENCE).state is JobState.DONE
    app.indexing.drain()
    assert app.search.count("person") == ROWS
    assert app.contacts.get(contact).values["title"] == f"No. {ROUNDS - 1}"
    assert not any(isinstance(future.exception(), Busy) for future in asked)
