"""The verb `doctor`: whether this computer and this workspace are in order."""

from __future__ import annotations

from typing import Any

import click

from app.cli.credits_json import integrity_json
from app.cli.verb import Session, verb
from app.core.errors import CaptelyError
from app.core.text import tr
from app.services.health import Health, Problem
from app.services.plans import catalogue


@click.command()
@verb
def doctor(session: Session) -> None:
    """Check the workspace: disk, database, journal, licence, credits, keyring, jobs, search."""
    told: dict[str, Any] = {}
    try:
        health = session.app.health
        problems = health.examine()
        told = _plan(session, health)
    except CaptelyError as error:
        # A workspace that cannot even be opened is the doctor's first finding, not its failure.
        problems = [Problem.of(error)]
    ok = all(problem.warning for problem in problems)
    found = {"ok": ok, "problems": [problem.as_dict() for problem in problems]}
    session.output.result(found | told)
    for problem in problems:
        session.output.say(f"{problem.message} {problem.hint}".strip())
    if ok:
        session.output.say(tr("Everything is in order."))
    session.exit_code = 0 if ok else 1


def _plan(session: Session, health: Health) -> dict[str, Any]:
    """How licence and ledger stand, said and told."""
    standing, ledger = health.licence(), health.ledger()
    name = catalogue().plans[standing.plan].name
    session.output.say(tr("Plan: {plan} ({state})", plan=name, state=standing.state.value))
    session.output.say(ledger.message)
    return {
        "licence": {
            "plan": standing.plan.value,
            "state": standing.state.value,
            "provenance": standing.provenance.value,
            "message": standing.message,
        },
        "ledger": integrity_json(ledger),
    }
