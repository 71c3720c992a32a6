from pathlib import Path

import pytest

from reelwright.storage.errors import StorageFull
from reelwright.storage.memory import MemoryArtifacts


def test_a_full_store_refuses_and_keeps_what_it_has(tmp_path: Path) -> None:
    store = MemoryArtifacts(tmp_path, capacity_bytes=5)
    artifact = store.put_bytes(b"1234", "text/plain")

    with pytest.raises(StorageFull, match="4 of 5 bytes"):
        store.put_bytes(b"56", "text/plain")
    assert store.read_bytes(artifact) == b"1234"


def test_bytes_already_stored_take_no_room(tmp_path: Path) -> None:
    store = MemoryArtifacts(tmp_path, capacity_bytes=5)

    assert store.put_bytes(b"12345", "text/plain") == store.put_bytes(b"12345", "text/plain")
