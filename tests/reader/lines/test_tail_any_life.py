import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.support.examples import examples
from tests.support.logs import append
from zigtui.reader.lines.tail import Tail


class AnyLife(RuleBasedStateMachine):
    """Whatever happens to a file, what was delivered since the last restart are its whole lines.

    No text is written twice, as no event is: each has a number of its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory()
        self.path = Path(self._directory.name) / "x.jsonl"
        self.path.touch()
        self.tail = Tail(self.path)
        self.delivered = b""
        self.written = 0

    def teardown(self) -> None:
        self._directory.cleanup()

    def text(self, length: int, *, newline: bool) -> bytes:
        self.written += 1
        return b"<%06d>" % self.written * (1 + length // 8) + (b"\n" if newline else b"")

    @rule(length=st.integers(0, 150), newline=st.booleans())
    def write(self, length: int, newline: bool) -> None:
        append(self.path, self.text(length, newline=newline))

    @rule()
    def write_newline(self) -> None:
        if not self.path.read_bytes().endswith(b"\n"):
            append(self.path, b"\n")

    @rule(share=st.floats(0, 1))
    def cut(self, share: float) -> None:
        os.truncate(self.path, round(self.path.stat().st_size * share))

    @rule(lines=st.integers(0, 5), length=st.integers(0, 150), how=st.sampled_from(["in place", "rename", "unlink"]))
    def replace(self, lines: int, length: int, how: str) -> None:
        content = b"".join(self.text(length, newline=True) for _ in range(lines)) + self.text(length, newline=False)
        target = self.path.with_suffix(".new") if how == "rename" else self.path
        if how == "unlink":
            self.path.unlink()
        target.write_bytes(content)
        target.replace(self.path)

    @rule(limit=st.integers(1, 400))
    def read(self, limit: int) -> None:
        self.read_some(limit)

    def read_some(self, limit: int) -> bool:
        chunk = self.tail.read(limit)
        if chunk.restarted:
            self.delivered = b""
        assert chunk.offset == len(self.delivered)
        self.delivered += chunk.data
        assert len(self.delivered) == self.tail.offset
        return chunk.more

    @rule()
    def read_to_the_end(self) -> None:
        while self.read_some(1000):
            pass
        content = self.path.read_bytes()
        assert self.delivered == content[: content.rfind(b"\n") + 1]
        assert self.tail.torn_bytes == len(content) - len(self.delivered)

    @invariant()
    def only_whole_lines(self) -> None:
        assert self.delivered.endswith(b"\n") or not self.delivered


TestAnyLife = pytest.mark.slow(AnyLife.TestCase)
TestAnyLife.settings = examples(150, stateful_step_count=30)
