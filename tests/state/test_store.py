"""What zigtui keeps in the state directory, with several of them at once."""

import fcntl
import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.support.processes import user_environment
from tests.support.waiting import wait_until
from zigtui.settings import Settings
from zigtui.state import store as store_module
from zigtui.state.choices import Choices
from zigtui.state.history import MAX_ENTRIES, History
from zigtui.state.store import Change, Content, StateStore

ADDING = """
import sys
from pathlib import Path
from zigtui.state.store import StateStore

def add(content):
    content[sys.argv[2]] = content.get(sys.argv[2], 0) + 1
    content["all"] = content.get("all", 0) + 1
    return content

store = StateStore(Path(sys.argv[1]))
for _ in range(100):
    store.update("counts", add)
assert store.take_trouble() is None
"""


@pytest.fixture
def store(tmp_path: Path) -> StateStore:
    return StateStore(tmp_path / "state")


def test_what_is_written_is_found_again(store: StateStore, tmp_path: Path) -> None:
    assert store.load("seen") == {}
    assert store.update("seen", lambda _: {"é\udc80": [1, None]}) == {"é\udc80": [1, None]}
    assert StateStore(tmp_path / "state").load("seen") == {"é\udc80": [1, None]}
    assert store.load("other") == {}
    directory = tmp_path / "state"
    assert sorted(path.name for path in directory.iterdir()) == ["lock", "seen.json"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (directory, directory / "seen.json")] == [0o700, 0o600]


def test_several_processes_lose_nothing(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", ADDING, str(tmp_path), name], env=user_environment(tmp_path))
        for name in "abc"
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert StateStore(tmp_path).load("counts") == {"a": 100, "b": 100, "c": 100, "all": 300}


def test_several_threads_lose_nothing(store: StateStore) -> None:
    def add(content: Content) -> Content:
        return {"count": content.get("count", 0) + 1}

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.update("count", add), range(100)))
    assert store.load("count") == {"count": 100}


