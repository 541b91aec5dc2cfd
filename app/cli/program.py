"""The command `captely`: its verbs, its usage text, and the exit code of what went wrong."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Sequence

import click

from app import __version__
from app.cli import Show
from app.cli.audit import audit
from app.cli.completion import completion
from app.cli.connections import connection
from app.cli.contacts import contact, contacts
from app.cli.credits import credits as credits_verb
from app.cli.demo import demo
from app.cli.doctor import doctor
from app.cli.exporting import export
from app.cli.importing import import_
from app.cli.jobs import job, jobs
from app.cli.journal import history, redo, undo
from app.cli.licence import licence, plans
from app.cli.output import Output
from app.cli.sample import sample
from app.cli.sandbox import sandbox
from app.cli.settings import settings
from app.cli.suppression import suppression
from app.cli.vault import vault
from app.cli.views import view
from app.cli.vocabulary import fields, statuses, tags
from app.core.errors import Cancelled, CaptelyError, InvalidInput, StorageError
from app.core.text import tr

log = logging.getLogger("captely.cli")

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

EXAMPLES = """\b
Examples:
  import people.csv --tag fair            bring a list in, blanks filled, nobody doubled
  import people.csv --dry-run --json      what would happen, row by row, nothing written
  contacts "status:new has:email" --sort company
  export hubspot "tag:fair" --dry-run     each contact's fate before anything is sent
  undo                                    take back your last change, even after a restart
"""


@click.group(
    name="captely",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXAMPLES,
    help="Contacts for sales teams, on your own machine. Without a verb the window opens.",
)
@click.version_option(__version__, prog_name="captely", message="%(prog)s %(version)s")
def program() -> None:
    """The group that all verbs belong to."""


for command in (
    import_, contacts, contact, view, tags, statuses, fields, suppression, export, connection,
    vault, credits_verb, plans, licence, jobs, job, undo, redo, history, audit, settings, doctor,
    sample, sandbox, demo, completion,
):  # fmt: skip
    program.add_command(command)


def run_program(arguments: Sequence[str], show: Show | None) -> int:
    """Run one verb; every failure becomes a sentence, an exit code and, if asked, JSON."""
    _open_streams()
    _quiet_logs()
    output = Output(as_json="--json" in arguments)
    try:
        code = _run(output, arguments, show)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as error:
        return _unprintable(error)
    return code


def _run(output: Output, arguments: Sequence[str], show: Show | None) -> int:
    try:
        code = program.main(list(arguments), prog_name="captely", standalone_mode=False, obj=show)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.UsageError as error:
        return _usage(output, error)
    except CaptelyError as error:
        return _told(output, error)
    except (click.Abort, KeyboardInterrupt):
        return _told(output, Cancelled(tr("Cancelled.")))
    except (BrokenPipeError, SystemExit):
        # The reader of our output, such as `head`, has seen enough; click turns that into an
        # exit of its own where it notices first, and exits by itself for nothing else.
        _drop_output()
        return 0
    except Exception as error:
        # A script must get its one JSON object even then.
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            # The services turn theirs into sentences: this is our own output.
            raise
        return _defect(output, error)


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unprintable(error: OSError) -> int:
    """Say on stderr that stdout cannot be written, such as on a full disk."""
    _drop_output()
    words = tr("The output cannot be written: {why}", why=error.strerror or "")
    failure = StorageError(words, tr("Free some space, or send the output elsewhere."))
    return _told(Output(as_json=False), failure)


def _usage(output: Output, error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx else "captely"
    hint = tr("See: {command} --help", command=command)
    return _told(output, InvalidInput(error.format_message(), hint))


def _defect(output: Output, error: Exception) -> int:
    # The call stack without the error's own words, in which a database quotes whole rows.
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("Unexpected %s\n%s", type(error).__name__, frames)
    words = tr("Captely stopped because of a defect of its own; what was saved is safe.")
    hint = tr("Please report it with the lines above, which name no contacts and no keys.")
    return _told(output, CaptelyError(words, hint, type(error).__name__))


def _told(output: Output, error: CaptelyError) -> int:
    output.error(error)
    return error.exit_code


def _open_streams() -> None:
    """A scheduler may start us with closed streams; what is printed then goes nowhere."""
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _quiet_logs() -> None:
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
