"""The machines of a fleet on the screens: in the header, in a column, on a screen of their own."""

from pathlib import Path

import pytest

from tests.support.logs import BEGAN
from tests.support.machines import (
    FeedByHand,
    FleetByHand,
    MachinesByHand,
    fleet_root,
    live_session,
    mirror_root,
    mirrored_log,
)
from tests.support.screens import Clock, Shown, shown
from zigtui.ui.live_screen import LiveScreen
from zigtui.ui.machines.screen import MachinesScreen
from zigtui.ui.sessions.screen import SessionsScreen

NOW = BEGAN + 20


@pytest.fixture
def root(home_directory: Path) -> Path:
    return fleet_root(home_directory)


def log_of_first(root: Path) -> Path:
    return next(iter(root.rglob("0b5c*.jsonl")))


async def show(screen: Shown, clock: Clock) -> None:
    clock.now += 1
    await screen.show_changes()


async def test_the_header_counts_machines_and_names_what_is_wrong(root: Path) -> None:
    machines, feed, clock = FleetByHand(root, "db-01", "web-2", "web-10"), FeedByHand(), Clock(NOW)
    async with shown(root, size=(120, 24), clock=clock, machines=machines, feed=feed) as screen:
        assert screen.lines[0].startswith(" zigtui  prod  3 machines  ")
        machines.silences["web-2"] = 42.0
        await show(screen, clock)
        assert " 3 machines · web-2 silent 42s  " in screen.lines[0]
        machines.silences["db-01"] = 50.0
        await show(screen, clock)
        assert " 3 machines · 2 silent  " in screen.lines[0]
        machines.offline_since = NOW - 100
        await show(screen, clock)
        assert " 3 machines · offline since " in screen.lines[0]


async def test_sessions_that_are_unreachable_are_not_counted_as_live(root: Path) -> None:
    machines, clock = FleetByHand(root, "db-01", "web-2", "web-10"), Clock(NOW)
    async with shown(root, size=(120, 24), clock=clock, machines=machines) as screen:
        live = int(screen.lines[0].split(" live ")[0].split()[-1])
        machines.silences["web-10"] = 42.0
        clock.now += 1
        await screen.changed()
        unreachable = sum("unreachable" in row for row in screen.rows)
        assert unreachable > 0
        assert f" {live - unreachable} live · " in screen.lines[0]
        await screen.press("M")
        (row,) = [line for line in screen.lines if "web-10  " in line]
        assert row.split()[:4] == ["web-10", "silent", "42s", "0"]
        await screen.press("escape")
        del machines.silences["web-10"]
        clock.now += 1
        await screen.changed()
        assert f" {live} live · " in screen.lines[0]


@pytest.mark.parametrize(("hours", "said"), [(2, "2h ago"), (30, "1d ago"), (1000, "41d ago")])
async def test_a_narrow_list_says_when_an_unreachable_session_was_last_seen(root: Path, hours: int, said: str) -> None:
    machines, clock = FleetByHand(root, "db-01", "web-2", "web-10"), Clock(NOW)
    async with shown(root, size=(80, 24), clock=clock, machines=machines) as screen:
        clock.now += hours * 3600
        machines.silences |= dict.fromkeys(machines.names, hours * 3600.0)
        await screen.changed()
        rows = [row for row in screen.rows if "◇" in row]
        assert rows
        assert all(said in row for row in rows), rows


async def test_a_machine_that_was_removed_is_not_called_silent(root: Path) -> None:
    machines, clock = FleetByHand(root, "db-01", "web-2", "web-10"), Clock(NOW)
    machines.silences["db-01"] = 42.0
    machines.removed.add("db-01")
    async with shown(root, size=(120, 24), clock=clock, machines=machines) as screen:
        assert " 2 machines  " in screen.lines[0]
        assert "silent" not in screen.lines[0]
        await screen.press("M")
        assert screen.lines[5].split()[:2] == ["db-01", "removed"]
        assert "2 machines, 1 removed" in screen.lines[0]


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_names_of_machines_that_differ_only_at_their_ends_read_unlike(tmp_path: Path, width: int) -> None:
    root, names = mirror_root(tmp_path / "fleet"), [f"build-runner-of-the-shop-eu-west-1a-00{end}" for end in "12"]
    for number, name in enumerate(names):
        mirrored_log(root, name, f"{number}b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11", live_session("flow"), NOW)
    async with shown(root, size=(width, 24), clock=Clock(NOW), machines=FleetByHand(root, *names)) as screen:
        rows = [row for row in screen.rows if "build-" in row]
        if rows:  # there is a column for machines
            assert {"001", "002"} == {end for end in ("001", "002") for row in rows if end in row}
        await screen.press("M")
        assert [sum(end in line for line in screen.lines) for end in ("001", "002")] == [1, 1]


