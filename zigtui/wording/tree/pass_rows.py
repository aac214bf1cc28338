"""The rows of one pass of a listener, and the pass that a row belongs to."""

from collections.abc import Hashable

from zigtui.reader.session.model.pass_lookup import pass_of_step, pass_of_tier, pass_run
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session, TierState
from zigtui.reader.session.model.silent_steps import DEFAULT_QUIET_SECS
from zigtui.reader.session.snapshot import SessionSnapshot
from zigtui.wording.tree.attempt_table import AttemptTable
from zigtui.wording.tree.tree_rows import TreeRows

__all__ = ["pass_of_key", "rows_of_pass"]


def rows_of_pass(
    run: PassRun,
    part: SessionSnapshot,
    quiet_secs: float = DEFAULT_QUIET_SECS,
    *,
    failed_only: bool = False,
    attempts: AttemptTable | None = None,
) -> TreeRows:
    """The rows of one pass, after the first one, which is for all output.

    Args:
        run: the pass.
        part: the session with the tiers and steps of this pass only.
        quiet_secs: see `TreeRows`.
        failed_only: whether there are rows only for failed steps and their tiers.
        attempts: see `TreeRows`.
    """
    if part.pass_state(run) is not TierState.RUNNING:  # then there are no tiers ahead
        part = part._replace(session=part.session._replace(tier_count=0))
    return TreeRows(part, quiet_secs, failed_only=failed_only, first_pass=run.pass_number, attempts=attempts)


def pass_of_key(session: Session, key: Hashable) -> PassRun | None:
    """The pass that the row with a key belongs to; None if it belongs to none."""
    match key:
        case ("pass", int(number)):
            return pass_run(session, number)
        case ("tier", int(ordinal)):
            return pass_of_tier(session, ordinal)
        case ("step", int(serial)) | ("attempt", int(serial), _):
            return pass_of_step(session, serial)
    return None
