"""How the words of the command line are understood: commands, a session to open, and what is nearly one of these."""

import difflib
import io
import sys
from typing import Any

import click
from click.shell_completion import CompletionItem

from zigtui.commands.options import complete_session

__all__ = ["InterruptedByUserError", "OutputClosedError", "SessionOrCommand"]

_NEAR = 0.7  # as list is to lsit, but demo not to deploy
_WORD = "zigtui.word"
"""Under this a context knows the word that was taken for a session, since it is no command."""


class OutputClosedError(Exception):
    """Nobody reads what is printed any more."""


class InterruptedByUserError(Exception):
    """Ctrl-C."""


class _NoOutput(io.RawIOBase):
    """Standard output that whoever started us has closed.

    Args:
        placeholder: what keeps its descriptor, or the next file that is opened would be standard output.
    """

    def __init__(self, placeholder: object) -> None:
        super().__init__()
        self._placeholder = placeholder

    def writable(self) -> bool:
        """It looks like any other: nothing is wrong as long as nothing is printed."""
        return True

    def write(self, data: object, /) -> int:
        """Say what is wrong."""
        raise OSError("standard output is closed")


class SessionOrCommand(click.Group):
    """A group whose first word may also be a session, which is then opened.

    Attributes:
        opens: the command that opens a session.
    """

    opens: click.Command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, and the sessions that the bare command opens."""
        return super().shell_complete(ctx, incomplete) + complete_session(ctx, ctx.command.params[0], incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a word that is no command for a session to open."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.meta[_WORD] = args[0]
            return self.opens.name, self.opens, args
        return super().resolve_command(ctx, args)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the command line, and print the help if it asks for that; it ends as `invoke` does."""
        if sys.__stdout__ is None:
            sys.stdout = io.TextIOWrapper(_NoOutput(sys.stdout), encoding="utf-8", write_through=True)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except BrokenPipeError as error:
            raise OutputClosedError from error
        except KeyboardInterrupt as error:
            raise InterruptedByUserError from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; to click a reader that has enough is a failure, and an interruption needs an empty line."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise OutputClosedError from error
        except KeyboardInterrupt as error:
            raise InterruptedByUserError from error

    def with_hint(self, error: click.ClickException) -> str:
        """What is wrong; where the first word was taken for a session but looks like a command, that too."""
        told = error.format_message()
        context = error.ctx if isinstance(error, click.UsageError) else None
        if context is None or context.command is not self.opens:
            return told
        first, newline, rest = told.partition("\n")
        return first.rstrip(".") + self.nearest(context.meta.get(_WORD, "")) + newline + rest

    def nearest(self, word: str) -> str:
        """A hint at the command that a word is nearly; empty if it is not."""
        near = difflib.get_close_matches(word, self.commands, 1, _NEAR)
        return f"; did you mean the command {near[0]}?" if near else ""
