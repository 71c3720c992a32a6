"""What others take to evaluate the flag of flag_scene; run by flag_speed in the peers' environment.

Each has the same three rules in its own words, everything already loaded, contexts made beforehand, events
off, no network: nanoseconds of processor time by block, and how often each answer came, as JSON.
"""

import json
import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ldclient
import mmh3
from aws_lambda_powertools.utilities.feature_flags import FeatureFlags, StoreProvider
from flag_scene import DOMAIN, FLAG, PERCENT, PLANS, USERS, timed
from growthbook import GrowthBook, core
from growthbook.common_types import EvaluationContext as GrowthBookContext
from growthbook.common_types import Feature, GlobalContext, Options, StackContext, UserContext
from ldclient.integrations import Files
from openfeature import api
from openfeature.contrib.provider.flagd import FlagdProvider
from openfeature.contrib.provider.flagd.config import ResolverType
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

Peer = tuple[Callable[[Any], Any], Sequence[Any]]
CONTEXTS = [EvaluationContext(user["id"], user) for user in USERS]
GROWTHBOOK: dict[str, Any] = {
    "defaultValue": "D",
    "rules": [
        {"condition": {"country": "DE", "age": {"$gte": 18}}, "force": "A"},
        {
            "condition": {"$or": [{"email": {"$regex": f"{re.escape(DOMAIN)}$"}}, {"plan": {"$in": PLANS}}]},
            "force": "B",
        },
        {"coverage": PERCENT / 100, "hashAttribute": "id", "seed": "s", "hashVersion": 2, "force": "C"},
    ],
}
FLAGD: dict[str, Any] = {
    "state": "ENABLED",
    "variants": {name: name for name in "ABCD"},
    "defaultVariant": "D",
    "targeting": {
        "if": [
            {"and": [{"==": [{"var": "country"}, "DE"]}, {">=": [{"var": "age"}, 18]}]},
            "A",
            {"or": [{"ends_with": [{"var": "email"}, DOMAIN]}, {"in": [{"var": "plan"}, PLANS]}]},
            "B",
            {"fractional": [{"var": "id"}, ["C", PERCENT], ["D", 100 - PERCENT]]},
        ]
    },
}
LAUNCHDARKLY: dict[str, Any] = {
    "key": FLAG,
    "version": 1,
    "on": True,
    "variations": list("ABCD"),
    "salt": "s",
    "fallthrough": {
        "rollout": {
            "variations": [
                {"variation": 2, "weight": PERCENT * 1000},
                {"variation": 3, "weight": (100 - PERCENT) * 1000},
            ]
        }
    },
    "rules": [
        {
            "id": "grown-ups",
            "variation": 0,
            "clauses": [
                {"attribute": "country", "op": "in", "values": ["DE"]},
                {"attribute": "age", "op": "greaterThanOrEqual", "values": [18]},
            ],
        },
        {
            "id": "domain",
            "variation": 1,
            "clauses": [{"attribute": "email", "op": "endsWith", "values": [DOMAIN]}],
        },
        {"id": "plan", "variation": 1, "clauses": [{"attribute": "plan", "op": "in", "values": PLANS}]},
    ],
}
"""A rule of LaunchDarkly has no "or", so it needs three for two; its percentage is what is left."""
POWERTOOLS: dict[str, Any] = {
    FLAG: {
        "boolean_type": False,
        "default": "D",
        "rules": {
            "grown-ups": {
                "when_match": "A",
                "conditions": [
                    {"action": "EQUALS", "key": "country", "value": "DE"},
                    {"action": "KEY_GREATER_THAN_OR_EQUAL_VALUE", "key": "age", "value": 18},
                ],
            },
            "domain": {
                "when_match": "B",
                "conditions": [{"action": "ENDSWITH", "key": "email", "value": DOMAIN}],
            },
            "plan": {
                "when_match": "B",
                "conditions": [{"action": "KEY_IN_VALUE", "key": "plan", "value": PLANS}],
            },
            "some": {
                "when_match": "C",
                "conditions": [
                    {
                        "action": "MODULO_RANGE",
                        "key": "number",
                        "value": {"BASE": 100, "START": 0, "END": PERCENT - 1},
                    }
                ],
            },
        },
    }
}
"""It has no "or" in a rule, and no hash: people have a number."""


