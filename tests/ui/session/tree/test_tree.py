"""The tree of a session: its tiers and steps with their states, and what choosing one of them shows."""

from pathlib import Path

import pytest
from rich.style import Style

from tests.support.bases import log_of, write_log
from tests.support.cases import each_case
from tests.support.logs import BEGAN, Log, append
from tests.support.recordings import ROWS, Row
from tests.support.recordings import recorded as recorded_events
from tests.support.screens import LINES_ONLY, NOW, Clock, Shown, shown
from zigtui.reader.text.safe_text import safe_spans
from zigtui.ui.session.tree.tree_parts import tree_parts
from zigtui.wording.states import STATE_SIGNS
from zigtui.wording.text_fit import cell_width
from zigtui.wording.tree.tree_rows import TreeRow


def row_at(rows: list[str], text: str) -> int:
    """The number of the only row that holds a text."""
    (number,) = [number for number, row in enumerate(rows) if text in row]
    return number


def expected_rows(row: Row) -> list[str]:
    """The glyph and the name of each row of the tree, as the README describes a recorded session."""
    expected = ["≡ All output"]
    passes = 1
    for tier in row.tiers:
        tier_and_state, steps = tier.split(": ")
        numbers, state = tier_and_state.split()
        pass_number, index = map(int, numbers.split("."))
        passes = max(passes, pass_number)
        expected.append(
            f"{STATE_SIGNS[state].glyph} Tier {index + 1}" + (f" pass {pass_number}" if pass_number > 1 else "")
        )
        expected += [
            f"{STATE_SIGNS[state].glyph} {name}" for name, state in (step.split("=") for step in steps.split(", "))
        ]
    reached = max((int(tier.split(".")[1].split()[0]) + 1 for tier in row.tiers), default=0)
    if passes == 1:
        expected += [
            f"{STATE_SIGNS['not_run'].glyph} Tier {number}" for number in range(reached + 1, row.tier_count + 1)
        ]
    return expected


SIMPLE = ("retry-then-success", "skipped-steps", "quiet-with-heartbeats")  # like others


async def test_recorded_sessions_show_their_tiers_and_steps(recorded: Path) -> None:
    async with shown(recorded, size=(120, 24)) as screen:
        for row in [row for row in ROWS if len(row.tiers) != 3 and row.name not in SIMPLE]:
            await screen.open(log_of(recorded, row.name))
            found = [" ".join(tree_row.split()) for tree_row in screen.rows]
            expected = expected_rows(row)[: screen.tree.size.height]
            assert [some[: len(start)] for some, start in zip(found, expected, strict=True)] == expected
            await screen.press("escape")


def said(path: Path, *steps: str) -> list[str]:
    """The output lines recorded for these steps."""
    events = [
        event for event in recorded_events(path) if event["type"] == "step_output" and event["step_name"] in steps
    ]
    return [
        (
            ("! " if event["stream"] == "stderr" else "  ") + "".join(span.text for span in safe_spans(event["line"]))
        ).rstrip()
        for event in events
    ]


def printed(screen: Shown) -> list[str]:
    """What the output shows, without the empty rows at its end and without dividers."""
    rows = [row for row in screen.output_lines if not row.startswith("──")]
    return "\n".join(rows).rstrip().split("\n")


def trimmed(lines: list[str]) -> list[str]:
    """The lines without empty ones at the end, as in `printed`."""
    return "\n".join(lines).rstrip().split("\n")


@pytest.mark.parametrize("name", ["parallel-fan-out", "race-group"])
async def test_choosing_a_step_shows_its_lines_and_only_its_lines(recorded: Path, name: str) -> None:
    path = log_of(recorded, name)
    steps = [step for event in recorded_events(path) if event["type"] == "tier_started" for step in event["step_names"]]
    async with shown(recorded, settings=LINES_ONLY, opened=path, size=(160, 130)) as screen:
        for step in steps:
            await screen.choose(row_at([f"{row} " for row in screen.rows], f" {step} "))
            assert screen.title.startswith(f"{step} ")
            assert printed(screen) == trimmed(said(path, step))


async def test_choosing_a_tier_shows_the_lines_of_its_steps_with_their_names(recorded: Path) -> None:
    path = log_of(recorded, "parallel-fan-out")
    steps = ("search-web", "read-papers", "scan-code", "ask-expert")
    async with shown(recorded, settings=LINES_ONLY, opened=path, size=(160, 240)) as screen:
        await screen.choose(row_at(screen.rows, "Tier 2"))
        assert screen.title.startswith("Tier 2 ✔ succeeded · 4 steps")
        assert [text for _, text in screen.reported] == said(path, *steps)
        assert {name for name, _ in screen.reported} == set(steps)


async def test_all_output_shows_every_line_with_the_name_of_its_step(recorded: Path) -> None:
    path = log_of(recorded, "race-group")
    events = [event for event in recorded_events(path) if event["type"] == "step_output"]
    async with shown(recorded, settings=LINES_ONLY, opened=path, size=(160, 130)) as screen:
        assert [name for name, _ in screen.reported] == [event["step_name"] for event in events]
        assert "All output · 56 lines" in screen.text


