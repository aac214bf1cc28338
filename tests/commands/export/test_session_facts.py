"""Facts that several report formats state."""

from tests.support.cases import each_case
from zigtui.commands.export.session_facts import utc_time


@each_case(
    ("recorded", "expected"),
    [
        ("2026-03-01T12:00:59.999999+00:00", "2026-03-01 12:00:59 UTC"),
        ("2026-03-01T12:00:59+02:00", "2026-03-01 10:00:59 UTC"),
        ("2026-03-01T12:00:59-00:00", "2026-03-01 12:00:59 UTC"),
        ("2026-03-01T12:00:59Z", "2026-03-01 12:00:59 UTC"),
        ("2026-03-01T12:00+00:00", "2026-03-01 12:00:00 UTC"),
        ("2026-03-01T12+00:00", "2026-03-01 12:00:00 UTC"),
        ("2026-03-01+00:00", "2026-03-01 00:00:00 UTC"),
        ("20260301T120059+00:00", "2026-03-01 12:00:59 UTC"),
        ("2026-W09-7T12:00:59+00:00", "2026-03-01 12:00:59 UTC"),
        ("0001-01-01T00:00:00+05:00", "0001-01-01 00:00:00+05:00"),
        ("2026-03-01T25:00:00+00:00", "–"),
        ("+00:00", "–"),
        ("", "–"),
        (None, "–"),
    ],
)
def test_times_of_every_form_are_in_utc(recorded: str | None, expected: str) -> None:
    assert utc_time(recorded) == expected
