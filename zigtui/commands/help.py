"""``zigtui help``: print the help of the program or of a command, or the manual page."""

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
@click.option("--man", "as_manual", is_flag=True, help="Print the manual page of the program, in roff.")
@click.pass_context
def command(context: click.Context, name: str | None, as_manual: bool) -> None:
    """Print the help of a command or of the whole program.

    \b
    zigtui help
    zigtui help list
    zigtui help --man | man -l -
    """
    root = context.find_root()
    group = root.command
    assert isinstance(group, CommandGroup)
    if as_manual:
        from zigtui.commands.manual_page import manual_page

        if name is not None:
            raise click.UsageError("--man is for the whole program, without a command")
        click.echo(manual_page(root), nl=False)
        return
    if name is None:
        click.echo(root.get_help())
        return
    explained = group.get_command(root, name)
    if explained is None:
        raise click.UsageError(f"there is no command {name!r}{group.hint_at_command(name)}")
    with click.Context(explained, info_name=name, parent=root) as its_context:
        click.echo(explained.get_help(its_context))
