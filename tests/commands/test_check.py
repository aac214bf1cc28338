"""Whether logs are sound: the kind of each damage, and its line."""

import os
from pathlib import Path

import pytest

from tests.support.bases import IDS, log_of, recorded_base, session_id
from tests.support.cases import each_case
from tests.support.commands import freeze, refused, run_with_closed_output, succeed, zigtui
from tests.support.logs import BEGAN, SESSION_ID, Log, log_file
from tests.support.recordings import ROWS
from zigtui.commands.options import session_argument
from zigtui.reader.catalog.scan.file_facts import FileFacts, facts_of
from zigtui.reader.lines import tail


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, as the user's own; the working directory is no repository."""
    monkeypatch.chdir(home)
    return recorded_base(home / ".zig")


def sound() -> Log:
    """The log of a session that succeeds."""
    return Log().start().tier(0, "a").step("a").says("a", "hello").done("a").beat().end()


def old_log(directory: Path, data: bytes) -> Path:
    """A log that was last written long ago."""
    path = log_file(directory, data)
    os.utime(path, (BEGAN, BEGAN))
    return path


@each_case("name", [row.name for row in ROWS])
def test_a_recorded_session_is_sound(base: Path, name: str) -> None:
    assert succeed("check", IDS[name]).stdout == ""
    assert succeed("check", log_of(base, name)).stdout == ""


def test_without_a_session_the_newest_is_checked(base: Path) -> None:
    assert succeed("check", "--json").object["log_path"].endswith(f"{IDS['quiet-with-heartbeats']}.jsonl")


def changed(number: int, old: bytes, new: bytes) -> bytes:
    """A sound log with one changed line."""
    log = sound()
    assert old in log.lines[number - 1]
    log.lines[number - 1] = log.lines[number - 1].replace(old, new)
    return log.data


DAMAGES = {
    "bad JSON": (changed(4, b'{"seq"', b'"seq"'), 4, "bad_json"),
    "no object": (Log().start().raw(b"[1]").end().data, 2, "bad_json"),
    "cut in the midst": (changed(3, b'"please"}', b""), 3, "bad_json"),
    "byte order mark": (b"\xef\xbb\xbf" + sound().data, 1, "bad_json"),
    "not UTF-8": (changed(4, b"hello", b"caf\xe9"), 4, "not_utf8"),
    "torn end": (sound().data[:-2], 7, "torn"),
    "torn start": (sound().data[:20], 1, "torn"),
    "gap": (changed(4, b'"seq":4', b'"seq":4').replace(sound().lines[2] + b"\n", b""), 3, "gap"),
    "first numbers missing": (Log().start().data.replace(b'"seq":1', b'"seq":3'), 1, "gap"),
    "repeat": (b"".join(line + b"\n" for line in [*sound().lines[:3], *sound().lines[2:]]), 4, "repeat"),
    "wrong id": (changed(4, SESSION_ID.encode(), session_id(7).encode()), 4, "wrong_id"),
    "unknown type": (changed(6, b"heartbeat", b"headbeat"), 6, "unknown_type"),
    "missing field": (changed(5, b',"duration_ms":1500', b""), 5, "missing_field"),
    "field of another type": (changed(2, b'"tier_index":0', b'"tier_index":"0"'), 2, "missing_field"),
    "no type": (changed(6, b'"type"', b'"kind"'), 6, "missing_field"),
    "no time": (changed(6, b'"ts"', b'"at"'), 6, "missing_field"),
    "no number": (changed(7, b'"seq"', b'"no"'), 7, "missing_field"),
    "no id": (changed(6, b'"zig_session_id"', b'"id"'), 6, "missing_field"),
    "two events on a line": (sound().data.replace(b"}\n", b"}", 1), 1, "glued"),
    "three events on a line": (sound().data.replace(b"}\n", b"} ", 2), 1, "glued"),
    "output events on a line": (Log().start().says("a", "x", "y").data.replace(b'x"}\n', b'x"}'), 2, "glued"),
    "no start": (Log().tier(0, "a").beat().data, 1, "no_start"),
    "start twice": (Log().start().start().data, 2, "second_start"),
    "unknown status": (changed(7, b'"success"', b'"succeeded"'), 7, "bad_value"),
    "unknown stream": (changed(4, b'"stdout"', b'"stdin"'), 4, "bad_value"),
    "no time of day": (changed(6, b"T12:00:05+00:00", b""), 6, "bad_value"),
    "duration below zero": (changed(5, b":1500", b":-1500"), 5, "bad_value"),
    "attempt zero": (Log().start().fails("a", 0).data, 2, "bad_value"),
    "no duration": (changed(7, b',"duration_ms":4321', b""), 7, "missing_field"),
    "after the end": (sound().beat().data, 8, "after_end"),
}


