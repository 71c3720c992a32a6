"""Buying speech from Polly, piece by piece: what was paid for is counted, and is not paid for twice."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reelwright.cost.schema import Usage
from reelwright.models.errors import AnswerRejected, ProviderFailed, ProviderTimedOut
from reelwright.models.ports import Call
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.providers.polly_errors import failure_of
from reelwright.models.speech.keeping import Kept
from reelwright.models.speech.ssml import Rendered
from reelwright.models.voices import ResolvedVoice
from reelwright.resilience.deadline import DeadlineExceeded

__all__ = ["MARKS", "Format", "Purchase"]


@dataclass(frozen=True, slots=True)
class Format:
    """What is asked for: Polly's name for it, a rate in Hz if it is sound, and how its answer begins."""

    name: str
    rate: int
    content_type: str


MARKS: Final = Format("json", 0, "application/x-json-stream")
"""Speech marks instead of sound."""


@dataclass(slots=True)
class Purchase:
    """What one attempt buys with one voice, and what that is billed."""

    aws: AwsCalls
    region: str
    engine: str
    voice: ResolvedVoice
    call: Call
    kept: Kept
    billed_characters: int = field(default=0, init=False)

    @property
    def usage(self) -> tuple[Usage, ...]:
        """What was billed so far, speech marks included; nothing if nothing was."""
        billed = self.billed_characters
        return (Usage(unit="characters", quantity=billed),) if billed else ()

    def buy(self, rendered: Rendered, form: Format) -> bytes:
        """Return what Polly answers, or what it answered before; ProviderFailed with all that was billed."""
        parameters = self._parameters(rendered, form)
        key = self._key(parameters)
        if (kept := self.kept.get(key)) is not None:
            return kept
        answer = self._asked(parameters)
        self.billed_characters += int(answer.get("RequestCharacters") or rendered.billed_characters)
        content: bytes = answer["AudioStream"].read()
        kind = str(answer.get("ContentType", ""))
        if not content or not kind.startswith(form.content_type):
            raise self.rejected(f"{len(content)} bytes of {kind or 'nothing'} instead of {form.name}")
        return content

    def keep(self, rendered: Rendered, form: Format, content: bytes) -> None:
        """Keep an answer that has proved to be good."""
        self.kept.put(self._key(self._parameters(rendered, form)), content)

    def rejected(self, why: str) -> AnswerRejected:
        """Return the error for an answer that is none, with all that was billed."""
        return AnswerRejected(
            f"Amazon Polly's answer cannot be used: {why}.",
            next_step="Try again, or ask another audio model.",
            accepted="yes",
            usage=self.usage,
        )

    def _asked(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        try:
            self.call.deadline.check("speech from Amazon Polly")
            return self.aws.ask(
                "polly",
                "synthesize_speech",
                parameters,
                region=self.region,
                deadline=self.call.deadline,
                buying="answer",
                subject=f"speech of the engine {self.engine}",
                endpoints=self.call.access.endpoints,
                explain=failure_of,
            )
        except DeadlineExceeded as error:
            raise self._billed(ProviderTimedOut(error.message, next_step=error.next_step)) from error
        except ProviderFailed as error:
            raise self._billed(error) from error.__cause__

    def _billed(self, failure: ProviderFailed) -> ProviderFailed:
        """Add to a failure what earlier pieces cost: money is spent, though this piece was refused."""
        failure.usage = self.usage
        if failure.usage and failure.accepted == "no":
            failure.accepted = "yes"
        return failure

    def _parameters(self, rendered: Rendered, form: Format) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "Text": rendered.text,
            "TextType": "ssml",
            "Engine": self.engine,
            "VoiceId": self.voice.vendor_id,
            "LanguageCode": self.voice.language_code,
            "OutputFormat": form.name,
        }
        return asked | ({"SampleRate": str(form.rate)} if form.rate else {"SpeechMarkTypes": ["word"]})

    def _key(self, parameters: Mapping[str, Any]) -> str:
        whole = json.dumps([self.region, parameters], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()