async def test_no_separator_is_left_before_what_has_no_room(root: Path) -> None:
    machines, feed, clock = FleetByHand(root, "db-01", "web-2"), FeedByHand(), Clock(NOW)
    machines.silences["web-2"] = 42.0
    async with shown(root, size=(120, 24), clock=clock, machines=machines, feed=feed) as screen:
        await screen.press("M")
        for width in range(20, 44):
            await screen.resize(width, 20)
            assert "·  " not in screen.lines[0] + "  ", width


async def test_there_is_a_column_for_machines_where_there_is_room(root: Path) -> None:
    machines = FleetByHand(root, "db-01", "web-2", "web-10")
    async with shown(root, size=(120, 24), clock=Clock(NOW), machines=machines) as screen:
        assert " machine  " in screen.lines[2]
        assert [row for row in screen.rows if " web-10  shop" in row.replace("   ", " ")] or "web-10" in screen.text
        assert "shop@" not in screen.text
        await screen.resize(60, 24)
        assert " machine" not in screen.lines[2]
        assert "shop@web" in screen.text


async def test_a_single_machine_has_no_column(home_directory: Path) -> None:
    root = mirror_root(home_directory / "fleet")
    mirrored_log(root, "web-07", "1b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11", live_session("flow"), NOW)
    async with shown(root, size=(120, 24), clock=Clock(NOW), machines=FleetByHand(root, "web-07")) as screen:
        assert " machine" not in screen.lines[2]
        assert "web-07" not in screen.rows[0]
        assert "1 machine  " in screen.lines[0]


async def test_without_machines_they_are_named_only_if_the_user_asks_for_them(recorded: Path) -> None:
    async with shown(recorded, size=(160, 24)) as screen:
        assert "machine" not in screen.text
        await screen.press("M")
        assert isinstance(screen.app.screen, SessionsScreen)
        assert "There are no machines: zigtui --fleet NAME displays those of a team" in screen.text


async def test_machines_that_join_are_seen(root: Path) -> None:
    machines, clock = FleetByHand(root, "db-01", "web-2", "web-10"), Clock(NOW)
    async with shown(root, size=(120, 24), clock=clock, machines=machines) as screen:
        mirrored_log(root, "app-1", "8b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11", live_session("joined"), NOW)
        machines.names = (*machines.names, "app-1")
        clock.now += 1
        await screen.changed()
        assert "4 machines" in screen.lines[0]
        assert any("joined" in row and "app-1" in row for row in screen.rows)


async def test_the_screen_of_machines(root: Path) -> None:
    machines, clock = FleetByHand(root, "db-01", "web-2", "web-10"), Clock(NOW)
    async with shown(root, size=(120, 24), clock=clock, machines=machines) as screen:
        await screen.press("M")
        assert isinstance(screen.app.screen, MachinesScreen)
        assert screen.lines[2].split("  ")[0].strip() == "machine"
        rows = [line.split() for line in screen.lines[3:6]]
        assert [row[0] for row in rows] == ["db-01", "web-2", "web-10"]
        assert rows[0][1:] == ["live", "1", "1", "1.2", "MB", "1s", "ago", "38%", "free", "1.2.0"]
        assert rows[1][1:] == ["live", "1", "2", "up", "to", "date", "1s", "ago", "38%", "free", "1.2.0"]
        machines.silences["web-10"] = 42.0
        await show(screen, clock)
        assert screen.lines[3].split()[:3] == ["web-10", "silent", "42s"]
        await screen.press("escape")
        assert isinstance(screen.app.screen, SessionsScreen)


async def test_a_machine_of_which_nothing_was_ever_received_never_connected(root: Path) -> None:
    machines = MachinesByHand(root)
    machines.silences = {"db-01": 42.0, "new-01": 42.0}  # without beats, but there are logs of the first one
    async with shown(root, size=(120, 24), clock=Clock(NOW), machines=machines) as screen:
        await screen.press("M")
        states = {line.split()[0]: " ".join(line.split()[1:3]) for line in screen.lines[3:5]}
        assert states == {"db-01": "silent 42s", "new-01": "never connected"}


