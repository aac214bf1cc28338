"""Programs that start processes of another user, as ``sudo`` does: these get no signals."""

import os
from collections.abc import Iterable
from itertools import count

import pytest

from tests.support.steps import Run
from writer import Step, StepTimeoutError
from writer._programs import process_table
from writer._programs.process_table import ProcessEntry

_FIRST = 10**8  # no process has such an id
_MOST_LOOKS = 100


def test_the_end_of_a_program_does_not_wait_for_processes_that_start_others_forever(
    step: Step, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill, entry, looks = os.kill, process_table.entry, count()

    def refuse(pid: int, number: int) -> None:
        if pid >= _FIRST:
            raise PermissionError
        kill(pid, number)

    def other(pid: int) -> ProcessEntry | None:
        return ProcessEntry(pid, 1, pid, pid, 1) if pid >= _FIRST else entry(pid)

    def one_more(roots: Iterable[int], *, session: int | None) -> list[ProcessEntry]:
        number = next(looks)
        assert number < _MOST_LOOKS
        return [ProcessEntry(_FIRST + number, 1, _FIRST + number, _FIRST + number, 1)]

    monkeypatch.setattr(os, "kill", refuse)
    monkeypatch.setattr(process_table, "entry", other)
    monkeypatch.setattr(process_table, "relatives", one_more)
    with pytest.raises(StepTimeoutError):
        run(step, ["sleep", "600"], timeout=0, grace=0)
