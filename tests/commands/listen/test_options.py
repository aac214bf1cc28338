"""What is printed of a session, until when, and the exit status."""

import json
from pathlib import Path

import pytest

from tests.commands.listen.test_listen import LOST, NAMES, listen, sound
from tests.support.bases import IDS, copy_recordings, log_of, session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import Done, Running, freeze, refused, zigtui
from tests.support.logs import BEGAN, Log, append
from tests.support.recordings import recorded
from zigtui.reader.session.folding.runs import Runs
from zigtui.reader.session.model.session import StepRun, TierRun


def test_a_timeout_ends_it_with_3(own: Path) -> None:
    write_log(own, Log().start().tier(0, "a"))
    done = listen("--timeout", "10ms")
    assert done == Done(3, "▶ zig session started: flow (1 tier)\n── tier 1 (a)\n", done.stderr)
    assert done.stderr == "zigtui: the session has not ended in 10ms\n"


def test_a_timeout_while_nothing_comes_ends_it_with_3(own: Path) -> None:
    write_log(own, Log().start())
    assert listen("--timeout", "700ms").code == 3


def test_a_timeout_keeps_back_none_of_the_last_lines(own: Path) -> None:
    write_log(own, Log().start().says("a", "1", "2"))
    assert listen("--timeout", "0", "--tail", "1").stdout == "[a] 2\n"


def test_a_session_that_has_ended_is_in_time_for_any_timeout(base: Path) -> None:
    assert listen("deploy", "--timeout", "0").code == 0


@pytest.mark.parametrize(
    ("name", "code"),
    [("sequential-success", 0), ("continue-on-failure", 0), ("failed-session", 1), ("killed-mid-step", 3)],
)
def test_the_exit_status_shows_how_the_session_ended(base: Path, name: str, code: int) -> None:
    assert listen(IDS[name], "--exit-status").code == code


def test_the_exit_status_of_a_session_that_runs_on_is_4(own: Path) -> None:
    write_log(own, Log().start())
    assert listen("--no-follow", "--exit-status").code == 4
    assert listen("--no-follow").code == 0


@each_case("name", NAMES)
def test_json_is_the_recorded_lines(base: Path, name: str) -> None:
    assert listen(IDS[name], "--json").stdout.encode() == log_of(base, name).read_bytes()


def test_json_leaves_out_what_is_no_event_and_mends_what_is_not_utf8(own: Path) -> None:
    log = Log().start().raw(b"garbage").raw(b"").raw(b'{"later": 1 }').says("a", "caf?").end()
    log.lines[-2] = log.lines[-2].replace(b"?", b"\xe9")
    write_log(own, log)
    lines = listen("--json").stdout.split("\n")
    assert lines[0].encode() == log.lines[0]
    assert lines[1] == '{"later": 1 }'
    assert json.loads(lines[2])["line"] == "caf\ufffd"
    assert lines[3].encode() == log.lines[-1]
    assert lines[4:] == [""]


def test_only_events_of_some_steps(own: Path) -> None:
    write_log(own, sound())
    assert listen("--step", "a").stdout.splitlines() == [
        "  running step 'a' (zag run model=opus, session=zig-flow-a)...",
        "[a] one",
        "[a] three",
        "  completed 'a' in 1500ms",
    ]
    both = listen("--step", "a", "--step", "b", "--json").objects
    assert [event["step_name"] for event in both] == ["a", "b", "a", "b", "a", "a", "b"]
    assert listen("--step", "nobody").stdout == ""


def test_lines_begin_with_the_time_of_their_event(base: Path, reference: Path) -> None:
    lines = listen("deploy", "--timestamps").stdout.split("\n")[:-1]
    events = [event for event in recorded(log_of(base, "retry-then-success")) if event["type"] != "heartbeat"]
    plain = (reference / "listen" / "retry-then-success.txt").read_text().split("\n")[:-1]
    assert lines == [f"{event['ts']} {line}" for event, line in zip(events, plain, strict=True)]


def test_a_time_that_is_missing_is_a_dash(own: Path) -> None:
    write_log(own, Log().start().event("tier_started", ts=None, tier_index=0, step_names=[]).end())
    assert listen("--timestamps").lines[1] == "- ── tier 1 ()"


@pytest.mark.parametrize("number", [0, 1, 5, 10_000])
def test_only_the_last_of_the_existing_lines(base: Path, reference: Path, number: int) -> None:
    lines = (reference / "listen" / "wide-tier.txt").read_text().splitlines(keepends=True)
    assert listen("matrix", "--tail", str(number)).stdout == "".join(lines[-number:] if number else [])


