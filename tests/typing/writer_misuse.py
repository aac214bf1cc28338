"""Mistakes that type checkers find.

This is not run. A comment that ignores an error is an error itself, for mypy and pyright, if there is none to ignore.
"""

from datetime import timedelta

from writer import AttachedSession, RemoteStep, SessionCoordinator, SessionWriter, Step, prune, session
from writer.log_handler import SessionLogHandler


def misspell_words(writer: SessionWriter, coordinator: SessionCoordinator, attached: AttachedSession) -> None:
    writer.ended("succes", duration_ms=1200)  # type: ignore[arg-type]
    coordinator.finish("failed")  # type: ignore[arg-type]
    attached.finish("ok")  # type: ignore[arg-type]
    writer.step_output("lint", "stdin", "3 files")  # type: ignore[arg-type]
    prune(older_than=timedelta(days=30), states=["succeded"])  # type: ignore[list-item]
    SessionWriter.create("review", "review.py", index="later")  # type: ignore[arg-type]
    session("review", "review.py", on_error="ignore")  # type: ignore[arg-type]
    session("review", "review.py", bse="/tmp/zig")  # type: ignore[call-arg]
    SessionLogHandler(stream="stdlog")  # type: ignore[arg-type]


def misuse_a_step(step: Step) -> None:
    step.output("3 files", "out")  # type: ignore[arg-type]
    step.file("err")  # type: ignore[arg-type]
    step.run("ruff check")  # type: ignore[arg-type]
    step.run(b"ruff")  # type: ignore[arg-type]
    step.run_in_foreground("ruff")  # type: ignore[arg-type]
    step.run(["ruff", "check"], background="keep")  # type: ignore[arg-type]
    step.run(["ruff", "check"], cdw="src")  # type: ignore[call-arg]
    step.run(["ruff", "check"], shell=True)  # type: ignore[call-arg]
    step.run(["ruff", "check"], cwd=7)  # type: ignore[arg-type]
    step.run(["ruff", "check"], env=["CI=1"])  # type: ignore[arg-type]
    step.run(["ruff", "check"], timeout="10 s")  # type: ignore[arg-type]


async def misuse_a_remote_step(step: RemoteStep) -> None:
    step.output("3 files", stream="err")  # type: ignore[arg-type]
    await step.run_async("ruff")  # type: ignore[arg-type]
    await step.run_async(["ruff", "check"], stdinn=None)  # type: ignore[call-arg]
    await step.run_async(["ruff", "check"], umask="022")  # type: ignore[arg-type]
