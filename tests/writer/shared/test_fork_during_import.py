"""A worker that is forked while another thread runs its first program can run programs too."""

from pathlib import Path

import pytest

from tests.support.writers import only_log, read_events, run_python

RUNNER = """
import multiprocessing, os, sys, threading
from importlib.machinery import SourceFileLoader
from pathlib import Path
from writer import session

begun, forked = threading.Event(), threading.Event()

load = SourceFileLoader.exec_module

def load_slowly(loader, module):  # the thread is in the middle of an import when the worker is forked
    if module.__name__ == "writer._programs.MODULE":
        begun.set()
        forked.wait(1)  # no longer, since `remote` waits for the import
    load(loader, module)

def work(handle):
    sys.exit(handle.run(["sh", "-c", "echo worker; exit 4"], check=False))

base = Path(sys.argv[1])
with session("review", "review.zwf", base=base, cwd=base) as s, s.tier(["lint", "types"]) as tier:
    with tier.step("lint") as lint, tier.step("types") as types:
        SourceFileLoader.exec_module = load_slowly
        thread = threading.Thread(target=lambda: lint.run(["true"]))
        thread.start()
        begun.wait()
        handle = types.remote()
        os.register_at_fork(after_in_parent=forked.set)
        worker = multiprocessing.get_context("fork").Process(target=work, args=[handle])
        worker.start()
        worker.join(20)
        worker.kill()
        worker.join()
        thread.join()
        print(worker.exitcode)
"""


@pytest.mark.parametrize("module", ["process", "popen_options"])
def test_a_forked_worker_does_not_wait_for_an_import_of_its_parent(tmp_path: Path, module: str) -> None:
    done = run_python(RUNNER.replace("MODULE", module), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "4\n", "")
    assert "worker" in [event.get("line") for event in read_events(only_log(tmp_path))]
