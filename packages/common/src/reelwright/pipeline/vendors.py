"""The vendors' adapters beside the engines of ours, each imported by the first call that goes to it."""

from collections.abc import Mapping
from importlib import import_module
from random import Random
from typing import Any

from reelwright.models.guarding import GUARDRAIL
from reelwright.models.manager import Providers
from reelwright.pipeline.lazy import lazy

__all__ = ["polly_over", "with_vendors"]

_ADAPTERS = "reelwright.models.providers"


def with_vendors(
    providers: Providers, *, rng: Random, footage_buckets: Mapping[str, str] | None = None
) -> Providers:
    """Return the providers with every vendor's adapter among them.

    ``footage_buckets`` maps regions to buckets that Bedrock may deliver to; without one for a model's region
    it is not asked. All adapters share one HTTP client, and so its connections.
    """
    http = lazy("reelwright.models.http:HttpClient")
    aws = lazy(f"{_ADAPTERS}.bedrock_calls:AwsCalls", http)
    anthropic = lazy(f"{_ADAPTERS}.anthropic:AnthropicProvider", http)
    openai = lazy(f"{_ADAPTERS}.openai:OpenAIProvider", http)
    polly = lazy("reelwright.pipeline.vendors:polly_over", aws)
    elevenlabs = lazy(f"{_ADAPTERS}.elevenlabs:ElevenLabsProvider", http)
    runway = lazy(f"{_ADAPTERS}.runway:RunwayProvider", http, rng)
    luma = lazy(f"{_ADAPTERS}.luma:LumaProvider", http, rng)
    return Providers(
        content={
            **providers.content,
            "anthropic": anthropic,
            "openai": openai,
            "bedrock": lazy(f"{_ADAPTERS}.bedrock:BedrockProvider", aws),
            GUARDRAIL: lazy(f"{_ADAPTERS}.bedrock_guardrail:BedrockGuardrail", aws),
        },
        audio={**providers.audio, "polly": polly, "elevenlabs": elevenlabs},
        video=providers.video,
        footage={
            **providers.footage,
            "runway": runway,
            "luma": luma,
            "bedrock": lazy(f"{_ADAPTERS}.bedrock_video:BedrockFootage", aws, dict(footage_buckets or {})),
        },
        probes={
            **providers.probes,
            "anthropic": anthropic,
            "openai": openai,
            "bedrock": lazy(f"{_ADAPTERS}.bedrock_probe:BedrockProbe", aws),
            "polly": polly,
            "elevenlabs": elevenlabs,
            "runway": runway,
            "luma": luma,
        },
    )


def polly_over(aws: Any) -> Any:
    """Return the adapter of Polly, with whatever this process has to decode sound."""
    # Named by path like every adapter: importing one here would let anybody pay past the route.
    decoder = import_module("reelwright.models.speech.decoding").find_decoder()
    return import_module(f"{_ADAPTERS}.polly").PollyProvider(aws, decoder)
