"""The corpus of the tests: tables of lines, and secrets that are generated from published formats."""

import base64
import random
import re
import string
from pathlib import Path
from typing import NamedTuple

__all__ = ["CASES", "TOKENS", "Case", "made", "ordinary_lines", "output_lines"]

_HERE = Path(__file__).parent
_NAMED = {
    "mixed": "[A-Za-z0-9]{14}",
    "letters": "[a-z]{12}",
    "Letters": "[A-Za-z]{14}",
    "symbols": "[A-Za-z0-9!#^*_.-]{14}",
}
_GROUP = re.compile(r"\[(?P<characters>[^\]]+)\]\{(?P<size>\d+)\}")
_RANGES = {"A-Z": string.ascii_uppercase, "a-z": string.ascii_lowercase, "0-9": string.digits}


class Case(NamedTuple):
    """A line with ``{k}`` in place of each secret, and the format of the secrets."""

    kind: str
    line: str
    secret: str

    def filled(self, numbers: random.Random) -> tuple[str, list[str]]:
        """The line with newly generated secrets, and a list of these secrets."""
        line, secrets = self.line, []
        while "{k}" in line:
            secret = made(self.secret, numbers)
            line = line.replace("{k}", secret, 1)
            secrets.append(secret)
        return line, secrets


def made(secret: str, numbers: random.Random) -> str:
    """Generate a secret of a format.

    ``[A-Za-z0-9]{20}`` stands for 20 of these characters. A leading ``!`` encodes the secret in base64, and a leading
    ``@`` refers to a named format.
    """
    if secret.startswith("@"):
        secret = _NAMED[secret[1:]]
    if secret.startswith("!"):
        return base64.b64encode(made(secret[1:], numbers).encode()).decode()
    return _GROUP.sub(
        lambda found: "".join(numbers.choices(_expanded(found["characters"]), k=int(found["size"]))), secret
    )


def ordinary_lines() -> list[str]:
    """Lines without secrets that look as if they had some."""
    return (_HERE / "ordinary.txt").read_text().splitlines()


def output_lines() -> list[str]:
    """Lines of the output of package managers, test runners, kernels and ``--help``, as they are found in any log."""
    return (_HERE / "output.txt").read_text().splitlines()


def _expanded(characters: str) -> str:
    return re.sub("A-Z|a-z|0-9|a-f|a-h|2-7", lambda found: _range(found[0]), characters)


def _range(ends: str) -> str:
    return _RANGES.get(ends) or "".join(map(chr, range(ord(ends[0]), ord(ends[2]) + 1)))


def _rows(name: str) -> list[list[str]]:
    lines = (_HERE / name).read_text().splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


CASES = [Case(kind, "\t".join(line).replace("⏎", "\n"), secret) for kind, *line, secret in _rows("cases.tsv")]
TOKENS = [Case(kind, "{k}", secret) for kind, secret in _rows("tokens.tsv")]
