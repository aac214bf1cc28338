"""The patient reader, with disks that answer in time and others that do not."""

import threading
from collections.abc import Iterator

import pytest

from tests.support.waiting import DEADLINE_SECS
from zigtui.ui.output.patient_reader import NoAnswerError, PatientReader


@pytest.fixture
def late() -> threading.Event:
    return threading.Event()


@pytest.fixture
def reader(late: threading.Event) -> Iterator[PatientReader]:
    reader = PatientReader(late.set, 0.3)
    yield reader
    reader.close()


def test_an_answer_in_time_is_given_back(reader: PatientReader, late: threading.Event) -> None:
    assert [reader.run(lambda number=number: number) for number in range(100)] == list(range(100))  # type: ignore[misc]
    assert not late.is_set()


def test_an_error_is_that_of_the_one_who_asked(reader: PatientReader) -> None:
    with pytest.raises(ZeroDivisionError):
        reader.run(lambda: 1 // 0)
    assert reader.run(lambda: 1) == 1


def test_a_disk_that_hangs_is_not_waited_for(reader: PatientReader, late: threading.Event) -> None:
    answers = threading.Event()
    with pytest.raises(NoAnswerError):
        reader.run(lambda: answers.wait(DEADLINE_SECS))
    for _ in range(10):
        with pytest.raises(NoAnswerError):
            reader.run(lambda: pytest.fail("begun while another one goes on"))
    assert not late.is_set()
    answers.set()
    assert late.wait(DEADLINE_SECS)
    assert reader.run(lambda: 1) == 1


def test_closing_does_not_wait_for_a_disk_that_hangs(late: threading.Event) -> None:
    reader = PatientReader(late.set, 0.3)
    answers = threading.Event()
    with pytest.raises(NoAnswerError):
        reader.run(lambda: answers.wait(DEADLINE_SECS))
    reader.close()
    answers.set()
    assert late.wait(DEADLINE_SECS)
