"""Time zones by their rules, since a machine may not have a list of their names."""

from collections.abc import Callable
from datetime import datetime

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
CAIRO = "EET-2EEST,M4.5.5/0,M10.5.4/24"
KATHMANDU = "<+0545>-5:45"
KIRITIMATI = "<+14>-14"
PAGO_PAGO = "<-11>11"
SAO_PAULO = "<-03>3"

SetZone = Callable[[str], None]
"""Sets the local time zone; see the fixture ``set_zone``."""


def local(moment: str) -> float:
    """Seconds since the epoch at a local time; with an offset if it is a local time twice."""
    return datetime.fromisoformat(moment).timestamp()