async def test_enter_filters_the_list_by_the_machine(root: Path) -> None:
    machines = FleetByHand(root, "db-01", "web-2", "web-10")
    async with shown(root, size=(120, 24), clock=Clock(NOW), machines=machines) as screen:
        await screen.press("M", "down", "enter")
        assert isinstance(screen.app.screen, SessionsScreen)
        assert "machine:web-2" in screen.lines[0]
        assert ["flow-web-2" in row or "done" in row for row in screen.rows] == [True, True]
        await screen.press("escape")
        assert len(screen.rows) == 4


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 5), (200, 60)])
async def test_the_screen_of_machines_fits_any_size(root: Path, size: tuple[int, int]) -> None:
    machines = FleetByHand(root, *(f"{'long-name-' * 5}{number}" for number in range(40)), "web-2")
    async with shown(root, size=size, clock=Clock(NOW), machines=machines) as screen:
        await screen.press("M", "G")
        assert isinstance(screen.app.screen, MachinesScreen)
        assert "web-2" in screen.text or "long" in screen.text
        await screen.resize(60, 20)
        assert "machine " in screen.text


async def test_the_keys_and_the_palette_offer_the_machines(root: Path) -> None:
    machines = FleetByHand(root, "db-01", "web-2", "web-10")
    async with shown(root, size=(120, 40), clock=Clock(NOW), machines=machines) as screen:
        titles = [command.title for command in screen.app.get_system_commands(screen.app.screen)]
        assert "Machines" in titles
        await screen.press("question_mark")
        assert "machines" in screen.text
        await screen.press("escape", "M", "question_mark")
        assert "its sessions" in screen.text


async def test_sorting_by_machine(root: Path) -> None:
    machines = FleetByHand(root, "db-01", "web-2", "web-10")
    async with shown(root, size=(120, 24), clock=Clock(NOW), machines=machines) as screen:
        await screen.press(*"sssss")
        assert "Sorted by machine" in screen.text
        assert [row.split()[3] for row in screen.rows] == ["db-01", "web-10", "web-2", "web-2"]
        await screen.press("s")
        assert "Live ones first" in screen.text


async def test_problems_of_the_feed_are_on_the_list_and_on_its_sessions(root: Path) -> None:
    feed = FeedByHand()
    feed.notices.append("logs cannot be written: No space left on device; trying again")
    log = log_of_first(root)
    async with shown(root, clock=Clock(NOW), machines=FleetByHand(root, "db-01"), feed=feed) as screen:
        assert "No space left on device" in screen.text
        await screen.open(log)
        assert "No space left on device" in screen.text


async def test_a_session_names_its_machine(root: Path) -> None:
    log = log_of_first(root)
    async with shown(root, clock=Clock(NOW), size=(120, 40), machines=FleetByHand(root, "db-01"), opened=log) as screen:
        assert "db-01:/" in screen.lines[1]
        await screen.press("i")
        assert any(line.split()[:2] == ["machine", "db-01"] for line in screen.lines)


@pytest.mark.parametrize("opens", [False, True])
async def test_the_command_that_is_copied_names_fleet_and_machine(root: Path, opens: bool) -> None:
    machines = FleetByHand(root, "db-01", "web-2", "web-10")
    async with shown(root, clock=Clock(NOW), size=(120, 24), machines=machines, feed=FeedByHand()) as screen:
        if opens:
            await screen.open(log_of_first(root))
        assert isinstance(screen.app.screen, LiveScreen)
        location = screen.app.screen.chosen_session
        command = next(each.text for each in screen.app.screen.copyables() if each.name == "command")
        assert location is not None
        text = command if isinstance(command, str) else command(1000)
        assert text.startswith(f"zigtui --fleet prod {location.machine}/{location.session_id}")


async def test_hostile_versions_of_a_record_reach_no_terminal(root: Path) -> None:
    machines = FleetByHand(root, "db-01")
    machines.version = "\x1b]0;owned\x07" + "x" * 500
    async with shown(root, clock=Clock(NOW), size=(120, 20), machines=machines) as screen:
        await screen.press("M")
        assert "\x1b" not in screen.text
        assert "\x07" not in screen.text


async def test_a_fleet_without_sessions_explains_how_machines_join(home_directory: Path) -> None:
    root, feed = mirror_root(home_directory / "fleet"), FeedByHand()
    async with shown(root, clock=Clock(NOW), machines=FleetByHand(root), feed=feed) as screen:
        assert "zigtui is mirroring prod" in screen.text
        assert "zigtui fleet add web-07 -o web-07.join" in screen.text
        assert "zigtui ship --join web-07.join" in screen.text


async def test_directories_that_are_no_machines_are_none(root: Path) -> None:
    for name in ("UPPER", ".hidden", "with space", "a.b"):
        path = root / name / "logs" / "sessions" / "1b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a12.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(live_session("hostile").data)
    (root / "link").symlink_to(root / "web-2")
    async with shown(root, size=(120, 24), clock=Clock(NOW), machines=FleetByHand(root, "db-01", "web-2")) as screen:
        assert "hostile" not in screen.text
        assert len(screen.rows) == 4
