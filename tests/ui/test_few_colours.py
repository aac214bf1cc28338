"""The screen on terminals with 16 colours or none: what has to stand out does."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tests.support.bases import session_id, write_log
from tests.support.logs import BEGAN, Log
from tests.support.screens import LINES_ONLY, Clock, Shown, shown
from tests.support.terminal import Terminal
from zigtui.system.colours import Colours

CLOCK = Clock(BEGAN + 9)
few_colours = pytest.mark.parametrize("colours", [Colours.BASIC, Colours.NONE], ids=lambda colours: colours.name)


@pytest.fixture
def running(base: Path) -> Path:
    """The log of a session that runs, beside one that failed, one that succeeded and one that was lost."""
    write_log(base, Log().start().tier(0, "a").step("a").fails("a").end("failure"), session_id(2), modified=BEGAN)
    write_log(base, Log().start().tier(0, "a").step("a").done("a").end(), session_id(3), modified=BEGAN)
    write_log(base, Log().wait(-9000).start().tier(0, "a").step("a"), session_id(4), modified=BEGAN - 9000)
    log = Log().start(2).tier(0, "a", "b").step("a").step("b").says("a", "the needle", "a \x1b[7mneedle in it\x1b[0m")
    return write_log(base, log.beat(), session_id(1), modified=BEGAN + 9)


def styles(segments: Iterable[Segment], text: str = "") -> list[Style]:
    """The styles of the segments that begin with a text, apart from spaces."""
    return [style for shown, style, _ in segments if style is not None and shown.lstrip().startswith(text)]


def segments_of(screen: Shown) -> list[Segment]:
    """All that is on the screen."""
    return [segment for strip in screen.strips for segment in strip]


def sent(style: Style) -> str:
    """The parameters that a terminal with 16 colours receives for a style."""
    return style._make_ansi_codes(ColorSystem.STANDARD)


@pytest.mark.parametrize(
    ("colours", "expected"),
    [(Colours.BASIC, ["36;49", "1;31;49", "32;49"]), (Colours.NONE, ["39;49", "1;39;49", "39;49"])],
    ids=["16 colours", "none"],
)
async def test_states_stand_out(base: Path, running: Path, colours: Colours, expected: list[str]) -> None:
    async with shown(base, clock=CLOCK, colours=colours, size=(120, 24)) as screen:
        await screen.press("G")  # away from the sessions below
        states = ("● running", "✘ failed", "✔ succeeded")
        assert [sent(styles(segments_of(screen), state)[0]) for state in states] == expected


async def test_without_colours_there_are_only_those_of_the_terminal(base: Path, running: Path) -> None:
    async with shown(base, opened=running, clock=CLOCK, colours=Colours.NONE) as screen:
        await screen.search("needle")
        for keys in ("question_mark", "escape", "ctrl+p"):
            await screen.press(keys)
            drawn = styles(segments_of(screen))
            assert all(colour.is_default for style in drawn for colour in (style.color, style.bgcolor) if colour)


@few_colours
async def test_the_cursor_row_is_reversed_and_underlined_without_focus(
    base: Path, running: Path, colours: Colours
) -> None:
    async with shown(base, clock=CLOCK, colours=colours) as screen:
        for cursor in range(4):
            screen.sessions.move_cursor(cursor)
            for row in range(4):
                drawn = styles(screen.sessions.render_line(screen.sessions.line_of(row)))
                assert {style.reverse for style in drawn} == ({True} if row == cursor else {None})
        await screen.open(running)
        assert {style.reverse for style in styles(screen.tree.render_line(0))} == {True}
        await screen.press("tab")
        assert {(style.reverse, style.underline) for style in styles(screen.tree.render_line(0))} == {(None, True)}
        assert {style.underline for style in styles(screen.tree.render_line(1))} == {None}


@few_colours
async def test_matches_are_reversed_even_in_reversed_text(base: Path, running: Path, colours: Colours) -> None:
    async with shown(base, opened=running, clock=CLOCK, colours=colours, settings=LINES_ONLY) as screen:
        await screen.search("needle")
        (current,) = styles(screen.output.render_line(0), "needle")
        (other,), (beside,) = (styles(screen.output.render_line(1), text) for text in ("needle", "in it"))
        assert (current.reverse, current.bold, current.underline) == (True, True, True)
        assert (other.reverse, beside.reverse) == (False, True)
        await screen.press("n")
        (other,) = styles(screen.output.render_line(0), "needle")
        (current,) = styles(screen.output.render_line(1), "needle")
        assert (other.reverse, other.bold, other.underline) == (True, None, None)
        assert (current.reverse, current.bold, current.underline) == (False, True, True)


@few_colours
async def test_matches_look_the_same_in_whatever_style_the_log_has(base: Path, colours: Colours) -> None:
    looks = ["1;4", "2", "3;9", "31", "30;47", "97;40", "38;5;208;48;2;1;2;3"]
    log = Log().start().tier(0, "a").step("a").says("a", *(f"\x1b[{look}m needle \x1b[0m" for look in looks))
    path = write_log(base, log.beat(), session_id(1), modified=BEGAN + 9)
    async with shown(base, opened=path, clock=CLOCK, colours=colours, settings=LINES_ONLY) as screen:
        await screen.search("needle")
        matches = {styles(screen.output.render_line(y), "needle")[0] for y in range(1, len(looks))}
        assert [style.reverse for style in matches] == [True]


@few_colours
async def test_the_prompt_and_the_palette_show_their_cursors(base: Path, running: Path, colours: Colours) -> None:
    async with shown(base, opened=running, clock=CLOCK, colours=colours) as screen:
        await screen.press("slash", "a")
        assert any(style.reverse for style in styles(screen.strips[-2]))
        await screen.press("escape", "ctrl+p")
        await screen.wait_for("Quit")
        await screen.press("down")
        assert not styles(segments_of(screen), "Quit")[0].underline
        assert styles(segments_of(screen), "Screenshot")[0].underline
        assert "Theme" not in screen.text


async def test_a_theme_of_the_terminals_colours_looks_the_same_with_more_colours(base: Path, running: Path) -> None:
    async with shown(base, clock=CLOCK) as screen:
        before = screen.styled_text
        screen.app.theme = "ansi-dark"
        await screen.pilot.pause()
        themed = screen.styled_text
        screen.app.theme = "textual-dark"
        await screen.pilot.pause()
        assert screen.styled_text == before != themed
    async with shown(base, clock=CLOCK, colours=Colours.BASIC) as screen:
        assert screen.styled_text == themed


@pytest.mark.parametrize(
    ("environment", "failed", "colours"),
    [
        ({"TERM": "linux", "COLORTERM": ""}, "red", {"default", "black", "red", "green", "brown", "blue", "cyan"}),
        ({"TERM": "vt100", "COLORTERM": ""}, "default", {"default"}),
        ({"NO_COLOR": "1"}, "default", {"default"}),
    ],
    ids=["16 colours", "none", "NO_COLOR"],
)
def test_the_environment_decides(
    recorded: Path, tmp_path: Path, environment: dict[str, str], failed: str, colours: set[str]
) -> None:
    with Terminal("--base", recorded, home=tmp_path, environment=environment) as terminal:
        terminal.wait_for("think-hard")
        terminal.wait_for("13 sessions")
        terminal.wait_until(lambda: terminal.cell("think-hard").reverse)
        terminal.wait_for("✘ failed")
        state = terminal.cell("✘ failed")
        assert (state.fg, state.bold, state.reverse) == (failed, True, False)
        assert terminal.colours <= colours
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("term", ["dumb", "unknown", "network"])
def test_a_terminal_that_only_prints_gets_a_hint_instead(recorded: Path, tmp_path: Path, term: str) -> None:
    with Terminal("--base", recorded, home=tmp_path, size=(200, 5), environment={"TERM": term}) as terminal:
        assert terminal.wait_for_exit() == 2
        assert f"(TERM is {term}); try zigtui list or zigtui listen" in terminal.text
        assert b"\x1b" not in terminal.written
