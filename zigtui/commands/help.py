"""``zigtui help``: print the help of the program or of a command."""

import click
from click.shell_completion import CompletionItem

from zigtui.commands.command_group import CommandGroup

__all__ = ["command"]


def _complete_command(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    group = context.find_root().command
    assert isinstance(group, CommandGroup)
    return [CompletionItem(name) for name in group.list_commands(context) if name.startswith(incomplete)]


@click.command("help")
@click.argument("name", metavar="[COMMAND]", required=False, shell_complete=_complete_command)
@click.pass_context
def command(context: click.Context, name: str | None) -> None:
    """Print the help of a command, like its --help, or of the whole program.

    \b
    zigtui help
    zigtui help list
    """
    root = context.find_root()
    if name is None:
        click.echo(root.get_help())
        return
    group = root.command
    assert isinstance(group, CommandGroup)
    explained = group.get_command(root, name)
    if explained is None:
        raise click.UsageError(f"there is no command {name!r}{group.hint_at_command(name)}")
    with click.Context(explained, info_name=name, parent=root) as its_context:
        click.echo(explained.get_help(its_context))
