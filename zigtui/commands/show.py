"""``zigtui show``: print a session as a tree or as a JSON object."""

import sys
from collections.abc import Iterator

import click

from zigtui.commands.base_option import base_option
from zigtui.commands.completion import complete_session
from zigtui.commands.pass_selection import MOST_FAILED, Part, PassChoice, SelectedPasses, pass_option
from zigtui.commands.program_options import settings_of
from zigtui.commands.read_log import read_settled_log
from zigtui.commands.session_argument import session_of
from zigtui.commands.session_json import show_json
from zigtui.commands.terminal import painted, write
from zigtui.reader.safe_text import safe_plain, safe_short
from zigtui.reader.session.model import StepRun, StepState, TierState
from zigtui.reader.session.pass_run import PassRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.amounts import count, usage_in_short
from zigtui.wording.durations import duration
from zigtui.wording.listener_rows import rows_of_pass
from zigtui.wording.session_row import progress, seen, title
from zigtui.wording.states import Severity, sign_of
from zigtui.wording.text_fit import cell_width, fit
from zigtui.wording.tree_rows import TreeRow, TreeRows

__all__ = ["command", "show_session"]

_MAX_PROBLEMS = 10
_MAX_TEXT = 10_000  # characters of a prompt, an error or another text; --json has all of it
_NAME_WIDTH = 32
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
    log = read_settled_log(session_of(context, bases, session).location)
    log.check_readable()
    snapshot = log.snapshot(stall_secs=settings_of(context).stall_secs)
    passes = SelectedPasses(log, snapshot, pass_choice, most_failed=None if as_json else MOST_FAILED)
    show_session(passes, as_json=as_json)


def show_session(passes: SelectedPasses, *, as_json: bool) -> None:
    """Print a session, or some of its passes."""
    if as_json:
        for piece in show_json(passes, for_terminal=sys.stdout.isatty()):
            write(piece)
        return
    for severity, line in _lines(passes):  # as wide as it is: a terminal wraps errors, and paths can be copied
        write((line if severity is None else painted(line, severity)) + "\n")


def _lines(passes: SelectedPasses) -> Iterator[tuple[Severity | None, str]]:
    """The lines, each with the severity that determines its colour; None for no colour."""
    snapshot = passes.snapshot
    session, state = snapshot.session, snapshot.state
    sign = sign_of(state)
    time = duration(snapshot.elapsed_ms, whole=state.is_live)
    yield None, f"{title(snapshot)}  {safe_plain(snapshot.location.session_id)}"
    yield sign.severity, f"{sign.glyph} {sign.word}  {time}  {seen(snapshot)}"
    facts = [f"tiers {progress(snapshot)}", count(session.lines, "line"), usage_in_short(session.usage)]
    yield None, "  ".join(fact for fact in facts if fact)
    for name, text in (("in", session.cwd), ("prompt", session.prompt), ("log", snapshot.location.path)):
        if text:
            yield None, f"{name:<7} {_text(text)}"
    if passes.is_divided:
        yield None, passes.totals()
    if left_out := passes.left_out():
        yield None, f"{'shown':<7} {left_out}"
    for part in passes:
        yield from _part_lines(part)
    if snapshot.problems:
        yield None, ""
        yield Severity.ERROR, f"{count(snapshot.problem_count, 'problem')} in the log (zigtui check lists all of them):"
        for problem in snapshot.problems[:_MAX_PROBLEMS]:
            yield None, f"  line {problem.line}: {problem.kind}: {_text(problem.detail)}"


def _part_lines(part: Part) -> Iterator[tuple[Severity | None, str]]:
    """The lines for a pass, or for a session that is not divided into passes."""
    run, snapshot = part.run, part.snapshot
    rows, indent = (TreeRows(snapshot), 0) if run is None else (rows_of_pass(run, snapshot), 1)
    if len(rows) > 1 or run is not None:
        yield None, ""
    if run is not None:
        yield _pass_line(run, snapshot)
    for index in range(1, len(rows)):
        row = rows[index]
        step = snapshot.session.step(row.key[1]) if isinstance(row.key, tuple) and row.key[0] == "step" else None
        severity = None if row.state is None else sign_of(row.state).severity
        yield severity, _row(row._replace(depth=row.depth + indent), step)
        for attempt in step.attempts if step is not None else ():
            yield Severity.ERROR, f"{'  ' * indent}      attempt {attempt.number}: {_text(attempt.error)}"


def _pass_line(run: PassRun, snapshot: SessionSnapshot) -> tuple[Severity, str]:
    state = snapshot.pass_state(run)
    sign = sign_of(state)
    name = f"{sign.glyph} Pass {run.number:,}"
    time = duration(snapshot.pass_elapsed_ms(run), whole=state is TierState.RUNNING)
    first = snapshot.session.step(run.first_step)
    facts = ["ended early: no failure was recorded"] if run.ended_early else []
    facts += [_text(first.prompt_preview)] if first is not None and first.prompt_preview else []
    line = fit(name, max(_NAME_WIDTH, cell_width(name))) + "  " + fit(time, _TIME_WIDTH, right=True)
    return sign.severity, f"{line}  {'  '.join(facts)}".rstrip()


def _row(row: TreeRow, step: StepRun | None) -> str:
    glyph = sign_of(row.state).glyph if row.state is not None else " "
    name = f"{'  ' * row.depth}{glyph} {row.name}" + (f" {row.note}" if row.note else "")
    line = fit(name, max(_NAME_WIDTH, cell_width(name))) + "  " + fit(row.time, _TIME_WIDTH, right=True)
    about = _about(step) if step is not None else ""
    return f"{line}  {about}".rstrip()


def _text(text: str) -> str:
    """A text of the log, safe to print. A very long one is cut off, with the number of its other characters."""
    more = len(text) - _MAX_TEXT
    return safe_plain(text) if more <= 0 else f"{safe_short(text[:_MAX_TEXT], _MAX_TEXT)} … ({more:,} more characters)"


def _about(step: StepRun) -> str:
    if step.state is StepState.SKIPPED:
        return _text(step.reason or "")
    facts = [_text(step.model or ""), count(step.lines, "line") if step.lines else ""]
    facts += ["saved " + ", ".join(map(_text, step.saved_vars)) if step.saved_vars else ""]
    return "  ".join(fact for fact in [*facts, usage_in_short(step.usage)] if fact)
