"""The lines above the output of a failed step: its facts stay, and its error has lines of its own."""

from functools import partial
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.cases import each_case
from tests.support.commands import succeed
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import NOW, Clock, Shown, shown
from tests.ui.test_sizes import assert_fits
from zigtui.ui.output.failure_text import error_rows
from zigtui.ui.output.pane import OutputPane

TRACEBACK = """Traceback (most recent call last):
  File "report.py", line 12, in <module>
    main()
\tindented by a tab
ValueError: cannot parse \x1b[31mthe report\x1b[0m
"""
SHOWN = [
    "Traceback (most recent call last):",
    '  File "report.py", line 12, in <module>',
    "    main()",
    "        indented by a tab",
    "ValueError: cannot parse the report",
]


def failed(error: str) -> Log:
    """A session whose step fails in its second attempt with this error, after it has used tokens."""
    log = Log().start().tier(0, "a", "b").step("a").says("a", "tokens: 1200 in / 34 out, cost=$0.5").fails("a", 1)
    log.says("a", *(f"line {number}" for number in range(60)))
    log.event("step_failed", step_name="a", exit_code=1, attempt=2, error=error)
    return log.says("b", "x").done("b").end("failure")


async def choose_failed(screen: Shown) -> None:
    """Display the output of the failed step."""
    await screen.choose(screen.tree.find(("step", 0)) or 0)


def ends_with(screen: Shown, last_row: str) -> bool:
    """Whether the error has this last row."""
    return screen.failure[-1:] == [last_row]


@pytest.mark.parametrize("size", [(80, 40), (120, 40)])
async def test_a_failed_step_keeps_its_facts_and_its_error_has_lines_of_its_own(
    base: Path, size: tuple[int, int]
) -> None:
    path = write_log(base, failed(TRACEBACK), "1", modified=NOW)
    async with shown(base, opened=path, size=size) as screen:
        await choose_failed(screen)
        assert screen.title.startswith("a ✘ failed · attempt 2 · 61 lines")
        assert screen.about.startswith("run · opus · 1,200 in / 34 out $0.50")
        assert screen.failure == SHOWN
        await screen.choose(0)
        assert screen.failure == []


