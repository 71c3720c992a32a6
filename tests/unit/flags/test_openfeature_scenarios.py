"""The OpenFeature specification's own scenarios, through its SDK, against our provider.

Its flags (data/openfeature, whose notice says where they come from) are written as an AppConfig document;
the steps below are what their sentences mean in Python. Nothing is left out but what NOT_FOR_US gives a
reason for.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright.config.errors import SourceUnreachable
from reelwright.flags.evaluation import Evaluation
from reelwright.flags.manager import FeatureFlagManager
from reelwright.flags.openfeature import FlagProvider

pytest.importorskip("openfeature", reason="openfeature-sdk is not installed")

from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagEvaluationDetails, FlagEvaluationOptions
from openfeature.hook import Hook
from openfeature.transaction_context import (
    ContextVarsTransactionContextPropagator,
    clear_transaction_context_propagator,
)

DATA = Path(__file__).parent / "data" / "openfeature"
TOTALS = {"contextMerging": 29, "evaluation": 13, "evaluation_v2": 82, "hooks": 3, "metadata": 5}
NOT_FOR_US = {
    "CACHED reason": "the provider evaluates in process, and nothing that it answers comes from a cache",
    "Evaluation context immutability": "details are a dataclass of the SDK 0.10, which anybody may change",
}
EMAIL = "ballmer@macrosoft.com"
RULES = {
    f"email == '{EMAIL}' ? 'zero' : ''": ("zero", f'(eq $email "{EMAIL}")'),
    f"!customer && email == '{EMAIL}' && age > 10 ? 'internal' : ''": (
        "internal",
        f'(and (not $customer) (eq $email "{EMAIL}") (gt $age 10))',
    ),
}
TYPES = ("Boolean", "String", "Integer", "Float", "Object")
Step = Callable[..., None]
STEPS: list[tuple[re.Pattern[str], Step]] = []


def document() -> dict[str, Any]:
    """The specification's flags, as operators of AppConfig would write them."""
    flags = json.loads((DATA / "spec__gherkin__test-flags.json").read_text("utf-8"))
    written = {key: appconfig(flag) for key, flag in flags.items() if flag.get("defaultVariant")}
    # The older of the evaluation features asks for a flag that its file of flags no longer has.
    rule = '(and (eq $fn "Sulisław") (eq $ln "Świętopełk") (eq $age 29) (eq $customer false))'
    written["context-aware"] = [
        {"name": "internal", "enabled": True, "rule": rule, "attributeValues": {"value": "INTERNAL"}},
        {"name": "external", "enabled": True, "attributeValues": {"value": "EXTERNAL"}},
    ]
    return {
        "version": "1",
        "flags": {key: {"attributes": attributes_of(variants)} for key, variants in written.items()},
        "values": {key: {"_variants": variants} for key, variants in written.items()},
    }


def appconfig(flag: dict[str, Any]) -> list[dict[str, Any]]:
    last = variant(flag, flag["defaultVariant"])
    if "contextEvaluator" not in flag:
        return [last]
    name, rule = RULES[flag["contextEvaluator"]]
    # Both are called zero there; here names are unique.
    return [{**variant(flag, name), "rule": rule}, {**last, "name": f"{last['name']} to all"}]


def variant(flag: dict[str, Any], name: str) -> dict[str, Any]:
    value, off = flag["variants"][name], flag.get("disabled", False)
    attributes = dict(flag.get("flagMetadata") or {})
    if isinstance(value, bool) and not off:
        return {"name": name, "enabled": value, "attributeValues": attributes}
    attributes["value"] = json.dumps(value) if isinstance(value, dict) else value
    return {"name": name, "enabled": not off, "attributeValues": attributes}


def attributes_of(variants: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: {} for variant in variants for key in variant["attributeValues"]}


class Recording(FeatureFlagManager):
    """A manager that remembers what context it was last asked with."""

    seen: Any = None

    def evaluate(self, flag: str, context: Any = None, *, default: bool = False) -> Evaluation:
        self.seen = context
        return super().evaluate(flag, context, default=default)


