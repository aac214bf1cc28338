"""Sessions as a table and as JSON lines."""

import json
import re
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.bases import IDS, RECORDED_AT, log_of, recorded_base, session_id, write_log
from tests.support.commands import freeze, refused, run_python, succeed, zigtui
from tests.support.expected import COUNT_KEYS, LIST_KEYS, expected_show
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Json, Log, at
from tests.support.recordings import ROWS
from tests.support.terminal import Terminal
from zigtui.wording.text_fit import cell_width

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


@pytest.fixture
def base(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded sessions, two hours ago."""
    monkeypatch.chdir(home)
    freeze(monkeypatch, RECORDED_AT + 7200)
    return recorded_base(home / ".zig")


@pytest.fixture
def own(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty base, at the time when the sessions of `Log` begin."""
    monkeypatch.chdir(home)
    freeze(monkeypatch)
    (home / ".zig").mkdir()
    return home / ".zig"


@pytest.fixture
def all_states(own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session in each state, newest first."""
    now = BEGAN + 400
    freeze(monkeypatch, now)
    step = [Log().start().tier(0, "a").step("a") for _ in range(4)]
    killed = Log().wait(-9000).start().tier(0, "a").step("a")
    logs: dict[str, tuple[Log | bytes, float]] = {
        "running": (step[0].says("a", "busy").wait(395).says("a", "still busy"), now - 1),
        "stalled": (step[1].wait(390).beat(), now - 1),
        "succeeded": (step[2].done("a").end(), now - 100),
        "failed": (step[3].fails("a").end("failure"), now - 100),
        "unreadable": (b"garbage\n", BEGAN - 100),
        "lost": (killed, BEGAN - 8900),
    }
    for number, (state, (log, modified)) in enumerate(logs.items()):
        began = None if state == "lost" else at(-number)
        write_log(own, log, session_id(number), modified=modified, workflow=state, began=began)
    return own


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


# What is wanted


@pytest.mark.parametrize(
    ("states", "listed"),
    [
        (["failed"], ["migrate-db", "weird [bold]name[/bold]"]),
        (["lost"], ["long-refactor"]),
        (["lost", "failed"], ["long-refactor", "migrate-db", "weird [bold]name[/bold]"]),
        (["running"], []),
        (["Lost,F"], ["long-refactor", "migrate-db", "weird [bold]name[/bold]"]),
        (["l", "fail"], ["long-refactor", "migrate-db", "weird [bold]name[/bold]"]),
    ],
)
def test_only_sessions_in_some_states(base: Path, states: list[str], listed: list[str]) -> None:
    options = [option for state in states for option in ("--state", state)]
    assert sorted(filter(None, workflows(*options))) == listed
    assert sorted(filter(None, workflows("--state", ",".join(states)))) == listed
    assert sorted(filter(None, workflows("-s", "running", "-s", ", ".join(states)))) == listed


ALL_STATES = "the states are running, stalled, idle, unreachable, lost, succeeded, failed and unreadable"


@pytest.mark.parametrize(
    ("state", "hint"),
    [
        ("fine", "'fine' is no state"),
        ("failed,xyz", ALL_STATES),
        ("Failde", "did you mean failed?"),
        ("failed,", ALL_STATES),
        (",", ALL_STATES),
        ("", ALL_STATES),
        ("failed;lost", "is no state"),
        ("fa\x1biled", "is no state"),
        ("x" * 100_000, "…' is no state; the states are"),
        ("unr", "did you mean unreachable or unreadable?"),
        ("checking", "did you mean running, stalled or idle?"),
        ("lost,s", "did you mean stalled or succeeded?"),
    ],
)
def test_a_state_that_does_not_exist_is_refused_with_those_that_may_be_meant(base: Path, state: str, hint: str) -> None:
    reported = refused("list", "--state", state)
    assert hint in reported
    assert "\x1b" not in reported


def test_every_state_can_be_asked_for(all_states: Path) -> None:
    write_log(all_states, Log().start().wait(390).beat(), session_id(9), modified=BEGAN + 399, began=at(-9))
    for state in ["running", "stalled", "idle", "lost", "succeeded", "failed", "unreadable"]:
        assert [session["state"] for session in succeed("list", "--json", "--state", state).objects] == [state]


@pytest.mark.parametrize(
    ("glob", "listed"),
    [("deploy", ["deploy"]), ("de*", ["deploy"]), ("r?s*", ["research"])],
)
def test_only_workflows_that_fit_a_pattern(base: Path, glob: str, listed: list[str]) -> None:
    assert workflows("--workflow", glob) == listed


FILTERS = [
    ("deploy", ["deploy"]),
    ("code-", ["code-review"]),
    ("state:failed", ["weird [bold]name[/bold]", "migrate-db"]),
    ("state:failed workflow:m*", ["migrate-db"]),
    ('"weird [bold]"', ["weird [bold]name[/bold]"]),
    ('workflow:"weird [bold]name[/bold]"', ["weird [bold]name[/bold]"]),
    ("state:failed cost:>0.2 -workflow:code*", ["migrate-db"]),
    ("-state:succeeded,lost -workflow:m*", ["weird [bold]name[/bold]"]),
    ("since:1h", []),
    ("until:1h deploy", ["deploy"]),
]


@pytest.mark.parametrize(("text", "listed"), FILTERS)
def test_only_sessions_that_pass_a_filter(base: Path, text: str, listed: list[str]) -> None:
    assert workflows("--limit", "99", text) == listed


def test_a_filter_of_several_words_is_the_same_as_one(base: Path) -> None:
    assert workflows("state:failed", "weird") == workflows("state:failed weird") == ["weird [bold]name[/bold]"]
    assert workflows("--state", "failed", "--", "-weird") == workflows("state:failed -weird") == ["migrate-db"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("stat:failed", "zigtui: wrong filter: stat: is no key; did you mean state:?\n"),
        ("deploy since:soon", "zigtui: wrong filter: 'soon' is not a time; write 2h"),
        ("foo\x1b[31m:x y:", "zigtui: wrong filter: y: is no key; the keys are state,"),
        ('"lock', 'zigtui: wrong filter: expected a closing "\n'),
    ],
)
def test_a_wrong_filter_is_refused_with_its_fault(base: Path, text: str, fault: str) -> None:
    assert refused("list", text).startswith(fault)


def test_a_workflow_is_found_by_its_name_though_its_start_is_damaged(own: Path) -> None:
    write_log(own, Log().start().data.replace(b"do it", b"caf\xe9"), modified=BEGAN, workflow="deploy")
    assert workflows("--workflow", "deploy") == ["deploy"]


@pytest.mark.parametrize("options", [(), ("--since", "1h"), ("--limit", "0"), ("--state", "running"), ("--json",)])
@pytest.mark.parametrize("pattern", ["DEPLOY", "e", "deploi", "x*"])
def test_a_workflow_that_no_session_has_is_refused(base: Path, pattern: str, options: tuple[str, ...]) -> None:
    assert f"matches '{pattern}'" in refused("list", "--workflow", pattern, *options)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("workflow:deploi", "has a workflow that matches 'deploi'"),
        ("workflow:x*,y*", "has a workflow that matches 'x*,y*'"),
        ("project:no-such", "belongs to a project that matches 'no-such'"),
        ("machine:web-07", "is from a machine that matches 'web-07'"),
        ("state:failed project:SHOP deploy", "belongs to a project that matches 'SHOP'"),
    ],
)
def test_a_filter_by_a_name_that_no_session_has_is_refused(base: Path, text: str, fault: str) -> None:
    assert f"no session {fault}\n" in refused("list", text)


def test_a_filter_that_excludes_a_name_that_no_session_has_is_none(base: Path) -> None:
    assert workflows("-project:no-such", "-workflow:deploi", "-machine:web-07") == workflows()


def test_a_workflow_without_wanted_sessions_has_an_empty_list(base: Path) -> None:
    assert (
        workflows("--workflow", "deploy", "--state", "running")
        == workflows("--workflow", "deploy", "--since", "0")
        == []
    )


@pytest.mark.parametrize(
    "options", [["nosuchword"], ["id:zzz"], ["--since", "0"], ["--state", "running"], ["cost:>999"]]
)
def test_an_empty_table_is_explained(base: Path, options: list[str]) -> None:
    done = zigtui("list", *options)
    assert (done.code, len(done.lines), done.stderr) == (0, 1, "zigtui: no session passes the filter\n")
    assert succeed("list", "--json", *options).stdout == ""
    assert len(succeed("list", "--limit", "0", *options).lines) == 1


@pytest.mark.parametrize(
    "options",
    [
        ["state:failed", "state:lost"],
        ["--state", "failed", "-state:failed"],
        ["--state", "lost", "state:running", "--json"],
        ["since:1h", "until:2h"],
        ["--since", "yesterday", "until:2020-01-01"],
    ],
)
def test_a_filter_that_no_session_can_pass_is_refused(base: Path, options: list[str]) -> None:
    assert "exclude one another" in refused("list", *options)


def test_before_the_first_session_no_workflow_is_refused(own: Path) -> None:
    assert workflows("--workflow", "deploy") == []


def test_a_log_that_lies_there_by_two_names_is_listed_once(own: Path, home: Path) -> None:
    write_log(own, Log().start(), modified=BEGAN)
    (home / "link").symlink_to(own)
    assert len(workflows("--base", own, "--base", home / "link", "--base", f"{own}/../.zig")) == 1


@pytest.fixture
def by_age(own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sessions that began 0, 1, 2, 48 and 200 hours ago, with these numbers as their ids."""
    for hours in (0, 1, 2, 48, 200):
        began = BEGAN - hours * 3600
        write_log(own, Log().start().end(), session_id(hours), modified=began + 1, began=at(-hours * 3600))
    return own


@pytest.mark.parametrize(
    ("since", "listed"),
    [
        ("0", [0]),
        ("90m", [0, 1]),
        ("120m", [0, 1, 2]),
        ("7200s", [0, 1, 2]),
        ("7200", [0, 1, 2]),
        ("7199.5s", [0, 1]),
        ("2h", [0, 1, 2]),
        ("2d", [0, 1, 2, 48]),
        ("2w", [0, 1, 2, 48, 200]),
        ("99999999w", [0, 1, 2, 48, 200]),
        ("2026-03-01T10:00:00+00:00", [0, 1, 2]),
        ("2026-03-01T10:00:01Z", [0, 1]),
        ("2026-03-01T12:00:59Z", []),
        ("1h30m", [0, 1]),
        ("-2h", [0, 1, 2]),
    ],
)
def test_only_sessions_since_then(by_age: Path, since: str, listed: list[int]) -> None:
    assert ages("--since", since) == listed


def test_dates_without_an_offset_are_local(by_age: Path) -> None:
    began = datetime.fromtimestamp(BEGAN).astimezone().replace(tzinfo=None)
    assert ages("--since", began.isoformat()) == [0]
    assert ages("--since", (began - timedelta(hours=1)).isoformat()) == [0, 1]
    assert "is in the future" in refused("list", "--since", (began + timedelta(days=1)).date().isoformat())
    assert set(ages("--since", (began - timedelta(days=4)).date().isoformat())) >= {0, 1, 2, 48}


@pytest.mark.parametrize("lag", [3600, 90_000, 50 * 365 * 86400], ids=["clock ahead", "a day ahead", "copied"])
def test_sessions_whose_logs_were_modified_before_they_started_are_reported(by_age: Path, lag: float) -> None:
    write_log(by_age, Log().start().end(), session_id(3), modified=BEGAN - lag, began=at(-300))
    write_log(by_age, Log().start().end(), session_id(4), modified=BEGAN - 3 * 86400 - lag, began=at(-3 * 86400))
    assert set(ages("--since", "90m")) == {0, 1, 3}
    assert set(ages("--since", "10m")) == {0, 3}
    assert set(ages("--since", "4d")) == {0, 1, 2, 3, 4, 48}


@pytest.mark.parametrize("since", ["soon", "", "2026-13-01", "--2h", "2 h", "1h30"])
def test_a_moment_that_is_none_is_refused(base: Path, since: str) -> None:
    reported = refused("list", "--since", since)
    assert "--since" in reported
    assert "2026-11-01" in reported


@pytest.mark.parametrize("limit", [0, 1, 5, 13, 100])
def test_at_most_the_given_number(base: Path, limit: int) -> None:
    assert workflows("--limit", str(limit)) == workflows(f"-n{limit}") == NEWEST_FIRST[:limit]


def test_the_limit_is_of_those_that_are_wanted(base: Path) -> None:
    assert workflows("-s", "failed", "-n", "1") == ["weird [bold]name[/bold]"]
    assert workflows("-w", "*e*", "-s", "succeeded", "-n", "2") == ["healthcare-triage", "essay"]
    assert workflows("--workflow", "*e*", "--state", "succeeded", "--limit", "2") == ["healthcare-triage", "essay"]


@pytest.mark.parametrize(
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


# The table


def test_the_table_of_recorded_sessions(base: Path) -> None:
    header, *rows = succeed("list").lines
    assert header == "STATE        WORKFLOW                 PROJECT  TIERS  TIME   BEGAN          COST   ID        NOW"
    assert [row[13:38].strip() for row in rows] == NEWEST_FIRST
    assert rows[4:6] == [
        "☠ lost       long-refactor            shop     1/5    41.1s  2h ago, 06:49  $0.55  8ee3604a  lost in rewrite",
        "✔ succeeded  healthcare-triage        shop     2/2    0ms    2h ago, 06:49  $2.77  dd9dc7aa  "
        "Patient reports a headache",
    ]


def test_the_table_of_all_states(all_states: Path) -> None:
    assert succeed("list").lines == [
        "STATE         WORKFLOW   PROJECT   TIERS  TIME   BEGAN          ID        NOW",
        "● running     running    src-shop  0/1    6m40s  ♥ 1s           00000000  a",
        "◐ stalled     stalled    src-shop  0/1    6m41s  quiet 6m       00000001  a quiet 6m",
        "✔ succeeded   succeeded  src-shop  1/1    4.3s   6m ago, 11:59  00000002  do it",
        "✘ failed      failed     src-shop  0/1    4.3s   6m ago, 11:59  00000003  a: no luck with 1",
        "? unreadable  00000004   src-shop  –      –      8m ago, 11:58  00000004  its start cannot be read",
        "☠ lost        lost       src-shop  0/1    1m41s  2h ago, 09:29  00000005  lost in a",
    ]


def test_a_table_of_nothing_has_its_headings_and_a_note(own: Path) -> None:
    done = zigtui("list")
    assert (done.code, done.stdout) == (0, "STATE  WORKFLOW  PROJECT  TIERS  TIME  BEGAN  ID  NOW\n")
    assert done.stderr == f"zigtui: there are no sessions in {own} yet\n"
    done = zigtui("list", "--json")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")


EVIL = "\x1b]0;owned\x07\x1b[2J\x9bH\u202eevil\r\n\ttext"


@pytest.fixture
def evil(own: Path) -> Path:
    """A session with control characters in all its names."""
    log = Log().start().tier(0, EVIL).event("step_failed", step_name=EVIL, exit_code=1, attempt=1, error=EVIL)
    write_log(own, log.end("failure"), EVIL.strip(), modified=BEGAN, project=EVIL, workflow=EVIL)
    return own


def test_hostile_names_do_not_reach_the_table(evil: Path) -> None:
    done = succeed("list")
    assert [character for character in done.stdout if not character.isprintable() and character != "\n"] == []
    assert len(done.lines) == 2
    assert done.stdout.count("evil") >= 4


def test_hostile_names_are_in_the_json_as_they_are(evil: Path) -> None:
    session = succeed("list", "--json").object
    assert (session["workflow"], session["project"], session["id"]) == (EVIL, EVIL, EVIL.strip())


def test_a_name_that_is_not_utf8_is_in_the_json_with_replacement_characters(own: Path) -> None:
    log_path = write_log(own, Log().start().end(), "caf\udce9", modified=BEGAN)
    session = succeed("list", "--json").object
    assert session["id"] == "caf\ufffd"
    assert session["log_path"] == str(log_path).replace("\udce9", "\ufffd")
    assert len(succeed("list").lines) == 2


def shown(*options: str, columns: int, **environment: str) -> str:
    """The output of ``list`` for a terminal with this many columns."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"TERM": "xterm-256color", "COLUMNS": str(columns), **environment}.items():
            patch.setenv(name, value)
        done = zigtui("list", *options, on_terminal=True)
    assert (done.code, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("columns", [200, 100, 80, 50, 20, 5])
def test_on_a_terminal_lines_are_cut_to_its_width(home: Path, columns: int) -> None:
    base = recorded_base(home / ".zig")
    write_log(base, Log().start().end(), workflow="x" * 300)
    text = shown("--workflow", "[mwe]*", columns=columns)
    lines = COLOURS.sub("", text).split("\n")[:-1]
    assert max(map(cell_width, lines)) <= columns
    assert len(lines) == 5


@pytest.mark.parametrize(("columns", "expected"), [(150, "3d ago, Feb 26 12:00"), (100, "  Feb 26 12:00")])
def test_the_exact_time_of_the_begin_is_there_and_its_age_where_there_is_room(
    home: Path, monkeypatch: pytest.MonkeyPatch, columns: int, expected: str
) -> None:
    write_log(home / ".zig", Log().wait(-3 * 86_400 + 1).start().end(), modified=BEGAN - 3 * 86_400)
    freeze(monkeypatch)
    monkeypatch.setattr("zigtui.commands.printing.session_table.terminal_width", lambda: columns)
    assert expected in succeed("list").lines[1]


def test_where_there_is_room_the_last_column_is_cut_and_the_others_are_whole(home: Path) -> None:
    recorded_base(home / ".zig")
    text = COLOURS.sub("", shown("--state", "failed", columns=100))
    row = next(line for line in text.splitlines() if "migrate-db" in line)
    assert re.search("  e3c5dba4  migrate: [a-z ]*…$", row)  # the age, whose length varies, decides where it is cut off
    assert cell_width(row) == 100


def test_in_a_narrow_terminal_the_reason_of_a_failure_takes_precedence_over_the_id(home: Path) -> None:
    recorded_base(home / ".zig")
    text = COLOURS.sub("", shown("--state", "failed", columns=80))
    assert "  ID  " not in text
    assert re.search("  migrate: [a-z ]{9,}…", text)


@pytest.mark.parametrize("columns", [79, 70, 60, 50, 40, 30])
def test_in_a_very_narrow_terminal_columns_are_left_out_until_there_is_room_for_the_reason(
    home: Path, columns: int
) -> None:
    recorded_base(home / ".zig")
    heading, *rows = COLOURS.sub("", shown("--state", "failed", columns=columns)).split("\n")[:-1]
    assert heading.startswith("STATE")
    assert "WORKFLOW" in heading
    reasons = [row[heading.index("NOW") :] for row in rows]
    assert "migrate" in " ".join(rows)
    assert any(cell_width(reason) >= min(15, columns - 24) for reason in reasons)
    assert all(cell_width(row) <= columns for row in (heading, *rows))


@pytest.mark.parametrize("columns", [48, 60, 80])
def test_in_a_narrow_terminal_the_name_of_a_step_leaves_room_for_the_reason(own: Path, columns: int) -> None:
    name = "migrate-the-database"
    log = Log().start().tier(0, name).step(name).event("step_failed", step_name=name, attempt=1, error="exit status 1")
    write_log(own, log.end("failure"), modified=BEGAN, workflow="deploy-production")
    assert re.search("migr.*….*ase: exit sta", COLOURS.sub("", shown(columns=columns)))


@pytest.mark.parametrize("columns", [80, 99, 120])
def test_the_failed_passes_of_a_listener_are_there_at_any_width(home: Path, columns: int) -> None:
    write_log(home / ".zig", listener(20))
    text = COLOURS.sub("", shown(columns=columns))
    expected = "  pass 20  .*  2 failed · waiting" if columns < 100 else "  pass 20 · 2 failed  .*  waiting"
    assert re.search(expected, text)


def test_costs_have_a_column_if_there_are_any(own: Path) -> None:
    usage = "tokens: 10 in / 2 out, cost=$0.31"
    write_log(own, Log().start().tier(0, "a").step("a").done("a").end(), session_id(1), modified=BEGAN)
    assert "COST" not in succeed("list").lines[0]
    log = Log().wait(-10).start().tier(0, "a").step("a").says("a", usage).done("a").end()
    write_log(own, log, session_id(2), modified=BEGAN)
    heading, *rows = succeed("list").lines
    column = heading.index("COST")
    assert [row[column:].split()[0] for row in rows] == ["–", "$0.31"]


@pytest.mark.parametrize("columns", [80, 120, 160])
def test_a_long_name_of_a_step_leaves_room_for_what_is_wrong_with_it(home: Path, columns: int) -> None:
    name = "integration-tests-of-the-payment-service-on-all-supported-databases"
    failed = Log().start().tier(0, name).step(name)
    failed.event("step_failed", step_name=name, exit_code=1, attempt=1, error="out of memory")
    write_log(home / ".zig", failed.end("failure"), session_id(1))
    quiet = Log().wait(time.time() - BEGAN - 600).start().tier(0, name).step(name).wait(600).beat()
    write_log(home / ".zig", quiet, session_id(2))
    text = COLOURS.sub("", shown(columns=columns))
    assert "out of" in text
    assert re.search("integ[a-z-]*…[a-z-]+ quiet", text)


def test_states_have_colours_on_a_terminal(home: Path) -> None:
    recorded_base(home / ".zig")
    with Terminal("list", "--state", "failed", home=home, size=(100, 40)) as terminal:
        assert terminal.wait_for_exit() == 0
    lines = terminal.written.decode().split("\r\n")
    assert any("\x1b[31m✘ failed\x1b[0m" in line for line in lines)
    assert max(cell_width(COLOURS.sub("", line)) for line in lines) == 100


def test_no_color_is_honoured(home: Path) -> None:
    recorded_base(home / ".zig")
    text = shown(columns=100, NO_COLOR="1")
    assert "✘ failed" in text
    assert "\x1b" not in text


def test_columns_are_aligned_whatever_the_characters(own: Path) -> None:
    names = [
        "plain",
        "\U0001f469\u200d\U0001f469\u200d\U0001f467 family",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "e\u0301t\u00e9",
        "\u65e5\u672c",
        "x\u200d",
    ]
    for number, name in enumerate(names):
        write_log(own, Log().start().end(), session_id(number), modified=BEGAN, workflow=name)
    lines = succeed("list").lines
    marks = ["PROJECT", *["src-shop"] * len(names)]
    assert len({cell_width(line[: line.index(mark)]) for line, mark in zip(lines, marks, strict=True)}) == 1


def test_a_very_long_name_moves_only_its_own_row(own: Path) -> None:
    for number, name in enumerate(["x" * 500, "ordinary-name", "n" * 60]):
        write_log(own, Log().start().end(), session_id(number), modified=BEGAN, workflow=name)
    lines = succeed("list").lines
    long = next(line for line in lines if "x" * 500 in line)
    others = [line for line in lines if line != long]
    assert {line.index("src-shop") for line in others[1:]} == {others[0].index("PROJECT")}
    assert max(map(cell_width, others)) < 140
    assert long.split()[2:4] == ["x" * 500, "src-shop"]


@pytest.mark.parametrize("names", [["a-workflow-with-a-long-name"], ["a-workflow-with-a-long-name", "x" * 300]])
def test_names_are_whole_on_a_terminal_with_room(home: Path, names: list[str]) -> None:
    for number, name in enumerate(names):
        write_log(home / ".zig", Log().start().end(), session_id(number), workflow=name)
    lines = COLOURS.sub("", shown(columns=120)).split("\n")[:-1]
    assert max(map(cell_width, lines)) <= 120
    assert any(f" {names[0]}  " in line for line in lines)
    assert all("src-shop" in line for line in lines[1:])


def test_names_leave_room_for_what_a_session_is_doing(home: Path) -> None:
    log = Log().start().tier(0, "a").step("a").event("step_failed", step_name="a", attempt=1, error="e" * 300)
    write_log(home / ".zig", log.end("failure"), session_id(1), workflow="x" * 300)
    row = COLOURS.sub("", shown(columns=120)).split("\n")[1]
    assert cell_width(row) == 120
    assert row.endswith("  a: " + "e" * 26 + "…")
