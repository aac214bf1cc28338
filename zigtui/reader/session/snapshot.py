"""A session at one moment: the content of its log, and its state."""

from collections import Counter
from typing import NamedTuple

from zigtui.reader.lines.problems import Problem, ProblemKind
from zigtui.reader.location import LogLocation, project_label
from zigtui.reader.session.folding.silence import last_sign_at
from zigtui.reader.session.model.listed import listed
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.passes import PassCounts
from zigtui.reader.session.model.session import Session, SessionState, StepRun, StepState, TierRun, TierState
from zigtui.reader.session.model.silent_steps import DEFAULT_STALL_SECS, LimitedStep, OpenFailure
from zigtui.reader.session.states.elapsed import (
    last_writer_time,
    session_elapsed_ms,
    step_elapsed_ms,
    tier_elapsed_ms,
    writer_time,
)
from zigtui.reader.session.states.liveness import (
    Vitals,
    is_doubtful,
    last_sign_of_life,
    longest_silence_secs,
    session_state,
    silent_secs,
    state_despite_damage,
)
from zigtui.reader.session.states.part_states import step_state, tier_state
from zigtui.reader.session.states.pass_state import last_pass_state, pass_elapsed_ms, past_pass_state
from zigtui.reader.times import seconds

__all__ = ["SessionSnapshot"]


