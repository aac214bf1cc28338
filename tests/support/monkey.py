"""A monkey at the terminal: random keys, bytes, pastes, clicks, sizes and stops, while logs change beside it.

The tests run it briefly with fixed seeds. To run it for longer, with a new seed each time::

    python -m tests.support.monkey --seconds 600
    python -m tests.support.monkey --seed 7 --turns 2000

It knows no screen and no key of zigtui, so that whatever is added is in its reach.
"""

import argparse
import os
import random
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.support.bases import write_log
from tests.support.listeners import listener
from tests.support.logs import BEGAN, Log, append
from tests.support.machines import mirror_root
from tests.support.processes import zigtui_command
from tests.support.pseudo_terminal import PseudoTerminal
from tests.support.waiting import until
from zigtui.settings.declared import DECLARED
from zigtui.settings.kinds import OneOf, SomeOf, Switch

KEYS = [chr(code) for code in range(0x20, 0x7F)] + [*"\r\r\r\r\t\t\x7f\x1b\x1b\x1b\x1b\x10\x10\x1a\x01\x05\x0b\x15"]
NAMED_KEYS = ["A", "B", "C", "D", "H", "F", "Z", "1;5A", "1;2B", "5~", "6~", "5~", "6~", "3~", "15~", "27u", "1;1:3A"]
PIECES = [b"\x1b", b"\x1b[", b"\x1bO", b"\x1b[M", b"\x1b[<", b"\x1b]", b"\x1bP", b"\x1b[201~", b"\x1b[106;1:1u", b"u"]
PIECES += [b"\x1b[0n", b"\x1b[?1004;2$y", b"\x1b[?2026;2$y", b"\x1b[I", b"\x1b[O", b"\x1b]11;rgb:ffff/0/0\x1b\\"]
PIECES += [b"\x1b[1114112u", b"\x1b[48;0;0;0;0t", b"9999", b";", "漢é".encode(), b"\x00"]
PIECES += [b"\xe9", b"\xff", b"\xc2\x9b", b"\x9b", b"\x9c", b"\x9d"]
PASTES = [b"", b"one line", b"two\nlines", b"x" * 20_000, b"caf\xe9", "漢字\t\u202e".encode(), b"\x1b[31m\x03q"]
SIZES = [(80, 24), (100, 30), (1, 1), (2, 1), (1, 40), (300, 1), (20, 5), (7, 3), (200, 60)]
NAMES = ["a", "b-longer", "日本語"]
MACHINES = ["db-01", "web-2"]
COLOURS = [{}, {}, {"COLORTERM": ""}, {"TERM": "linux", "COLORTERM": ""}, {"NO_COLOR": "1"}]

_TURNS_OF_A_START = 250
_READY = b"\x1b[?2004h"
_LEFT = b"\x1b[?1049l"
_KEPT_BYTES = 20_000
_READ_SECS = 0.1
_QUITTING = (0, 130)  # by a key, or by a command of the palette
_NO_SESSION = 2  # the log to open was removed, or is empty


class MonkeyError(AssertionError):
    """Zigtui failed."""


