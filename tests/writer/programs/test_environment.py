"""The environment variables of the programs of a step."""

import pytest

from tests.support.steps import Run, output, python
from writer import SessionWriter, Step

PRINT = python("import os; print(os.environ['ZIG_SESSION_ID'], os.environ['ZIG_STEP'], os.environ.get('OTHER'))")


@pytest.mark.parametrize("given", [None, {}, {"OTHER": "x", "ZIG_STEP": "outer"}])
def test_programs_find_out_where_they_run(
    writer: SessionWriter, step: Step, run: Run, given: dict[str, str] | None
) -> None:
    run(step, PRINT, env=given)
    other = (given or {}).get("OTHER")
    assert output(writer) == [f"{writer.session_id} lint {other}"]


@pytest.mark.parametrize(("name", "passed"), [("a b\n\tc", "a b\n\tc"), ("a\0b", "ab"), ("\ud800", "\ufffd")])
def test_any_name_of_a_step_can_be_passed_on(writer: SessionWriter, run: Run, name: str, passed: str) -> None:
    with writer.tier([name]) as tier, tier.step(name) as step:
        assert run(step, python(f"import os; raise SystemExit(os.environ['ZIG_STEP'] != {passed!r})")) == 0
