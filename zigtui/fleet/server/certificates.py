"""The fleet's own certificate authority, and the certificate of its server.

Both have Ed25519 keys, so the library that nkeys brings (PyNaCl) can sign them: neither OpenSSL's program nor another
package is needed. Each fleet has an authority of its own, which signs nothing but the certificate of its server.
"""

import base64
import hashlib
import ipaddress
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from textwrap import wrap

from zigtui.fleet.server import der

__all__ = ["authority_certificate", "new_key", "pem_of_key", "server_certificate"]

_ED25519 = der.sequence(der.object_identifier("1.3.101.112"))
_EARLIER = timedelta(days=365)  # the clocks of machines may be behind
_AUTHORITY_TIME = timedelta(days=20 * 365)
_SERVER_TIME = timedelta(days=10 * 365)  # issued anew whenever the server starts

_KEY_CERT_SIGN, _DIGITAL_SIGNATURE = der.bit_string(b"\x04", 2), der.bit_string(b"\x80", 7)


def new_key() -> bytes:
    """The 32 bytes of a new private key."""
    return os.urandom(32)


def pem_of_key(key: bytes) -> str:
    """A private key in PEM (PKCS #8)."""
    return _pem("PRIVATE KEY", der.sequence(der.integer(0), _ED25519, der.octet_string(der.octet_string(key))))


def authority_certificate(key: bytes, now: datetime) -> str:
    """The certificate of the authority, signed by itself, in PEM.

    Args:
        key: the private key of the authority.
        now: the present, in UTC.
    """
    extensions = [
        _extension("2.5.29.19", der.sequence(der.boolean(True), der.integer(0)), critical=True),
        _extension("2.5.29.15", _KEY_CERT_SIGN, critical=True),
    ]
    return _certificate(key, key, _name("zigtui fleet"), now, _AUTHORITY_TIME, extensions)


def server_certificate(key: bytes, authority_key: bytes, names: Iterable[str], now: datetime) -> str:
    """The certificate of the server, in PEM.

    Args:
        key: the private key of the server.
        authority_key: the private key of the authority.
        names: host names and addresses of the server.
        now: the present, in UTC.
    """
    extensions = [
        _extension("2.5.29.19", der.sequence(), critical=True),
        _extension("2.5.29.15", _DIGITAL_SIGNATURE, critical=True),
        _extension("2.5.29.37", der.sequence(der.object_identifier("1.3.6.1.5.5.7.3.1"))),  # a server
        _extension("2.5.29.17", der.sequence(*map(_alternative_name, dict.fromkeys(names)))),
    ]
    return _certificate(key, authority_key, _name("zigtui fleet server"), now, _SERVER_TIME, extensions)


def _certificate(
    key: bytes, issuer_key: bytes, subject: bytes, now: datetime, valid: timedelta, extensions: list[bytes]
) -> str:
    from nacl.signing import SigningKey

    issuer = SigningKey(issuer_key)
    public, issuer_public = bytes(SigningKey(key).verify_key), bytes(issuer.verify_key)
    identifiers = [
        _extension("2.5.29.14", der.octet_string(_key_identifier(public))),
        _extension("2.5.29.35", der.sequence(der.implicit(0, _key_identifier(issuer_public)))),
    ]
    content = der.sequence(
        der.explicit(0, der.integer(2)),  # version 3
        der.integer(int.from_bytes(os.urandom(16), "big") | 1),
        _ED25519,
        _name("zigtui fleet"),
        der.sequence(der.time(now - _EARLIER), der.time(now + valid)),
        subject,
        der.sequence(_ED25519, der.bit_string(public)),
        der.explicit(3, der.sequence(*extensions, *identifiers)),
    )
    return _pem("CERTIFICATE", der.sequence(content, _ED25519, der.bit_string(issuer.sign(content).signature)))


def _name(text: str) -> bytes:
    return der.sequence(der.set_of(der.sequence(der.object_identifier("2.5.4.3"), der.utf8_string(text))))


def _alternative_name(name: str) -> bytes:
    try:
        return der.implicit(7, ipaddress.ip_address(name).packed)
    except ValueError:
        return der.implicit(2, name.encode("idna"))


def _extension(identifier: str, value: bytes, *, critical: bool = False) -> bytes:
    flag = [der.boolean(True)] if critical else []
    return der.sequence(der.object_identifier(identifier), *flag, der.octet_string(value))


def _key_identifier(public_key: bytes) -> bytes:
    return hashlib.sha256(public_key).digest()[:20]


def _pem(label: str, content: bytes) -> str:
    lines = "\n".join(wrap(base64.b64encode(content).decode(), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"
