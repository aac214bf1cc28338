"""How long ago a message was published, by the server's clock alone."""

from datetime import datetime

from zigtui.reader.elapsed_secs import elapsed_secs

__all__ = ["ServerClock"]

_SECOND_NS = 10**9


class ServerClock:
    """The current time by the server's clock. The clocks of machines, and the one here, may show anything."""

    def __init__(self) -> None:
        self._difference = 0.0

    def adjust(self, server_time: str) -> None:
        """Take over the time of the server.

        Args:
            server_time: the current time by the server, in the form of RFC 3339.

        Raises:
            ValueError: if it is not a time.
        """
        self._difference = datetime.fromisoformat(server_time).timestamp() - elapsed_secs()

    def age(self, published_ns: int) -> float:
        """How long ago a message was published, in seconds.

        Args:
            published_ns: when the server received it, in nanoseconds since the epoch.
        """
        return max(0.0, elapsed_secs() + self._difference - published_ns / _SECOND_NS)
