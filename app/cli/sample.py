"""The verbs of the sample data: bring made-up contacts in to try things on, and take them out."""

from __future__ import annotations

import click

from app.cli.progress import progress_of
from app.cli.verb import Session, cancellable, result_of, verb
from app.core.text import tr, trn


@click.group()
def sample() -> None:
    """Bring made-up contacts in to try things on, and take them out again."""


@sample.command("add")
@verb
def add(session: Session) -> None:
    """Import the sample contacts, tagged sample; whoever is there already is left alone."""
    app = session.app
    job = app.sample.start()
    with cancellable() as stop, progress_of(app.bus, session.output):
        result = result_of(app.jobs.run(job, pause=stop))
    session.output.result(result)
    session.output.say(
        trn("{n} sample contact is here", "{n} sample contacts are here", result["created"])
    )


@sample.command("remove")
@click.option("--keep-changed", is_flag=True, help="Leave the contacts changed since.")
@verb
def remove(session: Session, *, keep_changed: bool) -> None:
    """Put the sample contacts in the trash, the changed ones too; undo brings them back."""
    removed = session.app.sample.remove(keep_changed=keep_changed)
    session.output.result({"removed": removed.contacts, "kept": removed.kept})
    gone = trn(
        "{n} sample contact is in the trash",
        "{n} sample contacts are in the trash",
        removed.contacts,
    )
    session.output.say(f"{gone}, {tr('{n} kept', n=removed.kept)}" if removed.kept else gone)
