"""The verb `settings`: read and change the declared settings."""

from __future__ import annotations

import click

from app.cli.verb import Listing, Session, verb
from app.core import settings as declared
from app.core.errors import InvalidInput, NotFound
from app.core.text import tr


@click.group(cls=Listing)
def settings() -> None:
    """List and change settings."""


@settings.command("list")
@verb
def list_settings(session: Session) -> None:
    """List the settings with their values."""
    rows = [
        {"key": s.key, "value": session.app.settings.get(s), "default": s.default, "title": s.label}
        for s in declared.SETTINGS
        if s.shown
    ]
    session.output.result({"settings": rows})
    session.output.table(
        (tr("Setting"), tr("Value"), tr("Meaning")),
        ((row["key"], row["value"], row["title"]) for row in rows),
    )


@settings.command("set")
@click.argument("key")
@click.argument("value")
@verb
def set_setting(session: Session, key: str, value: str) -> None:
    """Change one setting."""
    setting = declared.BY_KEY.get(key)
    if setting is None:
        raise NotFound(
            tr("There is no setting {key}.", key=key), tr("See them with: captely settings list")
        )
    session.app.settings.set(setting, _typed(setting, value))
    session.output.result({"key": key, "value": session.app.settings.get(setting)})
    session.output.say(tr("{title} is now {value}", title=setting.label, value=value))


def _typed(setting: declared.Setting, written: str) -> declared.Value:
    value: declared.Value = written
    if isinstance(setting.default, bool):
        value = written.casefold() in {"1", "true", "yes", "on"}
    elif isinstance(setting.default, int):
        value = int(written) if written.lstrip("-").isdigit() else written
    if not setting.accepts(value):
        raise InvalidInput(
            tr("{title} cannot be {value}.", title=setting.label, value=written),
            tr("Allowed: {choices}", choices=", ".join(str(c) for c in setting.choices))
            if setting.choices
            else "",
        )
    return value
