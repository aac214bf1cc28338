"""``zigtui serve``: the screens, several at once, and that they can do nothing but display."""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.bases import IDS, log_of, recorded_base, session_id, write_log
from tests.support.logs import SESSION_ID, Log
from tests.support.processes import processes_that_name, run_zigtui
from tests.support.programs import program
from tests.support.serving import Screen, Served, client_of, screen_of, served
from tests.support.skewed import skewed_log
from tests.support.waiting import wait_until

ID = IDS["retry-then-success"]
CLOSED, FAILED, FULL, IDLE, RESTART = 4000, 4001, 4002, 4003, 1012
DECOYS = ("less", "nano", "tmux", "copier", "notifier")


def make_home(home: Path) -> None:
    """A home with sessions, and with programs that would leave a trace."""
    recorded_base(home / ".zig")
    log = Log().start(cwd=str(home)).tier(0, "build").step("build").says("build", "one", "two", "notes.txt:1: oops")
    write_log(home / ".zig", log.done("build").end())
    (home / "notes.txt").write_text("notes")
    for name in DECOYS:
        program(home, name)


def settings_of(home: Path) -> dict[str, str]:
    """Variables of a user who has set programs for everything, and has started the server inside of tmux."""
    config = home / "config" / "zigtui"
    config.mkdir(parents=True, exist_ok=True)
    copier, notifier = (json.dumps([str(home / name)]) for name in ("copier", "notifier"))
    (config / "config.toml").write_text(
        f'copy_command = {copier}\nnotify_command = {notifier}\nnotify = "all"\nlinks = "on"\nwrap = false\n'
    )
    programs = {"PAGER": str(home / "less"), "EDITOR": str(home / "nano"), "PATH": f"{home}:{os.environ['PATH']}"}
    return {**programs, "XDG_CONFIG_HOME": str(home / "config"), "TMUX": "/tmp/tmux,1,0", "TMPDIR": str(home)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    make_home(home)
    with served(home, environment=settings_of(home)) as server:
        yield server


def files_of(home: Path) -> set[str]:
    """The files below a home directory."""
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


async def download(client: aiohttp.ClientSession, server: Served, screen: Screen) -> tuple[str, bytes]:
    """The name and the content of the file that a screen offers next."""
    said = len(screen.said)

    def offered() -> list[str]:
        return [str(value) for kind, value in screen.said[said:] if kind == "download"]

    await screen.wait_until(offered)
    async with client.head(server.address(f"/download/{offered()[0]}")) as answer:
        assert answer.status == 405
    async with client.get(server.address(f"/download/{offered()[0]}")) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/octet-stream"
        name = answer.headers["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')
        data = await answer.read()
    async with client.get(server.address(f"/download/{offered()[0]}")) as answer:
        assert answer.status == 404
    return name, data


async def test_two_people_see_what_each_of_them_has_opened(server: Served) -> None:
    async with (
        client_of(server) as client,
        client_of(server) as other_client,
        screen_of(server, client) as one,
        screen_of(server, other_client, f"/s/{ID}/ws", (60, 20)) as other,
    ):
        await one.wait_for("sessions")
        await other.wait_for(ID[:8])
        assert max(map(len, other.text.splitlines())) <= 60
        await one.type("/")
        await one.wait_for("filter")
        await one.type("state:failed\r")
        await one.wait_for("state:failed")
        assert "state:failed" not in other.text
        await other.type("i")
        await other.wait_for("Info")
        assert len(server.screens()) == 2


async def test_the_size_follows_the_page(server: Served) -> None:
    async with client_of(server) as client, screen_of(server, client, size=(120, 30)) as screen:
        await screen.wait_for("sessions")
        await screen.resize(50, 12)
        await screen.wait_until(lambda: len(screen.text.splitlines()) == 12 and "quit" in screen.text.splitlines()[-1])


async def test_the_address_and_the_title_are_those_of_the_session(server: Served) -> None:
    async with client_of(server) as client, screen_of(server, client, f"/s/{ID}/ws") as screen:
        await screen.wait_until(lambda: ["session", ID] in screen.said)
        await screen.wait_until(lambda: ["title", "zigtui"] in screen.said)
        await screen.type("\x1b")
        await screen.wait_until(lambda: ["session", None] in screen.said)


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("filter=workflow:deploy&chosen=" + ID, ""),
        ("filter=state:nope", "'nope' is no state"),
        ("filter=%00%ff%1b[2J\ud800&chosen=../../etc/passwd", ""),
        ("filter=" + "x%20" * 1500 + "&chosen=" + "y" * 1000, ""),
    ],
)
async def test_a_page_may_ask_for_any_filter_and_session(server: Served, query: str, note: str) -> None:
    async with client_of(server) as client, screen_of(server, client, f"/ws?{query}") as screen:
        await screen.wait_for(note or "esc end filter")
        await screen.type("\x1b")
        await screen.wait_for("migrate-db")
        if ID in query:
            await screen.type("\r")
            await screen.wait_until(lambda: ["session", ID] in screen.said)


