"""The process that ``zigtui ship`` becomes: ``python -m zigtui.commands.fleet.ship_process``.

It runs for months on every machine, so it should be small, and has nothing of the command line.
"""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from zigtui.commands.fleet.ship_job import ShipJob
from zigtui.commands.program.ending_signals import run_until_signal
from zigtui.commands.program.failures import report_failure
from zigtui.commands.program.missing_extras import extra_needed_by
from zigtui.exit_codes import ExitCode
from zigtui.fleet.connection import RefusedError
from zigtui.fleet.ship.each_base import ship_each_base
from zigtui.fleet.ship.notes import Notes, SecondShipperError, only_shipper
from zigtui.fleet.ship.shared import Shared
from zigtui.fleet.ship.shipper import Shipper
from zigtui.system.standard_streams import note, prepare_streams
from zigtui.system.successor import handed_over, release_signals

if TYPE_CHECKING:
    from zigtui.fleet.ship.masked_log import Masking

__all__ = ["main", "ship"]

_NICE = 10


def main() -> int:
    """Do the job that the process before has handed over. Return the exit code."""
    gc.freeze()  # what imports have created need not be searched for garbage
    prepare_streams()
    return ship(ShipJob.decoded(handed_over()))


def ship(job: ShipJob) -> int:
    """Ship until a signal ends it.

    Returns:
        The exit code.

    Raises:
        SystemExit: with the exit code of SIGTERM or SIGHUP.
    """
    try:
        release_signals()
        state = Path(job.state)
        with only_shipper(state):
            os.nice(_NICE)
            masking = _masking(job.bases) if job.redact else None
            run_until_signal(_ship_bases(job, Notes(state, job.join), masking))
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except (RefusedError, SecondShipperError) as error:
        note(f"zigtui: {error}")
        return ExitCode.USAGE
    except Exception as error:
        advice = extra_needed_by(error)
        if advice is None:
            log_file = None if job.log_file is None else Path(job.log_file)
            return report_failure(error, log_file, show_traceback=job.show_traceback)
        note(f"zigtui: {advice}")
        return ExitCode.USAGE
    return ExitCode.OK


async def _ship_bases(job: ShipJob, notes: Notes, masking: "Masking | None") -> None:
    shared = Shared(job.bases[0], job.bytes_per_sec)

    def shipper_of(base: str, report: Callable[[str], object]) -> Shipper:
        return Shipper(
            job.join,
            [base],
            notes if len(job.bases) == 1 else notes.below(base),
            report,
            since_secs=job.since_secs,
            projects=job.projects,
            masking=masking,
            shared=shared,
        )

    await ship_each_base(job.bases, shipper_of, lambda text: note(f"zigtui: {text}"))


def _masking(bases: list[str]) -> "Masking":
    from zigtui.commands.redaction.log_lines import LogMasking  # slow to import

    return LogMasking.of_here(bases)


if __name__ == "__main__":
    sys.exit(main())
