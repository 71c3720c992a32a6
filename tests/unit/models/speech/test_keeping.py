from pathlib import Path

import pytest

from reelwright.models.speech.keeping import Kept
from reelwright.storage.errors import StorageUnwritable


def test_what_is_kept_is_there_for_whoever_tries_again_until_it_is_cleared(tmp_path: Path) -> None:
    Kept(tmp_path).put("a", b"one")
    Kept(tmp_path).put("a", b"two")
    assert Kept(tmp_path).get("a") == b"two"
    assert Kept(tmp_path).get("b") is None
    Kept(tmp_path).clear()
    Kept(tmp_path).clear()
    assert Kept(tmp_path).get("a") is None
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_kept_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable):
        Kept(tmp_path / "missing").put("a", b"one")
