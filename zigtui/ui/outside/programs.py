"""The command lines of pagers and editors. Each takes a line number in its own way.

The user's variables are divided into words without a shell. A path is always absolute, so that no file name is taken
for an option.
"""

import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import NamedTuple

__all__ = ["Program", "ProgramError", "editor", "pager"]

_PAGERS = ("less", "more")
_EDITORS = ("nano", "vim", "vi", "emacs")

_TakesLine = Callable[[str, int], list[str]]


def _plus(path: str, line: int) -> list[str]:
    return [f"+{line}", path]


def _colon(path: str, line: int) -> list[str]:
    return [f"{path}:{line}"]


def _goto(path: str, line: int) -> list[str]:
    return ["--goto", f"{path}:{line}"]


def _line_option(path: str, line: int) -> list[str]:
    return ["--line", str(line), path]


def _no_line(path: str, line: int) -> list[str]:
    return [path]


# Editors that are not named here take +N, as vi and nearly all others do.
_LINES: Mapping[str, _TakesLine] = {
    **dict.fromkeys(("hx", "helix", "subl", "sublime_text", "zed", "zeditor", "lapce", "pulsar", "atom"), _colon),
    **dict.fromkeys(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf", "positron"), _goto),
    **dict.fromkeys(
        ("idea", "pycharm", "webstorm", "goland", "clion", "rubymine", "mate", "kate", "kwrite"), _line_option
    ),
    **dict.fromkeys(("ed", "open", "xdg-open", "gnome-text-editor", "notepad"), _no_line),
}
_OF_PAGERS: Mapping[str, Callable[[int], list[str]]] = {
    # -+F: even if all of it fits on the screen, which zigtui covers again when the pager has ended.
    "less": lambda line: ["-R", "-+F", f"+{line}"],
    "more": lambda line: [f"+{line}"],
    "most": lambda line: [f"+{line}"],
    "moar": lambda line: [f"+{line}"],
    "moor": lambda line: [f"+{line}"],
    "lv": lambda line: ["-c", f"+{line}"],
}
_RETURNING_AT_ONCE = frozenset(
    {*(name for name, takes in _LINES.items() if takes in (_goto, _line_option)), "subl", "zed", "zeditor", "lapce"}
    | {"gvim", "mvim", "gedit", "open", "xdg-open", "gnome-text-editor", "emacsclient", "pulsar", "atom"}
)
_WITH_MODELINES = frozenset({"vim", "nvim", "view", "gvim", "mvim", "vimx"})
_SHOWING_NOTHING = frozenset({"cat", "tee"})


class ProgramError(Exception):
    """A program that cannot be run. The message gives the reason."""


class Program(NamedTuple):
    """A command line.

    Attributes:
        words: the program and its arguments.
        may_return_at_once: whether the program may go on to use its file after the command has ended.
    """

    words: Sequence[str]
    may_return_at_once: bool = False

    @property
    def name(self) -> str:
        """The name of the program."""
        return PurePath(self.words[0]).name


def pager(path: str, line: int, environment: Mapping[str, str] = os.environ) -> Program:
    """The command that displays a file from a line on, with its colours.

    Args:
        path: the absolute path of the file.
        line: the number of the line, from 1.
        environment: the variables of the process.

    Raises:
        ProgramError: if there is no pager.
    """
    words = _words_of(environment, ("PAGER",))
    if not words or PurePath(words[0]).name in _SHOWING_NOTHING:
        words = _first_installed(_PAGERS, environment, "pager", "PAGER")
    _check_installed(words[0], environment)
    options = _OF_PAGERS.get(PurePath(words[0]).name)
    return Program([*words, *([] if options is None else options(line)), path])


def editor(path: str, line: int, environment: Mapping[str, str] = os.environ, *, is_recorded: bool = False) -> Program:
    """The command that opens a file at a line. For other arguments and the error, see `pager`.

    Args:
        path: the absolute path of the file.
        line: the number of the line, from 1.
        environment: the variables of the process.
        is_recorded: whether the file has text of a log, in which no modeline must be obeyed.
    """
    words = _words_of(environment, ("VISUAL", "EDITOR")) or _first_installed(_EDITORS, environment, "editor", "EDITOR")
    _check_installed(words[0], environment)
    name = PurePath(words[0]).name
    waits = {"--wait", "-w", "-f", "--nofork", "--block", "-t", "-nw", "--tty"} & {*words[1:]}
    options = ["--cmd", "set nomodeline"] if is_recorded and name in _WITH_MODELINES else []
    return Program([*words, *options, *_LINES.get(name, _plus)(path, line)], name in _RETURNING_AT_ONCE and not waits)


def _words_of(environment: Mapping[str, str], names: Sequence[str]) -> list[str]:
    for name in names:
        try:
            words = shlex.split(environment.get(name, ""))
        except ValueError as error:
            raise ProgramError(f"${name} cannot be divided into words: {error}") from None
        if words:
            return words
    return []


def _first_installed(names: Sequence[str], environment: Mapping[str, str], kind: str, variable: str) -> list[str]:
    found = next((name for name in names if shutil.which(name, path=environment.get("PATH"))), None)
    if found is None:
        raise ProgramError(f"there is no {kind}: set ${variable}")
    return [found]


def _check_installed(word: str, environment: Mapping[str, str]) -> None:
    if shutil.which(word, path=environment.get("PATH")) is None:
        raise ProgramError(f"there is no program {word!r}")
