"""What all verbs share: --workspace and --json, the services, and queries as arguments."""

from __future__ import annotations

import functools
import os
import signal
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

from app.cli.output import Output
from app.cli.passphrase import ask_passphrase
from app.core.errors import InvalidInput
from app.core.paths import Workspace, default_workspace
from app.core.text import is_whole, made_whole, tr
from app.services.jobs import JobView, Paused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from app.bootstrap import App
    from app.cli import Show

P = ParamSpec("P")

STDERR = 2
QUERY_SETTINGS = {"ignore_unknown_options": True}
"""For verbs with a QUERY: "-tag:eu" is a filter, not an option."""


class Listing(click.Group):
    """`tags` means `tags list`, with the options of that verb."""

    first = "list"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the first verb before what is meant for it."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [self.first, *args]
        return super().parse_args(ctx, args)


class Session:
    """One verb's run: its output, its workspace, and the services once they are needed."""

    def __init__(self, workspace: Workspace, output: Output, show: Show | None = None) -> None:
        self.workspace = workspace
        self.output = output
        self.show = show
        self.exit_code = 0
        self._app: App | None = None

    @property
    def app(self) -> App:
        """The services, built on first use."""
        if self._app is None:
            from app.bootstrap import build
            from app.core.actor import Origin

            self._app = build(self.workspace, origin=Origin.CLI)
            self._app.secrets.ask_passphrase = ask_passphrase
        return self._app

    def close(self) -> None:
        """Close what was opened."""
        if self._app is not None:
            self._app.close()


def verb(
    function: Callable[Concatenate[Session, P], None],
) -> Callable[P, None]:
    """Give a command --workspace and --json, and hand it a Session."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
    @click.option(
        "--workspace",
        type=click.Path(file_okay=False, path_type=Path),
        help="The workspace's folder, instead of CAPTELY_WORKSPACE or the usual one.",
    )
    @functools.wraps(function)
    def wrapped(*args: Any, as_json: bool, workspace: Path | None, **kwargs: Any) -> None:  # noqa: ANN401
        context = click.get_current_context()
        place = Workspace(workspace) if workspace else default_workspace()
        session = Session(place, Output(as_json=as_json), context.find_root().obj)
        try:
            function(session, *args, **kwargs)
        finally:
            session.close()
        context.exit(session.exit_code)

    return wrapped  # type: ignore[return-value]


def readable(words: Iterable[str]) -> None:
    """Raise InvalidInput for a value whose bytes are no letters in the terminal's encoding.

    Names of files may hold such bytes, so not every argument is looked at.
    """
    for word in words:
        if not is_whole(word):
            raise InvalidInput(
                tr("This is not text in the terminal's encoding: {value}", value=made_whole(word)),
                tr("Type it again, in a terminal that uses UTF-8."),
            )


def query_text(words: tuple[str, ...]) -> str:
    """The QUERY of a verb from its words; an unknown --option is a mistake, not a filter."""
    readable(words)
    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(word)
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    # The shell has removed the quotes of company:"Acme Ltd"; one argument stays one filter.
    field, colon, value = word.partition(":")
    if colon and " " in value and '"' not in value:
        return f'{field}:"{value}"'
    return word


class Stopped(Paused):
    """The job was paused before its end and waits; job is its number."""

    def __init__(self, job: int) -> None:
        super().__init__(
            tr("Stopped: job {id} is paused, nothing is lost and nothing half done.", id=job),
            tr(
                "Go on with: captely job resume {id}   give it up with: captely job cancel {id}",
                id=job,
            ),
        )
        self.job = job

    def as_dict(self) -> dict[str, Any]:
        """The `error` object, with the job to resume."""
        return {**super().as_dict(), "job": self.job}


def result_of(job: JobView) -> dict[str, Any]:
    """The result of a job that ran to its end.

    Raises Stopped when it was paused, by Ctrl+C or by somebody else: it has no result yet.
    """
    if job.result is None:
        raise Stopped(job.id)
    return dict(job.result)


@contextmanager
def cancellable() -> Iterator[threading.Event]:
    """Ctrl+C asks the work to stop after its present step; a second one ends it at once."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def asked(_number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        # Straight to the terminal: a buffered stream may be in the middle of a line just now.
        with suppress(OSError):
            os.write(
                STDERR, f"\n{tr('Stopping after this step; again to end at once.')}\n".encode()
            )

    before = signal.signal(signal.SIGINT, asked)
    terminated = signal.signal(signal.SIGTERM, asked)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, terminated)
