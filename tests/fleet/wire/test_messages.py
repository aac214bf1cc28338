import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from zigtui.fleet.wire.chunk import MAX_NUMBER
from zigtui.fleet.wire.messages import Ask, Beat, State
from zigtui.fleet.wire.names import RemoteLog
from zigtui.fleet.wire.wire_error import WireError


def test_messages_are_small_json_objects() -> None:
    assert State(gen=7, size=4096, crc=1, age=250).payload == b'{"gen":7,"size":4096,"crc":1,"age":250}'
    continued = State(gen=7, size=4096, crc=1, after=6, kept=96)
    assert continued.payload == b'{"gen":7,"size":4096,"crc":1,"after":6,"kept":96}'
    assert Beat(n=3, sessions=12, behind=0).payload == b'{"n":3,"sessions":12,"behind":0}'
    full = Beat(n=3, sessions=12, behind=0, version="1.2.0", disk_free=5, disk_size=9)
    assert full.payload == b'{"n":3,"sessions":12,"behind":0,"version":"1.2.0","disk_free":5,"disk_size":9}'
    ask = Ask.for_log(RemoteLog("web-07", None, "a.b"), 4096, 7)
    assert ask.payload == b'{"p":"=","s":"a=2Eb","from":4096,"gen":7}'
    assert (State(gen=7, size=0, crc=0).headers, ask.headers) == ({"Zig-State": "1"}, {"Zig-Ask": "1"})


@given(st.integers(1, MAX_NUMBER), st.integers(0, MAX_NUMBER), st.integers(0, 2**32 - 1), st.integers(0, MAX_NUMBER))
def test_a_message_comes_back(gen: int, size: int, crc: int, age: int) -> None:
    for message in (State(gen=gen, size=size, crc=crc, age=age), Beat(n=gen, sessions=size, behind=age)):
        assert type(message).decoded(message.headers, message.payload) == message
    log = RemoteLog("web-07", "shop", "a.b")
    ask = Ask.decoded({"Zig-Ask": "1"}, Ask.for_log(log, size, gen).payload)
    assert (ask.log("web-07"), ask.offset, ask.gen) == (log, size, gen)


def test_fields_of_later_versions_are_ignored() -> None:
    payload = b'{"n":1,"sessions":2,"behind":3,"moon":{"phase":[4]}}'
    assert Beat.decoded({"Zig-Beat": "1"}, payload) == Beat(n=1, sessions=2, behind=3)


@each_case("headers", [{"Zig-Ask": "1"}, *({"Zig-Beat": text} for text in ("", "2", "1 "))])
def test_a_message_without_its_header_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(WireError, match="header Zig-Beat"):
        Beat.decoded(headers, b'{"n":1,"sessions":2,"behind":3}')


@pytest.mark.parametrize("headers", [None, {}])
def test_a_message_that_the_server_may_have_made_is_refused(headers: dict[str, str] | None) -> None:
    with pytest.raises(WireError, match="another machine may have made the server send it"):
        Beat.decoded(headers, b'{"n":1,"sessions":2,"behind":3}')


def test_a_message_that_the_server_has_forwarded_is_refused() -> None:
    for message in (State(gen=1, size=2, crc=3), Beat(n=1, sessions=2, behind=3), Ask(p="p", s="s", offset=0)):
        with pytest.raises(WireError, match="not published"):
            type(message).decoded({**message.headers, "Nats-Subject": "zig.beat.other"}, message.payload)


@each_case(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"gen":1,"size":2}',
        b'{"gen":0,"size":2,"crc":0}',
        b'{"gen":1,"size":-2,"crc":0}',
        b'{"gen":1,"size":2.5,"crc":0}',
        b'{"gen":1,"size":"2","crc":0}',
        b'{"gen":1,"size":true,"crc":0}',
        b'{"gen":1,"size":null,"crc":0}',
        b'{"gen":1,"size":2,"crc":4294967296}',
        b'{"gen":9007199254740993,"size":2,"crc":0}',
        b'{"gen":1e400,"size":2,"crc":0}',
        b'{"gen":1,"size":2,"crc":0} {}',
        b'{"gen":' + b"[" * 2000 + b"]" * 2000 + b',"size":2,"crc":0}',
        b'{"gen":1,"size":2,"crc":0,"x":"' + b"x" * 5000 + b'"}',
        b'{"stream":"ZIG_LIVE","seq":7}',
    ],
    ids=lambda payload: ascii(payload)[:40],
)
def test_another_payload_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        State.decoded({"Zig-State": "1"}, payload)


@each_case(
    "field",
    [
        b'"version":"1.0\\u001b[31m"',
        b'"version":"1.0\\n"',
        b'"version":""',
        b'"version":"' + b"1" * 41 + b'"',
        b'"version":3',
        b'"disk_free":-1,"disk_size":5',
        b'"disk_free":"1","disk_size":5',
        b'"disk_free":6,"disk_size":5',
        b'"disk_free":1',
        b'"disk_size":9007199254740993',
    ],
    ids=ascii,
)
def test_a_beat_with_a_value_out_of_range_is_refused(field: bytes) -> None:
    with pytest.raises(WireError):
        Beat.decoded({"Zig-Beat": "1"}, b'{"n":1,"sessions":2,"behind":3,' + field + b"}")


@given(st.binary(max_size=40))
def test_anything_else_is_refused_as_such(payload: bytes) -> None:
    with pytest.raises(WireError):
        State.decoded({"Zig-State": "1"}, payload)


@each_case(("project", "session"), [("..", "s"), ("p", "="), ("=2E=2E", "s"), ("p", "=41"), ("", "s")])
def test_an_ask_for_no_log_is_refused(project: str, session: str) -> None:
    with pytest.raises(WireError):
        Ask(p=project, s=session, offset=0).log("web-07")


def test_an_ask_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(WireError):
        Ask.decoded({"Zig-Ask": "1"}, b'{"p":"\xff","s":"s","from":0}')
