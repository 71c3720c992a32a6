"""Flags of AppConfig's agent, against a simulated one: what is sent, what is answered, what if it is away."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.flags.agent import AgentFlags
from reelwright.flags.agent_client import as_sent
from reelwright.flags.deployments import FlagState, FlagVersion, share_of
from reelwright.flags.evaluation import Reason
from reelwright.flags.manager import FeatureFlagManager
from tests.simulators.agent import Agent
from tests.simulators.server import Fault, Faults, nobody_listens

DOCUMENT: dict[str, Any] = {
    "version": "1",
    "flags": {
        "captions": {},
        "music": {},
        "video-model": {"attributes": {"tier": {"constraints": {"type": "string"}}}},
        "style": {
            "attributes": {
                "size": {"constraints": {"type": "number"}},
                "names": {"constraints": {"type": "array"}},
            }
        },
    },
    "values": {
        "captions": {"enabled": True},
        "music": {"enabled": False},
        "video-model": {"enabled": True, "tier": "premium"},
        "style": {
            "_variants": [
                {
                    "name": "Bold",
                    "rule": '(and (eq $language "ja") (gt $durationSeconds 30) (eq $draft false))',
                    "enabled": True,
                    "attributeValues": {"size": 1.5, "names": ["a", "b"]},
                },
                {"name": "Plain", "enabled": False},
            ]
        },
    },
}
CONTEXT = {"language": "ja", "durationSeconds": 60, "draft": False}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def agent() -> Iterator[Agent]:
    with Agent() as agent:
        agent.deploy(DOCUMENT, "7")
        yield agent
        assert agent.objections == []


def flags_of(agent: Agent, clock: VirtualClock, **more: Any) -> AgentFlags:
    return AgentFlags(agent.url, application="app1", clock=clock, timeout_seconds=0.3, **more)


@pytest.mark.parametrize("context", [None, {}, CONTEXT, {"language": "ja"}, {**CONTEXT, "language": "é\nü"}])
def test_every_flag_is_answered_as_the_agent_answers_it(
    agent: Agent, clock: VirtualClock, context: dict[str, Any] | None
) -> None:
    evaluator = flags_of(agent, clock).evaluator_for("prod_1")
    ours = FeatureFlagManager.from_document(DOCUMENT, version="7")

    assert evaluator.names == ("captions", "music", "style", "video-model")
    for flag in evaluator.names:
        said, meant = evaluator.evaluate(flag, context), ours.evaluate(flag, context)
        assert said.as_agent() == meant.as_agent()
        assert said.version == "7"
        assert said.reason is (Reason.UNKNOWN if flag == "style" else Reason.STATIC)
    assert evaluator.origin == f"version 7, from the AppConfig agent at {agent.url}"


def test_each_key_of_a_context_is_a_header_of_its_own(agent: Agent, clock: VirtualClock) -> None:
    context = {
        "topic": "Tea, = and ü",
        "draft": True,
        "now": datetime(2026, 12, 1, tzinfo=UTC),
        "platforms": ("youtube", "x"),
    }
    flags_of(agent, clock).evaluator_for("prod_1").evaluate("captions", context)

    (request,) = agent.received
    assert request.path == "/applications/app1/environments/flags/configurations/flags"
    assert request.headers["entity-id"] == "prod_1"
    sent = [value.encode("latin-1").decode() for name, value in request.lines if name == "context"]
    assert sent == [
        "topic=Tea, = and ü",
        "draft=true",
        "now=2026-12-01T00:00:00+00:00",
        "platforms=youtube,x",
    ]


@pytest.mark.parametrize(
    ("context", "sent", "left_out"),
    [
        ({"topic": "a\r\nEntity-Id: prod_2\x00"}, {"topic": "a  Entity-Id: prod_2 "}, ()),
        ({"topic": "é" * 1021}, {"topic": "é" * 1021}, ()),
        ({"topic": "é" * 1022, "language": "en"}, {"language": "en"}, ("topic",)),
        ({"a=b": "c", "": "d", "n\n": "e"}, {}, ("a=b", "", "n\n")),
        ({"lost": "\ud800"}, {"lost": " "}, ()),
    ],
)
def test_what_cannot_travel_is_left_out_or_made_plain(
    context: dict[str, Any], sent: dict[str, str], left_out: tuple[str, ...]
) -> None:
    assert as_sent(context) == (sent, left_out)


def test_what_was_left_out_is_told(agent: Agent, clock: VirtualClock) -> None:
    evaluator = flags_of(agent, clock).evaluator_for("prod_1")
    evaluator.evaluate("captions", {"topic": "x" * 3000})

    assert evaluator.origin.endswith("; topic of the context cannot be told to it, and was left out")


class _Raises:
    def __str__(self) -> str:
        raise RuntimeError("no text")


def test_a_context_that_cannot_be_read_counts_as_none(agent: Agent, clock: VirtualClock) -> None:
    evaluator = flags_of(agent, clock).evaluator_for("prod_1")

    assert evaluator.evaluate("style", {**CONTEXT, "topic": _Raises()}).variant == "Plain"
    assert evaluator.evaluate("captions", CONTEXT).enabled


def test_all_flags_of_a_production_are_one_question(agent: Agent, clock: VirtualClock) -> None:
    evaluator = flags_of(agent, clock).evaluator_for("prod_1")
    for flag in ("captions", "music", "style"):
        evaluator.evaluate(flag, CONTEXT)
    assert len(agent.received) == 1

    clock.advance(6)
    evaluator.evaluate("captions", CONTEXT)
    assert len(agent.received) == 2


def test_an_entity_takes_its_side_of_a_gradual_deployment(agent: Agent, clock: VirtualClock) -> None:
    old = FlagVersion(version="7", document=DOCUMENT)
    values = {**DOCUMENT["values"], "captions": {"enabled": False}}
    new = FlagVersion(version="8", document={**DOCUMENT, "values": values})
    agent.states["flags"] = FlagState(
        profile="flags", number=8, phase="DEPLOYING", percentage=30.0, old=old, new=new
    )
    flags = flags_of(agent, clock)

    for production in (f"prod_{number}" for number in range(40)):
        said = flags.evaluator_for(production).evaluate("captions")
        assert said.version == ("8" if share_of(production) < 30 else "7")


def test_without_a_version_answers_are_called_by_what_they_say(clock: VirtualClock) -> None:
    class Older(Agent):
        def answer(self, request: Any) -> Any:
            told = super().answer(request)
            return type(told)(told.status, told.body, {"content-type": "application/json"})

    with Older() as agent:
        agent.deploy(DOCUMENT)
        evaluator = flags_of(agent, clock).evaluator_for("prod_1")
        versions = {evaluator.evaluate(flag).version for flag in ("captions", "music")}
    assert len(versions) == 1
    assert len(versions.pop()) == 12


def test_nobody_is_told_of_flags_that_there_are_not(agent: Agent, clock: VirtualClock) -> None:
    evaluator = flags_of(agent, clock).evaluator_for("prod_1")

    said = evaluator.evaluate("nobody", default=True)
    assert (said.enabled, said.reason) == (True, Reason.FLAG_NOT_FOUND)
    assert evaluator.evaluate(["no", "name"]).reason is Reason.FLAG_NOT_FOUND  # type: ignore[arg-type]


# --- Away --------------------------------------------------------------------------------------------------

FAULTS: list[tuple[Fault, str]] = [
    ("timeout", "agent_unreachable"),
    ("reset", "agent_unreachable"),
    ("reset_mid_body", "agent_unreachable"),
    ("lost_answer", "agent_unreachable"),
    ("slow_body", "agent_unreachable"),
    ("server_error", "agent_unreachable"),
    ("throttled", "agent_unreachable"),
    ("malformed", "agent_failed"),
    ("wrong_content_type", "agent_failed"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_a_fault_leaves_a_production_what_it_was_told(
    agent: Agent, clock: VirtualClock, fault: Fault, code: str
) -> None:
    flags = AgentFlags(agent.url, application="app1", clock=_Running(clock), timeout_seconds=0.3)
    evaluator = flags.evaluator_for("prod_1")
    before = evaluator.evaluate("style", CONTEXT)
    agent.faults = Faults.script([fault])
    clock.advance(6)

    assert evaluator.evaluate("style", CONTEXT) == before
    assert f", asked before; {code}: The AppConfig agent at {agent.url} " in evaluator.origin

    clock.advance(6)
    assert evaluator.evaluate("style", CONTEXT) == before
    assert code not in evaluator.origin


class _Running(VirtualClock):
    """A clock that is advanced, and runs while a body drips."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self._asked = 0.0

    def monotonic(self) -> float:
        self._asked += 0.02
        return self._clock.monotonic() + self._asked


