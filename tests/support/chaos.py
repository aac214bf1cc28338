"""Chaos for a fleet: sessions are written while everything around them is killed, stopped, cut off and lost.

python -m tests.support.chaos --turns 100             # a new seed
python -m tests.support.chaos --seed 7 --turns 100    # a seed again: the same turns, at slightly other times
python -m tests.support.chaos --redact                # secrets are masked, and none is mirrored
python -m tests.support.chaos --small-disk            # the disk of the mirror is full at times; only as root
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from tests.support.disks import small_file_system
from tests.support.fleet import FleetServer, running_server
from tests.support.processes import zigtui_command
from tests.support.proxies import Proxy, proxy
from tests.support.shifted_clock import ShiftedClock
from tests.support.shipping import MACHINE, append, log_path, masked_lines, whole_lines
from zigtui.commands.redaction import Redactor
from zigtui.commands.redaction.log_lines import LogMasking
from zigtui.fleet.join import Join

_LOGS = 20
_STOP_SECS = 2.0
_LARGEST_SHIFT_SECS = 86_400  # logs that changed within three days are shipped
_DISK = "256m"
_PAUSE_SECS = 0.3
_COMPARE_SECS, _PATIENCE_SECS = 0.2, 100.0
_SECRET = b"MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn"


class Chaos:
    """A machine that ships, a server and a mirror, each in a process of its own.

    Args:
        root: an empty directory.
        server: the server.
        network: the way to it.
        seed: what happens.
        redacts: whether secrets are masked.
        fills_disk: whether the directory of the mirror has a small disk of its own, which is full at times.

    Attributes:
        base: the base directory of the machine.
        mirrored: the mirrored one.
        done: what has happened so far.
    """

    def __init__(
        self, root: Path, server: FleetServer, network: Proxy, seed: int, *, redacts: bool, fills_disk: bool
    ) -> None:
        self.base = root / ".zig"
        self.mirrored = root / "fleet" / MACHINE
        self.done: list[str] = []
        self._root = root
        self._redacts = redacts
        self._masking = LogMasking(Redactor([], os.fspath(root)))
        self._fills_disk = fills_disk
        self._server = server
        self._network = network
        self._random = random.Random(seed)
        self._clock = ShiftedClock(root / "clock")
        self._join = self._token("machine.join", server.add(MACHINE))
        self._watcher_join = self._token("watch.join", server.directory.watcher_join())
        self._paths = [log_path(self.base, f"s{number}") for number in range(_LOGS)]
        self._written = 0
        self._reports = root / "reports"
        self._shipper = self._start_shipper()
        self._mirror = self._start_mirror()
        self._second: subprocess.Popen[bytes] | None = None  # a shipper that should not be there

    def _token(self, name: str, join: Join) -> Path:
        path = self._root / name
        path.touch(0o600)
        path.write_text(msgspec.structs.replace(join, url=f"tls://127.0.0.1:{self._network.port}").token)
        return path

    def run(self, turns: int) -> None:
        """Let things happen, and wait until the mirrored logs equal the originals.

        Nothing happens again before everything else has happened.
        """
        actions: list[Callable[[], None]] = [
            self._kill_shipper,
            self._kill_mirror,
            self._kill_server,
            self._stop_shipper,
            self._stop_mirror,
            self._stop_server,
            self._cut_connections,
            self._start_second_shipper,
            self._set_clock,
            self._lose_notes,
            self._lose_cursor,
            self._lose_store,
            self._truncate,
            self._empty,
            self._replace,
            self._delete,
            self._write_long_line,
            self._write_secrets,
            self._tear_line,
            self._write_backlog,
            *([self._fill_disk] if self._fills_disk else []),
        ]
        to_do: list[Callable[[], None]] = []
        for _ in range(turns):
            self._write()
            to_do = to_do or self._random.sample(actions, len(actions))
            action = to_do.pop()
            self.done.append(action.__name__.removeprefix("_"))
            action()
            self._write()
            time.sleep(self._random.uniform(0, _PAUSE_SECS))
        self._end_second_shipper()
        for path in self._paths:  # mirrors keep logs that are deleted
            append(path, b'{"number":0}\n')
        self._wait_until_equal()

    def _wait_until_equal(self) -> None:
        """Wait until the mirrored logs equal the originals, for as long as they become so."""
        mirrored: dict[str, bytes] = {}
        give_up = time.monotonic() + _PATIENCE_SECS
        while self.differences():
            before, mirrored = mirrored, whole_lines(self.mirrored)
            if mirrored != before:
                give_up = time.monotonic() + _PATIENCE_SECS
            assert time.monotonic() < give_up, self._seen()
            time.sleep(_COMPARE_SECS)  # to compare takes long, and the processes need the time

    def differences(self) -> list[str]:
        """The logs that are not equal. An empty log need not be mirrored."""
        originals, copies = whole_lines(self.base), whole_lines(self.mirrored)
        if self._redacts and {name: len(lines) for name, lines in originals.items() if lines} == {
            name: len(lines) for name, lines in copies.items() if lines
        }:  # else they are not equal in any case, and to mask takes long
            originals = masked_lines(self.base, self._masking)
        names = originals.keys() | copies.keys()
        return sorted(name for name in names if originals.get(name, b"") != copies.get(name, b""))

    def _seen(self) -> str:
        """What to report if the logs do not become equal."""
        exit_codes = {"shipper": self._shipper.poll(), "mirror": self._mirror.poll()}
        return f"{self.differences()}\n{self.done}\n{exit_codes}\n{self._reports.read_text()}"

    def leaks(self) -> list[str]:
        """The mirrored logs that have a secret."""
        return sorted(name for name, content in whole_lines(self.mirrored).items() if _SECRET in content)

    def end(self) -> None:
        """End the processes."""
        self._end_second_shipper()
        for process in (self._shipper, self._mirror):
            process.kill()
            process.wait()

    def _start(self, *arguments: str | Path, **environment: str) -> "subprocess.Popen[bytes]":
        command = zigtui_command(*arguments, home=self._root, environment=self._clock.environment | environment)
        with self._reports.open("ab") as reports:
            return subprocess.Popen(stdin=subprocess.DEVNULL, stderr=reports, **command)

    def _start_shipper(self, **environment: str) -> "subprocess.Popen[bytes]":
        return self._start("ship", "--join", self._join, *(["--redact"] if self._redacts else []), **environment)

    def _start_mirror(self) -> "subprocess.Popen[bytes]":
        return self._start("fleet", "mirror", "--join", self._watcher_join, "--into", self._root / "fleet")

    # What runners do

    def _write(self) -> None:
        for path in self._random.sample(self._paths, _LOGS // 4):
            self._written += 1
            append(path, b'{"number":%d,"text":"%s"}\n' % (self._written, b"x" * self._random.randrange(300)))

    def _any_path(self) -> Path:
        path = self._random.choice(self._paths)
        path.touch()
        return path

    def _write_long_line(self) -> None:
        append(self._any_path(), b"l" * self._random.randrange(600_000, 1_200_000) + b"\n")  # no message takes it

    def _write_secrets(self) -> None:
        line = b'{"type":"step_output","step_name":"a","stream":"stdout","line":"%s"}\n'
        key = b"".join(line % text for text in (b"-----BEGIN RSA PRIVATE KEY-----", *[_SECRET * 2] * 50, b"done"))
        append(self._any_path(), key[: self._random.randrange(len(key))])  # often torn
        append(self._any_path(), line % (b"l" * self._random.randrange(500_000) + b" password=%s " % _SECRET))

    def _tear_line(self) -> None:
        append(self._any_path(), b"t" * self._random.randrange(1, 400_000))

    def _write_backlog(self) -> None:
        append(self._any_path(), b"%032x\n" % self._random.getrandbits(128) * 100_000)

    def _truncate(self) -> None:
        path = self._any_path()
        os.truncate(path, path.stat().st_size // 2)

    def _empty(self) -> None:
        os.truncate(self._any_path(), 0)

    def _replace(self) -> None:
        path = self._any_path()
        path.with_suffix(".new").write_bytes(b"another %d\n" % self._written * self._random.randrange(500))
        path.with_suffix(".new").replace(path)

    def _delete(self) -> None:
        self._any_path().unlink()

    # What fails

    def _kill_shipper(self) -> None:
        self._shipper.kill()
        self._shipper.wait()
        self._shipper = self._start_shipper()

    def _lose_notes(self) -> None:
        self._shipper.kill()
        self._shipper.wait()
        for name in ("ship.json", "ship-old.jsonl"):
            (self._root / ".local" / "state" / "zigtui" / name).unlink(missing_ok=True)
        self._shipper = self._start_shipper()

    def _kill_mirror(self) -> None:
        self._mirror.kill()
        self._mirror.wait()
        self._mirror = self._start_mirror()

    def _lose_cursor(self) -> None:
        self._mirror.kill()
        self._mirror.wait()
        (self._root / "fleet" / "cursor.json").unlink(missing_ok=True)
        self._mirror = self._start_mirror()

    def _kill_server(self) -> None:
        self._server.kill()
        self._write()
        self._server.start()

    def _lose_store(self) -> None:
        self._server.kill()
        shutil.rmtree(self._server.directory.path / "store")
        (self._server.directory.path / "store").mkdir()
        self._server.start()

    def _stop_server(self) -> None:
        self._stop(self._server.nats.process_id)

    def _stop_shipper(self) -> None:
        self._stop(self._shipper.pid)

    def _stop_mirror(self) -> None:
        self._stop(self._mirror.pid)

    def _stop(self, process_id: int) -> None:
        os.kill(process_id, signal.SIGSTOP)
        self._write()
        time.sleep(self._random.uniform(0, _STOP_SECS))
        os.kill(process_id, signal.SIGCONT)

    def _cut_connections(self) -> None:
        self._network.cut()

    def _set_clock(self) -> None:
        """Set the clock of the shippers and of the mirror, while they run."""
        self._clock.set(self._random.randint(-_LARGEST_SHIFT_SECS, _LARGEST_SHIFT_SECS))

    def _start_second_shipper(self) -> None:
        """Ship the same logs as the same machine, by other notes. One with the same notes is refused."""
        self._end_second_shipper()
        self._second = self._start_shipper(XDG_STATE_HOME=os.fspath(self._root / "second"))

    def _end_second_shipper(self) -> None:
        if self._second is not None:
            self._second.kill()
            self._second.wait()

    def _fill_disk(self) -> None:
        path = self._root / "fleet" / "filler"
        with suppress(OSError), path.open("wb", 0) as file:
            while file.write(bytes(1024**2)):
                pass
        self._write()
        time.sleep(self._random.uniform(0, _STOP_SECS))
        path.unlink()


def run_chaos(root: Path, seed: int, turns: int, *, redacts: bool = False, fills_disk: bool = False) -> list[str]:
    """Run chaos in an empty directory.

    Args:
        root: the directory.
        seed: what happens.
        turns: how much happens.
        redacts: whether secrets are masked.
        fills_disk: whether the disk of the mirror is full at times. The test is skipped if no small one can be mounted.

    Returns:
        What has happened.

    Raises:
        AssertionError: if the mirrored logs do not become equal to the originals, or if secrets are mirrored.
    """
    with ExitStack() as stack:
        server = stack.enter_context(running_server(root / "server"))
        port = int(server.directory.fleet().url.rpartition(":")[2])
        network = stack.enter_context(proxy(port))
        if fills_disk:
            stack.enter_context(small_file_system(root / "fleet", _DISK))
        chaos = Chaos(root, server, network, seed, redacts=redacts, fills_disk=fills_disk)
        try:
            chaos.run(turns)
            assert not redacts or not chaos.leaks(), chaos.leaks()
            return chaos.done
        finally:
            chaos.end()


def main() -> None:
    """Run chaos from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--redact", action="store_true")
    parser.add_argument("--small-disk", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        run_chaos(Path(directory), options.seed, options.turns, redacts=options.redact, fills_disk=options.small_disk)
    print("all logs are equal", file=sys.stderr)


if __name__ == "__main__":
    main()
