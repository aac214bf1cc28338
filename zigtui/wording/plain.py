"""How things are said to people: glyphs, words, durations and ages. The same on the screen and in plain text."""

import time

from zigtui.reader.safe_text import cell_width, safe_plain
from zigtui.reader.session.model import SessionState, StepState, TierState, Usage

__all__ = [
    "GLYPHS",
    "age",
    "clock_time",
    "count",
    "duration",
    "fit",
    "largest_unit",
    "progress_bar",
    "short_id",
    "state_word",
    "tilde",
    "usage_words",
]

State = SessionState | TierState | StepState

GLYPHS: dict[str, str] = {
    "pending": "○",
    "running": "●",
    "retrying": "↻",
    "stalled": "◐",
    "succeeded": "✔",
    "failed": "✘",
    "skipped": "↷",
    "cancelled": "⊘",
    "interrupted": "⊗",
    "not_run": "·",
    "lost": "☠",
    "unreadable": "?",
}
"""One cell for each state of a session, a tier or a step."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def state_word(state: State) -> str:
    """A state in plain words."""
    return state.value.replace("_", " ")


def duration(milliseconds: int | None, *, whole: bool = False) -> str:
    """A duration in at most two units: 40ms, 8.2s, 2m14s, 3h05m, 2d4h; a dash if it is not known.

    Args:
        milliseconds: the duration.
        whole: show no fractions of a second, for what is counted up live.
    """
    if milliseconds is None:
        return "–"
    seconds = milliseconds // 1000
    if whole and seconds < _MINUTE:
        return f"{seconds}s"
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f}s"
    if not whole:
        seconds = round(milliseconds / 1000)
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m{seconds % _MINUTE:02}s"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h{seconds % _HOUR // _MINUTE:02}m"
    return f"{seconds // _DAY}d{seconds % _DAY // _HOUR}h"


def age(then: float | None, now: float) -> str:
    """How long ago a time was: 5s ago, 2h ago, yesterday, 3d ago, then the date; a dash if it is not known."""
    if then is None:
        return "–"
    seconds = max(0, int(now - then))
    if _DAY <= seconds < 2 * _DAY:
        return "yesterday"
    if seconds < 30 * _DAY:
        return f"{largest_unit(seconds)} ago"
    return time.strftime("%Y-%m-%d", time.localtime(then))  # datetime fails at both ends


def largest_unit(seconds: float) -> str:
    """A duration in its largest unit alone: 5s, 7m, 2h, 3d."""
    seconds = int(seconds)
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= unit:
            return f"{seconds // unit}{name}"
    return f"{seconds}s"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Safe text in exactly ``width`` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    length = cell_width(text)
    if length > width:
        text = _cut(text, width - 1) + "…"
        length = cell_width(text)
    padding = " " * (width - length)
    return padding + text if right else text + padding


def _cut(text: str, width: int) -> str:
    room = width
    for place, character in enumerate(text):
        room -= cell_width(character)
        if room < 0:
            return text[:place]
    return text


def count(number: int, thing: str) -> str:
    """A number of things: 1 line, 1,204 lines."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def progress_bar(done: int, total: int, width: int) -> str:
    """A bar of ``width`` cells, frame included, for ``done`` of ``total``."""
    inner = width - 2
    filled = 0 if total <= 0 else min(inner, inner * done // total)
    return "▕" + "█" * filled + "░" * (inner - filled) + "▏"


def short_id(session_id: str) -> str:
    """The beginning of an id, as much as people need to tell sessions apart; safe, for it may be any file's name."""
    return safe_plain(session_id)[:8]


def tilde(path: str, home: str | None) -> str:
    """A path with the home directory written as ``~``."""
    if home and (path == home or path.startswith(home.rstrip("/") + "/")):
        return "~" + path[len(home.rstrip("/")) :]
    return path


def clock_time(now: float) -> str:
    """The time of day here, to the second."""
    return time.strftime("%H:%M:%S", time.localtime(now))


def usage_words(usage: Usage) -> str:
    """Tokens and cost; nothing where none was printed."""
    if usage.input_tokens is None:
        return ""
    cost = "" if usage.cost_usd is None else f" ${usage.cost_usd:.2f}"
    return f"{usage.input_tokens:,} in / {usage.output_tokens:,} out{cost}"
