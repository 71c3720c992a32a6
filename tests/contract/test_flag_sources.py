"""One suite for every FlagSource: what whoever asks for flags may rely on, wherever they come from."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.config.errors import SourceUnreachable
from reelwright.config.local import LocalPlace
from reelwright.environment.flagging import FlagOverride
from reelwright.flags.agent import AgentFlags
from reelwright.flags.definitions import flag_definitions
from reelwright.flags.deployments import FlagState, FlagVersion, in_force
from reelwright.flags.evaluation import Reason
from reelwright.flags.local import DocumentFlagStates
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.reading import FlagReader
from reelwright.storage.schema import Author
from tests.simulators.agent import Agent

RULE = '(and (eq $language "ja") (gte $now 2026-12-01T00:00:00Z) (not (contains $topic "beta")))'
NOW = datetime(2026, 12, 24, tzinfo=UTC)


def document(*, captions: bool = False) -> dict[str, Any]:
    """Return code's document, in which an operator set three flags."""
    plain = flag_definitions("flags").as_json()
    variants = [
        {"name": "Best", "rule": RULE, "enabled": True, "attributeValues": {"tier": "premium"}},
        {"name": "Usual", "enabled": False, "attributeValues": {"tier": "economy"}},
    ]
    changed = {
        "captions": {"enabled": captions},
        "audio-model": {"enabled": True, "tier": "standard"},
        "video-model": {"_variants": variants},
    }
    return {**plain, "values": {**plain["values"], **changed}}


@dataclass
class World:
    """One source, and what can happen to what stands behind it."""

    source: FlagReader | AgentFlags
    deploy: Callable[[Mapping[str, Any]], object]
    leave: Callable[[], object]


class _States(MemoryFlagStates):
    away = False

    def load(self) -> Mapping[str, FlagState]:
        if self.away:
            raise SourceUnreachable("the table is away.")
        return super().load()

    def leave(self) -> None:
        self.away = True


def in_memory(clock: VirtualClock) -> World:
    states = _States()

    def deploy(said: Mapping[str, Any]) -> object:
        return states.save(in_force("flags", FlagVersion(version="1", document=dict(said))))

    return World(FlagReader(states, clock=clock), deploy, states.leave)


def of_documents(folder: Path, clock: VirtualClock) -> World:
    place = LocalPlace("dev", folder, clock)

    def deploy(said: Mapping[str, Any]) -> None:
        author = Author(actor="jo", reason="test")
        place.runtime().put("flags", json.dumps(said).encode(), expect=None, author=author)

    def leave() -> None:
        folder = place.folder / "runtime"
        folder.mkdir(parents=True, exist_ok=True)
        folder.rename(folder.with_name("gone"))
        folder.write_text("no folder")

    return World(FlagReader(DocumentFlagStates(place.runtime()), clock=clock), deploy, leave)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(params=["memory", "documents", "agent"])
def world(request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock) -> Iterator[World]:
    if request.param == "memory":
        yield in_memory(clock)
    elif request.param == "documents":
        yield of_documents(tmp_path, clock)
    else:
        with Agent() as agent:
            source = AgentFlags(agent.url, application="app1", clock=clock, timeout_seconds=1.0)
            yield World(source, agent.deploy, agent.states.clear)
            assert agent.objections == []


def test_answers_are_those_of_the_document(world: World) -> None:
    world.deploy(document())
    flags = world.source.evaluator_for("prod_1")

    assert list(flags.names) == sorted(document()["values"])
    assert not flags.evaluate("captions").enabled
    assert flags.evaluate("music").enabled
    audio = flags.evaluate("audio-model", {"language": "ja"})
    assert (audio.enabled, audio.variant, dict(audio.attributes)) == (True, None, {"tier": "standard"})


