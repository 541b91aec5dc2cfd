"""The test bed keeps its promises: errors fail, nothing leaves the machine, servers are real."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import keyring
import keyring.core
import keyring.errors
import psycopg
import pytest
from PySide6.QtGui import QGuiApplication

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run_pytest(tmp_path: Path):
    """Run pytest on a small test module, under the same settings and conftest as this one."""

    def run(source: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        module = tmp_path / "test_inner.py"
        module.write_text(textwrap.dedent(source))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest", *options]
        return subprocess.run(
            [*command, str(module)],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_an_error_in_the_log_fails_the_test_that_logged_it(run_pytest):
    done = run_pytest(
        """
        import logging

        def test_quiet(): logging.getLogger("captely.x").warning("only a warning")
        def test_loud(): logging.getLogger("captely.x").error("the disk is full")
        """
    )

    assert "unexpected error in the log: captely.x: the disk is full" in done.stdout
    assert "2 passed, 1 error in" in done.stdout
    assert done.returncode == 1


def test_an_expected_error_that_does_not_come_fails_the_test(run_pytest):
    done = run_pytest("def test_it(expect_log): expect_log('disk is full')")

    assert "expected in the log, but absent: disk is full" in done.stdout
    assert done.returncode == 1


def test_an_expected_error_is_allowed(expect_log):
    expect_log("disk is .*full")

    logging.getLogger("captely.storage").error("the disk is %s full", "almost")


def test_a_warning_fails_the_test_that_caused_it(run_pytest):
    done = run_pytest(
        """
        import warnings

        def test_it(): warnings.warn("old way", DeprecationWarning)
        """
    )

    assert "DeprecationWarning: old way" in done.stdout
    assert done.returncode == 1


def test_a_skipped_test_fails_a_full_run_and_no_other(run_pytest):
    source = """
        import pytest

        def test_it(): pytest.skip("no server")
        def test_other(): pass
        """

    assert run_pytest(source).returncode == 0
    full = run_pytest(source, "--no-skips")
    assert "1 skipped, which --no-skips counts as a failure" in full.stdout
    assert full.returncode == 1


def test_the_closing_line_of_pytest_is_the_last_and_stands_below_the_other_checks(run_pytest):
    done = run_pytest("def test_it(): pass", CAPTELY_TEST_CHECKS="lint passed, types FAILED")

    *_, verdicts, closing = done.stdout.splitlines()
    assert verdicts == "Checks: lint passed, types FAILED"
    assert closing.startswith("1 passed in ")


def test_long_runs_wait_for_a_full_run(run_pytest):
    source = """
        import pytest

        @pytest.mark.full
        def test_long(): pass
        def test_short(): pass
        """

    assert "1 passed, 1 deselected" in run_pytest(source).stdout
    assert "2 passed" in run_pytest(source, "-m", "full or not full").stdout


def test_no_key_and_no_setting_of_the_developer_reaches_a_test(run_pytest):
    done = run_pytest(
        """
        import os

        def test_it():
            assert "STRIPE_SECRET_KEY" not in os.environ
            assert "CAPTELY_WORKSPACE" not in os.environ
        """,
        STRIPE_SECRET_KEY="sk_live_1",
        CAPTELY_WORKSPACE="/contacts",
    )

    assert done.returncode == 0, done.stdout


def test_there_is_no_display_and_no_keyring(qapp):
    assert QGuiApplication.platformName() == "offscreen"
    with pytest.raises(keyring.errors.NoKeyringError):
        keyring.get_password("captely", "hubspot")


def test_home_is_empty_and_not_the_developers(own_home):
    assert Path.home() == own_home
    assert list(own_home.iterdir()) == []


def test_nothing_leaves_this_machine():
    with socket.socket() as outgoing, pytest.raises(AssertionError, match="no network in tests"):
        outgoing.connect(("192.0.2.1", 80))
    with pytest.raises(socket.gaierror, match="no names in tests"):
        socket.create_connection(("example.org", 80))


def test_loopback_is_open():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        server.accept()[0] as accepted,
    ):
        client.sendall(b"hello")
        assert accepted.recv(5) == b"hello"


def test_each_test_gets_an_empty_postgresql_database(postgres_url):
    plain = postgres_url.replace("+psycopg", "", 1)
    with psycopg.connect(plain) as connection:
        connection.execute("CREATE TABLE contact (name text)")
        connection.execute("INSERT INTO contact VALUES ('Zoë')")
        version, encoding, name = connection.execute(
            "SELECT current_setting('server_version_num')::int,"
            " current_setting('server_encoding'), (SELECT name FROM contact)"
        ).fetchone()

    assert version >= 150_000
    assert (encoding, name) == ("UTF8", "Zoë")


def test_the_next_test_does_not_see_the_tables_of_the_one_before(postgres_url):
    with psycopg.connect(postgres_url.replace("+psycopg", "", 1)) as connection:
        found = connection.execute("SELECT to_regclass('contact')").fetchone()

    assert found == (None,)


def test_the_keyring_is_a_real_one_when_asked_for(gnome_keyring):
    keyring.core.init_backend()
    backend = keyring.get_keyring()

    keyring.set_password("captely", "hubspot", "clé secrète")

    assert backend.__class__.__module__ == "keyring.backends.SecretService"
    assert keyring.get_password("captely", "hubspot") == "clé secrète"
    keyring.delete_password("captely", "hubspot")
    assert keyring.get_password("captely", "hubspot") is None
