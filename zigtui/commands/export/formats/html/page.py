"""HTML: a self-contained web page, which needs no network and no other file.

Text of the log can only become text of the page. It is made safe and escaped, and is never part of an attribute, a
style or a link. A policy in the page forbids everything but its own style sheet and script.
"""

import base64
import hashlib
import html
import re
from collections import Counter
from functools import lru_cache
from importlib.resources import files

from zigtui import __version__
from zigtui.commands.export.exporter import Exporter, Report
from zigtui.commands.export.formats.html.fragments import fact_list, row, sign_html, state_html, usage_row
from zigtui.commands.export.formats.html.log_colours import span_html
from zigtui.commands.export.formats.html.timeline import Timeline
from zigtui.commands.export.session_facts import cut_off, redacted_error, step_counts, utc_time
from zigtui.commands.export.step_output import StepOutput
from zigtui.commands.reading.pass_selection import Part
from zigtui.reader.session.model.pass_lookup import preview_of
from zigtui.reader.session.model.session import Attempt, StepRun, StepState, TierRun
from zigtui.reader.text.safe_text import safe_plain, safe_short, safe_spans
from zigtui.redacted.start import SHORT, redacted_lines, redacted_start
from zigtui.wording.amounts import count
from zigtui.wording.durations import duration
from zigtui.wording.errors import NO_MESSAGE, error_in_full
from zigtui.wording.signs import ENDED_EARLY_IN_FULL, session_sign, step_sign
from zigtui.wording.states import sign_of
from zigtui.wording.step_times import step_time
from zigtui.wording.tiers import tier_name

__all__ = ["FIRST_LINES", "LAST_LINES", "MAX_LINES", "exporter"]

FIRST_LINES = 1000
LAST_LINES = 4000
MAX_LINES = 50_000
"""The most output lines in the page. It has the first and the last lines of each step, fewer of them if necessary."""

_FEWEST_LINES = 20
_MAX_LINE = 10_000
_MAX_ERROR = 400  # of the summary
_MAX_TEXT_LINES = 2_000  # of a prompt or an error
_ONE_COLUMN = 24  # characters; a longer text takes two columns
_MAX_PROBLEMS = 100
_LEGEND = (
    "<p>A ring marks a failed attempt. In a tier of several steps, a bar is pale from the step's last output to its"
    " recorded end. Where such a step has two times, the first one ends with its last output, the second one with its"
    " recorded end. Lines with an exclamation mark are standard error.</p>\n"
)
_OPENED = (StepState.FAILED, StepState.INTERRUPTED)


def _write(report: Report) -> None:
    _Page(report).write_all()


