"""The quick search finds what a naive one finds: every line decoded, made safe to show, and searched."""

import json
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import amount, examples
from tests.support.logs import SESSION_ID, Log, log_file
from zigtui.reader.lines.decode import outputs_in
from zigtui.reader.search import prefilter as prefilter_module
from zigtui.reader.search import search as search_module
from zigtui.reader.search.query import Query
from zigtui.reader.search.search import Search
from zigtui.reader.text.safe_text import safe_plain, safe_spans


def hits_of(search: Search) -> list[int]:
    """All hits, by asking for one after the other."""
    hits: list[int] = []
    found = search.next(0)
    while found is not None and found.offset is not None and not found.wrapped:
        hits.append(found.offset)
        found = search.next(found.offset + 1)
    return hits


def searched(path: Path, query: str, *, step_name: str | None = None, origin: int = 0) -> list[int]:
    search = Search(str(path), Query(query), step_name=step_name, origin=origin)
    search.run()
    assert search.trouble is None
    hits = hits_of(search)
    assert len(search) == len(hits)
    return hits


def naive(data: bytes, query: str, step_name: str | None = None) -> list[int]:
    asked, hits, offset = Query(query), [], 0
    for line in data.split(b"\n")[:-1]:
        for start, printed in outputs_in(line):
            shown = "".join(span.text for span in safe_spans(printed.text))
            if step_name in (None, printed.step_name) and asked.match(shown):
                hits.append(offset + start)
        offset += len(line) + 1
    return hits


def all_spans(query: str, text: str) -> list[tuple[int, int]]:
    asked = Query(query)
    return [
        (start + first, start + last)
        for start in range(0, len(text), 4096)
        for first, last in asked.spans(text[start : start + 4096])
    ]


PIECES = [
    *'aAbBkKsS z"\\/\t\r\x07\x00\x7f\u0085\u009b\u200b\u202e\u2028\ufeff\u00a0\u00ad\u0301ßéÉıİſK漢⏺🏴🇸',
    *["\x1b[31m", "\x1b[0m", "\x1b[K", "\x1b]0;title\x07", "\x1b[2K", "\x1b", "\x1b[", "\x9b1m", "\\u001b[31m"],
    *[
        "\\u0041",
        "ab",
        "AB",
        "ba",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e007f",
        "\ufffd",
        "ж",
        "Ж",
        "31m",
        "❤️",
    ],
]


words = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


queries = st.lists(
    st.sampled_from([*'aAbBkKsSiz"\\/ßéÉ漢⏺жЖ <>', "ab", "ba", "U+200B", "\ufffd", "31m", "␇", "ı", "❤️", "e\u0301"]),
    min_size=1,
    max_size=3,
).map("".join)


@st.composite
def recorded_lines(draw: st.DrawFn) -> bytes:
    text = draw(words)
    event = {
        "seq": draw(st.integers(0, 3)),
        "ts": "2026-03-01T12:00:00+00:00",
        "zig_session_id": SESSION_ID,
        "type": draw(st.sampled_from(["step_output"] * 9 + ["heartbeat"])),
        "step_name": draw(st.sampled_from(["a", "b", text])),
        "stream": draw(st.sampled_from(["stdout", "stderr", 1])),
        "line": text,
    }
    if draw(st.integers(0, 5)) == 0:
        event = dict(reversed(event.items()))
    spaced = draw(st.integers(0, 5)) == 0
    line = json.dumps(event, ensure_ascii=draw(st.booleans()), separators=(", ", " : ") if spaced else (",", ":"))
    data = line.encode("utf-8", "surrogatepass")
    match draw(st.integers(0, 20)):
        case 0:
            data = data[: draw(st.integers(0, len(data)))]
        case 1:
            index = draw(st.integers(0, len(data)))
            data = data[:index] + draw(st.sampled_from([b"\xff", b"\xc2", b"\r", b"\\ud83d"])) + data[index:]
        case 2:
            data = b"\xef\xbb\xbf" + data
        case 3:
            data += b"\r"
        case 4:
            data = draw(st.sampled_from([b"", b"[1", b'{"a":[1', b"2]}", b"0", b'"a"', b"null", b"{},0,{}"]))
    return data


