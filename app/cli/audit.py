"""The verb `audit`: whether the journal is whole."""

from __future__ import annotations

import click

from app.cli.output import as_json
from app.cli.verb import Session, verb
from app.core.text import tr
from app.services.health import IF_RESTORED
from app.services.witness import Verdict


@click.group()
def audit() -> None:
    """Check the hash-chained journal."""


@audit.command("verify")
@click.option(
    "--accept",
    is_flag=True,
    help="After restoring a copy yourself: compare with the journal as it is from now on.",
)
@verb
def verify(session: Session, *, accept: bool) -> None:
    """Recompute every hash of the journal and name the first entry that does not fit.

    Its end is compared with the one that the computer's keyring has last seen, which tells when
    the newest entries were cut off or the database was replaced by an older copy.
    """
    outcome = session.app.audit.verify(accept=accept)
    session.output.result(as_json(outcome))
    session.output.say(outcome.message)
    if outcome.note:
        session.output.note(outcome.note)
    if outcome.witness in (Verdict.CUT, Verdict.OTHER):
        session.output.note(tr(IF_RESTORED))
    session.exit_code = 0 if outcome.ok else 1
