"""Overrides: what settings say beats the document, within what the document defines."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.config.layering import Contribution
from reelwright.config.local import default_sources
from reelwright.config.schema import Layer
from reelwright.config.validation import Invalid, Valid, validate
from reelwright.config.variables import settings_from_variables
from reelwright.environment.flagging import FlagOverride, FlagSettings
from reelwright.flags.deployments import FlagVersion, in_force
from reelwright.flags.document import compile_document
from reelwright.flags.evaluation import Evaluation, FlagTable, Reason
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.overriding import Overrides, override_faults
from reelwright.flags.ports import FlagEvaluator
from reelwright.flags.reading import FlagReader

TIER = {"constraints": {"type": "string", "enum": ["economy", "premium"], "required": True}}
SIZE = {"constraints": {"type": "number", "minimum": 1, "maximum": 9}}
NAMES = {"constraints": {"type": "array", "elements": {"type": "string"}}}
DOCUMENT: dict[str, Any] = {
    "version": "1",
    "flags": {
        "captions": {},
        "unset": {},
        "model": {"attributes": {"tier": TIER}},
        "style": {"attributes": {"size": SIZE, "names": NAMES, "free": {}}},
    },
    "values": {
        "captions": {"enabled": True},
        "model": {"enabled": False, "tier": "economy"},
        "style": {
            "_variants": [
                {
                    "name": "Bold",
                    "rule": '(eq $language "ja")',
                    "enabled": True,
                    "attributeValues": {"size": 5, "names": ["a"]},
                },
                {"name": "Off", "rule": '(eq $language "fr")', "enabled": False},
                {"name": "Plain", "enabled": True, "attributeValues": {"size": 2}},
            ]
        },
    },
}
SAID = FlagTable(compile_document(DOCUMENT), "7").said


def under(overrides: Overrides, document: Mapping[str, Any] = DOCUMENT) -> FlagEvaluator:
    states = MemoryFlagStates()
    states.save(in_force("flags", FlagVersion(version="7", document=dict(document))))
    return FlagReader(states, clock=VirtualClock(), overrides=lambda: overrides).evaluator_for("prod_1")


def short(said: Evaluation) -> tuple[bool, str | None, dict[str, Any], str]:
    return said.enabled, said.variant, dict(said.attributes), said.reason.value


@pytest.mark.parametrize(
    ("override", "flag", "context", "told"),
    [
        (False, "captions", {}, (False, None, {})),
        (True, "captions", {}, (True, None, {})),
        (True, "unset", {}, (True, None, {})),
        (True, "model", {}, (True, None, {"tier": "economy"})),
        (
            FlagOverride(enabled=True, attributes={"tier": "premium"}),
            "model",
            {},
            (True, None, {"tier": "premium"}),
        ),
        (FlagOverride(enabled=False, attributes={"tier": "premium"}), "model", {}, (False, None, {})),
        (True, "style", {"language": "ja"}, (True, "Bold", {"size": 5, "names": ("a",)})),
        (True, "style", {"language": "fr"}, (True, "Off", {})),
        (False, "style", {"language": "ja"}, (False, "Bold", {})),
        (
            FlagOverride(variant="Bold"),
            "style",
            {"language": "fr"},
            (True, "Bold", {"size": 5, "names": ("a",)}),
        ),
        (FlagOverride(variant="Bold"), "style", None, (True, "Bold", {"size": 5, "names": ("a",)})),
        (FlagOverride(variant="Off"), "style", {"language": "ja"}, (False, "Off", {})),
        (
            FlagOverride(variant="Bold", attributes={"size": 9, "free": [1]}),
            "style",
            {},
            (True, "Bold", {"size": 9, "names": ("a",), "free": (1,)}),
        ),
        (
            FlagOverride(enabled=True, attributes={"size": 3}),
            "style",
            {"language": "de"},
            (True, "Plain", {"size": 3}),
        ),
    ],
)
def test_what_settings_say_beats_the_document_and_leaves_it_the_rest(
    override: Any, flag: str, context: dict[str, Any] | None, told: tuple[Any, ...]
) -> None:
    assert short(under({flag: override}).evaluate(flag, context)) == (*told, "OVERRIDE")


def test_other_flags_answer_as_ever() -> None:
    plain, evaluator = under({}), under({"captions": False, "model": True})

    for context in (None, {"language": "ja"}, {"language": "fr"}):
        assert evaluator.evaluate("style", context) == plain.evaluate("style", context)
    assert evaluator.evaluate("nobody", default=True).reason is Reason.FLAG_NOT_FOUND
    assert evaluator.names == ("captions", "model", "style")
    assert evaluator.origin == f"{plain.origin}; overridden by settings: captions, model"


def test_a_flag_that_only_an_override_sets_is_a_flag() -> None:
    assert under({"unset": True}).names == ("captions", "model", "style", "unset")
    assert under({"unset": True}).evaluate("unset").enabled


FAULTY: list[tuple[str, Any, str]] = [
    ("captoins", True, "there is no flag of this name. Did you mean 'captions'"),
    ("captions", FlagOverride(enabled=True, attributes={"a": 1}), "the flag has no attribute 'a'"),
    ("captions", FlagOverride(variant="Bold"), "the flag has no variant 'Bold'"),
    ("style", FlagOverride(variant="bold"), "the flag has no variant 'bold'"),
    ("style", FlagOverride(enabled=True, attributes={"siez": 1}), "no attribute 'siez'. Did you mean 'size'"),
    (
        "style",
        FlagOverride(enabled=True, attributes={"size": "5"}),
        "attribute size is refused: it is not a n",
    ),
    ("style", FlagOverride(enabled=True, attributes={"size": 10}), "size is refused: it is above 9"),
    ("style", FlagOverride(enabled=True, attributes={"names": [1]}), "names is refused: it is not text"),
    ("style", FlagOverride(enabled=False, attributes={"size": 10}), "size is refused: it is above 9"),
    (
        "model",
        FlagOverride(enabled=True, attributes={"tier": "gold"}),
        "tier is refused: it is none of economy",
    ),
    ("needy", True, "its attribute tier is required, and missing"),
]


@pytest.mark.parametrize(("flag", "override", "why"), FAULTY)
def test_an_override_that_does_not_fit_its_flag_is_passed_over_and_told(
    flag: str, override: Any, why: str
) -> None:
    document = {**DOCUMENT, "flags": {**DOCUMENT["flags"], "needy": {"attributes": {"tier": TIER}}}}
    plain, evaluator = under({}, document), under({flag: override, "unset": True}, document)

    assert evaluator.evaluate(flag, {}) == plain.evaluate(flag, {})
    assert why in evaluator.origin
    assert f"; the override of {flag} is passed over: " in evaluator.origin
    assert evaluator.evaluate("unset").reason is Reason.OVERRIDE


def test_faults_are_found_without_evaluating() -> None:
    assert override_faults({"captions": True, "nobody": True}, SAID) == {
        "nobody": "there is no flag of this name"
    }


def test_settings_that_cannot_be_read_override_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Overrides:
        raise RuntimeError("no settings")

    states = MemoryFlagStates()
    states.save(in_force("flags", FlagVersion(version="7", document=DOCUMENT)))
    reader = FlagReader(states, clock=VirtualClock(), overrides=broken)

    assert reader.evaluator_for("prod_1").evaluate("captions").enabled
    assert "Overrides of flags cannot be read" in caplog.text


def test_overrides_are_read_each_time() -> None:
    states, held = MemoryFlagStates(), dict[str, bool]()
    states.save(in_force("flags", FlagVersion(version="7", document=DOCUMENT)))
    reader = FlagReader(states, clock=VirtualClock(), overrides=lambda: held)
    assert reader.evaluator_for("prod_1").evaluate("captions").enabled
    held["captions"] = False

    assert not reader.evaluator_for("prod_1").evaluate("captions").enabled
    assert reader.under({}).evaluator_for("prod_1").evaluate("captions").enabled
    assert reader.under({"model": True}).evaluator_for("prod_1").evaluate("model").enabled
    assert not reader.evaluator_for("prod_1").evaluate("model").enabled


_OVERRIDES = st.one_of(
    st.booleans(),
    st.builds(
        FlagOverride,
        enabled=st.booleans(),
        variant=st.none() | st.sampled_from(["Bold", "Off", "Plain", "Nobody"]),
        attributes=st.dictionaries(
            st.sampled_from(["tier", "size", "names", "free", "other"]),
            st.none() | st.integers(-1, 20) | st.sampled_from(["economy", "gold"]) | st.lists(st.text()),
            max_size=3,
        ).map(lambda found: {key: value for key, value in found.items() if value is not None}),
    ),
)


@given(
    overrides=st.dictionaries(st.sampled_from([*SAID, "nobody"]), _OVERRIDES),
    context=st.none() | st.fixed_dictionaries({"language": st.sampled_from(["ja", "fr", "de"])}),
)
def test_what_an_override_answers_keeps_to_the_definition(
    overrides: Overrides, context: dict[str, str] | None
) -> None:
    """And it is the override's word or, where that does not fit, the document's; nothing raises."""
    plain, evaluator, faults = under({}), under(overrides), override_faults(overrides, SAID)
    for flag, override in overrides.items():
        said = evaluator.evaluate(flag, context)
        if flag in faults:
            assert said == plain.evaluate(flag, context)
            continue
        enabled = override if isinstance(override, bool) else override.enabled
        assert (said.enabled, said.reason) == (enabled, Reason.OVERRIDE)
        definition = SAID[flag][0]
        assert definition
        for key, value in said.attributes.items():
            limits = definition.attributes[key].constraints
            held = list(value) if isinstance(value, tuple) else value
            assert limits is None or not list(limits.faults(held))


# --- As settings -------------------------------------------------------------------------------------------


def settings(tree: Mapping[str, Any]) -> Valid | Invalid:
    defaults = [
        Contribution(one.layer, one.name, "", said.settings)
        for one in default_sources("local")
        if (said := one.fetch(None))
    ]
    return validate([*defaults, Contribution(Layer.ENVIRONMENT, "variables", "", tree)])


@pytest.mark.parametrize(
    ("variables", "held"),
    [
        ({"CAPTIONS": "false"}, {"captions": False}),
        ({"VIDEO-MODEL__ENABLED": "true"}, {"video-model": FlagOverride(enabled=True)}),
        (
            {"VIDEO-MODEL": '{enabled = true, attributes = {tier = "premium"}}'},
            {"video-model": FlagOverride(enabled=True, attributes={"tier": "premium"})},
        ),
        ({"STYLE": '{"variant": "Bold"}'}, {"style": FlagOverride(variant="Bold")}),
    ],
)
def test_a_variable_overrides_one_flag(variables: dict[str, str], held: Overrides) -> None:
    named = {f"REELWRIGHT__FLAGS__OVERRIDES__{name}": text for name, text in variables.items()}
    found = settings(settings_from_variables(named))

    assert isinstance(found, Valid)
    assert found.settings.flags.overrides == held


def test_one_variable_overrides_flags_whose_names_a_shell_cannot_write() -> None:
    table = {"REELWRIGHT__FLAGS__OVERRIDES": '{"video-model": true, "newFlag": {"variant": "B"}}'}
    found = settings(settings_from_variables(table))

    assert isinstance(found, Valid)
    assert found.settings.flags.overrides == {"video-model": True, "newFlag": FlagOverride(variant="B")}


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"captions": "on"}, 'flags.overrides.captions = "on" is refused: it must be a valid boolean'),
        ({"captions": {"enabeld": True}}, "captions.enabeld is not a key. Did you mean 'enabled'?"),
        ({"captions": {}}, "flags.overrides.captions = {} is refused: say enabled, or name a variant"),
        ({"captions": {"enabled": "yes"}}, 'captions.enabled = "yes" is refused'),
        ({"Captions": True}, "flags.overrides.Captions is no name"),
        ({"a": {"enabled": True, "attributes": {"b": {}}}}, "attributes.b = {} is refused: write text of at"),
        ({"a": {"enabled": True, "attributes": {"b": [True]}}}, "attributes.b = [true] is refused: write"),
        ({"a": {"enabled": True, "attributes": {"b": [1, "c"]}}}, 'b = [1, "c"] is refused: write text'),
        ({"a": {"enabled": True, "attributes": {"b": "c" * 1025}}}, "is refused: write text of at most 1024"),
    ],
)
def test_a_fault_is_named_by_its_key(overrides: dict[str, Any], told: str) -> None:
    found = settings({"flags": {"overrides": overrides}})

    assert isinstance(found, Invalid)
    assert told in found.message
    assert len(found.problems) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1:2772",
        "https://localhost:2772",
        "http://localhost.evil.example",
        "http://localhost:2772/x",
    ],
)
def test_the_agent_is_on_this_machine(url: str) -> None:
    assert isinstance(settings({"flags": {"agent_url": url}}), Invalid)
    assert FlagSettings(agent_url="http://[::1]:9").agent_url == "http://[::1]:9"
