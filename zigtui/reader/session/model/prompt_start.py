"""The beginning of a prompt, which is kept of each session in a list."""

from zigtui.reader.text.safe_text import safe_short

__all__ = ["prompt_start"]

_LONGEST = 500  # characters, for each of up to 100,000 sessions


def prompt_start(prompt: str | None) -> str | None:
    """The beginning of a prompt as one safe line of at most 500 characters. That of such a line is the line itself."""
    if prompt is None or (len(prompt) <= _LONGEST and prompt.isprintable()):
        return prompt
    return " ".join(safe_short(prompt, _LONGEST, newline="").split())
