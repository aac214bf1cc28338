"""``zigtui serve``: its options, TLS, and what it refuses before it serves anything."""

import datetime
import socket
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.bases import recorded_base
from tests.support.cases import each_case
from tests.support.commands import refused, run_python
from tests.support.serving import client_of, screen_of, served

WITHOUT_EXTRA = """
import sys
sys.modules["aiohttp"] = None
from zigtui.cli import main
main(["serve"])
"""


def certificate(directory: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = directory / "server.pem", directory / "server.key"
    cert_file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


async def test_tls_covers_pages_and_screens(tmp_path: Path) -> None:
    recorded_base(tmp_path / ".zig")
    cert, key = certificate(tmp_path)
    with served(tmp_path, "--cert", cert, "--key", key) as server:
        assert server.printed.startswith("https://127.0.0.1:")
        async with client_of(server) as client:
            async with client.get(server.address(f"/?token={server.token}"), allow_redirects=False) as answer:
                assert "Secure" in answer.headers["Set-Cookie"].split("; ")
            async with screen_of(server, client) as screen:
                await screen.wait_for("sessions")


def test_what_is_wrong_with_a_certificate_or_its_key_is_named(home: Path) -> None:
    cert, key = certificate(home)
    other = home / "other"
    other.mkdir()
    _, other_key = certificate(other)
    locked, missing = home / "locked.key", home / "missing.pem"
    loaded = serialization.load_pem_private_key(key.read_bytes(), None)
    password = serialization.BestAvailableEncryption(b"secret")
    locked.write_bytes(loaded.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, password))
    cases: list[tuple[list[str | Path], str]] = [
        (["--cert", cert], f"there is no private key in {str(cert)!r}; give --key"),
        (["--cert", key], f"there is no certificate in {str(key)!r}"),
        (["--cert", cert, "--key", cert], f"there is no private key in {str(cert)!r}; give --key"),
        (["--cert", cert, "--key", other_key], f"the key in {str(other_key)!r} is that of another certificate"),
        (["--cert", cert, "--key", locked], f"the key in {str(locked)!r} has a password"),
        (["--cert", missing], f"No such file or directory: {str(missing)!r}"),
        (["--cert", cert, "--key", missing], f"No such file or directory: {str(missing)!r}"),
    ]
    for files, reason in cases:
        message = refused("serve", *files)
        assert message == f"zigtui: the certificate and its key cannot be used: {reason}\n"


def test_another_port_is_proposed_in_place_of_one_in_use(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        message = refused("serve", "--listen", f"127.0.0.1:{port}")
    assert message == f"zigtui: port {port} is in use; choose another address with --listen 127.0.0.1:{port + 1}\n"


def test_an_address_of_another_machine_is_reported_in_one_sentence(home: Path) -> None:
    message = refused("serve", "--insecure", "--listen", "192.0.2.1:8765")
    assert message == (
        "zigtui: 192.0.2.1:8765: Cannot assign requested address; choose another address with --listen ADDRESS:PORT\n"
    )


@pytest.mark.parametrize("address", ["0.0.0.0:8765", "[::]:8765", "10.1.2.3:8765", "box.example:8765"])
def test_others_are_not_served_without_tls(home: Path, address: str) -> None:
    assert "give --cert and --key, or --insecure" in refused("serve", "--listen", address)


@each_case(
    ("options", "reason"),
    [
        (["--listen", "8765"], "is not an address with a port"),
        (["--listen", "127.0.0.1"], "is not an address with a port"),
        (["--listen", "127.0.0.1:99999"], "is not an address with a port"),
        (["--key", "x.key"], "--key needs --cert"),
        (["--cert", "missing.pem"], "the certificate and its key cannot be used"),
        (["--url", "ci.example.com"], "--url needs an address"),
        (["--url", "javascript:alert(1)"], "--url needs an address"),
        (["--url", "https://[::1"], "--url needs an address"),
        (["--url", "https://ci.example.com:99999/"], "--url needs an address"),
        (["--url", "https://ci.example.com//evil.example/"], "--url needs an address"),
        (["--url", "https://ci.example.com/{id}/"], "--url needs an address"),
        (["--url", "https://ci.example.com/a%20b/"], "--url needs an address"),
        (["--url", "https://ci.example.com/?zig"], "--url needs an address"),
        (["--url", "https://me:pw@ci.example.com/"], "--url needs an address"),
        (["--url", "http://ci.example.com/zigtui/"], "use https, or give --insecure"),
        (["--max-users", "0"], "--max-users"),
        (["--idle", "soon"], "--idle"),
        (["--filter", "state:nope"], "nope"),
    ],
)
def test_options_that_cannot_be_used_are_refused(home: Path, options: list[str], reason: str) -> None:
    assert reason in refused("serve", *options)


@each_case(
    ("content", "mode", "reason"),
    [
        ("short\n", 0o600, "has no token"),
        ("", 0o600, "has no token"),
        ("a b" * 20, 0o600, "has no token"),
        ("\udcff" * 30, 0o600, "has no token"),
        ("a" * 43, 0o644, "others may read the token"),
        ("a" * 43, 0o620, "others may read the token"),
    ],
)
def test_a_token_that_is_none_or_no_secret_is_refused(home: Path, content: str, mode: int, reason: str) -> None:
    file = home / "token"
    file.write_text(content, errors="surrogateescape")
    file.chmod(mode)
    assert reason in refused("serve", "--token-file", file)


def test_the_token_of_a_file_is_not_printed(tmp_path: Path) -> None:
    file = tmp_path / "token"
    with served(tmp_path, "--token-file", file) as server:
        token = file.read_text().strip()
        assert token not in server.notes
        assert str(file) in server.notes


def test_without_the_extra_a_line_names_it(home: Path) -> None:
    done = run_python(WITHOUT_EXTRA, home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'zigtui[web]'" in done.stderr
