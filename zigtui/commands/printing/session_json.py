"""Sessions as JSON objects: the public interface of ``list --json`` and ``show --json``, schema 1."""

import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from zigtui.commands.printing.terminal import write
from zigtui.commands.reading.pass_selection import Part, SelectedPasses
from zigtui.reader.catalog.nesting import ChildSession
from zigtui.reader.lines.problems import Problem
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.model.usage import Usage
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_json, valid_unicode
from zigtui.reader.times import seconds
from zigtui.safe_orjson import orjson

__all__ = ["SCHEMA", "json_line", "list_object", "print_json", "problem_object", "show_json"]

SCHEMA = 1
"""The version of the format. It is increased when the meaning of a field changes, but not for new fields."""

Json = dict[str, object]


def json_line(value: object, *, for_terminal: bool = False) -> str:
    """A JSON value on one line, with its newline.

    Bytes of a file name that are not UTF-8 become replacement characters.

    Args:
        value: the value.
        for_terminal: whether to escape characters that act on a terminal; the value is the same.
    """
    try:
        line = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # a number over 64 bits, or a file name that is not UTF-8
        line = valid_unicode(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return (safe_json(line) if for_terminal else line) + "\n"


def print_json(value: object) -> None:
    """Print a JSON value on one line, safely if standard output is a terminal."""
    write(json_line(value, for_terminal=sys.stdout.isatty()))


def list_object(snapshot: SessionSnapshot) -> Json:
    """The object that ``list --json`` prints for a session."""
    session, limited = snapshot.session, snapshot.limited
    return {
        "schema": SCHEMA,
        "id": snapshot.location.session_id,
        "workflow": session.workflow_name if session.started else None,
        "workflow_path": session.workflow_path if session.started else None,
        "project": snapshot.location.project,
        "cwd": session.cwd,
        "state": snapshot.state.value,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "duration_ms": snapshot.elapsed_ms,
        "last_activity_at": session.last_activity_at,
        "last_sign_of_life_at": _last_sign_of_life_at(snapshot),
        "tier_count": session.tier_count,
        "steps": _counts(snapshot.count_steps()),
        "running_steps": [step.name for step in session.steps if snapshot.step_state(step).is_active],
        "lines": session.lines,
        "bytes": session.output_bytes,
        **_usage(session.usage),
        "problems": snapshot.problem_count,
        "log_path": snapshot.location.path,
        "passes": snapshot.passes._asdict(),
        "failed_steps": snapshot.failed_steps,
        "quiet_ms": snapshot.quiet_ms,
        "error": snapshot.error,
        "machine": snapshot.location.machine,
        "waiting_for": None if limited is None else {"step": limited.name, **_limit(limited.resumes)},
        "parent": _parent(session),
    }


def show_json(
    passes: SelectedPasses,
    change: Callable[[object], object] | None = None,
    *,
    children: Sequence[ChildSession] = (),
    for_terminal: bool = False,
) -> Iterator[str]:
    """The JSON object that ``show --json`` prints for a session, piece by piece: it may not fit into memory.

    Args:
        passes: the session, and the passes whose tiers the object has.
        change: called with each part of the object, to replace it.
        children: the sessions that were begun inside steps of this one.
        for_terminal: see `json_line`.
    """
    snapshot = passes.snapshot

    def piece(value: object) -> str:
        return json_line(value if change is None else change(value), for_terminal=for_terminal).rstrip("\n")

    head = list_object(snapshot) | {
        "prompt": snapshot.session.prompt,
        "problems": [problem_object(problem) for problem in snapshot.problems],
        "children": [
            {"id": child.location.session_id, "workflow": child.workflow_name, "step": child.step} for child in children
        ],
    }
    del head["passes"]
    yield piece(head)[:-1]
    yield ',"passes":['
    yield from _separated(piece(_pass(run, snapshot)) for run in passes.runs())
    yield '],"tiers":['
    yield from _separated(piece(_tier(tier, part)) for part in passes for tier in part.snapshot.session.tiers)
    yield "]}\n"


def _parent(session: Session) -> Json | None:
    """The step of another session inside which a session was begun."""
    if session.parent_session_id is None:
        return None
    return {"session_id": session.parent_session_id, "step": session.parent_step}


def _separated(pieces: Iterator[str]) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        yield f",{piece}" if number else piece


def problem_object(problem: Problem) -> Json:
    """The JSON object for a problem of a log."""
    return {"line": problem.line, "kind": problem.kind.value, "detail": problem.detail}


def _pass(run: PassRun, snapshot: SessionSnapshot) -> Json:
    state = snapshot.pass_state(run)
    cost = run.usage.cost_usd
    return {
        "number": run.number,
        "state": state.value,
        "started_at": run.started_at,
        "ended_at": None if state is TierState.RUNNING else run.ended_at,
        "duration_ms": snapshot.pass_elapsed_ms(run),
        "steps": run.step_count,
        "failed_steps": snapshot.failed_steps_of(run),
        "cost_usd": _finite(cost),
    }


def _tier(tier: TierRun, part: Part) -> Json:
    snapshot = part.snapshot
    return {
        "ordinal": tier.ordinal,
        "pass": tier.pass_number,
        "tier_index": tier.tier_index,
        "state": snapshot.tier_state(tier).value,
        "started_at": tier.started_at,
        "ended_at": tier.closed_at,
        "steps": [_step(step, snapshot) for step in snapshot.session.steps_of(tier)],
        "full_pass": 1 if part.run is None else part.run.number,  # `pass` also counts the iterations of loops
    }


def _step(step: StepRun, snapshot: SessionSnapshot) -> Json:
    state = snapshot.step_state(step)
    return {
        "name": step.name,
        "occurrence": step.occurrence,
        "state": state.value,
        "attempt": step.attempt,
        "attempts": [
            {
                "number": attempt.number,
                "error": attempt.error,
                "exit_code": attempt.exit_code,
                "failed_at": attempt.failed_at,
            }
            for attempt in step.attempts
        ],
        "started_at": step.started_at,
        "ended_at": step.ended_at,
        "last_output_at": step.last_output_at,
        "duration_ms": snapshot.step_elapsed_ms(step),
        "exit_code": step.exit_code,
        "reason": step.reason,
        "saved_vars": list(step.saved_vars),
        "zag_command": step.zag_command,
        "zag_session_id": step.zag_session_id,
        "model": step.model,
        "prompt_preview": step.prompt_preview,
        "lines": {"stdout": step.stdout_lines, "stderr": step.stderr_lines},
        "bytes": step.output_bytes,
        **_usage(step.usage),
        "quiet_ms": snapshot.step_quiet_ms(step),
        "waiting_for": _limit(step.waiting_for) if state.is_active and step.waiting_for is not None else None,
    }


def _limit(resumes: str) -> Json:
    """A usage limit that a step waits for. The time is as it was printed."""
    return {"reason": "usage_limit", "resumes": resumes}


def _counts(counted: Counter[StepState]) -> Json:
    return {"total": counted.total(), **{state.value: counted[state] for state in StepState}}


def _usage(usage: Usage) -> Json:
    tokens = None
    if usage.input_tokens is not None:
        tokens = {"input": usage.input_tokens, "output": usage.output_tokens}
    return {"tokens": tokens, "cost_usd": _finite(usage.cost_usd)}


def _finite(cost_usd: Decimal | None) -> float | None:
    cost = None if cost_usd is None else float(cost_usd)
    return cost if cost is None or math.isfinite(cost) else None  # JSON has no infinity


def _last_sign_of_life_at(snapshot: SessionSnapshot) -> str | None:
    recorded, sign = seconds(snapshot.session.last_event_at), snapshot.last_sign_of_life
    if recorded is not None and (sign is None or recorded >= sign):
        return snapshot.session.last_event_at
    if sign is None:
        return None
    try:
        return datetime.fromtimestamp(sign, UTC).isoformat()
    except (ValueError, OverflowError, OSError):  # a modification time before the year 1 or after 9999
        return None
