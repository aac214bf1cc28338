"""Begin to share a session."""

from writer._errors import SessionError
from writer._log.session_log import SessionLog
from writer._shared.server import Server

__all__ = ["share"]


def share(log: SessionLog) -> Server:
    """Return the server of a session, which is started by the first call.

    Raises:
        SessionError: If the session has ended, or there is no directory for the socket.
    """
    with log.exclusive():
        if isinstance(log.server, Server):
            return log.server
        if not log.is_open:
            raise log.ended_error()
        try:
            server = Server(log)
        except OSError as error:
            raise SessionError.of(error, "share the session", error.filename or "") from error
        log.server = server
        return server
