"""The kinds of lines that agents and programs print."""

from tests.support.cases import each_case
from zigtui.wording.line_kinds import Accent, accent_of
from zigtui.wording.states import Severity

ACTIVE, OK, WARNING, ERROR, MUTED = (
    Severity.ACTIVE,
    Severity.OK,
    Severity.WARNING,
    Severity.ERROR,
    Severity.MUTED,
)


@each_case(
    ("line", "expected"),
    [
        ("❯ fix the test", Accent(ACTIVE)),
        ("⏺ Looking at it", Accent(ACTIVE, 1)),
        ("  ⚡ Bash(make test)", Accent(ACTIVE, 8)),
        ("  ⚡ mcp__x.read-it: a", Accent(ACTIVE, 18)),
        ("  ✓ 573 lines", Accent(OK, 3)),
        ("  ✓", Accent(OK, 3)),
        ("  ✗ not found", Accent(ERROR)),
        ("  🔓 Bash", Accent(OK, 3)),
        ("  🔒 Bash", Accent(WARNING)),
        ("⚠ claude usage limit (session)", Accent(WARNING)),
        ("⚠\ufe0f careful", Accent(WARNING)),
        ("↻ Resumed (attempt 1): go on", Accent(OK)),
        ("  tokens: 34767 in / 6117 out, cost=$0.0891", Accent(MUTED)),
        ("● Started: exec (model: sonnet)", Accent(MUTED)),
        ("● Session completed", Accent(MUTED)),
        ("● Session failed: timeout", Accent(ERROR)),
        ("  > Initialized", Accent(MUTED)),
        ("  ! not found", Accent(WARNING)),
        ("! not found", Accent(WARNING)),
        ("  … thinking", Accent(MUTED)),
        ("  [error] disk full", Accent(ERROR)),
        ("  [warn] nearly full", Accent(WARNING)),
        ("ERROR", Accent(ERROR)),
        ("    ERROR in app.py", Accent(ERROR)),
        ("[ERROR] no", Accent(ERROR)),
        ("\tFAILED tests/test_x.py::test_y", Accent(ERROR)),
        ("FAIL src/x.test.ts", Accent(ERROR)),
        ("error: cannot find", Accent(ERROR)),
        ("error[E0308]: mismatched types", Accent(ERROR)),
        ("Error: cannot find", Accent(ERROR)),
        ("fatal: not a git repository", Accent(ERROR)),
        ("panic: runtime error", Accent(ERROR)),
        ("Traceback (most recent call last):", Accent(ERROR)),
        ("ValueError: cannot parse", Accent(ERROR)),
        ("json.decoder.JSONDecodeError: Expecting value", Accent(ERROR)),
        ("java.lang.IllegalStateException: no", Accent(ERROR)),
        ("WARNING: old", Accent(WARNING)),
        ("warning: unused variable", Accent(WARNING)),
        ("DeprecationWarning: old", Accent(WARNING)),
        ("", None),
        ("   ", None),
        ("an ERROR inside", None),
        ("ERRORS", None),
        ("errors: 0", None),
        ("error handling is next", None),
        ("Failedover", None),
        ("> quoted", None),
        ("  >>> 1", None),
        ("!important", None),
        ("    ! grep x", None),
        ("tokens: many", None),
        ("0 errors", None),
        ("日本語", None),
    ],
)
def test_a_line_has_the_accent_of_its_kind(line: str, expected: Accent | None) -> None:
    assert accent_of(line) == expected
