"""Speech by ElevenLabs, with the time of every character.

Each passage is bought by itself, so that it is known to the sample where it begins; the model is told what is
said before and after, so that the tone goes on. Sound is asked for raw, at 24 kHz: no decoder is needed, and
no tier of the vendor's is too small for it. What is billed is in the header ``character-cost``, in credits;
one is a character of Multilingual v2, and less than one of faster models.
Sources: ElevenLabs' SDK 2.78 (requests and answers); help.elevenlabs.io (errors 400, 401 and 429; limits of
models); the header as public programs read it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from reelwright.models.addresses import join as address_of
from reelwright.models.errors import ProviderMisconfigured, RequestInvalid
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.models.outcomes import ask, failed
from reelwright.models.ports import Call
from reelwright.models.providers.elevenlabs_purchase import (
    ELEVENLABS_DIALECT,
    ELEVENLABS_URL,
    Piece,
    Purchase,
)
from reelwright.models.providers.elevenlabs_text import SentText, sent_text
from reelwright.models.schema import Model, SpeechRequest, SpeechResponse, SpokenWord
from reelwright.models.speech.joining import Joined, Take, join, trim, write_wav
from reelwright.models.speech.keeping import Kept
from reelwright.models.speech.markup import Sentence, markup_of, said, written_words
from reelwright.models.speech.pacing import LEAD_SECONDS, PauseKind, fitted_pauses, wished_rate
from reelwright.models.speech.splitting import pieces_of
from reelwright.models.voices import Voice, load_voices, resolve_voice

__all__ = ["ElevenLabsProvider"]

_MOST_CHARACTERS: Final = 4_000
"""Of one request, whatever the model would take: five minutes of raw sound are 20 MB of JSON."""
_CONTEXT_CHARACTERS: Final = 400
"""Of the text before and after that the model is told."""


class ElevenLabsProvider:
    """A SpeechProvider and a Probe. Safe to share between threads."""

    def __init__(self, http: HttpClient, *, voices: Sequence[Voice] | None = None) -> None:
        self._http = http
        self._voices = voices

    def speak(self, model: Model, request: SpeechRequest, call: Call) -> SpeechResponse:
        """Return the recording; ProviderFailed otherwise, with what the pieces before the failure cost.

        Try again in the same ``work_dir``, and what was bought is not bought again.
        """
        voice = resolve_voice(model, request, load_voices() if self._voices is None else self._voices)
        pieces = _pieces(model, request)
        rate = wished_rate(sum(map(len, request.passages)), len(request.passages), request.target_seconds)
        purchase = Purchase(self._http, model, request, voice, rate, call, Kept(request.work_dir))
        takes = [trim(purchase.take(piece)) for piece in pieces]
        joined = _joined(takes, pieces, request.target_seconds)
        response = _response(joined, pieces, purchase)
        write_wav(joined.take, response.audio)
        purchase.kept.clear()
        return response

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        """Return of each model what is wrong with it, by the lists of models and of credits, both free."""
        offered = self._get(call, "v1", "models").body
        entries = {str(entry.get("model_id")): entry for entry in _entries(offered)}
        spent = self._spent(call)
        return tuple((model.name, _wrong(model, entries) or spent) for model in models)

    def _get(self, call: Call, *path: str) -> HttpAnswer:
        def send(base: str, key: str) -> HttpAnswer:
            headers = {"xi-api-key": key}
            return self._http.send("GET", address_of(base, *path), headers=headers, deadline=call.deadline)

        return ask(call, ELEVENLABS_DIALECT, ELEVENLABS_URL, send)

    def _spent(self, call: Call) -> str:
        """Return that no credits are left, or nothing; a key that may not know them is fine."""
        try:
            account = self._get(call, "v1", "user", "subscription").json_object() or {}
        except ProviderMisconfigured:
            return ""
        used, limit = account.get("character_count"), account.get("character_limit")
        if not isinstance(used, int) or not isinstance(limit, int) or used < limit:
            return ""
        return "" if account.get("max_credit_limit_extension") else f"all {limit:,} credits are used"


def _entries(body: bytes) -> Iterable[Mapping[str, Any]]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise failed("rejected", ELEVENLABS_DIALECT, "gave no list of models.")
    return [entry for entry in found if isinstance(entry, dict)]


def _wrong(model: Model, offered: Mapping[str, Mapping[str, Any]]) -> str:
    entry = offered.get(model.vendor_id)
    if entry is None:
        return f"{model.vendor_id} is not offered to this account"
    return "" if entry.get("can_do_text_to_speech", True) else f"{model.vendor_id} does not speak"


def _pieces(model: Model, request: SpeechRequest) -> list[Piece]:
    """Return the requests that are to be made; RequestInvalid if one cannot be."""
    limit = min(model.audio.max_characters if model.audio else _MOST_CHARACTERS, _MOST_CHARACTERS)
    sent = [
        (index, text)
        for index, passage in enumerate(request.passages)
        for text in _texts(index, passage, request.pronunciations, limit)
    ]
    if not sent:
        raise _unsayable("There is no passage to speak.")
    whole = [text.text for _, text in sent]
    return [
        Piece(
            passage,
            text,
            before=" ".join(whole[:at])[-_CONTEXT_CHARACTERS:],
            after=" ".join(whole[at + 1 :])[:_CONTEXT_CHARACTERS],
        )
        for at, (passage, text) in enumerate(sent)
    ]


def _texts(index: int, passage: str, pronunciations: Mapping[str, str], limit: int) -> list[SentText]:
    if not any(map(str.isalnum, " ".join(written_words(passage)))):
        raise _unsayable(f"Passage {index + 1} holds nothing that can be spoken.")
    texts = [sent_text(part) for part in pieces_of(markup_of(passage, pronunciations), _weight, limit)]
    if any(len(text.text) > limit for text in texts):
        raise _unsayable(f"Passage {index + 1} has a word longer than a request may be.")
    return texts


def _weight(sentence: Sentence) -> int:
    return len(said(sentence.parts)) + 1  # and the space that parts it from the next


def _unsayable(message: str) -> RequestInvalid:
    return RequestInvalid(message, next_step="Give every scene words that can be spoken.")


def _joined(takes: Sequence[Take], pieces: Sequence[Piece], target_seconds: float | None) -> Joined:
    kinds: list[PauseKind] = [
        "piece" if piece.passage == following.passage else "passage" for piece, following in pairwise(pieces)
    ]
    speech = sum(take.samples / take.rate for take in takes)
    return join(takes, fitted_pauses([*kinds, "end"], speech, target_seconds), LEAD_SECONDS)


def _response(joined: Joined, pieces: Sequence[Piece], purchase: Purchase) -> SpeechResponse:
    take, voice = joined.take, purchase.voice
    words = [(word, piece.passage) for piece in pieces for word in piece.sent.words]
    spoken = tuple(
        SpokenWord(
            text=text, start_seconds=start / take.rate, end_seconds=end / take.rate, passage_index=passage
        )
        for (text, passage), (start, end) in zip(words, take.words, strict=True)
    )
    starts = {word.passage_index: word.start_seconds for word in reversed(spoken)}
    pace = (("pace", f"{purchase.rate:.0%} of the voice's own, to come near the wished length"),)
    return SpeechResponse(
        audio=purchase.request.work_dir / "narration.wav",
        duration_seconds=take.samples / take.rate,
        words=spoken,
        passage_starts_seconds=tuple(starts[index] for index in sorted(starts)),
        voice=voice.name,
        choices=(
            ("voice", voice.why),
            (
                "word times",
                "told by the vendor" if purchase.all_told else "found by alignment, at least in part",
            ),
            *(pace if purchase.rate != 1 else ()),
        ),
        usage=purchase.usage,
    )
