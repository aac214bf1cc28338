"""Sessions inside steps of others: each records where it was begun, and zigtui shows the link both ways."""

import json
import os
from pathlib import Path

from tests.support.commands import succeed
from tests.support.processes import ROOT
from tests.support.steps import python
from tests.support.writers import in_fork, read_events
from writer import SessionCoordinator, SessionWriter
from zigtui.reader import read_session
from zigtui.wording.facts import UsageByTier, session_sections

ORIGIN = ("parent_session_id", "parent_step")
INNER = """
from writer import SessionCoordinator, SessionWriter
with SessionCoordinator.start(SessionWriter.create("inner", "inner.py")) as session:
    with session.tier(["a"]) as tier, tier.step("a"): pass
    print(session.writer.session_id)
"""


def origin(session: SessionWriter) -> list[object]:
    return [read_events(session.log_path)[0].get(name) for name in ORIGIN]


def test_a_session_outside_any_step_has_only_the_fields_of_the_format(project: Path) -> None:
    writer = SessionWriter.create("a", "a.py")
    assert not set(ORIGIN) & set(read_events(writer.log_path)[0])
    writer.close()


def test_a_session_in_a_step_of_the_same_process(project: Path) -> None:
    with SessionCoordinator.start(SessionWriter.create("outer", "outer.py")) as outer:
        with outer.tier(["deploy"]) as tier, tier.step("deploy"):
            inner = SessionWriter.create("inner", "inner.py")
            assert list(read_events(inner.log_path)[0])[-2:] == list(ORIGIN)
            assert origin(inner) == [outer.writer.session_id, "deploy"]
            inner.ended("success", 1)
        after = SessionWriter.create("after", "after.py")
        assert origin(after) == [None, None]
        after.close()


def test_a_session_of_a_process_that_is_forked_in_a_step(project: Path) -> None:
    def begin() -> list[object]:
        inner = SessionWriter.create("inner", "inner.py", index="never")
        inner.ended("success", 1)
        return origin(inner)

    with SessionCoordinator.start(SessionWriter.create("outer", "outer.py", tier_count=1)) as outer:
        with outer.tier(["build", "deploy"]) as tier, tier.step("build"):
            with tier.step("deploy"):
                assert in_fork(begin) == str([outer.writer.session_id, "deploy"])
            assert in_fork(begin) == str([outer.writer.session_id, "build"])
        assert in_fork(begin) == "[None, None]"
        with outer.tier(["late"]) as tier:
            tier.step("late").__enter__()  # its block is never left
            outer.finish()
        assert in_fork(begin) == "[None, None]"


def test_the_link_is_shown_both_ways(project: Path) -> None:
    with (
        SessionCoordinator.start(SessionWriter.create("outer", "outer.py")) as outer,
        outer.tier(["deploy"]) as tier,
        tier.step("deploy") as step,
    ):
        step.run(python(INNER), env={**os.environ, "PYTHONPATH": str(ROOT)})
    outer_id = outer.writer.session_id
    (line,) = (event["line"] for event in read_events(outer.writer.log_path) if event["type"] == "step_output")

    assert f"from    step deploy of session {outer_id}" in succeed("show", line).lines
    assert f"began   session {line} (inner) in step deploy" in succeed("show", outer_id).lines
    assert json.loads(succeed("show", line, "--json").stdout)["parent"] == {"session_id": outer_id, "step": "deploy"}
    children = json.loads(succeed("show", outer_id, "--json").stdout)["children"]
    assert children == [{"id": line, "workflow": "inner", "step": "deploy"}]

    inner = read_session(outer.writer.log_path.with_name(f"{line}.jsonl"))
    (facts,) = session_sections(read_session(outer.writer.log_path), UsageByTier(), [inner])
    assert ("session", f"✔ succeeded: session {line} (inner) in step deploy") in facts.facts
    (facts,) = session_sections(inner, UsageByTier())
    assert ("begun in", f"step deploy of session {outer_id}") in facts.facts