@each_case(("data", "line", "kind"), DAMAGES.values(), ids=DAMAGES.keys())
def test_every_damage_is_reported_with_its_line(tmp_path: Path, data: bytes, line: int, kind: str) -> None:
    log = old_log(tmp_path, data)
    done = zigtui("check", log)
    assert (done.code, done.stderr) == (1, "")
    assert done.lines[0].startswith(f"{log}:{line}: {kind}: ")
    reported = zigtui("check", log, "--json")
    assert reported.code == 1
    problem = reported.object["problems"][0]
    assert list(problem) == ["line", "kind", "detail"]
    assert (problem["line"], problem["kind"]) == (line, kind)
    assert done.lines[0] == f"{log}:{line}: {kind}: {problem['detail']}"
    assert len(done.lines) == len(reported.object["problems"]) == reported.object["problem_count"] == 1


def test_blank_lines_count_and_are_no_problem(tmp_path: Path) -> None:
    log = Log().start().raw(b"").raw(b"  ").raw(b"x").raw(b"\r").end()
    done = zigtui("check", old_log(tmp_path, log.data))
    assert [line.split(":")[1:3] for line in done.lines] == [["4", " bad_json"]]


@each_case("data", [b"", b"\n", b" \n\r\n"])
@each_case("options", [(), ("--live",)])
def test_a_log_without_events_is_not_sound(tmp_path: Path, data: bytes, options: tuple[str, ...]) -> None:
    log = old_log(tmp_path, data)
    done = zigtui("check", log, *options)
    assert (done.code, done.lines) == (1, [f"{log}:1: empty: no event"])


@pytest.mark.parametrize("age", [0, 29, 30, 10_000_000])
def test_the_verdict_does_not_depend_on_the_age_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: float
) -> None:
    freeze(monkeypatch, BEGAN + age)
    torn = old_log(tmp_path, Log().start().beat().data[:-10])
    done = zigtui("check", torn)
    assert (done.code, [line.split(":")[1:3] for line in done.lines]) == (1, [["2", " torn"]])
    assert not zigtui("check", torn, "--json").object["sound"]
    whole = old_log(tmp_path, Log().start().beat().data)
    assert succeed("check", whole).stdout == ""


def test_a_value_of_another_type_is_described_in_words(tmp_path: Path) -> None:
    log = Log().start().tier(0).event("heartbeat", interval_secs="10").event("step_skipped", step_name="a", reason=1)
    log.event("tier_started", tier_index=1, step_names="a").raw(b"{")
    found = [line.split(": ", 1)[1] for line in zigtui("check", old_log(tmp_path, log.data[:-1])).lines]
    assert found == [
        "missing_field: heartbeat: interval_secs is not a whole number",
        "missing_field: step_skipped: reason is not text",
        "missing_field: tier_started: step_names is not a list of texts",
        "torn: 1 byte without a newline",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b'"seq":4', b'"seq":18446744073709551616', "bad_value: step_output: seq is not within 64 bits"),
        (b'"seq":4', b'"seq":"4"', "missing_field: step_output: seq is not a whole number"),
        (b'"seq":4,', b"", "missing_field: step_output: seq is missing"),
        (b'"ts":"2026-03-01T12:00:03+00:00"', b'"ts":3', "missing_field: step_output: ts is not text"),
        (b'"type":"step_output"', b'"type":7', "missing_field: type is not text"),
    ],
)
def test_a_value_that_is_there_is_not_called_missing(tmp_path: Path, old: bytes, new: bytes, problem: str) -> None:
    log = old_log(tmp_path, changed(4, old, new))
    assert [line.split(": ", 1)[1] for line in zigtui("check", log).lines] == [problem]


@pytest.mark.parametrize("number", [2**64, 2**70, -(2**70)])
def test_a_number_beyond_64_bits_is_called_that(tmp_path: Path, number: int) -> None:
    log = Log().start().done("a", number).fails("a", exit_code=number)
    found = [line.split(": ", 1)[1] for line in zigtui("check", old_log(tmp_path, log.data)).lines]
    assert found == [
        "bad_value: step_completed: duration_ms is not within 64 bits",
        "bad_value: step_failed: exit_code is not within 64 bits",
    ]


