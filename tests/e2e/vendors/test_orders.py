"""Orders whose maker is killed, or whose answer is lost: collected or told, never placed twice."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from reelwright.cost.schema import format_usd
from tests.e2e.vendors.place import Place, all_decisions, ended, record_of
from tests.simulators.house import House
from tests.simulators.server import Faults, Received

pytestmark = pytest.mark.render

PATIENCE_SECONDS = 100


def test_footage_under_way_is_collected_after_a_kill_and_not_ordered_again(tmp_path: Path) -> None:
    with House(runway={"looks": 1000}) as house:
        place = Place(tmp_path, house)
        process = place.start(*place.making("Why honey keeps"))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _every_scene_is_looked_at(house):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        ended(process)
        ordered, accepted = list(house.runway.tasks), house.accepted
        assert {charge.state for charge in place.charges() if charge.reference} == {"reserved"}

        house.runway.looks = 0
        (production,) = json.loads(place.run("productions", "list", "--json").stdout)["productions"]
        record = record_of(place.run("productions", "resume", production["production_id"], "--json"))
        assert list(house.runway.tasks) == ordered
        assert house.accepted == accepted, "nothing else was bought either"
        assert record["cost"]["generation_cost_usd"] == format_usd(house.bill_micro_usd)
        assert record["cost"]["unknown_usd"] == "0.000000"
        assert {choice["chosen"] for choice in all_decisions(record, "video model")} == {"runway-gen4-5"}
        assert house.objections == []


def test_an_order_of_which_nobody_knows_stops_until_somebody_says_what_became_of_it(tmp_path: Path) -> None:
    lost = Faults.script(["lost_answer"], on=_orders_footage)
    with House(runway={"faults": lost}) as house:
        place = Place(tmp_path, house)
        stopped = place.run(*place.making("Why honey keeps"))
        assert stopped.returncode == 1
        error = json.loads(stopped.stdout)["error"]
        assert error["code"] == "outcome_unknown"
        key, production_id = error["context"]["charge"], error["context"]["production_id"]
        assert f"reelwright cost resolve {key} --spent USD" in error["next_step"]
        ordered = len(house.runway.tasks)

        again = place.run("productions", "resume", production_id, "--json")
        assert (again.returncode, json.loads(again.stdout)["error"]["code"]) == (1, "outcome_unknown")
        assert len(house.runway.tasks) == ordered, "a second try orders nothing"

        (unknown,) = json.loads(place.run("cost", "unknown", "--json").stdout)["unknown"]
        assert unknown["key"] == key
        billed = next(iter(house.runway.tasks.values())).work.micro_usd
        words = ("cost", "resolve", key, "--spent", format_usd(billed), "--reason", "their console says so")
        assert place.run(*words).returncode == 0
        record = record_of(place.run("productions", "resume", production_id, "--json"))
        assert record["cost"]["generation_cost_usd"] == format_usd(house.bill_micro_usd)
        assert place.totals("env:local").settled == house.bill_micro_usd
        assert "luma-ray-3-2" in {choice["chosen"] for choice in all_decisions(record, "video model")}


def _every_scene_is_looked_at(house: House) -> bool:
    tasks = list(house.runway.tasks.values())
    return bool(tasks) and all(task.looks for task in tasks)


def _orders_footage(request: Received) -> bool:
    return request.path == "/v1/text_to_video"
