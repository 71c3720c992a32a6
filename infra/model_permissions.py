"""What each function may buy: the models of the catalogue for its own service, and nothing beside them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aws_cdk import ArnFormat, Stack

from infra.catalogue import NEED_NO_KEY, Sold, providers_of
from infra.guardrails.grants import Grant

__all__ = ["ModelPermissions"]

_READ_KEY = ("secretsmanager:GetSecretValue",)
_WHICHEVER_TIER = "Operators change tiers at run time, so models of all tiers are named; each by its own ARN."


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPermissions:
    """Grants over vendors, for one environment. Each is a list, so that they add up.

    Operators who name another ``vendor_id`` at run time reach only models that are named here already: for a
    new one of Bedrock the correction goes into the environment's file, and a deploy follows.
    """

    stack: Stack
    models: tuple[Sold, ...]
    secret_arns: Mapping[str, str]
    """Of the providers that have a key, by name."""
    guardrail_id: str | None = None
    """Of the guardrail that the environment's file names, or its ARN."""

    def write(self) -> list[Grant]:
        """Ask writing models: of Bedrock by the ARN of each, of others with their key; and the guardrail."""
        return [*self._invoke(self._of_bedrock("content")), *self._guard(), *self._keys("content")]

    def speak(self) -> list[Grant]:
        """Ask speaking models."""
        sold = any(it.provider == "polly" for it in self.models)
        return [*([_SPEAK] if sold else []), *self._keys("audio")]

    def shoot(self) -> list[Grant]:
        """Order footage and collect it; what Bedrock delivers goes where the caller may write."""
        models = self._of_bedrock("video")
        return [*self._invoke(models), *(self._follow() if models else []), *self._keys("video")]

    def look(self) -> list[Grant]:
        """Ask all providers how they are; nothing that costs money."""
        providers = {it.provider for it in self.models}
        keys = [self.secret_arns[it] for it in sorted(providers - NEED_NO_KEY)]
        return [
            *([_LIST_BEDROCK] if "bedrock" in providers else []),
            *([_LIST_VOICES] if "polly" in providers else []),
            *([Grant("ReadProviderKeys", _READ_KEY, keys)] if keys else []),
        ]

    def _guard(self) -> list[Grant]:
        if self.guardrail_id is None:
            return []
        own = self.guardrail_id.startswith("arn:")
        arn = self.guardrail_id if own else self._arn("guardrail", self.guardrail_id)
        return [Grant("ApplyGuardrail", ["bedrock:ApplyGuardrail"], [arn])]

    def _keys(self, service: str) -> list[Grant]:
        arns = [self.secret_arns[provider] for provider in providers_of(self.models, service)]
        return [Grant("ReadProviderKeys", _READ_KEY, arns)] if arns else []

    def _of_bedrock(self, service: str) -> list[str]:
        return [it.vendor_id for it in self.models if (it.provider, it.service) == ("bedrock", service)]

    def _invoke(self, vendor_ids: Iterable[str]) -> Iterator[Grant]:
        """Yield what asking needs: a model itself, or a profile and what lies behind it, only through it."""
        ids = list(vendor_ids)
        profiles = [it for it in ids if _area(it)]
        models = [self._model(it) for it in ids if it not in profiles]
        if models:
            yield Grant("InvokeModels", ["bedrock:InvokeModel"], models)
        for area in sorted({_area(it) for it in profiles}):
            yield from self._invoke_profiles(area, [it for it in profiles if _area(it) == area])

    def _invoke_profiles(self, area: str, profiles: list[str]) -> Iterator[Grant]:
        arns = [self._arn("inference-profile", it) for it in profiles]
        behind = [it.removeprefix(f"{area}.") for it in profiles]
        title, through = area.title(), {"StringEquals": {"bedrock:InferenceProfileArn": arns}}
        yield Grant(f"Invoke{title}Profiles", ["bedrock:InvokeModel"], arns)
        # A global profile asks the model here and the model "of no region"; others ask in regions of theirs.
        regions = (self.stack.region, "") if area == "global" else ("*",)
        yield Grant(
            f"InvokeBehind{title}Profiles",
            ["bedrock:InvokeModel"],
            [self._model(model, region) for region in regions for model in behind],
            because="" if area == "global" else _REGIONS_OF_ITS_OWN,
            conditions=through,
        )

    def _follow(self) -> list[Grant]:
        return [
            Grant(
                "FollowFootage",
                ["bedrock:GetAsyncInvoke"],
                [self._arn("async-invoke", "*")],
                because="Bedrock names an order when it takes it. Reading one costs nothing.",
            ),
            Grant(
                "FindFootage",
                ["bedrock:ListAsyncInvokes"],
                ["*"],
                because="Listing orders knows no narrower resource; it finds one whose answer was lost.",
            ),
        ]

    def _model(self, vendor_id: str, region: str | None = None) -> str:
        return self._bedrock("foundation-model", vendor_id, account="", region=region)

    def _arn(self, resource: str, name: str) -> str:
        return self._bedrock(resource, name, account=self.stack.account)

    def _bedrock(self, resource: str, name: str, *, account: str, region: str | None = None) -> str:
        return self.stack.format_arn(
            service="bedrock",
            account=account,
            region=self.stack.region if region is None else region,
            resource=resource,
            resource_name=name,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )


_REGIONS_OF_ITS_OWN = (
    "The profile chooses among regions that AWS may add to; the model is the one named, and only through it."
)
_SPEAK = Grant(
    "Speak",
    ["polly:SynthesizeSpeech"],
    ["*"],
    because="Polly knows no resource for speech but lexicons, of which we have none.",
)
_LIST_BEDROCK = Grant(
    "ListBedrock",
    ["bedrock:ListFoundationModels", "bedrock:ListInferenceProfiles"],
    ["*"],
    because="Listing models and profiles knows no narrower resource; it runs none and costs nothing.",
)
_LIST_VOICES = Grant(
    "ListVoices",
    ["polly:DescribeVoices"],
    ["*"],
    because="Polly knows no resource for its voices; listing them costs nothing.",
)


def _area(vendor_id: str) -> str:
    """Return the area of an inference profile, such as ``global`` or ``eu``; nothing of a model itself."""
    first, _, rest = vendor_id.partition(".")
    return first if "." in rest else ""
