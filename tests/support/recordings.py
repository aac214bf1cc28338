"""The recorded sessions: their descriptions from their README, and their events read without the reader."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.support.logs import Json


@dataclass(frozen=True)
class Row:
    """The content of a recorded session. Each tier has its pass, index, state, and steps with their states."""

    name: str
    workflow: str
    tier_count: int
    state: str
    tiers: list[str]


SHARDS = ", ".join(f"shard-{number:03}=succeeded" for number in range(120))
ROWS = [
    Row(
        "sequential-success",
        "code-review",
        3,
        "succeeded",
        [
            "1.0 succeeded: gather=succeeded",
            "1.1 succeeded: analyze=succeeded",
            "1.2 succeeded: report=succeeded",
        ],
    ),
    Row(
        "parallel-fan-out",
        "research",
        3,
        "succeeded",
        [
            "1.0 succeeded: plan=succeeded",
            "1.1 succeeded: search-web=succeeded, read-papers=succeeded, scan-code=succeeded, ask-expert=succeeded",
            "1.2 succeeded: synthesize=succeeded",
        ],
    ),
    Row(
        "retry-then-success",
        "deploy",
        2,
        "succeeded",
        ["1.0 succeeded: build=succeeded", "1.1 succeeded: release=succeeded"],
    ),
    Row(
        "continue-on-failure",
        "nightly",
        2,
        "succeeded",
        ["1.0 failed: lint=succeeded, types=failed", "1.1 succeeded: summary=succeeded"],
    ),
    Row(
        "failed-session",
        "migrate-db",
        4,
        "failed",
        ["1.0 succeeded: snapshot=succeeded", "1.1 failed: migrate=failed"],
    ),
    Row(
        "race-group",
        "solve",
        2,
        "succeeded",
        [
            "1.0 failed: claude=cancelled, codex=succeeded, gemini=failed, ollama=not_run",
            "1.1 succeeded: verify=succeeded",
        ],
    ),
    Row(
        "loop-generator-critic",
        "essay",
        3,
        "succeeded",
        [
            "1.0 succeeded: generate=succeeded",
            "1.1 succeeded: critique=succeeded",
            "1.2 succeeded: publish=skipped",
            *(f"{number}.0 succeeded: generate=succeeded" for number in (2, 3, 4)),
        ],
    ),
    Row(
        "skipped-steps",
        "healthcare-triage",
        2,
        "succeeded",
        [
            "1.0 succeeded: triage=succeeded",
            "1.1 succeeded: cardiologist=skipped, dermatologist=skipped, neurologist=succeeded,"
            " oncologist=skipped, ent-specialist=skipped",
        ],
    ),
    Row(
        "killed-mid-step",
        "long-refactor",
        5,
        "lost",
        ["1.0 succeeded: scan=succeeded", "1.1 interrupted: rewrite=interrupted"],
    ),
    Row("quiet-with-heartbeats", "think-hard", 1, "succeeded", ["1.0 succeeded: think=succeeded"]),
    Row(
        "hostile-text",
        "weird [bold]name[/bold]",
        1,
        "failed",
        ["1.0 failed: step with spaces=succeeded, 日本語-إختبار=failed"],
    ),
    Row("empty-session", "noop", 0, "succeeded", []),
    Row("wide-tier", "matrix", 1, "succeeded", [f"1.0 succeeded: {SHARDS}"]),
]


def recorded(path: Path) -> list[Json]:
    """The events, read without the reader."""
    return [json.loads(line) for line in path.read_text("utf-8").removesuffix("\n").split("\n")]
