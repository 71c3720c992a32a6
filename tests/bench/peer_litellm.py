"""What LiteLLM's Router takes for a call whose vendor is a stub; run by call_speed in the peers' environment.

Three deployments, each the other's fallback, a custom provider that answers at once, nothing retried and
nobody cooled down, no network: nanoseconds of processor and wall of every call as JSON.
"""

import json
import logging
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
logging.disable(logging.CRITICAL)

import litellm  # noqa: E402 (it would fetch prices from the network without what is set above)
from litellm.types.utils import Choices, Message, ModelResponse, Usage  # noqa: E402 (as above)
from timing import PROMPT, Samples, timed  # noqa: E402 (as above)

NAMES = ("first", "second", "third")
MESSAGES = [{"role": "user", "content": PROMPT}]


class Stub(litellm.CustomLLM):
    """A vendor that answers at once."""

    def completion(self, *_args: object, **_fields: object) -> ModelResponse:
        usage = Usage(prompt_tokens=100, completion_tokens=3, total_tokens=103)
        return ModelResponse(choices=[Choices(message=Message(content="{}"))], usage=usage)


class Away(litellm.CustomLLM):
    """A vendor that is down."""

    def completion(self, *_args: object, **_fields: object) -> ModelResponse:
        raise litellm.InternalServerError("away", llm_provider="away", model="first")


def router(first: str) -> litellm.Router:
    providers = (first, "stub", "stub")
    return litellm.Router(
        model_list=[
            {"model_name": name, "litellm_params": {"model": f"{provider}/{name}"}}
            for name, provider in zip(NAMES, providers, strict=True)
        ],
        fallbacks=[{"first": ["second", "third"]}],
        num_retries=0,
        disable_cooldowns=True,
    )


def main() -> None:
    calls = int(sys.argv[1])
    litellm.suppress_debug_info = True
    litellm.custom_provider_map = [
        {"provider": "stub", "custom_handler": Stub()},
        {"provider": "away", "custom_handler": Away()},
    ]
    well, ill = router("stub"), router("away")
    results: dict[str, Samples] = {
        "answered: LiteLLM Router": timed(lambda _: well.completion("first", MESSAGES), calls),
        "fallback: LiteLLM Router": timed(lambda _: ill.completion("first", MESSAGES), max(20, calls // 4)),
    }
    print(json.dumps(results))


if __name__ == "__main__":
    main()
