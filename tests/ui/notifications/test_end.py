"""What is reported when the screen ends."""

import time
from pathlib import Path

import pytest

from tests.support.bases import write_log
from tests.support.logs import BEGAN, Log, append
from tests.support.terminal import Terminal
from tests.support.waiting import wait_until


@pytest.mark.slow
def test_what_is_held_back_for_a_later_report_is_left_to_the_program_of_the_user(base: Path, tmp_path: Path) -> None:
    reported, config = tmp_path / "reported", tmp_path / "config" / "zigtui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"""notify = "failed"\nnotify_command = ["sh", "-c", 'echo "$ZIGTUI_SUMMARY" >> {reported}']\n""")
    log = Log().wait(time.time() - BEGAN).start().tier(0, "a").step("a").beat()
    path = write_log(base, log, "1", workflow="deploy", modified=time.time())
    with Terminal(home=tmp_path, environment={"XDG_CONFIG_HOME": str(tmp_path / "config")}) as terminal:
        terminal.wait_for("running")
        begun = len(log.data)
        append(path, log.fails("a").end("failure").data[begun:])
        terminal.wait_until(lambda: "zigtui ✘ 1".encode() in terminal.written)  # the title: now it is held back
        terminal.press("q")
        assert terminal.wait_for_exit() == 0
    wait_until(lambda: reported.exists() and "deploy" in reported.read_text())
    assert len(reported.read_text().splitlines()) == 1