def test_after_the_last_existing_lines_all_new_lines_come(home: Path, own: Path) -> None:
    log_path = write_log(own, Log().start().says("a", "1", "2", "3"))
    with Running("listen", "--tail", "2", home=home) as running:
        assert [running.line(), running.line()] == ["[a] 2\n", "[a] 3\n"]
        append(log_path, Log().says("a", "4", "5", "6").end().data)
        assert running.finish().lines == [
            "[a] 4",
            "[a] 5",
            "[a] 6",
            "■ zig session ended (Success) in 4321ms",
        ]


def test_the_last_lines_of_a_step(own: Path) -> None:
    write_log(own, sound())
    assert listen("--step", "a", "--tail", "2").lines == ["[a] three", "  completed 'a' in 1500ms"]
    assert listen("--step", "a", "--tail", "9" * 30).lines == listen("--step", "a").lines


def test_without_following_it_stops_at_the_end_of_the_log(own_running: Path) -> None:
    assert listen(own_running.stem, "--no-follow") == Done(0, "▶ zig session started: flow (1 tier)\n", "")


@pytest.mark.parametrize("options", [(), ("--no-follow",), ("--exit-status",), ("--no-follow", "--exit-status")])
def test_a_lost_session_is_reported_as_lost_whether_followed_or_not(
    base: Path, reference: Path, options: tuple[str, ...]
) -> None:
    killed = (reference / "listen" / "killed-mid-step.txt").read_text()
    assert listen("long-refactor", *options) == Done(3, killed, LOST)


def test_events_after_the_end_are_not_printed(own: Path) -> None:
    log = Log().start().end().says("a", "too late").end()
    write_log(own, log)
    assert len(listen().lines) == 2
    assert len(listen("--json").lines) == 2


