"""Whatever happens to chunks on their way, the mirrored file ends as its original."""

import tempfile
from pathlib import Path
from random import Random
from typing import Literal, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.mirrors import Mirror
from tests.support.originals import Original
from zigtui.fleet.mirror.quota import Limits
from zigtui.fleet.wire.chunk import Chunk
from zigtui.fleet.wire.messages import State

Restart: TypeAlias = Literal["mirror restarts", "mirror restarts without positions"]
Event: TypeAlias = Chunk | State | Restart
Change: TypeAlias = tuple[str, bytes | int | Restart]

LINES = st.lists(st.sampled_from([b"a", b"b", b"", b"a long line"]), min_size=1, max_size=4).map(
    lambda texts: b"".join(text + b"\n" for text in texts)
)
RESTARTS: list[Restart] = ["mirror restarts", "mirror restarts without positions"]
CHANGES: st.SearchStrategy[list[Change]] = st.lists(
    st.tuples(st.just("append"), LINES)
    | st.tuples(st.just("replace"), LINES | st.just(b""))
    | st.tuples(st.just("keep lines"), st.integers(0, 3))
    | st.tuples(st.just("lose notes"), st.just(0))
    | st.tuples(st.just("shipper restarts"), st.integers(0, 100))
    | st.tuples(st.just("shipper restarts"), LINES)
    | st.tuples(st.just("restart"), st.sampled_from(RESTARTS)),
    max_size=12,
)


def play(changes: list[Change], original: Original) -> list[Event]:
    """Let changes happen to a log, and return what its shipper publishes."""
    events: list[Event] = []
    start = 0
    for change in changes:
        match change:
            case ("restart", "mirror restarts" | "mirror restarts without positions" as restart):
                events.append(restart)
                continue
            case ("append", bytes(lines)):
                events += original.append(lines, limit=5)
                continue
            case ("replace", bytes(lines)):
                original.replace(lines)
            case ("keep lines", int(count)):
                original.replace(b"".join(original.data.splitlines(keepends=True)[:count]))
            case ("shipper restarts", int(acked)):
                start = original.data.rfind(b"\n", 0, acked) + 1
                original.restart_shipper(start, original.data[start:])
            case ("shipper restarts", bytes(lines)):
                start = original.data.find(b"\n") + 1
                original.restart_shipper(start, lines)
            case _:
                original.replace(original.data)
        events += [original.state(), *original.chunks(start, limit=7)]
        start = 0
    return events


def deliver(events: list[Event], random: Random, loss: float) -> list[Event]:
    """Lose some events, and repeat and reorder others."""
    arrivals = [event for event in events for _ in range(random.choice([1, 1, 1, 2])) if random.random() >= loss]
    for _ in range(random.randrange(len(arrivals) + 1)):
        index, other = random.randrange(len(arrivals)), random.randrange(len(arrivals))
        arrivals[index], arrivals[other] = arrivals[other], arrivals[index]
    return arrivals


def receive(mirror: Mirror, original: Original, events: list[Event]) -> None:
    for event in events:
        if isinstance(event, Chunk):
            mirror.apply(event)
        elif isinstance(event, State):
            mirror.apply_state(event)
        else:
            mirror.start_again(restores=event == "mirror restarts")


@examples(240)
@given(CHANGES, st.randoms(use_true_random=False))
def test_a_mirrored_file_ends_as_its_original(changes: list[Change], random: Random) -> None:
    original = Original()
    events = deliver(play(changes, original), random, loss=0.2)
    with tempfile.TemporaryDirectory() as root:
        mirror = Mirror(Path(root), Limits(held_bytes=8192))
        receive(mirror, original, events)
        mirror.apply_state(original.state())  # the server keeps the last one
        for turn in range(40):
            asks = mirror.asks(after=100)
            if not asks:
                break
            resent: list[Event] = [*original.chunks(asks[0].offset, limit=6), original.state()]
            receive(mirror, original, deliver(resent, random, loss=0.2 if turn < 5 else 0.0))
        assert mirror.data() == original.data
        assert not asks
        mirror.store.close()
