"""SessionListener and Pass: one session that handles many events, one after the other."""

from collections.abc import Iterable
from types import TracebackType

from writer._common.errors import SessionError, SignalExit, is_cancellation, warn
from writer._common.events import SessionStatus
from writer._common.not_copied import NotCopied
from writer._common.text import U32_MAX, Text, as_integer
from writer._session.coordinator import SessionCoordinator
from writer._session.session_writer import SessionWriter
from writer._steps.pass_state import PassState
from writer._steps.tier import Tier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self, Unpack

    from writer._session.coordinator import CoordinatorOptions

__all__ = ["Pass", "SessionListener"]


class SessionListener(SessionCoordinator):
    """A coordinator for a listener: a session that handles events one after the other, for as long as they come.

    Each event is a *pass*: one run of the whole workflow, whose tiers are numbered from 0 again. Nothing else
    in the log marks an event; between two events there are only heartbeats. To show people what an event was about, put
    it into the ``prompt`` of the first step.

    A failed pass does not end the session; see `Pass`. As a context manager, the listener ends the session with success
    when the events come to an end and the block is left, however many passes failed. Ctrl-C ends it with success too,
    and so does the cancellation of the asyncio task, which is what Ctrl-C becomes in ``asyncio.run``. Either is raised
    again after the block. So do the signals of ``end_on``. Any other exception ends the session with failure.

    Example:
        >>> writer = SessionWriter.create("echo-bot", "bot.py", tier_count=2)
        >>> with SessionListener.start(writer) as session:
        ...     for message in ["good morning", "good night"]:
        ...         with session.pass_() as current:
        ...             with current.tier(["parse"]) as tier, tier.step("parse", prompt=message) as step:
        ...                 step.output(f"{len(message)} characters")
        ...             with current.tier(["reply"]) as tier, tier.step("reply") as step:
        ...                 step.output(message)
        ...         if current.error is not None:
        ...             print("not handled:", current.error)
    """

    def __init__(self, writer: SessionWriter, **options: "Unpack[CoordinatorOptions]") -> None:
        """Start the heartbeats of ``writer``'s session.

        Args:
            writer: An open session without a coordinator. Its ``tier_count`` is that of one pass, and it has no prompt.
            **options: As for `SessionCoordinator`.

        Raises:
            ValueError: If the session has a prompt or no ``tier_count``, or an option is invalid.
            SessionError: If the session has ended, or already has a coordinator.
        """
        if writer._workflow.prompt is not None:
            raise ValueError("the session of a listener has no prompt: give that of an event to the steps of its pass")
        if writer._workflow.tier_count == 0:
            raise ValueError("the session of a listener needs a tier_count: the number of tiers of one pass")
        super().__init__(writer, **options)
        writer._log.has_passes = True
        self._current: Pass | None = None

    def pass_(self) -> "Pass":
        """Create the pass of one event, to use in a ``with`` statement; see `Pass`."""
        return Pass(self)

    def tier(self, step_names: Iterable[Text], *, tier_index: int | None = None) -> Tier:
        """Create a tier of the pass under way, as `Pass.tier` does.

        A function that runs a workflow with ``session.tier`` can therefore run it for each event of a listener.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If no pass is under way, or it has no more tiers.
        """
        current = self._current
        if current is None:
            raise SessionError("no pass is under way: use `with session.pass_()`", self._log.path)
        return current.tier(step_names, tier_index=tier_index)

    def __enter__(self) -> "Self":
        # An interrupt can end `__exit__` before its first line, for example when Ctrl-C ends a whole pipeline: the end
        # of the input and the signal come together. Nothing else can keep it from ending the session.
        self._ending.default = SessionStatus.SUCCESS
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SignalExit) or is_cancellation(error):
            super().__exit__(None, None, None)
        else:
            self._ending.default = SessionStatus.FAILURE
            super().__exit__(kind, error, trace)


