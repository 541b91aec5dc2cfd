"""The verb `vault`: a file of keys sealed with a passphrase, for computers without a keyring."""

from __future__ import annotations

import click

from app.cli.passphrase import ask_passphrase, new_passphrase
from app.cli.verb import Session, verb
from app.core.errors import InvalidInput
from app.core.text import tr


@click.group()
def vault() -> None:
    """Keep keys in a file sealed with a passphrase, where there is no keyring.

    The passphrase is asked for, or read as a line of stdin; verbs that need a key of the file ask
    for it too. It is stored nowhere: who forgets it enters the keys anew.
    """


@vault.command("status")
@verb
def status(session: Session) -> None:
    """Say whether there is such a file, whose keys it holds, and whether it is needed."""
    kept, keyring = session.app.secrets.vault, session.app.secrets.available()
    names = kept.names()
    session.output.result(
        {
            "exists": kept.exists,
            "file": str(kept.path),
            "keys": names,
            "keyring": {"ok": keyring.ok, "backend": keyring.backend, "message": keyring.message},
        }
    )
    if not kept.exists:
        session.output.say(tr("There is no file of keys."))
    elif names:
        session.output.say(tr("The file of keys holds those of: {names}", names=", ".join(names)))
    else:
        session.output.say(tr("The file of keys is empty."))
    session.output.say(
        tr("Keys are stored in this computer's keyring.")
        if keyring.ok
        else f"{keyring.message} {keyring.hint}"
    )


@vault.command("create")
@verb
def create(session: Session) -> None:
    """Make an empty file of keys with a new passphrase."""
    kept = session.app.secrets.vault
    kept.create(new_passphrase())
    session.output.result({"created": True, "file": str(kept.path)})
    session.output.say(tr("The file of keys is made: {file}", file=kept.path))
    session.output.note(tr("Put a key into it with: captely connection set NAME"))


@vault.command("unlock")
@verb
def unlock(session: Session) -> None:
    """Try the passphrase and list whose keys the file holds; it stays open for no other verb."""
    kept = session.app.secrets.vault
    if not kept.exists:
        raise InvalidInput(
            tr("There is no file of keys."), tr("Make it with: captely vault create")
        )
    kept.unlock(ask_passphrase())
    session.output.result({"opens": True, "keys": kept.names()})
    session.output.say(tr("The passphrase opens the file of keys."))


@vault.command("forget")
@click.option("--yes", is_flag=True, help="Also when it holds keys.")
@verb
def forget(session: Session, *, yes: bool) -> None:
    """Delete the file of keys, for example because its passphrase is lost."""
    kept = session.app.secrets.vault
    try:
        names = kept.names()
    except InvalidInput:
        if not yes:
            raise
        names = []
    if names and not yes:
        raise InvalidInput(
            tr("The file holds the keys of: {names}", names=", ".join(names)),
            tr("Delete it all the same with --yes; the keys must then be entered anew."),
        )
    removed = kept.remove()
    session.output.result({"removed": removed, "keys": names})
    session.output.say(
        tr("The file of keys is deleted.") if removed else tr("There is no file of keys.")
    )
