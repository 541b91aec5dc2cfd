"""The verb `audit`: whether the journal is whole."""

from __future__ import annotations

import click

from app.cli.output import as_json
from app.cli.verb import Session, verb


@click.group()
def audit() -> None:
    """Check the hash-chained journal."""


@audit.command("verify")
@verb
def verify(session: Session) -> None:
    """Recompute every hash of the journal and name the first entry that does not fit."""
    outcome = session.app.audit.verify()
    session.output.result(as_json(outcome))
    session.output.say(outcome.message)
    session.exit_code = 0 if outcome.ok else 1
