"""Amazon Polly over loopback HTTP: SynthesizeSpeech and DescribeVoices as boto3 sends them.

The sound is speech-like (``speech_audio.py``), and the speech marks tell where every word of it is. Requests
are held against botocore's own model of the service, and against the developer guide where that says more.
"""

import io
import json
import wave
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.validate import ParamValidator

from tests.simulators.polly_ssml import Heard, InvalidSsml, read_plain, read_ssml
from tests.simulators.server import Answer, Cut, Fault, Received, Simulator
from tests.simulators.speech_audio import LEAD_SECONDS, speechlike

__all__ = ["VOICES", "PollySimulator", "spoken_times"]

_MODEL = botocore.session.get_session().get_service_model("polly")
_MARKED = {"standard", "neural", "long-form"}
_RATES = {
    "pcm": {"8000", "16000"},
    "mp3": {"8000", "16000", "22050", "24000", "44100", "48000"},
    "ogg_vorbis": {"8000", "16000", "22050", "24000", "44100", "48000"},
    "ogg_opus": {"48000"},
    "mulaw": {"8000"},
    "alaw": {"8000"},
}
_TYPES = {
    "pcm": "audio/pcm",
    "mp3": "audio/mpeg",
    "ogg_vorbis": "audio/ogg",
    "json": "application/x-json-stream",
}
_BILLED_LIMIT = 3_000
_LIMIT = 6_000
_PAGE = 3

_REFUSALS: Mapping[Fault, tuple[int, str, str]] = {
    "throttled": (400, "ThrottlingException", "Rate exceeded"),
    "server_error": (500, "ServiceFailureException", "An unknown condition caused a failure"),
    "overloaded": (503, "ServiceUnavailableException", ""),
    "unauthorised": (403, "UnrecognizedClientException", "The security token is invalid"),
    "invalid_request": (400, "InvalidSsmlException", "Invalid SSML request"),
}

VOICES: Mapping[str, tuple[str, Sequence[str]]] = {
    "Danielle": ("en-US", ("neural", "long-form", "generative")),
    "Ivy": ("en-US", ("neural", "standard")),
    "Joanna": ("en-US", ("neural", "standard", "generative")),
    "Matthew": ("en-US", ("neural", "standard", "generative")),
    "Ruth": ("en-US", ("neural", "long-form", "generative")),
    "Amy": ("en-GB", ("neural", "standard", "generative")),
    "Vicki": ("de-DE", ("neural", "standard", "generative")),
    "Kajal": ("en-IN", ("neural", "generative")),
}
"""Some of Polly's voices, by id: language and engines."""
_ALSO = {"Kajal": ["hi-IN"]}


class PollySimulator(Simulator):
    """One region of Polly. ``take_on`` gets the characters it bills, counted without our help."""

    def __init__(self, *, voices: Mapping[str, tuple[str, Sequence[str]]] = VOICES, **options: Any) -> None:
        super().__init__(**options)
        self.voices = voices
        self.tells_characters = True
        """Whether the answer has the header with the billed characters."""

    def client(self, *, endpoint: str = "", read_seconds: float = 5.0) -> Any:
        """Return a real boto3 client of this region that tries once."""
        return boto3.client(
            "polly",
            endpoint_url=endpoint or self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 (no real key)
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=read_seconds),
        )

    def answer(self, request: Received) -> Answer:
        if not request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
            self.object("the request is not signed")
        match request.method, request.path:
            case "POST", "/v1/speech":
                return self._synthesize(request.json)
            case "GET", "/v1/voices":
                return self._describe(request.query)
        self.object(f"no such operation: {request.method} {request.path}")
        return refused(404, "ResourceNotFoundException")

    def failing(self, fault: Fault, request: Received) -> Answer | Cut:
        if fault in _REFUSALS:
            return refused(*_REFUSALS[fault])
        if fault in ("truncated", "malformed"):
            good = self.answer(request)
            kept = 0 if fault == "truncated" else len(good.body) // 2 | 1
            return Answer(good.status, good.body[:kept], good.headers)
        return super().failing(fault, request)

    def _synthesize(self, body: dict[str, Any]) -> Answer:
        self.object(*_wrongs(body, _MODEL.operation_model("SynthesizeSpeech").input_shape))
        if refusal := self._refusal(body):
            return refused(400, *refusal)
        engine = body.get("Engine", "standard")
        try:
            heard = (
                read_ssml(body["Text"], engine)
                if body.get("TextType") == "ssml"
                else read_plain(body["Text"])
            )
        except InvalidSsml as error:
            return refused(400, "InvalidSsmlException", f"Invalid SSML request: {error}")
        if heard.characters > _BILLED_LIMIT or len(body["Text"]) > _LIMIT:
            return refused(400, "TextLengthExceededException", "Maximum text length has been exceeded")
        self.take_on(f"{len(self.accepted)}", engine, {"characters": heard.characters})
        headers = {"content-type": _TYPES[body["OutputFormat"]]}
        if self.tells_characters:
            headers["x-amzn-RequestCharacters"] = str(heard.characters)
        return Answer(200, _output(body, heard), headers)

    def _refusal(self, body: dict[str, Any]) -> tuple[str, str] | None:
        engine, form, voice = body.get("Engine", "standard"), body["OutputFormat"], body["VoiceId"]
        language, engines = self.voices.get(voice, ("", ()))
        marks = body.get("SpeechMarkTypes", [])
        rules = (
            (engine not in engines, "EngineNotSupportedException"),
            (
                body.get("LanguageCode", language) not in (language, *_ALSO.get(voice, ())),
                "LanguageNotSupportedException",
            ),
            (bool(marks) != (form == "json"), "MarksNotSupportedForFormatException"),
            (bool(marks) and engine not in _MARKED, "EngineNotSupportedException"),
            (
                "ssml" in marks and body.get("TextType") != "ssml",
                "SsmlMarksNotSupportedForTextTypeException",
            ),
            (bool(body.get("LexiconNames")), "LexiconNotFoundException"),
            (
                form != "json" and body.get("SampleRate", "16000") not in _RATES[form],
                "InvalidSampleRateException",
            ),
        )
        return next(((code, f"{voice}, {engine}, {form}") for broken, code in rules if broken), None)

    def _describe(self, query: Mapping[str, str]) -> Answer:
        found = [
            _described(name, *facts)
            for name, facts in self.voices.items()
            if query.get("Engine") in (None, *facts[1])
        ]
        first = int(query.get("NextToken", "0"))
        page: dict[str, Any] = {"Voices": found[first : first + _PAGE]}
        if first + _PAGE < len(found):
            page["NextToken"] = str(first + _PAGE)
        return Answer(200, json.dumps(page).encode(), {"content-type": "application/json"})


