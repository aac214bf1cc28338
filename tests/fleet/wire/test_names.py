from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from zigtui.fleet.wire.names import RemoteLog, escape, unescape
from zigtui.fleet.wire.subjects import Lane, ask_subject, beat_machine, beat_subject, log_of
from zigtui.fleet.wire.wire_error import WireError

SESSION = "1842419a-6a0f-4a39-9d7f-2f8f6f1f7a11"


@each_case(
    ("name", "token"),
    [
        ("home-dev-src-shop", "home-dev-src-shop"),
        ("snake_case", "snake_case"),
        ("a.b", "a=2Eb"),
        ("x=y", "x=3Dy"),
        ("two words", "two=20words"),
        ("Zürich", "Z=C3=BCrich"),
        ("*", "=2A"),
        (">", "=3E"),
        ("=", "=3D"),
    ],
)
def test_a_name_has_one_spelling_without_dots_spaces_and_wildcards(name: str, token: str) -> None:
    assert escape(name) == token
    assert unescape(token) == name


@each_case(
    "name",
    [
        "",
        ".",
        "..",
        ".git",
        "../x",
        "a/b",
        "a\\b",
        "nul\0",
        "esc\x1b[2J",
        "line\nbreak",
        "\x9b31m",
        "\udcff",
        "x" * 256,
    ],
    ids=ascii,
)
def test_a_hostile_name_is_refused_in_both_directions(name: str) -> None:
    with pytest.raises(WireError):
        escape(name)
    token = "".join(f"={byte:02X}" for byte in name.encode("utf-8", "surrogateescape"))
    with pytest.raises(WireError):
        unescape(token)


@each_case("token", ["", "a b", "a.b", "=2e", "=2", "=", "==", "=41", "a=5Fb", "=FF", "*", ">", "ü", "=C0=AF"])
def test_a_second_spelling_is_refused(token: str) -> None:
    with pytest.raises(WireError):
        unescape(token)


@each_case("machine", ["", "Web", "web.07", "web 07", "x" * 64, "web/07", "wéb", "web_07", "web\n", "*"])
def test_a_machine_has_a_plain_name(machine: str) -> None:
    for build in (beat_subject, ask_subject):
        with pytest.raises(WireError, match="not a valid name for a machine"):
            build(machine)
    with pytest.raises(WireError):
        Lane.LIVE.subject(RemoteLog(machine, "shop", SESSION))


def test_a_subject_names_lane_machine_project_and_session() -> None:
    log = RemoteLog("web-07", "a.b", SESSION)
    assert Lane.LIVE.subject(log) == f"zig.log.web-07.a=2Eb.{SESSION}"
    assert Lane.BULK.subject(log._replace(project=None)) == f"zig.old.web-07.=.{SESSION}"
    assert beat_machine(beat_subject("web-07")) == "web-07"


@each_case(
    "subject",
    [
        "",
        "zig",
        "zig.log.m.p",
        "zig.log.m.p.s.t",
        "zig.raw.m.p.s",
        "zag.log.m.p.s",
        "zig.log.m..s",
        "zig.log.m.p.=",
        "zig.log.m.p.=2E=2E",
        "zig.log.m.=2E=2E.s",
        "zig.log.M.p.s",
        f"zig.log.m.p.{'s' * 250}",
        "zig.beat.m",
    ],
)
def test_another_subject_is_refused(subject: str) -> None:
    with pytest.raises(WireError):
        log_of(subject)


@each_case("subject", ["zig.beat.", "zig.beat.m.n", "zig.log.m", "m"])
def test_a_subject_that_is_none_of_a_beat_is_refused(subject: str) -> None:
    with pytest.raises(WireError):
        beat_machine(subject)


@given(st.text() | st.text(alphabet="a./\\=\0é\x1b", max_size=8))
def test_a_name_comes_back_or_is_refused(name: str) -> None:
    try:
        token = escape(name)
    except WireError:
        return
    assert unescape(token) == name
    assert PurePosixPath("base", name).parts == ("base", name)


@given(st.text(alphabet="ab=0123456789ABCDEFcf.*> /", max_size=12))
def test_no_two_spellings_lead_to_one_name(token: str) -> None:
    try:
        name = unescape(token)
    except WireError:
        return
    assert escape(name) == token


@given(
    st.from_regex(r"[a-z0-9-]{1,63}", fullmatch=True),
    st.none() | st.text(min_size=1, max_size=40),
    st.text(min_size=1, max_size=40),
    st.sampled_from(Lane),
)
def test_a_subject_comes_back(machine: str, project: str | None, session: str, lane: Lane) -> None:
    log = RemoteLog(machine, project, session)
    try:
        subject = lane.subject(log)
    except WireError:
        return
    assert log_of(subject) == (lane, log)
