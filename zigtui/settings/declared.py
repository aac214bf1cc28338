"""The settings that a user may want to change. They are passed down from where the program starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, TypeVar

from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS, DEFAULT_STALL_SECS
from zigtui.settings.kinds import Command, Duration, Filter, Kind, OneOf, SomeOf, Switch

__all__ = ["DECLARED", "THEMES", "Declared", "Settings"]

THEMES = (
    "atom-one-dark",
    "atom-one-light",
    "catppuccin-frappe",
    "catppuccin-latte",
    "catppuccin-macchiato",
    "catppuccin-mocha",
    "dracula",
    "flexoki",
    "gruvbox",
    "monokai",
    "nord",
    "rose-pine",
    "rose-pine-dawn",
    "rose-pine-moon",
    "solarized-dark",
    "solarized-light",
    "textual-dark",
    "textual-light",
    "tokyo-night",
    "ansi-dark",
    "ansi-light",
)
"""The themes of Textual 8.2. Importing them would take longer than most commands."""

_COLUMNS = ("state", "workflow", "machine", "project", "tiers", "now", "time", "began", "cost", "id")
_DAY_SECS = 86400.0

T = TypeVar("T")


class Declared(NamedTuple):
    """The declaration of a setting, from which its check, its description and its place in the file are derived.

    Attributes:
        key: the name of the setting in the file.
        attribute: the attribute of `Settings`.
        kind: what the value may be.
        default: the value of a user who has not set any.
        section: the heading above it in the file.
        meaning: what the setting does, in one or more sentences.
    """

    key: str
    attribute: str
    kind: Kind[Any]
    default: Any
    section: str
    meaning: str


def _setting(section: str, default: T, kind: Kind[T], meaning: str, *, key: str | None = None) -> T:
    """Declare a setting of the file: an attribute of `Settings`. Its key is the attribute's name by default."""
    return field(default=default, metadata={"section": section, "kind": kind, "meaning": meaning, "key": key})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the program; the defaults are those of a user who has set none.

    The meanings of the settings that the file may have are declared with them. The others are for tests and for
    measurements.

    Attributes:
        frames_per_second: the highest rate of screen updates while changes keep coming.
        drawing_share: the largest share of the time spent on updating the screen, from 0 to 1. The rest is for keys.
        note_secs: how long a note below the output is displayed, in seconds.
        disk_patience_secs: how long the screen waits for the disk before it reports that the disk does not answer, in
            seconds.
        frame_patience_secs: how long a frame waits for the disk before it leaves out what past passes are about, in
            seconds.
        first_read_secs: how long a session's first frame may wait for the log to be read, in seconds.
        wheel_rows: the number of rows by which one step of the mouse wheel scrolls the output.
        widest_label: the largest width of the step names beside the output, in cells.
        text_share: the least share of the output view that its text has beside the other columns, from 0 to 1.
        longest_line: the number of characters of an output line or of an error that are displayed.
        longest_copy: the longest text that the terminal is asked to copy, in bytes. Some terminals ignore longer ones.
    """

    stall_secs: float = _setting(
        "Thresholds",
        DEFAULT_STALL_SECS,
        Duration(1.0, 7 * _DAY_SECS),
        "A session or a step without activity for longer than this is stalled, although its runner is alive.",
        key="stall",
    )
    quiet_secs: float = _setting(
        "Thresholds",
        DEFAULT_QUIET_SECS,
        Duration(1.0, 7 * _DAY_SECS),
        "The silence of a step that has printed nothing for longer than this is displayed.",
        key="quiet",
    )
    theme: str = _setting(
        "Screen",
        "textual-dark",
        OneOf(*THEMES, expected='the name of a theme, such as "nord"'),
        f"The colours. The themes are {', '.join(THEMES)}.",
    )
    shows_title: bool = _setting(
        "Screen",
        True,
        Switch(),
        "Whether the title of the terminal shows how many sessions are live and how many have failed.",
        key="title",
    )
    progress: str = _setting(
        "Screen",
        "auto",
        OneOf("auto", "on", "off"),
        "Whether the terminal shows the progress of the session on the screen in its tab or in the taskbar. "
        '"auto" is for terminals that are known to do so.',
    )
    filter: str = _setting(
        "List of sessions",
        "",
        Filter(),
        'The filter at the start, such as "state:failed since:2h". Empty for all sessions.',
    )
    columns: tuple[str, ...] = _setting(
        "List of sessions",
        _COLUMNS,
        SomeOf(*_COLUMNS),
        "The columns, as far as there is room for them.",
    )
    preview: str = _setting(
        "List of sessions",
        "off",
        OneOf("off", "beside", "below"),
        'Where the chosen session is previewed; "beside" needs 140 columns. The key v changes it.',
    )
    wraps: bool = _setting(
        "Output",
        True,
        Switch(),
        "Whether long lines are wrapped. The key w changes it.",
        key="wrap",
    )
    times: str = _setting(
        "Output",
        "off",
        OneOf("off", "clock", "since-start", "since-previous"),
        "The times beside the lines. The key t changes them.",
    )
    shows_dividers: bool = _setting(
        "Output",
        True,
        Switch(),
        "Whether dividers between the lines show when tiers and steps begin and end. The key D changes it.",
        key="dividers",
    )
    links: str = _setting(
        "Output",
        "auto",
        OneOf("auto", "on", "off"),
        'Whether paths and URLs are links. "auto" is for terminals that are known to open them.',
    )
    copy_command: tuple[str, ...] = _setting(
        "Copying",
        (),
        Command(),
        "The program that receives what is copied on its standard input, such as wl-copy, pbcopy or xclip. "
        "Without one, the terminal is asked to copy.",
    )
    notify: str = _setting(
        "Notifications",
        "none",
        OneOf("none", "failed", "all"),
        "Which sessions are reported outside of zigtui when they end, beside those chosen with the key b: those that "
        "fail, stall or are lost, or all.",
    )
    rings_bell: bool = _setting(
        "Notifications",
        True,
        Switch(),
        "Whether a report rings the bell of the terminal.",
        key="bell",
    )
    notify_desktop: str = _setting(
        "Notifications",
        "auto",
        OneOf("auto", "osc9", "osc777", "off"),
        "The control sequence by which a report asks the terminal for a notification on the desktop. "
        '"auto" is for terminals that are known to have one.',
    )
    notify_command: tuple[str, ...] = _setting(
        "Notifications",
        (),
        Command(),
        "The program that each report runs, without a shell: a list, or a text that is divided into words as a shell "
        "would. The environment variables ZIGTUI_SUMMARY, ZIGTUI_STATE, "
        "ZIGTUI_WORKFLOW, ZIGTUI_PROJECT, ZIGTUI_SESSION, ZIGTUI_ERROR, ZIGTUI_LOG and ZIGTUI_COUNT have the facts.",
    )
    frames_per_second: float = 15.0
    drawing_share: float = 0.2
    note_secs: float = 6.0
    disk_patience_secs: float = 0.3
    frame_patience_secs: float = 0.05
    first_read_secs: float = 0.05
    wheel_rows: int = 3
    widest_label: int = 11
    text_share: float = 0.7  # which is two thirds of the pane with its border
    longest_line: int = 20_000
    longest_copy: int = 74_994


def _declared() -> dict[str, Declared]:
    found = {}
    for each in fields(Settings):
        facts: Mapping[str, Any] = each.metadata
        if facts:
            key = facts["key"] or each.name
            found[key] = Declared(key, each.name, facts["kind"], each.default, facts["section"], facts["meaning"])
    return found


DECLARED = _declared()
"""The settings that the file may have, by their keys, in the order in which they are declared."""
