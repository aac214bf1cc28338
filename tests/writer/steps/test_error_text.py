"""What is recorded of an exception: its type and text, the first ones of a group, and its last lines of code."""

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.support.steps import last, types
from writer import SessionCoordinator, SessionWriter, StepFailedError, Tier
from zigtui.reader.session.model.informative_line import informative_line


def group() -> Exception:
    others = [ValueError(f"bad {number}") for number in range(3)]
    return ExceptionGroup("both", [KeyError("user"), ExceptionGroup("inner", others)])


def noted() -> Exception:
    error = ValueError("bad")
    error.add_note("while reading the settings")
    return error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (KeyError("user"), "KeyError: 'user'"),
        (TimeoutError(), "TimeoutError"),
        (
            OSError(2, "No such file or directory", "a.txt"),
            "FileNotFoundError: [Errno 2] No such file or directory: 'a.txt'",
        ),
        (json.JSONDecodeError("Expecting value", "", 0), "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        (ValueError("one\ntwo"), "ValueError: one\ntwo"),
        (noted(), "ValueError: bad\nwhile reading the settings"),
        (group(), "ExceptionGroup: both: KeyError: 'user'; ValueError: bad 0; ValueError: bad 1; and 1 more"),
        (StepFailedError("3 findings"), "3 findings"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_says_what_happened(writer: SessionWriter, tier: Tier, error: Exception, text: str) -> None:
    with tier.step("lint") as step:
        step.retry(error)
    (failed,) = [event for event in map(json.loads, writer.log_path.read_text().splitlines()) if "error" in event]
    assert failed["error"] == text  # it has not been raised
    assert informative_line(failed["error"]) == text.split("\n")[0]


@pytest.mark.parametrize(
    ("error", "text", "exit_code"),
    [
        (SystemExit("cannot go on"), "SystemExit: cannot go on", 1),
        (SystemExit(4), "SystemExit: 4", 4),
        (SystemExit(2**40), f"SystemExit: {2**40}", None),
        (SystemExit(""), "SystemExit", 1),
        (KeyboardInterrupt(), "KeyboardInterrupt", None),
    ],
)
def test_what_is_no_exception_of_the_code_has_no_traceback(
    writer: SessionWriter, tier: Tier, error: BaseException, text: str, exit_code: int | None
) -> None:
    with pytest.raises(type(error)), tier.step("lint"):
        raise error
    assert last(writer)[1] == {"step_name": "lint", "exit_code": exit_code, "attempt": 1, "error": text}


@pytest.mark.parametrize("code", [None, 0, False])
def test_an_exit_without_an_error_is_no_failure(writer: SessionWriter, tier: Tier, code: Any) -> None:
    def work() -> None:
        with tier.step("lint") as step:
            step.run([sys.executable, "-c", "raise SystemExit(3)"], check=False)
            sys.exit(code)

    with pytest.raises(SystemExit):
        work()
    assert types(writer) == ["step_started", "step_completed"]
    assert last(writer)[1]["exit_code"] == 0


def fail_deeply(depth: int) -> None:
    if depth:
        fail_deeply(depth - 1)
    else:
        dict[str, str]()["user"]


def recorded_error(
    directory: Path, traceback: Literal["short", "full", "none"], work: Callable[[], object], kind: type[Exception]
) -> str:
    writer = SessionWriter.create("review", "review.zwf", base=directory, cwd=directory, traceback=traceback)
    with writer.tier(["lint"]) as tier, pytest.raises(kind), tier.step("lint"):
        work()
    error: str = last(writer)[1]["error"]
    writer.close()
    return error


def test_a_short_traceback_has_the_last_lines_of_code(tmp_path: Path) -> None:
    error = recorded_error(tmp_path, "short", lambda: fail_deeply(9), KeyError).split("\n")
    assert error[0] == "KeyError: 'user'"
    assert len(error) == 1 + 3 * 2
    assert error[-2].startswith(f'  File "{__file__}", line ')
    assert error[-2].endswith(", in fail_deeply")
    assert error[-1] == '    dict[str, str]()["user"]'
    assert informative_line("\n".join(error)) == "KeyError: 'user'"


def test_a_full_traceback_has_all(tmp_path: Path) -> None:
    error = recorded_error(tmp_path, "full", lambda: fail_deeply(9), KeyError)
    assert error.startswith("KeyError: 'user'\n\nTraceback (most recent call last):\n")
    assert error.count("in fail_deeply") >= 4
    assert error.endswith("KeyError: 'user'")
    assert informative_line(error) == "KeyError: 'user'"


def test_no_traceback_leaves_the_error_alone(tmp_path: Path) -> None:
    assert recorded_error(tmp_path, "none", lambda: fail_deeply(9), KeyError) == "KeyError: 'user'"


def test_the_lines_of_a_group_are_those_of_its_first_exception(tmp_path: Path) -> None:
    def fail() -> None:
        try:
            fail_deeply(0)
        except KeyError as error:
            raise ExceptionGroup("both", [error, ValueError("bad")]) from None

    error = recorded_error(tmp_path, "short", fail, ExceptionGroup).split("\n")
    assert error[0] == "ExceptionGroup: both: KeyError: 'user'; ValueError: bad"
    assert error[-1] == '    dict[str, str]()["user"]'


def test_lines_of_the_package_itself_are_left_out(tmp_path: Path) -> None:
    def fail() -> None:
        writer = SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path)
        writer.ended("success", -1)

    error = recorded_error(tmp_path, "short", fail, ValueError).split("\n")
    assert error[-1] == '    writer.ended("success", -1)'


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class TextOfItsOwn(str):
    def __len__(self) -> int:
        raise RuntimeError("no length")


class PrintedAsTextOfItsOwn(Exception):
    def __str__(self) -> str:
        return TextOfItsOwn("bad")


class Incomparable(Exception):
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not comparable")

    def __bool__(self) -> bool:
        raise RuntimeError("neither true nor false")

    def __str__(self) -> str:
        return "bad"


class Nameless(type):
    def __getattribute__(cls, name: str) -> Any:
        raise RuntimeError("no attributes")


class OfAFaultyType(Exception, metaclass=Nameless):
    pass


def circular() -> Exception:
    first, second = ValueError("bad"), ValueError("worse")
    first.__cause__, second.__cause__ = second, first
    return first


def circular_group() -> Exception:
    inner = ValueError("bad")
    inner.__cause__ = group = ExceptionGroup("both", [inner])
    return group


FAULTY = [
    (Unprintable(), "Unprintable"),
    (PrintedAsTextOfItsOwn(), "PrintedAsTextOfItsOwn: bad"),
    (Incomparable(), "Incomparable: bad"),
    (OfAFaultyType(), "OfAFaultyType"),
    (circular(), "ValueError: bad"),
    (circular_group(), "ExceptionGroup: both: ValueError: bad"),
]


@pytest.mark.parametrize(("error", "text"), FAULTY, ids=[text for _, text in FAULTY])
def test_faulty_errors_of_the_runner_are_recorded_and_stay_what_they_are(
    tmp_path: Path, error: Exception, text: str
) -> None:
    outside = SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path)
    with pytest.raises(Exception) as raised, SessionCoordinator.start(outside):  # noqa: PT011 (compared below)
        raise error
    assert raised.value is error
    inside = SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path)
    with SessionCoordinator.start(inside) as session, session.tier(["lint"]) as tier:
        step = tier.step("lint").start()
        step.retry(error)
        step.fail(error)
    for log, status, failures in ((outside.log_path, "failure", 1), (inside.log_path, "success", 2)):
        events = [json.loads(line) for line in log.read_text().splitlines()]
        assert [event["error"].split("\n")[0] for event in events if "error" in event] == [text] * failures
        assert events[-1]["status"] == status


