"""The ways in which reports leave the screen."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.cases import each_case
from tests.support.logs import Log, read_log
from tests.support.processes import processes_that_name
from tests.support.waiting import wait_until
from zigtui.reader.session.model.session import SessionState
from zigtui.ui.notifications import channels
from zigtui.ui.notifications.channels import desktop_sequence, run_program
from zigtui.ui.notifications.report import Report
from zigtui.ui.notifications.session_watch import Transition

HOSTILE = "$(touch gone); `x` \x1b]0;t\x07 \x9b1m \0 \n'\""


def report(base: Path) -> Report:
    log = Log().start().tier(0, "a").step("a").event("step_failed", step_name="a", attempt=1, error=HOSTILE)
    path = write_log(base, log.end("failure"), "1", workflow=HOSTILE)
    return Report([Transition(read_log(path).snapshot(), SessionState.FAILED)])


def test_the_program_of_the_user_gets_the_facts_and_no_shell(base: Path, tmp_path: Path) -> None:
    reported = tmp_path / "reported"
    code = "import json, os, sys; json.dump([sys.argv[2:], dict(os.environ)], open(sys.argv[1], 'w'))"
    troubles: list[str] = []
    run_program([sys.executable, "-c", code, str(reported), "$HOME", "; touch gone"], report(base), troubles.append)
    wait_until(lambda: reported.exists() and reported.read_text().endswith("]"))
    arguments, variables = json.loads(reported.read_text())
    assert arguments == ["$HOME", "; touch gone"]
    assert variables["ZIGTUI_STATE"] == "failed"
    assert "touch gone" in variables["ZIGTUI_ERROR"]
    assert not any("\x1b" in value or "\n" in value for name, value in variables.items() if name.startswith("ZIGTUI_"))
    assert troubles == []


@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        (["no-such-program"], "notify_command: there is no program 'no-such-program'"),
        (["/"], "notify_command: '/' cannot be run: Permission denied"),
        (["false"], "notify_command: 'false' ended with exit code 1"),
        (["sh", "-c", "kill -9 $$"], "notify_command: 'sh' ended by signal 9"),
    ],
)
def test_trouble_with_the_program_is_reported(base: Path, command: Sequence[str], trouble: str) -> None:
    troubles: list[str] = []
    run_program(command, report(base), troubles.append)
    wait_until(lambda: troubles)
    assert troubles == [trouble]


def test_a_program_that_does_not_end_is_killed_with_all_that_it_has_started(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "_PROGRAM_SECS", 1.0)
    troubles: list[str] = []
    child = f"sleep 600.{os.getpid()}"
    run_program(["sh", "-c", f"{child} & wait"], report(base), troubles.append)
    wait_until(lambda: troubles)
    assert troubles == ["notify_command: 'sh' did not end within 1 s"]
    wait_until(lambda: not processes_that_name(child))


@each_case(
    ("form", "environment", "sequence"),
    [
        ("off", {"TERM_PROGRAM": "ghostty"}, ""),
        ("auto", {"TERM": "xterm-256color"}, ""),
        ("auto", {"TERM_PROGRAM": "ghostty"}, "\x1b]9;a, b\x07"),
        ("auto", {"TERM_PROGRAM": "iTerm.app"}, "\x1b]9;a, b\x07"),
        ("auto", {"TERM": "xterm-kitty"}, "\x1b]9;a, b\x07"),
        ("auto", {"TERM": "foot"}, "\x1b]777;notify;zigtui;a, b\x07"),
        ("auto", {"TERM": "rxvt-unicode-256color"}, "\x1b]777;notify;zigtui;a, b\x07"),
        ("auto", {"VTE_VERSION": "7800"}, "\x1b]777;notify;zigtui;a, b\x07"),
        ("auto", {"TERM_PROGRAM": "Apple_Terminal", "KITTY_WINDOW_ID": "1"}, ""),
        ("osc777", {"TERM_PROGRAM": "ghostty"}, "\x1b]777;notify;zigtui;a, b\x07"),
        ("osc9", {"TMUX": "/tmp/x", "TERM_PROGRAM": "tmux"}, "\x1bPtmux;\x1b\x1b]9;a, b\x07\x1b\\"),
        ("auto", {"TMUX": "/tmp/x", "TERM_PROGRAM": "tmux"}, ""),
        ("auto", {"TMUX": "/x", "TERM_PROGRAM": "tmux", "WEZTERM_PANE": "0"}, "\x1bPtmux;\x1b\x1b]9;a, b\x07\x1b\\"),
        ("osc9", {"STY": "1.pts"}, "\x1bP\x1b]9;a, b\x07\x1b\\"),
    ],
)
def test_each_terminal_gets_its_notification(form: str, environment: dict[str, str], sequence: str) -> None:
    assert desktop_sequence("a; b", form, environment) == sequence


@pytest.mark.parametrize("form", ["osc9", "osc777"])
def test_text_of_a_log_ends_no_sequence(base: Path, form: str) -> None:
    for text in (HOSTILE, "4;1;50", report(base).text, "x" * 10_000, "\u202e\ud800"):
        sequence = desktop_sequence(text, form, {})
        assert sequence.startswith(("\x1b]9;", "\x1b]777;notify;zigtui;"))
        inner = sequence[2:-1]
        assert inner.isprintable()
        assert inner.count(";") == (1 if form == "osc9" else 3)
        assert len(sequence) < 300
        sequence.encode()
