"""Write a file either completely or not at all."""

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from zigtui.commands.program.ending_signals import exits_on_signals
from zigtui.reader.location import is_log_or_index
from zigtui.system.replaced_file import replaced_file
from zigtui.system.standard_streams import OutputError

__all__ = ["refuse_output", "written_file"]

_STDOUT_PATHS = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_DEVICE_DIRECTORIES = ("/dev/", "/proc/")
_MAX_LINKS = 40


def refuse_output(output: str, input_path: str) -> None:
    """Refuse to overwrite the input file, under any of its names or links, or another log or index of sessions.

    Args:
        output: the path to write to; ``-`` for standard output.
        input_path: the path of the input file.

    Raises:
        click.UsageError: if both are the same file, or the output is a file that runners write.
    """
    if is_log_or_index(os.path.realpath(output)):
        raise click.UsageError("the output would overwrite a log or an index of sessions; choose another file")
    try:
        found = os.fstat(sys.stdout.fileno()) if output in _STDOUT_PATHS else Path(output).stat()
        is_same = stat.S_ISREG(found.st_mode) and os.path.samestat(found, Path(input_path).stat())
    except (OSError, ValueError):  # one of them does not exist, or standard output is not a file
        return
    if is_same:
        raise click.UsageError("the output would overwrite the log of the session; choose another file")


@contextmanager
def written_file(path: str) -> Iterator[TextIO]:
    """Open a text file for writing. It replaces an older one only when the block ends without an exception.

    An older file keeps its permissions and, if possible, its owner; a symbolic link keeps pointing to it. Devices,
    pipes and files behind ``/dev/fd`` are written to directly.

    Args:
        path: the file; ``-`` for standard output.

    Raises:
        OSError: if the file cannot be written. An older one is then unchanged.
        OutputError: if the file is a pipe whose reader has gone.
    """
    if path in _STDOUT_PATHS:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        yield sys.stdout
        sys.stdout.flush()
        return
    file_path = Path(path)
    try:
        with _open_directly(file_path) if _is_special(file_path) else _replace(file_path) as file:
            yield file
            file.flush()
    except BrokenPipeError:  # a named pipe; no failure either
        raise OutputError.no_reader() from None
    except OSError as error:
        if error.filename is None:
            error.filename = path
        raise


def _is_special(path: Path) -> bool:
    """Whether a path leads, perhaps through links, to a device, a pipe, or a file that is already open."""
    for _ in range(_MAX_LINKS):
        if os.path.abspath(path).startswith(_DEVICE_DIRECTORIES):  # noqa: PTH100  # resolve() would follow all links
            return True
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
    return path.exists() and not path.is_file()


def _open_directly(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", errors="replace")


@contextmanager
def _replace(path: Path) -> Iterator[TextIO]:
    with exits_on_signals(), replaced_file(path) as file:
        yield file
