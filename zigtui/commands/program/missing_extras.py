"""Packages that only some commands need, and the extras that bring them."""

__all__ = ["extra_needed_by"]

_EXTRAS = {
    "aiohttp": "web",
    "cryptography": "fleet-server",
    "google": "otlp",
    "nacl": "fleet",
    "nats": "fleet",
    "nkeys": "fleet",
    "opentelemetry": "otlp",
    "prometheus_client": "metrics",
    "requests": "otlp",
    "textual_serve": "web",
}
"""The extra for each package that may be missing."""


def extra_needed_by(error: Exception) -> str | None:
    """What to do about an exception, if it is due to a package of an extra that is missing; else None."""
    package = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    extra = _EXTRAS.get(package)
    return None if extra is None else f"this needs the extra {extra}: pip install 'zigtui[{extra}]'"
