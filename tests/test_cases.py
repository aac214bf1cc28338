"""A test of many cases tries them all and names each that fails."""

import inspect

import pytest

from tests.support.cases import each_case


def test_all_cases_are_tried_and_each_that_fails_is_named() -> None:
    tried = []

    @each_case("number", [1, 2, 3, 4])
    @each_case(("sign", "text"), [("+", "a"), ("-", "b")], ids=["plus", "minus"])
    def test(number: int, sign: str, text: str, path: str) -> None:
        tried.append((number, sign, text, path))
        assert number != 3
        if number == 4:
            pytest.fail("four")

    assert list(inspect.signature(test).parameters) == ["path"]
    with pytest.raises(BaseExceptionGroup, match="2 cases failed") as caught:
        test(path="here")
    assert tried == [(number, *case, "here") for number in (1, 2, 3, 4) for case in (("+", "a"), ("-", "b"))]
    assert [failure.__notes__ for failure in caught.value.exceptions] == [["case: number=3"], ["case: number=4"]]
    three, _four = caught.value.exceptions
    assert isinstance(three, BaseExceptionGroup)
    assert [failure.__notes__ for failure in three.exceptions] == [["case: plus"], ["case: minus"]]


def test_a_single_failure_is_raised_as_it_is() -> None:
    @each_case("text", ["a", "b"], ids=str.upper)
    def test(text: str) -> None:
        assert text == "a"

    with pytest.raises(AssertionError) as caught:
        test()
    assert caught.value.__notes__ == ["case: B"]


@each_case("cases", [[], [(1,)], [(1, 2, 3)]], ids=["none", "too short", "too long"])
def test_cases_that_do_not_fit_the_names_are_refused(cases: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="not some of"):
        each_case(("one", "other"), cases)
