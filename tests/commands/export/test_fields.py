"""Every kind of secret in every text of a session: none is left in any format."""

import base64
import html
import itertools
import json
import random
import string
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.export.test_formats import exported, log_of_path
from tests.commands.redaction.corpus import CASES, TOKENS, Case
from tests.commands.redaction.test_redaction import made_up
from tests.support.examples import amount
from tests.support.logs import Log, log_file
from tests.support.redactors import redactor
from zigtui.commands.export.registry import format_names


def prefixed(prefix: str, length: int, characters: str = string.ascii_letters + string.digits) -> tuple[str, str]:
    secret = prefix + made_up(length, characters)
    return secret, secret


def within(form: str, length: int = 24, characters: str = string.ascii_letters + string.digits) -> tuple[str, str]:
    """A text that holds a secret, and the secret."""
    secret = f"K7{made_up(length, characters)}"
    return form.replace("@@", secret), secret


def of_person(form: str) -> tuple[str, str]:
    return within(form, 8, string.ascii_lowercase)


def basic() -> tuple[str, str]:
    secret = base64.b64encode(f"kim:{made_up(12)}".encode()).decode()
    return f"Authorization: Basic {secret}", secret


KINDS: dict[str, Callable[[], tuple[str, str]]] = {
    "jwt": lambda: prefixed("eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.", 43),
    "aws": lambda: prefixed("AK" + "IA", 16, string.ascii_uppercase),
    "aws secret": lambda: within("aws_secret_access_key = @@", 38),
    "github": lambda: prefixed("gh" + "p_", 36),
    "github fine-grained": lambda: prefixed("github" + "_pat_", 82),
    "gitlab": lambda: prefixed("gl" + "pat-", 20),
    "slack": lambda: prefixed("xox" + "b-123456789012-123456789012-", 24),
    "npm": lambda: prefixed("npm" + "_", 36),
    "pypi": lambda: prefixed("pypi-" + "AgEIcHlwaS5vcmc", 80),
    "google": lambda: prefixed("AI" + "za", 35),
    "stripe": lambda: prefixed("sk" + "_live_", 24),
    "openai": lambda: prefixed("sk-" + "proj-", 100),
    "anthropic": lambda: prefixed("sk-" + "ant-api03-", 95),
    "bearer": lambda: within("Authorization: Bearer @@"),
    "basic": basic,
    "cookie": lambda: within("Cookie: sid=@@; a=b"),
    "set-cookie": lambda: within("Set-Cookie: sid=@@; Path=/"),
    "url": lambda: within("see https://kim:@@@db.example/x"),
    "password": lambda: within("password=@@", 6),
    "flag": lambda: within("--password @@", 6),
    "export": lambda: within("export FOO_SECRET=@@", 12),
    "json": lambda: within('{"api_key": "@@"}', 12),
    "email": lambda: within("mail kim@@@mail.example", 4),
    "home": lambda: of_person("/home/@@/src"),
    "home of a mac": lambda: of_person("/Users/@@/src"),
    "home of Windows": lambda: of_person(r"C:\Users\@@\src"),
    "home by name": lambda: of_person("ls ~k@@/src"),
    "home in a URL": lambda: of_person("?at=%2Fhome%2F@@%2Fsrc"),
    "home in HTML": lambda: of_person("&#47;home&#47;@@&#47;src"),
    "home in JSON": lambda: of_person(r"\/home\/@@\/src"),
    "email in a URL": lambda: within("?to=kim@@%40mail.example", 4),
}


class Planter:
    """Makes texts, and remembers the secrets in them by the fields they are for."""

    def __init__(self, make: Callable[[], tuple[str, str]]) -> None:
        self._make = make
        self.secrets: dict[str, str] = {}

    def __call__(self, field: str) -> str:
        text, self.secrets[field] = self._make()
        return text


def planted_log(plant: Planter) -> Log:
    log, step, other = Log(), plant("step"), plant("other step")
    log.event(
        "zig_session_started",
        workflow_name=plant("workflow_name"),
        workflow_path=plant("workflow_path"),
        workspace_path=plant("workspace_path"),
        cwd=plant("cwd"),
        prompt=f"{plant('prompt')}\n{plant('prompt, line 2')}",
        tier_count=1,
    )
    log.tier(0, step, other)
    log.event(
        "step_started",
        step_name=step,
        tier_index=0,
        zag_session_id=plant("zag_session_id"),
        zag_command=plant("zag_command"),
        model=plant("model"),
        prompt_preview=plant("prompt_preview"),
    )
    log.says(step, plant("stdout"), f"\x1b[1;32m{plant('colour')}\x1b[0m").says(step, plant("stderr"), stream="stderr")
    log.event("step_failed", step_name=step, exit_code=1, attempt=1, error=f"{plant('error')}\n{plant('error 2')}")
    log.event("step_completed", step_name=step, exit_code=0, duration_ms=1, saved_vars=[plant("saved_vars")])
    log.event("step_skipped", step_name=other, reason=plant("reason")).event(plant("type")).end()
    return log


def read_every_way(report: str) -> list[str]:
    """A report, as it is and as browsers and other programs decode it."""
    ways = [report, html.unescape(report), urllib.parse.unquote(report), html.unescape(html.unescape(report))]
    if report.startswith("{"):
        ways += [str(json.loads(line)) for line in report.splitlines()]
    return ways


def left(directory: Path, plant: Planter, format: str) -> list[str]:
    """The fields of which a report still holds the secret."""
    log = log_file(directory, planted_log(plant).data)
    ways = read_every_way(exported(log_of_path(log), format))
    return [field for field, secret in plant.secrets.items() if any(secret in way for way in ways)]


SHARE = amount(1, usual=2)  # each kind is tried with every second format, and each format with every second kind


@pytest.mark.parametrize(
    ("kind", "format"),
    [(kind, name) for number, kind in enumerate(KINDS) for name in format_names()[number % SHARE :: SHARE]],
)
def test_no_secret_of_any_field_is_left(tmp_path: Path, kind: str, format: str) -> None:
    plant = Planter(KINDS[kind])
    directory = tmp_path / "base" / "projects" / "src-shop" / "logs" / "sessions"
    if not set("/\\") & set(plant("project")):  # these cannot be in the name of a directory
        directory = tmp_path / plant("base") / "projects" / plant("project") / "logs" / "sessions"
    directory.mkdir(parents=True)
    assert left(directory, plant, format) == []


# Lines of one secret, so long that it is in no report by chance
CORPUS = [case for case in (*CASES, *TOKENS) if case.line.count("{k}") == 1 and "\n" not in case.line]
LEAST = 6


@pytest.mark.parametrize("first", range(0, len(CORPUS), 40))
def test_every_field_is_masked_like_any_text(tmp_path: Path, first: int) -> None:
    """What is masked as a text is masked in each field, every secret in the next field from run to run of the loop.

    The formats take turns: that all of them mask the same texts is tested elsewhere.
    """
    numbers = random.Random(first)
    for shift, format in zip(range(first, first + 40, 8), itertools.cycle(format_names())):
        cases = itertools.cycle(CORPUS[shift:] + CORPUS[:shift])

        def make(cases: Iterator[Case] = cases) -> tuple[str, str]:
            while True:
                text, (secret,) = next(cases).filled(numbers)
                if len(secret) >= LEAST and secret not in redactor().text(text):
                    return text, secret

        directory = tmp_path / f"projects-{shift}" / "projects" / "src-shop" / "logs" / "sessions"
        directory.mkdir(parents=True)
        plant = Planter(make)
        fields = left(directory, plant, format)
        assert {field: plant.secrets[field] for field in fields} == {}
