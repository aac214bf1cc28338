"""The token that a browser needs: a secret in a file, so that pages and shared addresses survive a restart."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from zigtui.state.files import read_file

__all__ = ["TokenError", "kept_token"]

_BYTES = 32
_TOKEN = re.compile(r"[\w.~-]{20,200}", re.ASCII)  # which no part of an address needs to escape
_MAX_BYTES = 4096


class TokenError(Exception):
    """A file without a usable token. The message gives the reason."""


def kept_token(path: Path) -> str:
    """The token in a file, which is created for the user alone if it does not exist.

    Raises:
        TokenError: if the file has something else, or others may read it.
        OSError: if it cannot be read or created.
    """
    if not os.path.lexists(path):
        _create(path)
    token = read_file(path, _MAX_BYTES).decode("utf-8", "replace").strip()
    if path.stat().st_mode & 0o077:
        raise TokenError(f"others may read the token in {str(path)!r}: remove the file, or chmod 600 it")
    if not _TOKEN.fullmatch(token):
        raise TokenError(f"{str(path)!r} has no token: 20 or more letters, digits, hyphens and underscores")
    return token


def _create(path: Path) -> None:
    """Create the file, unless another server does so at the same time. It never exists without its content."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{secrets.token_urlsafe(_BYTES)}\n")
        try:
            os.link(draft, path)  # unlike a replacement, this keeps the token that the other one has printed
        except FileExistsError:
            pass
        except OSError:  # some file systems have no hard links
            draft.rename(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
