"""Nothing in a log can act on the terminal, hide text or be interpreted as markup."""

import os
import unicodedata
from pathlib import Path

import pytest

from tests.support.bases import log_of, write_log
from tests.support.logs import BEGAN, Json, Log
from tests.support.screens import NOW, Clock, Shown, shown

ATTACKS = [
    "\x1b]0;title taken over\x07",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\x1b[2J\x1b[H",
    "\x1b[?1049h",
    "\x9b31m\x9d0;title\x9c",
    "[red]markup[/red] [/oops] [@click=app.quit]click[/]",
    "\u202egnp.exe\u202c",
    "a\u200bb\u2066c\u2069",
    "\r\noverwritten\rX",
    "\t\x00\x07\x08\x7f",
    "\U000e0041\U000e0042 tagged",
]
EVERYTHING = " ".join(ATTACKS)
JOINERS = "\u200c\u200d"


def assert_harmless(screen: Shown) -> None:
    """Nothing on the screen but characters that stand for themselves."""
    for strip in screen.strips:
        for segment in strip:
            assert segment.control is None or not segment.control
            bad = [
                character
                for character in segment.text
                if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
                or (unicodedata.category(character) == "Cf" and character not in JOINERS)
            ]
            assert not bad, (segment.text, bad)
            if segment.style is not None:
                assert segment.style.link is None
                assert not any(key == "@click" and "quit" in str(value) for key, value in segment.style.meta.items())


def hostile_log() -> Log:
    """A session whose every text is hostile."""
    text: Json = {"workflow_name": EVERYTHING, "workflow_path": EVERYTHING, "cwd": EVERYTHING, "prompt": EVERYTHING}
    log = Log().event("zig_session_started", tier_count=3, workspace_path=None, **text)
    names = [f"{number} {attack}" for number, attack in enumerate(ATTACKS)]
    log.tier(0, *names)
    for name in names:
        log.event(
            "step_started",
            step_name=name,
            tier_index=0,
            zag_session_id=EVERYTHING,
            zag_command=EVERYTHING,
            model=EVERYTHING,
            prompt_preview=EVERYTHING,
        )
        log.says(name, *ATTACKS).says(name, *ATTACKS, stream="stderr")
    log.event("step_completed", step_name=names[0], exit_code=0, duration_ms=5, saved_vars=ATTACKS)
    log.event("step_skipped", step_name=names[1], reason=EVERYTHING)
    return log.event("step_failed", step_name=names[2], exit_code=1, attempt=1, error=EVERYTHING)


async def test_the_recorded_hostile_session_is_harmless_everywhere(recorded: Path) -> None:
    async with shown(recorded) as screen:
        assert_harmless(screen)
        assert "weird [bo" in screen.text
        await screen.open(log_of(recorded, "hostile-text"))
        assert "weird [bold]name[/bold]" in screen.lines[0]
        for row in range(screen.tree.row_count()):
            await screen.choose(row)
            screen.output.action_scroll_to_start()
            before: list[str] = []
            while screen.output_lines != before:
                assert_harmless(screen)
                before = screen.output_lines
                screen.output.action_scroll_page(1)


async def test_markup_in_output_and_names_is_shown_as_it_is(recorded: Path) -> None:
    async with shown(recorded, opened=log_of(recorded, "hostile-text"), size=(160, 60)) as screen:
        await screen.choose(2)
        await screen.press("tab", "g")
        for text in ("[bold red]not markup[/]", "  [/]", "[link=file:///etc/passwd]x[/link]", "progress 100%", "bell␇"):
            assert text in screen.text
        assert "taken over" not in screen.text
        await screen.choose(3)
        assert any("[bold]markup[/bold]" in row for row in screen.failure)


async def test_no_field_of_any_event_acts_on_the_screen(base: Path) -> None:
    live = hostile_log()
    write_log(base, live, "live", modified=BEGAN)
    ended = write_log(
        base, hostile_log().event("zig_session_ended", status=EVERYTHING, duration_ms=1), "ended", modified=NOW
    )
    write_log(base, b"\x1b]0;title taken over\x07\n", "unreadable", modified=NOW)
    async with shown(base, clock=Clock(BEGAN + 5), size=(120, 40)) as screen:
        assert_harmless(screen)
        await screen.open(ended)
        for row in range(screen.tree.row_count()):
            await screen.choose(row)
            assert_harmless(screen)


@pytest.mark.parametrize("project", ["\x1b]0;title\x07", "[oops][@click=app.quit]", "caf\udce9", "\u202eevil"])
async def test_file_and_directory_names_are_as_harmless_as_text(base: Path, project: str) -> None:
    path = write_log(base, Log().raw(b"no start"), f"{project[:8]}x", modified=NOW, project=project)
    locked = base / "projects" / f"locked{project}" / "logs" / "sessions"
    locked.parent.mkdir(parents=True)
    locked.symlink_to(locked)  # cannot be listed, and a notice has its name
    async with shown(base, size=(300, 20)) as screen:
        assert_harmless(screen)
        assert "Too many levels of symbolic links" in screen.text
        screen.text.encode()
        await screen.open(path)
        assert_harmless(screen)
        screen.text.encode()


@pytest.mark.parametrize("name", ["\x1b]0;title\x07", "[/oops][bold]", "caf\udce9"])
async def test_a_base_of_any_name_is_named_on_the_empty_page(tmp_path: Path, name: str) -> None:
    async with shown(tmp_path / name, size=(120, 30)) as screen:
        assert_harmless(screen)
        assert "No sessions yet" in screen.text
        screen.text.encode()


@pytest.mark.parametrize(
    ("ts", "number"),
    [("0001-01-01T00:00:00Z", -(2**63)), ("9999-12-31T23:59:59.999999Z", 2**63 - 1), ("\x1b[2J", 2**64 - 1), ("", -1)],
)
async def test_absurd_numbers_and_times_are_shown_somehow(base: Path, ts: str, number: int) -> None:
    log = Log().event(
        "zig_session_started", ts=ts, workflow_name="w", workflow_path="w", cwd=None, prompt=None, tier_count=number
    )
    log.event("tier_started", ts=ts, tier_index=number, step_names=["a"]).step("a")
    log.event("step_failed", ts=ts, step_name="a", exit_code=number, attempt=number, error="e")
    log.event("step_completed", ts=ts, step_name="a", exit_code=number, duration_ms=number, saved_vars=[])
    log.event("heartbeat", ts=ts, interval_secs=number)
    open_path = write_log(base, log, "open", modified=BEGAN)
    write_log(base, log.event("zig_session_ended", ts=ts, status="success", duration_ms=number), "ended", modified=NOW)
    async with shown(base, opened=open_path, clock=Clock(BEGAN + 5)) as screen:
        assert_harmless(screen)
        await screen.press("j", "j", "escape")
        assert_harmless(screen)


@pytest.mark.parametrize("modified", [-1.0, 0.0, 253_402_300_800.0])
async def test_absurd_file_times_are_shown_somehow(base: Path, modified: float) -> None:
    path = write_log(base, Log().start().tier(0, "a"), "1", modified=modified)
    os.utime(path, (modified, modified))
    async with shown(base) as screen:
        assert len(screen.rows) == 1
