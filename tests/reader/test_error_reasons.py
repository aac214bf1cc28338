"""Descriptions of exceptions, in words for people."""

import errno
import os

from tests.support.cases import each_case
from zigtui.reader.error_reasons import reason_of


@each_case(
    ("error", "reason"),
    [
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/x"), "Permission denied"),
        (OSError("the limit is reached"), "the limit is reached"),
        (OSError(), "unexpected error"),
        (ValueError("list index out of range"), "unexpected error"),
        (KeyError("x"), "unexpected error"),
    ],
)
def test_a_reason_has_no_class_names_and_numbers(error: BaseException, reason: str) -> None:
    assert reason_of(error) == reason
