"""Secrets are replaced in whatever is recorded."""

import json
import logging
import re
import shlex
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.growth import assert_grows_linearly
from tests.support.steps import Run, last, output, python
from tests.support.waiting import wait_until
from tests.support.writers import global_index, read_events, run_python
from writer import SessionCoordinator, SessionWriter, StepFailedError
from writer._log import line_splitter
from writer._log.mask import Mask
from writer.log_handler import SessionLogHandler

SECRET = "hunter2-größe"
TOKEN = re.compile(r"token-\d+")


@pytest.fixture
def writer(home: Path, project: Path) -> Any:
    writer = SessionWriter.create("review", "review.zwf", f"log in with {SECRET}", mask=[SECRET, TOKEN], index="now")
    yield writer
    writer.close()


def test_nothing_that_is_recorded_has_a_secret(
    writer: SessionWriter, home: Path, logger: logging.Logger, run: Run
) -> None:
    bad = f"<{SECRET} token-77>"
    logger.addHandler(SessionLogHandler())

    def work() -> None:
        with SessionCoordinator.start(writer) as session:
            record(session)
            raise KeyError(bad)

    def record(session: SessionCoordinator) -> None:
        writer.step_output("direct", "stdout", bad)
        writer.step_output("direct", "stdout", f"{bad}\n{bad}")
        with session.tier([bad]) as tier:
            with tier.step(bad, prompt=bad, model=bad, zag_session_id=bad) as step, step.redirect():
                step.output(bad.encode())
                logging.getLogger("runner").info(bad)
                print(bad)
                run(step, ["sh", "-c", 'echo "$1"; echo "$1"; printf "%s" "$1"', "sh", bad], echo=True)
                step.saved(bad)
                step.retry(bad)
                step.retry(ValueError(bad))
            tier.step(bad).skip(bad)

    with pytest.raises(KeyError):
        work()
    recorded = writer.log_path.read_text() + global_index(home).read_text()
    assert "<*** ***>" in recorded
    for secret in (SECRET, "hunter2", "größe", "token-77"):
        assert secret not in recorded
    started = read_events(writer.log_path)[0]
    assert (started["prompt"], started["workflow_name"]) == ("log in with ***", "review")


def test_a_preview_is_cut_off_after_it_is_masked(writer: SessionWriter) -> None:
    with writer.tier(["lint"]) as tier, tier.step("lint", prompt="x" * 195 + SECRET):
        assert last(writer)[1]["prompt_preview"] == "x" * 195 + "***"


IN_PIECES = """
import os, pathlib, sys, time
log, *pieces = sys.argv[1:]
for number, piece in enumerate(pieces):
    os.write(1, piece.encode())
    os.write(2, b"mark %d" % number)  # which is recorded when the piece has waited for long enough too
    while f"mark {number}" not in pathlib.Path(log).read_text():
        time.sleep(0.005)
"""


def test_a_secret_in_two_pieces_is_found(writer: SessionWriter, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_splitter, "PART_SECS", 0.05)
    pieces = [f"password: {SECRET[:3]}", f"{SECRET[3:]}\n", SECRET[:5], "ly\n"]
    with writer.tier(["lint"]) as tier, tier.step("lint") as step:
        run(step, python(IN_PIECES, writer.log_path, *pieces))
    assert output(writer, "stdout") == ["password: ", "***", f"{SECRET[:5]}ly"]


