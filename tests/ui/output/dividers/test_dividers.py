"""The dividers between the lines of output: what they show, hiding them, and finding text in them."""

import re
from functools import partial
from pathlib import Path

import pytest

from tests.support.bases import log_of, write_log
from tests.support.cases import each_case
from tests.support.listeners import handled, listener
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import LINES_ONLY, NOW, Clock, Shown, shown
from zigtui.ui.output.dividers.divider_rows import shown_lines
from zigtui.wording.dividers import OWN_WORDS, mark_text

TRACEBACK = """Traceback (most recent call last):
  File "report.py", line 3, in <module>
    parse()
ValueError: cannot parse the report"""

HOUR = 3600.0


def failing(log: Log, name: str, error: str, attempt: int = 1, exit_code: int | None = None) -> Log:
    """Add a failed attempt with an error of its own."""
    return log.event("step_failed", step_name=name, exit_code=exit_code, attempt=attempt, error=error)


def story() -> Log:
    """A session with everything that makes a divider, except a lost end."""
    log = Log().start(3).tier(0, "gather").step("gather").says("gather", "one", "two").done("gather", 2000, "report")
    log.tier(1, "analyze", "lint", "types").step("analyze", 1).step("lint", 1).skips("types").says("analyze", "three")
    failing(log, "analyze", TRACEBACK, exit_code=2).says("analyze", "four").done("analyze")
    return log.tier(2, "publish").step("publish", 2).end("failure")


def rows(screen: Shown) -> list[str]:
    """The rows of the output up to the last one with text, without rules."""
    text = "\n".join(re.sub(r" ─+$", "", row) for row in screen.output_lines)
    return text.rstrip().split("\n")


async def test_dividers_show_what_happened_between_the_lines(base: Path) -> None:
    path = write_log(base, story(), "1", modified=NOW)
    async with shown(base, opened=path, size=(120, 40)) as screen:
        await screen.choose(0)
        assert rows(screen) == [
            "── 12:00:01 tier 1: gather",
            "── 12:00:02 gather started · run · opus",
            "gather    one",
            "          two",
            "── 12:00:05 ✔ gather succeeded in 2.0s · saved report",
            "── 12:00:06 tier 2: analyze, lint, types",
            "── 12:00:07 analyze started · run · opus",
            "── 12:00:08 lint started · run · opus",
            "── 12:00:09 ↷ types skipped: not today",
            "analyze   three",
            "── 12:00:11 ✘ analyze failed, attempt 1 after 4.0s: exit code 2",
            "   Traceback (most recent call last):",
            '     File "report.py", line 3, in <module>',
            "       parse()",
            "   ValueError: cannot parse the report",
            "analyze   four",
            "── 12:00:13 ✔ analyze succeeded in 1.5s",
            "── 12:00:14 ⊘ lint cancelled",
            "── 12:00:14 tier 3: publish",
            "── 12:00:15 publish started · run · opus",
            "── 12:00:16 ⊗ publish interrupted after 1.0s",
            "── 12:00:16 ✘ session failed after 4.3s",
        ]


async def test_the_output_of_a_tier_has_the_dividers_between_its_lines(base: Path) -> None:
    path = write_log(base, story(), "1", modified=NOW)
    async with shown(base, opened=path, size=(120, 40)) as screen:
        await screen.choose(1)
        assert [row[3:] for row in rows(screen) if row.startswith("──")] == [
            "12:00:01 tier 1: gather",
            "12:00:02 gather started · run · opus",
            "12:00:05 ✔ gather succeeded in 2.0s · saved report",
        ]
        await screen.choose(3)
        assert rows(screen)[0] == "── 12:00:06 tier 2: analyze, lint, types"
        assert rows(screen)[-1] == "── 12:00:14 ⊘ lint cancelled"


async def test_dividers_come_as_the_session_goes_on(base: Path) -> None:
    log = Log().start(2).tier(0, "a").step("a").says("a", "one")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(100, 30)) as screen:
        assert rows(screen)[-1] == "a   one"
        count = len(log.lines)
        failing(log, "a", "first\nsecond").says("a", "two")
        append(path, b"".join(line + b"\n" for line in log.lines[count:]), BEGAN)
        await screen.changed()
        assert rows(screen)[-4:] == ["── 12:00:04 ✘ a failed, attempt 1 after 2.0s", "   first", "   second", "a   two"]
        assert screen.output.follow
        count = len(log.lines)
        log.done("a").end()
        append(path, b"".join(line + b"\n" for line in log.lines[count:]), BEGAN)
        await screen.changed()
        assert rows(screen)[-2:] == ["── 12:00:06 ✔ a succeeded in 1.5s", "── 12:00:07 ✔ session succeeded in 4.3s"]


