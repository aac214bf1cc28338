"""Sessions as JSON lines: which, in which order, and what is said of each."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.bases import IDS, log_of, session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import refused, run_python, succeed
from tests.support.expected import COUNT_KEYS, LIST_KEYS, expected_show
from tests.support.logs import BEGAN, Json, Log, at
from tests.support.recordings import ROWS

NEWEST_FIRST = [
    "think-hard",
    "matrix",
    "noop",
    "weird [bold]name[/bold]",
    "long-refactor",
    "healthcare-triage",
    "essay",
    "solve",
    "migrate-db",
    "nightly",
    "deploy",
    "research",
    "code-review",
]


COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def workflows(*options: str | Path) -> list[str | None]:
    """The workflows in a list with these options."""
    return [session["workflow"] for session in succeed("list", "--json", *options).objects]


def ages(*options: str) -> list[int]:
    """The numbers of the sessions in a list."""
    return [int(session["id"][:8]) for session in succeed("list", "--json", *options).objects]


# JSON


def test_sessions_come_newest_first(base: Path) -> None:
    assert workflows() == NEWEST_FIRST


def test_the_json_of_recorded_sessions_is_what_their_logs_say(base: Path) -> None:
    reported = {session["id"]: session for session in succeed("list", "--json").objects}
    assert set(reported) == set(IDS.values())
    for row in ROWS:
        log = log_of(base, row.name).resolve()
        project = "home-dev-src-shop" if "projects" in log.parts else None
        expected = expected_show(log, project)
        failed = sum(one["state"] == "failed" for one in expected["passes"])
        listed = {"problems": 0, "passes": {"total": len(expected["passes"]), "failed": failed}}
        assert reported[IDS[row.name]] == {name: expected[name] for name in LIST_KEYS.split()} | listed


def test_a_session_outside_any_repository_has_no_project_in_the_json(base: Path, tmp_path: Path) -> None:
    write_log(tmp_path, Log().start(cwd="/srv/run").end(), "1", modified=BEGAN, project=None)
    (session,) = succeed("list", "--json", "--base", str(tmp_path)).objects
    assert (session["project"], session["cwd"]) == (None, "/srv/run")
    assert " run " in succeed("list", "--base", str(tmp_path)).stdout
    assert "It is null for a session outside any repository" in " ".join(succeed("help", "list").stdout.split())


def test_in_every_state_the_keys_are_those_of_the_interface(all_states: Path) -> None:
    sessions = succeed("list", "--json").objects
    assert [session["state"] for session in sessions] == [
        "running",
        "stalled",
        "succeeded",
        "failed",
        "unreadable",
        "lost",
    ]
    for session in sessions:
        assert " ".join(session) == LIST_KEYS
        assert " ".join(session["steps"]) == COUNT_KEYS
        assert session["schema"] == 1


def test_values_that_depend_on_the_state_are_those_of_now(all_states: Path) -> None:
    by_state = {session["state"]: session for session in succeed("list", "--json").objects}

    def reported(name: str) -> Json:
        return {state: session[name] for state, session in by_state.items()}

    assert reported("running_steps") == {
        "running": ["a"],
        "stalled": ["a"],
        "lost": [],
        "succeeded": [],
        "failed": [],
        "unreadable": [],
    }
    assert reported("duration_ms") == {
        "running": 400_000,
        "stalled": 401_000,
        "lost": 101_000,
        "succeeded": 4321,
        "failed": 4321,
        "unreadable": None,
    }
    assert [by_state[state]["steps"][step] for state, step in STEP_OF_STATE.items()] == [1] * 5
    assert reported("problems") == {**dict.fromkeys(by_state, 0), "unreadable": 1}
    assert by_state["stalled"]["last_activity_at"] == at(2)
    assert by_state["stalled"]["last_sign_of_life_at"] == at(399)


STEP_OF_STATE = {
    "running": "running",
    "stalled": "running",
    "lost": "interrupted",
    "succeeded": "succeeded",
    "failed": "failed",
}


def test_a_session_that_started_in_the_future_is_reported(own: Path) -> None:
    beat: dict[str, Any] = {"interval_secs": 1, "ts": None}  # each session is watched for that long
    write_log(own, Log().start().event("heartbeat", **beat), session_id(1), modified=BEGAN + 7000, began=at(7000))
    late = "9999-12-31T23:59:59-12:00"
    write_log(own, Log().start().event("heartbeat", **beat), session_id(2), modified=BEGAN + 7200, began=late)
    write_log(
        own,
        Log().event("zig_session_started", ts=None).event("heartbeat", **beat),
        session_id(3),
        modified=BEGAN + 9000,
    )
    sessions = sorted(succeed("list", "--json").objects, key=lambda session: str(session["id"]))
    assert [session["last_sign_of_life_at"] for session in sessions] == [at(7000), late, None]
    assert [session["duration_ms"] for session in sessions] == [0, 0, None]


def test_a_log_that_lies_there_by_two_names_is_listed_once(own: Path, home: Path) -> None:
    write_log(own, Log().start(), modified=BEGAN)
    (home / "link").symlink_to(own)
    assert len(workflows("--base", own, "--base", home / "link", "--base", f"{own}/../.zig")) == 1


@pytest.mark.parametrize("limit", [0, 1, 5, 13, 100])
def test_at_most_the_given_number(base: Path, limit: int) -> None:
    assert workflows("--limit", str(limit)) == workflows(f"-n{limit}") == NEWEST_FIRST[:limit]


def test_the_limit_is_of_those_that_are_wanted(base: Path) -> None:
    assert workflows("-s", "failed", "-n", "1") == ["weird [bold]name[/bold]"]
    assert workflows("-w", "*e*", "-s", "succeeded", "-n", "2") == ["healthcare-triage", "essay"]
    assert workflows("--workflow", "*e*", "--state", "succeeded", "--limit", "2") == ["healthcare-triage", "essay"]


@each_case(
    "arguments",
    [
        ("--limit", "-1"),
        ("--limit", "few"),
        ("-n", "+5"),
        ("-n", "1_000"),
        ("-n", "٣"),
        ("-n", ""),
        ("--since", "tomorrow"),
        ("--since", "9999-12-31T23:59:59-12:00"),
        ("state:failed stat:x",),
    ],
)
def test_what_makes_no_sense_is_refused(base: Path, arguments: tuple[str, ...]) -> None:
    assert refused("list", *arguments).count("\n") == 1


COUNT_OPENED = """
import sys
opened = set()
def note(event, details):
    if event == "open" and str(details[0]).endswith(".jsonl"):
        opened.add(details[0])
sys.addaudithook(note)
from zigtui.cli import main
main(sys.argv[1:])
print(len(opened), file=sys.stderr)
"""


def test_a_short_list_of_a_large_home_reads_few_logs(home: Path) -> None:
    data = Log().start().tier(0, "a").step("a").says("a", "line").done("a").end()
    for number in range(2000):
        began = -10.0 * number
        write_log(home / ".zig", data, session_id(number), modified=BEGAN + began + 7, began=at(began))
    done = run_python(COUNT_OPENED, home, "list", "--limit", "20", "--json")
    assert (done.returncode, int(done.stderr)) == (0, 21)
    listed = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert listed == [session_id(number) for number in range(20)]
