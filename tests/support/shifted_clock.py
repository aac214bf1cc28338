"""A clock that can be set while a program runs: that of the program alone."""

from pathlib import Path

from tests.support.processes import ROOT

_SITE = """
import time

_real_time, _real_time_ns = time.time, time.time_ns


def _shift():
    with open({path!r}) as file:
        return int(file.read() or 0)


time.time = lambda: _real_time() + _shift()
time.time_ns = lambda: _real_time_ns() + _shift() * 10**9
"""


class ShiftedClock:
    """The clock of Python programs that run with `environment`.

    Args:
        directory: an empty directory for what it needs.

    Attributes:
        environment: the variables that give a program this clock.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "seconds"
        directory.mkdir()
        (directory / "sitecustomize.py").write_text(_SITE.format(path=str(self._path)))
        self.environment = {"PYTHONPATH": f"{directory}:{ROOT}"}
        self.set(0)

    def set(self, shift: int) -> None:
        """Let the clock be ahead of the real one by some seconds."""
        new = self._path.with_suffix(".new")
        new.write_text(str(shift))
        new.replace(self._path)
