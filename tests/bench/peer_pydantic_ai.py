"""What pydantic-ai's FallbackModel takes for a call; run by call_speed in the peers' environment.

Three FunctionModels that answer at once, no network: nanoseconds of processor and wall of every call as JSON.
Once as people call it, through an Agent, and once the model's bare ``request``, which only chooses and asks:
no run, no validation of the output, no count of usage.
"""

import asyncio
import json
import sys
from typing import Any

from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.fallback import FallbackModel
from pydantic_ai.models.function import FunctionModel
from timing import PROMPT, Samples, timed


def answer(*_: Any) -> ModelResponse:
    return ModelResponse(parts=[TextPart("{}")])


def fail(*_: Any) -> ModelResponse:
    raise ModelHTTPError(503, "first")


def bare(model: FallbackModel, loop: asyncio.AbstractEventLoop, calls: int) -> Samples:
    asked, parameters = [ModelRequest.user_text_prompt(PROMPT)], ModelRequestParameters()
    return timed(lambda _: loop.run_until_complete(model.request(asked, None, parameters)), calls)


def main() -> None:
    calls = int(sys.argv[1])
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    results: dict[str, Samples] = {}
    for case, first in (("answered", answer), ("fallback", fail)):
        model = FallbackModel(FunctionModel(first), FunctionModel(answer), FunctionModel(answer))
        agent = Agent(model)
        results |= {
            f"{case}: pydantic-ai Agent": timed(lambda _, agent=agent: agent.run_sync(PROMPT), calls),
            f"{case}: pydantic-ai FallbackModel.request": bare(model, loop, calls),
        }
    print(json.dumps(results))


if __name__ == "__main__":
    main()
