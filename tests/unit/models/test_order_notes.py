"""What is known of orders that failed, when another process collects what was ordered after them."""

from pathlib import Path

from reelwright.cost.schema import Usage
from reelwright.models.errors import ProviderUnavailable, RequestRefused
from reelwright.models.schema import ModelPending, ModelResult
from tests.unit.models.world import PENNY, World, shot_request


def test_who_collects_the_second_order_knows_why_the_first_failed_and_what_it_cost(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.gamma.polls = 0
    world.gamma.outcomes = [ProviderUnavailable("Shedding load.")]
    usage = Usage(unit="video_seconds", quantity=5)
    world.gamma.endings = [
        RequestRefused("It is not allowed.", accepted="yes", usage=(usage,), request_id="r1")
    ]
    request = shot_request(tmp_path)
    found = world.process().shoot(request)
    rounds = 0
    while isinstance(found, ModelPending):
        rounds += 1
        found = world.process().shoot(request)
    assert isinstance(found, ModelResult)
    assert (found.model.name, rounds) == ("delta", 3)
    told = [(each.model, each.number, each.failure, each.message, each.micro_usd) for each in found.attempts]
    assert told == [
        ("gamma", 1, "unavailable", "Shedding load.", 0),
        ("gamma", 2, "refused", "It is not allowed.", 5 * PENNY),
        ("delta", 1, None, "", 5 * PENNY),
    ]
    assert found.attempts[1].request_id == "r1"
