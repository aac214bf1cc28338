"""A table of measurements: what was measured, what was measured beside it in the same run, the goal."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["print_parts", "row"]


def print_parts(parts: Mapping[str, Callable[[Path], object]]) -> None:
    """Run the parts of a benchmark that the command line names, or all, each with an empty directory."""
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
    row("", "zigtui", "beside it", "goal")
    for name in sys.argv[1:] or parts:
        with tempfile.TemporaryDirectory() as directory:
            parts[name](Path(directory))
    print(f"load average {os.getloadavg()[0]:.1f}")


def row(name: str, measured: str, beside: str, goal: str) -> None:
    """Print a line of the table."""
    print(f"{name:<44}{measured:>34}  {beside:<42}{goal}", flush=True)