@pytest.mark.parametrize("row", [0, 1, 2])
async def test_the_output_of_a_lost_session_ends_with_its_last_sign_of_life(base: Path, row: int) -> None:
    log = Log().start(2).tier(0, "a").step("a").says("a", "one").beat()
    path = write_log(base, log, "1", modified=BEGAN + 4)
    clock = Clock(BEGAN + 5)
    async with shown(base, opened=path, clock=clock, size=(100, 30)) as screen:
        await screen.choose(row)
        assert "no sign of life" not in screen.text
        clock.now += 30 * HOUR
        await screen.changed()
        assert "☠ lost" in screen.text
        assert rows(screen)[-1] == "── ☠ no sign of life since 12:00:04"
        assert screen.output.follow
        append(path, log.says("a", "two").lines[-1] + b"\n", modified=clock.now)
        await screen.changed()
        assert "no sign of life" not in screen.text


async def test_the_date_is_displayed_where_the_day_changes(base: Path) -> None:
    log = Log().start(2).tier(0, "a").step("a").wait(13 * HOUR).done("a").tier(1, "b").wait(24 * HOUR).step("b", 1)
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(100, 30)) as screen:
        assert [row[3:] for row in rows(screen)] == [
            "12:00:01 tier 1: a",
            "12:00:02 a started · run · opus",
            "2026-03-02 01:00:02 ✔ a succeeded in 1.5s",
            "01:00:03 tier 2: b",
            "2026-03-03 01:00:03 b started · run · opus",
        ]
        await screen.choose(4)
        assert rows(screen) == ["── 2026-03-03 01:00:03 b started · run · opus"]


async def test_passes_are_numbered_where_they_begin(base: Path) -> None:
    log = listener(100)
    now = BEGAN + log.second
    path = write_log(base, log, "1", modified=now)
    async with shown(base, opened=path, clock=Clock(now), size=(100, 30)) as screen:
        heads = [row for row in rows(screen) if "pass" in row]
        assert heads[-1].endswith("pass 100 · tier 1: receive")
        await screen.press("tab", "g")
        await screen.wait_until(lambda: "pass 1 " in screen.text)
        heads = [row for row in rows(screen) if "pass" in row]
        assert [head.split("pass ")[1] for head in heads[:2]] == ["1 · tier 1: receive", "2 · tier 1: receive"]


async def test_a_loop_of_a_workflow_is_a_pass_too(recorded: Path) -> None:
    path = log_of(recorded, "loop-generator-critic")
    async with shown(recorded, opened=path, size=(160, 130)) as screen:
        heads = [row for row in rows(screen) if re.search(r"pass \d", row)]
        assert [re.search(r"pass \d+ · tier 1", head) is not None for head in heads] == [True] * len(heads)
        assert len(heads) >= 2


# Hiding


async def test_D_hides_the_dividers_and_the_next_session_has_none_either(base: Path) -> None:
    path = write_log(base, story(), "1", modified=NOW)
    async with shown(base, size=(100, 30)) as screen:
        await screen.open(path)
        await screen.choose(0)
        await screen.press("D")
        assert [row[10:] for row in rows(screen)] == ["one", "two", "three", "four"]
        await screen.press("escape")
        await screen.open(path)
        assert "──" not in screen.text
        await screen.choose(0)
        await screen.press("D")
        assert len(rows(screen)) == 22


async def test_without_dividers_a_failure_is_the_line_before_it(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *(f"line {number}" for number in range(50)))
    failing(failing(log, "a", "no luck").says("a", *map(str, range(50))), "a", "no luck", 2).end("failure")
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base, opened=path, settings=LINES_ONLY, size=(100, 24)) as screen:
        assert "failure 2 of 2" in screen.title
        await screen.press("E")
        assert "failure 1 of 2" in screen.title
        assert "  line 49" in rows(screen)
        assert "no luck" not in "".join(rows(screen))


