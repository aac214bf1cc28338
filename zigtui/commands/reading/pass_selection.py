"""The passes of a session that a command prints: by default the last one and the failed ones."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import click
from click.shell_completion import CompletionItem

from zigtui.reader.session.log_parts import parts_of
from zigtui.reader.session.model.pass_lookup import next_pass, pass_run
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import StepState
from zigtui.reader.session.session_log import SessionLog
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.reader.session.states.pass_state import only_pass
from zigtui.wording.states import sign_of

__all__ = ["BY_DEFAULT", "MOST_FAILED", "Part", "PassChoice", "SelectedPasses", "pass_option"]

Command = TypeVar("Command", bound=Callable[..., object])

MOST_FAILED = 100
"""The number of failed passes that are printed for people by default: the newest ones."""


class PassChoice(NamedTuple):
    """The passes that the user has asked for.

    Attributes:
        kind: ``default`` for the last one and the failed ones, ``all``, ``failed`` or ``number``.
        number: the number of the pass, if only one was asked for.
    """

    kind: str = "default"
    number: int = 0


BY_DEFAULT = PassChoice()
"""What is printed if the user has not asked for other passes."""


class Part(NamedTuple):
    """A pass that is printed.

    Attributes:
        run: the pass; None if the session is not divided into passes.
        snapshot: the session with the tiers, steps and failures of this pass only.
    """

    run: PassRun | None
    snapshot: SessionSnapshot


class SelectedPasses:
    """The passes of a session that are printed, in the order of the log. Only one is in memory at a time.

    A session that has not proved to be a listener is one part.

    Args:
        log: the session's log, read to its end.
        snapshot: the session.
        choice: the passes that the user has asked for.
        most_failed: the largest number of failed passes by default; None for all of them.

    Attributes:
        log: the session's log.
        snapshot: the session.
        total: the number of passes of the session; 0 if it has not proved to be a listener.
        is_divided: whether the session has proved to be a listener, so that it is printed by passes.
        failed_left_out: the number of failed passes that are not printed by default.
        numbers: the numbers of the passes that are printed, in ascending order.

    Raises:
        click.UsageError: if the session has no such pass.
    """

    def __init__(
        self,
        log: SessionLog,
        snapshot: SessionSnapshot,
        choice: PassChoice = BY_DEFAULT,
        *,
        most_failed: int | None = None,
    ) -> None:
        self.log = log
        self.snapshot = snapshot
        session = snapshot.session
        self.total = session.pass_count
        self.is_divided = self.total > 1
        self._choice = choice
        only = None if self.is_divided else only_pass(session, snapshot.state)
        existing = self.total if self.is_divided else session.passes.total
        if choice.kind == "number" and not 1 <= choice.number <= existing:
            has = "no pass" if not existing else f"{existing:,} pass{'es' if existing > 1 else ''}"
            raise click.UsageError(f"there is no pass {choice.number:,}: the session has {has}")
        self._is_shown = choice.kind != "failed" or (only is not None and only.is_failed)
        self.failed_left_out = 0
        self.numbers = self._selected(most_failed)

    def _selected(self, most_failed: int | None) -> Sequence[int]:
        choice, session = self._choice, self.snapshot.session
        match choice.kind:
            case "all":
                return range(1, self.total + 1)
            case "number":
                return (choice.number,)
        past = session.past
        failed = [1 + past.failed_pass(number) for number in range(past.failed)]
        failed += [run.number for run in session.recent if run.is_failed]  # even if it may be retried
        if choice.kind == "failed":
            return failed
        if self.total and failed[-1:] == [self.total]:
            failed.pop()
        if most_failed is not None and len(failed) > most_failed:
            self.failed_left_out = len(failed) - most_failed
            del failed[: self.failed_left_out]
        return [*failed, self.total]

    def __iter__(self) -> Iterator[Part]:
        return self._parts(self.numbers)

    def newest_first(self) -> Iterator[Part]:
        """The passes in reverse order."""
        return self._parts(reversed(self.numbers))

    def _parts(self, numbers: Iterable[int]) -> Iterator[Part]:
        if not self.is_divided:
            if self._is_shown:
                yield Part(None, self.snapshot)
            return
        for run, part in parts_of(self.log, self.snapshot, numbers):
            yield Part(run, part)

    def _run(self, number: int) -> PassRun:
        run = pass_run(self.snapshot.session, number)
        assert run is not None
        return run

    @property
    def steps(self) -> int:
        """The number of step runs of these passes."""
        if not self.is_divided:
            return len(self.snapshot.session.steps) if self._is_shown else 0
        return sum(self._run(number).step_count for number in self.numbers)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the session is left out."""
        return self._is_shown and (not self.is_divided or len(self.numbers) == self.total)

    def ranges(self) -> Iterator[tuple[PassRun | None, int, int | None]]:
        """The parts of the log with the start of the session and these passes: where each begins and ends, in bytes.

        The pass is None for the start, and for a session that is not divided into passes. The end is None for the end
        of the log.
        """
        session = self.snapshot.session
        if not self.is_divided:
            if self._is_shown:
                yield None, 0, None
            return
        yield None, 0, self._run(1).offset
        for number in self.numbers:
            run = self._run(number)
            following = next_pass(session, run)
            yield run, run.offset, None if following is None else following.offset

    def runs(self) -> Iterator[PassRun]:
        """All full passes of the session."""
        session = self.snapshot.session
        if self.is_divided:
            yield from map(self._run, range(1, session.passes.total + 1))
        elif (run := only_pass(session, self.snapshot.state)) is not None:
            yield run

    # Words

    def totals(self) -> str:
        """The number of passes and of steps by state: 5,000 passes, 52 failed; steps: 14,896 succeeded, 52 failed."""
        failed = self.snapshot.passes.failed
        counted = self.snapshot.count_steps()
        steps = ", ".join(f"{counted[state]:,} {sign_of(state).word}" for state in StepState if counted[state])
        return f"{self.total:,} passes, {failed:,} failed; steps: {steps or 'none'}"

    def left_out(self) -> str:
        """Which passes are shown, and how to get the others; empty if all are."""
        if not self.is_divided or self.is_whole:
            return ""
        match self._choice:
            case PassChoice("number", number):
                return f"pass {number:,} only"
            case PassChoice("failed"):
                return "the failed passes only" if self.numbers else "no pass failed"
        failed = len(self.numbers) - 1
        if not failed:
            return "the last pass; --pass all has all of them"
        newest = f"{failed:,} newest" if self.failed_left_out else f"{failed:,}"
        rest = f"--pass failed has {self.failed_left_out:,} more, " if self.failed_left_out else ""
        return f"the last pass and the {newest} failed before it; {rest}--pass all has all of them"


def pass_option(command: Command) -> Command:
    """The option ``--pass`` of a command, as the argument ``pass_choice``."""
    return click.option(
        "--pass",
        "pass_choice",
        callback=_parse,
        shell_complete=_complete,
        metavar="N|all|failed",
        help="Only pass N of a session of many passes, all of them, or those that failed."
        "  [default: the last one, and those that failed]",
    )(command)


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word) for word in ("all", "failed") if word.startswith(incomplete)]


def _parse(context: click.Context, parameter: click.Parameter, value: str | None) -> PassChoice:
    if value is None:
        return BY_DEFAULT
    word = value.strip().lower()
    if word in ("all", "failed"):
        return PassChoice(word)
    digits = word.replace(",", "")  # reports have 5,000
    if re.fullmatch("[0-9]{1,18}", digits) and int(digits):
        return PassChoice("number", int(digits))
    raise click.BadParameter(f"{value!r} is not a pass; write its number, 'all' or 'failed'")
