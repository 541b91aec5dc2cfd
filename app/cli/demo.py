"""The verb `demo`: the main job on real input, in a sandbox workspace, step by step."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from typing import Any

import click

from app.cli.exporting import FATES
from app.cli.progress import progress_of
from app.cli.verb import Session, cancellable, result_of, verb
from app.core.errors import InvalidInput
from app.core.paths import Workspace, demo_workspace, resources, usual_workspace
from app.core.text import tr
from app.services.exporting import ExportPlan
from app.services.importing import ImportOptions

NUMBERS = ("created", "updated", "unchanged", "duplicates", "rejected")


@click.command()
@click.option("--no-window", is_flag=True, help="Stop after the steps, open nothing.")
@verb
def demo(session: Session, *, no_window: bool) -> None:
    """Import the sample contacts and export them to the practice HubSpot, in a sandbox."""
    session.workspace = _fresh_sandbox(session.workspace)
    with cancellable() as stop, progress_of(session.app.bus, session.output):
        steps = {"imported": _import(session, stop), **_export(session, stop)}
    folder = session.workspace.folder
    session.output.result({"workspace": str(folder), **steps})
    session.output.say(tr('Look around with: ./run contacts --workspace "{folder}"', folder=folder))
    session.close()
    if session.show is not None and not no_window:
        session.exit_code = session.show(session.workspace)


def _fresh_sandbox(chosen: Workspace) -> Workspace:
    """An empty sandbox: the chosen folder if it may be one, else the demo's own folder.

    The usual workspace never is: a sandbox stays one, and the next thing a new user does is to
    bring in real contacts there.
    """
    real = chosen.database.exists() and not chosen.is_sandbox
    if real or chosen == usual_workspace():
        chosen = demo_workspace()
    if chosen.is_sandbox:
        shutil.rmtree(chosen.folder)
    if chosen.folder.exists() and any(chosen.folder.iterdir()):
        raise InvalidInput(
            tr("The folder {folder} holds other files.", folder=str(chosen.folder)),
            tr("Choose an empty one with --workspace."),
        )
    return chosen.make_sandbox()


def _import(session: Session, stop: threading.Event) -> Mapping[str, Any]:
    sample = resources() / "samples" / "contacts.csv"
    session.output.say(tr("1  Import {file} into a sandbox workspace", file=sample.name))
    options = ImportOptions(tags=("sample",), default_country="FR")
    job = session.app.importing.start(sample, options)
    result = result_of(session.app.jobs.run(job, pause=stop))
    _numbers(session, result, NUMBERS)
    if result["rejects_file"]:
        session.output.say(tr("   Rejected rows: {file}", file=result["rejects_file"]))
    return result


def _export(session: Session, stop: threading.Event) -> Mapping[str, Any]:
    app, output = session.app, session.output
    output.say(tr("2  Dry run of the export to the practice HubSpot"))
    output.say(f"   {app.connections.test('hubspot').label}")
    plan = _plan(session)
    _numbers(session, plan.as_result(), FATES)
    output.say(tr("3  Export that same plan"))
    result = result_of(app.jobs.run(app.exporting.start(plan), pause=stop))
    _numbers(session, result, ("ok", "failed", "ambiguous", "requests"))
    for failure in result["failures"]:
        output.say(f"   {failure['email']}: {failure['message']}")
    output.say(tr("4  Export again: what has not changed is not written again"))
    again = _plan(session)
    _numbers(session, again.as_result(), FATES)
    app.exporting.discard(again)
    return {"exported": result, "again": dict(again.counts)}


def _plan(session: Session) -> ExportPlan:
    everybody = session.app.search.ids("", sort="id").ids
    return session.app.exporting.plan("hubspot", everybody)


def _numbers(session: Session, result: Mapping[str, Any], names: tuple[str, ...]) -> None:
    session.output.say("   " + " · ".join(f"{tr(name)} {result[name]:,}" for name in names))
