"""Progress bars on a terminal, driven by the same events that the window shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from app.cli.output import Output
from app.core.events import Bus
from app.services.jobs import JobProgress


@contextmanager
def progress_of(bus: Bus, output: Output) -> Iterator[None]:
    """Draw a bar for every job that runs inside, if somebody watches; else stay silent."""
    if not output.interactive:
        yield
        return
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=output.err,
        transient=False,
    )
    tasks: dict[int, TaskID] = {}

    def show(event: JobProgress) -> None:
        task = tasks.get(event.job_id)
        words = event.message or event.label
        rate = f"{event.rate:,.0f}/s" if event.rate else ""
        if task is None:
            tasks[event.job_id] = bars.add_task(
                words, total=event.total, completed=event.done, rate=rate
            )
        else:
            bars.update(task, description=words, total=event.total, completed=event.done, rate=rate)

    end = bus.subscribe(JobProgress, show)
    try:
        with bars:
            yield
    finally:
        end()