async def test_lines_stay_where_they_are_when_dividers_are_hidden(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    for number in range(100):
        failing(log.says("a", f"line {number}"), "a", "no luck", number + 1)
    path = write_log(base, log.says("a", *"xyz" * 20), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(80, 24)) as screen:
        await screen.answer(":", "50")
        assert rows(screen)[0] == "a   line 49"
        for _ in range(3):
            await screen.press("D")
            assert rows(screen)[0] == "a   line 49"


# Errors


async def test_a_long_error_shows_its_beginning_and_its_end(base: Path) -> None:
    error = "\n".join(f"frame {number} of the traceback" for number in range(40_000)) + "\nValueError: at last"
    log = failing(Log().start().tier(0, "a").step("a").says("a", "x"), "a", error).end("failure")
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base, opened=path, size=(100, 40)) as screen:
        assert "frame 0 of the traceback" in screen.text
        await screen.press("tab", "G")
        assert "ValueError: at last" in screen.text
        await screen.search("frame 20000 of")
        assert screen.found.startswith("match 1 of 1")
        assert screen.matches == [("frame 20000 of", True)]
        (row,) = [number for number, text in enumerate(rows(screen)) if "frame 20000 of" in text]
        assert [text.strip() for text in rows(screen)[row - 2 : row + 3]] == [
            f"frame {number} of the traceback" for number in range(19_998, 20_003)
        ]
        assert "more characters" in rows(screen)[row - 3]
        await screen.press("escape")
        assert "frame 20000 of" not in screen.text
        await screen.search("at last")
        assert screen.matches == [("at last", True)]


@each_case("lines", [1, 2, 999, 1000, 1001, 1500, 30_000])
@each_case("longest", [20_000, 20_001])
def test_of_a_long_error_the_beginning_and_the_end_are_displayed(lines: int, longest: int) -> None:
    error = "\n".join(f"{number}." for number in range(lines))
    shown = shown_lines(error, longest)
    if lines <= 1000:
        assert shown == error.split("\n")
        return
    (hidden,) = [line for line in shown if isinstance(line, int)]
    first, last = (
        "\n".join(map(str, part)) for part in (shown[: shown.index(hidden)], shown[shown.index(hidden) + 1 :])
    )
    assert len(first) + hidden + len(last) == len(error)
    assert error.startswith(first)
    assert error.endswith(last)
    assert len(shown) <= 1001
    assert len(first) + len(last) <= longest + 1


@each_case("length", [1, 19_999, 20_000, 20_002, 100_000])
def test_of_a_long_line_of_an_error_the_beginning_and_the_end_are_displayed(length: int) -> None:
    error = "x" * length
    shown = shown_lines(error, 20_000)
    assert shown == ([error] if length <= 20_000 else ["x" * 10_000, length - 20_000, "x" * 10_000])


async def test_an_error_cannot_write_to_the_terminal(base: Path) -> None:
    log = failing(Log().start().tier(0, "a").step("a"), "a", "\x1b]0;title\x07 bad \x1b[31mred\x1b[0m\x07\ttab\r\nend")
    path = write_log(base, log.end("failure"), "1", modified=NOW)
    async with shown(base, opened=path, size=(100, 40)) as screen:
        assert "\x1b" not in screen.text
        assert any("bad red␇" in row for row in rows(screen))
        assert rows(screen)[-1] == "   end"


# Search


async def test_the_words_of_an_error_are_found_where_they_are_displayed(base: Path) -> None:
    path = write_log(base, story(), "1", modified=NOW)
    async with shown(base, opened=path, size=(120, 40)) as screen:
        await screen.choose(0)
        for query in ("valueerror", "cannot parse the report", "/^ValueError/", "line 3, in <module>"):
            await screen.search(query)
            assert screen.found.startswith("match 1 of 1"), query
            (match,) = [text for text, is_current in screen.matches if is_current]
            assert match.lower() in query.lower().strip("/^")


def displays(screen: Shown, text: str) -> bool:
    return any(text in row for row in rows(screen))