@pytest.mark.parametrize(
    ("context", "variant"),
    [
        ({"language": "ja", "now": NOW, "topic": "Tea"}, "Best"),
        ({"language": "ja", "now": NOW, "topic": "Tea\nbeta"}, "Usual"),
        ({"language": "de", "now": NOW, "topic": "Tea"}, "Usual"),
        ({"language": "ja", "now": datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), "topic": "Tea"}, "Usual"),
        ({"language": "ja", "now": NOW, "topic": "茶 = tea; ü"}, "Best"),
        ({}, "Usual"),
        (None, "Usual"),
    ],
)
def test_rules_are_asked_of_the_context(world: World, context: dict[str, Any] | None, variant: str) -> None:
    world.deploy(document())
    said = world.source.evaluator_for("prod_1").evaluate("video-model", context)

    assert said.variant == variant
    assert (said.enabled, dict(said.attributes)) == (
        (True, {"tier": "premium"}) if variant == "Best" else (False, {})
    )


class _Hostile(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise RuntimeError(key)

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("no keys")

    def __len__(self) -> int:
        return 1


@pytest.mark.parametrize("context", [_Hostile(), {"a": object()}, {"a": "\ud800"}, {1: 2}, {"a": "b" * 9999}])
@pytest.mark.parametrize("flag", ["captions", "video-model", "nobody", "", "\ud800"])
@pytest.mark.parametrize("production", ["prod_1", "", "\ud800", "x" * 5000, "a\r\nb: c"])
def test_nothing_raises(world: World, flag: str, production: str, context: Any) -> None:
    flags = world.source.evaluator_for(production)

    said = flags.evaluate(flag, context, default=True)
    assert said.flag == flag
    assert isinstance(flags.origin, str)
    assert isinstance(flags.names, tuple)


@pytest.mark.parametrize("default", [True, False])
def test_an_unknown_flag_answers_the_default(world: World, *, default: bool) -> None:
    world.deploy(document())
    said = world.source.evaluator_for("prod_1").evaluate("nobody", {}, default=default)

    assert (said.enabled, said.reason, dict(said.attributes)) == (default, Reason.FLAG_NOT_FOUND, {})


def test_before_anything_was_read_code_answers_and_the_origin_says_why(world: World) -> None:
    world.leave()
    flags = world.source.evaluator_for("prod_1")

    assert flags.evaluate("captions").enabled
    assert not flags.evaluate("audio-model").enabled
    assert list(flags.names) == sorted(flag_definitions("flags").values)
    assert flags.origin.startswith("what code defines; ")


def test_while_the_place_is_away_productions_are_told_what_they_were_told(
    world: World, clock: VirtualClock
) -> None:
    world.deploy(document())
    context = {"language": "ja", "now": NOW, "topic": "Tea"}
    flags = world.source.evaluator_for("prod_1")
    before = {flag: flags.evaluate(flag, context) for flag in flags.names}
    origin = flags.origin
    world.leave()
    clock.advance(60)

    again = world.source.evaluator_for("prod_1")
    assert {flag: again.evaluate(flag, context) for flag in before} == before
    assert again.origin != origin
    assert not world.source.evaluator_for("prod_2").evaluate("captions", context).enabled


def test_a_change_is_seen_after_the_time_to_live(world: World, clock: VirtualClock) -> None:
    world.deploy(document())
    assert not world.source.evaluator_for("prod_1").evaluate("captions").enabled
    world.deploy(document(captions=True))
    clock.advance(5.1)

    assert world.source.evaluator_for("prod_1").evaluate("captions").enabled


def test_settings_beat_the_place_and_only_for_whom_they_hold(world: World) -> None:
    world.deploy(document())
    overrides = {"captions": True, "audio-model": FlagOverride(enabled=True, attributes={"tier": "economy"})}
    flags = world.source.under(overrides).evaluator_for("prod_1")

    said = [flags.evaluate(flag) for flag in ("captions", "audio-model")]
    assert [(one.enabled, one.reason) for one in said] == [(True, Reason.OVERRIDE)] * 2
    assert said[1].attributes == {"tier": "economy"}
    assert flags.origin.endswith("; overridden by settings: audio-model, captions")
    assert not world.source.evaluator_for("prod_1").evaluate("captions").enabled
