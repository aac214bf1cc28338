"""The manual page, made from the texts of the help."""

import inspect
import textwrap
import time
from collections.abc import Iterable, Iterator

import click

from zigtui import __version__
from zigtui.commands.program.help_texts import ENVIRONMENT, FILES
from zigtui.exit_codes import MEANINGS

__all__ = ["manual_page"]

_WIDTH = 78  # mandoc advises against input lines of more than 80 characters
_ESCAPES = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"})
_VERBATIM = "\b\n"  # with which click marks a paragraph that is not to be wrapped


def manual_page(root: click.Context) -> str:
    """The manual page of the program with all its commands, in the roff language of ``man``.

    Args:
        root: the context of the program.
    """
    group = root.command
    assert isinstance(group, click.Group)
    commands = list(_commands(root, group))
    title, _, description = _help_of(root).partition("\n\n")
    lines = [
        f'.TH ZIGTUI 1 {time.strftime("%Y-%m-%d")} "zigtui {__version__}" "User Commands"',
        ".SH NAME",
        f"zigtui \\- {_escaped(title[:1].lower() + title[1:].rstrip('.'))}",
        ".SH SYNOPSIS",
        *_usage(root, ".B"),
    ]
    for context in commands:
        lines += [".br", *_usage(context, ".B")]
    lines += [".SH DESCRIPTION", *_paragraphs(description), ".SH OPTIONS", *_options(root), ".SH COMMANDS"]
    for context in commands:
        lines += [*_usage(context, ".SS"), *_paragraphs(_help_of(context)), *_options(context)]
    for heading, rows in (("EXIT STATUS", MEANINGS), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        lines.append(f".SH {heading}")
        for term, meaning in rows:
            lines += [".TP", f"\\fB{_escaped(term)}\\fR", *_wrapped(f"{meaning[:1].upper()}{meaning[1:]}.")]
    return "\n".join(lines) + "\n"


def _commands(parent: click.Context, group: click.Group) -> Iterator[click.Context]:
    """The contexts of all commands of a group, each followed by its own commands."""
    for name in group.list_commands(parent):
        command = group.get_command(parent, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=parent)
        yield context
        if isinstance(command, click.Group):
            yield from _commands(context, command)


def _help_of(context: click.Context) -> str:
    return inspect.cleandoc(context.command.help or "")


def _usage(context: click.Context, macro: str) -> Iterator[str]:
    """The command line of a command, its name in bold, or all of it as a heading."""
    pieces = " ".join(_escaped(piece) for piece in context.command.collect_usage_pieces(context))
    if macro == ".SS":
        yield f".SS {context.command_path} {pieces}"
    else:
        yield f".B {context.command_path}"
        yield pieces


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a help text. Examples keep their lines."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if paragraph.startswith(_VERBATIM):
            examples = paragraph.removeprefix(_VERBATIM).rstrip().split("\n")
            yield from (".PP", ".RS 4", ".nf", *map(_escaped, examples), ".fi", ".RE")
            continue
        if number:
            yield ".PP"
        yield from _wrapped(paragraph)


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            names, meaning = record
            yield from (".TP", " ".join(map(_styled, names.split())), *_wrapped(meaning))


def _styled(word: str) -> str:
    """A word of an option's names: those that begin with a hyphen are bold, values are italic."""
    if word == "/":
        return word
    name, comma = word.removesuffix(","), "," if word.endswith(",") else ""
    return rf"\f{'B' if word.startswith('-') else 'I'}{_escaped(name)}\fR{comma}"


def _wrapped(text: str) -> list[str]:
    words: Iterable[str] = map(_escaped, text.split())
    return textwrap.wrap(" ".join(words), _WIDTH, break_long_words=False, break_on_hyphens=False)


def _escaped(text: str) -> str:
    """Text in which nothing is a command of roff, and all characters can be copied from the page."""
    escaped = "".join(
        character if character.isascii() else rf"\[u{ord(character):04X}]" for character in text.translate(_ESCAPES)
    )
    return rf"\&{escaped}" if escaped.startswith(".") else escaped
