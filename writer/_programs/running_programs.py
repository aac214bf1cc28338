"""The programs that steps of this process run at the moment, so that a signal can end all of them.

This imports nothing, so that sessions without programs start quickly.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Running(Protocol):
        """A program that runs; see `writer._programs.process.Program`."""

        def stop(self, reason: Exception) -> None: ...
        def kill(self) -> None: ...


__all__ = ["add", "allow", "are_ending", "kill_all", "remove", "stop_all"]

_programs: "set[Running]" = set()
_stopped: "set[Running]" = set()
_reason: Exception | None = None


def add(program: "Running") -> None:
    """Add a program that begins; after `stop_all` it is stopped at once."""
    _programs.add(program)
    if _reason is not None:
        _stopped.add(program)
        program.stop(_reason)


def remove(program: "Running") -> None:
    """Remove a program that has ended."""
    _programs.discard(program)
    _stopped.discard(program)


def stop_all(reason: Exception) -> None:
    """End all programs, also those that begin from now on; a signal handler may call this."""
    global _reason
    _reason = reason
    for program in tuple(_programs):
        _stopped.add(program)
        program.stop(reason)


def are_ending() -> bool:
    """Whether a program that `stop_all` ends has not ended yet."""
    return bool(_stopped)


def kill_all() -> None:
    """Do not wait any longer for programs that are being ended."""
    for program in tuple(_programs):
        program.kill()


def allow() -> None:
    """Let programs begin again."""
    global _reason
    _reason = None
