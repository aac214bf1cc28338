"""Colours on standard output, by the kind of terminal."""

from pathlib import Path

import pytest

from tests.support.bases import IDS, recorded_base
from tests.support.cases import each_case
from tests.support.terminal import Terminal
from zigtui.commands.printing.terminal import safe_line


def written(*arguments: str, home: Path, **environment: str) -> str:
    """The output of a command on a terminal with these variables."""
    recorded_base(home / ".zig")
    with Terminal(*arguments, home=home, environment=environment) as terminal:
        assert terminal.wait_for_exit() == 0
        return terminal.written.decode()


@pytest.mark.parametrize("command", ["list", "show", "listen"])
@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_only_prints_is_sent_no_sequences(tmp_path: Path, command: str, term: str) -> None:
    session = [] if command == "list" else [IDS["hostile-text"]]
    text = written(command, *session, home=tmp_path, TERM=term, COLORTERM="truecolor")
    assert "\x1b" not in text
    assert "hostile" in text or "weird" in text


@pytest.mark.parametrize(
    "variables", [{"TERM": "vt100", "COLORTERM": ""}, {"NO_COLOR": "1"}], ids=["vt100", "NO_COLOR"]
)
def test_a_terminal_without_colours_has_the_words_of_the_states(tmp_path: Path, variables: dict[str, str]) -> None:
    text = written("list", home=tmp_path, **variables)
    assert "\x1b" not in text
    assert {"✘ failed", "✔ succeeded", "☠ lost"} <= {line[:11].strip() for line in text.splitlines()}


@pytest.mark.parametrize("term", ["linux", "xterm"])
def test_states_differ_in_16_colours(tmp_path: Path, term: str) -> None:
    text = written("list", home=tmp_path, TERM=term, COLORTERM="")
    for state in ("\x1b[31m✘ failed", "\x1b[32m✔ succeeded", "\x1b[31m☠ lost"):
        assert state in text


@each_case(
    ("recorded", "basic", "full"),
    [
        ("31", "31", "38;5;1"),
        ("97", "97", "38;5;15"),
        ("44", "44", "48;5;4"),
        ("104", "104", "48;5;12"),
        ("1;4;32", "1;4;32", "1;4;38;5;2"),
        ("38;5;196", "31", "38;5;196"),
        ("48;5;21", "44", "48;5;21"),
        ("38;5;0", "30", "38;5;0"),
        ("38;2;0;255;0", "32", "38;2;0;255;0"),
        ("48;2;250;250;250", "107", "48;2;250;250;250"),
        ("7", "7", "7"),
    ],
)
def test_colours_of_a_log_become_the_nearest_that_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch, recorded: str, basic: str, full: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for system, codes in (("standard", basic), ("truecolor", full)):
        monkeypatch.setenv("TEXTUAL_COLOR_SYSTEM", system)
        assert safe_line(f"a \x1b[{recorded}mb\x1b[0m c") == f"a \x1b[{codes}mb\x1b[0m c"
    monkeypatch.setenv("NO_COLOR", "1")
    assert safe_line(f"a \x1b[{recorded}mb\x1b[0m c") == "a b c"
