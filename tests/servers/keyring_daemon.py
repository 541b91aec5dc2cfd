"""A real Secret Service for one test: its own message bus, its own home, an unlocked keyring."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 20
STOP_SECONDS = 10
PROGRAMS = ("dbus-daemon", "dbus-send", "gnome-keyring-daemon")


class KeyringDaemon:
    """gnome-keyring on a private message bus, with the home folder it is given.

    `bus_address` is what DBUS_SESSION_BUS_ADDRESS must be for a client to find it.
    """

    def __init__(self, home: Path) -> None:
        self.bus_address = ""
        self._environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
        self._processes: list[subprocess.Popen[str]] = []

    @staticmethod
    def is_installed() -> bool:
        """Whether the daemons and the program that asks the bus are on this machine."""
        return all(shutil.which(name) for name in PROGRAMS)

    def __enter__(self) -> Self:
        try:
            self._start_all()
        except BaseException:
            self._stop_all()
            raise
        return self

    def _start_all(self) -> None:
        bus = self._start("dbus-daemon", "--session", "--nofork", "--print-address=1")
        self.bus_address = self._read_line(bus)
        self._environment["DBUS_SESSION_BUS_ADDRESS"] = self.bus_address
        keyring = self._start(
            "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"
        )
        assert keyring.stdin is not None
        keyring.stdin.write("a password for one test")
        keyring.stdin.close()
        self._wait_for_name(keyring)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop_all()

    def _stop_all(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait(STOP_SECONDS)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def _start(self, *command: str) -> subprocess.Popen[str]:
        # Without it the daemons would outlive a test run that is killed.
        tied = ["setpriv", "--pdeathsig=TERM"] if shutil.which("setpriv") else []
        process = subprocess.Popen(
            [*tied, *command],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._processes.append(process)
        return process

    def _wait_for_name(self, process: subprocess.Popen[str]) -> None:
        """Wait until the keyring has taken its name on the bus, which it does once unlocked."""
        ask = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus"]
        ask += ["/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
        for _ in range(START_SECONDS * 20):
            answer = subprocess.run(
                ask, env=self._environment, capture_output=True, text=True, check=True
            )
            if "true" in answer.stdout:
                return
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError("gnome-keyring-daemon ended before it was ready")
        raise RuntimeError("gnome-keyring-daemon did not become ready")

    def _read_line(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"{process.args!r} said nothing")
        return line