async def test_the_mouse_opens_a_session(server: Served) -> None:
    async with client_of(server) as client, screen_of(server, client) as screen:
        await screen.wait_for("sessions")
        await screen.type("/")
        await screen.wait_for("filter")
        await screen.type("workflow:migrate-db\r")
        await screen.wait_for("workflow:migrate-db")
        await screen.wait_until(lambda: " of " in screen.text and "✘" in screen.text)  # so that no row moves any more
        row = next(number for number, line in enumerate(screen.text.splitlines(), 1) if "✘" in line)
        for _ in range(2):
            await screen.type(f"\x1b[<0;20;{row}M\x1b[<0;20;{row}m")
        await screen.wait_until(lambda: ["session", IDS["failed-session"]] in screen.said)


async def test_no_program_is_run(server: Served) -> None:
    before = files_of(server.home)
    async with client_of(server) as client, screen_of(server, client, f"/s/{SESSION_ID}/ws") as screen:
        await screen.wait_for("oops")
        await screen.type("GoO!\x1a?")
        await screen.wait_for("Keys")
        assert "$PAGER" not in screen.text
        assert "$EDITOR" not in screen.text
        assert "suspend" not in screen.text
    assert files_of(server.home) == before


async def test_no_file_is_written_about_a_session_that_may_be_lost(tmp_path: Path) -> None:
    skewed_log(tmp_path / ".zig", "nightly", -600)
    with served(tmp_path) as server:
        before = files_of(tmp_path)
        async with client_of(server) as client, screen_of(server, client) as screen:
            await screen.wait_for("nightly")
        assert files_of(tmp_path) == before


async def test_copying_reaches_the_page_and_no_program(server: Served) -> None:
    before = files_of(server.home)
    async with client_of(server) as client, screen_of(server, client, f"/s/{SESSION_ID}/ws") as screen:
        await screen.wait_for("oops")
        await screen.type("yi")
        await screen.wait_for("Copied the id")
        assert b"\x1b]52;c;" in screen.written
        assert b"\x1bPtmux" not in screen.written
        await screen.type("\x03")
        await screen.wait_for("Nothing is selected")
    assert files_of(server.home) == before


async def test_saving_is_downloading(server: Served) -> None:
    before = files_of(server.home)
    async with client_of(server) as client, screen_of(server, client, f"/s/{SESSION_ID}/ws") as screen:
        await screen.wait_for("oops")
        await screen.type(">")
        name, data = await download(client, server, screen)
        assert name == f"flow-{SESSION_ID[:8]}-output.txt"
        assert [line.split()[-1] for line in data.decode().splitlines()] == ["one", "two", "oops"]
        await screen.type("\x10")
        await screen.wait_for("Search")
        await screen.type("Screenshot")
        await screen.wait_for("Download the screen")
        await screen.type("\r")
        name, data = await download(client, server, screen)
        assert name == "zigtui.svg"
        assert b"<svg" in data
    assert files_of(server.home) == before


@pytest.mark.slow
@pytest.mark.parametrize(("key", "form"), [("h", "html"), ("j", "json")])
async def test_a_report_is_downloaded_as_export_prints_it(server: Served, key: str, form: str) -> None:
    before = files_of(server.home)
    async with client_of(server) as client, screen_of(server, client, f"/s/{ID}/ws") as screen:
        await screen.wait_for("esc back")
        await screen.type(f"x{key}")
        name, data = await download(client, server, screen)
        assert name.startswith("deploy-ed19ee0d.")
    path = log_of(server.home / ".zig", "retry-then-success")
    printed = run_zigtui("export", path, "--format", form, home=server.home)
    assert data.decode() == printed.stdout
    assert files_of(server.home) == before


async def test_nothing_that_is_chosen_is_kept(server: Served) -> None:
    before = files_of(server.home)
    async with client_of(server) as client:
        async with screen_of(server, client, f"/s/{SESSION_ID}/ws") as screen:
            await screen.wait_for("oops")
            await screen.type("D")
            await screen.wait_until(lambda: "started" not in screen.text)
            await screen.type("/two\r")
            await screen.wait_for("1 of 1")
            await screen.type("\x03\x1b\x1b")
        async with screen_of(server, client, f"/s/{SESSION_ID}/ws") as screen:
            await screen.wait_for("started")
    assert files_of(server.home) == before


