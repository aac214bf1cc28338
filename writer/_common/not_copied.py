"""NotCopied: the base of what belongs to one log."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, SupportsIndex

__all__ = ["NotCopied"]


class NotCopied:
    """An object that `copy`, `pickle` and the like refuse, so that a log has one owner."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: "SupportsIndex") -> "NoReturn":
        raise TypeError(
            f"a {type(self).__name__} cannot be copied or pickled: threads and tasks share the object itself, and "
            "another process gets `step.remote()`, which can be pickled, or calls `writer.attach()`"
        )
