"""How many colours a terminal has by its environment, and whether it can display the screen."""

from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.commands import run_python
from zigtui.system.colours import Colours, can_display_screen, colours_of

PRINTING = ["dumb", "DUMB", "unknown", "network", "dumb-emacs-ansi"]


@each_case("term", PRINTING)
def test_a_terminal_that_only_prints_has_no_colours_and_no_screen(term: str) -> None:
    for environment in ({"TERM": term}, {"TERM": term, "COLORTERM": "truecolor", "TEXTUAL_COLOR_SYSTEM": "256"}):
        assert colours_of(environment) is Colours.NONE
        assert not can_display_screen(environment)


@pytest.mark.parametrize("environment", [{}, {"TERM": ""}])
def test_a_terminal_without_a_name_has_a_screen_and_the_basic_colours(environment: dict[str, str]) -> None:
    assert colours_of(environment) is Colours.BASIC
    assert can_display_screen(environment)


@each_case(
    ("environment", "colours"),
    [
        ({"TERM": "xterm-256color"}, Colours.FULL),
        ({"TERM": "tmux-256color"}, Colours.FULL),
        ({"TERM": "xterm-kitty"}, Colours.FULL),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, Colours.FULL),
        ({"TERM": "vt100", "COLORTERM": "24bit"}, Colours.FULL),
        ({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "256"}, Colours.FULL),
        ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "truecolor"}, Colours.FULL),
        ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "standard", "COLORTERM": "truecolor"}, Colours.BASIC),
        ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "auto"}, Colours.FULL),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, Colours.NONE),
        ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "truecolor", "NO_COLOR": "0"}, Colours.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, Colours.FULL),
    ],
    ids=lambda value: " ".join(map("=".join, value.items())) if isinstance(value, dict) else value.name,
)
def test_names_and_wishes_decide_the_colours(environment: dict[str, str], colours: Colours) -> None:
    assert colours_of(environment) is colours
    assert can_display_screen(environment)


@pytest.mark.parametrize(
    ("term", "colours", "has_screen"),
    [
        ("linux", Colours.BASIC, True),
        ("xterm", Colours.BASIC, True),
        ("screen", Colours.BASIC, True),
        ("no-such-terminal", Colours.BASIC, True),
        ("no-such-términal\udc80", Colours.BASIC, True),
        ("vt100", Colours.NONE, True),
        ("vt220", Colours.NONE, True),
        ("vt52", Colours.NONE, False),  # moves its cursor by other sequences
    ],
)
def test_what_names_leave_open_is_read_from_terminfo(
    tmp_path: Path, term: str, colours: Colours, has_screen: bool
) -> None:
    code = (
        "from zigtui.system.colours import can_display_screen, colours_of; "
        f"environment = {{'TERM': {term!r}}}; print(colours_of(environment).name, can_display_screen(environment))"
    )
    assert run_python(code, tmp_path).stdout.split() == [colours.name, str(has_screen)]
