import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zigtui.fleet.server.certificates import authority_certificate, new_key, pem_of_key, server_certificate

NOW = datetime.now(UTC)


def handshake(tmp_path: Path, authority: str, certificate: str, key: bytes, host: str) -> str | None:
    """Shake hands in memory, checking strictly; return the version of TLS."""
    (tmp_path / "server.pem").write_text(certificate)
    (tmp_path / "server.key").write_text(pem_of_key(key))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cadata=authority)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server, server_hostname=host)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client.version()


@pytest.mark.parametrize("host", ["server.zigtui-fleet", "ci.example.com", "bücher.example", "10.1.2.3", "::1"])
def test_the_server_is_accepted_by_all_its_names(tmp_path: Path, host: str) -> None:
    authority_key, key = new_key(), new_key()
    names = ["server.zigtui-fleet", "ci.example.com", "bücher.example", "10.1.2.3", "::1", "::1"]
    authority = authority_certificate(authority_key, NOW)
    certificate = server_certificate(key, authority_key, names, NOW)
    assert handshake(tmp_path, authority, certificate, key, host) == "TLSv1.3"


@pytest.mark.parametrize(
    ("authority_key", "host", "now", "reason"),
    [
        (b"\1" * 32, "other.example", NOW, "Hostname mismatch"),
        (b"\2" * 32, "ci.example.com", NOW, "unable to get local issuer|self.signed|signature failure"),
        (b"\1" * 32, "ci.example.com", NOW.replace(year=NOW.year + 2), "not yet valid"),
        (b"\1" * 32, "ci.example.com", NOW.replace(year=NOW.year - 40), "has expired"),
    ],
    ids=["other-name", "other-authority", "too-early", "expired"],
)
def test_a_server_that_is_not_the_right_one_is_refused(
    tmp_path: Path, authority_key: bytes, host: str, now: datetime, reason: str
) -> None:
    authority = authority_certificate(b"\1" * 32, now)
    certificate = server_certificate(key := new_key(), authority_key, ["ci.example.com"], now)
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        handshake(tmp_path, authority, certificate, key, host)


def test_the_certificate_of_the_server_is_no_authority(tmp_path: Path) -> None:
    """The server's key could otherwise issue certificates for others."""
    authority_key, key, third = new_key(), new_key(), new_key()
    server = server_certificate(key, authority_key, ["ci.example.com"], NOW)
    issued = server_certificate(third, key, ["ci.example.com"], NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, authority_certificate(authority_key, NOW) + server, issued, third, "ci.example.com")
