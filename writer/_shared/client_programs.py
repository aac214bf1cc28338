"""ClientPrograms: the programs that a client runs, which go on if it is killed."""

from typing import NamedTuple

from writer._programs import process_table
from writer._programs.process_table import ProcessEntry

__all__ = ["ClientProgram", "ClientPrograms"]


class ClientProgram(NamedTuple):
    """A program of a step.

    Attributes:
        process: Its process.
        step: The number of the step, if this process runs that, else None.
        step_name: The name of the step.
    """

    process: ProcessEntry
    step: object
    step_name: str


class ClientPrograms:
    """The programs of one client, as far as the system shows its processes."""

    def __init__(self) -> None:
        self._programs: list[ClientProgram] = []

    def add(self, process: object, parent: int, step: object, step_name: str) -> None:
        """Note that a step runs a program.

        Args:
            process: The id of its process, by the account of the client.
            parent: The id of the client itself. In another container, both would be those of other processes here.
            step: As in `ClientProgram`.
            step_name: As in `ClientProgram`.
        """
        entry = process_table.entry(process) if isinstance(process, int) else None
        if entry is not None and entry.parent == parent:
            self._programs = [*self.running(), ClientProgram(entry, step, step_name)]

    def running(self) -> list[ClientProgram]:
        """Return those that have not ended."""
        return [program for program in self._programs if _is_running(program.process)]


def _is_running(process: ProcessEntry) -> bool:
    now = process_table.entry(process.pid)
    return now is not None and now.started == process.started
