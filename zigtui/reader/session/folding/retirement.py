"""How many passes of a listener are no longer kept in full.

An event of an earlier pass changes that pass if it is still kept; otherwise it is only counted. Which passes are kept
depends on nothing but the number of passes so far, so the result does not depend on the pieces in which a log is read.
"""

__all__ = ["next_retirement", "passed"]

_KEPT_PASSES = 10


def passed(total: int) -> int:
    """How many of so many passes are no longer kept. Several at once are dropped, which is quicker."""
    return max(0, (total - _KEPT_PASSES - 1) // _KEPT_PASSES * _KEPT_PASSES)


def next_retirement(dropped: int) -> int:
    """The number of passes at which the next ones are dropped, given the number of those dropped before."""
    return (dropped // _KEPT_PASSES + 2) * _KEPT_PASSES + 1
