"""Usage-limit lines, as the reference and other programs print them, and lines that only resemble them."""

from tests.support.cases import each_case
from zigtui.reader.lines.usage_limit import resume_time

RESUMING = "⚠ claude usage limit (session) — resets 2026-11-26T15:00:00+00:00, resuming 2026-11-26T15:01:30.5+00:00"


@each_case(
    ("line", "expected"),
    [
        (RESUMING, "2026-11-26T15:01:30.5+00:00"),
        (f"{RESUMING} (fallback)", "2026-11-26T15:01:30.5+00:00"),
        ("⚠ claude usage limit (weekly) — resets 2026-11-26T15:00:00Z", "2026-11-26T15:00:00Z"),
        ("⚠ codex usage limit (unknown), resuming 2026-11-26T15:00:00Z (fallback)", "2026-11-26T15:00:00Z"),
        (
            "\x1b[33m⚠\x1b[0m \x1b[1mclaude\x1b[0m usage limit — resets \x1b[1m2026-11-26T15:00:00Z\x1b[0m",
            "2026-11-26T15:00:00Z",
        ),
        ("  ⚠\ufe0f Usage Limit reached, resumes at 15:00", "15:00"),
        ("⚠ usage limit reached; resets 3am (Europe/Berlin)", "3am (Europe/Berlin)"),
        ("⚠ You've hit your usage limit. Try again at 3:16 PM.", "3:16 PM"),
        ("⚠ usage limit: waiting until 15:00 UTC", "15:00 UTC"),
        ("⚠ claude usage limit (session)", None),
        ("⚠ unused variable, see 15:00", None),
        ("⚠ limited edition resumes 15:00", None),
        ("the ⚠ usage limit resumes 15:00", None),
        ("usage limit, resumes 15:00", None),
        ("⚠" + " " * 100_000 + "limit resumes 15:00", None),
        ("⚠ limit " + "resumes " * 100_000, None),
        ("", None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_time_at_which_work_goes_on_is_taken_from_the_line(line: str, expected: str | None) -> None:
    assert resume_time(line) == expected
