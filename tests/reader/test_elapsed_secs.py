"""The clock that also counts the time in which the machine sleeps."""

import runpy
import time

import pytest

from zigtui.reader.elapsed_secs import elapsed_secs


def test_it_never_goes_back() -> None:
    times = [elapsed_secs() for _ in range(100)]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "missing",
    [["CLOCK_BOOTTIME"], ["CLOCK_BOOTTIME", "CLOCK_MONOTONIC", "clock_gettime"]],
    ids=["as on macOS", "as on Windows"],
)
def test_it_runs_on_systems_without_some_clocks(missing: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in missing:
        monkeypatch.delattr(time, name, raising=False)
    source = elapsed_secs.__code__.co_filename
    before = time.monotonic()
    assert before <= runpy.run_path(source)["elapsed_secs"]() <= time.monotonic()
