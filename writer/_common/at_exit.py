"""What the exit of the interpreter needs, imported with the package: the rest may be imported in an exit function."""

import threading  # noqa: F401  # otherwise nothing imported later is told that the interpreter waits for its threads
import weakref

__all__: list[str] = []


def _nothing() -> None: ...


# The first finalizer of a process decides when those of sessions that are still open are called at its exit: after what
# the runner registers later by `atexit`, which may begin sessions too.
weakref.finalize(_nothing, _nothing)
