"""Only some of the sessions are listed: by their states, workflows, filters and times."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.list.test_list import ages, workflows
from tests.support.bases import session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import refused, succeed, zigtui
from tests.support.logs import BEGAN, Log, at


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


@each_case(
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


@each_case(("text", "listed"), FILTERS)
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


@each_case("options", [(), ("--since", "1h"), ("--limit", "0"), ("--state", "running"), ("--json",)])
@each_case("pattern", ["DEPLOY", "e", "deploi", "x*"])
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


@pytest.fixture
def by_age(own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sessions that began 0, 1, 2, 48 and 200 hours ago, with these numbers as their ids."""
    for hours in (0, 1, 2, 48, 200):
        began = BEGAN - hours * 3600
        write_log(own, Log().start().end(), session_id(hours), modified=began + 1, began=at(-hours * 3600))
    return own


@each_case(
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


@each_case("since", ["soon", "", "2026-13-01", "--2h", "2 h", "1h30"])
def test_a_moment_that_is_none_is_refused(base: Path, since: str) -> None:
    reported = refused("list", "--since", since)
    assert "--since" in reported
    assert "2026-11-01" in reported
