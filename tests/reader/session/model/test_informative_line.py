"""The line of an error that a summary shows."""

import pytest

from tests.support.growth import assert_takes_at_most
from zigtui.reader.session.model.informative_line import informative_line

TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 3, in f\n    g()\n    ^^^\n'
CHAIN = "\n\nDuring handling of the above exception, another exception occurred:\n\n"
CAUSE = "\n\nThe above exception was the direct cause of the following exception:\n\n"
GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "a.py", line 1, in <module>
  | ExceptionGroup: many (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "b.py", line 1, in b
    | ValueError: within a group
    +------------------------------------
"""
JAVA = 'Exception in thread "main" java.lang.RuntimeException: x\n\tat A.b(A.java:3)\n'
NODE = "/app/x.js:3\n  throw new Error('x')\n  ^\n\nError: x\n    at foo (/app/x.js:3:9)\n\nNode.js v20.1\n"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("", ""),
        (" \n\t\r\n", ""),
        ("exit code 2", "exit code 2"),
        ("\n  \n  no such file\nusage: x [y]\n", "no such file"),
        ("we were\nat noon (late)\nthen at 3", "we were"),
        (f"agent failed\n{TRACEBACK}ValueError: bad\n", "ValueError: bad"),
        (f"{TRACEBACK}ValueError: bad\r\n\r\n", "ValueError: bad"),
        (f"{TRACEBACK}ValueError: bad\n\nexit code 1", "ValueError: bad"),
        (f"{TRACEBACK}KeyError: 1{CHAIN}{TRACEBACK}RuntimeError: two", "RuntimeError: two"),
        (f"{TRACEBACK}KeyError: 1{CAUSE}{TRACEBACK}RuntimeError: two", "RuntimeError: two"),
        (f"\x1b[31m\x1b[0m\n\x1b[1m{TRACEBACK}\x1b[31mValueError\x1b[0m: bad", "ValueError: bad"),
        (GROUP, "ValueError: within a group"),
        ("Error: no config\n\nCaused by:\n    0: cannot open\n    1: No such file\n", "1: No such file"),
        (JAVA, 'Exception in thread "main" java.lang.RuntimeException: x'),
        (f"{JAVA}Caused by: a.IOException: y\n\tat C.d(C.java:4)\n\t... 3 more\n", "Caused by: a.IOException: y"),
        (NODE, "Error: x"),
        ("thread 'main' panicked at src/main.rs:2:5:\nout of range\nnote: run with `RUST_BACKTRACE=1`", "out of range"),
        ("panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:5 +0x1d\nexit status 2", "panic: boom"),
    ],
)  # fmt: skip
def test_the_last_line_of_a_chain_and_the_first_of_others_tell_most(error: str, expected: str) -> None:
    assert informative_line(error) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("x" * 1_000_000, "x" * 1999 + "…"),
        ("what\n" + "detail\n" * 150_000, "what"),
        (TRACEBACK + '  File "a.py", line 1, in f\n' * 40_000 + "RecursionError: deep\n", "RecursionError: deep"),
        ("KeyError\n" * 100_000 + TRACEBACK + "ValueError: late", "ValueError: late"),
        ("\n" * 1_000_000, ""),
    ],
    ids=["one line", "many lines", "a deep traceback", "a late one", "blank"],
)
def test_an_error_of_a_megabyte_takes_no_longer(error: str, expected: str) -> None:
    assert informative_line(error) == expected
    find = informative_line.__wrapped__  # remembers nothing
    assert_takes_at_most(20, lambda: find(error), lambda: find("what\n" + "detail\n" * 3_000))
