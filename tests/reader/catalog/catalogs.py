"""Catalogs of logs that a test writes, and what is in them."""

import os
from pathlib import Path

from tests.support.logs import BEGAN, Log
from zigtui.reader.catalog.base_catalog import BaseCatalog
from zigtui.reader.catalog.catalog import Catalog
from zigtui.reader.session.snapshot import SessionSnapshot

SESSIONS = Path("projects", "src-shop", "logs", "sessions")


def log_at(base: Path, name: str, data: bytes | Log, modified: float = BEGAN) -> Path:
    path = base / SESSIONS / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.data)
    os.utime(path, (modified, modified))
    return path


def read(*bases: Path) -> Catalog:
    catalog = Catalog([str(base) for base in bases], clock=lambda: BEGAN + 5)
    catalog.read_all()
    return catalog


def ids(catalog: Catalog | BaseCatalog) -> set[str]:
    return {snapshot.location.session_id for snapshot in catalog.sessions()}


def only(catalog: Catalog) -> SessionSnapshot:
    (snapshot,) = catalog.sessions()
    return snapshot


def catch_up(base: BaseCatalog) -> None:
    while base.is_behind:
        base.work(1.0)
