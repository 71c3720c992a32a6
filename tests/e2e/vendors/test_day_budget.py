"""A day's spending across $1, $2 and $5: by process after process, two at a time, and past midnight."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from reelwright.clock import VirtualClock
from reelwright.cost.budgets import Day, budget_names
from reelwright.cost.ledger import CostLedger
from reelwright.cost.schema import format_usd
from reelwright.errors import BudgetExceeded
from tests.e2e.vendors.place import Place, ended, record_of
from tests.e2e.vendors.workroom import brief_about, studio_at
from tests.simulators.house import House

pytestmark = pytest.mark.render

DEAR = {"runway-gen4-5": {"video_seconds": Fraction(190_000)}}
"""A video of ten seconds costs $1.90, so three cannot be had for $5."""
BLOCK = 5_000_000
ONLY = {"MODELS__VIDEO__MODELS": ["runway-gen4-5", "embedded-motion-graphics"]}


@pytest.fixture(scope="module")
def spent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, dict[str, Any]]]:
    """A day: one video, two at the same time, one more, and one when nothing is left."""
    with House(prices=DEAR) as house:
        # Nobody knows when this runs: a zone in which it is about noon has no midnight meanwhile.
        hours = datetime.now(UTC).hour - 12
        zone = f"Etc/GMT{hours:+d}" if hours else "Etc/GMT"
        place = Place(tmp_path_factory.mktemp("day"), house, {**ONLY, "BUDGETS__TIME_ZONE": zone})
        first = record_of(place.run(*place.making("Why honey keeps")))
        at_once = [place.start(*place.making(topic)) for topic in ("Why bees dance", "Why wax melts")]
        told = [ended(process) for process in at_once]
        fourth = place.run(*place.making("Why hives hum"))
        bill = house.bill_micro_usd
        day = budget_names("local", Day.of(datetime.now(UTC), zone).date, "content", "").day
        with_all = CostLedger.open(place.ledger_url)
        with_all.reserve((day,), BLOCK - with_all.totals(day).committed, key="another worker's")
        with_all.close()
        fifth = place.run(*place.making("Why queens rule"))
        yield (
            place,
            {
                "first": first,
                "second": [record_of(done) for done in told],
                "fourth": record_of(fourth),
                "said": [done.stderr + done.stdout for done in (*told, fourth)],
                "fifth": fifth,
                "bill": bill,
                "day": day,
                "zone": zone,
            },
        )


def mocks(record: dict[str, Any]) -> list[str]:
    steps = record["production"]["steps"]
    return [d["subject"] for step in steps for d in step["decisions"] if d["subject"].startswith("mock ")]


def warnings(record: dict[str, Any]) -> str:
    return "\n".join(warning for step in record["production"]["steps"] for warning in step["warnings"])


def comment(record: dict[str, Any]) -> str:
    """What a demuxer finds in the file."""
    with av.open(str(Path(record["production"]["output_dir"]) / "video.mp4")) as media:
        assert sum(1 for _ in media.decode(video=0)) > 200
        return str(media.metadata.get("comment", ""))


def test_below_every_limit_nobody_is_warned(spent: tuple[Place, dict[str, Any]]) -> None:
    _, found = spent
    assert (mocks(found["first"]), comment(found["first"])) == ([], "")


def test_from_one_dollar_on_record_and_output_warn(spent: tuple[Place, dict[str, Any]]) -> None:
    """One of the two may begin so late that the other has spent the rest of $2 already."""
    _, found = spent
    bought, drawn = sorted(found["second"], key=mocks)
    assert "from $1.000000 on (budgets.per_day_warn_usd) productions warn" in warnings(bought)
    assert "(budgets.per_day_" in warnings(drawn)
    for record, said in zip(found["second"], found["said"], strict=False):
        assert warnings(record).splitlines()[0] in said.replace("\n", " ")


def test_of_two_at_once_for_which_there_is_not_enough_one_is_a_mock_and_says_so(
    spent: tuple[Place, dict[str, Any]],
) -> None:
    _, found = spent
    bought, drawn = sorted(found["second"], key=mocks)
    assert (mocks(bought), comment(bought)) == ([], "")
    assert "mock video model" in mocks(drawn)
    assert comment(drawn) in {"mock: footage", "mock: script, narration, footage"}


def test_from_two_dollars_on_engines_of_ours_stand_in_and_everything_says_so(
    spent: tuple[Place, dict[str, Any]],
) -> None:
    _, found = spent
    record = found["fourth"]
    assert sorted(mocks(record)) == ["mock audio model", "mock model", "mock video model"]
    assert record["cost"]["generation_cost_usd"] == "0.000000"
    assert all(check["passed"] for check in record["review"]["checks"])
    assert comment(record) == "mock: script, narration, footage"
    package = Path(record["production"]["output_dir"])
    assert json.loads((package / "script.json").read_text())["mock"] is True
    assert "Mock output: not for publication" in (package / "report.html").read_text()


def test_at_five_dollars_everything_stops_and_says_when_it_begins_anew(
    spent: tuple[Place, dict[str, Any]],
) -> None:
    place, found = spent
    assert found["fifth"].returncode == 3
    error = json.loads(found["fifth"].stdout)["error"]
    assert error["code"] == "budget_exceeded"
    over = Day.of(datetime.now(UTC), found["zone"]).is_over
    assert f"begins anew at {over:%Y-%m-%d %H:%M} UTC" in error["next_step"]
    totals = place.totals(found["day"])
    assert totals.settled == found["bill"] == place.house.bill_micro_usd < BLOCK
    assert totals.committed == BLOCK


def test_midnight_in_the_configured_zone_begins_anew(tmp_path: Path) -> None:
    before_midnight_in_tokyo = datetime(2027, 1, 10, 14, 50, tzinfo=UTC)
    clock = VirtualClock(before_midnight_in_tokyo)
    with House() as house:
        zone: dict[str, Any] = {"BUDGETS__TIME_ZONE": "Asia/Tokyo", "BUDGETS__PER_DAY_BLOCK_USD": "2.00"}
        with studio_at(tmp_path, house, clock, **zone) as studio:
            with closing(CostLedger.open(f"sqlite:///{tmp_path}/ledger.db", clock=clock)) as ledger:
                ledger.reserve(("day:dev:2027-01-10",), 2_000_000, key="another worker's")
            with pytest.raises(BudgetExceeded) as refused:
                studio.make(brief_about("Why honey keeps"))
            assert "at 2027-01-10 15:00 UTC" in refused.value.next_step
            assert house.accepted == 0
            clock.advance(11 * 60)
            made = studio.make(brief_about("Why honey keeps"))
        assert sum(line.micro_usd for line in made.charges) == house.bill_micro_usd > 0
        with closing(CostLedger.open(f"sqlite:///{tmp_path}/ledger.db", clock=clock)) as ledger:
            settled = ledger.totals("day:dev:2027-01-11").settled
        assert format_usd(settled) == format_usd(house.bill_micro_usd)
