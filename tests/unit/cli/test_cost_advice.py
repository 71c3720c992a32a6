"""`reelwright cost report --advice`: it promises what following it gives, and nothing impossible."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from reelwright.cli.cost_advice import Adviser, Facts
from reelwright.clock import VirtualClock
from reelwright.config.tree import plain
from reelwright.cost.advice import Advice, Outlook, PaidCall, calls_of
from reelwright.cost.ledger import CostLedger
from reelwright.cost.manager import calculate_generation_cost
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ModelUsage
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.models.catalogue import load_catalogue
from reelwright.models.estimating import as_model_usage, billed_seconds, longest_shot, video_unit
from reelwright.models.schema import Model, Requirements
from reelwright.pipeline.report.planning import Planner
from tests.unit.cli.conftest import Run
from tests.unit.cli.cost_world import (
    MODELS,
    Spender,
    local_spender,
    one_video,
    production_id,
    store_production,
    usage,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
BOOK = PriceBook.bundled(on=date(2026, 11, 25))
PAID = [model for model in MODELS.values() if not model.free and model.lifecycle_on(NOON.date()) != "retired"]
WRITERS = [model.name for model in PAID if model.service == "content"]
SPEAKERS = [model.name for model in PAID if model.service == "audio"]
CAMERAS = [model.name for model in PAID if model.service == "video" and not model.video.needs_image]
FACTS = {
    production_id(1): Facts("en", "16:9", "720p"),
    production_id(2): Facts("de", "1:1", "720p"),
    production_id(3): Facts("pt", "9:16", "1080p"),
}


def has_every_key(_: str) -> bool:
    return True


def planner(environment: str = "staging", **said: JsonValue) -> Planner:
    now = changed(load_environment(environment).settings, said)
    return Planner(now, load_catalogue(now.catalog), BOOK, has_every_key)


def changed(now: Settings, said: dict[str, JsonValue]) -> Settings:
    """Settings with keys set as an operator sets them: validated as a whole."""
    tree: Any = plain(now)
    for key, value in said.items():
        *path, last = key.replace("__", ".").split(".")
        table = tree
        for part in path:
            table = table.setdefault(part, {})
        table[last] = value
    return Settings.model_validate(tree)


def followed(now: Settings, advice: Advice) -> Settings:
    try:
        value = json.loads(advice.to)
    except json.JSONDecodeError:
        value = advice.to
    return changed(now, {advice.key: value})


def spender() -> Spender:
    clock = VirtualClock(NOON)
    return Spender(CostLedger.open("memory:", clock=clock), clock, "staging")


def outlook(spent: Spender, plan: Planner, facts: dict[str, Facts] | None = None) -> Outlook:
    return Adviser(plan, "staging", FACTS if facts is None else facts).outlook(
        calls_of(spent.ledger.charges())
    )


def as_usages(call: PaidCall, model: Model, resolution: str) -> list[ModelUsage]:
    """The usages of a call at another model, worked out without the code under test."""
    found = []
    for line in call.lines:
        unit, quantity = line.unit, line.quantity
        if call.service == "video":
            unit, quantity = video_unit(model, resolution), billed_seconds(model, line.quantity)
        elif call.service == "audio":
            twice = {name: 2 if "polly" in name and name != "polly-generative" else 1 for name in SPEAKERS}
            quantity = -(-quantity // twice[call.model]) * twice[model.name]
        elif "cache" in unit and not any(price.unit == unit for price in BOOK.prices_of(model.name)):
            unit = "input_tokens"
        found.append(as_model_usage(model, usage(unit, quantity)))
    return found


def cost_under(call: PaidCall, now: Settings, before: Settings) -> int | None:
    """What a call costs under settings that were followed: the route, then the price of its answer."""
    facts = FACTS[call.production_id]
    resolution = now.video.resolution if now.video.resolution != before.video.resolution else facts.resolution
    seconds = max(line.quantity for line in call.lines)
    counted = {line.unit: line.quantity for line in call.lines}
    written = counted.get("output_tokens")
    needed = {
        "video": Requirements(
            language=facts.language, seconds=seconds, aspect=facts.aspect, resolution=resolution
        ),
        "audio": Requirements(language=facts.language, characters=counted.get("characters")),
        "content": Requirements(
            language=facts.language,
            input_tokens=sum(counted.values()) - (written or 0),
            output_tokens=written,
        ),
    }[call.service]
    route = Planner(now, load_catalogue(now.catalog), BOOK, has_every_key).select(call.service, needed)
    total = 0
    for candidate in route.candidates:
        model = candidate.model
        total += call.failed.get(model.name, 0)
        if model.name in call.failed and model.name != call.model:
            continue
        if model.free:
            return None
        assert_possible(call, model, facts)
        usages = as_usages(call, model, resolution)
        if model.name == call.model and [(it.unit, it.quantity) for it in usages] == [
            (line.unit, line.quantity) for line in call.lines
        ]:
            return total + call.answer
        return total + micro(calculate_generation_cost(usages, BOOK).generation_cost_usd)
    return None


def micro(usd: str) -> int:
    whole, _, rest = usd.partition(".")
    return int(whole) * 1_000_000 + int(rest)


def assert_possible(call: PaidCall, model: Model, facts: Facts) -> None:
    assert not model.languages or facts.language in model.languages
    if model.video:
        assert not model.video.aspects or facts.aspect in model.video.aspects
        assert max(line.quantity for line in call.lines) <= longest_shot(model)


CALLS = st.lists(
    st.tuples(
        st.sampled_from(sorted(FACTS)),
        st.sampled_from(["content", "audio", "video"]),
        st.integers(0, 1_000),
        st.integers(1, 10),
        st.sampled_from(["", "", "free", "billed"]),
    ),
    min_size=1,
    max_size=6,
)


def bought(drawn: Sequence[tuple[str, str, int, int, str]]) -> Spender:
    spent = spender()
    for number, (video, service, pick, size, failure) in enumerate(drawn):
        names = {"content": WRITERS, "audio": SPEAKERS, "video": CAMERAS}[service]
        name, other = names[pick % len(names)], names[(pick + size) % len(names)]
        call = f"{video}/{service}/{number}/aa"
        if failure == "billed" and other != name:
            spent.buy(call, other, *used(MODELS[other], size), failed=True)
        elif failure == "free":
            spent.refuse(call, other)
        spent.buy(call, name, *used(MODELS[name], size), number=2)
    return spent


def used(model: Model, size: int) -> tuple[Any, ...]:
    if model.service == "content":
        return (usage("input_tokens", size * 700), usage("output_tokens", size * 300))
    if model.service == "audio":
        return (usage("characters", size * 200),)
    return (usage(video_unit(model, "720p"), billed_seconds(model, size)),)


@given(drawn=CALLS, tier=st.sampled_from(["economy", "standard", "premium"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_following_an_advice_gives_exactly_what_it_promised(
    drawn: list[tuple[str, str, int, int, str]], tier: str
) -> None:
    plan = planner(**{f"models__{service}__tier": tier for service in ("content", "audio", "video")})
    spent = bought(drawn)
    calls = calls_of(spent.ledger.charges())
    found = outlook(spent, plan)
    base = base_of(calls, plan.settings)
    assert found.now_micro_usd == sum(base.values())
    for advice in found.advices:
        now = followed(plan.settings, advice)
        if advice.key == "costs.cache_seconds":
            continue
        parts, after = advice.key.split("."), 0
        for call in calls:
            if touched(parts, call):
                amount = cost_under(call, now, plan.settings)
                assert amount is not None
                after += amount
            else:
                after += base[call.key]
        assert after == advice.total_micro_usd, advice
        assert found.now_micro_usd - after == advice.saved_micro_usd


def base_of(calls: Sequence[PaidCall], now: Settings) -> dict[str, int]:
    """What was paid, or would be by now if that is less for a service."""
    base = {}
    for service in ("content", "audio", "video"):
        own = [call for call in calls if call.service == service]
        costs = {call.key: cost_under(call, now, now) for call in own}
        known = {call.key: call.micro_usd if costs[call.key] is None else costs[call.key] for call in own}
        paid = {call.key: call.micro_usd for call in own}
        base |= known if sum(known.values()) < sum(paid.values()) else paid
    return base


def touched(parts: list[str], call: PaidCall) -> bool:
    if parts[0] == "catalog":
        return parts[2] == call.model or parts[2] in call.failed
    return call.service == (parts[1] if parts[0] == "models" else "video")


def by_key(found: Outlook) -> dict[str, list[Advice]]:
    keys: dict[str, list[Advice]] = {}
    for advice in found.advices:
        keys.setdefault(advice.key, []).append(advice)
    return keys


def test_a_cheaper_voice_is_one_whose_second_request_counts_too() -> None:
    spent = spender()
    spent.buy(f"{production_id(1)}/narrate/0/aa", "polly-generative", usage("characters", 1_000))
    found = by_key(outlook(spent, planner(models__audio__tier="premium")))
    names = [json.loads(advice.to)[0] for advice in found["models.audio.models"]]
    # Neural costs $16 instead of $30, but twice: $32. Standard is $4 twice.
    assert names == ["polly-standard"]
    (standard,) = found["models.audio.models"]
    assert standard.saved_micro_usd == 30_000 - 8_000
    assert standard.quality == "polly-generative (quality 90) → polly-standard (40)"


def test_what_comes_to_the_same_is_said_once() -> None:
    spent = spender()
    spent.buy(f"{production_id(1)}/write_script/0/aa", "claude-sonnet-5-5", usage("output_tokens", 900))
    found = by_key(outlook(spent, planner()))
    assert [advice.to for advice in found["models.content.prefer"]] == ["cost"]


def test_a_dearer_fallback_shows_as_a_ceiling() -> None:
    spent = spender()
    call = f"{production_id(1)}/shoot/0/aa"
    spent.refuse(call, "runway-gen4-5")
    spent.buy(call, "luma-ray2-bedrock", usage("video_seconds_720p", 5))
    named = ["runway-gen4-5", "luma-ray2-bedrock", "runway-gemini-omni-flash"]
    found = by_key(outlook(spent, planner(models__video__models=named)))
    ceilings = found["models.video.link_ceiling_multiple"]
    assert {each.was for each in ceilings} == {"none"}
    assert {each.quality for each in ceilings} == {
        "luma-ray2-bedrock (quality 60) → runway-gemini-omni-flash (72)"
    }
    assert ceilings[0].saved_micro_usd == 7_500_000 - 5 * 100_000


def test_a_model_that_bills_for_nothing_is_to_be_switched_off() -> None:
    spent = spender()
    call = f"{production_id(1)}/shoot/0/aa"
    spent.buy(call, "runway-gen4-5", usage("video_seconds", 5), failed=True)
    spent.buy(call, "luma-ray-3-2", usage("video_seconds_720p", 5))
    found = by_key(outlook(spent, planner(models__video__models=["runway-gen4-5", "luma-ray-3-2"])))
    (advice,) = found["catalog.models.runway-gen4-5.enabled"]
    assert (advice.was, advice.to, advice.saved_micro_usd) == ("true", "false", 600_000)
    assert advice.quality == "none: the models that did answer"


def test_a_lower_resolution_is_cheaper_where_the_price_depends_on_it() -> None:
    spent = spender()
    spent.buy(f"{production_id(3)}/shoot/0/aa", "luma-ray-3-2", usage("video_seconds_1080p", 5))
    found = by_key(outlook(spent, planner("prod", models__video__models=["luma-ray-3-2"])))
    (lower,) = [each for each in found["video.resolution"] if each.to == "720p"]
    dear, cheap = (
        micro(
            calculate_generation_cost(
                [as_model_usage(MODELS["luma-ray-3-2"], usage(unit, 5))], BOOK
            ).generation_cost_usd
        )
        for unit in ("video_seconds_1080p", "video_seconds_720p")
    )
    assert (lower.was, lower.saved_micro_usd, lower.quality) == ("1080p", dear - cheap, "footage in 720p")


def test_a_square_video_is_not_sent_to_who_makes_none() -> None:
    spent = spender()
    spent.buy(f"{production_id(2)}/shoot/0/aa", "luma-ray-3-2", usage("video_seconds_720p", 5))
    found = by_key(outlook(spent, planner(models__video__tier="premium")))
    named = {json.loads(advice.to)[0] for advice in found.get("models.video.models", ())}
    assert all("1:1" in MODELS[name].video.aspects for name in named)


def test_of_a_video_that_nobody_knows_only_equals_are_advised() -> None:
    spent = spender()
    spent.buy(f"{production_id(9)}/shoot/0/aa", "luma-ray-3-2", usage("video_seconds_720p", 5))
    plan = planner(models__video__tier="premium")
    named = {
        json.loads(advice.to)[0] for advice in by_key(outlook(spent, plan, {})).get("models.video.models", ())
    }
    assert all({"16:9", "9:16", "1:1"} <= set(MODELS[name].video.aspects) for name in named)
    spent.buy(f"{production_id(9)}/narrate/0/aa", "elevenlabs-multilingual-v2", usage("characters", 100))
    assert "models.audio.models" not in by_key(outlook(spent, plan, {}))


def test_the_same_work_twice_is_a_cache_that_was_not_there() -> None:
    spent = spender()
    for video in (1, 2):
        spent.buy(
            f"{production_id(video)}/write_script/0/same", "claude-sonnet-5-5", usage("input_tokens", 900)
        )
        spent.clock.advance(600)
    advice = by_key(outlook(spent, planner()))["costs.cache_seconds"][0]
    assert (advice.saved_micro_usd, advice.calls) == (1_800, 1)
    assert advice.quality == "none: the same answer to the same request"
    calls = calls_of(spent.ledger.charges())
    assert "costs.cache_seconds" not in {
        each.key for each in Adviser(planner(), "prod", FACTS).outlook(calls).advices
    }


def test_the_command_names_setting_saving_and_how_to_set_it(run: Run, place: Path) -> None:
    spent = local_spender(place)
    video = one_video(spent, 1)
    spent.ledger.close()
    store_production(place, video, "Why tides come twice a day")
    assert run("config", "set", "models.video.tier", "premium", "--reason", "a test").code == 0
    told = json.loads(run("cost", "report", "--advice", "--json").out)
    first = told["advice"][0]
    assert {"setting", "from", "to", "saved_usd", "share", "quality", "calls", "total_usd"} == set(first)
    text = run("cost", "report", "--advice").out
    assert f"reelwright config set {first['setting']} '{first['to']}' --reason TEXT" in text
    outcome = run("config", "set", first["setting"], first["to"], "--reason", "advised")
    assert outcome.code == 0, outcome.err
    after = json.loads(run("cost", "report", "--advice", "--json").out)
    assert after["as_settings_are_now_usd"] == first["total_usd"]


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_advice_of_every_environment_can_be_set(environment: str) -> None:
    plan, spent = planner(environment), spender()
    one_video(spent, 1)
    for advice in outlook(spent, plan).advices:
        assert followed(plan.settings, advice) != plan.settings
