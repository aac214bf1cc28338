"""The patient reader, with disks that answer in time and others that do not."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.support.waiting import DEADLINE_SECS, wait_until
from zigtui.ui.output.patient_reader import NoAnswerError, PatientReader


@pytest.fixture
def late() -> threading.Event:
    return threading.Event()


@pytest.fixture
def reader(late: threading.Event) -> Iterator[PatientReader]:
    """A reader that waits for any answer, however late a busy machine has it."""
    reader = PatientReader(late.set, DEADLINE_SECS)
    yield reader
    reader.close()


@pytest.fixture
def impatient(late: threading.Event) -> Iterator[PatientReader]:
    """A reader that hardly waits. What answers in time on a quiet machine may be late for it."""
    reader = PatientReader(late.set, 0.05)
    yield reader
    reader.close()


def test_an_answer_in_time_is_given_back(reader: PatientReader, late: threading.Event) -> None:
    assert [reader.run(lambda number=number: number) for number in range(100)] == list(range(100))  # type: ignore[misc]
    assert not late.is_set()


def test_an_error_is_that_of_the_one_who_asked(reader: PatientReader) -> None:
    with pytest.raises(ZeroDivisionError):
        reader.run(lambda: 1 // 0)
    assert reader.run(lambda: 1) == 1


def test_a_disk_that_hangs_is_not_waited_for(impatient: PatientReader, late: threading.Event) -> None:
    answers = threading.Event()
    with pytest.raises(NoAnswerError):
        impatient.run(lambda: answers.wait(DEADLINE_SECS))
    for _ in range(10):
        with pytest.raises(NoAnswerError):
            impatient.run(lambda: pytest.fail("begun while another one goes on"))
    assert not late.is_set()
    answers.set()
    assert late.wait(DEADLINE_SECS)

    def answers_again() -> bool:
        with suppress(NoAnswerError):
            return impatient.run(lambda: True)
        return False

    wait_until(answers_again)


def test_closing_does_not_wait_for_a_disk_that_hangs(impatient: PatientReader, late: threading.Event) -> None:
    answers = threading.Event()
    with pytest.raises(NoAnswerError):
        impatient.run(lambda: answers.wait(DEADLINE_SECS))
    impatient.close()
    answers.set()
    assert late.wait(DEADLINE_SECS)
