"""Ctrl-C while the reader is imported."""

import signal

import pytest

from tests.support.writers import run_python

INTERRUPTED = """
import sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            raise KeyboardInterrupt

for name in list(sys.modules):
    if name.partition(".")[0] in ("dataclasses", "json", "uuid"):
        del sys.modules[name]
sys.meta_path.insert(0, Interrupt())
import {module}
"""


@pytest.mark.parametrize("name", ["json.decoder", "uuid"])
@pytest.mark.parametrize("module", ["zigtui.reader", "zigtui.commands.printing.event_text"])
def test_an_interrupt_of_the_import_is_an_exception(module: str, name: str) -> None:
    done = run_python(INTERRUPTED.format(name=name, module=module))
    assert done.returncode == -signal.SIGINT  # not SIGSEGV, by which `import orjson` ends the process
    assert done.stderr.endswith("KeyboardInterrupt\n")
