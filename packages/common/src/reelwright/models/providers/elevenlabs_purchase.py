"""Buying speech from ElevenLabs, piece by piece: what was paid for is counted, and is not paid for twice."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reelwright.cost.schema import Usage
from reelwright.models.addresses import join
from reelwright.models.alignment import align
from reelwright.models.errors import ProviderFailed, ProviderTimedOut
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.models.outcomes import Dialect, Rule, ask, failed, request_id_of
from reelwright.models.ports import Call
from reelwright.models.providers.elevenlabs_text import SentText, Times, times_of
from reelwright.models.schema import Model, SpeechRequest
from reelwright.models.speech.joining import Take, peak_of
from reelwright.models.speech.keeping import Kept
from reelwright.models.voices import ResolvedVoice
from reelwright.resilience.deadline import DeadlineExceeded

__all__ = ["ELEVENLABS_DIALECT", "ELEVENLABS_URL", "Piece", "Purchase"]

ELEVENLABS_URL = "https://api.elevenlabs.io"

ELEVENLABS_DIALECT = Dialect(
    vendor="elevenlabs",
    codes=(("detail", "status"), ("detail", "code"), ("detail", "type")),
    messages=(("detail", "message"), ("detail",), ("message",)),
    rules=(
        # A quota that is used up, of the account or of one key, comes as 401, beside keys that are wrong.
        Rule("exhausted", codes=("quota_exceeded", "insufficient_credits")),
        Rule("throttled", codes=("too_many_concurrent_requests", "concurrent_limit_exceeded")),
        Rule("unavailable", codes=("system_busy",)),
        Rule("refused", codes=("content_against_policy",)),
        Rule("retired", codes=("model_not_found", "model_deprecated")),
        Rule("callers_fault", codes=("voice_not_found", "max_character_limit_exceeded", "text_too_long")),
        Rule("misconfigured", statuses=(404,), next_step="Check providers.elevenlabs.endpoints."),
    ),
)
"""The codes of help.elevenlabs.io (errors 400, 401 and 429). Those of moderation and of models that are gone
are from memory: where they are others, the status decides, and another model is asked all the same."""

_RATE: Final = 24_000
_FORMAT: Final = "pcm_24000"
_MAX_BYTES: Final = 64 * 1024 * 1024
_SEEDS: Final = 2**32
_FAINTEST: Final = 33
"""Peak, of 32,768, below which an answer is no speech: -60 dBFS."""
_TIMES_TOLERANCE_SECONDS: Final = 0.1
"""By which the times of characters may go beyond the sound; they are rounded, and frames are cut."""
_FINDS_LANGUAGE: Final = "multilingual_v2"
"""In names of models that find the language out by themselves, and take none (their SDK says so)."""
_NO_CONTEXT: Final = "eleven_v3"
"""Takes no text before and after [MEM]."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One request: its passage, what is said, and what is said before and after it."""

    passage: int
    sent: SentText
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Purchase:
    """What one attempt buys with one voice, and what that is billed."""

    http: HttpClient
    model: Model
    request: SpeechRequest
    voice: ResolvedVoice
    rate: float
    call: Call
    kept: Kept
    billed_characters: int = field(default=0, init=False)
    all_told: bool = field(default=True, init=False)
    """Whether the vendor told the times of all words so far."""

    @property
    def usage(self) -> tuple[Usage, ...]:
        """What was billed so far; nothing if nothing was."""
        billed = self.billed_characters
        return (Usage(unit="characters", quantity=billed),) if billed else ()

    def take(self, piece: Piece) -> Take:
        """Return the sound of a piece and its words; ProviderFailed with all that was billed."""
        body = self._body(piece)
        key = hashlib.sha256(json.dumps([self.voice.vendor_id, body], sort_keys=True).encode()).hexdigest()
        kept = self.kept.get(key)
        content = kept if kept is not None else self._asked(piece, body)
        data = self._object(content)
        pcm = self._sound(data)
        words = self._words(piece, data, pcm)
        if kept is None:
            self.kept.put(key, content)
        return Take(pcm, _RATE, words)

    def _body(self, piece: Piece) -> dict[str, Any]:
        vendor_id = self.model.vendor_id
        body: dict[str, Any] = {
            "text": piece.sent.text,
            "model_id": vendor_id,
            "seed": self.request.seed % _SEEDS,
        }
        if _FINDS_LANGUAGE not in vendor_id:
            body["language_code"] = self.voice.language_code.partition("-")[0]
        if not vendor_id.startswith(_NO_CONTEXT):
            around = {"previous_text": piece.before, "next_text": piece.after}
            body |= {name: text for name, text in around.items() if text}
        if self.rate != 1:
            body["voice_settings"] = {"speed": self.rate}
        return body

    def _asked(self, piece: Piece, body: Mapping[str, Any]) -> bytes:
        path = ("v1", "text-to-speech", self.voice.vendor_id, "with-timestamps")

        def send(base: str, key: str) -> HttpAnswer:
            return self.http.send(
                "POST",
                join(base, *path, query={"output_format": _FORMAT}),
                headers={"xi-api-key": key},
                json=body,
                deadline=self.call.deadline,
                max_bytes=_MAX_BYTES,
            )

        try:
            self.call.deadline.check("speech from ElevenLabs")
            answer = ask(self.call, ELEVENLABS_DIALECT, ELEVENLABS_URL, send)
        except DeadlineExceeded as error:
            raise self._billed(ProviderTimedOut(error.message, next_step=error.next_step)) from error
        except ProviderFailed as error:
            raise self._billed(error) from error.__cause__
        self.billed_characters += _cost(answer, len(piece.sent.text))
        if answer.content_type != "application/json":
            raise self._rejected("is no JSON", request_id_of(answer, ELEVENLABS_DIALECT))
        return answer.body

    def _billed(self, failure: ProviderFailed) -> ProviderFailed:
        """Add to a failure what earlier pieces cost: money is spent, though this piece was refused."""
        failure.usage = self.usage
        if failure.usage and failure.accepted == "no":
            failure.accepted = "yes"
        return failure

    def _rejected(self, why: str, request_id: str = "") -> ProviderFailed:
        return failed(
            "rejected",
            ELEVENLABS_DIALECT,
            f"gave an answer that {why}.",
            accepted="yes" if self.usage else "no",
            usage=self.usage,
            request_id=request_id,
        )

    def _object(self, content: bytes) -> dict[str, Any]:
        try:
            data = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self._rejected("is broken JSON") from error
        if not isinstance(data, dict):
            raise self._rejected("is no object")
        return data

    def _sound(self, data: Mapping[str, Any]) -> bytes:
        try:
            pcm = base64.b64decode(data["audio_base64"], validate=True)
        except (KeyError, TypeError, binascii.Error, ValueError) as error:
            raise self._rejected("holds no sound") from error
        if not pcm or len(pcm) % 2:
            raise self._rejected("holds broken samples")
        if peak_of(pcm) < _FAINTEST:
            raise self._rejected("is silent")
        return pcm

    def _words(self, piece: Piece, data: Mapping[str, Any], pcm: bytes) -> tuple[tuple[int, int], ...]:
        """Return the words in samples, as the vendor tells them or, if it tells of another text, as found."""
        times = times_of(data.get("alignment"), piece.sent)
        if times and times[-1][1] > len(pcm) / 2 / _RATE + _TIMES_TOLERANCE_SECONDS:
            raise self._rejected("ends before its last word")
        if times is None:
            self.all_told = False
            times = _found(pcm, piece.sent.words)
        last = len(pcm) // 2
        return tuple((min(round(start * _RATE), last), min(round(end * _RATE), last)) for start, end in times)


def _found(pcm: bytes, words: Sequence[str]) -> Times:
    import numpy as np  # noqa: PLC0415 (part of the optional render and speech groups)

    return align(np.frombuffer(pcm, dtype="<i2"), _RATE, words)


def _cost(answer: HttpAnswer, characters: int) -> int:
    """Return the credits of an answer: as its header says, else one for each character."""
    said = answer.headers.get("character-cost", "")
    return int(said) if said.isascii() and said.isdigit() else characters
