"""Everything that is known about a session, a tier run, a step run or a pass: pure functions of its snapshot.

The texts are as recorded: of any length, and possibly hostile. Make them safe before they are displayed.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zigtui.reader.session.model.attempts import attempt_count, attempt_of
from zigtui.reader.session.model.pass_lookup import preview_of
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session, SessionState, StepRun, StepState, TierRun
from zigtui.reader.session.model.usage import NO_USAGE, Usage
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.times import seconds
from zigtui.reader.user_input.durations import duration_text
from zigtui.wording.amounts import count, usage_in_full
from zigtui.wording.durations import duration, largest_unit, moment_and_age
from zigtui.wording.errors import error_in_full
from zigtui.wording.nesting import nested, nested_in
from zigtui.wording.session_row import progress, unreachable, why_failed
from zigtui.wording.signs import (
    ENDED_EARLY_IN_FULL,
    NOT_READ,
    part_read,
    pass_sign,
    session_sign,
    so_far,
    so_far_of,
    step_sign,
    tier_sign,
)
from zigtui.wording.states import sign_of
from zigtui.wording.tree.tree_rows import attempt_elapsed_ms
from zigtui.wording.waiting import waiting_for

__all__ = ["Fact", "Section", "UsageByTier", "pass_section", "session_sections", "step_sections", "tier_section"]

_MOST_ATTEMPTS = 100  # of a step; ages are brought up to date each second


class Fact(NamedTuple):
    """A fact.

    Attributes:
        label: its name, in a word or two.
        text: the fact; empty if it is not known.
    """

    label: str
    text: str


class Section(NamedTuple):
    """Facts about one thing, those that are not known left out.

    Attributes:
        title: what they are about, as recorded.
        facts: the facts.
    """

    title: str
    facts: tuple[Fact, ...]


def _section(title: str, facts: Iterable[Fact]) -> Section:
    return Section(title, tuple(fact for fact in facts if fact.text))


class UsageByTier:
    """The tokens and cost of a session by tier. They are added up again only when they have changed."""

    def __init__(self) -> None:
        self._total: tuple[int, Usage] | None = None
        self._facts: tuple[Fact, ...] = ()

    def facts(self, snapshot: SessionSnapshot) -> tuple[Fact, ...]:
        """A fact for each tier whose steps printed tokens; none if there is only one such tier."""
        session = snapshot.session
        total = snapshot.generation, session.usage
        if total != self._total:
            self._total, self._facts = total, tuple(_usage_by_tier(session))
        return self._facts


def _usage_by_tier(session: Session) -> Iterator[Fact]:
    by_tier: dict[int, Usage] = {}
    for step in session.steps:
        if step.usage is not NO_USAGE:
            index, usage = session.tier_of(step).tier_index, step.usage
            before = by_tier.get(index, NO_USAGE)
            by_tier[index] = before.plus(usage.input_tokens or 0, usage.output_tokens or 0, usage.cost_usd)
    for index, usage in sorted(by_tier.items()) if len(by_tier) > 1 or session.past else ():
        of_passes = f" (the last {count(len(session.recent), 'pass')})" if session.past else ""
        yield Fact(f"tier {index + 1}", usage_in_full(usage) + of_passes)


def session_sections(
    snapshot: SessionSnapshot, usage_by_tier: UsageByTier, children: Iterable[SessionSnapshot] = ()
) -> list[Section]:
    """The facts about a session: those in its log, those about the log, and the problems of the log.

    Args:
        snapshot: the session.
        usage_by_tier: its tokens and cost.
        children: the sessions that were begun inside its steps.
    """
    session, state, location = snapshot.session, snapshot.state, snapshot.location
    sign, is_read = session_sign(snapshot), snapshot.is_complete
    elapsed_ms, reach = snapshot.elapsed_ms if is_read else None, so_far(snapshot)
    about = [
        Fact("state", f"{sign.glyph} {sign.word}"),
        Fact("read so far", "" if is_read else f"{part_read(snapshot)} of the log"),
        Fact("reason", why_failed(snapshot) or unreachable(snapshot)),
        Fact("trouble", snapshot.trouble or ""),
        Fact("workflow", session.workflow_name),
        Fact("id", location.session_id),
        Fact("machine", location.machine or ""),
        Fact("project", snapshot.project_label),
        Fact("prompt", session.prompt or ""),
        Fact("begun in", nested_in(session)),
        *(Fact("session", _child(child)) for child in children),
        Fact("began", _moment(session.started_at, snapshot)),
        Fact("ended", _moment(session.ended_at, snapshot)),
        Fact("took" if session.has_ended else "so far", _took(elapsed_ms, is_live=state.is_live)),
        Fact("last activity", _moment(session.last_activity_at, snapshot) if is_read else ""),
        Fact("heartbeat", _heartbeat(session, snapshot) if is_read else ""),
        Fact("waiting", largest_unit(snapshot.silent_secs) if state is SessionState.IDLE else ""),
        Fact("passes" if snapshot.passes.total > 1 else "tiers", progress(snapshot)),
        Fact("failed steps", _with(reach, f"{snapshot.failed_steps:,}" if snapshot.failed_steps else "")),
        Fact("output", _with(reach, _output(session.stdout_lines, session.stderr_lines, session.output_bytes))),
        Fact("usage", _with(reach, usage_in_full(session.usage))),
        *usage_by_tier.facts(snapshot),
        Fact("cwd", session.cwd or ""),
        Fact("workflow path", session.workflow_path),
        Fact("log", location.path),
        Fact("base", location.base),
    ]
    problems = [Fact(f"line {problem.line}", f"{problem.kind}: {problem.detail}") for problem in snapshot.problems]
    left_out = snapshot.problem_count - len(problems)
    if left_out > 0:
        problems.append(Fact("more", f"{left_out:,}: zigtui check lists all of them"))
    of_log = f"{count(snapshot.problem_count, 'problem')} in the log"
    return [_section("session", about), *([_section(of_log, problems)] if problems else [])]


def _child(child: SessionSnapshot) -> str:
    session, sign = child.session, session_sign(child)
    about = nested(session.workflow_name, child.location.session_id, session.parent_step or "")
    return f"{sign.glyph} {sign.word}: {about}"


def step_sections(step: StepRun, snapshot: SessionSnapshot, only: int | None = None) -> list[Section]:
    """The facts about a step run, and about each of its attempts with its whole error.

    Args:
        step: the step run.
        snapshot: the session, or the part of it, that has the step run.
        only: the position of the only attempt to list; None for the last ones, which are all of them for most steps.
    """
    session, sign = snapshot.session, step_sign(step, snapshot)
    tier, state = session.tier_of(step), snapshot.step_state(step)
    is_read = sign is not NOT_READ
    quiet_ms, elapsed_ms = (snapshot.step_quiet_ms(step), snapshot.step_elapsed_ms(step)) if is_read else (None, None)
    about = [
        Fact("state", f"{sign.glyph} {sign.word}"),
        Fact("waiting", waiting_for(step, snapshot)),
        Fact("quiet for", "" if quiet_ms is None else largest_unit(quiet_ms / 1000)),
        Fact("reason", step.reason or ""),
        Fact("tier", f"{tier.tier_index + 1}"),
        Fact("run", f"{step.occurrence:,}" if step.occurrence > 1 else ""),
        Fact("attempts", f"{step.attempt:,}" if step.attempt else ""),
        Fact("began", _moment(step.started_at, snapshot)),
        Fact("ended", _moment(step.ended_at, snapshot)),
        Fact("took", _took(elapsed_ms, is_live=state.is_active)),
        Fact("last output", _moment(step.last_output_at, snapshot)),
        Fact("exit code", "" if step.exit_code is None else f"{step.exit_code}"),
        Fact("command", step.zag_command or ""),
        Fact("model", step.model or ""),
        Fact("agent session", step.zag_session_id or ""),
        Fact("saved", "\n".join(step.saved_vars)),
        Fact("output", _with(so_far_of(sign), _output(step.stdout_lines, step.stderr_lines, step.output_bytes))),
        Fact("usage", _with(so_far_of(sign), usage_in_full(step.usage))),
        Fact("prompt", step.prompt_preview or ""),
    ]
    sections = [_section(f"step {step.name}", about)]
    attempts = attempt_count(step)
    earlier = max(0, attempts - _MOST_ATTEMPTS) if only is None else 0
    if earlier:
        where = "choose one in the tree to see the facts about it"
        sections.append(_section(f"{count(earlier, 'earlier attempt')} of {step.name}", [Fact("left out", where)]))
    positions = range(earlier, attempts) if only is None else [only]
    for position in positions:
        attempt = attempt_of(step, position)
        if attempt is None:
            continue
        failed = attempt.failed
        elapsed_ms = attempt_elapsed_ms(step, attempt, snapshot) if is_read or failed is not None else None
        of_attempt = sign_of(StepState.FAILED) if failed is not None else sign
        facts = [
            Fact("state", f"{of_attempt.glyph} {of_attempt.word}"),
            Fact("began", _moment(attempt.started_at, snapshot)),
            Fact("ended", _moment(attempt.ended_at, snapshot)),
            Fact("took", _took(elapsed_ms, is_live=failed is None and state.is_active)),
            Fact("exit code", "" if failed is None or failed.exit_code is None else f"{failed.exit_code}"),
            Fact("error", "" if failed is None else error_in_full(failed.error)),
        ]
        sections.append(_section(f"attempt {attempt.number:,} of {step.name}", facts))
    return sections


def tier_section(tier: TierRun, snapshot: SessionSnapshot) -> Section:
    """The facts about a tier run."""
    sign, steps = tier_sign(tier, snapshot), snapshot.session.steps_of(tier)
    usage = NO_USAGE
    for step in steps:
        if step.usage is not NO_USAGE:
            usage = usage.plus(step.usage.input_tokens or 0, step.usage.output_tokens or 0, step.usage.cost_usd)
    elapsed_ms = None if sign is NOT_READ else snapshot.tier_elapsed_ms(tier)
    facts = [
        Fact("state", f"{sign.glyph} {sign.word}"),
        Fact("began", _moment(tier.started_at, snapshot)),
        Fact("closed", _moment(tier.closed_at, snapshot)),
        Fact("took", _took(elapsed_ms, is_live=tier.is_open and snapshot.state.is_live)),
        Fact("usage", _with(so_far_of(sign), usage_in_full(usage))),
        Fact("steps", "\n".join(f"{step_sign(step, snapshot).glyph} {step.name}" for step in steps)),
    ]
    return _section(f"tier {tier.tier_index + 1}", facts)


def pass_section(run: PassRun, snapshot: SessionSnapshot, part: Session) -> Section:
    """The facts about a pass of a listener.

    Args:
        run: the pass.
        snapshot: the session.
        part: the session, or the part of it, with the steps of the pass.
    """
    sign, failed = pass_sign(run, snapshot), snapshot.failed_steps_of(run)
    is_read, reach = sign is not NOT_READ, so_far_of(sign)
    facts = [
        Fact("state", f"{sign.glyph} {sign.word}"),
        Fact("reason", ENDED_EARLY_IN_FULL if run.ended_early else ""),
        Fact("began", _moment(run.started_at, snapshot)),
        Fact("ended", _moment(run.ended_at, snapshot) if is_read else ""),
        Fact("took", _took(snapshot.pass_elapsed_ms(run) if is_read else None, is_live=False)),
        Fact("steps", f"{run.step_count:,}" + (f", {failed:,} failed" if failed else "") + reach),
        Fact("failures", count(run.failed_attempts, "failed attempt") if run.failed_attempts else ""),
        Fact("output", count(run.lines, "line") + reach),
        Fact("usage", _with(reach, usage_in_full(run.usage))),
        Fact("about", preview_of(part, run)),
    ]
    return _section(f"pass {run.number:,}", facts)


def _with(reach: str, text: str) -> str:
    return text + reach if text else ""


def _moment(time: str | None, snapshot: SessionSnapshot) -> str:
    """A recorded time in words, with its age; as recorded if it cannot be parsed."""
    moment = seconds(time)
    return time or "" if moment is None else moment_and_age(moment, snapshot.now)


def _took(elapsed_ms: int | None, *, is_live: bool) -> str:
    return "" if elapsed_ms is None else duration(elapsed_ms, whole=is_live)


def _heartbeat(session: Session, snapshot: SessionSnapshot) -> str:
    last = _moment(session.last_heartbeat_at, snapshot)
    return f"{last}, every {duration_text(session.heartbeat_secs)}" if last and session.heartbeat_secs else last


def _output(stdout_lines: int, stderr_lines: int, size: int) -> str:
    if not stdout_lines + stderr_lines:
        return ""
    on_stderr = f", {stderr_lines:,} of them on standard error" if stderr_lines else ""
    return f"{count(stdout_lines + stderr_lines, 'line')}{on_stderr}, {count(size, 'byte')}"
