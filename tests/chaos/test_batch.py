"""A batch with faulty rows, killed on its way: what ``python -m tests.chaos.batch`` does, in small."""

from pathlib import Path
from random import Random

import pytest

from tests.chaos.batch import SETTINGS, kill_until_done, write_manifest
from tests.e2e.vendors.place import Place
from tests.simulators.house import House

pytestmark = pytest.mark.render


def test_a_killed_batch_makes_all_that_can_be_made_once_and_holds_its_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDSIMULATED")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with House() as house:
        place = Place(tmp_path, house, SETTINGS)
        assert write_manifest(place, "films.jsonl", 8) == 1
        killed = kill_until_done(place, "films.jsonl", budget="1.00", kills=1, rng=Random(1), longest=6.0)
        totals = place.totals(f"batch:{killed.summary['batch_id']}")
        bill = house.bill_micro_usd
    said = killed.summary
    assert (said["completed"], said["failed"]) == (7, 1)
    faulty = said["items"][7]
    assert (faulty["status"], faulty["error"]["code"]) == ("faulty", "row_invalid")
    assert "duration_seconds" in faulty["error"]["context"]["columns"]
    made = {path.parent.name for path in tmp_path.glob("out/*/video.mp4")}
    assert made == {item["production_id"] for item in said["items"] if item["production_id"]}
    assert bill <= totals.committed <= 1_000_000
