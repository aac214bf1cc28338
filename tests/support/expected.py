"""The JSON expected for a session, computed from its log with the json module as the specification describes it.

It uses nothing of the reader, and covers what occurs in the recorded sessions.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from tests.support.logs import Json
from tests.support.recordings import recorded

LIST_KEYS = (
    "schema id workflow workflow_path project cwd state started_at ended_at duration_ms last_activity_at"
    " last_sign_of_life_at tier_count steps running_steps lines bytes tokens cost_usd problems log_path"
    " passes failed_steps quiet_ms error machine waiting_for parent"
)
"""The keys of a session in a list, in order."""

COUNT_KEYS = "total pending running retrying succeeded failed skipped cancelled interrupted not_run"
"""The keys of its step counts, in order."""


@dataclass
class _Step:
    name: str
    occurrence: int
    events: list[Json] = field(default_factory=list)

    def of_type(self, *kinds: str) -> list[Json]:
        return [event for event in self.events if event["type"] in kinds]


@dataclass
class _Tier:
    event: Json
    steps: dict[str, _Step]
    ended_at: str | None = None
    is_followed: bool = False


def expected_show(path: Path, project: str | None) -> Json:
    """The object that ``show --json`` must print for a recorded session that is over."""
    events = recorded(path)
    first, last = events[0], events[-1]
    end = last if last["type"] == "zig_session_ended" else None
    state = "lost" if end is None else {"success": "succeeded", "failure": "failed"}[end["status"]]
    modified = path.stat().st_mtime
    tiers = _tiers(events)
    steps = [_step(step, tier, state) for tier in tiers for step in tier.steps.values()]
    states = Counter(step["state"] for step in steps)
    outputs = [event for event in events if event["type"] == "step_output"]
    return {
        "schema": 1,
        "id": path.stem,
        "workflow": first["workflow_name"],
        "workflow_path": first["workflow_path"],
        "project": project,
        "cwd": first["cwd"],
        "state": state,
        "started_at": first["ts"],
        "ended_at": end and end["ts"],
        "duration_ms": end["duration_ms"] if end else round((modified - _seconds(first["ts"])) * 1000),
        "last_activity_at": [event["ts"] for event in events if event["type"] != "heartbeat"][-1],
        "last_sign_of_life_at": last["ts"]
        if _seconds(last["ts"]) >= modified
        else datetime.fromtimestamp(modified, UTC).isoformat(),
        "tier_count": first["tier_count"],
        "steps": {"total": len(steps), **{name: states[name] for name in COUNT_KEYS.split()[1:]}},
        "running_steps": [],
        "lines": len(outputs),
        **_amounts(outputs),
        "problems": [],
        "log_path": os.fspath(path),
        "failed_steps": states["failed"],
        "quiet_ms": None,
        "error": _error(events) if state == "failed" else None,
        "machine": None,
        "waiting_for": None,
        "parent": None,
        "prompt": first["prompt"],
        "children": [],
        "passes": [_pass(tiers, steps, state)] if tiers else [],
        "tiers": [_tier(tier, ordinal, tiers, state) for ordinal, tier in enumerate(tiers, 1)],
    }


def _pass(tiers: list[_Tier], steps: list[Json], session_state: str) -> Json:
    """The only pass of a session that is not a listener."""
    started_at = tiers[0].event["ts"]
    times = [time for step in steps for time in (step["ended_at"], step["last_output_at"]) if time]
    ended_at = max(times, default=None)
    costs = [step["cost_usd"] for step in steps if step["cost_usd"] is not None]
    return {
        "number": 1,
        "state": {"lost": "interrupted"}.get(session_state, session_state),
        "started_at": started_at,
        "ended_at": ended_at,
        "duration_ms": None if ended_at is None else round((_seconds(ended_at) - _seconds(started_at)) * 1000),
        "steps": len(steps),
        "failed_steps": sum(step["state"] == "failed" for step in steps),
        "cost_usd": round(sum(costs), 9) if costs else None,
    }


def _tiers(events: list[Json]) -> list[_Tier]:
    tiers: list[_Tier] = []
    runs: Counter[str] = Counter()
    for event in events:
        if event["type"] == "tier_started":
            runs.update(event["step_names"])
            tiers.append(_Tier(event, {name: _Step(name, runs[name]) for name in event["step_names"]}))
            if tiers[:-1]:
                tiers[-2].is_followed = True
                tiers[-2].ended_at = event["ts"]
        elif event["type"] == "zig_session_ended" and tiers:
            tiers[-1].ended_at = event["ts"]
        elif "step_name" in event:
            tiers[-1].steps[event["step_name"]].events.append(event)
    return tiers


def _tier(tier: _Tier, ordinal: int, tiers: list[_Tier], session_state: str) -> Json:
    indexes = [other.event["tier_index"] for other in tiers[:ordinal]]
    steps = [_step(step, tier, session_state) for step in tier.steps.values()]
    return {
        "ordinal": ordinal,
        "pass": 1 + sum(index <= before for before, index in pairwise(indexes)),
        "tier_index": indexes[-1],
        "state": _tier_state({step["state"] for step in steps}),
        "started_at": tier.event["ts"],
        "ended_at": tier.ended_at,
        "steps": steps,
        "full_pass": 1,
    }


def _tier_state(states: set[str]) -> str:
    if "failed" in states:
        return "failed"
    if "succeeded" not in states and states & {"cancelled", "interrupted"}:
        return "interrupted" if "interrupted" in states else "cancelled"
    return "not_run" if states == {"not_run"} else "succeeded"


def _step(step: _Step, tier: _Tier, session_state: str) -> Json:
    state = _step_state(step, tier, session_state)
    started, completed, skipped = (
        (step.of_type(kind) or [{}])[-1] for kind in ("step_started", "step_completed", "step_skipped")
    )
    failures = step.of_type("step_failed")
    outputs = step.of_type("step_output")
    ended = step.events[-1] if step.events and step.events[-1] not in [*outputs, started] else {}
    until = ended.get("ts") or (outputs[-1]["ts"] if outputs else None)
    duration = round((_seconds(until) - _seconds(started["ts"])) * 1000) if started and until else None
    is_another_under_way = bool(started) and (not failures or step.events[-1] is not failures[-1])
    return {
        "name": step.name,
        "occurrence": step.occurrence,
        "state": state,
        "attempt": len(failures) + is_another_under_way,
        "attempts": [
            {
                "number": failed["attempt"],
                "error": failed["error"],
                "exit_code": failed["exit_code"],
                "failed_at": failed["ts"],
            }
            for failed in failures
        ],
        "started_at": started.get("ts"),
        "ended_at": ended.get("ts"),
        "last_output_at": outputs[-1]["ts"] if outputs else None,
        "duration_ms": completed.get("duration_ms", duration),
        "exit_code": ended.get("exit_code"),
        "reason": skipped.get("reason"),
        "saved_vars": completed.get("saved_vars", []),
        **{name: started.get(name) for name in ("zag_command", "zag_session_id", "model", "prompt_preview")},
        "lines": {stream: sum(output["stream"] == stream for output in outputs) for stream in ("stdout", "stderr")},
        **_amounts(outputs),
        "quiet_ms": None,
        "waiting_for": None,
    }


def _step_state(step: _Step, tier: _Tier, session_state: str) -> str:
    if not step.events:
        return "not_run"
    ends = {"step_completed": "succeeded", "step_failed": "failed", "step_skipped": "skipped"}
    if step.events[-1]["type"] in ends:
        return ends[step.events[-1]["type"]]
    return "cancelled" if tier.is_followed or session_state == "succeeded" else "interrupted"


def _error(events: list[Json]) -> str | None:
    """The first line of the last failure: no recorded one has a traceback."""
    errors = [event["error"] for event in events if event["type"] == "step_failed"]
    return errors[-1].strip().partition("\n")[0] if errors else None


def _amounts(outputs: list[Json]) -> Json:
    usages = [words for output in outputs if (words := output["line"].split())[:1] == ["tokens:"]]
    return {
        "bytes": sum(len(output["line"].encode()) for output in outputs),
        "tokens": {"input": sum(int(words[1]) for words in usages), "output": _output_tokens(usages)}
        if usages
        else None,
        "cost_usd": float(sum(Decimal(words[6].removeprefix("cost=$")) for words in usages)) if usages else None,
    }


def _output_tokens(usages: list[list[str]]) -> int:
    return sum(int(words[4].rstrip(",")) for words in usages)


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
