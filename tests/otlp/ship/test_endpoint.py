"""The URL to which traces are sent."""

import pytest

from zigtui.otlp.ship.endpoint import EndpointError, endpoint_of, shown_endpoint


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("url", ["host:4318", "http://?x=y", "http://host:0?x=y", "ftp://host?x", "http://ho\nst?x=y"])
def test_what_is_no_url_of_a_receiver_is_refused(url: str) -> None:
    with pytest.raises(EndpointError, match="is no URL of a receiver"):
        endpoint_of(url)


@pytest.mark.parametrize(
    ("endpoint", "shown"),
    [
        ("https://host:4318/v1/traces", "https://host:4318/v1/traces"),
        ("https://me:s3cret@host/v1/traces", "https://host/v1/traces"),
        ("https://host/v1/traces?api_key=s3cret", "https://host/v1/traces?..."),
        ("https://me:s3cret@host/v1/traces?a=b&token=s3cret#s3cret", "https://host/v1/traces?..."),
        ("https://host/v1/traces#s3cret", "https://host/v1/traces"),
        ("https://host/v1/traces?s3cret", "https://host/v1/traces?..."),
    ],
)
def test_no_secret_of_an_endpoint_is_shown(endpoint: str, shown: str) -> None:
    assert shown_endpoint(endpoint) == shown
