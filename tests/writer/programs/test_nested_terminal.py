"""Keys of the terminal around the run of a program in the foreground."""

import os
import signal
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from writer._programs.nested_terminal import NestedTerminal


def test_ctrl_z_before_the_program_has_begun_stops_the_runner_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, int, int]] = []
    monkeypatch.setattr(os, "killpg", lambda group, number: sent.append(("group", group, number)))
    monkeypatch.setattr(os, "kill", lambda process, number: sent.append(("process", process, number)))
    terminal = NestedTerminal(is_controlling=True)
    _, program_end = terminal.open()
    try:
        terminal.handlers()[signal.SIGTSTP](signal.SIGTSTP, None)
    finally:
        terminal.close()
        os.close(program_end)
    assert sent == [("process", os.getpid(), signal.SIGTSTP)]