async def test_a_match_deep_in_a_long_error_is_displayed_while_it_is_typed(base: Path) -> None:
    error = "\n".join(f"cause {number} of many" for number in range(20_000))
    path = write_log(base, failing(Log().start().tier(0, "a").step("a"), "a", error).end("failure"), "1", modified=NOW)
    async with shown(base, opened=path, size=(100, 24)) as screen:
        for number in (9, 11_234, 19_990):
            match = f"cause {number} of many"
            await screen.press("slash", *f"cause {number}")
            await screen.wait_until(partial(displays, screen, match))
            await screen.press("enter")
            await screen.searched()
            assert displays(screen, match)
            await screen.press("escape")


async def test_what_is_displayed_is_found_and_nothing_else(base: Path) -> None:
    path = write_log(base, story(), "1", modified=NOW)
    counts = {
        "12:00:09": 1,
        "exit code 2": 1,
        "after 4.0s: exit": 1,
        "tier 2: analyze": 1,
        "saved report": 1,
        "not today": 1,
        "analyze": 4,
        "started": 4,
        "⊘": 1,
        "session failed": 1,
        "tier_started": 0,
        "zig-flow": 0,
        "please": 0,
    }
    async with shown(base, opened=path, size=(120, 40)) as screen:
        await screen.choose(0)
        for query, count in counts.items():
            await screen.search(query)
            assert re.match(rf"match \d of {count} " if count else "no matches", screen.found), query
            assert len([row for row in rows(screen) if query in row and row.startswith(("──", "   "))]) == count, query
        await screen.press("D")
        for query in ("12:00:09", "exit code 2", "analyze", "⊘"):
            await screen.search(query)
            assert screen.found.startswith("no matches"), query


