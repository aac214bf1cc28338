"""Test many small cases in one test."""

import inspect
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import wraps
from typing import Any

import pytest

Test = Callable[..., None]


def each_case(
    names: str | Sequence[str], cases: Iterable[Any], ids: Iterable[str] | Callable[[Any], object] | None = None
) -> Callable[[Test], Test]:
    """Call the test with each case, as `pytest.mark.parametrize` does, but let all be one test.

    To be a test of its own takes pytest several milliseconds, far more than most cases of a table. Use this where a
    case is quick and leaves nothing behind: all share the fixtures, whose names the decorator must not name. All cases
    are tried, and each that fails has a note of its arguments.

    Args:
        names: the names of the arguments, as in `pytest.mark.parametrize`.
        cases: the values of a case each; of a single name the value itself.
        ids: what notes call the cases in place of their arguments, as in `pytest.mark.parametrize`.

    Raises:
        ValueError: if there is no case, or one has not as many values as there are names.
    """
    arguments = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    is_single = isinstance(names, str) and len(arguments) == 1
    values = [(case,) if is_single else tuple(case) for case in cases]
    if not values or {len(case) for case in values} != {len(arguments)}:
        raise ValueError(f"the cases are not some of {arguments}: {values}")
    if ids is None:
        called = [
            ", ".join(f"{name}={value!r}" for name, value in zip(arguments, case, strict=True)) for case in values
        ]
    elif callable(ids):
        called = [", ".join(str(ids(value)) for value in case) for case in values]
    else:
        called = list(ids)
    named = list(zip(called, values, strict=True))

    def decorate(test: Test) -> Test:
        @wraps(test)
        def test_each(**fixtures: Any) -> None:
            failures = []
            for name, case in named:
                try:
                    test(**dict(zip(arguments, case, strict=True)), **fixtures)
                except (Exception, BaseExceptionGroup, pytest.fail.Exception) as failure:
                    failure.add_note(f"case: {name}")
                    failures.append(failure)
            _raise(failures)

        signature = inspect.signature(test)
        rest = [parameter for name, parameter in signature.parameters.items() if name not in arguments]
        test_each.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
        return test_each

    return decorate


def _raise(failures: Collection[BaseException]) -> None:
    """Raise what failed, if anything did."""
    if len(failures) == 1:
        raise next(iter(failures))
    if failures:
        raise BaseExceptionGroup(f"{len(failures)} cases failed", list(failures))
