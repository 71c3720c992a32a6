"""A Polly to speak with, its region simulated, and requests for it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from reelwright.models.http import HttpClient
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.providers.polly import PollyProvider
from reelwright.models.schema import AudioCapabilities, Model, SpeechRequest
from reelwright.models.speech.decoding import Decoder
from reelwright.models.voices import Voice
from tests.simulators.polly import PollySimulator

ENGINES = ("standard", "neural", "long-form", "generative")

VOICES = (
    Voice(
        name="ruth", provider="polly", vendor_id="Ruth", languages=("en-US",), engines=ENGINES[1:], source="t"
    ),
    Voice(
        name="joanna",
        provider="polly",
        vendor_id="Joanna",
        languages=("en-US",),
        engines=("standard",),
        source="t",
    ),
    Voice(
        name="vicki",
        provider="polly",
        vendor_id="Vicki",
        languages=("de-DE",),
        engines=("neural",),
        source="t",
    ),
)

STORY = (
    "Dr. Smith found 3.5 million stars — all of them young. Nobody had looked before!",
    "Twenty-one others, she said, were “old & tired”; <b>why</b>? SQL knows.",
    "The end.",
)


def model(engine: str = "neural", *, region: str = "us-east-1", timings: Any = None) -> Model:
    timings = timings or ("aligned" if engine == "generative" else "exact")
    return Model(
        name=f"polly-{engine}",
        provider="polly",
        service="audio",
        vendor_id=engine,
        tiers=("standard",),
        region=region,
        audio=AudioCapabilities(engine=engine, word_timings=timings, ssml=True),
    )


def request(work_dir: Path, passages: Sequence[str] = STORY, **more: Any) -> SpeechRequest:
    facts: dict[str, Any] = {"voice": "ruth", "language": "en"} | more
    return SpeechRequest(
        idempotency_key="p/narrate", seed=1, passages=tuple(passages), work_dir=work_dir, **facts
    )


def provider(
    simulator: PollySimulator,
    decode: Decoder | None = None,
    *,
    client_for: Callable[[str, str, str], Any] | None = None,
) -> PollyProvider:
    calls = AwsCalls(HttpClient(), client_for or (lambda *_: simulator.client()))
    return PollyProvider(calls, decode, voices=VOICES)