async def test_saved_variables_stay_when_a_step_that_had_completed_fails(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").done("a", 900, "summary").fails("a", 2).end("failure")
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await choose_failed(screen)
        assert "saved summary" in screen.about
        assert screen.failure == ["no luck with 2"]


@pytest.mark.parametrize("error", ["x\n" * 5000, "x " * 5_000, "word " * 100 + "\n" + "more\n" * 9])
async def test_an_error_takes_a_third_of_the_pane_at_most(base: Path, error: str) -> None:
    path = write_log(base, failed(error), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await choose_failed(screen)
        pane = screen.app.screen.query_one(OutputPane)
        for size in [(120, 40), (60, 20), (20, 5)]:
            await screen.resize(*size)
            assert len(screen.failure) <= pane.size.height / 3, size
            if len(screen.failure) > 1:
                assert screen.failure[-1].endswith(" below"), size
            assert_fits(screen)


async def test_the_error_leaves_when_the_step_is_tried_again(base: Path) -> None:
    path = write_log(base, Log().start().tier(0, "a").step("a").fails("a", 1), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await choose_failed(screen)
        assert screen.failure == ["no luck with 1"]
        append(path, Log().says("a", "again").data, BEGAN)
        await screen.changed()
        await screen.wait_until(lambda: screen.failure == [])


async def test_a_failure_is_in_sight_below_an_error_of_many_lines(base: Path) -> None:
    error = "".join(f"row {number} of it\n" for number in range(5))
    path = write_log(base, failed(error * 3), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        for number, last_row in ((1, "no luck with 1"), (2, "… 10 more lines below")) * 2:
            await screen.press("e")
            await screen.wait_until(partial(ends_with, screen, last_row))
            assert f"failed, attempt {number}" in "".join(screen.output_lines)


async def test_the_error_above_the_output_is_that_of_the_attempt_gone_to(base: Path) -> None:
    log = Log().start().tier(0, "a", "b").step("a")
    for number in (1, 2, 3):
        log.says("a", *(f"line {number}.{line}" for line in range(40))).fails("a", number)
    path = write_log(base, log.end("failure"), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.wait_until(lambda: screen.failure == ["no luck with 3"])
        for key, number in (("E", 2), ("E", 1), ("E", 3), ("e", 1), ("e", 2)):
            await screen.press(key)
            assert f"failure {number} of 3" in screen.title
            assert screen.failure == [f"no luck with {number}"]
        await screen.press("f")
        assert "failure" not in screen.title
        assert screen.failure == ["no luck with 3"]


async def test_the_rest_of_a_long_error_is_where_its_last_row_says(base: Path) -> None:
    path = write_log(base, failed("row\n" * 15), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await screen.wait_until(lambda: screen.failure[-1:] == ["… 10 more lines below"])
        await screen.press("D")
        await screen.wait_until(lambda: screen.failure[-1:] == ["… 10 more lines, press i"])
        await screen.press("D")
        await screen.filter_lines("nothing")
        await screen.wait_until(lambda: screen.failure[-1:] == ["… 10 more lines, press i"])


@each_case(
    ("error", "most", "expected"),
    [
        ("", 3, []),
        ("\n\n", 3, []),
        ("one", 1, ["one"]),
        ("one\ntwo", 1, ["one …"]),
        ("one\ntwo\nthree", 3, ["one", "two", "three"]),
        ("one\r\ntwo\r\n", 3, ["one", "two"]),
        ("one\n\ntwo\n", 3, ["one", "", "two"]),
        ("one\ntwo\nthree\nfour", 3, ["one", "two", "… 2 more lines below"]),
        ("one\ntwo\nthree", 2, ["one", "… 2 more lines below"]),
        ("one\n0123456789abcdefghijklmnopqrstuvwxyz", 2, ["one", "… 1 more line below"]),
        ("0123456789abcdefghijKLMNOPQRSTUVWXYZ", 2, ["0123456789abcdefghijKLMN", "OPQRSTUVWXYZ"]),
        ("0123456789abcdefghijKLMNOPQRSTUVWXYZ" * 2, 2, ["0123456789abcdefghijKLMN", "… more below"]),
        ("0123456789abcdefghijKLMNOPQRSTUVWXYZ" * 2 + "\nend", 2, ["0123456789abcdefghijKLMN", "… 1 more line below"]),
        ("0123456789abcdefghijKLMNOPQRSTUVWXYZ", 1, ["0123456789abcdefghijKLM…"]),
        (TRACEBACK, 1, ["ValueError: cannot pars…"]),
        (TRACEBACK, 2, ["ValueError: cannot pars…", "… 5 more lines below"]),
        (TRACEBACK, 4, ["ValueError: cannot pars…", "Traceback (most recent ", "call last):", "… 4 more lines below"]),
        (TRACEBACK.replace("Value", "\x1b[31m"), 2, ["Error: cannot parse the…", "… 5 more lines below"]),
    ],
)
def test_an_error_is_laid_out_in_rows(error: str, most: int, expected: list[str]) -> None:
    assert list(error_rows(error, 24, most, " below")) == expected


@pytest.mark.parametrize("error", ["", "\n \n"])
async def test_an_error_without_text_has_words_wherever_errors_are(base: Path, error: str) -> None:
    path = write_log(base, failed(error), "1", modified=NOW)
    async with shown(base, opened=path) as screen:
        await choose_failed(screen)
        assert screen.failure == ["(no message)"]
        assert screen.output_lines.count("   (no message)") == 1  # of the second attempt
        assert "a: (no message)" in screen.lines[0]
        await screen.search("no message")
        assert "1 of 1" in screen.found
    for command in (["list", "--base", str(base)], ["show", str(path)]):
        assert "a: (no message)" in succeed(*command).stdout
    for format_ in ("md", "html"):
        assert succeed("export", path, "--format", format_).stdout.count("(no message)") == 2