def refused(status: int, code: str, message: str = "") -> Answer:
    """Return an error in the dialect of AWS's rest-json."""
    headers = {"content-type": "application/json", "x-amzn-errortype": f"{code}:http://internal.amazon.com/"}
    return Answer(status, json.dumps({"message": message}).encode(), headers)


def spoken_times(heard: Heard, rate: int) -> tuple[bytes, tuple[tuple[float, float], ...]]:
    """Return the sound of what was asked for, and the truth about when each of its words is heard."""
    return speechlike(
        [word.said for word in heard.words],
        rate,
        pace=[word.pace for word in heard.words],
        pauses={index: word.pause for index, word in enumerate(heard.words)},
        lead=LEAD_SECONDS + heard.lead,
    )


def _output(body: dict[str, Any], heard: Heard) -> bytes:
    if body["OutputFormat"] == "json":
        return _marks(body, heard)
    rate = int(body.get("SampleRate", "16000"))
    pcm, _ = spoken_times(heard, rate)
    return pcm if body["OutputFormat"] == "pcm" else _encoded(pcm, rate)


def _marks(body: dict[str, Any], heard: Heard) -> bytes:
    data = body["Text"].encode()
    _, times = spoken_times(heard, 16_000)
    lines: list[str] = []
    for word, (start, _) in zip(heard.words, times, strict=True):
        mark = {"time": round(start * 1000), "start": word.start, "end": word.end}
        if word.first_of_sentence and "sentence" in body["SpeechMarkTypes"]:
            lines.append(json.dumps({"type": "sentence", "value": "...", **mark}))
        if "word" in body["SpeechMarkTypes"]:
            value = data[word.start : word.end].decode()
            lines.append(json.dumps({"type": "word", "value": value, **mark}))
    return "".join(f"{line}\n" for line in lines).encode()


def _encoded(pcm: bytes, rate: int) -> bytes:
    """Encode as Ogg Vorbis, which has no delay of its own."""
    import av  # noqa: PLC0415 (only where it is asked for)

    raw, out = io.BytesIO(), io.BytesIO()
    with wave.open(raw, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(pcm)
    raw.seek(0)
    with av.open(raw, "r") as source, av.open(out, "w", format="ogg") as target:
        # FFmpeg's own encoder knows two channels only, and calls itself an experiment.
        stream = target.add_stream("vorbis", rate=rate, layout="stereo", options={"strict": "experimental"})
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=rate)
        for frame in [*source.decode(audio=0), None]:
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return out.getvalue()


def _described(name: str, language: str, engines: Sequence[str]) -> dict[str, Any]:
    return {
        "Gender": "Female",
        "Id": name,
        "LanguageCode": language,
        "LanguageName": language,
        "Name": name,
        "AdditionalLanguageCodes": _ALSO.get(name, []),
        "SupportedEngines": list(engines),
    }


def _wrongs(body: dict[str, Any], shape: Any) -> list[str]:
    """Return what botocore's model of the operation says against a request; enumerations included."""
    report = ParamValidator().validate(body, shape)
    wrongs = [report.generate_report()] if report.has_errors() else []
    for name, value in body.items():
        member = shape.members.get(name)
        allowed = getattr(member, "enum", None) or getattr(getattr(member, "member", None), "enum", None)
        values = value if isinstance(value, list) else [value]
        wrongs += [f"{name} cannot be {it!r}" for it in values if allowed and it not in allowed]
    return wrongs
