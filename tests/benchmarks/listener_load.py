"""Logs of listeners of many shapes, for benchmarks."""

import json
from collections.abc import Callable
from pathlib import Path

from writer import SessionWriter

__all__ = ["FAILS_EVERY", "SHAPES", "listener"]

FAILS_EVERY = 97
SIMPLE = (("receive",), ("answer",), ("deliver",))
PARALLEL = (("receive",), ("draft", "check", "translate", "price"), ("deliver",))

SHAPES = (
    "one tier",
    "parallel steps",
    "races",
    "retries",
    "failures",
    "costs",
    "many lines",
    "further fields",
    "other order",
)
"""How the logs may differ from those with three tiers of one step, of which few fail."""


def listener(directory: Path, passes: int, shape: str = "") -> Path:
    """Write the log of a listener that handles events one after another, and lives.

    Args:
        directory: a new base is made in it.
        passes: the number of events.
        shape: one of `SHAPES`.

    Returns:
        The path of the log.
    """
    tiers = {"one tier": (("answer",),), "parallel steps": PARALLEL, "races": PARALLEL}.get(shape, SIMPLE)
    base = directory / (shape or "base")
    session = SessionWriter.create("echo-bot", "echo-bot.zwf", tier_count=len(tiers), base=base, cwd=directory)
    for number in range(passes):
        about = f"Event {number}: please answer the customer's question about order {number * 17 % 9999}"
        fails = number % (10 if shape == "failures" else FAILS_EVERY) == 5
        for index, names in enumerate(tiers):
            session.tier_started(index, list(names))
            for name in names:
                session.step_started(name, index, f"zig-echo-bot-{name}", "run", "sonnet", about)
            for name in names:
                _print(session, name, f"handled part {index} of event {number} in a calm and orderly manner", shape)
            if fails and names[0] in ("answer", "draft"):
                session.step_failed(names[0], 2, 1, "ValueError: no such order")
                break
            for name in names[number % 2 :: 2] if shape == "races" and len(names) > 1 else names:
                session.step_completed(name, 0, 812)
    session.close()
    if shape in _REWRITTEN:
        _rewrite(session.log_path, _REWRITTEN[shape])
    return session.log_path


def _print(session: SessionWriter, name: str, text: str, shape: str) -> None:
    for _ in range(12 if shape == "many lines" else 1):
        session.step_output(name, "stdout", text)
    if shape == "costs":
        session.step_output(name, "stdout", "tokens: 34767 in / 6117 out, cost=$0.0891")
    if shape == "retries":
        session.step_failed(name, 2, 1, "ConnectionResetError: the server went away")
        session.step_output(name, "stdout", text)


_REWRITTEN: dict[str, Callable[[dict[str, object]], dict[str, object]]] = {
    "further fields": lambda event: {**event, "host": "web-07", "pid": 4711},
    "other order": lambda event: dict(reversed(event.items())),
}


def _rewrite(log: Path, change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    lines = [json.dumps(change(json.loads(line)), ensure_ascii=False) + "\n" for line in log.open(encoding="utf-8")]
    log.write_text("".join(lines), encoding="utf-8")
