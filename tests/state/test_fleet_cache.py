"""Where the logs of a fleet are kept."""

from pathlib import Path

import pytest

from tests.support.cases import each_case
from zigtui.state.fleet_cache import fleet_cache_directory


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "zigtui" / "fleet"


@pytest.mark.parametrize(
    ("fleet", "name"),
    [
        ("prod", "prod"),
        ("tls://CI.example.com:4222", "ci.example.com:4222"),
        ("nats://127.0.0.1:4222/", "127.0.0.1:4222"),
        ("tls://[::1]:4222", "%5B::1%5D:4222"),
        ("two words", "two%20words"),
    ],
)
def test_a_fleet_has_a_directory_of_its_own(cache: Path, fleet: str, name: str) -> None:
    assert fleet_cache_directory(fleet) == cache / name


@each_case("fleet", ["..", ".", "../../etc", "/etc", "a/../..", ".hidden", "tls://../x", "\x1b[2J", "a\0b"])
def test_no_name_leads_out_of_the_directory(cache: Path, fleet: str) -> None:
    found = fleet_cache_directory(fleet)
    assert found.parent == cache
    assert found.name.isprintable()
    assert not found.name.startswith(".")


@pytest.mark.parametrize("fleet", ["", "tls://", "tls:///"])
def test_a_fleet_without_a_name_has_none(fleet: str) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        fleet_cache_directory(fleet)
