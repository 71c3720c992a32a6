"""ElevenLabs' text to speech over loopback: as strict as its SDK's types, billed by a table of its own."""

import base64
import re
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, get_args, get_type_hints

import numpy as np
from elevenlabs import VoiceSettings
from elevenlabs.text_to_speech.raw_client import RawTextToSpeechClient
from elevenlabs.text_to_speech.types import TextToSpeechConvertWithTimestampsRequestOutputFormat
from pydantic import ValidationError

from tests.simulators.server import Answer, Cut, Fault, Faults, PriceTable, Received, Simulator, json_answer
from tests.simulators.speech_audio import speechlike
from tests.simulators.validation import mismatches

__all__ = ["ELEVENLABS_ERRORS", "ElevenLabsSimulator", "elevenlabs_error"]

_PATH = re.compile(r"/v1/text-to-speech/([A-Za-z0-9]{20})/with-timestamps")
_LIMITS = {"eleven_multilingual_v2": 10_000, "eleven_flash_v2_5": 40_000, "eleven_v3": 5_000}
_CREDITS = {"eleven_flash_v2_5": 0.5}
"""For a character of models that are cheaper than one."""
_FORMATS = get_args(get_args(TextToSpeechConvertWithTimestampsRequestOutputFormat)[0])
_SPEEDS = (0.7, 1.2)

ELEVENLABS_ERRORS: Mapping[Fault, tuple[int, str, str]] = {
    "throttled": (429, "too_many_concurrent_requests", "Too many concurrent requests."),
    "overloaded": (429, "system_busy", "We are experiencing high levels of traffic."),
    "server_error": (500, "internal_error", "Something went wrong."),
    "unauthorised": (401, "invalid_api_key", "Invalid API key {key}"),
    "exhausted": (401, "quota_exceeded", "This request exceeds your quota of 10000."),
    "refusal": (400, "content_against_policy", "The text may be against our policy."),
    "retired": (400, "model_not_found", "A model with this id does not exist."),
}
"""Status, code and message of the answers that are no success."""


