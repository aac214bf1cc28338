"""Read and replace small files in the state directory."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from zigtui.reader.lines.tail import open_log, read_at

__all__ = ["read_file", "replace_file"]


def read_file(path: Path, max_bytes: int) -> bytes:
    """Read the beginning of a file.

    Raises:
        OSError: if the file is missing, is not a regular file or cannot be read.
    """
    descriptor = open_log(str(path))
    try:
        return read_at(descriptor, 0, max_bytes)
    finally:
        os.close(descriptor)


def replace_file(path: Path, data: bytes | Iterable[bytes], *, is_durable: bool = False) -> None:
    """Write a file that only its owner can read, so that others see either the old content or the new one.

    Args:
        path: the file.
        data: its new content, whole or in pieces.
        is_durable: whether the new content, or at least the old one, must be there after a power failure too.

    Raises:
        OSError: if it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")  # replaced by a later process if this one is killed
    try:
        with suppress(FileNotFoundError):
            temporary.unlink()
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            if is_durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