class Witness(Hook):
    """A hook that remembers what it was called with, and adds to the context if told to."""

    def __init__(self, name: str, calls: list[tuple[str, str, Any]], adds: Any = None) -> None:
        self.name, self.calls, self.adds = name, calls, adds

    def before(self, hook_context: Any, hints: Any) -> Any:
        self.calls.append((self.name, "before", None))
        return self.adds

    def after(self, hook_context: Any, details: Any, hints: Any) -> None:
        self.calls.append((self.name, "after", details))

    def error(self, hook_context: Any, exception: Exception, hints: Any) -> None:
        self.calls.append((self.name, "error", exception))

    def finally_after(self, hook_context: Any, details: Any, hints: Any) -> None:
        self.calls.append((self.name, "finally", details))


class World:
    """What the steps of one scenario share."""

    def __init__(self) -> None:
        self.manager = Recording.from_document(document())
        self.client = OpenFeatureClient(domain=None, version=None)
        self.kind, self.key, self.fallback = "Boolean", "boolean-flag", False
        self.attributes: dict[str, Any] = {}
        self.levels: dict[str, dict[str, str]] = {}
        self.order: list[str] = []
        self.calls: list[tuple[str, str, Any]] = []
        self.options = FlagEvaluationOptions()
        self.details: Any = None

    def use(self, kind: str, key: str, fallback: Any) -> None:
        self.kind, self.key, self.fallback = kind.capitalize(), key, fallback

    def evaluate(self) -> None:
        self.details = self.method("")(self.key, self.fallback, self.context(), self.options)

    def method(self, suffix: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(self.client, f"get_{self.kind.lower()}_details{suffix}")
        return found

    def context(self) -> EvaluationContext:
        return EvaluationContext(attributes=self.attributes)


def read(kind: str, text: str) -> Any:
    if text == "null":
        return None
    text = text.replace('\\"', '"')
    return text if kind.capitalize() == "String" else json.loads(text)


def step(sentence: str) -> Callable[[Step], Step]:
    def kept(function: Step) -> Step:
        STEPS.append((re.compile(sentence, re.IGNORECASE | re.DOTALL), function))
        return function

    return kept


@step(r'an? (\w+)-flag with key "(.*)" and a fallback value "(.*)"')
def _(world: World, kind: str, key: str, fallback: str) -> None:
    world.use(kind, key, read(kind, fallback))


@step(r'a context containing a key "(.*)", with type "(.*)" and with value "(.*)"')
def _(world: World, key: str, kind: str, value: str) -> None:
    world.attributes[key] = read(kind, value)


@step(r'a context containing a key "(.*)" with null value')
def _(world: World, key: str) -> None:
    world.attributes[key] = None


@step(r"a (stable|not ready|error|fatal|stale) provider")
def _(world: World, status: str) -> None:
    manager = FeatureFlagManager() if status in ("not ready", "error", "fatal") else world.manager
    if status == "fatal":
        manager.replace("no document")
    if status == "error":
        manager.source_failed(SourceUnreachable("AppConfig did not answer."))
    provider = FlagProvider(manager, ready_within_seconds=60.0 if status == "not ready" else 0.0)
    if status == "not ready":
        api.set_provider(provider)
        return
    with contextlib.suppress(Exception):
        api.set_provider_and_wait(provider)
    if status == "stale":
        manager.source_failed(SourceUnreachable("AppConfig did not answer."))


@step(r"the flag was evaluated with details(?: using the evaluation options)?")
def _(world: World) -> None:
    world.evaluate()


@step(r"the flag was evaluated with details asynchronously")
def _(world: World) -> None:
    pending = world.method("_async")(world.key, world.fallback, world.context())
    world.details = asyncio.run(asyncio.wait_for(pending, timeout=5))


@step(r"the evaluation should complete without blocking")
def _(world: World) -> None:
    assert isinstance(world.details, FlagEvaluationDetails)


@step(r'the resolved (?:details |\w+ |\w+ details )?value should be "?(.*?)"?')
def _(world: World, value: str) -> None:
    assert world.details.value == read(world.kind, value)
    assert type(world.details.value) is type(read(world.kind, value))


@step(r'the reason should be "(.*)"')
def _(world: World, reason: str) -> None:
    assert world.details.reason == reason


@step(r'the error-code should be "(.*)"')
def _(world: World, code: str) -> None:
    assert world.details.error_code == code


@step(r'the flag key should be "(.*)"')
def _(world: World, key: str) -> None:
    assert world.details.flag_key == key


@step(r'the variant should be "(\w+)"')
def _(world: World, name: str) -> None:
    assert world.details.variant == name


@step(r"the resolved metadata should contain")
def _(world: World, table: list[list[str]]) -> None:
    assert world.details.flag_metadata == {key: read(kind, value) for key, kind, value in table[1:]}


@step(r"the resolved metadata is empty")
def _(world: World) -> None:
    assert world.details.flag_metadata == {}


@step(r'the provider status should be "(.*)"')
def _(world: World, status: str) -> None:
    assert world.client.get_provider_status().value == status


@step(r"evaluation options containing specific hooks")
def _(world: World) -> None:
    world.options = FlagEvaluationOptions([Witness("first", world.calls), Witness("second", world.calls)])


@step(r"the specified hooks should execute during evaluation")
def _(world: World) -> None:
    assert {name for name, _, _ in world.calls} == {"first", "second"}


@step(r"the hook order should be maintained")
def _(world: World) -> None:
    assert [(stage, name) for name, stage, _ in world.calls] == [
        ("before", "first"),
        ("before", "second"),
        ("after", "second"),
        ("after", "first"),
        ("finally", "second"),
        ("finally", "first"),
    ]


@step(r"a client with added hook")
def _(world: World) -> None:
    world.client.add_hooks([Witness("client", world.calls)])


@step(r'the "(\w+)" hook should have been executed')
def _(world: World, stage: str) -> None:
    assert stage in [called for _, called, _ in world.calls]


@step(r'the "(.*)" hooks should be called with evaluation details')
def _(world: World, stages: str, table: list[list[str]]) -> None:
    for stage in stages.split(", "):
        details = next(seen for _, called, seen in world.calls if called == stage)
        for kind, key, value in table[1:]:
            assert getattr(details, key) == read(kind, value), key


@step(r'an? (\w+) flag with key "(.*)" is evaluated with (?:details and )?default value "?(.*?)"?')
def _(world: World, kind: str, key: str, default: str) -> None:
    world.use(kind, key, read(kind, default))
    world.evaluate()


@step(r'an object flag with key "(.*)" is evaluated with (?:details and )?a null default value')
def _(world: World, key: str) -> None:
    world.use("Object", key, None)
    world.evaluate()


@step(
    r'the resolved \w+ details value should be "?(.*?)"?, the variant should be "(.*)", '
    r'and the reason should be "(.*)"'
)
def _(world: World, value: str, name: str, reason: str) -> None:
    assert world.details.value == read(world.kind, value)
    assert (world.details.variant, world.details.reason) == (name, reason)


@step(
    r'the resolved object (?:details )?value should be contain fields "(.*)", "(.*)", and "(.*)", '
    r'with values "(.*)", "(.*)" and (\d+), respectively'
)
def _(world: World, *parts: str) -> None:
    values = [read("Boolean", parts[3]), parts[4], int(parts[5])]
    assert world.details.value == dict(zip(parts[:3], values, strict=True))


@step(r'the variant should be "(.*)", and the reason should be "(.*)"')
def _(world: World, name: str, reason: str) -> None:
    assert (world.details.variant, world.details.reason) == (name, reason)


@step(r'context contains keys "fn", "ln", "age", "customer" with values "(.*)", "(.*)", (\d+), "(.*)"')
def _(world: World, first: str, last: str, age: str, customer: str) -> None:
    world.attributes = {"fn": first, "ln": last, "age": int(age), "customer": customer}


@step(r'a flag with key "(.*)" is evaluated with default value "(.*)"')
def _(world: World, key: str, default: str) -> None:
    world.use("String", key, default)
    world.evaluate()


@step(r'the resolved string response should be "(.*)"')
def _(world: World, value: str) -> None:
    assert world.details.value == value


@step(r'the resolved flag value is "(.*)" when the context is empty')
def _(world: World, value: str) -> None:
    world.attributes = {}
    world.evaluate()
    assert world.details.value == value


@step(r'a non-existent string flag with key "(.*)" is evaluated with details and a fallback value "(.*)"')
def _(world: World, key: str, default: str) -> None:
    world.use("String", key, default)
    world.evaluate()


@step(r'a string flag with key "(.*)" is evaluated as an integer, with details and a fallback value (\d+)')
def _(world: World, key: str, default: str) -> None:
    world.use("Integer", key, int(default))
    world.evaluate()


@step(r"the default \w+ value should be returned")
def _(world: World) -> None:
    assert world.details.value == world.fallback


@step(r'the reason should indicate an error and the error code should indicate .* with "(.*)"')
def _(world: World, code: str) -> None:
    assert (world.details.reason, world.details.error_code) == ("ERROR", code)


@step(r"a stable provider with retrievable context is registered")
def _(world: World) -> None:
    api.set_provider_and_wait(FlagProvider(world.manager))
    api.set_transaction_context_propagator(ContextVarsTransactionContextPropagator())


@step(r'a context entry with key "(.*)" and value "(.*)" is added to the "(.*)" level')
def _(world: World, key: str, value: str, level: str) -> None:
    world.levels.setdefault(level, {})[key] = value


@step(r"a table with levels of increasing precedence")
def _(world: World, table: list[list[str]]) -> None:
    world.order = [level for (level,) in table]


@step(
    r'context entries for each level from API level down to the "(.*)" level, with key "(.*)" and value ".*"'
)
def _(world: World, last: str, key: str) -> None:
    for level in world.order[: world.order.index(last) + 1]:
        world.levels[level] = {key: level}


@step(r"some flag was evaluated")
def _(world: World) -> None:
    of = {level: EvaluationContext(attributes=entries) for level, entries in world.levels.items()}
    nothing = EvaluationContext()
    api.set_evaluation_context(of.get("API", nothing))
    api.set_transaction_context(of.get("Transaction", nothing))
    world.client.context = of.get("Client", nothing)
    world.client.add_hooks([Witness("adding", world.calls, of.get("Before Hooks"))])
    world.details = world.client.get_boolean_details("boolean-flag", False, of.get("Invocation", nothing))  # noqa: FBT003 (the SDK's signature)


@step(r'the merged context contains an entry with key "(.*)" and value "(.*)"')
def _(world: World, key: str, value: str) -> None:
    assert world.manager.seen[key] == value


def scenarios() -> Iterator[Any]:
    for feature in TOTALS:
        told = json.loads((DATA / f"spec__gherkin__{feature}.feature.json").read_text("utf-8"))
        for scenario in told["scenarios"]:
            for number, example in enumerate(scenario["examples"] or [{}]):
                steps = [*told["background"], *scenario["steps"]]
                written = [*filled(steps, example)]
                yield pytest.param(scenario["name"], written, id=f"{feature}: {scenario['name']} {number}")


def filled(steps: list[Any], example: dict[str, Any]) -> Iterator[tuple[str, list[list[str]]]]:
    """Each step with its table, the example's values in their places."""
    for place, sentence in enumerate(steps):
        if isinstance(sentence, str):
            said = re.sub(r"<(\w+)>", lambda found: str(example[found[1]]), sentence)
            rows = []
            for row in steps[place + 1 :]:
                if isinstance(row, str):
                    break
                rows.append(row)
            yield said.split(" ", 1)[1], rows


SCENARIOS = list(scenarios())


@pytest.fixture
def world() -> Iterator[World]:
    yield World()
    api.clear_providers()
    api.clear_hooks()
    api.set_evaluation_context(EvaluationContext())
    clear_transaction_context_propagator()


def test_all_scenarios_of_the_specification_are_here() -> None:
    counted = {
        feature: sum(str(case.id).startswith(f"{feature}: ") for case in SCENARIOS) for feature in TOTALS
    }

    assert counted == TOTALS
    assert sum(case.values[0] in NOT_FOR_US for case in SCENARIOS) == 3


@pytest.mark.parametrize(("name", "steps"), [one for one in SCENARIOS if one.values[0] not in NOT_FOR_US])
def test_scenario(world: World, name: str, steps: list[tuple[str, list[list[str]]]]) -> None:
    for sentence, table in steps:
        matching = [(found, run) for pattern, run in STEPS if (found := pattern.fullmatch(sentence))]
        assert matching, f"{name}: nobody knows what is meant by: {sentence}"
        found, run = matching[-1]
        run(world, *found.groups(), *([table] if table else []))
