"""Kills processes on purpose: children forked from a pre-imported one, so that hundreds are cheap.

A body is a module-level function with JSON arguments and a JSON result. It runs in a child that is
killed after some seconds of wall time, or when it comes to a checkpoint for the n-th time:

- `"statement"` and `"commit"`: every SQL statement and commit, before it happens;
- `"module:Class.method"`: that function, before it runs or after it has;
- any name that the body itself passes to `checkpoint`.

The server runs as `python -m tests.kill.harness MODULE ...` and has no threads, so forking it is
safe, which forking the test process would not be.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Kill:
    """When to send SIGKILL: after `seconds`, or the `nth` time that the child comes to `at`."""

    seconds: float | None = None
    at: str = ""
    nth: int = 1
    after: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """How a child ended: killed, or with a value; points counts the checkpoints it passed."""

    killed: bool
    seconds: float
    value: Any = None
    points: dict[str, int] = field(default_factory=dict)
    error: str = ""


class Child:
    """One running child of the nursery."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid

    def kill(self) -> None:
        """Send SIGKILL now."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Fate:
        """Wait for the child's end; fails with its traceback if the body raised."""
        fate = Fate(**self._nursery.ask({"do": "wait", "pid": self.pid}))
        self._nursery.forget(self.pid)
        assert not fate.error, f"the child failed:\n{fate.error}"
        return fate


class Nursery:
    """The pre-imported process that forks the children; close it at the end."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = modules
        self._pids: set[int] = set()
        self._server = self._begin()

    def _begin(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.kill.harness", *self._modules],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, body: Callable[..., Any], *args: Any, kill: Kill | None = None) -> Child:
        """Run `body` in a child of its own, beside this process."""
        call = f"{body.__module__}:{body.__qualname__}"
        told = {"do": "start", "call": call, "args": args, "kill": asdict(kill or Kill())}
        child = Child(self, self.ask(told)["pid"])
        self._pids.add(child.pid)
        return child

    def run(self, body: Callable[..., Any], *args: Any, kill: Kill | None = None) -> Fate:
        """Run `body` in a child to its end, natural or not."""
        return self.start(body, *args, kill=kill).wait()

    def forget(self, pid: int) -> None:
        """Take note that a child has ended."""
        self._pids.discard(pid)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send one request to the server and return its answer."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        try:
            self._server.stdin.write(json.dumps(request) + "\n")
            self._server.stdin.flush()
            answer = self._server.stdout.readline()
        except BaseException:
            # A test cut off while it waits: its answer would be taken for that of the next one.
            self._begin_anew()
            raise
        assert answer, "the nursery has died"
        told: dict[str, Any] = json.loads(answer)
        assert "broken" not in told, told["broken"]
        return told

    def _begin_anew(self) -> None:
        for pid in self._pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self._pids.clear()
        self._server.kill()
        self._server.wait()
        for pipe in (self._server.stdin, self._server.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._server = self._begin()

    def close(self) -> None:
        """End the server and whatever children it still has."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


_passed: Counter[str] = Counter()
_kill = Kill()


def checkpoint(name: str) -> None:
    """Pass a point of the body at which a kill can be asked for; free when none is."""
    _passed[name] += 1
    if _kill.at == name and _passed[name] == _kill.nth:
        _die()


def _die() -> None:
    # The group, so that worker processes of the child go with it, as when a machine goes down.
    os.killpg(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class _Running:
    results: int
    began: float
    seconds: float | None


class _Server:
    """Forks children on request; lives in its own process, without threads."""

    def __init__(self) -> None:
        self._running: dict[int, _Running] = {}

    def serve(self) -> None:
        answers = os.fdopen(os.dup(1), "w")
        # What a body prints must not be read as an answer.
        os.dup2(2, 1)
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = getattr(self, request.pop("do"))(**request)
            except Exception:  # noqa: BLE001 - told to the test, which raises it
                answer = {"broken": traceback.format_exc()}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        for pid in self._running:
            os.killpg(pid, signal.SIGKILL)

    def start(self, call: str, args: list[Any], kill: dict[str, Any]) -> dict[str, Any]:
        module, _, name = call.partition(":")
        # Imported here, in the parent of all children, once.
        body = getattr(importlib.import_module(module), name)
        ours, theirs = os.pipe()
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            os.setpgid(0, 0)
            _be_child(body, args, Kill(**kill), theirs)
        os.close(theirs)
        # Both do it, since either may come first; the later one may be refused.
        with contextlib.suppress(PermissionError):
            os.setpgid(pid, pid)
        self._running[pid] = _Running(ours, began, kill["seconds"])
        return {"pid": pid}

    def wait(self, pid: int) -> dict[str, Any]:
        child = self._running.pop(pid)
        told = self._told(pid, child)
        os.close(child.results)
        _, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not told and not killed:
            told = {"error": f"it ended with status {status}"}
        # Killed after its report was written, it had already done all it had to do.
        return {"killed": not told, "seconds": time.monotonic() - child.began, **told}

    def _told(self, pid: int, child: _Running) -> dict[str, Any]:
        """Read what the child reports until its end, and end it when its time has come."""
        limit = PATIENCE_SECONDS if child.seconds is None else child.seconds
        text = b""
        while True:
            left = max(0.0, child.began + limit - time.monotonic())
            if not select.select([child.results], [], [], left)[0]:
                os.killpg(pid, signal.SIGKILL)
                if child.seconds is None:
                    return {"error": f"it did not end within {PATIENCE_SECONDS} s"}
                # What it wrote before it died is still in the pipe, which its death closes.
                limit = PATIENCE_SECONDS
                child.seconds = None
            elif part := os.read(child.results, 65_536):
                text += part
            else:
                break
        # A kill may strike while the report is being written.
        return json.loads(text) if text.endswith(b"}\n") else {}


def _be_child(body: Callable[..., Any], args: list[Any], kill: Kill, results: int) -> None:
    global _kill
    status = 1
    try:
        _kill = kill
        _passed.clear()
        _watch_database()
        if ":" in kill.at:
            _watch_function(kill)
        told = {"value": body(*args), "points": dict(_passed)}
        status = 0
    except BaseException:  # noqa: BLE001 - likewise
        told = {"error": traceback.format_exc()}
    # A kill by the clock may come any time from here on: what the body did, it did.
    os.write(results, json.dumps(told).encode() + b"\n")
    os._exit(status)


def _watch_database() -> None:
    from sqlalchemy import Engine, event

    @event.listens_for(Engine, "before_cursor_execute")
    def statement(*args: Any) -> None:
        checkpoint("statement")

    @event.listens_for(Engine, "commit")
    def commit(*args: Any) -> None:
        checkpoint("commit")


def _watch_function(kill: Kill) -> None:
    module, _, path = kill.at.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    inner = getattr(owner, name)

    @functools.wraps(inner)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if not kill.after:
            checkpoint(kill.at)
        result = inner(*args, **kwargs)
        if kill.after:
            checkpoint(kill.at)
        return result

    setattr(owner, name, watched)


if __name__ == "__main__":
    # Under its real name: bodies import `checkpoint` from there, not from __main__.
    harness = importlib.import_module("tests.kill.harness")
    for preload in sys.argv[1:]:
        importlib.import_module(preload)
    harness._Server().serve()
