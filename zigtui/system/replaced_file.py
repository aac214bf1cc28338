"""Write a file either completely or not at all."""

import errno
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

__all__ = ["replaced_file"]

_NO_SPACE = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


@contextmanager
def replaced_file(path: Path) -> Iterator[TextIO]:
    """Write a text file either completely or not at all.

    It replaces an older file only when the block ends without an exception. An older file keeps its permissions and, if
    possible, its owner; a symbolic link keeps pointing to it.

    Args:
        path: the file.

    Raises:
        OSError: if the file cannot be written. An older one is then unchanged.
    """
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
    temporary = target.with_name(f".zigtui-{os.urandom(8).hex()}.tmp")
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
    """Raise an `OSError` if the disk has no space for a file before it is overwritten, as far as this can be known."""
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