def _lines_of_a_step(lines: list[int]) -> int:
    """The most lines of a step that are written, given how many lines the steps have printed."""
    shown = FIRST_LINES + LAST_LINES
    steps_with = Counter(lines)  # many steps print as many lines
    while shown > _FEWEST_LINES and sum(min(shown, size) * steps for size, steps in steps_with.items()) > MAX_LINES:
        shown = max(_FEWEST_LINES, shown * 3 // 4)
    return shown


def _skeleton() -> tuple[str, str]:
    """The parts of the page before and after its content. The policy has the hashes of style sheet and script."""
    page = (files("zigtui.commands.export.formats.html") / "page.html").read_text(encoding="utf-8")
    style, script = (_hash(page, tag) for tag in ("style", "script"))
    policy = f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
    start, _, end = page.replace("{policy}", policy, 1).partition("{content}\n")
    return start, end


def _hash(page: str, tag: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    assert found is not None
    return f"'sha256-{base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()}'"


class _Page:
    def __init__(self, report: Report) -> None:
        snapshot = report.snapshot
        self._snapshot = snapshot
        self._redactor = report.redactor
        self._is_redacted = report.is_redacted
        self._write = report.out.write
        # Many steps have the same name, model and command.
        self._text = lru_cache(maxsize=1024)(self._one_line)
        self._text_row = lru_cache(maxsize=1024)(self._row_of_texts)
        self._log, self._passes = report.log, report.passes
        lines = [step.lines for part in report.passes for step in part.snapshot.session.steps]
        self._is_single_step = len(lines) == 1
        shown = _lines_of_a_step(lines) if report.most_lines is None else report.most_lines
        self._first_lines = shown * FIRST_LINES // (FIRST_LINES + LAST_LINES)
        self._last_lines = shown - self._first_lines
        self._left_out = sum(max(0, of_step - shown) for of_step in lines)

    def write_all(self) -> None:
        start, end = _skeleton()
        session = self._snapshot.session
        name = self._text(session.workflow_name) if session.started else "Unreadable session"
        self._write(start.replace("{title}", f"{name}: {sign_of(self._snapshot.state).word}", 1))
        self._write_header(name)
        self._write("<main>\n")
        for part in self._passes:
            with self._log.line_table(part.snapshot.session) as self._table:
                self._write_part(part)
        self._write_problems()
        note = (
            " Secrets of known forms are masked; others may be left." if self._is_redacted else " Nothing is redacted."
        )
        note += " A report with --lines all leaves out no line." if self._left_out else ""
        self._write(
            f"</main>\n<footer>{_LEGEND if self._passes.steps else ''}Made by zigtui {__version__}.{note}</footer>\n"
        )
        self._write(end)

    def _one_line(self, text: str) -> str:
        """A text of the log as one line of HTML."""
        if len(text) <= SHORT:  # as most are
            return html.escape(cut_off(safe_plain(self._redactor.text(text)), _MAX_LINE))
        start, rest = redacted_start(self._redactor.text, text, _MAX_LINE)
        return html.escape(cut_off(safe_plain(start), _MAX_LINE, rest))

    def _lines(self, text: str) -> str:
        """A text of the log as HTML, with its line breaks."""
        starts, more = redacted_lines(self._redactor.stream(), text, _MAX_LINE, _MAX_TEXT_LINES)
        lines = [html.escape(cut_off(safe_plain(start), _MAX_LINE, rest)) for start, rest in starts]
        return "\n".join([*lines, f"… ({count(more, 'more line')})"] if more else lines)

    def _write_header(self, name: str) -> None:
        session, snapshot = self._snapshot.session, self._snapshot
        passes = self._passes
        lines_left_out = f", {self._left_out:,} left out" if self._left_out else ""
        passes_left_out = passes.left_out()
        facts = fact_list(
            row("Started", utc_time(session.started_at)),
            row("Took", duration(snapshot.elapsed_ms)),
            row("Passes", passes.totals()) if passes.is_divided else row("Steps", step_counts(snapshot)),
            row("In this report", passes_left_out) if passes_left_out else "",
            row("Output", count(session.lines, "line") + lines_left_out),
            usage_row(session.usage),
            self._text_row("Workflow file", session.workflow_path),
            self._text_row("Directory", session.cwd),
            self._text_row("Session", snapshot.location.name),
        )
        sign = sign_html(session_sign(snapshot))
        self._write(f'<header>\n<h1>{name}</h1>\n<p class="lead">{sign}</p>\n{facts}')
        error = redacted_error(snapshot, self._redactor)
        if error is not None:
            step, text = self._text(session.failed_step or ""), html.escape(safe_short(error, _MAX_ERROR) or NO_MESSAGE)
            self._write(f'<p class="prompt">Failed in {step}: {text}</p>\n')
        if session.prompt:
            self._write(f'<p class="prompt">{self._lines(session.prompt)}</p>\n')
        left_out = f' data-left-out="{count(self._left_out, "line")}"' if self._left_out else ""
        self._write(
            f'<div id="search" role="search"{left_out} hidden>'
            '<label>Find in the output <input id="find" type="search"></label>'
            '<label><input id="only" type="checkbox"> Only these lines</label>'
            '<span id="status" class="muted" role="status"></span></div>\n</header>\n'
        )

    def _row_of_texts(self, name: str, *texts: str | None) -> str:
        """A row of facts that are texts of the log; empty if none is known.

        Each text is redacted by itself: with other words around it, a secret may not be found.
        """
        known = [text for text in texts if text]
        if not known:
            return ""
        width = ' class="wide"' if len(", ".join(known)) > _ONE_COLUMN else ""
        return row(name, ", ".join([self._one_line(text) for text in known]), width)

    def _write_part(self, part: Part) -> None:
        """Write a pass, or a session that is not divided into passes."""
        self._snapshot, self._timeline = part.snapshot, Timeline(part)
        run = part.run
        if run is not None:
            state = part.snapshot.pass_state(run)
            preview = preview_of(part.snapshot.session, run)
            about = f" <small>{self._text(preview)}</small>" if preview else ""
            early = f" <small>{ENDED_EARLY_IN_FULL}</small>" if run.ended_early else ""
            times = f"{duration(part.snapshot.pass_elapsed_ms(run))}, {utc_time(run.started_at)}"
            self._write(
                f'<section class="pass"><div class="tier-line"><h2>Pass {run.number:,}{about}{early}</h2>'
                f'{state_html(state)}<span class="muted">{times}</span></div></section>\n'
            )
        if part.snapshot.session.tiers:
            self._write(self._timeline.axis())
        for tier in part.snapshot.session.tiers:
            self._write_tier(tier, part)

    def _write_tier(self, tier: TierRun, part: Part) -> None:
        snapshot = part.snapshot
        state = snapshot.tier_state(tier)
        elapsed = snapshot.tier_elapsed_ms(tier)
        title = tier_name(tier, part.run, part.snapshot.session).capitalize()
        self._write(
            f'<section><div class="tier-line"><h2>{title}</h2>{state_html(state)}'
            f'<span class="muted">{duration(elapsed)}</span></div>\n<div class="steps">\n'
        )
        for step in snapshot.session.steps_of(tier):
            self._write_step(step)
        self._write("</div></section>\n")

    def _write_step(self, step: StepRun) -> None:
        snapshot = self._snapshot
        state = snapshot.step_state(step)
        name = self._text(step.name) or "<span class=muted>(no name)</span>"
        if step.attempt > 1:
            name += f" <small>attempt {step.attempt}</small>"
        is_open = state in _OPENED or (self._is_single_step and step.lines > 0)
        facts = fact_list(
            "" if step.started_at is None else row("Started", utc_time(step.started_at)),
            "" if step.exit_code is None else row("Exit code", str(step.exit_code)),
            row("On standard error", count(step.stderr_lines, "line")) if step.stderr_lines else "",
            usage_row(step.usage),
            self._text_row("Model", step.model) if step.model else "",
            self._text_row("Agent command", step.zag_command) if step.zag_command else "",
            self._row_of_texts("Agent session", step.zag_session_id) if step.zag_session_id else "",
            self._text_row("Saved", *step.saved_vars) if step.saved_vars else "",
            self._text_row("Reason", step.reason) if step.reason else "",
            self._text_row("Prompt", step.prompt_preview) if step.prompt_preview else "",
        )
        took = step_time(step, snapshot, secs_to_last_output=self._timeline.secs_to_last_output(step))
        self._write(
            f"<details{' open' if is_open else ''}><summary>{sign_html(step_sign(step, snapshot))}"
            f'<span class="name">{name}</span>{self._timeline.bar(step)}'
            f'<span class="num took">{took}</span>'
            f'<span class="num">{count(step.lines, "line")}</span></summary>\n<div class="body">\n{facts}'
        )
        self._write_output(step)
        self._write("</div></details>\n")

    def _write_output(self, step: StepRun) -> None:
        attempts, lines = step.attempts, step.lines
        if not lines and not attempts:
            return
        output = StepOutput(self._table, step, self._redactor, _MAX_LINE)
        self._write(f'<div class="log" role="group" aria-label="Output of step {step.serial + 1}" tabindex="0">\n')
        first = 0
        for attempt in attempts:
            self._write_lines(output, lines, first, max(first, attempt.lines))
            self._write_failure(attempt)
            first = max(first, attempt.lines)
        self._write_lines(output, lines, first, lines)
        self._write("</div>\n")

    def _write_lines(self, output: StepOutput, lines: int, first: int, end: int) -> None:
        if end <= self._first_lines:  # as for most steps
            self._write_list(output, first, end)
            return
        gap_start, gap_end = self._first_lines, max(self._first_lines, lines - self._last_lines)
        self._write_list(output, first, min(end, gap_start))
        left_out = min(end, gap_end) - max(first, gap_start)
        if left_out > 0:
            self._write(f'<p class="gap">{count(left_out, "line")} left out</p>\n')
        self._write_list(output, max(first, gap_end), end)

    def _write_list(self, output: StepOutput, first: int, end: int) -> None:
        if first >= end:
            return
        write, escape = self._write, html.escape
        write('<ol class="out">')
        for number, is_stderr, text, rest in output.lines(first, end):
            if rest or len(text) > _MAX_LINE:
                text = cut_off(text, _MAX_LINE, rest)
            spans = escape(text) if text.isprintable() else "".join(map(span_html, safe_spans(text)))
            kind = ' class="e"' if is_stderr else ""
            write(f'<li value="{number + 1}"{kind}>{spans}</li>\n')
        write("</ol>\n")

    def _write_failure(self, attempt: Attempt) -> None:
        code = "" if attempt.exit_code is None else f", exit code {attempt.exit_code}"
        sign = sign_of(StepState.FAILED)
        self._write(
            f'<div class="note"><span class="state {sign.severity}"><i aria-hidden="true">{sign.glyph}</i>'
            f'Attempt {attempt.number} failed</span><span class="muted">{code}, {utc_time(attempt.failed_at)}</span>'
            f"<pre>{self._lines(error_in_full(attempt.error))}</pre></div>\n"
        )

    def _write_problems(self) -> None:
        problems = self._snapshot.problems
        if problems:
            lines = "\n".join(f"line {one.line}: {self._text(one.detail)}" for one in problems[:_MAX_PROBLEMS])
            more = self._snapshot.problem_count - min(len(problems), _MAX_PROBLEMS)
            lines += "" if more <= 0 else f"\n… ({more:,} more)"
            self._write(f'<section><h2>Problems of the log</h2><div class="note"><pre>{lines}</pre></div></section>\n')


exporter = Exporter("a web page of its own, to search and to print", redacts=True, write=_write, leaves_out_lines=True)
