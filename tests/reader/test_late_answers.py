"""Asking a disk that may never answer."""

import threading

import pytest

from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.reader.late_answers import LateAnswers, NoAnswerError


class SlowDisk:
    """A disk that answers with the length of a path, but for those with ``dead`` in them only when it is released."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.released = threading.Event()

    def __call__(self, path: str) -> int:
        self.asked.append(path)
        if "dead" in path:
            self.released.wait(DEADLINE_SECS)
        if path == "wrong":
            raise ValueError(path)
        return len(path)


def is_known(answers: LateAnswers[int], path: str) -> bool:
    try:
        answers.get(path)
    except NoAnswerError:
        answers.press_on()
        return False
    return True


def test_a_quick_answer_is_waited_for_and_asked_for_once() -> None:
    disk = SlowDisk()
    answers = LateAnswers(disk)
    assert answers.get("four", DEADLINE_SECS) == 4
    assert answers.get("four") == 4
    assert disk.asked == ["four"]
    assert answers.news == 1


def test_the_error_of_the_function_is_raised() -> None:
    answers = LateAnswers(SlowDisk())
    for _ in range(2):
        with pytest.raises(ValueError, match="wrong"):
            answers.get("wrong", DEADLINE_SECS)


def test_an_answer_that_does_not_come_is_not_waited_for_and_counts_when_it_comes() -> None:
    disk = SlowDisk()
    answers = LateAnswers(disk)
    for _ in range(3):
        with pytest.raises(NoAnswerError):
            answers.get("dead", 0.001)
    disk.released.set()
    wait_until(lambda: is_known(answers, "dead"))
    assert answers.get("dead") == 4
    assert disk.asked == ["dead"]


def test_others_are_asked_although_one_does_not_answer_by_a_limited_number_of_threads() -> None:
    disk = SlowDisk()
    answers = LateAnswers(disk)
    assert not is_known(answers, "dead")
    wait_until(lambda: is_known(answers, "near"))
    before = threading.active_count()
    dead = [f"{number} dead" for number in range(50)]
    assert not any(is_known(answers, path) for path in dead)
    assert threading.active_count() < before + 10
    disk.released.set()
    wait_until(lambda: all(is_known(answers, path) for path in dead))


def test_only_some_answers_are_news() -> None:
    answers = LateAnswers(SlowDisk(), lambda path, answer: len(path) != answer or answer == 5)
    for path in ("four", "three", "five"):
        answers.get(path, DEADLINE_SECS)
    assert answers.news == 1


def test_what_is_forgotten_is_asked_for_again() -> None:
    disk = SlowDisk()
    answers = LateAnswers(disk)
    for path in ("a", "b"):
        answers.get(path, DEADLINE_SECS)
    answers.forget_all_but({"b"})
    for path in ("a", "b"):
        answers.get(path, DEADLINE_SECS)
    assert disk.asked == ["a", "b", "a"]


def test_nothing_below_a_directory_that_does_not_answer_is_asked_for_until_it_does() -> None:
    disk = SlowDisk()
    answers = LateAnswers(disk)
    typed = ["/dead"[:end] for end in range(1, 6)] + [f"/dead/{'x' * length}" for length in range(20)]
    for path in typed:
        is_known(answers, path)
    wait_until(lambda: is_known(answers, "near"))
    assert "/dead/x" not in disk.asked
    disk.released.set()
    wait_until(lambda: all(is_known(answers, path) for path in typed))
