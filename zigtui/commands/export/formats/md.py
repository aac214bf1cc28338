"""Markdown, to paste into a pull request or an issue.

All text of the log is in code spans and fenced blocks, where nothing is markup, a mention or a link.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from zigtui import __version__
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.export.failures import FailedAttempt, failed_attempts
from zigtui.commands.export.session_facts import cut_off, redacted_error, step_counts, utc_time
from zigtui.commands.export.step_output import StepOutput
from zigtui.commands.reading.pass_selection import Part, SelectedPasses
from zigtui.reader.text.safe_text import safe_plain, safe_short
from zigtui.redacted.start import redacted_lines, redacted_start
from zigtui.wording.amounts import count, usage_in_full
from zigtui.wording.durations import duration
from zigtui.wording.errors import NO_MESSAGE, error_in_full
from zigtui.wording.signs import session_sign, step_sign
from zigtui.wording.states import sign_of
from zigtui.wording.step_times import step_time
from zigtui.wording.text_fit import SEPARATOR
from zigtui.wording.tiers import tier_name

if TYPE_CHECKING:
    from zigtui.redacted.text_redactor import TextRedactor

__all__ = ["exporter"]

_MAX_CHARACTERS = 55_000  # GitHub takes comments of up to 65,536; not a limit if the user has chosen the lines
_LAST_LINES = 20
_MAX_NAME = 120
_MAX_LINE = 400
_MAX_TEXT = 2_000
_MAX_ROWS = 200

# These need entities: a backtick ends a code span, and a bar ends a table cell even inside a code span.
_NEEDS_ENTITIES = re.compile(r"[`|\\]")
_ASCII_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_BACKTICKS = re.compile("`+")


class _Comment:
    """Writes blocks of Markdown as long as the report fits into a comment."""

    def __init__(self, report: Report) -> None:
        self._write = report.out.write
        self._limit = _MAX_CHARACTERS if report.most_lines is None else sys.maxsize
        self._written = self._skipped = 0
        self.left_out = 0

    @property
    def is_full(self) -> bool:
        """Whether so much has been left out that it is not worth trying smaller blocks."""
        return self._skipped > self._limit

    def add(self, block: str) -> None:
        """Write a block if it fits. It is never cut off, or a fence would stay open."""
        if self._written + len(block) > self._limit:
            self._skipped += len(block)
            self.left_out += 1
        else:
            self._write(block + "\n\n")
            self._written += len(block) + 2


def _write(report: Report) -> None:
    comment = _Comment(report)
    described = _described_failure(report)
    for block in _summary(report, described):  # the most important blocks come first
        comment.add(block)
    for part in report.passes.newest_first():
        failed = failed_attempts(part.snapshot)
        if comment.is_full:
            comment.left_out += len(failed)
        elif failed:
            _add_outputs(comment, report, part, failed, described)
    if comment.left_out:
        parts = count(comment.left_out, "part")
        report.out.write(f"_{parts} left out: the report would be too long for a comment._\n\n")
    note = " Secrets of known forms are masked: read it before you post it." if report.is_redacted else ""
    report.out.write(f"_Made by zigtui {__version__}. Output lines that begin with `! ` are standard error.{note}_\n")


def _add_outputs(
    comment: _Comment,
    report: Report,
    part: Part,
    failed: Sequence[FailedAttempt],
    described: tuple[Part, FailedAttempt] | None,
) -> None:
    """Add the output of the failed attempts of a part, as long as there is room."""
    outputs: dict[int, StepOutput] = {}  # by the serial; attempts of a step continue in the same one
    with report.log.line_table(part.snapshot.session) as table:
        for number, one in enumerate(failed):
            if comment.is_full:
                comment.left_out += len(failed) - number
                break
            serial = one.step.serial
            if serial not in outputs:
                outputs[serial] = StepOutput(table, one.step, report.redactor, _MAX_LINE)
            with_error = described is None or one != described[1]
            comment.add(_output_of(one, report, outputs[serial], with_error=with_error))


def _described_failure(report: Report) -> tuple[Part, FailedAttempt] | None:
    """The last failed attempt, which the summary describes; of a listener, that of the last pass with one."""
    for part in report.passes.newest_first():
        for one in reversed(failed_attempts(part.snapshot)):
            if one.attempt is not None:
                return part, one
    return None


def _summary(report: Report, described: tuple[Part, FailedAttempt] | None) -> Iterator[str]:
    snapshot, redactor = report.snapshot, report.redactor
    session, sign = snapshot.session, session_sign(snapshot)
    name = _code(redactor, session.workflow_name) if session.started else "Unreadable session"
    yield f"## {sign.glyph} {name}: {sign.word}"
    facts = [
        f"**{sign_of(snapshot.state).word.capitalize()}** after {duration(snapshot.elapsed_ms)}",
        f"started {utc_time(session.started_at)}",
        report.passes.totals() if report.passes.is_divided else f"steps: {step_counts(snapshot)}",
        count(session.lines, "line") + " of output",
        usage_in_full(session.usage),
    ]
    yield SEPARATOR.join(filter(None, facts))
    error = redacted_error(snapshot, redactor)
    if error is not None:
        line = _code_span(safe_short(error, _MAX_LINE) or NO_MESSAGE)
        yield f"Failed in {_code(redactor, session.failed_step or '')}: {line}"
    identity = [f"Session {_code(redactor, snapshot.location.name)}"]
    if session.workflow_path:
        identity.append(f"workflow {_code(redactor, session.workflow_path)}")
    if session.cwd:
        identity.append(f"in {_code(redactor, session.cwd)}")
    yield SEPARATOR.join(identity)
    if session.prompt:
        yield "Prompt:"
        yield _text(session.prompt, redactor, _MAX_TEXT)
    if left_out := report.passes.left_out():
        yield f"_In this report: {left_out}._"
    if report.passes.steps:
        yield _table(report.passes, redactor)
    if described is not None:
        part, first = described
        of_pass = "" if part.run is None else f" of pass {part.run.number:,}"
        yield f"### Last failure{of_pass}: {_title(first, redactor)}"
        yield _text("" if first.attempt is None else error_in_full(first.attempt.error), redactor, _MAX_TEXT)


def _table(passes: SelectedPasses, redactor: "TextRedactor") -> str:
    """The steps as a table; those of a listener by passes, the newest first."""
    columns = ["State", *(["Pass"] if passes.is_divided else []), "Tier", "Step", "Attempt", "Took", "Lines"]
    rows = [f"| {' | '.join(columns)} |", f"|{':--|' * (len(columns) - 3)}--:|--:|--:|"]
    steps = ((part, step) for part in passes.newest_first() for step in part.snapshot.session.steps)
    for part, step in islice(steps, _MAX_ROWS):
        snapshot = part.snapshot
        sign = step_sign(step, snapshot)
        lines = f"{step.lines:,}" + (f" ({step.stderr_lines:,} stderr)" if step.stderr_lines else "")
        cells = [
            f"{sign.glyph} {sign.word}",
            *([f"{part.run.number:,}"] if part.run is not None else []),
            tier_name(snapshot.session.tier_of(step), part.run, part.snapshot.session).removeprefix("tier "),
            _code(redactor, step.name),
            str(step.attempt or "–"),
            step_time(step, snapshot),
            lines,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    table = "\n".join(rows)
    more = passes.steps - _MAX_ROWS
    return table if more <= 0 else f"{table}\n\n{count(more, 'more step')} left out of this table."


def _title(failed: FailedAttempt, redactor: "TextRedactor") -> str:
    name = _code(redactor, failed.step.name)
    if failed.step.occurrence > 1:
        name += f" (run {failed.step.occurrence})"
    if failed.attempt is None:
        return f"{name}, interrupted"
    code = failed.attempt.exit_code
    return f"{name}, attempt {failed.attempt.number}" + ("" if code is None else f", exit code {code}")


def _output_of(failed: FailedAttempt, report: Report, output: StepOutput, *, with_error: bool) -> str:
    """The title, the error and the last lines of an attempt, in one block so that they are left out only together."""
    lines = failed.end_line - failed.first_line
    shown = min(lines, _LAST_LINES if report.most_lines is None else report.most_lines)
    what = f"last {shown} of {count(lines, 'line')}" if lines > shown else count(lines, "line")
    redactor = report.redactor
    parts = [f"#### {_title(failed, redactor)}: {what if lines else 'no output'}"]
    if with_error and failed.attempt is not None:
        parts.append(_text(error_in_full(failed.attempt.error), redactor, _MAX_LINE))
    texts = [
        ("! " if line.is_stderr else "") + _line(line.text, line.rest, most=_MAX_LINE)
        for line in output.lines(failed.end_line - shown, failed.end_line)
    ]
    if texts:
        parts.append(_fenced(texts))
    return "\n\n".join(parts)


def _code(redactor: "TextRedactor", text: str) -> str:
    """A text of the log as a code span, for use inside a line or a table cell."""
    safe = _line(*redacted_start(redactor.text, text, _MAX_NAME), most=_MAX_NAME)
    return _code_span(safe)


def _code_span(safe: str) -> str:
    if not safe.strip():
        return "(empty)"
    if _NEEDS_ENTITIES.search(safe) is None:
        return f"`{safe}`"
    return f"<code>{_ASCII_PUNCTUATION.sub(lambda found: f'&#{ord(found[0])};', safe)}</code>"


def _text(text: str, redactor: "TextRedactor", most: int) -> str:
    """The first lines of a text of the log, each cut off, in a fence."""
    starts, more = redacted_lines(redactor.stream(), text, most, _MAX_ROWS)
    lines = [_line(*start, most=most) for start in starts]
    return _fenced([*lines, f"… ({count(more, 'more line')})"] if more else lines)


def _line(text: str, rest: int, *, most: int) -> str:
    return cut_off(safe_plain(text), most, rest)


def _fenced(lines: list[str]) -> str:
    """Safe lines in a fence."""
    fence = "`" * max([3, *(len(run) + 1 for line in lines for run in _BACKTICKS.findall(line))])
    return "\n".join([f"{fence}text", *lines, fence])


exporter = Exporter("Markdown for a pull request or an issue", redacts=True, write=_write, leaves_out_lines=True)
