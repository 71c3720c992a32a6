"""What the sentences of OpenFeature's scenarios mean in Python."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagEvaluationDetails, FlagEvaluationOptions
from openfeature.transaction_context import ContextVarsTransactionContextPropagator

from reelwright.config.errors import SourceUnreachable
from reelwright.flags.manager import FeatureFlagManager
from reelwright.flags.openfeature import FlagProvider
from tests.openfeature.world import Witness, World

__all__ = ["run_step"]

Table = list[list[str]]
Step = Callable[..., None]
STEPS: list[tuple[re.Pattern[str], Step]] = []


def run_step(world: World, sentence: str, table: Table) -> None:
    """Do what a sentence says; AssertionError if it does not hold, or nobody knows what is meant."""
    matching = [(found, run) for pattern, run in STEPS if (found := pattern.fullmatch(sentence))]
    assert matching, f"nobody knows what is meant by: {sentence}"
    found, run = matching[-1]
    run(world, *found.groups(), *([table] if table else []))


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
    world.details = asyncio.run(asyncio.wait_for(pending, timeout=60))


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
