"""The commands for the steps of a shell script."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from writer import AttachedSession, SessionError, SessionStatus, attach
from writer._programs.outcome import outcome
from zigtui.commands.record.options import base_option
from zigtui.commands.record.shell_watch import PRINTED, SHELL, ancestors
from zigtui.reader.text.safe_text import safe_plain
from zigtui.system.standard_streams import note

__all__ = ["end", "skip", "start", "step", "tier"]

_NO_SESSION = 'there is no session: begin one by  eval "$(zigtui record start NAME)"'
_UNRECORDED = "/dev/null"  # the address of a session that could not be begun, as the command that begins it reports


def _named(context: click.Context, parameter: click.Parameter, names: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """Check that no name is empty, such as that of a variable of the script that is not set."""
    if "" in ((names,) if isinstance(names, str) else names):
        raise click.BadParameter(f"a {'session' if context.command is start else 'step'} needs a name")
    return names


def _session(what: str) -> AttachedSession | None:
    """The session of the script. Without one that still runs, report that something is not recorded."""
    address = os.environ.get("ZIGTUI_SESSION")
    if address == _UNRECORDED:
        return None
    with _reported(what):
        if not address:
            raise SessionError(_NO_SESSION)
        return attach()
    return None


@contextmanager
def _reported(what: str) -> Iterator[None]:
    """Report that something is not recorded. That is no failure of the command: it would end a script with `set -e`."""
    from zigtui.commands.record.running import report_unrecorded

    try:
        yield
    except SessionError as error:
        report_unrecorded(what, error)


@click.command("start")
@click.argument("name", callback=_named)
@click.option("--file", metavar="FILE", help="The script, as shown to people.  [default: NAME]")
@click.option("--pid", type=click.IntRange(min=1), metavar="PID", help="End the session with this process instead.")
@base_option
def start(name: str, file: str | None, pid: int | None, base: str | None) -> None:
    """Begin the session of a shell script, for sh, bash, zsh and dash.

    It prints commands for the shell. The session ends with the shell, or by "zigtui record end". It has failed if one
    of its steps has, or, as far as the system tells, if the shell has. If it cannot be recorded, the script runs all
    the same.

    \b
    eval "$(zigtui record start deploy)"
    zigtui record step build -- make
    zigtui record end
    """
    if sys.stdout.isatty():
        raise click.UsageError(f'let the shell evaluate it: eval "$(zigtui record start {shlex.quote(name)})"')
    with _owner(name, file or name, pid, base) as answer:
        if "error" in answer:
            note(f"zigtui: the session is not recorded: {safe_plain(answer['error'])}")
            click.echo(f"export ZIGTUI_SESSION={_UNRECORDED}")
            return
        address, session_id = shlex.quote(answer["address"]), shlex.quote(answer["session_id"])
        pipe = shlex.quote(str(Path(answer["address"]).with_name(SHELL)))
        # `1<>` does not wait for a reader, which `>` does.
        name_itself = f"{{ echo $$ 1<>{pipe}; }} 2>/dev/null || :"
        click.echo(f"export ZIGTUI_SESSION={address} ZIG_SESSION_ID={session_id}; unset ZIG_STEP; {name_itself}")


@contextmanager
def _owner(name: str, file: str, pid: int | None, base: str | None) -> Iterator[dict[str, str]]:
    """Start the process that owns the session. If the block fails to print its answer, the session ends.

    Yields:
        The answer: the address and the id of the session, or the error for which it is not recorded.
    """
    about = {"name": name, "path": file, "pid": pid, "base": base, "ancestors": ancestors()}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "zigtui.commands.record.owner", json.dumps(about)],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdin is not None
        line = process.stdout.readline()
        if not line.endswith(b"\n"):  # such as when the system has killed it for want of memory
            errors = process.stderr.read().decode(errors="replace").splitlines()
            yield {"error": f"its process {outcome(process.wait())}{''.join(f' ({error})' for error in errors[-1:])}"}
            return
        process.returncode = 0  # it goes on, and is not waited for
        yield json.loads(line)
        with suppress(OSError):  # it has ended meanwhile
            process.stdin.write(PRINTED)


@click.command("step", context_settings={"allow_interspersed_args": False})
@click.argument("name", callback=_named)
@click.argument("program", nargs=-1, type=click.UNPROCESSED, metavar="-- PROGRAM [ARGS]...")
def step(name: str, program: tuple[str, ...]) -> None:
    """Run a program as a step of the session.

    Its output and its exit code are passed through. Several steps may run at the same time. Without a session that
    still runs, the program is not recorded.

    \b
    zigtui record step build -- make -j4
    zigtui record step lint -- ruff check & zigtui record step types -- mypy & wait
    """
    from zigtui.commands.printing.writer_warnings import report_warnings
    from zigtui.commands.record.running import exit_like, run_in_step, run_unrecorded

    if program[:1] != ("--",) or len(program) < 2:
        raise click.UsageError("put -- and a program after the name of the step")
    arguments = list(program[1:])
    report_warnings()
    session = _session(f"step {name}")
    if session is None:
        exit_like(run_unrecorded(arguments))
    exit_like(run_in_step(session.step(name, prompt=" ".join(arguments)), name, arguments))


@click.command("tier")
@click.argument("names", nargs=-1, required=True, callback=_named, metavar="NAME...")
def tier(names: tuple[str, ...]) -> None:
    """Begin a tier, and name its steps.

    Run it before the first of these steps. Without this command, a tier begins with each step that does not run at
    the same time as another.

    \b
    zigtui record tier lint types
    zigtui record step lint -- ruff check & zigtui record step types -- mypy & wait
    """
    session = _session("the tier")
    if session is not None:
        with _reported("the tier"), session.tier(names):
            pass


@click.command("skip")
@click.argument("name", callback=_named)
@click.argument("reason", default="")
def skip(name: str, reason: str) -> None:
    """Record that a step is not run, and why.

    \b
    zigtui record skip publish "not on the release branch"
    """
    session = _session(f"step {name}")
    if session is not None:
        with _reported(f"step {name}"):
            session.step(name).skip(reason)


@click.command("end")
@click.argument("status", metavar="[STATUS]", required=False)
def end(status: str | None) -> None:
    """End the session.

    STATUS is "success", "failure" or an exit code. By default the session has failed if one of its steps has.

    If the script fails outside its steps, or has gone on after the step that failed, the reason is recorded as the
    failure of one more step, "runner".

    \b
    zigtui record end
    trap 'zigtui record end $?' EXIT
    """
    known = None if status is None else _parse_status(status)
    session = _session("the end of the session")
    if session is not None:
        with _reported("the end of the session"):
            session.finish(*_ending(session.log_path, known))


def _ending(log: Path, known: SessionStatus | int | None) -> tuple[SessionStatus, str | None]:
    """How a session ends whose script has ended as is known, and why."""
    from zigtui.commands.record.outcome import failure_of_script, outcome_so_far

    if known is None:
        return outcome_so_far(log)
    if known in (0, SessionStatus.SUCCESS):
        return SessionStatus.SUCCESS, None
    if isinstance(known, int):
        return SessionStatus.FAILURE, failure_of_script(log, f"the script {outcome(known)}", known)
    return SessionStatus.FAILURE, failure_of_script(log, "the script failed", None)


def _parse_status(status: str) -> SessionStatus | int:
    if status.isdecimal():
        return int(status)
    try:
        return SessionStatus(status)
    except ValueError:
        raise click.BadParameter(f"{status!r} is neither success nor failure nor an exit code") from None
