"""A file with observations of doubtful logs, so that commands do not wait for the same heartbeat one after the other.

Nothing depends on the file: if it is missing, damaged, too large or cannot be written, commands wait. It is written
only if a session is doubtful.
"""

import json
import math
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from zigtui.reader.session.observations import Observation, merged
from zigtui.state.directory import state_directory
from zigtui.state.files import read_file, replace_file

__all__ = ["MAX_OBSERVATIONS", "ObservationFile", "clocks_of_process"]

MAX_OBSERVATIONS = 1000

_MAX_BYTES = 1024 * 1024  # several times what the observations need
_BOOT_ID_PATH = "/proc/sys/kernel/random/boot_id"
_TIME_NAMESPACE_PATH = "/proc/self/ns/time"


class _Content(NamedTuple):
    """The content of the file.

    Attributes:
        clocks: identifies the clocks of the observations; see `clocks_of_process`.
        observations: the observations, oldest first.
    """

    clocks: str
    observations: list[Observation]


def clocks_of_process() -> str | None:
    """Identify the clocks of this process: processes with equal results can compare their moments.

    On Linux, these are the processes of one boot with one time namespace. Elsewhere, these are all processes of one
    machine. Its monotonic clock starts at 0 with each boot, so after a boot less time seems to have passed than really
    has.

    Returns:
        None if the clocks cannot be identified.
    """
    if not sys.platform.startswith("linux"):
        return os.uname().nodename
    try:
        boot_id = Path(_BOOT_ID_PATH).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    namespace = ""
    with suppress(OSError):  # a kernel without time namespaces
        namespace = str(Path(_TIME_NAMESPACE_PATH).readlink())
    return f"{boot_id} {namespace}"


class ObservationFile:
    """The observations that commands share. Errors in reading and writing are ignored.

    Args:
        path: the file; by default, ``observations.json`` in the user's state directory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def load(self) -> list[Observation]:
        """Read the observations of processes with the same clocks."""
        try:
            clocks, rows = json.loads(read_file(self._used_path(), _MAX_BYTES))
            observations = list(map(_observation, rows))
        except (OSError, ValueError, TypeError, RecursionError):
            return []
        return observations if clocks == clocks_of_process() else []

    def add(self, new: Iterable[Observation]) -> None:
        """Add observations to those that other processes have written in the meantime.

        At most `MAX_OBSERVATIONS` are kept, and none with other clocks. If two processes write at the same moment, the
        observations of one are lost.
        """
        clocks, path = clocks_of_process(), self._used_path()
        if clocks is None or not path.is_absolute():  # the latter if there is no home directory
            return
        content = _Content(clocks, merged(self.load(), new, MAX_OBSERVATIONS))
        with suppress(OSError, ValueError):
            replace_file(path, json.dumps(content).encode())

    def _used_path(self) -> Path:
        return self._path or state_directory() / "observations.json"


def _observation(row: list[object]) -> Observation:
    """An observation as it was written.

    Raises:
        ValueError: if it is damaged.
        TypeError: likewise.
    """
    # By hand, since a library that checks it takes a thirtieth of the start of the program to import.
    device, inode, size, changed_ns, since, has_grown = row
    numbers = [number for number in (device, inode, size, changed_ns) if type(number) is int]
    times = [time for time in since if type(time) is float and math.isfinite(time)] if isinstance(since, list) else []
    if len(numbers) != 4 or times != since or not isinstance(has_grown, bool):
        raise ValueError("not an observation")
    return Observation(numbers[0], numbers[1], numbers[2], numbers[3], tuple(times), has_grown)
