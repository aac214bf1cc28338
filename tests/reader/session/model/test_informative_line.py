"""The line of an error that a summary shows."""

from contextlib import suppress
from pathlib import Path

from tests.support.cases import each_case
from tests.support.growth import assert_takes_at_most
from tests.support.writers import read_events
from writer import SessionCoordinator, SessionWriter
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
CONNECT = (
    "Error: no connection\n      at TCP.done (node:net:1:2) {\n    errno: -111,\n    code: 'ECONNREFUSED'\n  }\n}\n"
)
PANIC = "thread 'main' panicked at src/main.rs:2:5:\nout of range\n"
FRAMES = "   0: begin\n             at /rustc/panicking.rs:6:5\n   1: main\n             at ./src/main.rs:4:5\n"
GOROUTINE = "goroutine 1 [running]:\nmain.main()\n\t/x.go:5 +0x1d\n"
NODE = "/app/x.js:3\n  throw new Error('x')\n  ^\n\nError: x\n    at foo (/app/x.js:3:9)\n\nNode.js v20.1\n"


@each_case(
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
        (f"start\npanic: one [recovered]\n\tpanic: two\n\n{GOROUTINE}exit status 2", "panic: two"),
        (f"panic: nil pointer\n[signal SIGSEGV: code=0x1]\n\n{GOROUTINE}", "panic: nil pointer"),
        ("start\nfatal error: deadlock!\n\ngoroutine 1 [chan receive, 2 minutes]:\nf()", "fatal error: deadlock!"),
        (f"Error: x\n    at f (/x.js:1:1) {{\n  [cause]: {CONNECT}", "[cause]: Error: no connection"),
        (f"start\n{PANIC}stack backtrace:\n{FRAMES}note: some are left out", "out of range"),
        (f"Error: top\n\nCaused by:\n    no such file\n\nStack backtrace:\n{FRAMES}", "no such file"),
        ("Error: \n   0: top\n   1: root\n\nLocation:\n   src/main.rs:9\n", "1: root"),
        ('File "x.py", line 3\n    a b\n      ^\nSyntaxError: invalid', "SyntaxError: invalid"),
        ('OSError: x\n  File "x.py", line 3, in f\n    g()\n  File "y.py", line 4, in g\n    a(b)', "OSError: x"),
        ('OSError: x\n  File "x.py", line 3, in f\n    g()\n\nsee the log', "OSError: x"),
        ('step failed\n  File "x.py", line 3\n    a b\n      ^\nSyntaxError: invalid', "SyntaxError: invalid"),
        ('in File "x.py", line 3\nand so on', 'in File "x.py", line 3'),
        (f"{TRACEBACK}ValueError: bad\nexit status 1\n", "ValueError: bad"),
    ],
)  # fmt: skip
def test_the_last_line_of_a_chain_and_the_first_of_others_tell_most(error: str, expected: str) -> None:
    assert informative_line(error) == expected


@each_case(
    ("error", "expected"),
    [
        ("x" * 1_000_000, "x" * 1999 + "…"),
        ("what\n" + "detail\n" * 150_000, "what"),
        (TRACEBACK + '  File "a.py", line 1, in f\n' * 40_000 + "RecursionError: deep\n", "RecursionError: deep"),
        ("KeyError\n" * 100_000 + TRACEBACK + "ValueError: late", "ValueError: late"),
        ("\n" * 1_000_000, ""),
        (
            JAVA + "\tat A.recursive(A.java:3)\n" * 40_000,
            'Exception in thread "main" java.lang.RuntimeException: x',
        ),
        (PANIC + "stack backtrace:\n" + FRAMES * 10_000, "out of range"),
        ("start\npanic: boom\n\n" + GOROUTINE * 10_000, "panic: boom"),
        ("detail\n" * 150_000 + JAVA, 'Exception in thread "main" java.lang.RuntimeException: x'),
    ],
    ids=[
        "one line",
        "many lines",
        "a deep traceback",
        "a late one",
        "blank",
        "a deep stack",
        "a deep panic",
        "Go",
        "a late stack",
    ],
)
def test_an_error_of_a_megabyte_takes_no_longer(error: str, expected: str) -> None:
    assert informative_line(error) == expected
    find = informative_line.__wrapped__  # remembers nothing
    assert_takes_at_most(20, lambda: find(error), lambda: find("what\n" + "detail\n" * 3_000))


@each_case(
    "line",
    ["at " + "(" * 400 + ")" + " " * 800 + "x\n", "goroutine 1 " + "[" * 500 + "]:" * 300 + "x\n"],
    ids=["a stack of Java", "a stack of Go"],
)
def test_lines_that_only_begin_like_frames_take_no_longer(line: str) -> None:
    error = "what\n" + line * 12
    assert informative_line(error) == "what"
    find = informative_line.__wrapped__
    assert_takes_at_most(5, lambda: find(error), lambda: find("what\n" + "detail\n" * 2_000))


def test_the_error_above_the_frames_that_writer_records_tells_most(tmp_path: Path) -> None:
    with (
        suppress(ValueError),
        SessionCoordinator.start(SessionWriter.create("a", "a.zwf", base=tmp_path, cwd=tmp_path)) as session,
        session.tier(["a"]) as tier,
        tier.step("a"),
    ):
        raise ValueError("no luck")
    (failed,) = [event for event in read_events(session.writer.log_path) if event["type"] == "step_failed"]
    assert 'File "' in failed["error"]
    assert informative_line(failed["error"]) == "ValueError: no luck"