class ElevenLabsSimulator(Simulator):
    """Speaks bursts for words, with the times of characters; a credit is a character, or two of Flash.

    ``told`` is false for an account whose answers have no times. ``used`` of ``limit`` credits are spent.
    """

    def __init__(
        self,
        *,
        keys: Sequence[str] = (),
        prices: PriceTable | None = None,
        faults: Faults | None = None,
        told: bool = True,
        used: int = 0,
        limit: int = 10_000,
        cost_header: bool = True,
    ) -> None:
        super().__init__(keys=keys, prices=prices, faults=faults)
        self.told = told
        self.used = used
        self.limit = limit
        self.cost_header = cost_header

    def answer(self, request: Received) -> Answer:
        """Speak, or tell what there is."""
        key = request.headers.get("xi-api-key", "")
        if not key or (self.keys and key not in self.keys):
            return elevenlabs_error(401, "invalid_api_key", f"Invalid API key {key}")
        match request.method, request.path:
            case "GET", "/v1/models":
                return json_answer([_entry(name) for name in _LIMITS])
            case "GET", "/v1/user/subscription":
                return json_answer(
                    {
                        "tier": "creator",
                        "character_count": self.used,
                        "character_limit": self.limit,
                        "max_credit_limit_extension": 0,
                    }
                )
        found = _PATH.fullmatch(request.path)
        if request.method != "POST" or found is None:
            return elevenlabs_error(404, "not_found", "Not Found")
        return self._spoken(request)

    def failing(self, fault: Fault, request: Received) -> Answer | Cut:
        """Fail as ElevenLabs does."""
        if fault in ELEVENLABS_ERRORS:
            status, code, message = ELEVENLABS_ERRORS[fault]
            return elevenlabs_error(status, code, message.format(key=request.headers.get("xi-api-key", "")))
        if fault == "invalid_request":
            detail = [{"type": "missing", "loc": ["body", "text"], "msg": "Field required"}]
            return json_answer({"detail": detail}, 422)
        if fault == "truncated":
            return self._spoken(request, share=0.5)
        if fault == "duplicate_id":
            return self._spoken(request, number=1)
        return super().failing(fault, request)

    def _spoken(self, request: Received, *, share: float = 1.0, number: int | None = None) -> Answer:
        body = request.json
        problems = [*_problems(body), *_of_format(request.query)]
        if problems:
            self.object(*problems)
            return elevenlabs_error(422, "invalid_parameters", "; ".join(problems))
        text, model = body["text"], body["model_id"]
        if len(text) > _LIMITS.get(model, 0):
            return elevenlabs_error(400, "max_character_limit_exceeded", "This request's text is too long.")
        identity = f"req{number or len(self.accepted) + 1:04d}"
        credits_ = ceil(len(text) * _CREDITS.get(model, 1))
        self.take_on(identity, model, {"characters": credits_})
        rate = int(request.query["output_format"].removeprefix("pcm_"))
        pace = (body.get("voice_settings") or {}).get("speed", 1.0)
        pcm, times = speechlike(text.split(), rate, pace=pace)
        pcm = pcm[: int(len(pcm) // 2 * share) * 2]
        alignment = _alignment(text, times) if self.told else None
        answer = {"audio_base64": base64.b64encode(pcm).decode(), "alignment": alignment}
        answer["normalized_alignment"] = alignment
        if not self.cost_header:
            return json_answer(answer, request_id=identity)
        return json_answer(answer, request_id=identity, character_cost=str(credits_))


def elevenlabs_error(status: int, code: str, message: str) -> Answer:
    """Return an error in the vendor's form."""
    return json_answer({"detail": {"status": code, "message": message}}, status, request_id="req_failed")


def _entry(name: str) -> dict[str, Any]:
    return {"model_id": name, "can_do_text_to_speech": name != "eleven_v3", "token_cost_factor": 1.0}


def _problems(body: Mapping[str, Any]) -> list[str]:
    """Measure a body by the parameters that the SDK would put into it."""
    hints = get_type_hints(RawTextToSpeechClient.convert_with_timestamps)
    problems = [f"body.{name}: missing" for name in ("text", "model_id") if name not in body]
    for name, value in body.items():
        if name not in hints or name in {"voice_id", "output_format", "request_options", "return"}:
            problems.append(f"body.{name}: unknown")
        elif name == "voice_settings":
            problems += _of_settings(value)
        else:
            problems += mismatches(value, hints[name], f"body.{name}")
    if not 0 <= body.get("seed", 0) < 2**32:
        problems.append("body.seed: out of range")
    if "multilingual_v2" in body.get("model_id", "") and "language_code" in body:
        problems.append("body.language_code: not supported by this model")
    return problems


def _of_settings(value: Mapping[str, Any]) -> list[str]:
    problems = [
        f"body.voice_settings.{name}: unknown" for name in set(value) - set(VoiceSettings.model_fields)
    ]
    try:
        VoiceSettings.model_validate(value)
    except ValidationError as error:
        problems.append(f"body.voice_settings: {error}")
    if not _SPEEDS[0] <= value.get("speed", 1.0) <= _SPEEDS[1]:
        problems.append("body.voice_settings.speed: out of range")
    return problems


def _of_format(query: Mapping[str, str]) -> list[str]:
    chosen = query.get("output_format", "mp3_44100_128")
    problems = [] if chosen in _FORMATS else [f"query.output_format: {chosen!r} is unknown"]
    problems += [] if chosen.startswith("pcm_") else [f"the simulator has no {chosen}"]
    return problems + [f"query.{name}: unknown" for name in set(query) - {"output_format", "enable_logging"}]


def _alignment(text: str, times: Sequence[tuple[float, float]]) -> dict[str, list[Any]]:
    """Share the time of a word among its characters; what is between words has the time between them."""
    starts, ends = np.zeros(len(text)), np.zeros(len(text))
    at = 0.0
    for found, (start, end) in zip(re.finditer(r"\S+", text), times, strict=True):
        first, last = found.span()
        edges = np.linspace(start, end, last - first + 1)
        starts[first:last], ends[first:last] = edges[:-1], edges[1:]
        at = end
        starts[last:], ends[last:] = at, at
    return {
        "characters": list(text),
        "character_start_times_seconds": np.round(starts, 4).tolist(),
        "character_end_times_seconds": np.round(ends, 4).tolist(),
    }
