"""What every test stands on: no display, no network, no real home, keyring or key, no silent error.

Importing this file already takes the process away from the developer's machine, before any module
of the product is imported. Fixtures: `expect_log` for an error that a test causes on purpose,
`sqlite_url`, `postgres_url` and `database_url` for an empty database, `gnome_keyring` for a real
keyring of its own.
"""

from __future__ import annotations

import atexit
import faulthandler
import logging
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

from tests.servers.keyring_daemon import KeyringDaemon
from tests.servers.postgres import PostgresServer, fresh_database

pytest_plugins = ["tests.cli.fixtures"]

FULL_PROFILE = "full"
FULL_SECONDS = 1_800
"""How long a test of the long runs may take; hundreds of kills do not fit into three minutes."""
STACKS_BEFORE_SECONDS = 10


def _leave_the_developers_machine() -> None:
    """Point every path and door of the environment at nothing real."""
    home = Path(tempfile.mkdtemp(prefix="captely-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in list(os.environ):
        product_setting = name.startswith("CAPTELY_") and not name.startswith("CAPTELY_TEST_")
        if product_setting or name.endswith(("_API_KEY", "_SECRET_KEY", "_CLIENT_SECRET")):
            del os.environ[name]
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        os.environ.pop(name, None)
    os.environ |= _home_variables(home)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ["TZ"] = "UTC"
    time.tzset()


def _home_variables(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
    }


_leave_the_developers_machine()

hypothesis.settings.register_profile(
    "default", deadline=None, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.register_profile(
    FULL_PROFILE, deadline=None, max_examples=1_000, database=None, print_blob=True
)
hypothesis.settings.load_profile(os.environ.get("CAPTELY_TEST_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail the run if a test was skipped")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the long runs the time they need."""
    profile = os.environ.get("CAPTELY_TEST_PROFILE")
    for item in items:
        long = profile == FULL_PROFILE or item.get_closest_marker("full")
        if long and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(FULL_SECONDS))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have the stacks of a test that may take longer written when its own time is nearly up.

    After the 170 s of the others they would show whatever a healthy long run does at that moment.
    """
    limit = item.get_closest_marker("timeout")
    if limit is not None and limit.args and fault_handler_stderr_fd_key in item.config.stash:
        stacks = item.config.stash[fault_handler_stderr_fd_key]
        faulthandler.dump_traceback_later(limit.args[0] - STACKS_BEFORE_SECONDS, file=stacks)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Iterator[None]:
    """Repeat the verdicts of ./test's other checks just above the closing line."""
    yield
    if checks := os.environ.get("CAPTELY_TEST_CHECKS"):
        terminalreporter.write_line(
            f"Checks: {checks}", red="FAILED" in checks, green="FAILED" not in checks
        )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under --no-skips turn a run that skipped something into a failed one."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not session.config.getoption("--no-skips"):
        return
    skipped = len(reporter.stats.get("skipped", []))
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"\n{skipped} skipped, which --no-skips counts as a failure", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def own_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Give each test an empty home, so that no test sees the files of the one before it."""
    home = tmp_path_factory.mktemp("home", numbered=True)
    for name, value in _home_variables(home).items():
        monkeypatch.setenv(name, value)
    yield home
    shutil.rmtree(home, ignore_errors=True)


class LoggedErrors(logging.Handler):
    """Collects what was logged at ERROR or above; calling it allows what a test expects."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[logging.LogRecord] = []
        self.expected: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        # A record passes here once per logger we listen at; it is still one error.
        if not any(earlier is record for earlier in self.seen):
            self.seen.append(record)

    def __call__(self, pattern: str) -> None:
        """Say that the test will log an error whose text matches `pattern`, and must."""
        self.expected.append(re.compile(pattern))

    def verdict(self) -> str:
        """One line for each error nobody expected and each expected one that did not come."""
        texts = [f"{record.name}: {record.getMessage()}" for record in self.seen]
        unexpected = [t for t in texts if not any(p.search(t) for p in self.expected)]
        absent = [p.pattern for p in self.expected if not any(p.search(t) for t in texts)]
        return "\n".join(
            [f"unexpected error in the log: {text}" for text in unexpected]
            + [f"expected in the log, but absent: {pattern}" for pattern in absent]
        )


@pytest.fixture(autouse=True)
def expect_log() -> Iterator[LoggedErrors]:
    """Fail a test that logs an error; `expect_log("pattern")` allows, and demands, one.

    Set up first and torn down last, so that errors of fixtures closing are caught as well.
    """
    errors = LoggedErrors()
    # The product's logger may have stopped handing its records on to the root.
    listened = [logging.getLogger(), logging.getLogger("captely")]
    for logger in listened:
        logger.addHandler(errors)
    yield errors
    for logger in listened:
        logger.removeHandler(errors)
    if verdict := errors.verdict():
        pytest.fail(verdict, pytrace=False)


class OutsideNetworkError(AssertionError):
    """A test tried to leave this machine."""


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    return name in {None, "", "localhost", "::1"} or str(name).startswith("127.")


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Refuse every connection and look-up that would leave this machine."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(address: Any) -> None:
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise OutsideNetworkError(f"no network in tests, but {address!r} was asked for")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_here(host):
            # What a machine without a network answers, so that the product's own words are tested.
            raise socket.gaierror(socket.EAI_NONAME, f"no names in tests, not even {host!r}")
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of a SQLite database file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'database.sqlite'}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL server: the given one, else a throw-away one of this process."""
    if given := os.environ.get("CAPTELY_TEST_POSTGRES"):
        yield given
        return
    if not PostgresServer.is_installed():
        pytest.skip("PostgreSQL is not installed, and CAPTELY_TEST_POSTGRES names no server")
    with PostgresServer() as server:
        yield server.url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Address of an empty PostgreSQL database of this test alone, dropped after it."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def gnome_keyring(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringDaemon]:
    """Run a real, unlocked Secret Service with an empty keyring, on a message bus of its own."""
    if not KeyringDaemon.is_installed():
        pytest.skip("gnome-keyring and dbus-daemon are not installed")
    import keyring
    from keyring.backends import fail

    with KeyringDaemon(own_home) as daemon:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.bus_address)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.SecretService.Keyring")
        yield daemon
    # The library keeps the backend it found first; the next test has none.
    keyring.set_keyring(fail.Keyring())
