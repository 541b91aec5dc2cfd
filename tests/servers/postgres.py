"""A throw-away PostgreSQL server: fast, unsafe, gone with the process that started it."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

START_ATTEMPTS = 3
START_SECONDS = 30
_serial = itertools.count(1)


def _programs() -> Path | None:
    """The folder of the newest installed server programs, which Debian keeps off the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: float(p.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).parent if on_path else None


def _as_server_user() -> list[str]:
    """The prefix that starts a program as the user of the server, since it refuses to be root.

    `--pdeathsig` ends the server with the test process even when that one is killed.
    """
    prefix = ["setpriv", "--pdeathsig=QUIT"] if shutil.which("setpriv") else []
    if os.getuid() == 0:
        prefix += ["--reuid=postgres", "--regid=postgres", "--init-groups"]
    return prefix


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PostgresServer:
    """A server on a free loopback port, with its data in a temporary folder and no fsync."""

    def __init__(self) -> None:
        self.url = ""
        self._folder = Path(tempfile.mkdtemp(prefix="captely-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_installed() -> bool:
        """Whether the server's programs, and if need be its user, are on this machine."""
        if _programs() is None:
            return False
        if os.getuid() != 0:
            return True
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return False
        return shutil.which("setpriv") is not None

    def __enter__(self) -> Self:
        try:
            self._make_cluster()
            self._start()
        except BaseException:
            self._clean_up()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clean_up()

    def _program(self, name: str) -> str:
        folder = _programs()
        assert folder is not None, "ask is_installed() first"
        return str(folder / name)

    def _make_cluster(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        command = [self._program("initdb"), "-D", str(self._folder / "data"), "-U", "captely"]
        command += ["-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(
            [*_as_server_user(), *command], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr.strip()}")

    def _start(self) -> None:
        for _ in range(START_ATTEMPTS):
            # Between finding a free port and binding it, another worker may take it.
            port = _free_port()
            with (self._folder / "log").open("wb") as log:
                self._process = subprocess.Popen(
                    [*_as_server_user(), *self._command(port)],
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                )
            if self._answers(port):
                self.url = f"postgresql://captely@127.0.0.1:{port}/postgres"
                return
        said = (self._folder / "log").read_text(errors="replace")
        raise RuntimeError(f"PostgreSQL did not start: {said[-2000:]}")

    def _command(self, port: int) -> list[str]:
        settings = {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            "max_connections": "60",
            "timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [
            self._program("postgres"),
            "-D",
            str(self._folder / "data"),
            "-p",
            str(port),
            *options,
        ]

    def _answers(self, port: int) -> bool:
        """Wait until the server answers; False as soon as its process has ended."""
        assert self._process is not None
        ready = [self._program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        for _ in range(START_SECONDS * 10):
            if subprocess.run(ready, check=False).returncode == 0:
                return True
            try:
                self._process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            return False
        return False

    def _clean_up(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(START_SECONDS)
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """Make an empty database on the server, yield its SQLAlchemy address, and drop it.

    Dropping does not wait for connections that a test forgot to close: it ends them.
    """
    # SQLAlchemy's form of the address names the driver, which psycopg itself does not understand.
    plain = server_url.replace("postgresql+psycopg://", "postgresql://", 1)
    name = f"captely_test_{os.getpid()}_{next(_serial)}"
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            parts = urlsplit(plain)._replace(scheme="postgresql+psycopg", path=f"/{name}")
            yield urlunsplit(parts)
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(drop.format(sql.Identifier(name)))
