"""A session as Markdown, to paste into a pull request or an issue.

Whatever the log says stands in code spans and fenced blocks: there nothing is markup, a mention or a link.
"""

import re
from collections.abc import Callable, Iterator

from zigtui import __version__
from zigtui.commands.export.facts import (
    FailedAttempt,
    StepOutput,
    cut,
    failed_attempts,
    step_counts,
    tier_name,
    took,
    usage_text,
    when,
)
from zigtui.commands.reading import SessionView
from zigtui.commands.redaction import Redactor, Verbatim
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.liveness import step_state
from zigtui.wording.plain import GLYPHS, count, duration, state_word

__all__ = ["export_markdown"]

_MOST_CHARACTERS = 55_000  # GitHub takes comments of up to 65,536
_LAST_LINES = 20
_LONGEST_NAME = 120
_LONGEST_LINE = 400
_LONGEST_TEXT = 2_000
_ROWS = 200

# In a code span a backtick would end it, and a table's cell ends at a bar even there: these need entities.
_NEEDS_ENTITIES = re.compile(r"[`|\\]")
_ASCII_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_BACKTICKS = re.compile("`+")


def export_markdown(view: SessionView, redactor: Redactor, write: Callable[[str], object]) -> None:
    """Write a session as Markdown."""
    written = 0
    left_out = 0
    for block in _blocks(view, redactor):
        # What comes first matters most; nothing is cut in the middle, where a fence would stay open.
        if written + len(block) > _MOST_CHARACTERS:
            left_out += 1
            continue
        write(block + "\n\n")
        written += len(block) + 2
    if left_out:
        write(f"_{count(left_out, 'part')} left out: the report would be too long for a comment._\n\n")
    note = "" if isinstance(redactor, Verbatim) else " Secrets of known forms are masked: read it before you post it."
    write(f"_Made by zigtui {__version__}. Output lines that begin with `! ` are standard error.{note}_\n")


def _blocks(view: SessionView, redactor: Redactor) -> Iterator[str]:
    session, state = view.session, view.state
    name = _code(redactor, session.workflow_name) if session.started else "Unreadable session"
    yield f"## {GLYPHS[state.value]} {name}: {state_word(state)}"
    facts = [
        f"**{state_word(state).capitalize()}** after {duration(view.elapsed_ms)}",
        f"started {when(session.started_at)}",
        f"steps: {step_counts(view)}",
        count(session.lines, "line") + " of output",
        usage_text(session.usage),
    ]
    yield " · ".join(filter(None, facts))
    places = [f"Session {_code(redactor, view.location.session_id)}"]
    if session.workflow_path:
        places.append(f"workflow {_code(redactor, session.workflow_path)}")
    if session.cwd:
        places.append(f"in {_code(redactor, session.cwd)}")
    yield " · ".join(places)
    if session.prompt:
        yield "Prompt:"
        yield _fenced(redactor.text(session.prompt).split("\n"), _LONGEST_TEXT)
    if session.steps:
        yield _table(view, redactor)
    failed = failed_attempts(view)
    first = next((one for one in failed if one.attempt is not None), None)
    if first is not None and first.attempt is not None:
        yield f"### First failure: {_title(first, redactor)}"
        yield _fenced(redactor.text(first.attempt.error).split("\n"), _LONGEST_TEXT)
    for one in failed:
        yield _output_of(one, view, redactor, with_error=one is not first)


def _table(view: SessionView, redactor: Redactor) -> str:
    rows = ["| State | Tier | Step | Attempt | Took | Lines |", "|:--|:--|:--|--:|--:|--:|"]
    for step in view.session.steps[:_ROWS]:
        state = step_state(step, view.state)
        lines = f"{step.lines:,}" + (f" ({step.stderr_lines:,} stderr)" if step.stderr_lines else "")
        cells = [
            f"{GLYPHS[state.value]} {state_word(state)}",
            tier_name(step.tier, view.session).removeprefix("tier "),
            _code(redactor, step.name),
            str(step.attempt or "–"),
            took(step, view),
            lines,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    table = "\n".join(rows)
    more = len(view.session.steps) - _ROWS
    return table if more <= 0 else f"{table}\n\n{count(more, 'more step')} left out of this table."


def _title(failed: FailedAttempt, redactor: Redactor) -> str:
    name = _code(redactor, failed.step.name)
    if failed.step.occurrence > 1:
        name += f" (run {failed.step.occurrence})"
    if failed.attempt is None:
        return f"{name}, interrupted"
    code = failed.attempt.exit_code
    return f"{name}, attempt {failed.attempt.number}" + ("" if code is None else f", exit code {code}")


def _output_of(failed: FailedAttempt, view: SessionView, redactor: Redactor, *, with_error: bool) -> str:
    """The title, the error and the last lines, as one block: none may stand alone."""
    lines = failed.end_line - failed.first_line
    first = max(failed.first_line, failed.end_line - _LAST_LINES)
    what = f"last {_LAST_LINES} of {count(lines, 'line')}" if lines > _LAST_LINES else count(lines, "line")
    shown = StepOutput(view, failed.step, redactor).lines(first, failed.end_line)
    texts = [("! " if line.is_stderr else "") + line.text for line in shown]
    title = f"#### {_title(failed, redactor)}: {what if lines else 'no output'}"
    parts = [title]
    if with_error and failed.attempt is not None and failed.attempt.error:
        parts.append(_fenced(redactor.text(failed.attempt.error).split("\n"), _LONGEST_LINE))
    if texts:
        parts.append(_fenced(texts, _LONGEST_LINE))
    return "\n\n".join(parts)


def _code(redactor: Redactor, text: str) -> str:
    """A text of the log within a line, also one of a table."""
    safe = cut(safe_plain(redactor.text(text)), _LONGEST_NAME)
    if not safe.strip():
        return "(empty)"
    if _NEEDS_ENTITIES.search(safe) is None:
        return f"`{safe}`"
    return f"<code>{_ASCII_PUNCTUATION.sub(lambda found: f'&#{ord(found[0])};', safe)}</code>"


def _fenced(lines: list[str], longest_line: int) -> str:
    safe = [cut(safe_plain(line, newline="⏎"), longest_line) for line in lines[:_ROWS]]
    if len(lines) > _ROWS:
        safe.append(f"… ({count(len(lines) - _ROWS, 'more line')})")
    fence = "`" * max([3, *(len(run) + 1 for line in safe for run in _BACKTICKS.findall(line))])
    return "\n".join([f"{fence}text", *safe, fence])
