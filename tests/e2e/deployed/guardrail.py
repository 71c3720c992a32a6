"""A guardrail for the deployed environment, with vendors and a platform, in place of those of the world."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from pydantic import SecretStr

from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.manager import SecretsManager
from tests.e2e.deployed.channels import CLIENT, WAITS, opened, waits_of
from tests.e2e.deployed.checkout import copy_checkout
from tests.e2e.deployed.stack import Stack
from tests.e2e.deployed.vendors import KEY, ids, list_prices, voices
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_guardrail import SimulatedGuardrail
from tests.simulators.openai import OpenAISimulator
from tests.simulators.polly import PollySimulator
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import Answer, Received, Simulator
from tests.simulators.youtube import YouTubeSimulator

GUARDRAIL_ID = "gr1house"
DENIED = "buy shares"
NAMED = f"""
[settings.moderation]
guardrail_id = "{GUARDRAIL_ID}"
guardrail_version = "3"
"""
SETTINGS: dict[str, Any] = {
    "models": {
        "content": {"models": ["gpt-6-luna"]},
        "audio": {"models": ["polly-standard"]},
        "video": {"models": ["runway-gen4-5"]},
    },
    "video": {"footage": "mixed", "provider_every": 20},
    "costs": {"cache_seconds": 0},
    # Chapters before have spent some of the day.
    "budgets": {"per_day_warn_usd": "18.00", "per_day_action_usd": "19.00", "per_day_block_usd": "20.00"},
}
"""Who makes what, so that Bedrock is asked for nothing but its guardrail; a vendor shoots the first scene.

Nothing that was bought before, in other chapters too, spares buying it here.
"""
_OF_THE_WIRE = {"connection", "content-length"}
"""Headers that each connection has anew; all others are passed on, for they are signed."""


class WatchedBedrock(BedrockSimulator):
    """Bedrock, where the emulator says who may ask: it knows the roles of functions, and has no guardrail."""

    def __init__(self, emulator_url: str) -> None:
        super().__init__()
        self.guardrails[GUARDRAIL_ID] = SimulatedGuardrail(version="3", denied={DENIED: "Investment advice"})
        self.statuses: list[int] = []
        """What the emulator answered to each request: 404 to those who may ask, and 403 to others."""
        self._emulator_url = emulator_url

    def answer(self, request: Received) -> Answer:
        """Do what the request asks, if whoever signed it may ask."""
        return self._denied(request) or super().answer(request)

    def _denied(self, request: Received) -> Answer | None:
        headers = {name: value for name, value in request.headers.items() if name not in _OF_THE_WIRE}
        url = f"{self._emulator_url}{request.path}"
        asked = Request(url, request.body, headers, method=request.method)  # noqa: S310 (loopback)
        try:
            with urlopen(asked, timeout=10) as answered:  # noqa: S310 (as above)
                self.statuses.append(answered.status)
        except HTTPError as error:
            with error:
                self.statuses.append(error.code)
                said = {"content-type": "application/json", "x-amzn-errortype": "AccessDeniedException"}
                return Answer(error.code, error.read(), said) if error.code == 403 else None
        return None


@dataclass(frozen=True)
class Guarded:
    """Those whom productions ask here."""

    bedrock: WatchedBedrock
    openai: OpenAISimulator
    polly: PollySimulator
    runway: RunwaySimulator
    youtube: YouTubeSimulator

    @property
    def vendors(self) -> dict[str, Simulator]:
        """Those who ask for money, by the provider's name."""
        return {name: it for name, it in vars(self).items() if name != "youtube"}

    @property
    def bills(self) -> dict[str, int]:
        """What each asks for, in micro-dollars."""
        return {name: it.bill_micro_usd for name, it in self.vendors.items()}

    @property
    def objections(self) -> list[str]:
        """What any of them would not have taken."""
        return [objection for it in vars(self).values() for objection in it.objections]


def name_it(checkout: Path) -> None:
    """Name the guardrail in the file of the environment, in a copy of the checkout."""
    with (checkout / "environments/dev.toml").open("a", encoding="utf-8") as file:
        file.write(NAMED)


def is_named(stack: Stack) -> bool:
    """Tell whether what is deployed lets a function ask the guardrail."""
    told = stack.client("cloudformation").get_template(StackName=stack.cdk.stack)
    return f":guardrail/{GUARDRAIL_ID}" in json.dumps(told["TemplateBody"])


@contextmanager
def guarded(stack: Stack, folder: Path) -> Iterator[Guarded]:
    """Have the environment's file name a guardrail, and lead productions to it; yield whom they ask.

    Where the deploy before named it already, there is no other; whoever deploys next does so from their file.
    """
    if not is_named(stack):
        branch = copy_checkout(folder)
        name_it(branch)
        stack.seconds["deploy with a guardrail"] = replace(stack.cdk, checkout=branch).deploy().seconds
    secrets = SecretsManager(SecretsManagerStore(stack.client("secretsmanager"), stack.names.secrets_prefix))
    secrets.set("platforms/youtube-test", SecretStr(json.dumps(CLIENT)))
    for name in ("openai", "runway"):
        secrets.set(f"providers/{name}", SecretStr(KEY))
    with ExitStack() as entered:
        enter = entered.enter_context
        they = Guarded(
            enter(WatchedBedrock(stack.emulator.url)),
            enter(OpenAISimulator(keys=[KEY], prices=list_prices("openai"), models=ids("openai"))),
            enter(PollySimulator(voices=voices(), prices=list_prices("polly"))),
            enter(RunwaySimulator(keys=[KEY], looks=1, shrink=2)),
            enter(YouTubeSimulator()),
        )
        asked = {name: it.url for name, it in they.vendors.items()}
        enter(opened(stack, they.youtube.url, asked, **SETTINGS))
        enter(waits_of(stack, WAITS))
        yield they
