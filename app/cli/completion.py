"""The verb `completion`: the script that lets a shell complete verbs, options and files."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from app.core.errors import InvalidInput
from app.core.text import tr


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL; for bash: eval "$(captely completion bash)"."""
    kind = get_completion_class(shell)
    if kind is None:
        raise InvalidInput(tr("There is no completion for {shell}.", shell=shell))
    root = click.get_current_context().find_root().command
    click.echo(kind(root, {}, "captely", "_CAPTELY_COMPLETE").source())