async def test_output_of_a_loop_is_separated_by_its_pass(recorded: Path) -> None:
    path = log_of(recorded, "loop-generator-critic")
    async with shown(recorded, opened=path, size=(160, 130)) as screen:
        shown_by_pass: list[list[str]] = []
        for number in [number for number, row in enumerate(screen.rows) if " generate " in row]:
            await screen.choose(number)
            shown_by_pass.append(list(filter(None, printed(screen))))
        assert len(shown_by_pass) == 4
        assert [line for lines in shown_by_pass for line in lines] == list(filter(None, said(path, "generate")))


async def test_a_running_tier_that_was_chosen_does_not_show_what_later_tiers_print(base: Path) -> None:
    path = write_log(base, Log().start(2).tier(0, "first").step("first").says("first", "one"), "1", modified=BEGAN)
    async with shown(base, settings=LINES_ONLY, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(1)
        append(path, Log().says("first", "two").tier(1, "second").step("second").says("second", "three").data, BEGAN)
        await screen.changed()
        assert screen.reported == [("first", "  one"), ("first", "  two")]


async def test_the_states_of_a_live_session_follow_what_happens(base: Path) -> None:
    log = Log().start(3).tier(0, "a", "b", "c").step("a").step("b")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN + 5)) as screen:

        def glyphs() -> str:
            return "".join(row.split()[0] for row in screen.rows[1:] if "attempt" not in row)

        assert glyphs() == "●●●○○○"
        append(path, Log().fails("a").says("a", "again").done("b").skips("c").data, BEGAN)
        await screen.changed()
        assert glyphs() == "●▾↻✔↷○○"
        assert "a ↻2" in screen.rows[2]
        append(path, Log().tier(1, "d").step("d").data, BEGAN)
        await screen.changed()
        assert glyphs() == "✔▾⊘✔↷●●○"
        append(path, Log().fails("d").end("failure").data, BEGAN)
        await screen.changed()
        assert glyphs() == "✔▾⊘✔↷✘✘–"


async def test_what_runs_in_a_lost_session_is_interrupted_and_running_again_when_it_comes_back(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a"), "1", modified=BEGAN)
    clock = Clock(BEGAN + 29)
    async with shown(base, opened=path, clock=clock) as screen:
        assert "● running" in screen.lines[0]
        clock.now = BEGAN + 41
        await screen.show_changes()
        assert "☠ lost" in screen.lines[0]
        assert "⊗ a" in screen.rows[2]
        append(path, Log().beat().data, BEGAN + 42)
        clock.now = BEGAN + 43
        await screen.changed()
        assert "● running" in screen.lines[0]
        assert "● a" in screen.rows[2]


async def test_the_step_that_runs_comes_into_sight_in_a_tall_tree(base: Path) -> None:
    names = [f"step-{number:03}" for number in range(120)]
    log = Log().start().tier(0, *names)
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        append(path, Log().step("step-090").data, BEGAN)
        await screen.changed()
        await screen.wait_for("● step-090")
        assert screen.tree.cursor == 0


async def test_a_tier_of_120_steps_can_be_walked_through(recorded: Path) -> None:
    async with shown(recorded, opened=log_of(recorded, "wide-tier")) as screen:
        await screen.press("G")
        assert screen.title.startswith("shard-119 ✔ succeeded")
        assert "✔ shard-119" in screen.rows[-1]
        await screen.press("pageup", "pageup", "pageup")
        middle = screen.tree.cursor
        assert 60 < middle < 90
        assert screen.title.startswith(f"shard-{middle - 2:03} ✔ succeeded")
        await screen.press("g")
        assert "All output · 600 lines" in screen.text


async def test_the_cursor_stays_on_its_step_when_a_tier_grows_above_it(base: Path) -> None:
    log = Log().start(2).tier(0, "a").step("a").tier(1, "b").step("b").says("b", "said by b")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.choose(row_at(screen.rows, "● b"))
        append(path, Log().says("late", "from a step that was not announced").data, BEGAN)
        await screen.changed()
        assert "said by b" in "".join(printed(screen))
        assert "late" in "".join(screen.rows)
        assert screen.rows[screen.tree.cursor].split()[:2] == ["●", "b"]


async def test_a_parallel_step_shows_how_long_it_printed_beside_the_recorded_duration(base: Path) -> None:
    log = (
        Log()
        .start()
        .tier(0, "a", "b")
        .step("a")
        .step("b")
        .says("a", "x")
        .says("b", "x")
        .done("a", 4100)
        .done("b", 2000)
    )
    path = write_log(base, log.end(), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        assert screen.rows[2].split() == ["✔", "a", "2.0s·4.1s"]
        assert screen.rows[3].split() == ["✔", "b", "2.0s"]


@each_case("width", [30, 38, 60])
def test_a_reason_of_wide_characters_takes_no_more_than_its_row(width: int) -> None:
    row = TreeRow(("step", 0), 1, None, "build", "", "1s", waiting="usage limit, resumes 10:00 (東京/東京)")
    parts = tree_parts(row, width, lambda name: Style.null())
    assert sum(cell_width(text) for text, _ in parts) == width
