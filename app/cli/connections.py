"""The verb `connection`: which tools are connected, with which account, and whether it works."""

from __future__ import annotations

import getpass
import sys

import click

from app.cli.verb import Listing, Session, verb
from app.core.errors import InvalidInput, StorageError
from app.core.text import tr
from app.services.secrets import Place

_KEPT = {
    Place.KEYRING: tr("The key is stored in this computer's keyring."),
    Place.VAULT: tr("The key is stored in the vault of this workspace."),
    Place.ENVIRONMENT: tr("The environment holds a key, which wins over the stored one."),
}


@click.group(cls=Listing)
def connection() -> None:
    """List, set, test and forget the connections to other tools."""


@connection.command("list")
@verb
def list_connections(session: Session) -> None:
    """List connections with account, health and quota."""
    views = session.app.connections.list()
    session.output.result({"connections": [view.as_dict() for view in views]})
    session.output.table(
        (tr("Name"), tr("Account"), tr("Health"), tr("Key from")),
        ((v.name, v.account and v.account.label, v.health, v.key_place) for v in views),
    )


@connection.command("set")
@click.argument("name")
@verb
def set_key(session: Session, name: str) -> None:
    """Store the key of NAME in the keyring; it is read from stdin, never from an argument."""
    kind = session.app.connections.kind(name)
    place = session.app.connections.set(name, _read_key(name, kind.label))
    if place is Place.SESSION:
        raise StorageError(
            tr("The key was not stored: there is no keyring here."),
            tr(
                "Set {variable}, or enter the key in the window: it can seal it with a passphrase.",
                variable=f"CAPTELY_{name.upper()}_KEY",
            ),
        )
    session.output.result({"name": name, "stored": place.value})
    session.output.say(_KEPT[place])
    session.output.note(tr("Check it with: captely connection test {name}", name=name))


@connection.command("test")
@click.argument("name")
@verb
def test(session: Session, name: str) -> None:
    """Ask NAME whose account the key belongs to."""
    account = session.app.connections.test(name)
    view = session.app.connections.view(name).as_dict()
    session.output.result({"connections": [view], **view})
    session.output.say(
        tr("{name}: connected to {account}", name=view["label"], account=account.label)
    )


@connection.command("forget")
@click.argument("name")
@verb
def forget(session: Session, name: str) -> None:
    """Remove the stored key of NAME."""
    session.app.connections.forget(name)
    session.output.result({"name": name, "stored": None})
    session.output.say(tr("The key of {name} is removed.", name=name))


def _read_key(name: str, label: str) -> str:
    if sys.stdin.isatty():
        key = getpass.getpass(tr("Key of {name} (not shown): ", name=label))
    else:
        key = sys.stdin.readline()
    if not key.strip():
        raise InvalidInput(
            tr("No key was given."),
            tr("Type or pipe it: captely connection set {name} < file", name=name),
        )
    return key.strip()
