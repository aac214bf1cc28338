"""The texts of a session as attributes: redacted, safe to show, and of a limited length."""

import json
from typing import NamedTuple

from zigtui.otlp.span import Attributes
from zigtui.reader.text.safe_text import safe_plain
from zigtui.redacted.error import redacted_error_line
from zigtui.redacted.start import redacted_lines, redacted_start
from zigtui.redacted.text_redactor import TextRedactor

__all__ = ["ErrorText", "Texts"]

_LONGEST = 1_000
_MOST_LINES = 50  # of an error
_REMEMBERED = 10_000  # names, which come again with each run of a step


class ErrorText(NamedTuple):
    """The text of an error.

    Attributes:
        line: its most informative line; empty if it has none.
        lines: its first lines.
    """

    line: str
    lines: str


class Texts:
    """Prepares texts.

    Args:
        redactor: masks secrets.
        with_prompts: whether to add prompts to attributes.
    """

    def __init__(self, redactor: TextRedactor, *, with_prompts: bool) -> None:
        self._redactor = redactor
        self._with_prompts = with_prompts
        self._known: dict[str, str] = {}

    def text(self, text: str) -> str:
        """A name, a path or another text of one line."""
        known = self._known.get(text)
        if known is None:
            known = self._cut_off(*redacted_start(self._redactor.text, text, _LONGEST))
            if len(self._known) < _REMEMBERED:
                self._known[text] = known
        return known

    def lines(self, text: str) -> str:
        """The first lines of a text."""
        starts, more = redacted_lines(self._redactor.stream(), text, _LONGEST, _MOST_LINES)
        lines = [self._cut_off(*start) for start in starts]
        return "\n".join([*lines, f"… ({more:,} more lines)"] if more else lines)

    def error(self, error: str) -> ErrorText:
        """An error."""
        line = redacted_error_line(error, self._redactor)
        return ErrorText(self._cut_off(line, 0), self.lines(error.strip("\n")))

    def put(self, attributes: Attributes, name: str, text: str | None) -> None:
        """Add a text to attributes, unless it is empty or not known."""
        if text:
            attributes[name] = self.text(text)

    def put_prompt(self, attributes: Attributes, prompt: str | None) -> None:
        """Add a prompt to attributes, in the form that the conventions want, if prompts are wanted."""
        if prompt and self._with_prompts:
            parts = [{"type": "text", "content": self.lines(prompt)}]
            attributes["gen_ai.input.messages"] = json.dumps([{"role": "user", "parts": parts}], ensure_ascii=False)

    @staticmethod
    def _cut_off(start: str, rest: int) -> str:
        is_cut = rest > 0 or len(start) > _LONGEST
        return safe_plain(start[:_LONGEST]) + ("…" if is_cut else "")
