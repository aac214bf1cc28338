"""The exit code of every command for every kind of session."""

from pathlib import Path

import pytest

from tests.support.bases import IDS, log_of, recorded_base, session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import freeze, zigtui
from tests.support.logs import BEGAN, Log, append
from tests.support.terminal import Terminal

SESSIONS = {
    "succeeded": "11111111",
    "failed": "22222222",
    "lost": "33333333",
    "running": "44444444",
    "unreadable": "55555555",
    "damaged": "66666666",
    "by path": "PATH",
    "missing": "nobody",
    "ambiguous": "7",
    "newest": "",
}
CODES = {  # in the order of the sessions
    "show": "0 0 0 0 2 0 0 2 2 0",
    "show --json": "0 0 0 0 2 0 0 2 2 0",
    "listen --no-follow": "0 0 3 0 2 0 0 2 2 0",
    "listen --no-follow --exit-status": "0 1 3 4 2 0 0 2 2 4",
    "listen --timeout 0": "0 0 3 3 2 0 0 2 2 3",
    "listen --timeout 0 --exit-status": "0 1 3 3 2 0 0 2 2 3",
    "check": "0 0 0 0 1 1 0 2 2 0",
    "check --json": "0 0 0 0 1 1 0 2 2 0",
    "export --format md": "0 0 0 0 2 0 0 2 2 0",
    "export --format html": "0 0 0 0 2 0 0 2 2 0",
    "export --format json": "0 0 0 0 2 0 0 2 2 0",
    "export --format text": "0 0 0 0 2 0 0 2 2 0",
}


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session of each kind; the newest one runs."""
    monkeypatch.chdir(home)
    freeze(monkeypatch, BEGAN + 100)
    base = home / ".zig"

    def write(kind: str, log: Log | bytes, modified: float = BEGAN + 50) -> None:
        write_log(base, log, f"{SESSIONS[kind]}-6a0f-4a39-9d7f-2f8f6f1f7a11", modified=modified)

    write("succeeded", Log().start().end())
    write("failed", Log().start().end("failure"))
    write("lost", Log().wait(-9000).start(), BEGAN - 9000)
    write("running", Log().wait(100).start(), BEGAN + 99.5)
    write("unreadable", b"garbage\n", BEGAN + 99)
    write("damaged", Log().start().raw(b"garbage").end())
    for number in (7, 8):
        write_log(base, Log().start().end(), f"7{session_id(number)[1:]}", modified=BEGAN)
    return base


@pytest.mark.parametrize("command", CODES)
def test_a_command_exits_with(base: Path, command: str) -> None:
    words = {kind: word.replace("PATH", str(next(base.rglob("11111111*")))) for kind, word in SESSIONS.items()}
    done = {kind: zigtui(*command.split(), *([word] if word else [])) for kind, word in words.items()}
    assert [done[kind].code for kind in SESSIONS] == [int(code) for code in CODES[command].split()]
    assert [kind for kind in SESSIONS if "Traceback" in done[kind].stderr] == []
    assert [kind for kind in SESSIONS if done[kind].code == 2 and done[kind].stdout] == []


NOT_LOGS = {
    "passwd": b"root:x:0:0:root:/root:/bin/bash\n" * 3,
    "script": b"#!/bin/sh\nexit 1",
    "other.log": b'{"level":"info","ts":"2026-03-01T12:00:00Z","msg":"started"}\n{"type":"other","seq":1}\n',
    "values.json": b"1\n[]\nnull\n",
    "binary": bytes(range(256)) * 50,
    "blank": b"\n\n \n",
    "large": b"x" * 70 + b"\n" + (b"no event " * 200 + b"\n") * 1_000,
}


@each_case("name", NOT_LOGS)
@each_case(
    "command",
    ["show", "show --json", "listen", "listen --no-follow", "listen --step x --timeout 0", "export --format md"],
)
def test_a_file_without_events_is_an_error_that_says_so(home: Path, name: str, command: str) -> None:
    path = home.resolve() / name
    path.write_bytes(NOT_LOGS[name])
    done = zigtui(*command.split(), path)
    assert (done.code, done.stdout) == (2, "")
    expected = f"zigtui: not the log of a session, since no line is an event: {path}"
    assert [line for line in done.stderr.splitlines() if not line.startswith("listening to")] == [expected]
    assert zigtui("check", path).code == 1


@pytest.mark.parametrize("name", sorted(NOT_LOGS.keys() - {"blank"}))  # which may become a log
def test_the_screen_is_not_opened_on_a_file_without_events(home: Path, name: str) -> None:
    (home / name).write_bytes(NOT_LOGS[name])
    with Terminal(f"./{name}", home=home, size=(200, 10)) as terminal:
        assert terminal.wait_for_exit() == 2
        assert f"zigtui: not the log of a session, since no line is an event: {home.resolve()}" in terminal.text


@pytest.mark.parametrize("size", [0, 60], ids=["empty", "begun"])
def test_the_screen_is_opened_on_a_file_that_may_become_a_log(home: Path, size: int) -> None:
    path, data = home / "new.jsonl", Log().start().tier(0, "a").step("a").says("a", "hello").data
    path.write_bytes(data[:size])
    with Terminal("./new.jsonl", home=home) as terminal:
        terminal.wait_for("All output")
        append(path, data[size:])
        terminal.wait_for("hello")
        terminal.press("q")
        assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("command", ["show", "listen --no-follow", "export --format json"])
def test_an_empty_log_is_an_error_that_says_so(home: Path, command: str) -> None:
    path = home.resolve() / "x.jsonl"
    path.touch()
    assert zigtui(*command.split(), path).stderr.splitlines()[-1] == f"zigtui: the log is empty: {path}"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that can be opened but not read")
@pytest.mark.parametrize("command", ["show", "show --json", "export --format md", "export --format json", "check"])
def test_a_log_that_cannot_be_read_is_an_error_that_names_it(home: Path, command: str) -> None:
    path = write_log(home.resolve() / ".zig", b"", "66666666-6a0f-4a39-9d7f-2f8f6f1f7a11")
    path.unlink()
    path.symlink_to("/proc/self/mem")
    done = zigtui(*command.split(), "66666666")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == f"zigtui: Input/output error: {path}\n"


@pytest.mark.parametrize("name", ["retry-then-success", "failed-session", "killed-mid-step"])
def test_a_list_exits_with_0_whatever_became_of_the_sessions(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    base = recorded_base(home / ".zig")
    for log in base.rglob("*.jsonl"):
        if log != log_of(base, name):
            log.unlink()
    done = zigtui("list", "--json")
    assert (done.code, [reported["id"] for reported in done.objects]) == (0, [IDS[name]])
    assert zigtui("list", "--state", "stalled").code == 0