def test_who_was_told_nothing_gets_what_is_the_same_for_all_and_else_what_code_defines(
    agent: Agent, clock: VirtualClock
) -> None:
    agent.deploy({**DOCUMENT, "values": {**DOCUMENT["values"], "captions": {"enabled": False}}}, "8")
    flags = flags_of(agent, clock)
    flags.evaluator_for("prod_1").evaluate("style", CONTEXT)
    clock.advance(6)
    with agent.away():
        evaluator = flags.evaluator_for("prod_2")
        captions = evaluator.evaluate("captions", CONTEXT)
        assert (captions.enabled, captions.version) == (False, "8")
        assert evaluator.evaluate("style", CONTEXT).reason is Reason.FLAG_NOT_FOUND
        assert evaluator.evaluate("publish-folder", CONTEXT).version == "bundled"
        assert evaluator.origin.startswith(
            "what code defines and what others were told last; agent_unreachable: "
        )


def test_without_any_agent_code_answers_and_it_is_asked_no_more_often_than_otherwise(
    clock: VirtualClock,
) -> None:
    with nobody_listens() as url:
        flags = AgentFlags(url, application="app1", clock=clock)
        evaluator = flags.evaluator_for("prod_1")
        said = evaluator.evaluate("captions", CONTEXT)
        assert (said.enabled, said.version) == (True, "bundled")
        assert evaluator.origin == (
            f"what code defines; agent_unreachable: The AppConfig agent at {url} does not answer: "
            "ConnectionRefusedError"
        )