def test_active_is_the_live_session_that_wrote_last(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    write_log(own, Log().start(), session_id(1), modified=BEGAN - 8, workflow="older")
    write_log(own, Log().start(), session_id(2), modified=BEGAN - 3, workflow="newer")
    write_log(own, Log().start().end(), session_id(3), modified=BEGAN - 1, workflow="ended")
    write_log(own, b"garbage\n", session_id(4), modified=BEGAN)
    assert listen("--active", "--no-follow").stdout == "▶ zig session started: newer (1 tier)\n"


def test_active_finds_a_session_with_a_long_prompt_and_a_large_log(own: Path) -> None:
    log = Log().event("zig_session_started", prompt="x" * 200_000, workflow_name="deploy", tier_count=1)
    path = write_log(own, log.tier(0, "a").step("a").says("a", *["y" * 1000] * 2000), session_id(1))
    assert str(path) in zigtui("listen", "--active", "--no-follow").stderr


def test_the_cost_of_a_line_does_not_grow_with_the_session(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[Runs] = []
    freeze_runs = Runs.freeze

    def counted(runs: Runs) -> tuple[tuple[TierRun, ...], tuple[StepRun, ...]]:
        frozen.append(runs)
        return freeze_runs(runs)

    monkeypatch.setattr(Runs, "freeze", counted)
    log = Log().start(100)
    for number in range(100):
        log.tier(number, "a").step("a").says("a", "one").done("a")
    path = write_log(own, log.end(), session_id(1))
    commands: list[list[str | Path]] = [
        ["listen", path],
        ["listen", path, "--no-follow"],
        ["export", path, "--format", "text"],
    ]
    for arguments in commands:
        frozen.clear()
        assert zigtui(*arguments).code == 0
        assert len(frozen) < 10


def test_active_with_nothing_running_is_refused(base: Path) -> None:
    assert refused("listen", "--active") == "zigtui: no session is running (--wait waits for it)\n"


@pytest.mark.parametrize(
    "arguments", [("deploy", "--latest"), ("deploy", "--active"), ("--latest", "--active")], ids=" ".join
)
def test_a_session_can_be_asked_for_in_one_way_only(base: Path, arguments: tuple[str, ...]) -> None:
    assert "one of them" in refused("listen", *arguments)


@each_case("value", ["soon", "-1", "1y", "", "1e3", "1h30", "yesterday"])
def test_a_timeout_that_is_no_duration_is_refused(base: Path, value: str) -> None:
    assert "is not a duration; write 90s, 15m, 1h30m or 2d" in refused("listen", "--timeout", value)


# Steps that are not there


def test_a_step_that_the_session_does_not_have_is_reported(base: Path) -> None:
    done = zigtui("listen", IDS["retry-then-success"], "--step", "no\x1bpe", "--step", "nope")
    assert (done.code, done.stdout) == (2, "")
    said = [line for line in done.stderr.splitlines() if "no step" in line]
    assert len(said) == 2
    assert said[1].startswith("zigtui: the session has no step nope; its steps: ")
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    ("name", "code", "exit_status"),
    [("sequential-success", 2, 2), ("failed-session", 2, 1), ("killed-mid-step", 2, 3)],
)
def test_a_session_that_is_over_without_a_step_ends_it_with_2(
    base: Path, name: str, code: int, exit_status: int
) -> None:
    assert listen(IDS[name], "--step", "typo").code == listen(IDS[name], "--step", "typo", "--no-follow").code == code
    assert listen(IDS[name], "--step", "typo", "--exit-status").code == exit_status


def test_one_step_of_several_may_be_misspelt(own: Path) -> None:
    write_log(own, sound())
    done = listen("--step", "b", "--step", "B")
    assert (done.code, done.lines[1]) == (2, "[b] two")
    assert done.stderr == "zigtui: the session has no step B; its steps: a, b\n"


def test_a_step_that_was_not_run_exists(own: Path) -> None:
    write_log(own, Log().start().tier(0, "a", "b").step("a").end())
    assert listen("--step", "b") == Done(0, "", "")


def test_a_running_session_may_start_a_step_later(own_running: Path) -> None:
    done = listen(own_running.stem, "--no-follow", "--step", "nope")
    assert done == Done(0, "", "zigtui: the session has no step nope yet; its steps so far: none\n")


@pytest.mark.parametrize(("started", "code"), [("later", 0), ("other", 2)])
def test_a_step_is_waited_for_until_the_session_ends(home: Path, own: Path, started: str, code: int) -> None:
    log = Log().start().tier(0, "a")
    log_path = write_log(own, log)
    with Running("listen", "--step", "later", home=home) as running:
        assert running.process.stderr is not None
        assert running.process.stderr.readline().startswith(b"listening to")
        reported = running.process.stderr.readline().decode()
        assert reported == "zigtui: the session has no step later yet; its steps so far: a\n"
        before = len(log.data)
        append(log_path, log.tier(1, started).step(started).end().data[before:])
        done = running.finish()
    assert (done.code, len(done.lines)) == (code, 1 - code // 2)
    assert done.stderr == ("" if code == 0 else "zigtui: the session has no step later; its steps: a, other\n")


# Options that other programs have


def test_short_options_are_those_of_tail(own: Path) -> None:
    write_log(own, sound())
    assert listen("-f", "-n", "2") == listen("--follow", "--tail", "2") == listen("-fn2") == listen("-n2")
    assert listen("-n", "2").lines == ["  completed 'b' in 1500ms", "■ zig session ended (Success) in 4321ms"]


def test_the_last_word_on_following_counts(own_running: Path) -> None:
    assert listen(own_running.stem, "-f", "--no-follow").code == 0


@pytest.mark.parametrize("number", ["+2", "-1", "few", ""])
def test_a_number_of_lines_is_a_plain_number(base: Path, number: str) -> None:
    assert "is not a number of 0 or more" in refused("listen", "-n", number)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("deploy",), 0), (("long-refactor",), 3), (("deploy", "--step", "x"), 2), (("running", "--timeout", "0"), 3)],
    ids=str,
)
def test_quiet_is_without_notes(own: Path, reference: Path, arguments: tuple[str, ...], code: int) -> None:
    copy_recordings(reference / "dot-zig" / "projects", own / "projects")
    write_log(own, Log().start(), workflow="running")
    loud = zigtui("listen", *arguments)
    assert loud.stderr != ""
    assert zigtui("listen", "-q", *arguments) == zigtui("listen", *arguments, "--quiet") == Done(code, loud.stdout, "")


def test_quiet_is_not_without_errors(base: Path) -> None:
    assert "no session has the id or the workflow name 'nope'" in refused("listen", "-q", "nope")


def test_timestamps_are_not_for_json(base: Path) -> None:
    assert refused("listen", "deploy", "--timestamps", "--json").startswith("zigtui: --timestamps cannot be used with")
