import time
from datetime import UTC, datetime, timedelta

import pytest

from zigtui.fleet.mirror.server_clock import ServerClock


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=400), -timedelta(hours=3)], ids=str)
def test_ages_are_those_of_the_clock_of_the_server(ahead: timedelta) -> None:
    clock = ServerClock()
    server_now = datetime.now(UTC) + ahead
    clock.adjust(server_now.isoformat().replace("+00:00", "123Z"))  # nanoseconds, as the server writes them
    published_ns = int((server_now.timestamp() - 36) * 1e9)
    assert clock.age(published_ns) == pytest.approx(36, abs=5)


def test_a_message_from_the_future_is_new() -> None:
    clock = ServerClock()
    clock.adjust(datetime.now(UTC).isoformat())
    assert clock.age(time.time_ns() + 10**12) == 0.0
