"""Logs made for a test, event by event, and views of what they fold to."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from zigtui.reader.catalog.scan.locations import location_of_file
from zigtui.reader.lines.decode import MalformedLineError, decode
from zigtui.reader.lines.problems import Problem
from zigtui.reader.session.folding.fold import Fold
from zigtui.reader.session.model.session import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.states.part_states import step_state, tier_state

SESSION_ID = "0b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11"
_START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
BEGAN = _START.timestamp()

Json = dict[str, Any]


def at(second: float) -> str:
    """The recorded time of an event, in seconds after the start."""
    return (_START + timedelta(seconds=second)).isoformat()


class Log:
    """Events as they are recorded: the first at second 0, the others a second apart unless `wait` sets another time."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self._seq = 0
        self._second = 0.0

    @property
    def data(self) -> bytes:
        """The log's bytes, each line with its newline."""
        return b"".join(line + b"\n" for line in self.lines)

    @property
    def second(self) -> float:
        """The time of the next event, in seconds after the start."""
        return self._second

    def wait(self, seconds: float) -> Self:
        """Advance the time before the next event, in seconds."""
        self._second += seconds - 1
        return self

    def raw(self, line: bytes) -> Self:
        """A raw line, which does not count in the numbering of events."""
        self.lines.append(line)
        return self

    def event(self, kind: str, **own: object) -> Self:
        """Any event. An envelope field in ``own`` replaces the one that would be recorded."""
        self._seq += 1
        envelope = {"seq": self._seq, "ts": at(self._second), "zig_session_id": SESSION_ID, "type": kind}
        self._second += 1
        self.lines.append(json.dumps(envelope | own, ensure_ascii=False, separators=(",", ":")).encode())
        return self

    def start(self, tier_count: int = 1, cwd: str = "/src") -> Self:
        return self.event(
            "zig_session_started",
            workflow_name="flow",
            workflow_path="./flow.zwf",
            workspace_path=None,
            cwd=cwd,
            prompt="do it",
            tier_count=tier_count,
        )

    def tier(self, index: int, *names: str) -> Self:
        return self.event("tier_started", tier_index=index, step_names=list(names))

    def step(self, name: str, tier_index: int = 0, prompt_preview: str = "please") -> Self:
        return self.event(
            "step_started",
            step_name=name,
            tier_index=tier_index,
            zag_session_id=f"zig-flow-{name}",
            zag_command="run",
            model="opus",
            prompt_preview=prompt_preview,
        )

    def says(self, name: str, *lines: str, stream: str = "stdout") -> Self:
        for line in lines:
            self.event("step_output", step_name=name, stream=stream, line=line)
        return self

    def done(self, name: str, duration_ms: int = 1500, *saved_vars: str) -> Self:
        return self.event(
            "step_completed", step_name=name, exit_code=0, duration_ms=duration_ms, saved_vars=list(saved_vars)
        )

    def fails(self, name: str, attempt: int = 1, exit_code: int | None = None) -> Self:
        return self.event(
            "step_failed", step_name=name, exit_code=exit_code, attempt=attempt, error=f"no luck with {attempt}"
        )

    def skips(self, name: str) -> Self:
        return self.event("step_skipped", step_name=name, reason="not today")

    def beat(self, interval_secs: int = 10) -> Self:
        return self.event("heartbeat", interval_secs=interval_secs)

    def end(self, status: str = "success") -> Self:
        return self.event("zig_session_ended", status=status, duration_ms=4321)

    def fold(self, fold: Fold | None = None) -> Session:
        """The session that the events so far fold to; all passes of a listener if ``fold`` keeps them."""
        fold = fold or Fold(SESSION_ID)
        for line in self.lines:
            try:
                fold.apply(decode(line))
            except MalformedLineError as error:
                fold.malformed_line(error)
        return fold.session


def log_file(directory: Path, data: bytes = b"") -> Path:
    """A log of the session of `SESSION_ID` in ``directory``."""
    path = directory / f"{SESSION_ID}.jsonl"
    path.write_bytes(data)
    return path


def log_at(path: Path) -> SessionLog:
    """The log at ``path``, not read yet."""
    return SessionLog(location_of_file(str(path)))


def read_log(path: Path) -> SessionLog:
    """The log at ``path``, read to its end."""
    log = log_at(path)
    log.read_all()
    return log


def append(path: Path, data: bytes, modified: float | None = None) -> None:
    """Append to a log, last modified now unless another time is given."""
    with path.open("ab") as file:
        file.write(data)
    if modified is not None:
        os.utime(path, (modified, modified))


def only(session: Session, name: str) -> StepRun:
    """The only run of the step of that name."""
    (step,) = (step for step in session.steps if step.name == name)
    return step


def live_log() -> Log:
    """A log whose only step is under way."""
    return Log().start().tier(0, "build").step("build")


def texts_of(log: SessionLog, step: StepRun | None = None) -> list[str | None]:
    """The texts of the output of a step run, or of all; None for a line that is counted but cannot be read."""
    output = log.output(step)
    lines = [output.line(number) for number in range(len(output))]
    return [None if line is None else line.text for line in lines]


def all_problems(log: SessionLog) -> list[Problem]:
    """All problems of a log, including a torn end."""
    snapshot = log.snapshot()
    return [*snapshot.session.problems, *([] if snapshot.torn_end is None else [snapshot.torn_end])]


def state_of_step(session: Session, name: str, state: SessionState) -> StepState:
    """The state of the only run of a step, given the state of its session."""
    step = only(session, name)
    return step_state(step, session.tier_of(step), state)


def state_of_tier(session: Session, tier: TierRun, state: SessionState) -> TierState:
    """The state of a tier run, given the state of its session."""
    return tier_state(tier, state)
