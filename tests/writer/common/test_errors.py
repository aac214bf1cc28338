"""The errors that a runner can catch, as tracebacks name them."""

import pickle
import traceback

from tests.support.cases import each_case
from writer import SessionError, StepCancelledError, StepFailedError, StepTimeoutError


@each_case("kind", [SessionError, StepCancelledError, StepFailedError, StepTimeoutError])
def test_a_traceback_names_the_module_from_which_an_error_is_imported(kind: type[Exception]) -> None:
    error = kind("no luck")
    assert traceback.format_exception_only(error) == [f"writer.{kind.__name__}: no luck\n"]
    assert type(pickle.loads(pickle.dumps(error))) is kind