@pytest.mark.parametrize("before", ["10%\r", "\r", "user: \r\x1b[2K\r", "…\r"])
def test_a_secret_in_two_pieces_is_found_in_a_line_that_is_overwritten(
    writer: SessionWriter, run: Run, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    monkeypatch.setattr(line_splitter, "PART_SECS", 0.05)
    with writer.tier(["lint"]) as tier, tier.step("lint") as step:
        run(step, python(IN_PIECES, writer.log_path, before + SECRET[:3], f"{SECRET[3:]}\r", "done\n"))
    recorded = "\r".join(output(writer, "stdout"))  # pieces that are read together are one line
    assert recorded.split("\r")[-2:] == ["***", "done"]
    assert SECRET[:3] not in recorded


@pytest.mark.parametrize("cut", range(1, 13))
def test_a_secret_at_the_end_of_a_piece_of_a_long_line_is_found(
    writer: SessionWriter, run: Run, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    monkeypatch.setattr(line_splitter, "LINE_BYTES", 100)
    with writer.tier(["lint"]) as tier, tier.step("lint") as step:
        print("x" * (100 - cut) + SECRET + "y" * 200, file=step.file())
    assert "".join(output(writer)) == "x" * (100 - cut) + "***" + "y" * 200


def test_a_prompt_that_ends_like_a_secret_begins_is_recorded_once_it_goes_on(
    writer: SessionWriter, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(line_splitter, "PART_SECS", 0.05)
    with writer.tier(["lint"]) as tier, tier.step("lint") as step:
        code = """
import os, pathlib, sys, time
os.write(1, b"user: h")
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.01)
os.write(1, b"arry\\n")
"""
        thread = threading.Thread(target=run, args=(step, python(code, tmp_path / "go-on")))
        thread.start()
        try:
            wait_until(lambda: output(writer) == ["user: "])
        finally:
            (tmp_path / "go-on").touch()
            thread.join()
    assert output(writer) == ["user: ", "harry"]


def test_each_line_of_a_secret_of_several_lines_is_masked() -> None:
    mask = Mask(["-----BEGIN KEY-----\nabcd1234\n}\n", "s3cr3t"])
    assert mask.apply("abcd1234 } -----BEGIN KEY----- s3cr3t") == "*** } *** ***"


@each_case(
    "secret", ["it's", 'say "go"', "a\\b", "größe 1", "p@ss/w&rd", "(a+b)! c=d", "tab\there", "\udc80 raw", "ключ/é"]
)
def test_a_secret_is_masked_as_messages_and_commands_have_it(secret: str) -> None:
    mask = Mask([secret])
    forms = [str(KeyError(secret)), json.dumps({"key": secret}), json.dumps(secret, ensure_ascii=False)]
    forms += [
        shlex.join(["login", secret]),
        f"https://user:{quote(secret, errors='replace')}@host/",
        quote_plus(secret, errors="replace"),
    ]
    forms += ["+ login '" + secret.replace("'", "'\\''") + "'", str(secret.encode(errors="replace"))]
    forms += [quote(secret, safe, errors="replace") for safe in ("!'()*", "!#$&'()*+,/:;=?@[]~")]
    forms += [json.dumps(secret).replace("&", "\\u0026"), json.dumps(secret).replace("/", "\\/")]
    forms += [ascii(secret), unicodedata.normalize("NFD", secret)]
    forms += [re.sub("%..", lambda match: match[0].lower(), quote(secret, errors="replace"))]
    forms += [re.sub("u(....)", lambda match: "u" + match[1].upper(), json.dumps(secret))]
    for text in forms:
        assert "***" in mask.apply(text), text
        assert not any(form in mask.apply(text) for form in (secret, secret[1:-1])), text


def test_the_longest_of_several_secrets_is_masked() -> None:
    assert Mask(["abc", "abcdef", b"bytes", Path("/a/path")]).apply("abcdef abc bytes /a/path") == "*** *** *** ***"


@each_case(
    ("mask", "text", "masked"),
    [
        (["abcdef", "efghij"], "<abcdefghij>", "<***>"),
        (["abab"], "ababab", "***"),
        (["abc"], "abcabc", "******"),
        (["abc", re.compile("key-[0-9a-f]+")], "key-00abc11 abc", "*** ***"),
        ([re.compile("token-[a-z]+"), re.compile("z[0-9]+")], "token-xyz123!", "***!"),
        (["abc", re.compile("(?<=token=).+")], "token=abc, def", "token=***"),
    ],
)
def test_nothing_is_left_of_secrets_that_overlap(mask: list[Any], text: str, masked: str) -> None:
    assert Mask(mask).apply(text) == masked


def test_a_secret_is_held_back_if_another_may_overlap_it() -> None:
    mask = Mask(["abcdef", "efghij"])
    assert mask.held_back("x abcdef") == len("abcdef")
    assert mask.held_back("x abcdeg") == 0


def test_a_pattern_that_matches_nothing_masks_nothing() -> None:
    assert Mask([re.compile("x*")]).apply("axxb") == "a***b"


@given(st.lists(st.text("ab", min_size=1), min_size=1), st.text("abc"), st.integers(0, 20))
def test_a_text_may_be_cut_where_nothing_is_held_back(secrets: list[str], text: str, cut: int) -> None:
    mask = Mask(secrets)
    beginning = text[:cut]
    end = len(beginning) - mask.held_back(beginning)
    assert mask.apply(text[:end]) + mask.apply(text[end:]) == mask.apply(text)


@given(st.lists(st.text("ab", min_size=1), min_size=1), st.text("abc"))
def test_what_is_masked_is_all_that_belongs_to_a_secret(secrets: list[str], text: str) -> None:
    found = [(at, at + len(s)) for s in secrets for at in range(len(text)) if text.startswith(s, at)]
    left = [c for at, c in enumerate(text) if not any(start <= at < end for start, end in found)]
    assert Mask(secrets).apply(text).replace("***", "") == "".join(left)


@pytest.mark.parametrize(
    ("unit", "end"), [("a", "b"), ("a", ""), ("ab", "c"), ("ab", ""), ("aab", "aac"), ("a" * 40 + "b", "a" * 39)]
)
@pytest.mark.parametrize("method", [Mask.apply, Mask.held_back])
def test_the_time_for_a_text_that_repeats_the_beginning_of_a_secret_grows_as_the_text_and_the_secret(
    method: Callable[[Mask, str], object], unit: str, end: str
) -> None:
    def make(size: int) -> tuple[Mask, str]:
        secret = unit * (size // len(unit)) + end
        return Mask([secret, f"{secret}!"]), f"{unit * (4 * size // len(unit))}c"

    assert_grows_linearly(2000, make, lambda made: method(*made))


@each_case(
    ("mask", "message"),
    [
        ("secret", "mask must be a list of text and patterns, not str"),
        (TOKEN, "mask must be a list of text and patterns, not Pattern"),
        (3, "mask must be a list of text and patterns, not int"),
        ([""], "must not be empty"),
        ([" \n "], "must not be empty"),
        ([3], "mask must be text"),
        ([re.compile(b"x")], "must be one of text"),
    ],
)
def test_what_cannot_be_masked_is_refused(home: Path, mask: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SessionWriter.create("review", "review.zwf", mask=mask)
    assert not list(home.rglob("*.jsonl"))


def test_words_of_the_format_are_not_masked(project: Path) -> None:
    writer = SessionWriter.create("review", "review.zwf", mask=["stdout", "success", "step_output"])
    writer.step_output("lint", "stdout", "stdout")
    writer.ended("success", 1)
    *_, printed, ended = read_events(writer.log_path)
    assert (printed["type"], printed["stream"], printed["line"]) == ("step_output", "stdout", "***")
    assert ended["status"] == "success"


def test_the_error_of_a_program_has_no_arguments(writer: SessionWriter, run: Run) -> None:
    with writer.tier(["lint"]) as tier, pytest.raises(StepFailedError), tier.step("lint") as step:
        run(step, ["sh", "-c", "exit 1", "unmasked-secret"])
    assert last(writer)[1]["error"] == "command 'sh' failed with exit code 1"


ELSEWHERE = f"""
import sys
from writer import attach
from writer._log import line_splitter
line_splitter.PART_SECS = 0.05
secret = {SECRET!r}
parts = 'printf "password: %s" "$1"; until grep -q "password: " "$3"; do sleep 0.01; done; '
parts += 'echo "$2"; printf "%s" "$1"; sleep 0.1; echo ly'
with attach().step("deploy", prompt="x" * 195 + secret) as step:
    step.output(f"<{{secret}} token-77>")
    step.output("x" * (1024 * 1024 - 3) + secret)
    step.run(["sh", "-c", parts, "sh", secret[:5], secret[5:], sys.argv[1]])
    print("token-7", file=step.file("stderr"))
    step.retry(f"cannot log in with {{secret}}")
    step.saved(secret)
    raise KeyError(secret)
"""


def test_what_other_processes_add_has_no_secret_either(writer: SessionWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZIGTUI_SESSION", writer.share())
    assert "KeyError" in run_python(ELSEWHERE, writer.log_path).stderr
    recorded = writer.log_path.read_text()
    for secret in (SECRET, "hunter2", "größe", "token-7"):
        assert secret not in recorded
    lines = [event["line"] for event in read_events(writer.log_path) if event["type"] == "step_output"]
    assert [line[-12:] for line in lines] == ["<*** ***>", "x" * 9 + "***", "password: ", "***", "huntely", "***"]


def test_a_remote_step_knows_the_secrets_of_its_session(writer: SessionWriter) -> None:
    with writer.tier(["lint"]) as tier, tier.step("lint") as step:
        handle = step.remote()
        assert handle._log.held_back(f"password: {SECRET[:4]}") == 4
    with SessionWriter.disabled().tier(["lint"]) as tier, tier.step("lint") as step:
        assert step.remote()._log.held_back(SECRET[:4]) == 0
