"""The group of all commands. The first word may also be a session, which is then opened on the screen."""

from collections.abc import Collection, Mapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from zigtui.commands.options.candidates import CandidatesError
from zigtui.commands.program.help_texts import ENVIRONMENT
from zigtui.commands.program.program_options import add_version_option
from zigtui.exit_codes import MEANINGS
from zigtui.reader.text.safe_text import safe_plain
from zigtui.similar import most_similar

__all__ = ["CommandGroup", "InterruptedByUserError", "asks_for_help"]

_SESSION_WORD = "zigtui.session_word"
"""The key of the first word in a context's ``meta``, if the word was taken for a session."""

_ASKS_FOR_HELP = "zigtui.asks_for_help"

_BEFORE_COMMANDS = ("fleet", "log", "debug")
"""The options of the program that act on commands, but that no command has."""

_BEFORE_SESSIONS = (*_BEFORE_COMMANDS, "join", "project", "filter_text", "states", "since")
"""Those that act on the screen of a session, or on the list behind it."""


def asks_for_help(context: click.Context) -> bool:
    """Whether the command only prints its help or the version."""
    return bool(context.meta.get(_ASKS_FOR_HELP))


class InterruptedByUserError(Exception):
    """Ctrl-C was pressed."""


class CommandGroup(click.Group):
    """A group that imports a command when it is used, and takes an unknown first word for a session to open.

    Attributes:
        modules: the modules of the commands by the commands' names; each has an attribute ``command``.
        opens: the command that opens a session.
        without_fleet: the names of the commands that take no fleet.
    """

    modules: Mapping[str, str]
    opens: click.Command
    without_fleet: Collection[str]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, with the option ``--version``."""
        if cmd_name not in self.modules:
            return None
        command: click.Command = import_module(self.modules[cmd_name]).command
        return add_version_option(command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, and sessions to open."""
        from zigtui.commands.options.completion import complete_session

        return super().shell_complete(ctx, incomplete) + complete_session(ctx, ctx.command.params[0], incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first word names, or take the word for a session to open."""
        ctx.meta[_ASKS_FOR_HELP] = not {"-h", "--help", "--version"}.isdisjoint(args)
        if args and args[0] not in self.modules and not args[0].startswith("-"):
            ctx.meta[_SESSION_WORD] = args[0]
            return self.opens.name, self.opens, args
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what concerns all commands."""
        for title, rows in (("Exit codes", MEANINGS), ("Environment", ENVIRONMENT)):
            with formatter.section(title):
                formatter.write_dl(rows)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the command line; also prints the help and the version.

        Raises:
            InterruptedByUserError: see `invoke`.
        """
        try:
            return super().make_context(info_name, args, parent, **extra)
        except KeyboardInterrupt as error:
            raise InterruptedByUserError from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command.

        Raises:
            InterruptedByUserError: for Ctrl-C. Click would print an empty line.
            RuntimeError: for an `EOFError`. Click would take it for Ctrl-D, but no command reads the terminal.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise InterruptedByUserError from error
        except EOFError as error:
            raise RuntimeError(f"unexpected end of a file: {error}") from error

    def message_of(self, error: click.ClickException) -> str:
        """The message of an error, safe to print: on one line, and one more for each candidate.

        It has a hint if a word that was taken for a session resembles a command, or if an option of the program was
        given to a command.
        """
        message = safe_plain(" ".join(error.format_message().split()))  # click breaks some lines
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = ""
        if context is not None and context.command is self.opens:
            hint = self.hint_at_command(context.meta.get(_SESSION_WORD, ""))
        if context is not None and isinstance(error, click.NoSuchOption):
            hint = hint or self._hint_at_option(error.option_name, context)
            # Without click's own hint, which names options of the command that was found.
            message = safe_plain(error.message) if hint else message
        message = message.rstrip(".") + hint if hint else message
        return "\n".join([message, *(error.candidates if isinstance(error, CandidatesError) else ())])

    def _hint_at_option(self, name: str, context: click.Context) -> str:
        """A hint about the right use of an option of the program; empty if there is none."""
        option = next((option for option in self.params if name in option.opts), None)
        before = _BEFORE_SESSIONS if context.command is self.opens else _BEFORE_COMMANDS
        if option is None or option.name not in before or context.command is self:
            return ""
        words = context.command_path.removeprefix(f"{context.find_root().command_path} ")
        if option.name == "fleet" and words.partition(" ")[0] in self.without_fleet:
            return ""
        value = f" {option.metavar.partition('|')[0]}" if option.metavar else ""
        if context.command is self.opens:
            words = safe_plain(context.meta.get(_SESSION_WORD, "SESSION"))
        follower = "session" if context.command is self.opens else "command"
        return f"; put it before the {follower}: zigtui {name}{value} {words}"

    def hint_at_command(self, word: str) -> str:
        """A hint about the command that a word resembles; empty if it resembles none."""
        similar = most_similar(word, self.modules)
        return "" if similar is None else f"; did you mean the command {similar}?"
