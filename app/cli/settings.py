"""The verb `settings`: read and change the declared settings."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.verb import Listing, Session, verb
from app.core import settings as declared
from app.core.errors import InvalidInput, NotFound
from app.core.text import tr, trn
from app.services.settings_file import take_over_file, write_settings


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
    setting = _named(key)
    session.app.settings.set(setting, _typed(setting, value))
    session.output.result({"key": key, "value": session.app.settings.get(setting)})
    session.output.say(tr("{title} is now {value}", title=setting.label, value=value))


@settings.command("reset")
@click.argument("key")
@verb
def reset_setting(session: Session, key: str) -> None:
    """Put one setting back to its default."""
    setting = _named(key)
    session.app.settings.reset(setting)
    session.output.result({"key": key, "value": setting.default})
    session.output.say(tr("{title} is back to its default", title=setting.label))


@settings.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@verb
def export_settings(session: Session, file: Path, *, force: bool) -> None:
    """Write what differs from the defaults to a JSON file; no key or password is in it."""
    if file.exists() and not force:
        raise InvalidInput(
            tr("The file {file} already exists.", file=file),
            tr("Choose another name, or replace it with --force."),
        )
    written = write_settings(session.app.settings, file)
    session.output.result({"written": written, "file": str(file)})
    session.output.say(
        trn("Wrote {n} setting to {file}", "Wrote {n} settings to {file}", written, file=file)
    )


@settings.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@verb
def import_settings(session: Session, file: Path) -> None:
    """Take over the settings of such a file, all or none."""
    taken = take_over_file(session.app.settings, file)
    session.output.result({"changed": sorted(taken.before), "unknown": list(taken.unknown)})
    session.output.say(trn("Took over {n} setting", "Took over {n} settings", len(taken.before)))
    if taken.unknown:
        session.output.note(tr("Not known here: {keys}", keys=", ".join(taken.unknown)))


def _named(key: str) -> declared.Setting:
    setting = declared.BY_KEY.get(key)
    if setting is None:
        raise NotFound(
            tr("There is no setting {key}.", key=key), tr("See them with: captely settings list")
        )
    return setting


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
