"""Small file systems of their own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_file_system(directory: Path, size: str) -> Iterator[None]:
    """Mount a file system at a directory, which is created, until the block is left. Skip the test if that fails."""
    directory.mkdir(parents=True)
    options = ["-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs"]
    try:
        mounted = subprocess.run(["mount", *options, directory], capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no mount: {error}")
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", directory], check=True)


def enlarge(directory: Path, size: str) -> None:
    """Make a file system larger that was mounted at a directory."""
    subprocess.run(["mount", "-o", f"remount,size={size}", directory], check=True)