@pytest.mark.slow
@examples(200)
@given(
    lines=st.lists(recorded_lines(), max_size=12),
    query=queries,
    joint=st.sampled_from(["", ".", ".*", r"\s*", "(x|)", "[ab]?", "a{0,2}", "(?=)", "|"]),
    step_name=st.sampled_from([None, "a"]),
    copies=st.sampled_from([1, 40]),
    few=st.sampled_from([1, 1000]),
    piece=st.sampled_from([64, 1000, 1 << 18]),
    data=st.data(),
)
def test_hits_are_those_of_a_naive_search(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[bytes],
    query: str,
    joint: str,
    step_name: str | None,
    copies: int,
    few: int,
    piece: int,
    data: st.DataObject,
) -> None:
    recorded = b"".join(line + b"\n" for line in lines * copies)
    path = tmp_path_factory.mktemp("log") / "1.jsonl"
    path.write_bytes(recorded + b'{"torn')
    starts = [0] + [index + 1 for index, byte in enumerate(recorded) if byte == ord("\n")]
    origin = data.draw(st.sampled_from(starts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_module, "_PIECE_BYTES", piece)
        patch.setattr(prefilter_module, "_FEW_LINES", few)
        assert searched(path, query, step_name=step_name, origin=origin) == naive(recorded, query, step_name)
        any_like = [f"[{character}]" if character.isalnum() else "." for character in query]
        for parts in (any_like, [re.escape(query[:1]), joint, re.escape(query[1:])]):
            pattern = f"/{''.join(parts)}/"
            assert searched(path, pattern, step_name=step_name, origin=origin) == naive(recorded, pattern, step_name)


@pytest.mark.slow
@examples(200)
@given(query=st.text(alphabet='abA "é', min_size=1, max_size=4), data=st.data())
def test_colors_hide_no_match_wherever_they_stand(
    tmp_path_factory: pytest.TempPathFactory, query: str, data: st.DataObject
) -> None:
    colors = st.lists(st.sampled_from(["\x1b[31m", "\x1b[0m"]), max_size=6).map("".join)
    characters = st.sampled_from([*map(str.lower, query), *map(str.upper, query)])
    log = Log()
    for text in data.draw(st.lists(st.lists(colors | characters, max_size=10).map("".join), min_size=1, max_size=3)):
        log.says("a", text)
    log.says("a", "".join(data.draw(colors) + character.swapcase() for character in query))
    path = log_file(tmp_path_factory.mktemp("log"), log.data)
    for asked in (query, f"/{query}/"):
        assert searched(path, asked) == naive(log.data, asked)


def test_every_character_shown_otherwise_than_recorded_is_a_candidate() -> None:
    odd = re.compile(b"|".join([prefilter_module._UNUSUAL_ESCAPE, *prefilter_module._UNUSUAL_CHARACTERS.values()]))
    missed = []
    for start in (*range(0, 0x20000, 256), *range(0x20000, 0x110000, amount(256, usual=0x4000))):
        characters = [chr(code) for code in range(start, start + 256)]
        if safe_plain("".join(characters)) != "".join(characters):
            for character in characters:
                is_raw = character >= " " and not "\ud800" <= character <= "\udfff"  # others only with an escape
                recorded = json.dumps(character, ensure_ascii=not is_raw).encode()
                if safe_plain(character) != character and not odd.search(recorded):
                    missed.append(character)
    assert missed == ["\t"]  # for which no space is looked for


def test_every_character_that_equals_an_ascii_letter_is_a_candidate() -> None:
    odd = re.compile(b"|".join(prefilter_module._UNUSUAL_CHARACTERS.values()))
    others = "".join(map(chr, [*range(128, 0xD800), *range(0xE000, 0x110000)]))
    alike = {others[start] for letter in string.ascii_lowercase for start, _ in all_spans(f"/{letter}/", others)}
    assert len(alike) == 3
    assert all(odd.search(character.encode()) for character in alike)
