"""Programs of a runner that has more files open than `select` can wait for."""

from pathlib import Path

import pytest

from tests.support.writers import run_python

PROGRAM = """
import asyncio, resource, sys
from writer import SessionWriter

resource.setrlimit(resource.RLIMIT_NOFILE, (1500, 1500))
files = [open("/dev/null") for _ in range(1100)]
writer = SessionWriter.create("review", "review.zwf", base=sys.argv[1], cwd=sys.argv[1], index="never")
with writer.tier(["lint"]) as tier, tier.step("lint") as step:
    {call}
print(writer.log_path.read_text().count('"line":"hello"'))
"""


@pytest.mark.parametrize(
    "call",
    [
        "step.run(['echo', 'hello'])",
        "asyncio.run(step.run_async(['echo', 'hello']))",
        "step.run_in_foreground(['sh', '-c', 'echo hello; exec >/dev/null; sleep 0.1'])",
    ],
)
def test_a_program_is_recorded_though_many_files_are_open(tmp_path: Path, call: str) -> None:
    done = run_python(PROGRAM.format(call=call), tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1:], done.stderr) == (0, ["1"], "")
