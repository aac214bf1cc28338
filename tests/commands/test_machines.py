"""Commands on the logs of other machines: the root of a mirror, the base of one machine, and the cache of a fleet."""

import json
from pathlib import Path

import pytest

from tests.support.cases import each_case
from tests.support.commands import freeze, refused, succeed, zigtui
from tests.support.logs import BEGAN, Json, Log
from tests.support.machines import MachinesByHand, mirror_root, mirrored_log
from zigtui.exit_codes import ExitCode
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.machines import Hearing, MachineStatus
from zigtui.reader.machines_file import encode_machines
from zigtui.reader.recorded_machines import MACHINES_FILE
from zigtui.reader.sessions import read_session

NOW = BEGAN + 60
WEB, DB = "1842419a-6a0f-4a39-9d7f-2f8f6f1f7a11", "9c3f2b1a-6a0f-4a39-9d7f-2f8f6f1f7a22"


@pytest.fixture
def root(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a mirror with a live session of web-07, which is silent, and one of db that has succeeded."""
    monkeypatch.chdir(home)
    freeze(monkeypatch, NOW)
    root = mirror_root(home / "fleet")
    mirrored_log(root, "web-07", WEB, Log().start().tier(0, "build").step("build"), BEGAN + 16)
    mirrored_log(root, "db", DB, Log().start().tier(0, "dump").step("dump").done("dump").end(), BEGAN + 5)
    record(root, MachineStatus("web-07", "", 42.0), MachineStatus("db", ""))
    return root


def record(root: Path, *statuses: MachineStatus, now: float = NOW) -> None:
    (root / MACHINES_FILE).write_bytes(encode_machines(statuses, now, None))


def listed(*arguments: str | Path) -> list[Json]:
    return [json.loads(line) for line in succeed(*arguments, "--json").lines]


def test_the_root_of_a_mirror_lists_the_sessions_of_all_machines(root: Path) -> None:
    found = listed("list", "--base", root)
    assert {(one["machine"], one["id"], one["state"]) for one in found} == {
        ("web-07", WEB, "unreachable"),
        ("db", DB, "succeeded"),
    }


def test_a_local_session_has_no_machine(home: Path, root: Path) -> None:
    base = home / "other"
    mirrored_log(base, "web-07", WEB, Log().start().end())  # as it looks, but there is no mirror
    assert [one["machine"] for one in listed("list", "--base", base / "web-07")] == [None]
    assert len(listed("list", "--base", root, "--base", base / "web-07")) == 3


def test_the_table_has_a_column_for_several_machines(root: Path) -> None:
    lines = succeed("list", "--base", root).lines
    assert lines[0].split() == ["STATE", "WORKFLOW", "MACHINE", "PROJECT", "TIERS", "TIME", "BEGAN", "ID", "NOW"]
    (web,) = (line for line in lines if "1842419a" in line)
    assert "◇ unreachable  flow" in web
    assert "web-07   src-shop " in web
    assert web.endswith("web-07 silent for 42s")
    alone = succeed("list", "--base", root / "web-07").lines
    assert "MACHINE" not in alone[0]
    assert alone[1].endswith("web-07 silent for 42s")


@each_case(
    ("arguments", "ids"),
    [
        (["--machine", "web-07"], [WEB]),
        (["--machine", "web-*"], [WEB]),
        (["machine:db"], [DB]),
        (["machine:web*,db"], [WEB, DB]),
        (["-machine:db"], [WEB]),
        (["--state", "unreachable"], [WEB]),
        (["state:unreac"], [WEB]),
        (["state:lost,running"], []),
    ],
)
def test_sessions_are_found_by_machine_and_by_being_unreachable(
    root: Path, arguments: list[str], ids: list[str]
) -> None:
    options = ["--", *arguments] if arguments[0].startswith("-m") else arguments
    found = [json.loads(line) for line in succeed("list", "--base", root, "--json", *options).lines]
    assert sorted(one["id"] for one in found) == ids


def test_a_machine_that_has_no_sessions_is_an_error_with_a_hint(root: Path) -> None:
    message = refused("list", "--base", root, "--machine", "web-70")
    assert "no session is from a machine that matches 'web-70'; did you mean web-07?" in message


@pytest.mark.parametrize("wanted", [f"web-07/{WEB}", "web-07/1842", "web-07/flow", "1842419a", WEB])
def test_a_session_is_named_with_its_machine(root: Path, wanted: str) -> None:
    shown = succeed("show", wanted, "--base", root).lines
    assert shown[0] == f"flow  web-07/{WEB}"
    assert shown[1].startswith("◇ unreachable")
    assert shown[2] == "now     web-07 silent for 42s"
    assert "machine web-07" in shown
    assert json.loads(succeed("show", wanted, "--base", root, "--json").stdout)["machine"] == "web-07"
    assert f"Session `web-07/{WEB}`" in succeed("export", wanted, "--base", root, "--format", "md").stdout


@pytest.mark.parametrize("wanted", ["web-07/9c3f2b1a", "db/1842", "no-machine/flow", "web-07/"])
def test_a_session_of_another_machine_is_not_taken(root: Path, wanted: str) -> None:
    assert "no session has the id or the workflow name" in refused("show", wanted, "--base", root)


def test_a_workflow_with_a_slash_in_its_name_is_still_found(root: Path) -> None:
    log = Log().event(
        "zig_session_started", workflow_name="web-07/nightly", workflow_path="n.zwf", cwd="/", tier_count=1
    )
    mirrored_log(root, "db", "22222222-6a0f-4a39-9d7f-2f8f6f1f7a33", log.end())
    assert succeed("show", "web-07/nightly", "--base", root).lines[0].startswith("web-07/nightly")


def test_one_id_on_two_machines_is_told_apart_by_the_machine(root: Path) -> None:
    mirrored_log(root, "db", WEB, Log().start().end(), BEGAN + 5)
    message = refused("show", WEB, "--base", root)
    assert "give MACHINE/ID, the path of one log, or only its --base" in message
    assert f"  web-07/{WEB}  flow" in message
    assert succeed("show", f"db/{WEB}", "--base", root).lines[1].startswith("✔ succeeded")


def test_listen_treats_an_unreachable_session_as_one_that_is_not_over(root: Path) -> None:
    done = zigtui("listen", "web-07/1842", "--base", root, "--no-follow", "--exit-status")
    assert done.code == ExitCode.NOT_OVER
    waited = zigtui("listen", "web-07/1842", "--base", root, "--timeout", "100ms")
    assert waited.code == ExitCode.LOST_OR_TIMEOUT
    assert "zigtui: web-07 is silent; the session goes on once it is back" in waited.stderr
    assert "has not ended in 100ms" in waited.stderr
    assert "is lost" not in done.stderr + waited.stderr


def test_a_session_that_was_lost_before_its_machine_fell_silent_stays_lost(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(root, MachineStatus("web-07", "", 42.0, beat_age_secs=42.0, known_secs=42.0), now=NOW + 7200)
    freeze(monkeypatch, NOW + 7200)
    assert [one["state"] for one in listed("list", "--base", root, "machine:web-07")] == ["lost"]


@pytest.mark.parametrize("now", [NOW, NOW + 7200])
def test_all_commands_agree_that_a_session_was_lost_shortly_before_its_machine_fell_silent(
    root: Path, monkeypatch: pytest.MonkeyPatch, now: float
) -> None:
    silent_secs = now - NOW + 10
    record(root, MachineStatus("web-07", "", silent_secs, beat_age_secs=silent_secs, known_secs=silent_secs), now=now)
    freeze(monkeypatch, now)
    assert [one["state"] for one in listed("list", "--base", root, "machine:web-07")] == ["lost"]
    assert json.loads(succeed("show", "web-07/flow", "--base", root, "--json").stdout)["state"] == "lost"
    done = zigtui("listen", "web-07/flow", "--base", root, "--no-follow", "--exit-status")
    assert done.code == ExitCode.LOST_OR_TIMEOUT


@pytest.mark.parametrize("ahead", [1800.0, 90_000.0])
def test_no_session_is_lost_since_the_clock_was_set_back_after_the_mirror_ended(root: Path, ahead: float) -> None:
    log = Log().start().tier(0, "build").step("build")
    mirrored_log(root, "web-07", WEB, log, NOW + ahead - 5)
    record(root, MachineStatus("web-07", "", beat_age_secs=1.0, known_secs=0.0), now=NOW + ahead)
    assert [one["state"] for one in listed("list", "--base", root, "machine:web-07")] == ["unreachable"]


@pytest.mark.parametrize("watcher_ahead", [0.0, -3600.0], ids=["watcher right", "watcher behind"])
@pytest.mark.parametrize("machine_ahead", [-10800.0, 10800.0], ids=["machine behind", "machine ahead"])
@pytest.mark.parametrize(
    ("silent_for", "hearing", "record_age", "state"),
    [
        pytest.param(545.0, Hearing(None, 0.0), 5.0, "lost", id="killed while its machine was heard"),
        pytest.param(20.0, Hearing(None, 0.0), 5.0, "running", id="alive"),
        pytest.param(545.0, Hearing(None, 400.0), 5.0, "lost", id="killed before its machine was away"),
        pytest.param(15.0, Hearing(None, 400.0), 5.0, "running", id="alive since its machine is back"),
        pytest.param(545.0, Hearing(400.0, 400.0), 5.0, "lost", id="killed before its machine fell silent"),
        pytest.param(545.0, Hearing(540.0, 540.0), 5.0, "unreachable", id="alive when its machine fell silent"),
        pytest.param(545.0, Hearing(None, 0.0), 540.0, "unreachable", id="alive when the mirror was ended"),
        pytest.param(545.0, Hearing(None, 0.0), 400.0, "lost", id="killed before the mirror was ended"),
    ],
)
def test_all_processes_come_to_the_same_result_whatever_the_clocks_show(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    watcher_ahead: float,
    machine_ahead: float,
    silent_for: float,
    hearing: Hearing,
    record_age: float,
    state: str,
) -> None:
    now = NOW + 3600 + watcher_ahead
    freeze(monkeypatch, now)
    root = mirror_root(home / "fleet")
    log = Log().wait(machine_ahead).start().tier(0, "build").step("build").beat()
    path = mirrored_log(root, "web-07", WEB, log, now - silent_for)
    silent_secs, known_secs = hearing
    status = MachineStatus("web-07", "", silent_secs, beat_age_secs=silent_secs or 1.0, known_secs=known_secs)
    record(root, status, now=now - record_age)
    mirroring = MachinesByHand(root)
    mirroring.silences = {} if silent_secs is None else {"web-07": silent_secs}
    mirroring.known_secs = known_secs
    if record_age > 15:
        mirroring.offline_since = now - record_age
    for machines in (mirroring, None):  # the process that mirrors, and one that reads the record
        catalog = Catalog([str(root)], machines=machines)
        catalog.read_all()
        (session,) = catalog.sessions()
        opened = catalog.open(session.location)
        catalog.read_all()
        states = [(one.state.value, one.is_doubtful) for one in (session, opened.snapshot(now))]
        assert states == [(state, False), (state, False)]
    assert read_session(path).state == state
    assert [one["state"] for one in listed("list", "--base", root)] == [state]
    assert json.loads(succeed("show", "web-07/flow", "--base", root, "--json").stdout)["state"] == state
    done = zigtui("listen", "web-07/flow", "--base", root, "--no-follow", "--exit-status")
    assert done.code == (ExitCode.LOST_OR_TIMEOUT if state == "lost" else ExitCode.NOT_OVER)


def test_if_the_mirror_does_not_run_live_sessions_are_unreachable(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(root, MachineStatus("web-07", ""), MachineStatus("db", ""), now=BEGAN + 20)
    freeze(monkeypatch, NOW + 86400)
    found = {one["machine"]: one["state"] for one in listed("list", "--base", root)}
    assert found == {"web-07": "unreachable", "db": "succeeded"}


def test_the_time_of_an_unreachable_session_ends_with_its_last_sign_of_life(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = listed("list", "--base", root, "machine:web-07")
    assert found["duration_ms"] == 16_000
    freeze(monkeypatch, NOW + 3600)
    assert listed("list", "--base", root, "machine:web-07")[0]["duration_ms"] == 16_000


# A fleet by its name


@pytest.fixture
def cached(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same mirror, as the screen keeps it for the fleet prod."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    cache = home / "cache" / "zigtui" / "fleet" / "prod"
    cache.parent.mkdir(parents=True)
    root.rename(cache)
    (cache.parent / "ci.example.com:4222").symlink_to(cache)
    return cache


@pytest.mark.parametrize("fleet", ["prod", "tls://ci.example.com", "tls://ci.example.com:4222"])
def test_commands_read_what_has_been_received_of_a_fleet(cached: Path, fleet: str) -> None:
    assert {one["machine"] for one in listed("--fleet", fleet, "list")} == {"web-07", "db"}
    assert succeed("--fleet", fleet, "show", "db/flow").lines[0] == f"flow  db/{DB}"
    done = zigtui("--fleet", fleet, "listen", "web-07/flow", "--no-follow")
    assert (done.code, "build" in done.stdout) == (0, True)


@pytest.mark.parametrize("arguments", [["list"], ["show"], ["metrics", "--listen", "127.0.0.1:0"]], ids=" ".join)
def test_a_fleet_of_which_nothing_has_been_received_is_an_error(cached: Path, arguments: list[str]) -> None:
    message = refused("--fleet", "dev", *arguments)
    assert "nothing has been received from the fleet dev yet; open zigtui --fleet dev" in message


@pytest.mark.parametrize("fleet", ["", "http://host", "tls://"])
def test_what_cannot_be_a_fleet_is_refused(cached: Path, fleet: str) -> None:
    assert "--fleet" in refused("--fleet", fleet, "list")


@pytest.mark.parametrize(
    "arguments",
    [
        ["demo"],
        ["fleet", "status"],
        ["prune", "--keep", "1", "--yes"],
        ["record", "--", "true"],
        ["ship", "--to", "nats://127.0.0.1:1", "--as", "web-07"],
    ],
    ids=" ".join,
)
def test_commands_that_do_not_read_sessions_take_no_fleet(cached: Path, arguments: list[str]) -> None:
    before = sorted(cached.rglob("*"))
    message = refused("--fleet", "prod", *arguments)
    assert f"{arguments[0]} takes no --fleet: it is for the screen and for reading" in message
    assert sorted(cached.rglob("*")) == before
    assert succeed("--fleet", "prod", arguments[0], "--help").stdout


def test_all_machines_of_a_mirror_are_not_pruned_at_once(root: Path) -> None:
    assert "fleet has the sessions of other machines" in refused("prune", "--keep", "0", "--yes", "--base", root)
    assert len(listed("list", "--base", root)) == 2
