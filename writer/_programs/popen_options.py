"""PopenOptions: the options of `subprocess.Popen` that the programs of steps may have."""

from collections.abc import Callable, Collection, Iterable, Mapping
from os import PathLike
from typing import IO, Any, TypedDict

__all__ = ["REFUSED", "PopenOptions", "require_known"]

_Path = str | bytes | PathLike[str] | PathLike[bytes]
_File = int | IO[Any] | None


class PopenOptions(TypedDict, total=False):
    """The options, which mean what they mean to `subprocess.Popen`."""

    executable: _Path | None
    stdin: _File
    stdout: _File
    stderr: _File
    preexec_fn: Callable[[], object] | None
    close_fds: bool
    cwd: _Path | None
    env: Mapping[str, _Path] | Mapping[bytes, _Path] | None
    startupinfo: Any
    creationflags: int
    restore_signals: bool
    start_new_session: bool
    pass_fds: Collection[int]
    user: str | int | None
    group: str | int | None
    extra_groups: Iterable[str | int] | None
    umask: int
    pipesize: int
    process_group: int | None


REFUSED = ("bufsize", "encoding", "errors", "shell", "text", "universal_newlines")
"""Options that would change how output is read. Only values that change nothing are accepted."""


def require_known(method: str, options: Mapping[str, object]) -> None:
    """Check the names and the values of options that a method has been called with.

    Raises:
        TypeError: If there is no option of a name, as Python raises it for other arguments.
        ValueError: If an option would change how output is read.
    """
    for name, value in options.items():
        if name in REFUSED:
            if value:
                raise ValueError(f"{name} cannot be set: output is read as UTF-8 bytes, and no shell is involved")
        elif name not in PopenOptions.__optional_keys__:
            raise TypeError(f"{method}() got an unexpected keyword argument {name!r}")
