"""Runs the heavy parts of planning in processes of their own, so that the window stays smooth.

A million rows of Python in a thread would hand the interpreter's lock over a million times; a
process does not. A child imports the reader and the standard library only, never Qt or the
database library.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import multiprocessing.connection
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.errors import Cancelled, CaptelyError
from app.core.text import tr

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

log = logging.getLogger("captely.importing")

POLL_SECONDS = 0.1
REPORT_SECONDS = 0.1
GARBAGE = 200_000

Report = Callable[..., None]
Work = Callable[..., Any]

_spawn = multiprocessing.get_context("spawn")


def lock() -> Any:  # noqa: ANN401 - a lock of the spawning context, which has no public type
    """A lock that can be handed to work in other processes."""
    return _spawn.Lock()


def run(
    works: Sequence[tuple[Work, tuple[Any, ...]]],
    progress: Callable[[int, tuple[Any, ...]], None],
    check: Callable[[], None],
) -> list[Any]:
    """Do several pieces of work at once, each in a process, and return their results in order.

    Each is a function of a module and its arguments; it is called with a `report` function before
    them, whose arguments reach `progress` with the number of the work. check is called often;
    what it raises ends the processes and this call. Raises the first error of the work itself.
    """
    children = [_Child(work, arguments) for work, arguments in works]
    try:
        _attend(children, progress, check)
    finally:
        for child in children:
            child.end()
    return [child.result for child in children]


def _attend(
    children: Sequence[_Child],
    progress: Callable[[int, tuple[Any, ...]], None],
    check: Callable[[], None],
) -> None:
    while waiting := [child for child in children if not child.done]:
        check()
        pipes = [child.pipe for child in waiting]
        ready = multiprocessing.connection.wait(pipes, POLL_SECONDS)
        for number, child in enumerate(children):
            if child.pipe in ready and (told := child.take()) is not None:
                progress(number, told)


class _Child:
    """One process and what it has said."""

    def __init__(self, work: Work, arguments: tuple[Any, ...]) -> None:
        self.pipe, theirs = _spawn.Pipe(duplex=False)
        self.done = False
        self.result: Any = None
        self._process: SpawnProcess = _spawn.Process(
            target=_serve, args=(theirs, work, arguments), daemon=True
        )
        self._process.start()
        theirs.close()

    def take(self) -> tuple[Any, ...] | None:
        """The next message: a report, or None after the result. Raises the work's error."""
        try:
            kind, value = self.pipe.recv()
        except EOFError as error:
            raise CaptelyError(
                tr("The reading of the list stopped unexpectedly."),
                tr("Close other programs if memory is short, then try again."),
            ) from error
        if kind == "report":
            return tuple(value)
        self.done = True
        if kind == "error":
            raise value
        if kind == "mistake":
            log.error("A worker process of an import failed: %s", value)
            raise CaptelyError(
                tr("The list could not be read because of an unexpected error."),
                tr("Nothing was imported. The details say where it happened."),
                value,
            )
        self.result = value
        return None

    def end(self) -> None:
        """Stop the process, if it still runs, and let go of it."""
        if not self.done:
            self._process.terminate()
        self._process.join()
        self._process.close()
        self.pipe.close()


def _serve(pipe: Connection, work: Work, arguments: tuple[Any, ...]) -> None:
    """What a child process does."""
    last = 0.0
    seldom_collect()

    def report(*values: object) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= REPORT_SECONDS:
            last = now
            pipe.send(("report", values))

    try:
        pipe.send(("result", work(report, *arguments)))
    except BrokenPipeError:
        # The program that waited for this is gone; so is the reason to go on.
        return
    except KeyboardInterrupt:
        pipe.send(("error", Cancelled(tr("The import was cancelled."))))
    except CaptelyError as error:
        pipe.send(("error", error))
    except Exception as error:  # noqa: BLE001 - told to the process that asked for the work
        pipe.send(("mistake", _told(error)))


def seldom_collect() -> None:
    """Look for garbage less often: a tenth of the time of a process that works on bulk.

    A chunk is a hundred thousand objects without cycles, which all go at its end.
    """
    gc.freeze()
    gc.set_threshold(GARBAGE)


def _told(error: Exception) -> str:
    """A mistake of ours with its place in the code, without the values it was made with."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {places}"
