"""The catalogue of voices, and which of them speaks: by wish, by topic, by language, never silence."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from reelwright.assets import locate
from reelwright.models.errors import CatalogueInvalid, RequestInvalid
from reelwright.models.schema import Model, SpeechRequest

__all__ = [
    "ANY_VOICE",
    "ResolvedVoice",
    "Voice",
    "choose_voice",
    "load_voices",
    "missing_voices",
    "resolve_voice",
    "voice_for_topic",
    "voices_for",
    "words_of",
]

ANY_VOICE = "auto"
"""The name that wishes for no voice in particular."""
_FILE = "environments/catalog/voices.toml"
_LANGUAGES = {"zh": "cmn", "ar": "arb", "no": "nb"}
"""Tags that vendors write otherwise: macrolanguages, by the language that is meant."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Voice(_Frozen):
    """One voice of one vendor."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    """Ours; no two voices share one."""
    provider: str
    vendor_id: Annotated[str, Field(min_length=1)]
    """As it goes over the wire."""
    languages: tuple[str, ...] = ()
    """Tags of BCP 47 as the vendor writes them, the mother tongue first; none means any of its model's."""
    engines: tuple[str, ...] = ()
    """The vendor's ways of speaking that have it; none means that the vendor does not tell them apart."""
    topics: tuple[str, ...] = ()
    """Words of a topic that it suits."""
    source: str
    """Where these facts come from."""


class ResolvedVoice(_Frozen):
    """The voice that speaks, in which of its languages, and a sentence that says why."""

    name: str
    vendor_id: str
    language_code: str
    """The vendor's tag for the language; that of the request if the voice speaks any."""
    why: str


_VOICES = TypeAdapter(tuple[Voice, ...])


@cache
def load_voices() -> tuple[Voice, ...]:
    """Return the voices in file order: the first of a language is its default. CatalogueInvalid."""
    try:
        text = locate("environments").joinpath("catalog", "voices.toml").read_text("utf-8")
        voices = _VOICES.validate_python(tomllib.loads(text).get("voices", []))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise _invalid(f"The catalogue of voices {_FILE} cannot be read: {error}") from error
    names = [voice.name for voice in voices]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _invalid(f"Two voices of {_FILE} are called {', '.join(twice)}.")
    return voices


def _invalid(message: str) -> CatalogueInvalid:
    return CatalogueInvalid(
        message, next_step="Mend the entry that the message names.", context={"file": _FILE}
    )


def words_of(topic: str) -> frozenset[str]:
    """Return the words of a topic in small letters, as they are compared with a voice's."""
    return frozenset(re.findall(r"[^\W_]+", topic.casefold()))


def voice_for_topic(topic: str, voices_by_topic: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the first pair of word and voice whose word, or all of whose words, the topic holds."""
    said = words_of(topic)
    fitting = (pair for pair in voices_by_topic.items() if set() < words_of(pair[0]) <= said)
    return next(fitting, None)


def resolve_voice(model: Model, request: SpeechRequest, voices: Sequence[Voice]) -> ResolvedVoice:
    """Return the voice of the model's vendor and engine that speaks the request.

    The wished one, if it is there; else the one that suits the topic best; else the language's default.
    RequestInvalid, with all that there is, if no voice of the model speaks the language.
    """
    engine = model.audio.engine if model.audio else ""
    mine = [
        voice
        for voice in voices
        if voice.provider == model.provider and (not engine or not voice.engines or engine in voice.engines)
    ]
    return choose_voice(mine, request, model.name)


def choose_voice(voices: Sequence[Voice], request: SpeechRequest, whose: str) -> ResolvedVoice:
    """Choose as :func:`resolve_voice` does, among voices that can be had; ``whose`` names them."""
    able = voices_for(request.language, voices)
    if not able:
        raise _mute(voices, request, whose)
    wished = request.voice.casefold()
    for voice in voices_for(request.language, voices, any_region=True):
        if voice.name == wished:
            return _resolved(voice, request, f"{voice.name} was asked for and {whose} has it")
    voice, reason = _nearest(able, request)
    if wished in ("", ANY_VOICE):
        return _resolved(voice, request, f"no voice was asked for; {reason}")
    return _resolved(
        voice, request, f"{whose} has no voice {request.voice!r} in {request.language!r}; {reason}"
    )


def _nearest(able: Sequence[Voice], request: SpeechRequest) -> tuple[Voice, str]:
    """Return the voice that shares most words with the topic; without any, the first."""
    said = words_of(request.topic)
    best = max(able, key=lambda voice: len(said & set(voice.topics)))  # the first of equals
    if shared := sorted(said & set(best.topics)):
        return best, f"{best.name} suits the topic: {', '.join(shared)}"
    if len(able) == 1:
        return best, f"{best.name} is the only voice there"
    return best, f"{best.name} is the default there for {request.language!r}"


def _resolved(voice: Voice, request: SpeechRequest, why: str) -> ResolvedVoice:
    code = next(iter(_matching(request.language, voice.languages)), request.language)
    return ResolvedVoice(name=voice.name, vendor_id=voice.vendor_id, language_code=code, why=why + ".")


def voices_for(language: str, voices: Iterable[Voice], *, any_region: bool = False) -> list[Voice]:
    """Return the voices that speak a language: those of the very region, if it has any, else of any."""
    speaking = [voice for voice in voices if not voice.languages or _matching(language, voice.languages)]
    exact = [voice for voice in speaking if not voice.languages or language in voice.languages]
    return speaking if any_region else exact or speaking


def _matching(language: str, spoken: Sequence[str]) -> list[str]:
    """Return which of the tags mean the language, the very one first."""
    base = _base(language)
    same = [tag for tag in spoken if _base(tag) == base]
    return sorted(same, key=lambda tag: tag != language)


def _base(tag: str) -> str:
    base = tag.partition("-")[0].lower()
    return _LANGUAGES.get(base, base)


def _mute(voices: Sequence[Voice], request: SpeechRequest, whose: str) -> RequestInvalid:
    spoken = sorted({tag for voice in voices for tag in voice.languages})
    return RequestInvalid(
        f"{whose} has no voice for language {request.language!r}; there are {_said(spoken)}.",
        next_step="Ask for one of these languages, or for another audio model.",
        context={"model": whose, "language": request.language},
    )


def _said(names: Collection[str]) -> str:
    return ", ".join(names) or "none at all"


def missing_voices(
    voices: Iterable[Voice], found: Iterable[Mapping[str, Any]], *, engines: Collection[str] = ()
) -> Iterator[str]:
    """Yield a line for all that the catalogue says of voices and Polly's ``DescribeVoices`` does not.

    ``found`` are the answer's ``Voices``; ``engines`` are those in use, none means all.
    """
    there = {str(entry.get("Id", "")): entry for entry in found}
    for voice in voices:
        entry = there.get(voice.vendor_id)
        if entry is None:
            yield f"voice {voice.name} ({voice.vendor_id}) is not offered there"
            continue
        for engine in voice.engines:
            if (not engines or engine in engines) and engine not in entry.get("SupportedEngines", ()):
                yield f"voice {voice.name} is not offered there with engine {engine}"
        tags = {entry.get("LanguageCode"), *entry.get("AdditionalLanguageCodes", ())}
        if lost := [tag for tag in voice.languages if tag not in tags]:
            yield f"voice {voice.name} does not speak {', '.join(lost)} there"
