"""Report the machines that fall silent, and those that come back."""

from collections.abc import Callable, Iterable

from zigtui.fleet.mirror.machines import Machines

__all__ = ["SilenceReports"]


class SilenceReports:
    """Reports silent machines as soon as it is known whether they were removed from the fleet.

    Args:
        machines: the machines.
        report: called with lines for people.
    """

    def __init__(self, machines: Machines, report: Callable[[str], object]) -> None:
        self._machines = machines
        self._report = report
        self._silent: dict[str, float] = {}  # not reported yet

    def note(self, changes: Iterable[tuple[str, float | None]]) -> None:
        """Report the machines that are back, and keep the silent ones; see `Machines.tick`."""
        for machine, silence in changes:
            if silence is None:
                self._silent.pop(machine, None)
                self._report(f"{machine} is back")
            else:
                self._silent[machine] = silence

    def report_silent(self) -> None:
        """Report the machines that were kept. Call it when the server has told which ones belong to the fleet."""
        for machine, silence in self._silent.items():
            belongs = self._machines.belongs(machine)
            self._report(
                f"{machine} is silent for {silence:.0f}s" if belongs else f"{machine} was removed from the fleet"
            )
        self._silent.clear()