class Memory(StoreProvider):
    """Powertools' store, when what it fetches is at hand."""

    @property
    def get_raw_configuration(self) -> dict[str, Any]:
        return POWERTOOLS

    def get_configuration(self) -> dict[str, Any]:
        return POWERTOOLS


def main() -> None:
    logging.disable(logging.CRITICAL)
    with TemporaryDirectory() as folder:
        peers: dict[str, Callable[[], Peer]] = {
            "floor: closure and mmh3": lambda: (by_hand, USERS),
            "GrowthBook, set_attributes and feature value": growthbook,
            "GrowthBook core, people made before": growthbook_core,
            "Powertools FeatureFlags, schema in memory": powertools,
            "LaunchDarkly, flags in a file": lambda: launchdarkly(Path(folder, "launchdarkly.json")),
            "OpenFeature, InMemoryProvider and closure": in_memory,
            "OpenFeature, flagd in process, flags in a file": lambda: flagd(Path(folder, "flagd.json")),
        }
        print(json.dumps({name: timed(*make()) for name, make in peers.items()}))
    ldclient.get().close()
    api.shutdown()


def by_hand(user: dict[str, Any]) -> str:
    if user["country"] == "DE" and user["age"] >= 18:
        return "A"
    if user["email"].endswith(DOMAIN) or user["plan"] in PLANS:
        return "B"
    return "C" if mmh3.hash("s" + user["id"], signed=False) < PERCENT * 2**32 // 100 else "D"


def growthbook() -> Peer:
    client = GrowthBook(features={FLAG: GROWTHBOOK})

    def answer(user: dict[str, Any]) -> Any:
        client.set_attributes(user)
        return client.get_feature_value(FLAG, "none")

    return answer, USERS


def growthbook_core() -> Peer:
    everything = GlobalContext(options=Options(), features={FLAG: Feature(**GROWTHBOOK)})
    people = [UserContext(attributes=user) for user in USERS]

    def answer(person: UserContext) -> Any:
        context = GrowthBookContext(user=person, global_ctx=everything, stack=StackContext())
        return core.eval_feature(FLAG, context).value

    return answer, people


def powertools() -> Peer:
    flags = FeatureFlags(store=Memory())
    return lambda user: flags.evaluate(name=FLAG, context=user, default="none"), USERS


def launchdarkly(file: Path) -> Peer:
    file.write_text(json.dumps({"flags": {FLAG: LAUNCHDARKLY}}), encoding="utf-8")
    source = Files.new_data_source(paths=[str(file)])
    options: dict[str, Any] = {"send_events": False, "diagnostic_opt_out": True}
    ldclient.set_config(ldclient.Config("none", update_processor_class=source, **options))
    client, contexts = ldclient.get(), []
    for user in USERS:
        builder = ldclient.Context.builder(user["id"])
        for name, value in user.items():
            builder.set(name if name != "id" else "user", value)
        contexts.append(builder.build())
    return lambda context: client.variation(FLAG, context, "none"), contexts


def in_memory() -> Peer:
    def resolved(_flag: InMemoryFlag[str], context: EvaluationContext) -> FlagResolutionDetails[str]:
        name = by_hand(context.attributes)
        return FlagResolutionDetails(value=name, variant=name)

    flag = InMemoryFlag("D", {name: name for name in "ABCD"}, context_evaluator=resolved)
    api.set_provider_and_wait(InMemoryProvider({FLAG: flag}), "memory")
    client = api.get_client("memory")
    return lambda context: client.get_string_value(FLAG, "none", context), CONTEXTS


def flagd(file: Path) -> Peer:
    file.write_text(json.dumps({"flags": {FLAG: FLAGD}}), encoding="utf-8")
    provider = FlagdProvider(resolver_type=ResolverType.FILE, offline_flag_source_path=str(file))
    api.set_provider_and_wait(provider, "flagd")
    client = api.get_client("flagd")
    return lambda context: client.get_string_value(FLAG, "none", context), CONTEXTS


if __name__ == "__main__":
    main()
