"""Filters as people type them: what passes, and what is said about one that is wrong."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.examples import examples
from tests.support.logs import SESSION_ID
from zigtui.reader.filter.filter_error import FilterError
from zigtui.reader.filter.session_filter import parse_filter, without_unfinished_key
from zigtui.reader.location import LogLocation
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.model.usage import Usage
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.liveness import Vitals

NOW = datetime(2026, 11, 26, 14, 3).timestamp()  # noqa: DTZ001  # local, as users type times


def session(
    *,
    workflow: str = "deploy-prod",
    project: str | None = "home-me-shop",
    cwd: str | None = "/home/me/shop",
    base: str = "/mnt/laptop/.zig",
    began: float = NOW - 3600,
    status: str | None = "failure",
    cost: str | None = "1.50",
    duration_ms: int | None = 400_000,
    prompt: str | None = "fix the\nlogin page",
    error: str = "ValueError: lock timeout",
) -> SessionSnapshot:
    path = f"{base}/projects/{project}/logs/sessions/{SESSION_ID}.jsonl"
    recorded = Session(
        started=True,
        workflow_name=workflow,
        cwd=cwd,
        prompt=prompt,
        started_at=datetime.fromtimestamp(began).astimezone().isoformat(),
        status=status,
        duration_ms=duration_ms,
        failed_step="migrate" if status == "failure" else None,
        last_error=error if status == "failure" else "",
        usage=Usage(1, 1, None if cost is None else Decimal(cost)),
    )
    vitals = Vitals(True, status, began, NOW - 1, NOW - 1, NOW - 1, None, 10)
    return SessionSnapshot(LogLocation(path, base, project), recorded, vitals, NOW)


def passes(text: str, snapshot: SessionSnapshot, *, of_several_bases: bool = False) -> bool:
    return parse_filter(text, NOW).matcher(NOW, of_several_bases=of_several_bases)(snapshot)


@each_case(
    "text",
    [
        "",
        "   ",
        "deploy",
        "DEPLOY prod".lower(),
        "shop",
        SESSION_ID[:8],
        "login",
        '"the login page"',
        "timeout",
        "ValueError",
        '"migrate: ValueError: lock"',
        "deploy timeout",
        "-succeeded",
        '-"no such words"',
        "-cafe -deploy*",
        "state:failed",
        "state:f",
        "state:FAILED",
        "STATE:Fail",
        "state:lost,failed",
        "-state:succeeded,lost",
        "STATE:failed",
        "workflow:deploy*",
        "workflow:build,deploy-????",
        'workflow:"deploy-prod"',
        '-workflow:"deploy*"',
        "project:shop",
        "project:shop@laptop",
        "project:home-me-shop",
        "-project:notes",
        "project:/home/me/shop",
        "-project:/home/me/notes",
        "machine:laptop",
        "machine:desk*,lap*",
        "-machine:desktop",
        "since:2h",
        "since:today",
        "since:13:00",
        "-since:30m",
        "until:30m",
        "until:today",
        "until:2026-11-26",
        "since:2026-11-26 until:2026-11-26",
        "-until:2h",
        "cost:>1",
        "cost:>=1.5",
        "cost:<$2",
        "cost:<=1.50",
        "duration:>5m",
        "duration:<1h30m",
        "duration:>=400",
        "error:timeout",
        "prompt:fix",
        f"id:{SESSION_ID[4:12]}",
        f"id:{SESSION_ID[4:12].upper()}",
        "-error:disk",
        "state:failed workflow:deploy* project:shop since:2h cost:>1 duration:>5m -qq login",
    ],
)
def test_what_fits_passes(text: str) -> None:
    assert passes(text, session())


@each_case(
    "text",
    [
        "build",
        "Deploy",
        "valueError",
        "-deploy",
        '"page login"',
        "laptop",
        "state:lost",
        "state:succeeded",
        "-state:failed",
        "workflow:deploy",
        "workflow:*PROD",
        'workflow:"deploy*"',
        "project:sho",
        "-project:shop",
        "machine:lap",
        "machine:.zig",
        "-machine:laptop",
        "since:30m",
        "since:14:00",
        "until:2h",
        "until:yesterday",
        "until:2026-11-25",
        "cost:>1.5",
        "cost:<1",
        "duration:>2h",
        "duration:<=399s",
        "error:login",
        "prompt:timeout",
        "id:shop",
        "deploy state:failed -project:shop",
    ],
)
def test_what_does_not_fit_is_left_out(text: str) -> None:
    assert not passes(text, session())


@each_case("text", ["cost:>0", "cost:<9", "duration:>0", "duration:<9w"])
def test_an_unknown_amount_meets_no_comparison(text: str) -> None:
    unknown = session(cost=None, duration_ms=None, status="success")._replace(
        session=Session(started=True, status="success")
    )
    assert not passes(text, unknown)
    assert passes(f"-{text}", unknown)


@pytest.mark.parametrize("cost", ["Infinity", "NaN", "-Infinity"])
def test_an_amount_that_is_no_number_is_unknown(cost: str) -> None:
    assert not passes("cost:>1", session(cost=cost))
    assert not passes("cost:<1", session(cost=cost))


def test_the_names_of_the_bases_are_found_if_there_are_several() -> None:
    assert passes("laptop", session(), of_several_bases=True)
    assert not passes("-laptop", session(), of_several_bases=True)


@each_case("name", ["[bold]", "a.*b(", "x,y", 'say "hi"', "back\\slash", "-w", "state:failed", "\u00fc b"])
def test_any_name_can_be_typed_in_quotes(name: str) -> None:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for text in (quoted, f"workflow:{quoted}", f"workflow:x,{quoted}", f"-workflow:x {quoted}"):
        assert passes(text, session(workflow=name))
    assert not passes(f"-workflow:{quoted}", session(workflow=name))
    assert not passes(quoted, session(workflow="other"))


@each_case("word", ["[bold]", "a.*b(", "x,y", "back\\slash", "a-w", "http://x:1/y", "12:30", "*", "?", "(", ","])
def test_a_word_has_no_special_characters(word: str) -> None:
    assert passes(word, session(workflow=f"see {word}!"))
    assert not passes(word, session(workflow="other"))


def test_words_are_found_in_what_is_shown() -> None:
    assert passes("x\u2401y", session(workflow="x\x01y"))
    assert passes("ol", session(error="\x1b[31mold\x1b[0m"))
    assert not passes("31m", session(error="\x1b[31mold\x1b[0m"))


def test_a_session_in_a_list_passes_as_the_same_one_read_in_full() -> None:
    full = session(prompt="w0rd " + "long\x1b[1m " * 1000 + "last")
    for text in ("w0rd", "last", "prompt:w0rd", "prompt:long", "timeout", "-last"):
        assert passes(text, full) == passes(text, full.listed())


def test_ages_are_counted_from_the_present_and_times_of_day_are_not() -> None:
    later = NOW + 86_400
    for text, then, then_passes in [
        ("since:2h", later, False),
        ("until:2h", later, True),
        ("since:today", later, False),
        ("since:yesterday", later, True),
        ("since:13:00", later, True),
        ("since:2026-11-26", later, True),
    ]:
        filter_ = parse_filter(text, NOW)
        assert filter_.matcher(then)(session()) is then_passes, text
        assert filter_.changes_with_time is (text in ("since:2h", "until:2h", "since:today", "since:yesterday"))


@each_case("text", ['since:"today 13:00"', 'since:"today 13:30"', 'until:"today 14:00"'])
@each_case("secs", [12 * 3600, -10 * 3600])
def test_a_time_that_another_clock_makes_a_future_one_keeps_its_meaning(text: str, secs: int) -> None:
    filter_ = parse_filter(text, NOW)
    then = session()
    assert filter_.matcher(NOW + secs)(then) is filter_.matcher(NOW)(then)


@each_case(
    ("text", "fault"),
    [
        ("stat:failed", "stat: is no key; did you mean state:?"),
        ("deploy projct:x", "projct: is no key; did you mean project:? (at 8)"),
        ("foo:bar", 'foo: is no key; the keys are state, workflow, project, machine, since, until, cost, '
         'duration, error, prompt and id; write "foo:" for a text'),
        ("state:", "state: needs a state: running, stalled, idle, unreachable, lost, succeeded, failed, unreadable"),
        ("state:faild", "'faild' is no state; did you mean failed? (at 7)"),
        ("state:s", "'s' is no state; did you mean stalled or succeeded? (at 7)"),
        ("state:Failde,x", "'Failde' is no state; did you mean failed? (at 7)"),
        ("state:failed,", "'' is no state; the states are running, stalled, idle, unreachable, lost, succeeded, "
         "failed and unreadable (at 14)"),
        ("workflow:", "workflow: needs a name or a pattern, as in workflow:deploy*"),
        ("workflow:a,,b", "expected a name beside the comma (at 12)"),
        ("project:\"\"", "project: needs a name, a pattern or a directory, as in project:shop and project:."),
        ("since:", "since: needs a time, as in since:2h or since:yesterday"),
        ("since:soon", "'soon' is not a time; write 2h or 1h30m for that long ago, today, yesterday, 14:03, 2026-11-01 "
         "or 2026-11-01T14:03 (at 7)"),
        ("until:23:00", "'23:00' is in the future; write 'yesterday 23:00' for the day before (at 7)"),
        ("since:1h,2h", "since: takes one value (at 10)"),
        ("cost:1", "expected >, >=, < or <= and dollars, as in cost:>1 (at 6)"),
        ("cost:>much", "'much' is not an amount in dollars; write 1 or 0.25 (at 7)"),
        ("cost:>", "'' is not an amount in dollars; write 1 or 0.25 (at 7)"),
        ("cost:>1e9", "'1e9' is not an amount in dollars; write 1 or 0.25 (at 7)"),
        ("duration:>5x", "'5x' is not a duration; write 90s, 15m, 1h30m or 2d (at 11)"),
        ("duration:5m", "expected >, >=, < or <= and a duration, as in duration:>5m (at 10)"),
        ("-", "expected a word or a key after the hyphen (at 2)"),
        ("a -", "expected a word or a key after the hyphen (at 4)"),
        ('""', "expected text between the quotes"),
        ('x "lock tim', 'expected a closing " (at 3)'),
        ("prompt:", "prompt: needs a text, as in prompt:login"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_position_and_what_was_expected(text: str, fault: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text, NOW)
    assert str(caught.value) == fault
    assert 0 <= caught.value.position <= len(text)


@examples(300)
@given(st.text(st.sampled_from('abd:,-"\\ <>=*[0159hms\x1b\x00\u202e')) | st.text())
def test_any_text_is_a_filter_or_has_a_fault_that_is_safe_to_show(text: str) -> None:
    fault = ""
    try:
        passes(text, session())
    except FilterError as error:
        fault = str(error)
    assert fault.isprintable()
    assert len(fault) < 400


@each_case(
    ("text", "rest"),
    [
        ("stat", ""),
        ("state", ""),
        ("deploy -Proj", "deploy "),
        ('"a b" id', '"a b" '),
        ("s", "s"),
        ("stat ", "stat "),
        ("stag", "stag"),
        ("state:fai", "state:fai"),
        ("workflow:co", "workflow:co"),
        ('"a stat', '"a '),
        ("", ""),
    ],
)
def test_a_last_word_that_may_become_a_key_does_not_count_while_it_is_typed(text: str, rest: str) -> None:
    assert without_unfinished_key(text) == rest
