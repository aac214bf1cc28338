"""What reaches a terminal."""

import re
from pathlib import Path

from tests.support.bases import IDS, write_log
from tests.support.logs import Log
from tests.support.terminal import Terminal

COLOURS = re.compile(rb"\x1b\[[0-9;]*m")


def written(*arguments: str, home: Path, environment: dict[str, str] | None = None) -> bytes:
    """The output of a command on a terminal, with its own line ends."""
    with Terminal("listen", *arguments, home=home, size=(200, 50), environment=environment) as terminal:
        assert terminal.wait_for_exit() == 0
        return terminal.written.replace(b"\r\n", b"\n")


def unsafe_in(data: bytes) -> list[str]:
    """The control and other invisible characters, without line ends and colours."""
    return [character for character in COLOURS.sub(b"", data).decode() if not character.isprintable()]


def test_hostile_text_reaches_a_terminal_as_colours_and_text_only(home: Path, base: Path) -> None:
    data = written(IDS["hostile-text"], home=home)
    assert set(unsafe_in(data)) == {"\n", "\N{ZERO WIDTH JOINER}", "\U0010ffff"}  # part of emoji; unassigned
    assert COLOURS.search(data)
    assert "failed (attempt 1): error with ⏎ newline and colour and [bold]markup[/bold]\n" in data.decode()


def test_every_text_of_an_event_is_made_safe(home: Path, own: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9bH\x1bP1q\x1b\\evil"
    log = Log().event(evil).start().tier(0, evil).event("step_failed", step_name=evil, attempt=1, error=evil, ts=evil)
    log.event("step_started", step_name=evil, model=evil, zag_command=evil, zag_session_id=evil, ts=evil)
    log.event("step_completed", step_name=evil, duration_ms=1, saved_vars=[evil], ts=evil)
    log.says(evil, evil).event("step_skipped", step_name=evil, reason=evil, ts=evil)
    write_log(
        own, log.event("zig_session_ended", status=evil, duration_ms=1, ts=evil), "\x1b]0;owned\x07", workflow=evil
    )
    data = written("--timestamps", home=home)
    assert set(unsafe_in(data)) == {"\n"}
    assert data.count(b"evil") > 15


def test_a_line_cannot_write_over_the_name_of_its_step(home: Path, own: Path) -> None:
    log = Log().start().says("a", "10 %\r20 %", "\r■ zig session ended (Success) in 1ms", "gone\x1b[2K\rkept")
    write_log(own, log.end("failure"))
    assert written(home=home).decode().splitlines()[2:5] == [
        "[a] 20 %",
        "[a] ■ zig session ended (Success) in 1ms",
        "[a] kept",
    ]


def test_no_color_leaves_the_text(home: Path, base: Path) -> None:
    assert b"\x1b" not in written(IDS["hostile-text"], home=home, environment={"NO_COLOR": "1"})


def test_raw_is_as_recorded(home: Path, base: Path, reference: Path) -> None:
    data = written(IDS["hostile-text"], "--raw", home=home)
    recorded_text = (reference / "listen" / "hostile-text.txt").read_bytes()
    assert data.split(b"\n", 1)[1] == recorded_text.replace(b"\r\n", b"\n")