class SessionSnapshot(NamedTuple):
    """A session as it was at one moment. It never changes; `at` returns the same facts for another moment.

    Attributes:
        location: the location of the log.
        session: the session as the log records it, as far as it has been read.
        vitals: the facts that show whether the session is alive.
        now: the moment, in seconds since the epoch.
        stall_secs: the session is stalled after this many seconds without activity.
        progress: the share of the log that has been read, from 0 to 1.
        is_complete: whether the log has been read to its end at least once; until then `session` lags behind.
        generation: how many times the log was replaced or truncated. Line numbers of another generation are void.
        torn_end: the problem of a last line without its newline; None if there is none.
        trouble: the reason why the log cannot be read at present; None if it can.
    """

    location: LogLocation
    session: Session
    vitals: Vitals
    now: float
    stall_secs: float = DEFAULT_STALL_SECS
    progress: float = 1.0
    is_complete: bool = True
    generation: int = 0
    torn_end: Problem | None = None
    trouble: str | None = None

    def at(self, now: float) -> "SessionSnapshot":
        """The same facts for another moment."""
        return self if now == self.now else self._replace(now=now)

    def listed(self) -> "SessionSnapshot":
        """A smaller copy for a list of many sessions; see `Session`."""
        return self._replace(session=listed(self.session), torn_end=None)

    @property
    def project_label(self) -> str:
        """The name of the repository's directory; without a repository, that of the working directory."""
        return project_label(self.location, self.session.cwd)

    @property
    def state(self) -> SessionState:
        """The state of the session. It is never stalled while its log is being read: a silent one may be idle."""
        state = session_state(self.vitals, self.now, self.stall_secs)
        return SessionState.RUNNING if state is SessionState.STALLED and self._is_being_read else state

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected: the session has ended or is lost, even if its log's start is unreadable."""
        return state_despite_damage(self.vitals, self.now, self.stall_secs).is_over

    @property
    def is_doubtful(self) -> bool:
        """Whether the session seems to be live, but its times are old or in the future, and nothing has been seen yet.

        It is lost if its log does not grow within a heartbeat. `zigtui.reader.follow_session` waits for that.
        """
        return is_doubtful(self.vitals, self.now)

    @property
    def is_certainly_live(self) -> bool:
        """Whether the session is live, and neither unreachable nor `is_doubtful`."""
        state = self.state
        return state.is_live and state is not SessionState.UNREACHABLE and not self.is_doubtful

    @property
    def elapsed_ms(self) -> int | None:
        """How long the session took or has been running, in milliseconds.

        That of a lost or an unreachable one ends with its last sign of life.
        """
        vitals, now = self.vitals, self.now
        last_sign = last_writer_time(vitals, now)
        return session_elapsed_ms(self.session, self.state, last_sign, writer_time(vitals, now))

    @property
    def last_sign_of_life(self) -> float | None:
        """When the session last showed that it is alive, in seconds since the epoch; None if that is not known."""
        return last_sign_of_life(self.vitals, self.now)

    @property
    def machine_silent_secs(self) -> float | None:
        """For how long the machine of the session has been silent, in seconds; None if it is not."""
        since = self.vitals.unheard_since
        return None if since is None else max(0.0, self.now - since)

    @property
    def silent_secs(self) -> float:
        """How long there has been no activity except heartbeats, in seconds."""
        return silent_secs(self.vitals, self.now)

    def silent_secs_since(self, time: str | None) -> float | None:
        """How long ago a recorded time was, by the writer's clock, in seconds; None if it is not known."""
        since = seconds(time)
        return None if since is None else silent_secs(self.vitals, self.now, since)

    @property
    def longest_silence_secs(self) -> float:
        """How long there has been no activity, or none of one of the steps under way, in seconds."""
        return longest_silence_secs(self.vitals, self.now)

    @property
    def _is_working(self) -> bool:
        return self.state in (SessionState.RUNNING, SessionState.STALLED)

    @property
    def limited(self) -> LimitedStep | None:
        """The first step under way that waits until a usage limit is reset; None if there is none."""
        return self.session.limited if self.is_complete and self._is_working else None

    @property
    def quiet_ms(self) -> int | None:
        """The longest silence of a step under way, in milliseconds; None if no step is under way."""
        since = self.vitals.quiet_since if self._is_working else None
        return None if since is None else round(silent_secs(self.vitals, self.now, since) * 1000)

    @property
    def is_retry_possible(self) -> bool:
        """Whether the steps that failed in the open tier may be tried again: nothing is recorded between attempts.

        The same is recorded while a listener waits for its next event after one that failed. So if nothing else is
        under way in it, the failures are final after `stall_secs`.
        """
        failure = self.session.open_failure
        if failure is None or not self.is_complete or not self.state.is_live:
            return False
        if not self.session.is_waiting:
            return True
        silent_secs = self.silent_secs_since(failure.failed_at)
        return silent_secs is not None and silent_secs <= self.stall_secs

    @property
    def failed_steps(self) -> int:
        """The number of step runs that failed for good."""
        failure = self._pending_failure
        return self.session.failed_steps - (0 if failure is None else failure.steps)

    @property
    def passes(self) -> PassCounts:
        """The numbers of full passes, and of those that failed. A single one has the state of its session."""
        passes, state, failure = self.session.passes, self.state, self._pending_failure
        if passes.total == 1 and state is not SessionState.IDLE:
            return PassCounts(1, int(state is SessionState.FAILED))
        if failure is not None and failure.fails_pass:
            return passes._replace(failed=passes.failed - 1)
        return passes

    @property
    def _pending_failure(self) -> OpenFailure | None:
        """The last failure of the open tier, unless it is final."""
        return self.session.open_failure if self.is_retry_possible else None

    @property
    def error(self) -> str | None:
        """The most informative line of the failure that explains why the session failed; None if there is none."""
        session = self.session
        is_explained = self.is_complete and self.state is SessionState.FAILED and session.failed_step is not None
        if not is_explained:
            return None
        # Slow to import, and only needed for errors.
        from zigtui.reader.session.model.informative_line import informative_line

        return informative_line(session.last_error)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of the log. A torn last line is not one while the session is live: it is being written."""
        return self.problems_if(is_written=self.state.is_live)

    def problems_if(self, *, is_written: bool) -> tuple[Problem, ...]:
        """The problems of the log, which depend on its bytes alone.

        Args:
            is_written: whether the log is being written, so that a torn last line is not a problem before the end.
        """
        session = self.session
        if self.torn_end is not None and (session.has_ended or not is_written):
            return (*session.problems, self.torn_end)
        # Without a start, the first event is a problem. So if there is none, there is no event.
        if not session.started and not session.problem_count and self.is_complete and self.trouble is None:
            return (Problem(1, ProblemKind.EMPTY, "no event"),)
        return session.problems

    @property
    def problem_count(self) -> int:
        """The number of problems of the log. If there are very many, `problems` has only the first ones."""
        return self.problem_count_if(is_written=self.state.is_live)

    def problem_count_if(self, *, is_written: bool) -> int:
        """The number of the problems that `problems_if` has the first ones of."""
        session = self.session
        return session.problem_count + len(self.problems_if(is_written=is_written)) - len(session.problems)

    # States and times of tiers and steps

    def step_state(self, step: StepRun) -> StepState:
        """The state of a step run of the session."""
        if step.state.is_settled:
            return step.state
        return step_state(step, self.session.tier_of(step), self._state_of_parts)

    def tier_state(self, tier: TierRun) -> TierState:
        """The state of a tier run of the session."""
        return tier_state(tier, self._state_of_parts)

    def step_elapsed_ms(self, step: StepRun) -> int | None:
        """How long a step run took or has been running, in milliseconds; None if it never started."""
        if step.duration_ms is not None:  # then the current time does not matter
            return step.duration_ms
        return step_elapsed_ms(step, self.step_state(step), self._now_of_parts)

    def tier_elapsed_ms(self, tier: TierRun) -> int | None:
        """How long a tier run took or has been running, in milliseconds."""
        session, state = self.session, self.tier_state(tier)
        return tier_elapsed_ms(tier, state, session.steps_of(tier), self._now_of_parts, session.last_event_at)

    def pass_state(self, run: PassRun) -> TierState:
        """The state of a full pass of the session."""
        if run.number < self.session.pass_count:
            return past_pass_state(run)
        failure = self._pending_failure
        if run.is_failed and failure is not None and failure.fails_pass:
            return TierState.RUNNING
        return last_pass_state(run, self.session, self._state_of_parts)

    def failed_steps_of(self, run: PassRun) -> int:
        """The number of step runs of a full pass that failed for good."""
        failure = self._pending_failure if run.number >= self.session.pass_count else None
        return run.failed_steps - (0 if failure is None else failure.steps)

    def pass_elapsed_ms(self, run: PassRun) -> int | None:
        """How long a full pass took or has been running, in milliseconds; the wait after it does not count."""
        return pass_elapsed_ms(run, self.pass_state(run), self._now_of_parts, self.session.last_event_at)

    def count_steps(self) -> Counter[StepState]:
        """The number of step runs in each state, those of past passes included."""
        counted = Counter(map(self.step_state, self.session.steps))
        counted.update(dict(self.session.past_steps))
        return counted

    def step_quiet_ms(self, step: StepRun) -> int | None:
        """How long a step under way has been silent, in milliseconds; None if it is not under way."""
        if not self.is_complete or not self.step_state(step).is_active:
            return None
        silent = self.silent_secs_since(last_sign_at(step))
        return None if silent is None else round(silent * 1000)

    def is_step_stalled(self, step: StepRun) -> bool:
        """Whether a step under way has been silent for so long that it may hang."""
        quiet_ms = self.step_quiet_ms(step)
        return quiet_ms is not None and quiet_ms > self.stall_secs * 1000

    def may_be_retried(self, step: StepRun) -> bool:
        """Whether the last attempt of a step failed, and another one may follow, since its tier is open."""
        is_open = step.state is StepState.FAILED and self.session.tier_of(step).is_open
        return is_open and self.is_retry_possible

    # While a log is being read, its tiers and steps are those of a running session at the last event read. If the rest
    # cannot be read, that is all there is.

    @property
    def _is_being_read(self) -> bool:
        return not self.is_complete and self.trouble is None

    @property
    def _state_of_parts(self) -> SessionState:
        if self._is_being_read:
            return SessionState.RUNNING
        state = state_despite_damage(self.vitals, self.now, self.stall_secs)
        if state is SessionState.IDLE and self.is_retry_possible:
            return SessionState.RUNNING
        # If it was lost while it was waiting, nothing was interrupted.
        return SessionState.SUCCEEDED if state is SessionState.LOST and self.vitals.is_waiting else state

    @property
    def _now_of_parts(self) -> float:
        if self._is_being_read:
            return seconds(self.session.last_event_at) or self.now
        if self.state is SessionState.UNREACHABLE:
            return last_writer_time(self.vitals, self.now) or self.now
        return writer_time(self.vitals, self.now)
