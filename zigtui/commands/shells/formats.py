"""What the shells' scripts ask for, and the format of the answers."""

import os
import re
from pathlib import Path

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

__all__ = ["Bash", "Fish", "Zsh", "register_shells"]

_WORD_BREAK = re.compile("[=:@]+")  # characters at which bash begins another word, although they are part of one
_WORD_START = re.compile("[=:]+|(?=@)")  # what bash replaces begins after the former, but with the at sign
_OPTION = re.compile("--[^=]+=")
_SPECIAL = re.compile(r"([^\w@%+=:,./-])")
_SPECIAL_IN_QUOTES = re.compile(r"[\"'\\$`!]")
_BACKSLASH = r"\\\1"


def register_shells() -> None:
    """Make click use these shells."""
    for shell in (Bash, Zsh, Fish):
        add_completion_class(shell)


class _Shell(ShellComplete):
    """What the shells have in common: their own scripts, ``~`` in words, and only values that can be typed."""

    def source(self) -> str:
        """The script that the shell runs."""
        return Path(__file__).with_name(f"zigtui.{self.name}").read_text(encoding="utf-8")

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one to complete, and the beginning of that one."""
        words, incomplete = super().get_completion_args()
        return [os.path.expanduser(word) for word in words], incomplete  # noqa: PTH111  # few of them are paths

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """The completions that consist of printable characters."""
        return [item for item in super().get_completions(args, incomplete) if item.value.isprintable()]


def _one_line(text: str | None) -> str:
    return " ".join(text.split()) if text else ""


class Bash(_Shell, BashComplete):
    """Completion for bash. A line has the kind of an item and its value, quoted for the shell."""

    _ignored = 0  # characters at the beginning of each value that bash does not replace
    _is_quoted = False  # whether the word begins with a quotation mark

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one to complete, and the beginning of that one. Words that bash has split are joined."""
        text = os.environ["COMP_WORDS"]
        self._is_quoted = text.rpartition("\n" if "\n" in text else " ")[2][:1] in ("'", '"')
        words, incomplete = super().get_completion_args()
        joined: list[str] = []
        is_open = False  # whether the next word continues the last one
        for word in words:
            is_break = _WORD_BREAK.fullmatch(word) is not None
            if joined and (is_break or is_open):
                joined[-1] += word
            else:
                joined.append(word)
            is_open = is_break
        if joined and incomplete and (is_open or _WORD_BREAK.fullmatch(incomplete)):
            incomplete = joined.pop() + incomplete
            value = _OPTION.sub("", incomplete, count=1)
            self._ignored = len(value) - len(_WORD_START.split(value)[-1])
        return joined, incomplete

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """The completions; inside quotation marks only those without special characters."""
        items = super().get_completions(args, incomplete)
        return [item for item in items if not (self._is_quoted and _SPECIAL_IN_QUOTES.search(item.value))]

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Format an item."""
        value = item.value[self._ignored :]
        return f"{item.type},{value if self._is_quoted else _SPECIAL.sub(_BACKSLASH, value)}"


class Zsh(_Shell, ZshComplete):
    """Completion for zsh. Each item has three lines, none of which is empty: kind, value and description."""

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Format an item."""
        return f"{item.type}\n{item.value or '_'}\n{_one_line(item.help) or '_'}"


class Fish(_Shell, FishComplete):
    """Completion for fish. A line has the kind, the value and, after a tabulator, the description."""

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Format an item."""
        described = _one_line(item.help)
        return f"{item.type},{item.value}" + (f"\t{described}" if described else "")
