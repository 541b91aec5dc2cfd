"""Who holds a lease, and whether that process is still there."""

from __future__ import annotations

import os
import platform
import sys
import threading
import uuid
from pathlib import Path

_held: set[str] = set()
_held_lock = threading.Lock()


def new_owner() -> str:
    """A name for one run of a job: machine, process, when the process was born, and a random part.

    The birth tells a process from a later one that got the same number.
    """
    pid = os.getpid()
    return f"{_machine()}:{pid}:{_birth(pid)}:{uuid.uuid4().hex}"


def hold(owner: str) -> None:
    """Remember that this process is running the job under `owner`."""
    with _held_lock:
        _held.add(owner)


def let_go(owner: str) -> None:
    """Forget `owner`; harmless when it is not held."""
    with _held_lock:
        _held.discard(owner)


def is_dead(owner: str | None, until_us: int | None, now_us: int) -> bool:
    """True when nobody renews this lease any more.

    Either its time (microseconds UTC) is over, or it belongs to a process of this machine that has
    ended: after a crash nobody should have to wait until the lease runs out.
    """
    if owner is None or until_us is None or until_us <= now_us:
        return True
    machine, pid, birth, _ = owner.rsplit(":", 3)
    if machine != _machine():
        return False
    if int(pid) == os.getpid():
        with _held_lock:
            return owner not in _held
    return not _is_running(int(pid), birth)


def _machine() -> str:
    """This machine; two containers of one name have process numbers of their own."""
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = ""
    return platform.node() + namespace.removeprefix("pid:")


def _is_running(pid: int, birth: str) -> bool:
    return _process_exists(pid) and _birth(pid) == birth


def _birth(pid: int) -> str:
    """The clock tick in which process `pid` began; empty where the system does not tell.

    "ended" for a process that is dead and only waits for its parent to ask how it died.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The second field is the program's name in parentheses and may hold spaces itself.
    fields = status.rpartition(")")[2].split()
    return "ended" if fields[0] in "ZX" else fields[19]


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x0010_0000
    _WAIT_TIMEOUT = 0x102

    def _process_exists(pid: int) -> bool:
        # os.kill would send the process a Ctrl+C here.
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(_SYNCHRONIZE, 0, pid)
        if not handle:
            return False
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == _WAIT_TIMEOUT)
        finally:
            kernel.CloseHandle(handle)

else:

    def _process_exists(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
