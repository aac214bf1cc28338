"""Find out what the terminal can do beyond text, by the variables that terminals set."""

import re
from collections.abc import Mapping

__all__ = [
    "escape_secs",
    "for_tmux",
    "has_links",
    "has_progress",
    "has_title",
    "is_tmux",
    "notification_form",
    "passed_through",
]

# Terminals that print what stands in the sequence of a title: consoles, and those of hardware.
_WITHOUT_TITLE = re.compile(r"linux|cons25|sun|vt\d|eterm|dumb")

# The first versions with OSC 9;4. Earlier ones of some pop up a notification for each step of the progress.
_PROGRESS_PROGRAMS = {"ghostty": (1, 2), "iTerm.app": (3, 6, 6), "WezTerm": (20250209,)}
_PROGRESS_VTE, _PROGRESS_KONSOLE = 8000, 260400

_OSC_9_PROGRAMS = ("iTerm.app", "WezTerm", "ghostty", "WarpTerminal")
# Inside of tmux, TERM_PROGRAM is tmux; these still are those of the terminal that it was started in.
_OSC_9_VARIABLES = ("ITERM_SESSION_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "KITTY_WINDOW_ID")
_OSC_9_TERMS = re.compile(r"xterm-(?:kitty|ghostty)|wezterm")
# Terminals that open links (OSC 8), by their names and by variables that they alone set.
_LINK_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "WarpTerminal", "Tabby"})
_LINK_VARIABLES = ("KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "WEZTERM_PANE", "ALACRITTY_WINDOW_ID")
_LINK_TERMS = re.compile(r"xterm-(?:kitty|ghostty)|foot|alacritty|wezterm|contour|rio")
_LINK_VTE, _LINK_TMUX = 5000, (3, 4)
_ESCAPE_MILLISECONDS = 25  # terminals send a sequence at once, and links seldom divide it
_OSC_777_TERMS = re.compile(r"foot|rxvt-unicode|contour")


def escape_secs(environment: Mapping[str, str]) -> float:
    """How long to wait for what may follow an escape character before it is the Escape key.

    The variable ``ESCDELAY`` sets it in milliseconds, as in other programs, for slow links that divide the sequences of
    keys.
    """
    return (_number(environment.get("ESCDELAY", "")) or _ESCAPE_MILLISECONDS) / 1000


def has_title(environment: Mapping[str, str]) -> bool:
    """Whether the terminal may have a title. Most do; the others ignore it or are known."""
    return _WITHOUT_TITLE.match(environment.get("TERM", "")) is None


def has_progress(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is known to show progress by the sequence OSC 9;4."""
    if _is_multiplexed(environment):
        return False  # which has several programs at once, and whose terminal may change
    if environment.get("WT_SESSION") or environment.get("ConEmuANSI") == "ON":
        return True
    program = environment.get("TERM_PROGRAM", "")
    if program in _PROGRESS_PROGRAMS:
        return _version(environment.get("TERM_PROGRAM_VERSION", "")) >= _PROGRESS_PROGRAMS[program]
    return (
        _number(environment.get("VTE_VERSION", "")) >= _PROGRESS_VTE
        or _number(environment.get("KONSOLE_VERSION", "")) >= _PROGRESS_KONSOLE
    )


def has_links(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is known to open the links of OSC 8."""
    program = environment.get("TERM_PROGRAM", "")
    if program == "tmux":
        return _version(environment.get("TERM_PROGRAM_VERSION", "")) >= _LINK_TMUX
    if _is_multiplexed(environment):
        return False
    return (
        program in _LINK_PROGRAMS
        or any(environment.get(name) for name in _LINK_VARIABLES)
        or _LINK_TERMS.match(environment.get("TERM", "")) is not None
        or _number(environment.get("VTE_VERSION", "")) >= _LINK_VTE
    )


def notification_form(environment: Mapping[str, str]) -> str | None:
    """How the terminal is known to take a notification for the desktop: ``osc9``, ``osc777`` or None."""
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    is_multiplexed = _is_multiplexed(environment)
    if program in _OSC_9_PROGRAMS or _OSC_9_TERMS.match(term):
        return "osc9"
    if _OSC_777_TERMS.match(term):
        return "osc777"
    if (is_multiplexed or not program) and any(environment.get(name) for name in _OSC_9_VARIABLES):
        return "osc9"
    return "osc777" if environment.get("VTE_VERSION") else None


def passed_through(sequence: str, environment: Mapping[str, str]) -> str:
    """A sequence for the terminal outside of tmux or screen, which pass on only what is wrapped.

    tmux does so if its option ``allow-passthrough`` is on.
    """
    if is_tmux(environment):
        return for_tmux(sequence)
    if environment.get("STY"):
        return f"\x1bP{sequence}\x1b\\"
    return sequence


def for_tmux(sequence: str) -> str:
    """A sequence that tmux passes on to its terminal."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def is_tmux(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is a tmux, perhaps on the machine from which the user has logged in."""
    return bool(environment.get("TMUX")) or environment.get("TERM", "").startswith("tmux")


def _is_multiplexed(environment: Mapping[str, str]) -> bool:
    return is_tmux(environment) or bool(environment.get("STY"))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0
