"""``zigtui show``: a folded session as a tree, or as a JSON object."""

from collections.abc import Hashable, Iterator

from zigtui.commands.reading import SessionView
from zigtui.commands.session_json import json_line, show_object
from zigtui.commands.terminal import painted, write
from zigtui.reader.safe_text import cell_width, safe_plain
from zigtui.reader.session.model import StepRun, StepState
from zigtui.wording.plain import GLYPHS, count, duration, fit, state_word, usage_words
from zigtui.wording.summaries import progress, seen, title
from zigtui.wording.trees import ALL_OUTPUT, TreeRow, tree_rows

__all__ = ["show_session"]

_MOST_PROBLEMS = 10
_NAME_WIDTH = 32
_TIME_WIDTH = 15


def show_session(view: SessionView, *, as_json: bool) -> None:
    """Print a session."""
    if as_json:
        write(json_line(show_object(view)))
        return
    for state, line in _lines(view):  # long lines are for the terminal to wrap: errors are to be read and paths copied
        write((line if state is None else painted(line, state)) + "\n")


def _lines(view: SessionView) -> Iterator[tuple[str | None, str]]:
    """The lines, each with the state whose colour it has."""
    session, summary, state = view.session, view.summary, view.state
    time = duration(view.elapsed_ms, whole=state.is_live)
    yield None, f"{title(summary)}  {safe_plain(view.location.session_id)}"
    yield state, f"{GLYPHS[state]} {state_word(state)}  {time}  {seen(summary, state, view.now)}"
    facts = [f"tiers {progress(summary)}", count(session.lines, "line"), usage_words(session.usage)]
    yield None, "  ".join(fact for fact in facts if fact)
    for name, text in (("in", session.cwd), ("prompt", session.prompt), ("log", view.location.path)):
        if text:
            yield None, f"{name:<7} {safe_plain(text)}"
    steps: dict[Hashable, StepRun] = {("step", step.serial): step for step in session.steps}
    rows = [row for row in tree_rows(session, state, view.now) if row.key != ALL_OUTPUT]
    if rows:
        yield None, ""
    for row in rows:
        step = steps.get(row.key)
        yield row.state, _row(row, step)
        for attempt in step.attempts if step is not None else ():
            yield "failed", f"      attempt {attempt.number}: {safe_plain(attempt.error)}"
    if view.problems:
        yield None, ""
        yield "failed", f"{count(view.problem_count, 'problem')} in the log (zigtui check tells all):"
        for problem in view.problems[:_MOST_PROBLEMS]:
            yield None, f"  line {problem.line}: {problem.kind}: {safe_plain(problem.detail)}"


def _row(row: TreeRow, step: StepRun | None) -> str:
    glyph = GLYPHS[row.state] if row.state is not None else " "
    name = f"{'  ' * row.depth}{glyph} {row.name}" + (f" {row.note}" if row.note else "")
    line = fit(name, max(_NAME_WIDTH, cell_width(name))) + "  " + fit(row.time, _TIME_WIDTH, right=True)
    about = _about(step) if step is not None else ""
    return f"{line}  {about}".rstrip()


def _about(step: StepRun) -> str:
    if step.state is StepState.SKIPPED:
        return safe_plain(step.reason or "")
    facts = [safe_plain(step.model or ""), count(step.lines, "line") if step.lines else ""]
    facts += ["saved " + ", ".join(map(safe_plain, step.saved_vars)) if step.saved_vars else ""]
    return "  ".join(fact for fact in [*facts, usage_words(step.usage)] if fact)
