"""``zigtui show``: print a session as a tree or as a JSON object."""

import sys
from collections.abc import Iterator, Sequence

import click

from zigtui.commands.options.base_option import base_option
from zigtui.commands.options.completion import complete_session
from zigtui.commands.options.session_argument import session_of
from zigtui.commands.printing.session_json import show_json
from zigtui.commands.printing.terminal import painted, terminal_width, write
from zigtui.commands.program.program_options import settings_of
from zigtui.commands.reading.pass_selection import MOST_FAILED, Part, PassChoice, SelectedPasses, pass_option
from zigtui.commands.reading.read_log import read_settled_log
from zigtui.reader.catalog.nesting import ChildSession, children_of
from zigtui.reader.catalog.scan.locations import list_all
from zigtui.reader.session.model.informative_line import informative_line
from zigtui.reader.session.model.pass_lookup import preview_of
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import StepRun, StepState, TierState
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.text.safe_text import safe_plain, safe_short
from zigtui.reader.times import seconds
from zigtui.wording.amounts import count, usage_in_short
from zigtui.wording.durations import duration, moment_and_age
from zigtui.wording.errors import NO_MESSAGE
from zigtui.wording.nesting import nested, nested_in
from zigtui.wording.session_row import now_at, progress, seen, title, why_failed
from zigtui.wording.signs import ENDED_EARLY_IN_FULL, retry_note, session_sign
from zigtui.wording.states import Severity, sign_of
from zigtui.wording.text_fit import column_width, fit, pad
from zigtui.wording.tree.pass_rows import rows_of_pass
from zigtui.wording.tree.tree_rows import TreeRow, TreeRows

__all__ = ["command", "show_session"]

_MAX_PROBLEMS = 10
_MAX_ATTEMPTS = 100  # of a step
_MAX_TEXT = 10_000  # characters of a prompt, an error or another text; --json has all of it
_MIN_NAME_WIDTH, _MAX_NAME_WIDTH = 32, 100
_TIME_WIDTH = 15


@click.command("show")
@click.argument("session", required=False, shell_complete=complete_session)
@base_option
@pass_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    context: click.Context, session: str | None, bases: tuple[str, ...], pass_choice: PassChoice, as_json: bool
) -> None:
    """Show the tiers, steps, attempts and errors of a session.

    \b
    zigtui show
    zigtui show 1842 --json
    zigtui show echo-bot --pass failed
    """
    location = session_of(context, bases, session).location
    log = read_settled_log(location)
    settings = settings_of(context)
    snapshot = log.snapshot(stall_secs=settings.stall_secs)
    passes = SelectedPasses(log, snapshot, pass_choice, most_failed=None if as_json else MOST_FAILED)
    began = seconds(snapshot.session.started_at)
    children = children_of(location.session_id, began, list_all([location.base]))
    show_session(passes, settings.quiet_secs, children, as_json=as_json)


def show_session(
    passes: SelectedPasses, quiet_secs: float, children: Sequence[ChildSession] = (), *, as_json: bool
) -> None:
    """Print a session, or some of its passes.

    Args:
        passes: the session, and its passes.
        quiet_secs: see `TreeRows`.
        children: the sessions that were begun inside steps of this one.
        as_json: whether to print a JSON object.
    """
    if as_json:
        for piece in show_json(passes, children=children, for_terminal=sys.stdout.isatty()):
            write(piece)
        return
    for severity, line in _lines(
        passes, quiet_secs, children
    ):  # as wide as it is: a terminal wraps it, and paths can be copied
        write((line if severity is None else painted(line, severity)) + "\n")


def _lines(
    passes: SelectedPasses, quiet_secs: float, children: Sequence[ChildSession]
) -> Iterator[tuple[Severity | None, str]]:
    """The lines, each with the severity that determines its colour; None for no colour."""
    snapshot = passes.snapshot
    session, state, location = snapshot.session, snapshot.state, snapshot.location
    sign = session_sign(snapshot)
    time = duration(snapshot.elapsed_ms, whole=state.is_live)
    yield None, f"{title(snapshot)}  {safe_plain(location.name)}"
    yield sign.severity, f"{sign.glyph} {sign.word}  {time}  {seen(snapshot)}"
    if state.is_live and (doing := now_at(snapshot, quiet_secs)):
        yield None, f"now     {doing}"
    if failed := why_failed(snapshot):
        yield Severity.ERROR, f"error   {failed}"
    tiers = progress(snapshot) if snapshot.passes.total > 1 else f"tiers {progress(snapshot)}"
    facts = [tiers, count(session.lines, "line"), usage_in_short(session.usage)]
    yield None, "  ".join(fact for fact in facts if fact)
    began, ended = seconds(session.started_at), seconds(session.ended_at)
    last = snapshot.last_sign_of_life if ended is None and not snapshot.is_doubtful else None
    for name, moment in (("began", began), ("ended", ended), ("seen", last)):
        if moment is not None:
            yield None, f"{name:<7} {moment_and_age(moment, snapshot.now)}"
    for name, text in (
        *(("machine", location.machine), ("in", session.cwd), ("prompt", session.prompt), ("log", location.path)),
        ("from", nested_in(session)),
        *(("began", nested(child.workflow_name, child.location.session_id, child.step)) for child in children),
    ):
        if text:
            yield None, f"{name:<7} {_text(text)}"
    if passes.is_divided:
        yield None, passes.totals()
    if left_out := passes.left_out():
        yield None, f"{'shown':<7} {left_out}"
    for part in passes:
        yield from _part_lines(part, quiet_secs)
    if snapshot.problems:
        yield None, ""
        yield Severity.ERROR, f"{count(snapshot.problem_count, 'problem')} in the log (zigtui check lists all of them):"
        for problem in snapshot.problems[:_MAX_PROBLEMS]:
            yield None, f"  line {problem.line}: {problem.kind}: {_text(problem.detail)}"


