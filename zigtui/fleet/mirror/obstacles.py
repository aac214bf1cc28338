"""What may be in the place of a mirrored file."""

import errno

from zigtui.fleet.mirror.quota import MessageRefusedError
from zigtui.fleet.wire.names import RemoteLog
from zigtui.reader.error_reasons import reason_of
from zigtui.reader.lines.tail import NotALogError

__all__ = ["refuse_if_in_the_way"]

_IN_THE_WAY = {
    *(errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM, errno.EFBIG),
    *(errno.ENXIO, errno.ENODEV),  # a socket, or a device
    *(errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ),  # a name that the file system does not take
}


def refuse_if_in_the_way(log: RemoteLog, error: OSError) -> None:
    """Refuse a log if something else is at its path.

    Raises:
        MessageRefusedError: if trying again would be pointless.
    """
    if isinstance(error, NotALogError) or error.errno in _IN_THE_WAY:
        raise MessageRefusedError(f"{'/'.join(log.tokens)} cannot be written: {reason_of(error)}") from error
