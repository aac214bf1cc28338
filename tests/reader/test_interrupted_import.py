"""Ctrl-C while the reader is imported."""

from tests.support.cases import each_case
from tests.support.interrupted_imports import ended_by_the_interrupt, interrupting
from tests.support.writers import run_python


@each_case("name", ["json.decoder", "uuid"])
@each_case("module", ["zigtui.reader.sessions", "zigtui.commands.printing.event_text"])
def test_an_interrupt_of_the_import_is_an_exception(module: str, name: str) -> None:
    assert ended_by_the_interrupt(run_python(interrupting(name, f"import {module}")))
