"""Logs of listeners made for tests."""

from tests.support.logs import Log

__all__ = ["handled", "listener", "one_ends_early"]


def handled(log: Log, number: int, *, fails: bool = False) -> Log:
    """A pass of two tiers of one step each, which prints a line for each; it may fail in the second one."""
    about = f"order {number}"
    log.tier(0, "receive").step("receive", prompt_preview=about).says("receive", f"received {number}").done("receive")
    log.tier(1, "answer").step("answer", 1).says("answer", f"answering {number}")
    return log.fails("answer") if fails else log.done("answer")


def listener(passes: int, *, failing: int = 7) -> Log:
    """A listener of some passes, which waits ten minutes for each event. Each pass with this multiple fails."""
    log = Log().start(2)
    for number in range(1, passes + 1):
        handled(log.wait(600), number, fails=number % failing == 0)
    return log


def one_ends_early(passes: int, early: int) -> Log:
    """A listener of three tiers. The pass with the number ``early`` ends before its last tier without a failure."""
    log = Log().start(3)
    for number in range(1, passes + 1):
        handled(log, number)
        if number != early:
            log.tier(2, "deliver").step("deliver", 2).done("deliver")
    return log
