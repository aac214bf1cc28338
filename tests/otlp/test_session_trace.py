"""Sessions as traces: what the spans are, when they were, and how they ended."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given

from tests.support.bases import log_of, recorded_base
from tests.support.damage import log_on_disk, logs
from tests.support.listeners import listener, one_ends_early
from tests.support.logs import SESSION_ID, Log, log_file, read_log
from tests.support.traces import Trace, decoded, trace_of
from zigtui.commands.export.command import write_report
from zigtui.commands.export.registry import exporter_named
from zigtui.commands.reading.pass_selection import BY_DEFAULT, PassChoice, SelectedPasses
from zigtui.reader.location import LogLocation
from zigtui.reader.session.session_log import SessionLog

CAPTURE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


def exported(log: SessionLog, choice: PassChoice = BY_DEFAULT, *, redact: bool = False) -> str:
    out = io.StringIO()
    write_report(SelectedPasses(log, log.snapshot(), choice), exporter_named("otlp"), out, redact=redact)
    return out.getvalue()


def exported_trace(directory: Path, log: Log, choice: PassChoice = BY_DEFAULT) -> Trace:
    return trace_of(decoded(exported(read_log(log_file(directory, log.data)), choice)))


def recorded(tmp_path: Path, name: str) -> Trace:
    return trace_of(decoded(exported(read_log(log_of(recorded_base(tmp_path / "base"), name)))))


def test_a_session_is_a_trace_of_its_tiers_and_steps(tmp_path: Path) -> None:
    trace = recorded(tmp_path, "sequential-success")
    assert trace.outline == [
        "invoke_workflow code-review",
        *("  tier 1", "    invoke_agent gather"),
        *("  tier 2", "    invoke_agent analyze"),
        *("  tier 3", "    invoke_agent report"),
    ]
    assert [seen.error for seen in trace.spans] == [None] * 7
    assert {seen.span.trace_id.hex() for seen in trace.spans} == {"e9d0c1330b3145789f285828a2964b40"}
    (resource,) = trace.resources
    assert resource["service.name"] == resource["zig.workflow.name"] == "code-review"
    assert resource["zig.project"] == "shop"
    assert resource["process.working_directory"] == "/home/dev/src/shop"


def test_model_tokens_and_cost_follow_the_conventions(tmp_path: Path) -> None:
    trace = recorded(tmp_path, "sequential-success")
    step = trace.named("invoke_agent gather").attributes
    assert step | {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "gather"} == step
    assert step | {"gen_ai.request.model": "sonnet", "gen_ai.provider.name": "anthropic"} == step
    assert (step["gen_ai.usage.input_tokens"], step["gen_ai.usage.output_tokens"]) == (66694, 5658)
    assert step["gen_ai.usage.cost"] == 0.4878
    assert step["zig.step.saved_vars"] == ["file_list"]
    session = trace.named("invoke_workflow code-review").attributes
    assert session["gen_ai.operation.name"] == "invoke_workflow"
    assert session["zig.total.input_tokens"] == 102497
    assert "gen_ai.usage.input_tokens" not in session, "or backends would count the tokens twice"
    assert "gen_ai.request.model" not in trace.named("invoke_agent report").attributes


def test_failed_attempts_are_spans_with_an_event(tmp_path: Path) -> None:
    trace = recorded(tmp_path, "retry-then-success")
    assert trace.outline[1:6] == [
        "  tier 1",
        "    invoke_agent build",
        *("      attempt 1", "      attempt 2", "      attempt 3"),
    ]
    message = "agent exec failed for step 'build': process exited with code 1"
    first = trace.named("attempt 1")
    assert (first.error, first.events) == (message, [("exception", {"exception.message": message})])
    assert first.attributes["error.type"] == "_OTHER"
    assert trace.named("attempt 3").attributes["zig.attempt.state"] == "succeeded"
    assert trace.named("attempt 3").error is None
    assert trace.named("invoke_agent build").error is None
    assert [seen for seen in trace.spans if seen.events and not seen.name.startswith("attempt")] == []


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        (
            "failed-session",
            {
                "invoke_workflow migrate-db": "canceling statement due to lock timeout",
                "tier 2": "failed: migrate",
                "invoke_agent migrate": "canceling statement due to lock timeout",
                "attempt 1": "canceling statement due to lock timeout",
            },
        ),
        ("continue-on-failure", {"tier 1": "types", "invoke_agent types": "14 errors", "attempt 1": "14 errors"}),
        (
            "race-group",
            {"tier 1": "failed: gemini", "invoke_agent gemini": "quota exhausted", "attempt 1": "quota exhausted"},
        ),
        (
            "killed-mid-step",
            {
                "invoke_workflow long-refactor": "lost: no end is recorded",
                "tier 2": "interrupted",
                "invoke_agent rewrite": "interrupted",
            },
        ),
        ("skipped-steps", {}),
    ],
)
def test_what_failed_is_an_error_and_nothing_else(tmp_path: Path, name: str, errors: dict[str, str]) -> None:
    trace = recorded(tmp_path, name)
    found = {seen.name: seen.error for seen in trace.spans if seen.error is not None}
    assert found.keys() == errors.keys()
    assert [key for key, part in errors.items() if part not in str(found[key])] == []
    assert all(seen.attributes["error.type"] for seen in trace.spans if seen.error is not None)


def test_the_states_without_an_error_are_attributes(tmp_path: Path) -> None:
    race = recorded(tmp_path / "race", "race-group").named("invoke_agent claude")
    assert race.attributes["zig.step.state"] == "cancelled"
    skipped = recorded(tmp_path / "skip", "skipped-steps").named("oncologist")
    assert skipped.attributes["zig.step.skip_reason"] == 'condition not met: specialist_type == "oncologist"'
    assert skipped.seconds == 0


def test_iterations_of_a_loop_are_told_apart(tmp_path: Path) -> None:
    outline = recorded(tmp_path, "loop-generator-critic").outline
    assert [line.strip() for line in outline if "tier" in line] == [
        *("tier 1, pass 1", "tier 2, pass 1", "tier 3, pass 1"),
        *("tier 1, pass 2", "tier 1, pass 3", "tier 1, pass 4"),
    ]


def test_a_traceback_is_an_exception_with_its_type(tmp_path: Path) -> None:
    text = 'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\nvalues.BadValueError: not 3'
    log = Log().start().tier(0, "a").step("a")
    log.event("step_failed", step_name="a", exit_code=1, attempt=1, error=text).end("failure")
    seen = exported_trace(tmp_path, log).named("attempt 1")
    message = "values.BadValueError: not 3"
    details = {"exception.message": message, "exception.type": "values.BadValueError", "exception.stacktrace": text}
    assert seen.events == [("exception", details)]
    assert seen.attributes["error.type"] == "values.BadValueError"
    assert seen.attributes["process.exit.code"] == 1


def test_texts_have_a_limited_length(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a" * 50_000).step("a" * 50_000)
    log.event("step_failed", step_name="a" * 50_000, exit_code=1, attempt=1, error=("x" * 9_000 + "\n") * 900)
    text = exported(read_log(log_file(tmp_path, log.end("failure").data)))
    assert len(text) < 100_000
    assert "more lines)" in text


# Ids


def test_ids_are_the_same_each_time_and_no_two_are_equal(tmp_path: Path) -> None:
    log = Log().start(2).tier(0, "a", "b").step("a").step("b").fails("a").says("a", "x").done("a").done("b")
    log.tier(1, "a").step("a").done("a").end()
    first, second = exported_trace(tmp_path, log), exported_trace(tmp_path, log)
    assert first.ids == second.ids
    assert len({span for _, span in first.ids}) == len(first.spans) == 8


def test_what_had_ended_keeps_its_ids_as_the_session_goes_on(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a").done("a").tier(1, "b").step("b", 1)
    live = exported_trace(tmp_path, log)
    ended = exported_trace(tmp_path, log.done("b").end())
    assert set(live.ids) < set(ended.ids)


def test_a_copy_under_another_name_has_a_trace_too(tmp_path: Path) -> None:
    path = tmp_path / "copy of a log.jsonl"
    path.write_bytes(Log().start().tier(0, "a").step("a").done("a").end().data)
    (trace_id,) = {trace for trace, _ in trace_of(decoded(exported(read_log(path)))).ids}
    assert len(trace_id) == 16


def test_a_nested_session_links_to_the_one_it_was_begun_in(tmp_path: Path) -> None:
    parent, log = "11111111-6a0f-4a39-9d7f-2f8f6f1f7a11", Log().start()
    event = json.loads(log.lines[0])
    log.lines[0] = json.dumps(event | {"parent_session_id": parent, "parent_step": "build"}).encode()
    log.end()
    (link,) = exported_trace(tmp_path, log).named("invoke_workflow flow").span.links
    of_parent = Log().start().end().data.replace(SESSION_ID.encode(), parent.encode())
    path = tmp_path / f"{parent}.jsonl"
    path.write_bytes(of_parent)
    assert [(link.trace_id, link.span_id)] == trace_of(decoded(exported(read_log(path)))).ids


# Listeners


def test_the_passes_of_a_listener_are_spans_of_its_session(tmp_path: Path) -> None:
    trace = exported_trace(tmp_path, listener(8).end(), PassChoice("all"))
    session = trace.named("listener flow")
    passes = [seen for seen in trace.spans if seen.name == "invoke_workflow flow"]
    assert [seen.attributes["zig.pass.number"] for seen in passes] == list(range(1, 9))
    assert {seen.span.parent_span_id for seen in passes} == {session.span.span_id}
    assert len({trace_id for trace_id, _ in trace.ids}) == 1
    assert [seen.error for seen in passes if seen.error] == ["failed: answer"]
    assert session.attributes["zig.session.passes"] == 8
    assert sum(line == " " * 6 + "invoke_agent answer" for line in trace.outline) == 8


def test_passes_are_chosen_as_in_other_formats_and_keep_their_ids(tmp_path: Path) -> None:
    log = listener(40)
    every = exported_trace(tmp_path, log, PassChoice("all"))
    for choice, numbers in ((PassChoice("number", 3), [3]), (PassChoice("failed"), [7, 14, 21, 28, 35])):
        trace = exported_trace(tmp_path, log, choice)
        assert [n for seen in trace.spans if (n := seen.attributes.get("zig.pass.number"))] == numbers
        assert set(trace.ids) < set(every.ids)


def test_a_pass_that_ended_early_says_so(tmp_path: Path) -> None:
    trace = exported_trace(tmp_path, one_ends_early(4, 2).end(), PassChoice("number", 2))
    assert str(trace.named("invoke_workflow flow").error).startswith("ended early")


# Sessions that are not over, and odd ones


def test_only_what_has_ended_is_a_span(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = Log().start().tier(0, "a").step("a").done("a").tier(1, "b", "c").step("b", 1).step("c", 1).done("c")
    path = log_file(tmp_path, log.data)
    read = read_log(path)
    out = io.StringIO()
    snapshot = read.snapshot()._replace(vitals=read.snapshot().vitals._replace(grown=read.snapshot().now))
    write_report(SelectedPasses(read, snapshot), exporter_named("otlp"), out, redact=False)
    trace = trace_of(decoded(out.getvalue()))
    assert [seen.name for seen in trace.spans] == ["invoke_agent a", "tier 1", "invoke_agent c"]
    assert "the session is not over" in capsys.readouterr().err


def test_a_clock_that_was_set_back_makes_no_negative_times(tmp_path: Path) -> None:
    log = Log().start().tier(0, "a").step("a").wait(-500).fails("a").says("a", "x").done("a", 3000).end()
    trace = exported_trace(tmp_path, log)
    assert [seen.name for seen in trace.spans if seen.seconds < 0] == []
    assert trace.named("invoke_agent a").seconds == 3
    assert trace.named("invoke_workflow flow").seconds == pytest.approx(4.321)


@given(log=logs())
def test_whatever_the_log_the_trace_is_valid(log: Log) -> None:
    with log_on_disk(log.data) as path:
        read = read_log(path)
        trace = trace_of(
            decoded(exported(read, PassChoice("all") if read.snapshot().session.pass_count else BY_DEFAULT))
        )
        assert len({span for _, span in trace.ids}) == len(trace.spans)
        assert [seen.name for seen in trace.spans if seen.seconds < 0] == []
        for seen in trace.spans:
            span = seen.span
            assert all(
                span.start_time_unix_nano <= event.time_unix_nano <= span.end_time_unix_nano for event in span.events
            )
        if read.snapshot().is_over:
            (root,) = (seen for seen in trace.spans if not seen.span.parent_span_id)
            assert root is trace.spans[-1]
            assert {seen.span.parent_span_id for seen in trace.spans} <= {b"", *(span for _, span in trace.ids)}
            assert {trace_id for trace_id, _ in trace.ids} == {root.span.trace_id}


@pytest.mark.parametrize(
    "time", ["1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T12:00:00.123456789+00:00", "nonsense", ""]
)
def test_any_time_can_be_stored(tmp_path: Path, time: str) -> None:
    log = Log().start().tier(0, "a").step("a").done("a").end()
    log.lines = [json.dumps(json.loads(line) | {"ts": time}).encode() for line in log.lines]
    trace = exported_trace(tmp_path, log)
    assert len(trace.spans) == 3
    assert all(seen.span.end_time_unix_nano < 2**63 for seen in trace.spans)


def test_the_host_of_a_mirrored_log_is_its_machine(tmp_path: Path) -> None:
    path = log_file(tmp_path, Log().start().end().data)
    read = SessionLog(LogLocation(str(path), str(tmp_path), None, machine="web-07"))
    read.read_all()
    assert trace_of(decoded(exported(read))).resources[0]["host.name"] == "web-07"
    assert "host.name" not in trace_of(decoded(exported(read_log(path)))).resources[0]


# What is private


def test_prompts_are_left_out_unless_they_are_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log().start().tier(0, "a").step("a", prompt_preview="a preview").done("a").end()
    assert "do it" not in exported(read_log(log_file(tmp_path, log.data)))
    monkeypatch.setenv(CAPTURE, "true")
    trace = exported_trace(tmp_path, log)
    for name, prompt in (("invoke_workflow flow", "do it"), ("invoke_agent a", "a preview")):
        (message,) = json.loads(trace.named(name).attributes["gen_ai.input.messages"])
        assert message == {"role": "user", "parts": [{"type": "text", "content": prompt}]}


def test_secrets_are_masked_in_every_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CAPTURE, "true")
    secret = "gh" + "p_Zq01" + "x7Kd9" * 7
    log = Log().start(cwd="/home/kimberly/src").tier(0, secret).step(secret, prompt_preview=f"use {secret}")
    log.event("step_failed", step_name=secret, exit_code=1, attempt=1, error=f"first\n{secret}\nlast").end("failure")
    log.lines = [line.replace(b'"do it"', b'"' + secret.encode() + b'"') for line in log.lines]
    text = exported(read_log(log_file(tmp_path, log.data)), redact=True)
    assert decoded(text)
    assert secret not in text
    assert "kimberly" not in text
    assert secret in exported(read_log(log_file(tmp_path, log.data)))