def interrupting(interrupt: BaseException, method: str = "__str__") -> Exception:
    """An exception with a method that raises what is no `Exception`."""

    def fail(self: Exception) -> str:
        raise interrupt

    error: Exception = type("Interrupting", (StepFailedError,), {method: fail})("bad")
    return error


INTERRUPTS = [
    SystemExit(3),
    SystemExit(0),
    KeyboardInterrupt(),
    GeneratorExit(),
    type("OfItsOwn", (BaseException,), {})(),
]


@pytest.mark.parametrize("interrupt", INTERRUPTS, ids=lambda value: type(value).__name__)
def test_what_interrupts_the_description_of_a_failure_goes_on_when_the_failure_is_recorded(
    tmp_path: Path, interrupt: BaseException
) -> None:
    def begin() -> SessionWriter:
        return SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path)

    def fail() -> None:
        raise interrupting(interrupt)

    with pytest.raises(type(interrupt)) as outside, SessionCoordinator.start(without_step := begin()):
        fail()
    in_block = begin()
    with pytest.raises(type(interrupt)) as inside, SessionCoordinator.start(in_block) as session:  # noqa: SIM117
        with session.tier(["lint"]) as tier, tier.step("lint"):
            fail()
    with SessionCoordinator.start(by_calls := begin()) as session, session.tier(["lint"]) as tier:
        step = tier.step("lint").start()
        with pytest.raises(type(interrupt)):
            step.retry(interrupting(interrupt))
        with pytest.raises(type(interrupt)):
            step.fail(interrupting(interrupt))
    assert outside.value is inside.value is interrupt
    for writer, failures in ((without_step, 1), (in_block, 1), (by_calls, 2)):
        events = [json.loads(line) for line in writer.log_path.read_text().splitlines()]
        errors = [event["error"] for event in events if event["type"] == "step_failed"]
        assert errors[:failures] == ["Interrupting"] * failures
        assert events[-1]["type"] == "zig_session_ended"