def _part_lines(part: Part, quiet_secs: float) -> Iterator[tuple[Severity | None, str]]:
    """The lines for a pass, or for a session that is not divided into passes."""
    run, snapshot = part.run, part.snapshot
    all_rows = TreeRows(snapshot, quiet_secs) if run is None else rows_of_pass(run, snapshot, quiet_secs)
    rows = [_indented(all_rows[index], 0 if run is None else 1) for index in range(1, len(all_rows))]
    if rows or run is not None:
        yield None, ""
    steps = [_step_of(row, snapshot) for row in rows]
    available = terminal_width()
    names = [_name(row, step, is_whole=available is None) for row, step in zip(rows, steps, strict=True)]
    width = column_width(names, _MAX_NAME_WIDTH if available is None else max(_MIN_NAME_WIDTH, available // 2))
    width = max(_MIN_NAME_WIDTH, width)
    if run is not None:
        yield _pass_line(run, snapshot, width)
    for row, name, step in zip(rows, names, steps, strict=True):
        # In a pipe a name is never cut off: a very long one moves the rest of its own row.
        column = pad(name, width) if available is None else fit(name, width)
        yield None if row.sign is None else row.sign.severity, _row(column, row, step, snapshot)
        if step is not None:
            yield from _attempt_lines(step, f"    {'  ' * row.depth}")


def _attempt_lines(step: StepRun, indent: str) -> Iterator[tuple[Severity, str]]:
    """A line for each failed attempt of a step; of very many, for the last ones."""
    left_out = max(0, len(step.attempts) - _MAX_ATTEMPTS)
    if left_out:
        yield Severity.ERROR, f"{indent}{count(left_out, 'earlier attempt')} failed (--json has all of them)"
    for attempt in step.attempts[left_out:]:
        error = _text(informative_line(attempt.error)) or NO_MESSAGE
        yield Severity.ERROR, f"{indent}attempt {attempt.number}: {error}"


def _indented(row: TreeRow, levels: int) -> TreeRow:
    return row._replace(depth=row.depth + levels)


def _step_of(row: TreeRow, snapshot: SessionSnapshot) -> StepRun | None:
    match row.key:
        case ("step", int(serial)):
            return snapshot.session.step(serial)
    return None


def _pass_line(run: PassRun, snapshot: SessionSnapshot, width: int) -> tuple[Severity, str]:
    state = snapshot.pass_state(run)
    sign = sign_of(state)
    time = duration(snapshot.pass_elapsed_ms(run), whole=state is TierState.RUNNING)
    preview = preview_of(snapshot.session, run)
    facts = [ENDED_EARLY_IN_FULL] if run.ended_early else []
    facts += [_text(preview)] if preview else []
    line = pad(f"{sign.glyph} Pass {run.number:,}", width) + "  " + fit(time, _TIME_WIDTH, right=True)
    return sign.severity, f"{line}  {'  '.join(facts)}".rstrip()


def _name(row: TreeRow, step: StepRun | None, *, is_whole: bool) -> str:
    glyph = row.sign.glyph if row.sign is not None else " "
    name = _text(step.name) if is_whole and step is not None else row.name
    return f"{'  ' * row.depth}{glyph} {name}" + (f" {row.note}" if row.note else "")


def _row(name: str, row: TreeRow, step: StepRun | None, snapshot: SessionSnapshot) -> str:
    line = name + "  " + fit(row.time, _TIME_WIDTH, right=True)
    about = _about(step, snapshot) if step is not None else ""
    return f"{line}  {'  '.join(filter(None, (row.waiting, about)))}".rstrip()


def _text(text: str) -> str:
    """A text of the log, safe to print. A very long one is cut off, with the number of its other characters."""
    more = len(text) - _MAX_TEXT
    return safe_plain(text) if more <= 0 else f"{safe_short(text[:_MAX_TEXT], _MAX_TEXT)} … ({more:,} more characters)"


def _about(step: StepRun, snapshot: SessionSnapshot) -> str:
    if snapshot.may_be_retried(step):
        last = step.attempts[-1]
        return retry_note(last.number, last.failed_at, snapshot)
    if step.state is StepState.SKIPPED:
        return _text(step.reason or "")
    facts = [_text(step.model or ""), count(step.lines, "line") if step.lines else ""]
    facts += ["saved " + ", ".join(map(_text, step.saved_vars)) if step.saved_vars else ""]
    return "  ".join(fact for fact in [*facts, usage_in_short(step.usage)] if fact)