class Pass(NotCopied):
    """One event of a listener: the workflow, run once; created by `SessionListener.pass_`.

    Entering the ``with`` block and leaving it records nothing: the format has no events for that. Do the work in the
    steps of tiers, as many tiers as the session's ``tier_count``. If an event does not need a tier, skip its steps:
    readers take a pass that ends before its last tier for a failed one. A pass without any tier leaves no trace.

    If a step fails, its exception is recorded as the failure of the step and ends the pass, but not the listener: the
    block of the pass holds it back, and `error` is that exception. To end the listener too, raise it again after the
    block. With several failed steps of asyncio tasks, `error` is the group of their exceptions.

    What no step has recorded is not held back, since nothing would show it: exceptions outside any step, Ctrl-C and
    other exceptions that are not an `Exception`, and `SessionError`, which is raised for calls in the wrong order.
    Catch it outside the block if the listener can go on.

    The passes of a session run one after the other. Entering one while another is under way, in the same thread or a
    different one, raises `SessionError`. Steps may still run when their pass ends, such as the losers of a race, or the
    other tasks of ``asyncio.gather`` when one has failed. Nothing more is recorded of them, not even their end, and
    their calls raise `SessionError`.

    Example:
        >>> with SessionListener.start(SessionWriter.create("echo-bot", "bot.py", tier_count=1)) as session:
        ...     with session.pass_() as current, current.tier(["reply"]) as tier, tier.step("reply") as step:
        ...         raise ValueError("no text")
        ...     failure = current.error
    """

    def __init__(self, session: SessionListener) -> None:
        """Use `SessionListener.pass_` instead."""
        self._session = session
        self._log = session._log
        self._workflow_name = session.writer.workflow_name
        self._tier_count = session.writer._workflow.tier_count
        self._state = PassState()
        self._next_tier_index = 0
        self._error: Exception | None = None

    @property
    def error(self) -> Exception | None:
        """The exception of a step that ended the pass, or None."""
        return self._error

    def tier(self, step_names: Iterable[Text], *, tier_index: int | None = None) -> Tier:
        """Create a tier of the pass, to use in a ``with`` statement.

        Args:
            step_names: All steps the tier may run.
            tier_index: The index of the tier, from 0. By default, tiers created without one are numbered in order. A
                loop runs a single step again in a tier with the index 0.

        Raises:
            ValueError: If an argument is invalid.
            SessionError: If the pass is not under way, or the index is not below the ``tier_count`` of the session.
        """
        with self._log.exclusive():
            if not self._state.has_begun:
                raise SessionError("the pass has not begun: enter it by `with` first", self._log.path)
            if self._state.is_over:
                raise SessionError("the pass has ended, nothing can follow", self._log.path)
            index = self._next_tier_index
            if tier_index is not None:
                index = as_integer(tier_index, "tier_index", 0, U32_MAX)
            if index >= self._tier_count:
                raise SessionError(f"a pass has no tier {index}: the tier_count of the session is {self._tier_count}")
            tier = Tier(self._log, self._workflow_name, step_names, index, self._state)
            if tier_index is None:
                self._next_tier_index += 1
            return tier

    def __enter__(self) -> "Pass":
        with self._log.exclusive():
            if not self._log.is_open:
                raise self._log.ended_error()
            if self._state.has_begun:
                raise SessionError("a pass is entered once only: create another for each event", self._log.path)
            if self._session._current is not None:
                raise SessionError("a pass is under way: the passes of a session run one after the other")
            self._session._current = self
            self._state.has_begun = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not self._log.is_owned:  # a forked process, which leaves the block too
            return False
        with self._log.exclusive():
            self._session._current = None
            if isinstance(error, Exception) and self._state.has_recorded(error):
                self._error = error
            tiers = self._state.last_tier + 1
            is_cut_short = error is None and not self._state.has_failed and 0 < tiers < self._tier_count
            self._state.end()
        if is_cut_short:
            warn("a pass of %d tiers ended after %d: readers will take it for a failed one", self._tier_count, tiers)
        return self._error is not None
