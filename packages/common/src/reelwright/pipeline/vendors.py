"""The vendors' adapters beside the engines of ours, each imported by the first call that goes to it."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from reelwright.models.manager import Providers
from reelwright.pipeline.lazy import lazy

__all__ = ["with_vendors"]

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
    return replace(
        providers,
        content={
            **providers.content,
            "anthropic": lazy(f"{_ADAPTERS}.anthropic:AnthropicProvider", http),
            "openai": lazy(f"{_ADAPTERS}.openai:OpenAIProvider", http),
            "bedrock": lazy(f"{_ADAPTERS}.bedrock:BedrockProvider", aws),
        },
        audio={
            **providers.audio,
            "polly": lazy(f"{_ADAPTERS}.polly:PollyProvider", aws),
            "elevenlabs": lazy(f"{_ADAPTERS}.elevenlabs:ElevenLabsProvider", http),
        },
        footage={
            **providers.footage,
            "runway": lazy(f"{_ADAPTERS}.runway:RunwayProvider", http, rng),
            "luma": lazy(f"{_ADAPTERS}.luma:LumaProvider", http, rng),
            "bedrock": lazy(f"{_ADAPTERS}.bedrock_video:BedrockFootage", aws, dict(footage_buckets or {})),
        },
    )
