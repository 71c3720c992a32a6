"""Models, requests and orders that the tests of Bedrock's adapters make."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from reelwright.models.ports import Call
from reelwright.models.schema import (
    ContentCapabilities,
    ContentRequest,
    Message,
    Model,
    ShotRequest,
    VideoCapabilities,
)
from reelwright.production.schema import Script
from tests.simulators.access import call_to


class NoGraphics(BaseModel):
    """Footage models do not look at it."""


PROMPT = "Topic: How tea is made\nLanguage: en\nTime: 30 seconds, which is about 75 words."

SONNET = Model(
    name="bedrock-claude-sonnet-5-5",
    provider="bedrock",
    service="content",
    vendor_id="global.anthropic.claude-sonnet-5-5",
    tiers=("standard",),
    region="us-west-2",
    content=ContentCapabilities(temperature=False, structured_output=True, max_output_tokens=8000),
)
LITE = Model(
    name="nova-lite",
    provider="bedrock",
    service="content",
    vendor_id="amazon.nova-lite-v1:0",
    tiers=("economy",),
    content=ContentCapabilities(temperature=True, structured_output=False, max_output_tokens=5000),
)
LUMA = Model(
    name="luma-ray2-bedrock",
    provider="bedrock",
    service="video",
    vendor_id="luma.ray-v2:0",
    tiers=("premium",),
    region="us-west-2",
    video=VideoCapabilities(durations_seconds=(5, 9), aspects=("16:9", "9:16", "1:1")),
)
REEL = Model(
    name="nova-reel",
    provider="bedrock",
    service="video",
    vendor_id="amazon.nova-reel-v1:1",
    tiers=("standard",),
    lifecycle="retired",
    region="us-east-1",
    video=VideoCapabilities(durations_seconds=(6,), aspects=("16:9",)),
)


def named(token: str, *endpoints: str) -> Call:
    """Return a call of a name of its own."""
    return call_to(*endpoints, token=token)


def script_request(**changes: Any) -> ContentRequest:
    given = {
        "idempotency_key": "01JPRODUCTION/write",
        "seed": 7,
        "task": "script.write",
        "messages": (Message(role="system", text="You write."), Message(role="user", text=PROMPT)),
        "variables": {"topic": "How tea is made"},
        "output_schema": Script.model_json_schema(),
    }
    return ContentRequest(**{**given, **changes})


def shot_request(work_dir: Path, **changes: Any) -> ShotRequest:
    given = {
        "idempotency_key": "01JPRODUCTION/shoot/1",
        "seed": 7,
        "prompt": "a kettle on a stove, steam rising",
        "graphics": NoGraphics(),
        "width": 960,
        "height": 540,
        "fps": 30,
        "frames": 120,
        "work_dir": work_dir,
    }
    return ShotRequest(**{**given, **changes})
