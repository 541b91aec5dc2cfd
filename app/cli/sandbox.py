"""The verb `sandbox`: runs the practice servers until it is stopped."""

from __future__ import annotations

import signal
import sys
import threading

import click

from app.cli.verb import Session, verb
from app.core.clock import clock_from_environment
from app.core.text import tr
from app.sandbox import Sandbox, read_scenarios


@click.command()
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME=SCENARIO",
    help="Make a practice server behave badly, such as hubspot=rate_limited.",
)
@verb
def sandbox(session: Session, scenarios: tuple[str, ...]) -> None:
    """Run practice servers on this computer, so that everything can be tried with no account."""
    stop = _told_to_stop()
    folder = session.workspace.prepare().logs
    with Sandbox(folder, clock_from_environment(), read_scenarios(scenarios)) as practice:
        _announce(session, practice)
        stop.wait()


def _announce(session: Session, practice: Sandbox) -> None:
    description = practice.describe()
    session.output.result(description)
    for name, address in description["servers"].items():
        session.output.say(f"{name}: {address}")
    session.output.say(tr("Request log: {path}", path=description["log"]))
    session.output.note(tr("Stop with Ctrl+C."))
    sys.stdout.flush()


def _told_to_stop() -> threading.Event:
    """Set when the program is told to end; asked for before anybody knows that it has begun.

    A script may stop it the moment it has read the addresses.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
