"""``zigtui help``: print the help of the program or of a command, or the manual page."""

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from zigtui.commands.program.command_group import CommandGroup

__all__ = ["command"]


def _complete_command(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    try:
        group = _find(context.find_root(), context.params.get("names") or ()).command
    except click.UsageError:
        return []
    if not isinstance(group, click.Group):
        return []
    return [CompletionItem(name) for name in group.list_commands(context) if name.startswith(incomplete)]


def _find(root: click.Context, names: Iterable[str]) -> click.Context:
    """The context of a command of the program, or of a command of that one.

    Raises:
        click.UsageError: if there is no such command.
    """
    found = root
    for name in names:
        group = found.command
        command = group.get_command(found, name) if isinstance(group, click.Group) else None
        if command is None:
            hint = group.hint_at_command(name) if isinstance(group, CommandGroup) else ""
            raise click.UsageError(f"there is no command {name!r}{hint}")
        found = click.Context(command, info_name=name, parent=found)
    return found


@click.command("help")
@click.argument("names", metavar="[COMMAND]...", nargs=-1, shell_complete=_complete_command)
@click.option("--man", "as_manual", is_flag=True, help="Print the manual page of the program, in roff.")
@click.pass_context
def command(context: click.Context, names: tuple[str, ...], as_manual: bool) -> None:
    """Print the help of a command or of the whole program.

    \b
    zigtui help
    zigtui help list
    zigtui help record step
    zigtui help --man | man -l -
    """
    root = context.find_root()
    if as_manual:
        from zigtui.commands.program.manual_page import manual_page

        if names:
            raise click.UsageError("--man is for the whole program, without a command")
        click.echo(manual_page(root), nl=False)
        return
    found = _find(root, names)
    with found.scope(cleanup=False):
        click.echo(found.command.get_help(found))
