"""Counts, progress, tokens and costs in words."""

from decimal import Decimal
from functools import lru_cache

from zigtui.reader.session.model.usage import Usage

__all__ = ["byte_size", "cost_in_short", "count", "progress_bar", "usage_in_full", "usage_in_short"]


@lru_cache(maxsize=1024)  # many steps print as many lines
def count(number: int, thing: str) -> str:
    """A number of things: 1 line, 1,204 lines."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}{'es' if thing.endswith('s') else 's'}"


def progress_bar(done: int, total: int, width: int) -> str:
    """A progress bar for ``done`` of ``total``, of ``width`` cells including its frame."""
    inner = width - 2
    filled = 0 if total <= 0 else min(inner, inner * done // total)
    return "▕" + "█" * filled + "░" * (inner - filled) + "▏"


def byte_size(size: int) -> str:
    """A number of bytes in at most seven cells: 812 B, 1.2 MB, 340 GB."""
    amount, units = float(size), ["B", "KB", "MB", "GB"]
    while amount >= 999.5 and len(units) > 1:
        amount /= 1000
        del units[0]
    if amount >= 999.5:
        return "> 1 TB"
    return f"{amount:.1f} {units[0]}" if amount < 9.95 and units[0] != "B" else f"{amount:.0f} {units[0]}"


def cost_in_short(cost_usd: Decimal | None) -> str:
    """A cost for a column of seven cells: $0.31, $1,234, $12.3k; a dash if it is unknown."""
    if cost_usd is None or not cost_usd.is_finite():
        return "–"
    amount = abs(cost_usd)
    if amount < Decimal("999.995"):  # above, it is rounded to a thousand
        return f"${cost_usd:.2f}"
    if amount < 10_000:
        return f"${cost_usd:,.0f}"
    for size, unit in ((10**3, "k"), (10**6, "M"), (10**9, "G")):
        if amount < size * Decimal("999.95"):
            return f"${cost_usd / size:.1f}{unit}"
    return "> $1T"


def usage_in_short(usage: Usage) -> str:
    """Tokens and cost for a line of the screen or a table; empty if none was printed."""
    if usage.input_tokens is None:
        return ""
    cost = "" if usage.cost_usd is None else f" ${usage.cost_usd:.2f}"
    return f"{usage.input_tokens:,} in / {usage.output_tokens:,} out{cost}"


def usage_in_full(usage: Usage) -> str:
    """Tokens and cost for a report, to a hundredth of a cent; empty if none was printed."""
    parts = []
    if usage.input_tokens is not None:
        parts.append(f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out")
    if usage.cost_usd is not None:
        parts.append(f"${usage.cost_usd:,.4f}")
    return ", ".join(parts)