async def test_n_and_N_go_through_lines_and_dividers_in_their_order_and_round(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a")
    for number in range(1, 6):
        log.says("a", *(f"nut {number}" for _ in range(30)), f"apple {number}")
        failing(log, "a", f"fail\nno apple {number}", number)
    path = write_log(base, log.says("a", *["nut"] * 30), "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN), size=(80, 24)) as screen:
        screen.output.action_scroll_to_start()
        await screen.search("apple")
        order = [f"{text} {number}" for number in range(1, 6) for text in ("  apple", "no apple")]
        for step, number in [(0, 0), *((1, number % 10) for number in range(1, 12)), (-1, 0), (-1, 9), (-1, 8)]:
            if step:
                await screen.press("n" if step > 0 else "N")
            await screen.searched()
            assert screen.found.startswith(f"match {number + 1} of 10"), (step, number)
            assert [is_current for _, is_current in screen.matches].count(True) == 1
            assert any(order[number] in row for row in rows(screen))
        assert "from the end" not in screen.found


async def test_new_dividers_are_searched_too(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "an apple")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        await screen.search("apple")
        assert screen.found.startswith("match 1 of 1")
        append(path, failing(log, "a", "no apple").lines[-1] + b"\n", BEGAN)
        await screen.changed()
        await screen.searched()
        assert screen.found.startswith("match 1 of 2")
        await screen.press("n")
        await screen.searched()
        assert screen.found.startswith("match 2 of 2")


async def test_the_errors_of_old_passes_are_found(base: Path) -> None:
    log = Log().start(2)
    for number in range(1, 201):
        handled(log.wait(60), number)
        if number in (3, 90, 150):
            failing(log.tier(0, "receive").step("receive"), "receive", f"Broken:\n  pipe {number}")
    now = BEGAN + log.second
    path = write_log(base, log, "1", modified=now)
    async with shown(base, opened=path, clock=Clock(now), size=(100, 30)) as screen:
        for query in ("pipe", "receive failed, attempt"):
            screen.output.action_scroll_to_start()
            await screen.search(query)
            assert screen.found.startswith("match 1 of 3"), query
            assert "pipe 3" in screen.text
            await screen.press("N")
            await screen.searched()
            assert screen.found.startswith("match 3 of 3 · from the end")
            assert "pipe 150" in screen.text
        await screen.search("nowhere")
        assert screen.found.startswith("no matches")


@pytest.mark.parametrize("status", ["success", "failure"])
def test_all_other_words_of_dividers_are_from_the_log(status: str) -> None:
    names = [f"qqq{number}" for number in range(60)]
    log = Log().start(2)
    for tier in range(2):
        log.tier(tier, *names)
        for name in names[:4]:
            log.event("step_started", step_name=name, tier_index=tier, zag_command="qqq", model="qqq")
        log.event("step_skipped", step_name=names[9], reason="qqq")
        failing(log, names[0], "qqq", 1, 7).done(names[1], 65_000, *names)
        log.event("step_completed", step_name=names[2], exit_code=3, duration_ms=10, saved_vars=[])
    session = log.end(status).fold()
    own: set[str] = set()
    for mark in session.marks:
        text = mark_text(session, mark, 7)
        assert text is not None
        words = re.findall(r"[^\W_]+", f"{text.words} {text.detail}")
        found = {word for word in words if "qqq" not in word and not re.fullmatch(r"[\dhms]+", word)}
        assert found <= OWN_WORDS[mark.kind]
        own |= found
    assert {"tier", "started", "failed", "cancelled" if status == "success" else "interrupted"} < own


# Opening


async def test_a_failed_session_opens_at_the_last_failure_that_explains_it(base: Path) -> None:
    log = failing(Log().start(3).tier(0, "a", "b").step("a").step("b"), "a", "allowed", exit_code=1)
    log.says("b", *map(str, range(50))).done("b").tier(1, "c", "d").step("c", 1).step("d", 1)
    failing(failing(log, "c", "first try"), "d", "tried again").says("d", "better").done("d")
    failing(log.says("c", *map(str, range(50))), "c", TRACEBACK, 2).end("failure")
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base, opened=path, size=(120, 30)) as screen:
        assert "failure 4 of 4" in screen.title
        assert screen.title.startswith("c ✘ failed")
        assert screen.rows[screen.tree.cursor].split()[1] == "c"
        assert any(row.startswith("▶─ ") and "c failed, attempt 2" in row for row in rows(screen))
        assert "ValueError: cannot parse the report" in screen.text
        await screen.press("E")
        assert "failure 3 of 4" in screen.title
        assert "tried again" in screen.text
        await screen.press("e", "e")
        assert "failure 1 of 4" in screen.title
        await screen.press("tab", "f")
        assert "failure" not in screen.title


@pytest.mark.parametrize("size", [(48, 20), (80, 24), (120, 40)])
async def test_the_error_is_in_sight_when_a_failed_session_opens(base: Path, size: tuple[int, int]) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", *map(str, range(100)))
    failing(log, "a", TRACEBACK).end("failure")
    path = write_log(base, log, "1", modified=NOW)
    async with shown(base, opened=path, size=size) as screen:
        assert "ValueError" in screen.text
        assert "▶─" in screen.text


async def test_other_sessions_open_at_their_end(base: Path) -> None:
    lines = [str(number) for number in range(100)]
    retried = failing(Log().start().tier(0, "a").step("a"), "a", "no luck").says("a", *lines)
    unexplained = Log().start().tier(0, "a").step("a").says("a", *lines).end("failure")
    lost_one = failing(Log().start().tier(0, "a").says("a", *lines), "a", "x")
    for number, log in enumerate([retried.done("a").end(), unexplained, lost_one]):
        path = write_log(base, log, str(number + 1), modified=BEGAN)
        async with shown(base, opened=path, size=(100, 24)) as screen:
            assert screen.title.startswith("All output")
            assert screen.output.follow


async def test_a_session_that_fails_while_it_is_watched_stays_where_it_is(base: Path) -> None:
    log = Log().start().tier(0, "a").step("a").says("a", "one")
    path = write_log(base, log, "1", modified=BEGAN)
    async with shown(base, opened=path, clock=Clock(BEGAN)) as screen:
        count = len(log.lines)
        failing(log, "a", "no luck").end("failure")
        append(path, b"".join(line + b"\n" for line in log.lines[count:]), BEGAN)
        await screen.changed()
        assert screen.title.startswith("All output")
        assert screen.output.follow


async def test_e_goes_through_the_failures_of_old_passes(base: Path) -> None:
    log = listener(100, failing=40)
    now = BEGAN + log.second
    path = write_log(base, log, "1", modified=now)
    async with shown(base, opened=path, clock=Clock(now), size=(100, 30)) as screen:
        for key, number in [("e", 2), ("e", 1), ("E", 2), ("E", 1)]:
            await screen.press(key)
            await screen.wait_until(lambda number=number: f"failure {number} of 2" in screen.title)  # type: ignore[misc]
            assert f"answering {40 * number}" in screen.text
            assert any(row.startswith("▶─ ") for row in rows(screen))