MESSAGES = (
    "",
    "[",
    "[" * 10_000,
    "null",
    '{"stdin": "x"}',
    '["stdin"]',
    '["stdin", 7]',
    '["stdin", "\\ud800"]',
    '["stdin", "\\u001b[<99999;99999;99999M\\u001b[M\\u0000"]',
    '["stdin", "\\u001b[?1004;2$y\\u001b]52;c;aGk=\\u0007\\u001b[999999999999999999999;5u"]',
    '["resize", {"width": -5, "height": 1e999}]',
    '["resize", {"width": 99999999999, "height": 0}]',
    '["resize", {"width": "80", "height": null}]',
    '["deliver_chunk_request", {"key": "x"}]',
    '["quit"]',
)
"""What no page of this server sends."""


async def test_a_page_may_send_anything(server: Served) -> None:
    async with client_of(server) as client, screen_of(server, client) as screen:
        await screen.wait_for("sessions")
        for message in MESSAGES:
            await screen.send_raw(message)
        await screen.resize(90, 25)
        await screen.type("?")
        await screen.wait_for("Keys")
        assert screen.code is None


async def test_q_closes_the_screen_and_a_failure_is_told_apart(server: Served) -> None:
    async with client_of(server) as client:
        async with screen_of(server, client) as screen:
            await screen.wait_for("sessions")
            await screen.type("q")
            assert await screen.wait_for_end() == CLOSED
        async with screen_of(server, client) as screen:
            await screen.wait_for("sessions")
            os.kill(process_of(server), signal.SIGKILL)
            assert await screen.wait_for_end() == FAILED


def process_of(server: Served) -> int:
    """The id of the process of the only screen."""
    (found,) = (
        int(directory.name)
        for directory in Path("/proc").glob("[0-9]*")
        if b"commands.serve.screen" in (data := _command(directory)) and str(server.home).encode() in data
    )
    return found


def _command(directory: Path) -> bytes:
    try:
        return (directory / "cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.slow
async def test_a_process_ends_with_its_page_even_if_it_is_stuck(server: Served) -> None:
    async with client_of(server) as client:
        for stop in (False, True):
            async with screen_of(server, client) as screen:
                await screen.wait_for("sessions")
                if stop:
                    os.kill(process_of(server), signal.SIGSTOP)
            for _ in range(1000):
                if not server.screens():
                    break
                await asyncio.sleep(0.02)
            assert server.screens() == []


@pytest.mark.slow
@pytest.mark.parametrize("is_killed", [False, True])
async def test_an_export_ends_with_its_page(server: Served, is_killed: bool) -> None:
    path = log_of(server.home / ".zig", "retry-then-success").with_name(f"{session_id(7)}.jsonl")
    start, tier, step, line, *_ = Log().start().tier(0, "build").step("build").says("build", "key=value " * 9).lines
    path.write_bytes(b"\n".join([start, tier, step, *[line] * 200_000, b""]))  # a report of it takes long

    def exports() -> list[str]:
        return [command for command in processes_that_name(path) if "export" in command]

    async with client_of(server) as client, screen_of(server, client, f"/s/{session_id(7)}/ws") as screen:
        await screen.wait_for("build")
        await screen.type("xh")
        await screen.wait_until(exports)
        if is_killed:
            os.kill(process_of(server), signal.SIGKILL)
            await screen.wait_for_end()
    await asyncio.to_thread(wait_until, lambda: not exports())


@pytest.mark.slow
async def test_a_process_that_takes_no_input_is_ended(server: Served) -> None:
    async with client_of(server) as client, screen_of(server, client) as screen:
        await screen.wait_for("sessions")
        os.kill(process_of(server), signal.SIGSTOP)
        await screen.type("j" * 500_000)
        assert await screen.wait_for_end() == FAILED


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)])
async def test_no_process_outlives_the_server(tmp_path: Path, number: int, code: int) -> None:
    make_home(tmp_path)
    with served(tmp_path) as server:
        async with (
            client_of(server) as client,
            screen_of(server, client) as one,
            screen_of(server, client) as other,
        ):
            await one.wait_for("sessions")
            await other.wait_for("sessions")
            assert len(server.screens()) == 2
            server.process.send_signal(number)
            assert await one.wait_for_end() == (1006 if number == signal.SIGKILL else RESTART)
            assert server.process.wait() == code
            wait_until(lambda: not server.screens(), server.screens)


@pytest.mark.slow
async def test_there_are_no_more_screens_than_wanted(tmp_path: Path) -> None:
    make_home(tmp_path)
    with served(tmp_path, "--max-users", "1") as server:
        async with client_of(server) as client:
            async with screen_of(server, client) as one:
                await one.wait_for("sessions")
                async with screen_of(server, client) as other:
                    assert await other.wait_for_end() == FULL
            async with screen_of(server, client) as one:
                await one.wait_for("sessions")


async def test_a_screen_that_is_not_used_is_closed(tmp_path: Path) -> None:
    make_home(tmp_path)
    with served(tmp_path, "--idle", "2s") as server:
        async with client_of(server) as client, screen_of(server, client) as screen:
            assert await screen.wait_for_end() == IDLE