def test_an_agent_in_trouble_is_left_alone_for_a_while(agent: Agent, clock: VirtualClock) -> None:
    agent.faults = Faults.script(["server_error"] * 3)
    flags = flags_of(agent, clock)
    for number in range(20):
        flags.evaluator_for(f"prod_{number}").evaluate("captions", CONTEXT)
    assert len(agent.received) == 1

    clock.advance(6)
    flags.evaluator_for("prod_1").evaluate("captions", CONTEXT)
    assert len(agent.received) == 2


def test_a_profile_that_the_agent_does_not_have_is_told(agent: Agent, clock: VirtualClock) -> None:
    evaluator = flags_of(agent, clock, profile="kill-switches").evaluator_for("prod_1")
    said = evaluator.evaluate("stop-provider-runway")

    assert (said.enabled, said.version) == (False, "bundled")
    assert "agent_failed: The AppConfig agent at" in evaluator.origin
    assert "answers 404" in evaluator.origin


@pytest.mark.parametrize("body", [b"[]", b'{"captions": true}', b'{"captions": {"enabled": "yes"}}', b"\xff"])
def test_an_answer_that_is_no_flags_is_refused(clock: VirtualClock, body: bytes) -> None:
    class Odd(Agent):
        def answer(self, request: Any) -> Any:
            told = super().answer(request)
            return type(told)(200, body, told.headers)

    with Odd() as agent:
        agent.deploy(DOCUMENT)
        evaluator = flags_of(agent, clock).evaluator_for("prod_1")
        assert evaluator.evaluate("captions").version == "bundled"
        assert "agent_failed" in evaluator.origin


# --- Overrides ---------------------------------------------------------------------------------------------


def test_settings_beat_the_agent_too(agent: Agent, clock: VirtualClock) -> None:
    flags = flags_of(agent, clock, overrides=lambda: {"captions": False, "nobody": True})
    evaluator = flags.evaluator_for("prod_1")

    said = evaluator.evaluate("captions")
    assert (said.enabled, said.reason, said.version) == (False, Reason.OVERRIDE, "7")
    assert evaluator.evaluate("music").reason is Reason.STATIC
    assert "; overridden by settings: captions; the override of nobody is passed over" in evaluator.origin
    assert flags.under({}).evaluator_for("prod_1").evaluate("captions").enabled
