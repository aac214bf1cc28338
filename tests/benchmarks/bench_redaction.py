"""The speed and the accuracy of redaction: ``python tests/benchmarks/bench_redaction.py``.

Prints the throughput on ordinary lines, on lines with secrets and on long lines. If redaction takes linear time, the
throughput is the same for lines of 20,000 and of 200,000 characters.

Then compares zigtui with gitleaks and detect-secrets. For each tool, prints how many texts of the test corpus still
contain a secret and how many ordinary lines are changed.

The other tools run only if they are installed: ``pip install detect-secrets``, and gitleaks on PATH or at the path in
the environment variable GITLEAKS.
"""

import importlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # the corpus is in the tests

from tests.commands.redaction.corpus import CASES, TOKENS, ordinary_lines, output_lines
from zigtui.commands.redaction import Redactor
from zigtui.commands.redaction.rules import listed

SEEDS = 4
MEGABYTES = 4
NAMES = listed("password token secret key auth cookie login session credential api_key mysql curl docker bearer jwt")
WORDS = listed("loading the module from cache with default settings and checking each entry of list before start")

Tool = Callable[[Sequence[str]], list[str]]
Findings = dict[int, set[str]]


def main() -> None:
    """Print two tables: the throughput, and the misses and false positives of each tool."""
    redactor = Redactor(["/home/kimberly/src"], "/data/people/alice", "alice")
    secret = [case.filled(random.Random(seed)) for case in (*CASES, *TOKENS) for seed in range(SEEDS)]
    ordinary = [*ordinary_lines(), *output_lines()]
    print_speed(redactor, [text for text, _ in secret])
    tools: dict[str, Tool | None] = {
        "zigtui": lambda texts: [redactor.text(text) for text in texts],
        "gitleaks": gitleaks(),
        "detect-secrets": detect_secrets(),
    }
    print(f"\n{'':<20}{'secrets left':>20}{'ordinary changed':>20}{'MB/s':>8}")
    for name, run in tools.items():
        if run is None:
            print(f"{name:<20}{'is not installed':>20}")
            continue
        started = time.perf_counter()
        outputs, unchanged = run([text for text, _ in secret]), run(ordinary)
        took = time.perf_counter() - started
        left = sum(any(one in output for one in secrets) for (_, secrets), output in zip(secret, outputs, strict=True))
        changed = sum(before != after for before, after in zip(ordinary, unchanged, strict=True))
        size = sum(len(text) for text, _ in secret) + sum(map(len, ordinary))
        counts = (f"{left:,} of {len(secret):,}", f"{changed:,} of {len(ordinary):,}")
        print(f"{name:<20}{counts[0]:>20}{counts[1]:>20}{size / took / 1e6:>8.2f}")


def print_speed(redactor: Redactor, secret: list[str]) -> None:
    """Print the throughput on several kinds of lines, among them long lines of two lengths."""
    build = [f"12:{n % 60:02d}:01 INFO worker[{n}]: compiled src/module_{n}.py in {n % 97} ms" for n in range(40_000)]
    keywords = {"pass", "secret", "token", "key", "auth", "code", "cookie"}
    output = output_lines()
    plain = [line for line in output if not any(word in line.lower() for word in keywords)]
    long = "".join(plain)
    chosen = random.Random(3)
    packed = [
        " ".join(word for _ in range(6) for word in (chosen.choice(NAMES), *chosen.choices(WORDS, k=2)))
        for _ in range(20_000)
    ]
    mixed = " ".join(chosen.sample(output, 900))
    for name, lines, goal in (
        ("a build", build, "at least 5"),
        ("ordinary lines without keywords", times(plain), "at least 5"),
        ("ordinary lines", times(output), "at least 5"),
        ("lines packed with different keywords", packed, "at least 3"),
        ("ordinary lines that look like secrets", times(ordinary_lines()), ""),
        ("lines with secrets", [line for text in secret for line in text.split("\n")], ""),
        ("one line of ordinary lines with keywords", [mixed[: 50_000 - n] for n in range(20)], "at least 3"),
        ("lines of 20,000 characters", [long[:20_000]] * 20, "at least 3"),
        ("lines of 200,000 characters", [long[:20_000] * 10] * 2, "as many: linear"),
    ):
        stream = redactor.stream()
        started = time.process_time()
        for line in lines:
            stream(line)
        print(f"{name:<42}{sum(map(len, lines)) / 1e6 / (time.process_time() - started):>8.2f} MB/s  {goal}")


def times(lines: list[str]) -> list[str]:
    """Repeat the lines up to a total size of `MEGABYTES`, with numbers, because results for equal lines are cached."""
    count = MEGABYTES * 1_000_000 // sum(map(len, lines))
    return [f"{line} {number}" for number in range(count) for line in lines]


def gitleaks() -> Tool | None:
    """A tool that masks what gitleaks finds with its default rules; None if it is not installed."""
    program = os.environ.get("GITLEAKS") or shutil.which("gitleaks")
    if program is None:
        return None

    def find(path: str) -> Findings:
        command = [program, "dir", path, "--no-banner", "--log-level=error", "--report-format=json", "--report-path=-"]
        report = subprocess.run(command, capture_output=True, check=False).stdout
        found: Findings = defaultdict(set)
        for one in json.loads(report or "[]"):
            found[one["StartLine"]].add(one["Secret"])
        return found

    return masking(find)


def detect_secrets() -> Tool | None:
    """A tool that masks what detect-secrets finds with its default settings; None if it is not installed."""
    try:
        scan = importlib.import_module("detect_secrets.core.secrets_collection")
        settings = importlib.import_module("detect_secrets.settings")
    except ImportError:
        return None

    def find(path: str) -> Findings:
        found: Findings = defaultdict(set)
        collection = scan.SecretsCollection()
        with settings.default_settings():
            collection.scan_file(path)
        for _, one in collection:
            found[one.line_number].add(one.secret_value)
        return found

    return masking(find)


def masking(find: Callable[[str], Findings]) -> Tool:
    """A tool that removes from texts the secrets that a file scanner finds in them."""

    def run(texts: Sequence[str]) -> list[str]:
        lines = [(number, line) for number, text in enumerate(texts) for line in text.split("\n")]
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "lines.log"
            path.write_text("".join(f"{line}\n" for _, line in lines))
            found = find(str(path))
        masked: dict[int, list[str]] = defaultdict(list)
        for line_number, (number, line) in enumerate(lines, start=1):
            for secret in found.get(line_number, ()):
                line = line.replace(secret, "")  # removes the secret
            masked[number].append(line)
        return ["\n".join(masked[number]) for number in range(len(texts))]

    return run


if __name__ == "__main__":
    main()
