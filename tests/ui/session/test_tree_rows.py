"""The rows of the tree, kept while a session grows, are those of the session as it is."""

import random
from collections.abc import Hashable
from pathlib import Path

import pytest

from tests.support.logs import Log
from tests.support.screens import append, write_log
from zigtui.reader.session.model import SessionState
from zigtui.reader.session.session_log import SessionLog
from zigtui.ui.session.tree_rows import TreeLayout, TreeRows
from zigtui.wording.trees import TreeRow, tree_row, tree_rows

NAMES = ["a", "b", "c", "d"]


def something_happens(chance: random.Random) -> Log:
    """A tier that starts, again perhaps, or a step that was announced or not."""
    name = chance.choice(NAMES)
    if chance.random() < 0.4:
        return Log().tier(chance.randrange(4), *chance.sample(NAMES, 2))
    return chance.choice([Log().step(name), Log().says(name, "x"), Log().done(name), Log().fails(name)])


@pytest.mark.parametrize("seed", range(5))
def test_the_rows_are_those_of_the_session(base: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = write_log(base, "1", Log().start(4))
    log, layout = SessionLog(str(path)), TreeLayout()
    for turn in range(60):
        if turn == 40:
            path.write_bytes(Log().start(2).tier(0, "a").data)  # the log is replaced
        else:
            append(path, something_happens(chance).data)
        log.advance()
        session, state = log.session, SessionState.RUNNING

        def make(key: Hashable) -> TreeRow:
            return tree_row(key, session, state, 0.0)  # noqa: B023  # used in this turn only

        layout.update(session)
        expected = tree_rows(session, state, 0.0)
        rows = TreeRows(layout, make, layout.first_active(session))
        assert list(rows) == expected
        assert [rows.find(row.key) for row in expected] == list(range(len(expected)))
        active = [number for number, row in enumerate(expected) if row.depth and row.state in ("running", "retrying")]
        assert rows.first_active == (active[0] if active else None)
        version = layout.version
        layout.update(session)
        assert layout.version == version
    assert layout.find(("step", 1000)) is None
