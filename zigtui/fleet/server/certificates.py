"""The fleet's own certificate authority, and the certificate of its server.

Both have Ed25519 keys. Each fleet has an authority of its own, which signs nothing but the certificate of its server.
"""

import ipaddress
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.x509 import CertificateBuilder, GeneralName, KeyUsage, Name

__all__ = ["authority_certificate", "new_key", "pem_of_key", "server_certificate"]

_EARLIER = timedelta(days=365)  # the clocks of machines may be behind
_AUTHORITY_TIME = timedelta(days=20 * 365)
_SERVER_TIME = timedelta(days=10 * 365)  # issued again whenever the server starts


def new_key() -> bytes:
    """The 32 bytes of a new private key."""
    return os.urandom(32)


def pem_of_key(key: bytes) -> str:
    """A private key in PEM (PKCS #8)."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return _private(key).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def authority_certificate(key: bytes, now: datetime) -> str:
    """The certificate of the authority, signed by itself, in PEM.

    Args:
        key: the private key of the authority.
        now: the current time, in UTC.
    """
    from cryptography import x509

    builder = (
        _builder(key, key, _name("zigtui fleet"), now, _AUTHORITY_TIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True), critical=True)
    )
    return _signed(builder, key)


def server_certificate(key: bytes, authority_key: bytes, names: Iterable[str], now: datetime) -> str:
    """The certificate of the server, in PEM.

    Args:
        key: the private key of the server.
        authority_key: the private key of the authority.
        names: host names and addresses of the server.
        now: the current time, in UTC.
    """
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    builder = (
        _builder(key, authority_key, _name("zigtui fleet server"), now, _SERVER_TIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(map(_alternative_name, dict.fromkeys(names))), critical=False)
    )
    return _signed(builder, authority_key)


def _private(key: bytes) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(key)


def _builder(key: bytes, issuer_key: bytes, subject: "Name", now: datetime, valid: timedelta) -> "CertificateBuilder":
    """What the two certificates have in common."""
    from cryptography import x509

    public, issuer_public = _private(key).public_key(), _private(issuer_key).public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_name("zigtui fleet"))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False)
    )


def _signed(builder: "CertificateBuilder", issuer_key: bytes) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return builder.sign(_private(issuer_key), algorithm=None).public_bytes(Encoding.PEM).decode()


def _name(text: str) -> "Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative_name(name: str) -> "GeneralName":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> "KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
