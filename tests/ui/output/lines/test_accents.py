"""Lines of agents and errors stand out in the output, unless they have colours of their own."""

from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, Shown, shown
from zigtui.system.colours import Colours

LIMIT = "⚠ claude usage limit (session) — resets 2026-03-01T14:00:00Z, resuming 2026-03-01T15:00:00Z"


def colours_of(screen: Shown, paints: tuple[str, ...]) -> dict[str, str]:
    """The parts of the output that have the colour of one of these component classes."""
    names = {screen.output.paint(name).color: name.removeprefix("paint--") for name in paints}
    return {
        segment.text.strip(): names[segment.style.color]
        for y in range(screen.output.size.height)
        for segment in screen.output.render_line(y)
        if segment.style is not None and segment.style.color in names and segment.text.strip()
    }


async def test_lines_have_the_colours_of_their_kinds(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    log.says("a", "❯ please", "⏺ Looking", "  ⚡ Bash(make)", "  ✓ done", "  ✗ not done", "plain", "ERROR here")
    log.says("a", "\x1b[32mERROR in green\x1b[0m", "ERROR \x07 bell").says(
        "a", "on stderr", "ERROR too", stream="stderr"
    )
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(2)
        found = colours_of(screen, ("paint--running", "paint--succeeded", "paint--failed", "paint--stderr"))
        assert found == {
            "❯ please": "running",
            "⏺": "running",
            "⚡ Bash": "running",
            "✓": "succeeded",
            "✗ not done": "failed",
            "ERROR here": "failed",
            "ERROR": "failed",
            "bell": "failed",
            "! on stderr": "stderr",
            "!": "stderr",
            "ERROR too": "failed",
        }
        await screen.search("please")
        assert screen.matches == [("please", True)]


async def test_without_colours_lines_have_no_accents(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "ERROR here", "  ✗ not done", "plain", "❯ please")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), colours=Colours.NONE) as screen:
        await screen.choose(2)
        rows = [strip for strip in screen.strips if any(word in strip.text for word in ("here", "plain", "please"))]
        styles = {
            str(segment.style)
            for strip in rows
            for segment in strip
            if segment.text.strip() in ("ERROR here", "plain", "❯ please")
        }
        assert len(styles) == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_a_usage_limit_is_the_reason_for_which_a_step_waits(base: Path, size: tuple[int, int]) -> None:
    log = Log().start().tier(0, "analyze", "b").step("analyze").says("analyze", "", LIMIT)
    path = write_log(base, log, "1", modified=BEGAN + 4)
    async with shown(base, opened=path, clock=Clock(BEGAN + 5), size=size) as screen:
        assert screen.rows[2].split()[1] == "analyze"
        assert "resumes 15:00" in screen.rows[2]
        await screen.choose(2)
        assert screen.about.startswith("usage limit, resumes 15:00 · run · opus")
        append(path, Log().says("analyze", "↻ Resumed (attempt 1): continue").data, BEGAN + 5)
        await screen.changed()
        assert "resumes" not in screen.rows[2] + screen.about
