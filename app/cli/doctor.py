"""The verb `doctor`: whether this computer and this workspace are in order."""

from __future__ import annotations

import click

from app.cli.verb import Session, verb
from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.health import Problem


@click.command()
@verb
def doctor(session: Session) -> None:
    """Check the workspace: disk, database, journal, keyring, unfinished work, search index."""
    try:
        problems = session.app.health.examine()
    except CaptelyError as error:
        # A workspace that cannot even be opened is the doctor's first finding, not its failure.
        problems = [Problem.of(error)]
    ok = all(problem.warning for problem in problems)
    session.output.result({"ok": ok, "problems": [problem.as_dict() for problem in problems]})
    for problem in problems:
        session.output.say(f"{problem.message} {problem.hint}".strip())
    if ok:
        session.output.say(tr("Everything is in order."))
    session.exit_code = 0 if ok else 1
