"""Begin to share a session."""

from writer._common.errors import SessionError
from writer._log.session_log import SessionLog
from writer._shared.server import Server

__all__ = ["share"]


def share(log: SessionLog) -> Server:
    """Return the server of a session, which is started by the first call.

    If the runner has closed its descriptors, as code that makes a daemon does, another one is started.

    Raises:
        SessionError: If the session has ended, or there is no directory for the socket or no thread for the server.
    """
    with log.exclusive():
        if isinstance(log.server, Server):
            if not log.server.is_lost:
                return log.server
            log.server.close()
        if not log.is_open:
            raise log.ended_error()
        try:
            server = Server(log)
        except OSError as error:
            raise SessionError.of(error, "share the session", error.filename or "") from error
        except RuntimeError as error:  # no more threads, or the interpreter exits
            raise SessionError(f"cannot share the session ({error})", log.path) from error
        log.server = server
        return server