def test_a_line_that_is_too_long_is_not_called_bad_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "MAX_LINE_BYTES", 300_000)
    log = old_log(tmp_path, Log().start().says("a", "x" * 2_000_000).end().data)
    assert [line.split(":")[1:3] for line in zigtui("check", log).lines] == [["2", " too_long"]]


def test_the_end_of_a_live_log_may_be_torn_and_nothing_else_may(tmp_path: Path) -> None:
    torn = old_log(tmp_path, Log().start().beat().data[:-10])
    assert succeed("check", "--live", torn).stdout == ""
    assert succeed("check", "--live", "--json", torn).object["sound"]
    ended = old_log(tmp_path, sound().data + b"\0" * 100)
    assert [line.split(":")[1:3] for line in zigtui("check", "--live", ended).lines] == [["8", " torn"]]
    damaged = old_log(tmp_path, Log().start().raw(b"garbage").beat().data[:-10])
    done = zigtui("check", "--live", damaged)
    assert (done.code, [line.split(":")[1:3] for line in done.lines]) == (1, [["2", " bad_json"]])


def test_a_log_that_cannot_be_read_is_reported_and_the_others_are_checked(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, bad = old_log(tmp_path, sound().data).rename(tmp_path / "closed.jsonl"), old_log(tmp_path, b"garbage\n")

    open_log = tail._open_log

    def open_unless_closed(path: str, follows_link: bool) -> tuple[int, os.stat_result]:
        if path == str(closed):
            raise PermissionError(13, "Permission denied", path)
        return open_log(path, follows_link)

    monkeypatch.setattr(tail, "_open_log", open_unless_closed)  # root may open any file
    done = zigtui("check", closed, bad, "deploy")
    assert (done.code, done.stderr) == (2, f"zigtui: Permission denied: {closed}\n")
    assert [line.split(":")[1:3] for line in done.lines] == [["1", " bad_json"]]
    done = zigtui("check", closed, "--json")
    assert (done.code, done.stderr) == (2, f"zigtui: Permission denied: {closed}\n")
    assert (done.object["sound"], done.object["unreadable"], done.object["problems"]) == (
        False,
        "Permission denied",
        [],
    )


# Logs under another name


def test_a_renamed_log_is_compared_with_itself(tmp_path: Path) -> None:
    log = old_log(tmp_path, sound().data).rename(tmp_path / "the one that failed.jsonl")
    assert succeed("check", log).stdout == ""
    log.write_bytes(changed(4, SESSION_ID.encode(), session_id(7).encode()))
    assert zigtui("check", log).lines == [f"{log}:4: wrong_id: an event of session {session_id(7)}"]


def test_each_event_of_another_session_is_reported(tmp_path: Path) -> None:
    data = sound().data.replace(SESSION_ID.encode(), session_id(7).encode())
    log = old_log(tmp_path, data.replace(session_id(7).encode(), session_id(8).encode(), 2))
    assert zigtui("check", log).lines == [
        f"{log}:{number}: wrong_id: an event of session {session_id(8 if number < 3 else 7)}"
        for number in range(1, data.count(b"\n") + 1)
    ]


def test_a_file_of_any_name_is_a_log_unless_a_session_is_meant(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    old_log(tmp_path, b"garbage\n").rename(tmp_path / "log")
    assert zigtui("check", "log").lines[0].startswith("log:1: bad_json")
    (tmp_path / "log").rename(tmp_path / "deploy")
    assert succeed("check", "deploy").stdout == ""
    assert zigtui("check", "./deploy").code == 1


def test_a_log_that_is_named_by_its_path_is_looked_up_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = old_log(tmp_path, sound().data)
    looked_up: list[object] = []

    def counted(file: str) -> FileFacts | None:
        looked_up.append(file)
        return facts_of(file)

    monkeypatch.setattr(session_argument, "facts_of", counted)
    succeed("check", log)
    assert looked_up == [str(log)]


@pytest.mark.parametrize(
    "lost", [b"torn", b'{"type":"zig_session_started","seq":1,"ts":"20', b"[1]", b"\xff\xfe", b"x\ny"]
)
def test_a_damaged_first_line_is_reported_as_a_missing_start_too(tmp_path: Path, lost: bytes) -> None:
    first = lost.count(b"\n") + 2
    without = zigtui("check", "--json", old_log(tmp_path, lost + b"\n" + Log().tier(0, "a").end().data)).object
    *damaged, start = without["problems"]
    assert {problem["kind"] for problem in damaged} <= {"bad_json", "not_utf8"}
    assert start == {
        "line": first,
        "kind": "no_start",
        "detail": "the first event that can be read is tier_started, not zig_session_started",
    }
    with_start = zigtui("check", "--json", old_log(tmp_path, lost + b"\n" + Log().start().end().data)).object
    assert "no_start" not in [problem["kind"] for problem in with_start["problems"]]


def test_several_logs_are_checked_each(base: Path, tmp_path: Path) -> None:
    bad = old_log(tmp_path, sound().data[:-2])
    good = log_of(base, "retry-then-success")
    done = zigtui("check", "research", bad, good)
    assert (done.code, len(done.lines)) == (1, 1)
    reported = zigtui("check", "research", bad, good, "--json")
    assert [(found["log_path"], found["sound"]) for found in reported.objects] == [
        (str(log_of(base, "parallel-fan-out").resolve()), True),
        (str(bad), False),
        (str(good), True),
    ]


def test_the_keys_of_the_json(base: Path) -> None:
    assert succeed("check", "deploy", "--json").object == {
        "schema": 1,
        "log_path": str(log_of(base, "retry-then-success").resolve()),
        "sound": True,
        "unreadable": None,
        "problems": [],
        "problem_count": 0,
    }


def test_of_very_many_problems_the_first_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    log = old_log(tmp_path, b"garbage\n" * 2500)
    done = zigtui("check", log)
    assert len(done.lines) == 1001
    assert done.lines[-1] == f"{log}: 1,500 more problems"
    assert zigtui("check", log, "--json").object["problem_count"] == 2500


def test_a_file_needs_no_base(home: Path, tmp_path: Path) -> None:
    assert succeed("check", old_log(tmp_path, sound().data)).stdout == ""


def test_a_file_may_be_named_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = old_log(tmp_path, sound().data + b"x\n")
    assert zigtui("check", log.name).lines[0].startswith(f"{log.name}:8: bad_json: ")


def test_text_of_a_log_is_printed_safely(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07evil"
    log = Log().start().event(evil).event("heartbeat", interval_secs=10, zig_session_id=evil)
    path = log_file(tmp_path, log.data).rename(tmp_path / f"{SESSION_ID}{evil}")
    os.utime(path, (BEGAN, BEGAN))
    done = zigtui("check", path)
    assert len(done.lines) == 2
    assert [character for character in done.stdout if not character.isprintable() and character != "\n"] == []


@pytest.mark.parametrize("arguments", [("missing.jsonl",), ("deploy", "missing.jsonl"), ("projects",), (".zig",)])
def test_a_path_that_is_not_a_log_is_refused(base: Path, arguments: tuple[str, ...]) -> None:
    assert repr(arguments[-1]) in refused("check", *arguments)


@each_case("command", ["check", "show", "listen", "export --format md"])
@each_case(
    ("path", "reported"),
    [
        ("/tmp", "not a regular file: '/tmp'"),
        ("/dev/null", "not a regular file: '/dev/null'"),
        (f"{SESSION_ID}.jsonl", f"no such file: '{SESSION_ID}.jsonl'"),
        ("/nowhere/x", "no such file: '/nowhere/x'"),
        ("./x", "no such file: './x'"),
    ],
)
def test_a_path_without_a_log_is_reported_as_such(base: Path, command: str, path: str, reported: str) -> None:
    may_wait = command == "listen" and reported.startswith("no such file")
    assert refused(*command.split(), path) == f"zigtui: {reported}{' (--wait waits for it)' if may_wait else ''}\n"


def test_what_may_be_a_workflow_with_a_slash_is_looked_for_as_one(base: Path) -> None:
    assert "the workflow name 'a/b'" in refused("show", "a/b")


def test_a_pipe_is_no_log(base: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refused("check", tmp_path / "pipe")


def test_a_reader_that_has_gone_ends_it_quietly(home: Path, tmp_path: Path) -> None:
    done = run_with_closed_output("check", old_log(tmp_path, b"garbage\n"), home=home)
    assert (done.returncode, done.stderr) == (1, "")