@pytest.mark.parametrize("interrupt", INTERRUPTS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("way", ["coordinator", "finish", "step", "retry", "fail"])
def test_what_interrupts_the_description_of_a_failure_goes_on_if_the_failure_cannot_be_recorded(
    tmp_path: Path, way: str, interrupt: BaseException
) -> None:
    writer = SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path, on_error="raise", index="never")
    session = SessionCoordinator.start(writer)
    error = interrupting(interrupt)

    def fail() -> None:
        with ExitStack() as stack:
            if way == "coordinator":
                stack.enter_context(session)
            if way in ("step", "retry", "fail"):
                step = stack.enter_context(session.tier(["lint"])).step("lint")
                stack.enter_context(step) if way == "step" else step.start()
            writer.log_path.unlink()  # no further event can be written
            match way:
                case "finish":
                    session.finish("failure", error)
                case "retry":
                    step.retry(error)
                case "fail":
                    step.fail(error)
                case _:
                    raise error

    with pytest.raises(type(interrupt)) as caught:
        fail()
    assert caught.value is interrupt
    if way in ("coordinator", "finish"):
        assert writer.is_finished


@pytest.mark.parametrize("limit", [RecursionError, MemoryError])
@pytest.mark.parametrize("faulty", ["__str__", "__repr__"])
def test_a_failure_that_cannot_be_described_is_recorded_by_its_type(
    writer: SessionWriter, tier: Tier, limit: type[Exception], faulty: str
) -> None:
    class Faulty:
        pass

    def fail(self: object) -> str:
        raise limit

    setattr(Faulty, faulty, fail)
    error = KeyError(Faulty()) if faulty == "__repr__" else interrupting(limit(), faulty)
    with pytest.raises(type(error)) as raised, tier.step("lint"):
        raise error
    assert raised.value is error
    assert last(writer)[1]["error"].split("\n")[0] == type(error).__name__


def test_an_exit_code_that_fails_is_none(writer: SessionWriter, tier: Tier) -> None:
    class Uncountable(int):
        def __int__(self) -> int:
            raise ValueError("no number")

        __eq__ = __le__ = __ge__ = __bool__ = __int__  # type: ignore[assignment]

        __hash__ = int.__hash__

    with pytest.raises(SystemExit), tier.step("lint"):
        sys.exit(Uncountable(3))
    assert last(writer)[1]["exit_code"] is None


def caused_by(error: Exception, text: str) -> Exception:
    later = RuntimeError(text)
    later.__cause__ = error
    return later


@pytest.mark.parametrize("again", [lambda error: error, lambda error: caused_by(error, "later")], ids=["same", "cause"])
def test_a_group_whose_errors_all_come_from_one_recorded_failure_is_no_further_failure(
    tmp_path: Path, again: Callable[[Exception], Exception]
) -> None:
    writer = SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path)
    session, failed = SessionCoordinator.start(writer), ValueError("bad")
    with session.tier(["lint"]) as tier, pytest.raises(ValueError, match="bad"), tier.step("lint"):
        raise failed
    session.finish("failure", ExceptionGroup("both", [again(failed), again(failed)]))
    assert types(writer).count("step_failed") == 1


def test_an_error_that_readers_would_pass_over_is_cut_off(writer: SessionWriter, tier: Tier) -> None:
    with tier.step("lint") as step:
        step.retry("y" * 1_000_001)
        step.retry("x" * 9_000_000 + "\ud800")
    whole, cut = [json.loads(line) for line in writer.log_path.read_text().splitlines() if '"error"' in line]
    assert whole["error"] == "y" * 1_000_001
    assert cut["error"] == "x" * 1_000_000 + "…"


def test_a_wrong_choice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="traceback must be one of short, full, none, not 'long'"):
        SessionWriter.create("review", "review.zwf", base=tmp_path, cwd=tmp_path, traceback="long")  # type: ignore[arg-type]  # the mistake
    assert not list(tmp_path.rglob("*.jsonl"))
