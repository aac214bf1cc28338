"""The names of tier runs."""

from zigtui.reader.session.model.pass_run import PassRun
from zigtui.reader.session.model.session import Session, TierRun

__all__ = ["tier_name"]


def tier_name(tier: TierRun, run: PassRun | None, session: Session) -> str:
    """The name of a tier run: its number, from 1, and its pass if the workflow has looped.

    Args:
        tier: the tier run.
        run: the full pass of a listener that it belongs to; None if the session is not divided into passes.
        session: the session, with the tiers of that pass only.
    """
    name = f"tier {tier.tier_index + 1}"
    first = 1 if run is None else run.pass_number
    has_looped = session.tiers[-1].pass_number > first
    return f"{name}, pass {tier.pass_number - first + 1}" if has_looped else name
