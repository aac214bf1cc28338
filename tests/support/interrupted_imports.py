"""An interrupt in the middle of an import: where `import orjson` would otherwise end the process by SIGSEGV."""

import signal
import subprocess

_PROGRAM = """
import sys
{before}

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            raise KeyboardInterrupt

for name in list(sys.modules):
    if name.partition(".")[0] in ("dataclasses", "json", "uuid"):
        del sys.modules[name]
sys.meta_path.insert(0, Interrupt())
{interrupted}
"""


def interrupting(name: str, interrupted: str, before: str = "") -> str:
    """A program in which Ctrl-C comes when ``interrupted`` imports the module ``name``, which orjson imports too."""
    return _PROGRAM.format(name=name, interrupted=interrupted, before=before)


def ended_by_the_interrupt(done: "subprocess.CompletedProcess[str]") -> bool:
    """Whether the interrupt was an exception like any other, and ended the program as Ctrl-C does."""
    return done.returncode == -signal.SIGINT and done.stderr.endswith("KeyboardInterrupt\n")
