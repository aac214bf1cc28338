"""``zigtui metrics``: what Prometheus reads, from a base or from a server."""

import signal
import socket
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.bases import RECORDED_AT, recorded_base, session_id, write_log
from tests.support.cases import each_case
from tests.support.commands import Running, freeze, refused, run_python, succeed
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log
from tests.support.machines import mirror_root
from tests.support.waiting import wait_until
from zigtui.reader.machines import MachineStatus
from zigtui.reader.machines_file import encode_machines
from zigtui.reader.recorded_machines import MACHINES_FILE

Samples = dict[tuple[str, ...], float]

ENDED = Log().start().tier(0, "a").step("a").says("a", "done").done("a").end()
WITHOUT_EXTRA = """
import sys
sys.modules["prometheus_client"] = None
from zigtui.cli import main
main(["metrics"])
"""


def samples(text: str) -> Samples:
    """The values, each with its name and the values of its labels, in the order of the labels."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def printed(base: Path) -> Samples:
    return samples(succeed("metrics", "--base", base).stdout)


def sessions(found: Samples) -> Samples:
    """The numbers of sessions by state and workflow, without the zeros."""
    return {key[1:]: value for key, value in found.items() if key[0] == "zigtui_sessions" and value}


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    freeze(monkeypatch, BEGAN + 60)
    return tmp_path


def test_recorded_sessions_are_counted_as_list_counts_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = recorded_base(tmp_path / "base")
    freeze(monkeypatch, RECORDED_AT + 7200)
    listed = succeed("list", "--base", base, "--json").objects
    found = printed(base)
    assert sessions(found) == {(one["state"], one["workflow"]): 1 for one in listed}
    none = {"input": 0, "output": 0}
    for direction in none:
        tokens = {key[2]: value for key, value in found.items() if key[:2] == ("zigtui_tokens", direction)}
        assert tokens == {one["workflow"]: (one["tokens"] or none)[direction] for one in listed}
        assert any(tokens.values())


def test_a_workflow_has_its_durations_and_begins(base: Path) -> None:
    for number in range(2):
        write_log(base, ENDED, session_id(number), modified=BEGAN + 10)
    found = printed(base)
    assert found["zigtui_session_duration_seconds_count", "succeeded", "flow"] == 2
    assert found["zigtui_session_duration_seconds_sum", "succeeded", "flow"] == pytest.approx(2 * 4.321)
    assert found["zigtui_newest_session_start_timestamp_seconds", "succeeded", "flow"] == BEGAN


@pytest.mark.slow
def test_a_machine_cannot_make_any_number_of_time_series(base: Path) -> None:
    """Names come from logs. The workflows that run often keep theirs."""
    for number in range(600):
        log = Log().event("zig_session_started", workflow_name=f"flow {max(0, number - 10):03}", tier_count=1).end()
        write_log(base, log, session_id(number), modified=BEGAN + 10)
    found = {key[1]: value for key, value in sessions(printed(base)).items()}
    assert len(found) == 501
    assert found["flow 000"] == 11
    assert found["(others)"] == 90
    assert sum(found.values()) == 600


def test_each_state_is_there_so_that_the_first_failure_is_an_increase(base: Path) -> None:
    write_log(base, ENDED, modified=BEGAN + 10)
    assert printed(base)["zigtui_sessions", "failed", "flow"] == 0


def test_a_live_session_has_an_age_and_a_silence(base: Path) -> None:
    live = Log().start().tier(0, "a").step("a").says("a", "one").wait(50).beat()
    write_log(base, live, modified=BEGAN + 53)
    found = printed(base)
    assert found["zigtui_sessions", "running", "flow"] == 1
    assert found["zigtui_live_session_oldest_seconds", "flow"] == pytest.approx(60, abs=1)
    assert found["zigtui_live_session_silence_seconds", "flow"] == pytest.approx(57, abs=1)


def test_a_session_without_a_sign_of_life_is_not_lost_before_it_was_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(monkeypatch, BEGAN + 600)
    write_log(tmp_path, Log().start().tier(0, "a").step("a"), modified=BEGAN + 5)
    assert sessions(printed(tmp_path)) == {("checking", "flow"): 1}


def test_the_passes_of_a_listener_are_counted(base: Path) -> None:
    write_log(base, listener(6, failing=3).end(), modified=BEGAN + 10)
    found = printed(base)
    assert found["zigtui_passes", "flow"] == 6
    assert found["zigtui_failed_passes", "flow"] == found["zigtui_failed_steps", "flow"] == 2


@pytest.mark.parametrize("name", ['a"} 1\nfake{x="', "b\x1b[31m\\", "c\ud800", "d" * 5000])
def test_hostile_names_stay_within_their_labels(base: Path, name: str) -> None:
    escaped = b"".join(b"\\u%04x" % ord(char) for char in name)
    write_log(base, ENDED.data.replace(b'"flow"', b'"' + escaped + b'"'), modified=BEGAN + 10)
    text = succeed("metrics", "--base", base).stdout
    ((_, shown),) = sessions(samples(text))
    assert shown[0] == name[0]
    assert len(shown) < 600
    assert "\x1b" not in text


def test_a_base_that_does_not_exist_is_refused(base: Path) -> None:
    assert "there is no base directory" in refused("metrics", "--base", base / "nope")


def test_without_the_extra_a_line_names_it(home: Path) -> None:
    done = run_python(WITHOUT_EXTRA, home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'zigtui[metrics]'" in done.stderr


@each_case("address", ["9464", "localhost", "127.0.0.1:nope", "127.0.0.1:99999", "a/b:1", ":9464"])
def test_a_wrong_address_is_refused(base: Path, address: str) -> None:
    assert "is not an address with a port" in refused("metrics", "--base", base, "--listen", address)


def test_an_address_in_use_is_refused(base: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = refused("metrics", "--base", base, "--listen", f"127.0.0.1:{port}")
    assert f"cannot listen at 127.0.0.1:{port}" in message


def test_a_server_has_all_sessions_from_the_beginning(home: Path) -> None:
    for number in range(200):
        write_log(home / ".zig", ENDED, session_id(number))
    with Running("metrics", "--listen", "127.0.0.1:0", home=home) as running:
        assert running.process.stderr is not None
        url = running.process.stderr.readline().decode().split("serving ")[1].strip()
        with urlopen(url) as response:
            found = samples(response.read().decode())
    assert sessions(found) == {("succeeded", "flow"): 200}


def test_a_server_has_new_sessions_until_it_is_ended(home: Path) -> None:
    base = home / ".zig"
    write_log(base, ENDED, session_id(1))
    with Running("metrics", "--listen", "127.0.0.1:0", home=home) as running:
        assert running.process.stderr is not None
        url = running.process.stderr.readline().decode().split("serving ")[1].strip()

        def succeeded() -> float | None:
            with urlopen(url) as response:
                return samples(response.read().decode()).get(("zigtui_sessions", "succeeded", "flow"))

        wait_until(lambda: succeeded() == 1)
        write_log(base, ENDED, session_id(2))
        wait_until(lambda: succeeded() == 2)
        running.process.send_signal(signal.SIGTERM)
        assert running.finish().code == 128 + signal.SIGTERM


def test_mirrored_sessions_are_counted_by_machine(base: Path) -> None:
    root = mirror_root(base / "fleet")
    live = Log().start().tier(0, "a").step("a")
    for machine in ("web-07", "db"):
        write_log(root / machine, ENDED, session_id(1), modified=BEGAN + 5)
    write_log(root / "web-07", live, session_id(2), modified=BEGAN + 16)
    (root / MACHINES_FILE).write_bytes(encode_machines([MachineStatus("web-07", "", 42.0)], BEGAN + 60, None))
    assert sessions(printed(root)) == {
        ("db", "succeeded", "flow"): 1,
        ("web-07", "succeeded", "flow"): 1,
        ("web-07", "unreachable", "flow"): 1,
    }
