"""The screen of all facts about a session and the chosen row."""

from pathlib import Path

from tests.support.bases import write_log
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log, append
from tests.support.screens import Clock, Shown, shown
from tests.ui.test_frame_cost import long_texts, seconds_per_frame
from zigtui.settings import Settings
from zigtui.ui.output.view.view import OutputView
from zigtui.ui.session.info_screen import InfoScreen
from zigtui.ui.session.screen import SessionScreen


def retried() -> Log:
    """A session that waits in its second tier, with a step that was retried and saved two variables in the first."""
    log = Log().start(2).tier(0, "build").step("build").says("build", "x", "tokens: 10 in / 2 out, cost=$0.5")
    log.fails("build", 1, exit_code=3).says("build", "again").done("build", 1500, "artifact", "report")
    log.tier(1, "test").step("test", 1).says("test", "tokens: 7 in / 1 out, cost=$0.25")
    return log.raw(b"not json").beat()


def written(base: Path, log: Log) -> tuple[Path, Clock]:
    now = BEGAN + log.second
    return write_log(base, log, "1", modified=now), Clock(now)


async def facts(screen: Shown) -> dict[str, str]:
    """All facts by their heading and label: each line on its own, as far as the screen is high."""
    assert isinstance(screen.app.screen, InfoScreen)
    width, found, heading, label = screen.output.line_gutter.label, dict[str, str](), "", ""
    for row in screen.output_lines:
        if row.startswith("──"):
            heading = row.strip("─ ")
        elif row.strip():
            label = row[:width].strip() or label
            key = f"{heading}/{label}"
            text = row[width:].strip()
            found[key] = f"{found[key]}\n{text}" if key in found else text
    return found


async def test_the_facts_of_a_session_are_complete(base: Path) -> None:
    path, clock = written(base, retried())
    async with shown(base, opened=path, clock=clock, size=(160, 60)) as screen:
        await screen.press("i")
        found = await facts(screen)
        assert found["session/state"] == "● running"
        assert found["session/workflow"] == "flow"
        assert found["session/workflow path"] == "./flow.zwf"
        assert found["session/id"] == "1"
        assert found["session/prompt"] == "do it"
        assert found["session/cwd"] == "/src"
        assert found["session/log"] == str(path.resolve())
        assert found["session/began"].startswith("2026-03-01 ")
        assert found["session/heartbeat"].endswith("1s ago, every 10s")
        assert "ago" in found["session/last activity"]
        assert found["session/usage"] == "17 tokens in, 3 out, $0.7500"
        assert found["session/tier 1"] == "10 tokens in, 2 out, $0.5000"
        assert found["session/tier 2"] == "7 tokens in, 1 out, $0.2500"
        assert found["session/tiers"] == "1/2"
        assert found["1 problem in the log/line 12"].startswith("bad_json: ")


async def test_the_facts_of_the_chosen_step_come_first_with_all_attempts(base: Path) -> None:
    path, clock = written(base, retried())
    async with shown(base, opened=path, clock=clock, size=(160, 60)) as screen:
        await screen.choose(2)
        await screen.press("i")
        assert screen.output_lines[0].startswith("── step build")
        found = await facts(screen)
        assert found["step build/state"] == "✔ succeeded"
        assert found["step build/attempts"] == "2"
        assert found["step build/command"] == "run"
        assert found["step build/model"] == "opus"
        assert found["step build/agent session"] == "zig-flow-build"
        assert found["step build/saved"] == "artifact\nreport"
        assert found["step build/exit code"] == "0"
        assert found["step build/usage"] == "10 tokens in, 2 out, $0.5000"
        assert found["step build/prompt"] == "please"
        assert found["attempt 1 of build/exit code"] == "3"
        assert found["attempt 1 of build/error"] == "no luck with 1"
        assert found["attempt 2 of build/state"] == "✔ succeeded"
        await screen.press("escape")
        await screen.choose(3)
        await screen.press("i")
        found = await facts(screen)
        assert "attempt 1 of build/error" in found
        assert "attempt 2 of build/state" not in found
        await screen.press("i")
        assert isinstance(screen.app.screen, SessionScreen)
        await screen.choose(1)
        await screen.press("i")
        assert (await facts(screen))["tier 1/steps"] == "✔ build"


async def test_of_very_many_attempts_the_last_ones_have_facts(base: Path) -> None:
    log = Log().start().tier(0, "build").step("build")
    for number in range(1, 1001):
        log.fails("build", number)
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(160, 60)) as screen:
        await screen.choose(2)
        await screen.press("i")
        assert "── 900 earlier attempts of build" in "\n".join(screen.output_lines)
        assert "── attempt 901 of build" in "\n".join(screen.output_lines)
        await screen.press("escape", "space")
        await screen.choose(3)
        await screen.press("i")
        assert (await facts(screen))["attempt 1 of build/error"] == "no luck with 1"


async def test_a_pass_has_facts_too_also_a_past_one(base: Path) -> None:
    path, clock = written(base, listener(100))
    async with shown(base, opened=path, clock=clock, size=(120, 60)) as screen:
        await screen.press("down", "i")
        assert (await facts(screen))["pass 100/about"] == "order 100"
        await screen.press("escape", "end", "space", "end", "i")
        found = await facts(screen)
        assert found["pass 1/about"] == "order 1"
        assert found["pass 1/took"] == "7.0s"
        await screen.press("escape", "right", "right", "down", "i")
        assert (await facts(screen))["step receive/prompt"] == "order 1"


