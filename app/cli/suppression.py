"""The verb `suppression`: who must never be mailed or exported."""

from __future__ import annotations

import click

from app.cli.verb import Listing, Session, verb
from app.core.text import tr

KINDS = click.Choice(["email", "domain", "contact"])


@click.group(cls=Listing)
def suppression() -> None:
    """List, add and remove people who must not be mailed or exported."""


@suppression.command("list")
@verb
def list_entries(session: Session) -> None:
    """List the suppression list."""
    rows = session.app.suppressions.list()
    session.output.result({"suppression": rows})
    session.output.table(
        (tr("Id"), tr("Kind"), tr("Value"), tr("Reason"), tr("Since")),
        ((str(row.id), row.kind, row.value, row.reason, row.added) for row in rows),
    )


@suppression.command("add")
@click.argument("kind", type=KINDS)
@click.argument("value")
@click.option(
    "--reason",
    default="do_not_contact",
    show_default=True,
    type=click.Choice(["unsubscribed", "bounced", "do_not_contact"]),
)
@verb
def add(session: Session, kind: str, value: str, reason: str) -> None:
    """Suppress an e-mail address, a domain or a contact id."""
    entry = session.app.suppressions.add(kind, value, reason, source="command line")
    session.output.result({"added": {"id": entry, "kind": kind, "value": value}})
    session.output.say(tr("{value} will not be mailed or exported.", value=value))


@suppression.command("remove")
@click.argument("id", type=int)
@verb
def remove(session: Session, id: int) -> None:  # noqa: A002 - the argument's name in the usage text
    """Take the entry with this ID off the suppression list."""
    session.app.suppressions.remove(id)
    session.output.result({"removed": id})
    session.output.say(tr("Entry {id} is off the suppression list.", id=id))
