"""What Linux tells of a process."""

from pathlib import Path

__all__ = ["status_fields"]


def status_fields(process: int) -> list[bytes]:
    """The fields of ``/proc/PID/stat`` from the state on: the state, the id of the parent, and so on.

    Raises:
        OSError: if there is no such process, or no ``/proc``.
    """
    # The name of the program comes before, in parentheses, and may contain any character.
    return Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