async def test_facts_stay_up_to_date_and_the_view_stays(base: Path) -> None:
    log = retried()
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, size=(120, 20)) as screen:
        await screen.press("i")
        before = (await facts(screen))["session/so far"]
        clock.now += 5
        await screen.show_changes()
        assert (await facts(screen))["session/so far"] != before
        await screen.press("j", "j")
        top = screen.output_lines[0]
        append(path, log.says("test", "more").lines[-1] + b"\n", clock.now)
        await screen.changed()
        assert screen.output_lines[0] == top
        append(path, log.done("test").lines[-1] + b"\n" + log.end().lines[-1] + b"\n", clock.now)
        await screen.changed()
        await screen.press("g")
        assert (await facts(screen))["session/state"] == "✔ succeeded"


async def test_facts_are_copied_in_full(base: Path) -> None:
    prompt = "\n".join(f"line {number} " + "x" * 3000 for number in range(3))
    started = {"workflow_name": "w", "workflow_path": "w", "cwd": "/", "prompt": prompt, "tier_count": 1}
    path, clock = written(base, Log().event("zig_session_started", **started).tier(0, "a").step("a"))
    async with shown(base, opened=path, clock=clock, size=(80, 24)) as screen:
        copied: list[str] = []
        screen.app.screen.context.clipboard.copy = copied.append  # type: ignore[attr-defined]  # a session's screen
        await screen.press("i")
        for _ in range(20):
            if "y copies: prompt" in screen.lines[0]:
                break
            await screen.press("tab")
        await screen.press("y", "y")
        await screen.wait_until(lambda: copied == [prompt])
        await screen.press("shift+tab", "y", "y")
        await screen.wait_until(lambda: copied[-1] == "src-shop")
        await screen.press("y", "i")
        assert copied[-1] == "1"
        await screen.press("y", "a")
        await screen.wait_until(lambda: prompt in copied[-1])
        assert "workflow: w" in copied[-1]


async def test_control_sequences_do_not_count_as_copied_text(base: Path) -> None:
    log = Log().event(
        "zig_session_started", workflow_name="w", workflow_path="w", cwd="/", prompt="\x1b[31m" * 800 + "end"
    )
    path, clock = written(base, log)
    async with shown(base, opened=path, clock=clock, settings=Settings(longest_copy=1000)) as screen:
        copied: list[str] = []
        screen.app.screen.context.clipboard.copy = copied.append  # type: ignore[attr-defined]  # a session's screen
        await screen.press("i", "y", "a")
        await screen.wait_until(lambda: bool(copied))
        assert "prompt: end\n" in copied[0]


async def test_a_fact_is_selected_with_the_mouse_and_copied(base: Path) -> None:
    path, clock = written(base, retried())
    async with shown(base, opened=path, clock=clock, size=(120, 40)) as screen:
        copied: list[str] = []
        screen.app.screen.context.clipboard.copy = copied.append  # type: ignore[attr-defined]  # a session's screen
        await screen.press("i")
        row = next(y for y, line in enumerate(screen.output_lines) if line.startswith("workflow "))
        column = screen.output_lines[row].index("flow", 8)
        await screen.pilot.mouse_down(OutputView, offset=(column, row))
        await screen.pilot.hover(OutputView, offset=(column + 3, row))
        await screen.pilot.mouse_up(OutputView, offset=(column + 3, row))
        await screen.pilot.pause()
        assert copied == ["flow"]
        await screen.pilot.click(OutputView, offset=(column, row + 1))
        await screen.wait_for("y copies: id")


async def test_hostile_facts_are_made_safe_and_keep_their_lines(base: Path) -> None:
    text = "first\n\x1b[31mred\x1b]0;title\x07\tand [/bold] markup\u202e"
    log = Log().event(
        "zig_session_started", workflow_name=text, workflow_path=text, cwd=text, prompt=text, tier_count=1
    )
    log.tier(0, text).event("step_started", step_name=text, tier_index=0, zag_command=text, model=text)
    path, clock = written(base, log.event("step_failed", step_name=text, exit_code=1, attempt=1, error=text))
    async with shown(base, opened=path, clock=clock, size=(120, 60)) as screen:
        await screen.choose(2)
        await screen.press("i")
        found = await facts(screen)
        assert "\x1b" not in screen.text
        assert "\x07" not in screen.text
        assert found["session/prompt"].startswith("first\nred")
        assert "[/bold] markup" in found["session/prompt"]


async def test_long_texts_cost_no_more_than_short_ones(tmp_path: Path) -> None:
    costs = []
    for length in (100, 1_000_000):
        path, clock = written(tmp_path / str(length), long_texts(length))
        async with shown(tmp_path / str(length), opened=path, clock=clock, size=(120, 40)) as screen:
            await screen.choose(2)
            await screen.press("i")
            costs.append(seconds_per_frame(screen))
            clock.now += 1
            await screen.press("G", "pageup", "g", "pagedown")
    assert costs[1] < 5 * costs[0] + 0.002


async def test_the_facts_fit_any_screen(base: Path) -> None:
    path, clock = written(base, retried())
    async with shown(base, opened=path, clock=clock) as screen:
        for size in [(200, 50), (60, 20), (20, 5)]:
            await screen.resize(*size)
            await screen.press("i", "G", "g", "tab", "pagedown")
            assert all(len(line) <= size[0] for line in screen.lines), size
            await screen.press("question_mark")
            await screen.press("escape", "escape")
            assert isinstance(screen.app.screen, SessionScreen), size
