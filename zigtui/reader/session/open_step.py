"""A step run while its log is being folded."""

from dataclasses import dataclass, field

from zigtui.reader.session.model import Attempt, StepRun, StepState, Usage

__all__ = ["OpenStep"]

_NO_USAGE = Usage()


@dataclass(slots=True)
class OpenStep:
    """A step run as folded so far: the fields of `StepRun`, changed in place."""

    serial: int
    name: str
    occurrence: int
    tier: int
    state: StepState = StepState.PENDING
    attempt: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    started_at: str | None = None
    ended_at: str | None = None
    last_output_at: str | None = None
    duration_ms: int | None = None
    exit_code: int | None = None
    reason: str | None = None
    saved_vars: list[str] = field(default_factory=list)
    zag_command: str | None = None
    zag_session_id: str | None = None
    model: str | None = None
    prompt_preview: str | None = None
    stdout_lines: int = 0
    stderr_lines: int = 0
    output_bytes: int = 0
    usage: Usage = _NO_USAGE

    @property
    def lines(self) -> int:
        """The number of lines printed, on both streams."""
        return self.stdout_lines + self.stderr_lines

    def frozen(self) -> StepRun:
        """A copy that never changes."""
        return StepRun(
            serial=self.serial,
            name=self.name,
            occurrence=self.occurrence,
            tier=self.tier,
            state=self.state,
            attempt=self.attempt,
            attempts=tuple(self.attempts),
            started_at=self.started_at,
            ended_at=self.ended_at,
            last_output_at=self.last_output_at,
            duration_ms=self.duration_ms,
            exit_code=self.exit_code,
            reason=self.reason,
            saved_vars=tuple(self.saved_vars),
            zag_command=self.zag_command,
            zag_session_id=self.zag_session_id,
            model=self.model,
            prompt_preview=self.prompt_preview,
            stdout_lines=self.stdout_lines,
            stderr_lines=self.stderr_lines,
            output_bytes=self.output_bytes,
            usage=self.usage,
        )