@given(data=st.binary() | st.sampled_from([b"[]", b"null", b"1", b'{"a": NaN}', b"[" * 100_000, b"\xef\xbb\xbf{}"]))
@examples(50)
def test_a_damaged_file_is_empty_and_replaced(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.getbasetemp() / "damaged"
    directory.mkdir(exist_ok=True)
    (directory / "seen.json").write_bytes(data)
    store = StateStore(directory)
    assert isinstance(store.load("seen"), dict)
    assert store.update("seen", lambda _: {"x": 1}) == store.load("seen") == {"x": 1}


def test_an_oversized_file_is_taken_for_damaged(store: StateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.update("seen", lambda _: {"x": "y" * 1000})
    monkeypatch.setattr(store_module, "MAX_BYTES", 500)
    assert store.load("seen") == {}


def test_trouble_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the directory would be")
    store = StateStore(tmp_path / "state")
    assert store.load("seen") == {}
    assert store.update("seen", lambda content: {**content, "x": 1}) == {"x": 1}
    trouble = store.take_trouble()
    assert trouble is not None
    assert trouble.startswith(f"What you choose cannot be kept in {tmp_path / 'state'}: ")
    store.update("seen", lambda content: {**content, "x": 2})
    assert store.take_trouble() is None


def test_a_lock_that_is_never_released_is_reported(
    store: StateStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.update("seen", lambda _: {"x": 1})
    monkeypatch.setattr(store_module, "_LOCK_SECS", 0.05)
    with (tmp_path / "state" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        store.update("seen", lambda _: {"x": 2})
    assert str(store.take_trouble()).endswith("another process keeps it locked")
    assert store.load("seen") == {"x": 1}


@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_what_is_no_file_is_left_alone(store: StateStore, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "state" / "seen.json"
    path.parent.mkdir()
    path.mkdir() if kind == "directory" else os.mkfifo(path)
    assert store.load("seen") == {}
    store.update("seen", lambda _: {"x": 1})
    assert "cannot be kept" in str(store.take_trouble())
    assert path.is_dir() if kind == "directory" else path.is_fifo()


def test_a_file_that_cannot_be_read_for_the_moment_keeps_its_content(store: StateStore, tmp_path: Path) -> None:
    History(store, "searches").add("a")
    store.close(60)
    path = tmp_path / "state" / "searches.json"
    before = path.read_bytes()
    away = path.with_suffix(".away")
    path.rename(away)
    path.symlink_to(path)  # a loop, which cannot be read even by root
    history = History(store, "searches")
    history.add("b")
    store.close(60)
    assert history.entries == ["b"]
    assert "cannot be kept" in str(store.take_trouble())
    away.replace(path)
    assert path.read_bytes() == before


def test_without_a_home_directory_a_notice_reports_that_nothing_is_kept() -> None:
    store = StateStore(Path("relative"))
    assert store.update("seen", lambda _: {"x": 1}) == {"x": 1}
    assert store.take_trouble() == "What you choose is not kept: there is no home directory"
    assert not Path("relative").exists()


def test_changes_that_are_not_written_in_time_at_the_end_are_reported(store: StateStore, tmp_path: Path) -> None:
    store.update("seen", lambda _: {"x": 1})
    with (tmp_path / "state" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        store.update_later("seen", lambda _: {"x": 2})
        store.close(0.05)
        assert "may not have been kept" in str(store.take_trouble())
    wait_until(lambda: store.load("seen") == {"x": 2})


def test_changes_are_written_in_the_background_in_their_order(store: StateStore) -> None:
    def adding(number: int) -> Change:
        return lambda content: {"all": [*content.get("all", []), number]}

    for number in range(50):
        store.update_later("seen", adding(number))
    store.close(60)
    assert store.load("seen") == {"all": list(range(50))}
    store.update_later("seen", lambda _: {"all": []})  # after the end of the screen
    wait_until(lambda: store.load("seen") == {"all": []})


def test_a_change_that_fails_keeps_no_other_one_from_being_written(store: StateStore) -> None:
    def failing(_: Content) -> Content:
        raise RuntimeError("a defect")

    store.update_later("seen", failing)
    store.update_later("seen", lambda _: {"x": object()})  # no JSON
    store.update_later("seen", lambda _: {"x": 1})
    store.close(60)
    assert store.load("seen") == {"x": 1}
    assert "What you choose cannot be kept" in str(store.take_trouble())


def test_a_history_has_the_last_prompts_of_all_processes(store: StateStore, tmp_path: Path) -> None:
    other = StateStore(tmp_path / "state")
    one, two = History(store, "searches"), History(other, "searches")
    for text in ("a", "b", "a", " ", ""):
        one.add(text)
    store.close(60)
    two.add("c")
    other.close(60)
    assert one.entries == ["b", "a"]
    assert two.entries == ["c"]
    assert History(store, "searches").entries == ["b", "a", "c"]
    for number in range(2 * MAX_ENTRIES):
        one.add(str(number))
    one.add("long" * 1000)
    store.close(60)
    assert History(store, "searches").entries == one.entries == [str(number) for number in range(MAX_ENTRIES, 200)]
    assert History(store, "filters").entries == History(None, "filters").entries == []


@pytest.mark.parametrize("content", ['{"entries": 1}', '{"entries": [1, "a", null, {}]}', '{"other": []}'])
def test_a_history_of_something_else_does_no_harm(store: StateStore, tmp_path: Path, content: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "searches.json").write_text(content)
    history = History(store, "searches")
    history.add("b")
    store.close(60)
    assert History(store, "searches").entries == history.entries
    assert history.entries[-1] == "b"


def test_a_choice_takes_precedence_over_the_setting_until_that_is_changed(store: StateStore) -> None:
    choices = Choices(Settings(), store)
    assert choices.wraps.value
    assert choices.wraps.is_default
    choices.wraps.choose(False)
    choices.theme.choose("nord")
    store.close(60)
    again = Choices(Settings(), store)
    assert (again.wraps.value, again.theme.value, again.times.value) == (False, "nord", "off")
    assert not again.theme.is_default
    assert Choices(Settings(theme="dracula"), store).theme.value == "dracula"
    again.theme.choose("textual-dark")
    store.close(60)
    assert store.load("choices") == {"wrap": {"value": False, "instead_of": True}}


@pytest.mark.parametrize("kept", ["nord", {"value": 7, "instead_of": "textual-dark"}, {"value": "nrd"}, None, []])
def test_a_kept_choice_that_does_not_fit_is_ignored(store: StateStore, kept: object) -> None:
    store.update("choices", lambda _: {"theme": kept, "unknown": json.loads("{}")})
    assert Choices(Settings(), store).theme.value == "textual-dark"


def test_choices_of_two_processes_are_both_kept(store: StateStore, tmp_path: Path) -> None:
    other = StateStore(tmp_path / "state")
    one, two = Choices(Settings(), store), Choices(Settings(), other)
    one.theme.choose("nord")
    two.times.choose("clock")
    store.close(60)
    other.close(60)
    kept = Choices(Settings(), store)
    assert (kept.theme.value, kept.times.value) == ("nord", "clock")
