"""The verb `connection`: which tools are connected, with which account, and whether it works."""

from __future__ import annotations

import click

from app.cli.passphrase import hidden
from app.cli.verb import Listing, Session, verb
from app.core.errors import InvalidInput, StorageError
from app.core.text import tr
from app.services.secrets import Place

_KEPT = {
    Place.KEYRING: tr("The key is stored in this computer's keyring."),
    Place.VAULT: tr("The key is stored in the file of keys, sealed with its passphrase."),
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
    """Store the key of NAME; it is read from stdin, never from an argument.

    It goes to the computer's keyring. Where there is none it goes to the file of keys, if one was
    made with `vault create`; the passphrase is then asked for, or read as a second line of stdin.
    """
    kind, secrets = session.app.connections.kind(name), session.app.secrets
    key = _read_key(name, kind.label)
    if not secrets.available().ok and secrets.vault.exists:
        secrets.open_vault()
    place = session.app.connections.set(name, key)
    if place is Place.SESSION:
        raise StorageError(
            tr("The key was not stored: there is no keyring here."),
            tr(
                "Make a sealed file for it with: captely vault create   or set {variable}.",
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
    key = hidden(tr("Key of {name} (not shown): ", name=label))
    if not key.strip():
        raise InvalidInput(
            tr("No key was given."),
            tr("Type or pipe it: captely connection set {name} < file", name=name),
        )
    return key.strip()
