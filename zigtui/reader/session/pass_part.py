"""One pass of a listener, as if it were the whole session."""

from zigtui.reader.session.model.pass_lookup import next_pass
from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session
from zigtui.reader.session.snapshot import SessionSnapshot

__all__ = ["part_of"]


def part_of(snapshot: SessionSnapshot, run: PassRun, folded: Session | None = None) -> SessionSnapshot:
    """Return the session with the tiers, steps and failures of one pass only. Its other facts stay as they are.

    Args:
        snapshot: the session.
        run: the pass.
        folded: the passes around it, from `PastPages.session`, if it is a past pass.
    """
    session = snapshot.session
    following = next_pass(session, run)
    source = session if folded is None else folded
    tiers = source.tiers[run.first_tier - source.first_ordinal :]
    steps = source.steps[run.first_step - source.first_serial :]
    end = run.first_step + len(steps)
    if following is not None:
        tiers = tiers[: following.first_tier - run.first_tier]
        steps = steps[: following.first_step - run.first_step]
        end = following.first_step
    failures = tuple(failure for failure in source.failures if run.first_step <= failure.serial < end)
    part = session._replace(tiers=tiers, steps=steps, failures=failures, past_steps=())
    return snapshot._replace(session=part)
