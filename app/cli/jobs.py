"""The verbs of background work: what runs, and pausing, resuming or cancelling it."""

from __future__ import annotations

import click

from app.cli.progress import progress_of
from app.cli.verb import Session, cancellable, result_of, verb
from app.core.text import tr
from app.services.jobs import JobState


@click.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@verb
def jobs(session: Session, limit: int) -> None:
    """List imports, exports and other background work, newest first."""
    rows = [view.as_dict() for view in session.app.jobs.views(limit=limit)]
    session.output.result({"jobs": rows})
    session.output.table(
        (tr("Id"), tr("Work"), tr("State"), tr("Done"), tr("Total"), tr("Message")),
        ((str(r["id"]), r["label"], r["state"], r["done"], r["total"], r["message"]) for r in rows),
    )


@click.group()
def job() -> None:
    """Show, pause, resume and cancel one job."""


@job.command("show")
@click.argument("id", type=int)
@verb
def show(session: Session, id: int) -> None:  # noqa: A002 - the argument's name in the usage text
    """Show a job and its calls whose fate is unknown."""
    job = session.app.jobs.view(id)
    view = job.as_dict()
    calls = [item.as_dict() for item in session.app.jobs.ambiguous(id)]
    calls += session.app.exporting.runs.unknown(id)
    session.output.result({"job": view, "ambiguous_calls": calls, "result": job.result})
    session.output.table((tr("Field"), tr("Value")), view.items())
    if calls:
        session.output.table(
            (tr("Contact"), tr("Asked"), tr("Time")),
            ((str(c["contact"]), c.get("what"), c["at"]) for c in calls),
        )


@job.command("resume")
@click.argument("id", type=int)
@verb
def resume(session: Session, id: int) -> None:  # noqa: A002
    """Run a paused or interrupted job to its end and print its verb's own result.

    It goes on where it stopped, after Ctrl+C and after a kill; nothing is done twice.
    """
    job = session.app.jobs.view(id)
    if job.state is not JobState.DONE:
        # One that came to its end meanwhile has its result already: a script need not care.
        with cancellable() as stop, progress_of(session.app.bus, session.output):
            job = session.app.jobs.run(id, pause=stop)
    result = result_of(job)
    session.output.result(result)
    session.output.table((tr("Result"), tr("Value")), _plain(result))
    if result.get("parking"):
        session.output.say(result["parking"]["message"])
    faults = ("rejected", "parked", "failed", "invalid", "ambiguous")
    session.exit_code = 1 if any(result.get(fault) for fault in faults) else 0


@job.command("pause")
@click.argument("id", type=int)
@verb
def pause(session: Session, id: int) -> None:  # noqa: A002
    """Pause a job, here or in another Captely, after the step it is in."""
    session.app.jobs.pause(id)
    session.output.result({"job": session.app.jobs.view(id).as_dict()})
    session.output.say(tr("Job {id} will pause after its present step.", id=id))


@job.command("cancel")
@click.argument("id", type=int)
@verb
def cancel(session: Session, id: int) -> None:  # noqa: A002
    """Give a job up: an import leaves nothing behind, an export what it has sent.

    Parked rows that wait are dropped.
    """
    dropped = session.app.jobs.view(id).dropped
    session.app.jobs.cancel(id)
    session.output.result({"job": session.app.jobs.view(id).as_dict()})
    session.output.say(tr("Job {id} is cancelled.", id=id))
    if dropped:
        session.output.say(dropped)


def _plain(result: dict[str, object]) -> list[tuple[str, object]]:
    return [(key, value) for key, value in result.items() if not isinstance(value, dict | list)]
