"""Packages that only some commands need, and the extras that bring them."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

__all__ = ["needs_extra"]

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


@contextmanager
def needs_extra() -> Iterator[None]:
    """Report a package that is missing, in a block that imports or uses packages of extras.

    Raises:
        click.ClickException: if one is missing. The message names the extra.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise click.ClickException(f"this needs the extra {extra}: pip install 'zigtui[{extra}]'") from error
