"""The rows of a session's tree, made one by one, are those of the session as it is."""

import random
from pathlib import Path

import pytest

from tests.support.logs import BEGAN, Log, append, log_at, log_file
from zigtui.reader.session.model.session import StepRun
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.tree.attempt_table import AttemptTable
from zigtui.wording.tree.tree_rows import ALL_OUTPUT, TreeRows

NAMES = ["a", "b", "c", "d"]


def something_happens(chance: random.Random) -> Log:
    """A tier that starts, again perhaps, or a step that was announced or not."""
    name = chance.choice(NAMES)
    if chance.random() < 0.4:
        return Log().tier(chance.randrange(4), *chance.sample(NAMES, 2))
    return chance.choice([Log().step(name), Log().says(name, "x"), Log().done(name), Log().fails(name)])


def attempts_of(step: StepRun, snapshot: SessionSnapshot) -> list[tuple[object, int, str | None]]:
    """The same for the attempts of a step, if it has more than one and not so many that they are folded."""
    states: list[str] = ["failed"] * len(step.attempts)
    if step.state not in ("failed", "pending", "skipped"):
        states.append(snapshot.step_state(step))
    if not 1 < len(states) <= 9 or not step.attempts:
        return []
    return [(("attempt", step.serial, position), 2, state) for position, state in enumerate(states)]


def expected_rows(snapshot: SessionSnapshot) -> list[tuple[object, int, str | None]]:
    """The key, depth and state of every row, tier by tier and step by step."""
    session = snapshot.session
    rows: list[tuple[object, int, str | None]] = [(ALL_OUTPUT, 0, None)]
    for tier in session.tiers:
        rows.append((("tier", tier.ordinal), 0, snapshot.tier_state(tier)))
        for step in session.steps_of(tier):
            rows.append((("step", step.serial), 1, snapshot.step_state(step)))
            rows += attempts_of(step, snapshot)
    if all(tier.pass_number == 1 for tier in session.tiers):
        reached = session.tiers[-1].tier_index + 1 if session.tiers else 0
        ahead = "not_run" if snapshot.state.is_over else "pending"
        rows += [(("ahead", number), 0, ahead) for number in range(reached + 1, session.tier_count + 1)]
    return rows


@pytest.mark.parametrize("seed", range(8))
def test_the_rows_are_those_of_the_session(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = log_file(tmp_path, Log().start(4).data)
    log = log_at(path)
    before: tuple[list[object], object] = ([], None)
    attempts = AttemptTable()
    for turn in range(60):
        if turn == 40:
            path.write_bytes(Log().start(2).tier(0, "a").data)  # the log is replaced
            attempts = AttemptTable()
        else:
            append(path, something_happens(chance).data)
        log.advance()
        snapshot = log.snapshot(BEGAN)
        attempts.renew(snapshot.session, {})
        rows, expected = TreeRows(snapshot, attempts=attempts), expected_rows(snapshot)
        assert list(TreeRows(snapshot, attempts=AttemptTable.of(snapshot.session, {}))) == list(rows)
        keys = [key for key, _, _ in expected]
        assert [(row.key, row.depth, row.state) for row in rows] == expected
        assert [rows.key_at(index) for index in range(len(rows))] == keys
        assert [rows.find(key) for key in keys] == list(range(len(keys)))
        active = [
            index for index, (_, depth, state) in enumerate(expected) if depth == 1 and state in ("running", "retrying")
        ]
        assert rows.active_row == (active[0] if active else None)
        assert (rows.shape == before[1]) == (keys == before[0]) or turn == 40
        before = (keys, rows.shape)
    assert rows.find(("step", 1000)) is None
    assert rows.find(("attempt", 0, 1000)) is None
    assert rows.find(("tier", 1000)) is None
    assert rows.find(("ahead", 1000)) is None
    with pytest.raises(IndexError):
        rows[len(rows)]
