"""The URL to which traces are sent."""

import pytest

from tests.support.cases import each_case
from zigtui.otlp.ship.endpoint import EndpointError, endpoint_of, shown_endpoint
from zigtui.otlp.ship.receiver import OtlpReceiver, SettingsError


@each_case(
    ("url", "endpoint"),
    [
        ("http://host", "http://host/v1/traces"),
        ("http://host:4318/", "http://host:4318/v1/traces"),
        ("https://host/otlp/v1/traces", "https://host/otlp/v1/traces"),
        ("http://host?x=y", "http://host/v1/traces?x=y"),
        ("http://host/otlp/?x=/a/", "http://host/otlp/v1/traces?x=/a/"),
        ("http://host/v1/traces?x=y", "http://host/v1/traces?x=y"),
        ("http://host/v1/traces/?x=y?z", "http://host/v1/traces?x=y?z"),
        ("http://host#x", "http://host/v1/traces#x"),
    ],
)
def test_the_path_is_added_in_front_of_a_query(url: str, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert endpoint_of(url) == endpoint
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    assert endpoint_of("") == endpoint


@each_case("url", ["host:4318", "http://?x=y", "http://host:0?x=y", "ftp://host?x", "http://ho\nst?x=y"])
def test_what_is_no_url_of_a_receiver_is_refused(url: str) -> None:
    with pytest.raises(EndpointError, match="is not the URL of a receiver"):
        endpoint_of(url)


@each_case(
    ("endpoint", "shown"),
    [
        ("https://host:4318/v1/traces", "https://host:4318/v1/traces"),
        ("https://me:s3cret@host/v1/traces", "https://host/v1/traces"),
        ("https://host/v1/traces?api_key=s3cret", "https://host/v1/traces?..."),
        ("https://me:s3cret@host/v1/traces?a=b&token=s3cret#s3cret", "https://host/v1/traces?..."),
        ("https://host/v1/traces#s3cret", "https://host/v1/traces"),
        ("https://host/v1/traces?s3cret", "https://host/v1/traces?..."),
        ("https://host/a@b/v1/traces", "https://host/a@b/v1/traces"),
        ("/login?next=/v1/traces%3Fkey=s3cret", "/login?..."),
        ("//me:s3cret@host", "//host"),
        ("me:s3cret@host:4318", "host:4318"),
    ],
)
def test_no_secret_of_an_endpoint_is_shown(endpoint: str, shown: str) -> None:
    assert shown_endpoint(endpoint) == shown


@each_case(
    "url",
    [
        "htp://me:s3cret@host/v1/traces",
        "me:s3cret@host:4318",
        "https://me:a/s3cret@host",
        "https://me:s3cret@host:port",
        "https://?api_key=s3cret",
        "https://[s3cret@host?s3cret#s3cret",
    ],
)
def test_no_secret_of_a_wrong_url_is_shown(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for argument, of_environment in ((url, ""), ("", url)):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", of_environment)
        with pytest.raises(EndpointError, match="is not the URL of a receiver") as raised:
            endpoint_of(argument)
        assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("host", [".example.com", "*example.com:4318"])
def test_a_host_that_cannot_exist_is_a_wrong_setting(host: str) -> None:
    """Otherwise all sessions would count as refused for good."""
    with pytest.raises(SettingsError) as raised:
        OtlpReceiver(f"https://me:s3cret@{host}/v1/traces?api_key=s3cret")
    assert str(raised.value) == f"'https://{host}/v1/traces?...' is not the URL of a receiver"


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"])
def test_no_header_is_shown_that_cannot_be_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "api-key: s3cret, Authorization Bearer s3cret")
    (first, second) = OtlpReceiver("http://localhost:4318/v1/traces").warnings
    assert "s3cret" not in first + second
    assert first.startswith("Header format invalid!")