class Monkey:
    """Runs zigtui for a number of turns, and starts it again when it has quit.

    Args:
        seed: determines the turns, but not the time that they take.
        home: an empty directory.

    Attributes:
        turns: how many turns it has taken.
        starts: how often zigtui was started.
    """

    def __init__(self, seed: int, home: Path) -> None:
        self.turns = self.starts = 0
        self._seed = seed
        self._chance = random.Random(seed)
        self._home = home
        self._base = home / ".zig"
        self._mirror = mirror_root(home / "fleet")
        self._bases = [self._base, *(self._mirror / machine for machine in MACHINES)]
        self._logs = [self._new_log(number) for number in range(6)]
        self._recent: list[str] = []
        self._written = b""  # the end of what zigtui has written
        self._has_left = False  # the screen; what is typed afterwards is echoed, and may be long

    def _new_log(self, number: int) -> Path:
        base = self._bases[number % len(self._bases)]
        log = Log().wait(time.time() - BEGAN).start(3).tier(0, *NAMES) if number % 2 else listener(14)
        return write_log(base, log, f"{number:08x}", modified=time.time())

    def _start(self) -> dict[str, Any]:
        """The command that starts zigtui, with settings and options of any kind."""
        chance = self._chance
        file = self._home / "zigtui" / "config.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(chance.sample(self._settings(), k=chance.randrange(6))))
        bases = chance.choice([[], [self._mirror], [self._base, self._mirror]])
        arguments = [f"--base={base}" for base in bases]
        if chance.random() < 0.2:
            arguments.append(str(chance.choice(self._logs)))
        programs = {"PAGER": "true", "EDITOR": "true"}  # which end at once
        environment = {"PYTHONFAULTHANDLER": "1", "XDG_CONFIG_HOME": str(self._home), **programs}
        environment |= chance.choice(COLOURS)
        self._recent.append(f"start {arguments} {environment} {file.read_text()!r}")
        return zigtui_command(*arguments, home=self._home, environment=environment)

    def _settings(self) -> list[str]:
        """A line of the file for each setting that is a choice."""
        lines = []
        for key, setting in DECLARED.items():
            match setting.kind:
                case OneOf(words=words):
                    lines.append(f"{key} = {setting.kind.written(self._chance.choice(words))}\n")
                case SomeOf(words=words):
                    some = self._chance.sample(words, k=self._chance.randint(1, len(words)))
                    lines.append(f"{key} = {setting.kind.written(some)}\n")
                case Switch():
                    lines.append(f"{key} = {setting.kind.written(self._chance.random() < 0.5)}\n")
        return lines

    def run(self, turns: int) -> None:
        """Take some turns, and quit.

        Raises:
            MonkeyError: if zigtui failed, or did not leave the terminal as it was.
        """
        target = self.turns + turns
        while self.turns < target:
            command = self._start()
            self.starts += 1
            with PseudoTerminal(
                command["args"], directory=self._home, environment=command["env"], size=(80, 24)
            ) as terminal:
                self._written, self._has_left = b"", False
                while _READY not in self._written and terminal.process.poll() is None:
                    self._keep(terminal.read(_READ_SECS))  # it may have ended since
                if _READY not in self._written and terminal.process.poll() == _NO_SESSION:
                    self.turns += 1
                    continue
                while self.turns < target and terminal.process.poll() is None:
                    self.turns += 1
                    self._turn(terminal)
                    self._read(terminal)
                self._check_end(terminal)

    def _read(self, terminal: PseudoTerminal) -> None:
        self._keep(terminal.read(self._chance.choice((0.0, 0.0, 0.0, 0.01, 0.03))))
        self._read_rest(terminal)

    def _read_rest(self, terminal: PseudoTerminal) -> None:
        while data := terminal.read(0.0):
            self._keep(data)

    def _keep(self, data: bytes) -> None:
        self._has_left = self._has_left or _LEFT in self._written[-len(_LEFT) :] + data
        self._written = (self._written + data)[-_KEPT_BYTES:]

    def _check_end(self, terminal: PseudoTerminal) -> None:
        try:
            for _ in until(lambda: terminal.process.poll() is not None):
                terminal.press("\x03")
                time.sleep(0.7)  # a paste without an end lasts half a second
                self._read(terminal)
        except AssertionError as error:
            terminal.process.send_signal(signal.SIGSEGV)  # for the tracebacks of all threads
            self._read(terminal)
            raise self._error("does not end") from error
        self._read_rest(terminal)
        if terminal.process.returncode not in _QUITTING:
            raise self._error(f"ended with {terminal.process.returncode}")
        if not terminal.has_settings_of_the_start:
            raise self._error("did not restore the settings of the terminal")
        if not self._has_left:
            raise self._error("did not leave its screen")
        if self._debug_logs():
            raise self._error("logged an error")

    def _debug_logs(self) -> str:
        return "\n".join(log.read_text(errors="replace")[-15000:] for log in self._home.rglob("zigtui.log"))

    def _error(self, what: str) -> MonkeyError:
        turns = "\n".join(self._recent[-40:])
        seen = f"{turns}\n{self._written[-3000:].decode(errors='replace')!r}\n{self._debug_logs()}"
        return MonkeyError(f"zigtui {what} (seed {self._seed}, turn {self.turns})\n{seen}")

    def _turn(self, terminal: PseudoTerminal) -> None:
        chance = self._chance
        match chance.choices(["keys", "mouse", "paste", "pieces", "size", "file", "stop"], [50, 12, 3, 6, 7, 20, 2])[0]:
            case "keys":
                self._send(terminal, self._keys())
            case "mouse":
                at = f"{chance.randrange(0, 90)};{chance.randrange(0, 30)}"
                button = chance.choice([0, 0, 0, 1, 2, 32, 35, 64, 64, 65, 65, 66, 4, 8, 16])
                ends = chance.choice(["M", "m", f"M\x1b[<{button};{at}m", f"M\x1b[<{button | 32};5;5M"])
                self._send(terminal, f"\x1b[<{button};{at}{ends}".encode())
            case "paste":
                end = b"" if chance.random() < 0.1 else b"\x1b[201~"
                self._send(terminal, b"\x1b[200~" + chance.choice(PASTES) + end)
            case "pieces":
                self._send(terminal, b"".join(chance.choices(PIECES, k=chance.randrange(1, 6))))
            case "size":
                size = chance.choice(SIZES)
                self._recent.append(f"size {size}")
                terminal.resize(*size)
            case "file":
                with suppress(OSError):
                    self._change_a_file()
            case "stop":
                self._recent.append("stop")
                terminal.process.send_signal(signal.SIGSTOP)
                terminal.process.send_signal(signal.SIGCONT)

    def _keys(self) -> bytes:
        if self._chance.random() < 0.4:
            return f"\x1b[{self._chance.choice(NAMED_KEYS)}".encode() * self._chance.choice((1, 1, 2, 5))
        keys = "".join(self._chance.choices(KEYS, k=self._chance.choice((1, 1, 1, 2, 6))))
        return keys.replace("q", "" if self._chance.random() < 0.9 else "q").encode()

    def _send(self, terminal: PseudoTerminal, data: bytes) -> None:
        self._recent.append(f"send {data[:60]!r}")
        terminal.press(data)

    def _change_a_file(self) -> None:
        chance = self._chance
        number = chance.randrange(len(self._logs))
        path = self._logs[number]
        what = chance.choices(
            ["append", "truncate", "remove", "replace", "permissions", "directory", "torn"], [60, 5, 5, 10, 10, 2, 8]
        )[0]
        self._recent.append(f"{what} {path.name}")
        match what:
            case "append":
                append(path, self._events())
            case "truncate":
                os.truncate(path, chance.choice((0, 1, 100, 500)))
            case "remove":
                path.unlink()
            case "replace":
                self._logs[number] = self._new_log(number)
            case "permissions":
                (path if chance.random() < 0.7 else path.parent).chmod(chance.choice((0, 0o400, 0o700, 0o755)))
            case "directory":
                path.parent.chmod(0o755)
                shutil.rmtree(path.parent)
            case "torn":
                append(path, chance.choice((b'{"type":"zig_ou', b"\xff\xfe\x00", b"\n\n", b"[1,2]\n", b"x" * 5000)))

    def _events(self) -> bytes:
        chance, log, name = self._chance, Log(), self._chance.choice(NAMES)
        match chance.randrange(7):
            case 0:
                log.tier(chance.randrange(3), *chance.sample(NAMES, 2))
            case 1:
                log.step(name)
            case 2:
                log.fails(name)
            case 3:
                log.done(name)
            case 4:
                log.end(chance.choice(("success", "failure")))
            case _:
                log.says(name, *(f"line {number} 漢字 " * 5 for number in range(chance.choice((1, 5, 300)))))
        return log.data


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.monkey", description="Run the monkey for a while.")
    parser.add_argument("--seed", type=int, help="run this seed only")
    parser.add_argument("--turns", type=int, default=2000, help="turns for each seed")
    parser.add_argument("--seconds", type=float, default=600, help="how long to run new seeds")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    seed = options.seed if options.seed is not None else int(time.time())
    while True:
        with tempfile.TemporaryDirectory(prefix="zigtui-monkey-", ignore_cleanup_errors=True) as home:
            monkey = Monkey(seed, Path(home))
            while monkey.turns < options.turns:
                monkey.run(min(_TURNS_OF_A_START, options.turns - monkey.turns))
        print(f"seed {seed}: {monkey.turns} turns, zigtui started {monkey.starts} times", flush=True)
        seed += 1
        if options.seed is not None or time.monotonic() > end:
            return


if __name__ == "__main__":
    main()
