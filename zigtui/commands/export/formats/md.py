"""Markdown, to paste into a pull request or an issue.

All text of the log is in code spans and fenced blocks, where nothing is markup, a mention or a link.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from zigtui import __version__
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.export.failures import FailedAttempt, failed_attempts
from zigtui.commands.export.session_facts import cut_off, step_counts, tier_name, utc_time
from zigtui.commands.export.step_output import StepOutput
from zigtui.reader.safe_text import safe_plain
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.amounts import count, usage_in_full
from zigtui.wording.durations import duration
from zigtui.wording.states import sign_of
from zigtui.wording.step_times import step_time

if TYPE_CHECKING:
    from zigtui.commands.redaction import Redactor

__all__ = ["exporter"]

_MAX_CHARACTERS = 55_000  # GitHub takes comments of up to 65,536
_LAST_LINES = 20
_MAX_NAME = 120
_MAX_LINE = 400
_MAX_TEXT = 2_000
_MAX_ROWS = 200

# These need entities: a backtick ends a code span, and a bar ends a table cell even inside a code span.
_NEEDS_ENTITIES = re.compile(r"[`|\\]")
_ASCII_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_BACKTICKS = re.compile("`+")


def _write(report: Report) -> None:
    write = report.out.write
    written = 0
    left_out = 0
    for block in _blocks(report):
        # The most important blocks come first. They are never cut off, or a fence would stay open.
        if written + len(block) > _MAX_CHARACTERS:
            left_out += 1
            continue
        write(block + "\n\n")
        written += len(block) + 2
    if left_out:
        write(f"_{count(left_out, 'part')} left out: the report would be too long for a comment._\n\n")
    note = " Secrets of known forms are masked: read it before you post it." if report.is_redacted else ""
    write(f"_Made by zigtui {__version__}. Output lines that begin with `! ` are standard error.{note}_\n")


def _blocks(report: Report) -> Iterator[str]:
    snapshot, redactor = report.snapshot, report.redactor
    session, state = snapshot.session, snapshot.state
    name = _code(redactor, session.workflow_name) if session.started else "Unreadable session"
    sign = sign_of(state)
    yield f"## {sign.glyph} {name}: {sign.word}"
    facts = [
        f"**{sign.word.capitalize()}** after {duration(snapshot.elapsed_ms)}",
        f"started {utc_time(session.started_at)}",
        f"steps: {step_counts(snapshot)}",
        count(session.lines, "line") + " of output",
        usage_in_full(session.usage),
    ]
    yield " · ".join(filter(None, facts))
    identity = [f"Session {_code(redactor, snapshot.location.session_id)}"]
    if session.workflow_path:
        identity.append(f"workflow {_code(redactor, session.workflow_path)}")
    if session.cwd:
        identity.append(f"in {_code(redactor, session.cwd)}")
    yield " · ".join(identity)
    if session.prompt:
        yield "Prompt:"
        yield _fenced(redactor.text(session.prompt).split("\n"), _MAX_TEXT)
    if session.steps:
        yield _table(snapshot, redactor)
    failed = failed_attempts(snapshot)
    first = next((one for one in failed if one.attempt is not None), None)
    if first is not None and first.attempt is not None:
        yield f"### First failure: {_title(first, redactor)}"
        yield _fenced(redactor.text(first.attempt.error).split("\n"), _MAX_TEXT)
    for one in failed:
        yield _output_of(one, report, with_error=one is not first)


def _table(snapshot: SessionSnapshot, redactor: "Redactor") -> str:
    rows = ["| State | Tier | Step | Attempt | Took | Lines |", "|:--|:--|:--|--:|--:|--:|"]
    for step in snapshot.session.steps[:_MAX_ROWS]:
        state = snapshot.step_state(step)
        sign = sign_of(state)
        lines = f"{step.lines:,}" + (f" ({step.stderr_lines:,} stderr)" if step.stderr_lines else "")
        cells = [
            f"{sign.glyph} {sign.word}",
            tier_name(snapshot.session.tier_of(step), snapshot.session).removeprefix("tier "),
            _code(redactor, step.name),
            str(step.attempt or "–"),
            step_time(step, snapshot),
            lines,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    table = "\n".join(rows)
    more = len(snapshot.session.steps) - _MAX_ROWS
    return table if more <= 0 else f"{table}\n\n{count(more, 'more step')} left out of this table."


def _title(failed: FailedAttempt, redactor: "Redactor") -> str:
    name = _code(redactor, failed.step.name)
    if failed.step.occurrence > 1:
        name += f" (run {failed.step.occurrence})"
    if failed.attempt is None:
        return f"{name}, interrupted"
    code = failed.attempt.exit_code
    return f"{name}, attempt {failed.attempt.number}" + ("" if code is None else f", exit code {code}")


def _output_of(failed: FailedAttempt, report: Report, *, with_error: bool) -> str:
    """The title, the error and the last lines of an attempt, in one block so that they are left out only together."""
    lines = failed.end_line - failed.first_line
    first = max(failed.first_line, failed.end_line - _LAST_LINES)
    what = f"last {_LAST_LINES} of {count(lines, 'line')}" if lines > _LAST_LINES else count(lines, "line")
    redactor = report.redactor
    shown = StepOutput(report.log, failed.step, redactor).lines(first, failed.end_line)
    texts = [("! " if line.is_stderr else "") + line.text for line in shown]
    title = f"#### {_title(failed, redactor)}: {what if lines else 'no output'}"
    parts = [title]
    if with_error and failed.attempt is not None and failed.attempt.error:
        parts.append(_fenced(redactor.text(failed.attempt.error).split("\n"), _MAX_LINE))
    if texts:
        parts.append(_fenced(texts, _MAX_LINE))
    return "\n\n".join(parts)


def _code(redactor: "Redactor", text: str) -> str:
    """A text of the log as a code span, for use inside a line or a table cell."""
    safe = cut_off(safe_plain(redactor.text(text)), _MAX_NAME)
    if not safe.strip():
        return "(empty)"
    if _NEEDS_ENTITIES.search(safe) is None:
        return f"`{safe}`"
    return f"<code>{_ASCII_PUNCTUATION.sub(lambda found: f'&#{ord(found[0])};', safe)}</code>"


def _fenced(lines: list[str], max_line: int) -> str:
    safe = [cut_off(safe_plain(line), max_line) for line in lines[:_MAX_ROWS]]
    if len(lines) > _MAX_ROWS:
        safe.append(f"… ({count(len(lines) - _MAX_ROWS, 'more line')})")
    fence = "`" * max([3, *(len(run) + 1 for line in safe for run in _BACKTICKS.findall(line))])
    return "\n".join([f"{fence}text", *safe, fence])


exporter = Exporter("Markdown for a pull request or an issue", redacts=True, write=_write)
