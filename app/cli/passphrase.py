"""Asks for what nobody may see: hidden on a terminal, else a line of stdin, never an argument."""

from __future__ import annotations

import getpass
import sys

from app.core.errors import InvalidInput
from app.core.text import tr


def hidden(prompt: str) -> str:
    """What is typed behind `prompt` and not shown, or the next line of stdin."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def ask_passphrase() -> str:
    """The passphrase of the file of keys; raises InvalidInput when none is given."""
    return _given(hidden(tr("Passphrase of the file of keys (not shown): ")))


def new_passphrase() -> str:
    """A passphrase to be, on a terminal typed twice; raises InvalidInput when they differ."""
    passphrase = _given(hidden(tr("New passphrase (not shown): ")))
    if sys.stdin.isatty() and hidden(tr("The same once more: ")) != passphrase:
        raise InvalidInput(tr("The two passphrases differ."), tr("Try again; nothing was made."))
    return passphrase


def _given(passphrase: str) -> str:
    if not passphrase:
        raise InvalidInput(
            tr("No passphrase was given."), tr("Type it when asked, or pipe it as a line of stdin.")
        )
    return passphrase
