"""Write a file either completely or not at all."""

import errno
import io
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import click

from zigtui.commands.ending_signals import exits_on_signals
from zigtui.reader.location import is_log_name
from zigtui.standard_streams import OutputError

__all__ = ["refuse_output", "written_file"]

_STDOUT_PATHS = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_DEVICE_DIRECTORIES = ("/dev/", "/proc/")
_MAX_LINKS = 40
_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def refuse_output(output: str, input_path: str) -> None:
    """Refuse to overwrite the input file, under any of its names or links, or another log or index of sessions.

    Args:
        output: the path to write to; ``-`` for standard output.
        input_path: the path of the input file.

    Raises:
        click.UsageError: if both are the same file, or the output is a file that runners write.
    """
    if _is_of_runners(Path(os.path.realpath(output))):
        raise click.UsageError("the output would overwrite a log or an index of sessions; choose another file")
    try:
        found = os.fstat(sys.stdout.fileno()) if output in _STDOUT_PATHS else Path(output).stat()
        is_same = stat.S_ISREG(found.st_mode) and os.path.samestat(found, Path(input_path).stat())
    except (OSError, ValueError):  # one of them does not exist, or standard output is not a file
        return
    if is_same:
        raise click.UsageError("the output would overwrite the log of the session; choose another file")


def _is_of_runners(path: Path) -> bool:
    is_log = is_log_name(path.name) and path.parts[-3:-1] == ("logs", "sessions")
    is_index = path.name == "sessions_index.json" or path.parts[-2:] == ("logs", "index.json")
    return is_log or is_index


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
    try:
        target = path.resolve()
    except RuntimeError:  # a loop of links, with Python before 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    if target.exists() and not os.access(target.parent, os.W_OK):
        with _overwrite(target) as file:
            yield file
        return
    # The name is chosen before the file exists: whenever a signal comes, the file is removed.
    temporary = target.with_name(f".zigtui-{secrets.token_hex(8)}.tmp")
    with exits_on_signals():
        try:
            with _create(temporary) as file:
                yield file
            _copy_permissions(target, temporary)
            temporary.replace(target)
        except BaseException as error:
            with suppress(OSError):
                temporary.unlink()
            if isinstance(error, OSError) and error.filename == str(temporary):
                error.filename = str(path)
            raise


def _create(path: Path) -> TextIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="replace")


@contextmanager
def _overwrite(target: Path) -> Iterator[TextIO]:
    """Overwrite a file that cannot be replaced, once its new content is complete and there is space for it."""
    with tempfile.TemporaryFile() as draft:
        text = io.TextIOWrapper(draft, encoding="utf-8", errors="replace")
        yield text
        text.flush()
        size = draft.seek(0, os.SEEK_END)
        draft.seek(0)
        with target.open("r+b") as file:
            _reserve(file.fileno(), size)
            shutil.copyfileobj(draft, file)
            file.truncate()


def _reserve(descriptor: int, size: int) -> None:
    """Raise an `OSError` if the disk has no space for a file that is to be overwritten, as far as this can be known."""
    size_before = os.fstat(descriptor).st_size
    if size > size_before and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            os.ftruncate(descriptor, size_before)
            if error.errno in _NO_SPACE:
                raise


def _copy_permissions(target: Path, temporary: Path) -> None:
    """Set the permissions and owner of a new file to those of the file it replaces, else to the defaults."""
    try:
        before = target.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        return
    with suppress(PermissionError):
        os.chown(temporary, before.st_uid, before.st_gid)
    temporary.chmod(stat.S_IMODE(before.st_mode))
