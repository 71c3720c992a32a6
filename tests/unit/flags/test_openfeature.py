"""The OpenFeature provider: how AppConfig's values answer each type, events, tracking, and no SDK."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import EventDetails, ProviderEvent
from openfeature.exception import GeneralError
from openfeature.track import TrackingEventDetails

from reelwright.config.errors import SourceUnreachable
from reelwright.flags.manager import FeatureFlagManager
from reelwright.flags.openfeature import FlagProvider, OpenFeatureMissing, Tracked

RULE = '(and (eq $targetingKey "u1") (gt $age 10))'
ATTRIBUTES: dict[str, Any] = {
    "tier": "premium",
    "share": 2.5,
    "count": 10.0,
    "loud": True,
    "tags": ["a", "b"],
    "json": ' {"a": [1]}',
    "broken": '{"a": ',
}


def document(*, captions: bool = True) -> dict[str, Any]:
    variants = [
        {"name": "Some", "enabled": True, "rule": RULE, "attributeValues": {"value": "for some"}},
        {
            "name": "Half",
            "enabled": True,
            "rule": "(split pct::100 by::$id)",
            "attributeValues": {"value": "x"},
        },
        {"name": "Others", "enabled": False, "attributeValues": {}},
    ]
    return {
        "version": "1",
        "flags": {
            "captions": {},
            "model": {"attributes": {key: {} for key in ATTRIBUTES}},
            "ruled": {"attributes": {"value": {}}},
        },
        "values": {
            "captions": {"enabled": captions},
            "model": {"enabled": True, **ATTRIBUTES},
            "ruled": {"_variants": variants},
        },
    }


DOWN = SourceUnreachable("AppConfig did not answer.")


def test_the_sdk_is_asked_for_when_a_provider_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openfeature.event", None)

    with pytest.raises(OpenFeatureMissing) as caught:
        FlagProvider(FeatureFlagManager())
    assert caught.value.next_step == "Install reelwright[openfeature]."


def test_to_import_the_module_loads_no_sdk() -> None:
    program = "import sys, reelwright.flags.openfeature; sys.exit('openfeature' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


PROVIDER = FlagProvider(FeatureFlagManager.from_document(document()))
SOMEBODY = EvaluationContext("u1", {"age": 11})


@pytest.fixture
def clean() -> Iterator[None]:
    yield
    api.clear_providers()


@pytest.mark.parametrize(
    ("kind", "flag", "value"),
    [
        ("boolean", "captions", True),
        ("boolean", "model", True),
        ("boolean", "model.loud", True),
        ("string", "model.tier", "premium"),
        ("float", "model.share", 2.5),
        ("float", "model.count", 10.0),
        ("integer", "model.count", 10),
        ("object", "model.tags", ["a", "b"]),
        ("object", "model.json", {"a": [1]}),
        ("object", "model", ATTRIBUTES),
    ],
)
def test_a_value_answers_the_type_that_was_asked_for(kind: str, flag: str, value: Any) -> None:
    details = getattr(PROVIDER, f"resolve_{kind}_details")(flag, None)

    assert (details.value, details.reason, details.error_code) == (value, "STATIC", None)
    assert type(details.value) is type(value)


@pytest.mark.parametrize(
    ("kind", "flag", "code"),
    [
        ("string", "captions", "TYPE_MISMATCH"),
        ("object", "captions", "TYPE_MISMATCH"),
        ("string", "model", "TYPE_MISMATCH"),
        ("boolean", "model.tier", "TYPE_MISMATCH"),
        ("integer", "model.share", "TYPE_MISMATCH"),
        ("integer", "model.loud", "TYPE_MISMATCH"),
        ("float", "model.loud", "TYPE_MISMATCH"),
        ("float", "model.tier", "TYPE_MISMATCH"),
        ("string", "model.tags", "TYPE_MISMATCH"),
        ("object", "model.tier", "TYPE_MISMATCH"),
        ("string", "model.unknown", "TYPE_MISMATCH"),
        ("object", "model.broken", "PARSE_ERROR"),
        ("boolean", "unknown", "FLAG_NOT_FOUND"),
        ("boolean", "", "FLAG_NOT_FOUND"),
    ],
)
def test_what_cannot_answer_gives_the_default_and_an_error_code(kind: str, flag: str, code: str) -> None:
    default = object()
    details = getattr(PROVIDER, f"resolve_{kind}_details")(flag, default)

    assert (details.value, details.reason, details.error_code) == (default, "ERROR", code)
    assert details.error_message


def test_rules_see_the_targeting_key_and_the_attributes() -> None:
    answers = [
        PROVIDER.resolve_string_details("ruled", "mine", context)
        for context in (
            SOMEBODY,
            EvaluationContext("u2", {"id": "7"}),
            EvaluationContext("u2", {"age": 11}),
            None,
        )
    ]

    assert [(one.value, one.variant, one.reason) for one in answers] == [
        ("for some", "Some", "TARGETING_MATCH"),
        ("x", "Half", "SPLIT"),
        ("mine", "Others", "DISABLED"),
        ("mine", "Others", "DISABLED"),
    ]


@pytest.mark.parametrize("context", [None, EvaluationContext(), EvaluationContext(None, {"age": None})])
def test_a_context_of_nothing_is_none(context: Any) -> None:
    variants = [
        {"name": "A", "enabled": True, "rule": '(not (exists key::"vip"))'},
        {"name": "B", "enabled": False},
    ]
    flags = {"version": "1", "flags": {"f": {}}, "values": {"f": {"_variants": variants}}}
    provider = FlagProvider(FeatureFlagManager.from_document(flags))

    assert provider.resolve_boolean_details("f", True, context).variant == "B"  # noqa: FBT003 (the SDK's signature)


def test_rules_may_call_the_targeting_key_otherwise() -> None:
    provider = FlagProvider(FeatureFlagManager.from_document(document()), targeting_key="id")

    assert provider.resolve_string_details("ruled", "", EvaluationContext("u2")).variant == "Half"


def test_other_attributes_are_metadata() -> None:
    details = PROVIDER.resolve_boolean_details("model", False)  # noqa: FBT003 (the SDK's signature)

    assert details.flag_metadata == {key: value for key, value in ATTRIBUTES.items() if key != "tags"}


def test_a_context_is_left_as_it_was() -> None:
    attributes: dict[str, Any] = {"age": 11, "none": None, "deep": {"a": [1]}}
    PROVIDER.resolve_string_details("ruled", "", EvaluationContext("u1", attributes))

    assert attributes == {"age": 11, "none": None, "deep": {"a": [1]}}


@pytest.mark.parametrize("context", ["text", 7, object(), EvaluationContext("u", "no mapping")])
def test_a_context_that_cannot_be_used_is_an_error_of_the_context(context: Any) -> None:
    details = PROVIDER.resolve_string_details("ruled", "mine", context)

    assert (details.value, details.error_code) == ("mine", "INVALID_CONTEXT")


@given(
    st.dictionaries(
        st.text(max_size=4) | st.just("age"), st.none() | st.text() | st.floats() | st.lists(st.text())
    )
)
def test_to_resolve_never_raises(attributes: dict[str, Any]) -> None:
    details = PROVIDER.resolve_string_details("ruled", "mine", EvaluationContext("u1", attributes))

    assert details.value in ("mine", "for some", "x")


def told(events: list[ProviderEvent]) -> Queue[tuple[str, EventDetails]]:
    """What an application hears of its provider, in the order in which it is told."""
    heard: Queue[tuple[str, EventDetails]] = Queue()

    def hearing(event: ProviderEvent) -> Callable[[EventDetails], None]:
        return lambda details: heard.put((event.name, details))

    client = api.get_client()
    for event in events:
        client.add_handler(event, hearing(event))
    return heard


@pytest.mark.usefixtures("clean")
def test_an_application_hears_what_becomes_of_the_flags() -> None:
    manager = FeatureFlagManager.from_document(document())
    api.set_provider_and_wait(FlagProvider(manager, name="flags"))
    client = api.get_client()
    changed, stale = ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, ProviderEvent.PROVIDER_STALE
    heard = told([changed, stale])

    manager.replace(document(captions=False))
    name, details = heard.get(timeout=10)
    assert (name, details.flags_changed, details.provider_name) == (changed.name, ["captions"], "flags")

    manager.replace({"version": "2"})
    name, details = heard.get(timeout=10)
    assert name == stale.name
    assert "$.version" in str(details.message)
    assert client.get_provider_status().name == "STALE"
    assert client.get_boolean_details("captions", True).value is False  # noqa: FBT003 (the SDK's signature)

    manager.replace(document(captions=False))
    assert client.get_provider_status().name == "READY"


@pytest.mark.usefixtures("clean")
def test_a_first_document_that_comes_late_makes_it_ready() -> None:
    manager = FeatureFlagManager()
    api.set_provider(FlagProvider(manager, ready_within_seconds=60))
    client = api.get_client()
    heard = told([ProviderEvent.PROVIDER_READY])
    assert client.get_boolean_details("captions", False).error_code == "PROVIDER_NOT_READY"  # noqa: FBT003 (the SDK's signature)

    manager.replace(document())
    heard.get(timeout=10)
    assert client.get_boolean_value("captions", False)  # noqa: FBT003 (the SDK's signature)


def test_initialisation_ends_as_soon_as_there_is_a_document() -> None:
    manager = FeatureFlagManager()
    provider = FlagProvider(manager, ready_within_seconds=600)
    provider.attach(lambda *_: None)
    waiting = Thread(target=provider.initialize, args=(EvaluationContext(),), daemon=True)
    waiting.start()
    manager.replace(document())
    waiting.join(timeout=10)

    assert not waiting.is_alive()


@pytest.mark.usefixtures("clean")
def test_before_the_first_document_a_source_that_is_down_can_come_back() -> None:
    manager = FeatureFlagManager()
    manager.source_failed(DOWN)
    with pytest.raises(GeneralError, match="did not answer"):
        api.set_provider_and_wait(FlagProvider(manager))
    client = api.get_client()
    assert client.get_provider_status().name == "ERROR"
    assert client.get_boolean_details("captions", False).error_code == "PROVIDER_NOT_READY"  # noqa: FBT003 (the SDK's signature)

    manager.replace("nonsense")
    assert client.get_provider_status().name == "FATAL"
    manager.replace(document())
    assert client.get_provider_status().name == "READY"


@pytest.mark.usefixtures("clean")
def test_what_applications_track_reaches_the_tracker_and_its_failures_reach_nobody() -> None:
    heard: list[Tracked] = []

    def tracker(tracked: Tracked) -> None:
        heard.append(tracked)
        raise RuntimeError

    api.set_provider_and_wait(FlagProvider(FeatureFlagManager.from_document(document()), tracker=tracker))
    client = api.get_client()
    client.track("watched", SOMEBODY, TrackingEventDetails(0.75, {"scene": 3}))
    client.track("left")

    assert heard == [
        Tracked("watched", "u1", {"age": 11}, 0.75, {"scene": 3}),
        Tracked("left", None, {}, None, {}),
    ]
    assert PROVIDER.track("nobody listens") is None


@pytest.mark.usefixtures("clean")
def test_what_is_tracked_comes_with_the_context_of_all_levels() -> None:
    heard: list[Tracked] = []
    manager = FeatureFlagManager.from_document(document())
    api.set_provider_and_wait(FlagProvider(manager, tracker=heard.append))
    api.set_evaluation_context(EvaluationContext("everybody", {"plan": "free", "region": "eu"}))
    try:
        client = api.get_client()
        client.context = EvaluationContext("u1", {"plan": "pro"})
        client.track("watched", EvaluationContext(attributes={"scene": 3}))
    finally:
        api.set_evaluation_context(EvaluationContext())

    everything = {"plan": "pro", "region": "eu", "scene": 3}
    assert heard == [Tracked("watched", "u1", everything, None, {})]


def test_a_provider_that_was_shut_down_hears_no_more() -> None:
    manager = FeatureFlagManager.from_document(document())
    provider, heard = FlagProvider(manager), []
    provider.attach(lambda *event: heard.append(event))
    provider.shutdown()
    manager.replace(document(captions=False))

    assert heard == []
    assert provider.get_provider_hooks() == []
