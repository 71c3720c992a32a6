"""Speech by Amazon Polly's four engines.

Actions needed: polly:SynthesizeSpeech, and polly:DescribeVoices to probe.

Each passage is bought by itself, so that it is known to the sample where it begins, and a passage over the
limit of a request (3,000 billed characters, 6,000 in all) in several pieces. StartSpeechSynthesisTask would
take 100,000 at once, but needs a bucket, answers by a file some time later, and is throttled to one task a
second; scripts of films are not that long. Standard, neural and long-form voices tell the words' times in
a second request, which is billed as the first; generative ones do not, and are aligned instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reelwright.models.alignment import align
from reelwright.models.errors import ProviderFailed, RequestInvalid
from reelwright.models.ports import Call
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.providers.polly_errors import failure_of
from reelwright.models.providers.polly_marks import Words, place_words, read_marks
from reelwright.models.providers.polly_purchase import MARKS, Format, Purchase
from reelwright.models.schema import Model, SpeechRequest, SpeechResponse, SpokenWord
from reelwright.models.speech.decoding import Decoder
from reelwright.models.speech.joining import Joined, Take, join, peak_of, trim, write_wav
from reelwright.models.speech.keeping import Kept
from reelwright.models.speech.markup import Passage, Sentence, at_rate, markup_of, written, written_words
from reelwright.models.speech.pacing import LEAD_SECONDS, PauseKind, fitted_pauses, wished_rate
from reelwright.models.speech.splitting import pieces_of
from reelwright.models.speech.ssml import SUPPORT, Engine, Rendered, engine_of, render, weight
from reelwright.models.voices import Voice, load_voices, missing_voices, resolve_voice

__all__ = ["PollyProvider"]

_PCM: Final = Format("pcm", 16_000, "audio/pcm")
"""The best that needs no decoder: 8 kHz of sound."""
_VORBIS: Final = Format("ogg_vorbis", 24_000, "audio/ogg")
"""What the voices are made at; unlike MP3 it has no delay that would shift the words' times."""
_BILLED_LIMIT: Final = 3_000
_LIMIT: Final = 6_000 - len("<speak></speak>")
_FAINTEST: Final = 33
"""Peak, of 32,768, below which an answer is no speech: -60 dBFS."""
_MOST_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class _Piece:
    """One request: its passage, what is sent, and the written words that it holds."""

    passage: int
    rendered: Rendered
    words: tuple[str, ...]


class PollyProvider:
    """A SpeechProvider and a Probe.

    With a decoder sound comes compressed at 24 kHz, without one raw at 16 kHz; ADR 15 says why.
    """

    def __init__(
        self, aws: AwsCalls, decode: Decoder | None = None, *, voices: Sequence[Voice] | None = None
    ) -> None:
        self._aws = aws
        self._decode = decode
        self._voices = voices

    def speak(self, model: Model, request: SpeechRequest, call: Call) -> SpeechResponse:
        """Return the recording; ProviderFailed otherwise, with what the pieces before the failure cost.

        Try again in the same ``work_dir``, and what was bought is not bought again.
        """
        engine = _engine(model)
        voice = resolve_voice(model, request, self._known_voices())
        rate = _rate(request, engine)
        pieces = _pieces(request, engine, rate)
        kept = Kept(request.work_dir)
        purchase = Purchase(self._aws, model.region, engine, voice, call, kept)
        exact = model.audio is not None and model.audio.word_timings == "exact" and engine != "generative"
        takes = [trim(self._take(purchase, piece, exact=exact)) for piece in pieces]
        joined = _joined(takes, pieces, request.target_seconds)
        out = request.work_dir / "narration.wav"
        write_wav(joined.take, out)
        kept.clear()
        words = _spoken_words(joined, pieces)
        return SpeechResponse(
            audio=out,
            duration_seconds=joined.take.samples / joined.take.rate,
            words=words,
            passage_starts_seconds=_passage_starts(words),
            voice=voice.name,
            choices=_choices(voice.why, engine, rate, pieces, self._format(), exact=exact),
            usage=purchase.usage,
        )

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        """Return of each model which of its voices its region does not offer; asks DescribeVoices, free.

        ProviderFailed if nobody answers.
        """
        offered: dict[tuple[str, str], list[dict[str, Any]]] = {}
        found: list[tuple[str, str]] = []
        for model in models:
            engine = _engine(model)
            place = (model.region, engine)
            if place not in offered:
                offered[place] = self._describe(model.region, engine, call)
            found.append((model.name, self._wrong(engine, offered[place])))
        return tuple(found)

    def _known_voices(self) -> Sequence[Voice]:
        return load_voices() if self._voices is None else self._voices

    def _format(self) -> Format:
        return _VORBIS if self._decode else _PCM

    def _describe(self, region: str, engine: Engine, call: Call) -> list[dict[str, Any]]:
        voices: list[dict[str, Any]] = []
        token = ""
        while True:
            page = self._aws.ask(
                "polly",
                "describe_voices",
                {"Engine": engine, "IncludeAdditionalLanguageCodes": True}
                | ({"NextToken": token} if token else {}),
                region=region,
                deadline=call.deadline,
                buying="nothing",
                subject="voices",
                endpoints=call.access.endpoints,
                explain=failure_of,
            )
            voices += page.get("Voices", [])
            token = page.get("NextToken", "")
            if not token:
                return voices

    def _wrong(self, engine: Engine, offered: Sequence[dict[str, Any]]) -> str:
        mine = [it for it in self._known_voices() if it.provider == "polly" and engine in it.engines]
        lines = list(missing_voices(mine, offered, engines=(engine,)))
        more = f"; and {len(lines) - _MOST_NAMED} more" if len(lines) > _MOST_NAMED else ""
        return "; ".join(lines[:_MOST_NAMED]) + more

    def _take(self, purchase: Purchase, piece: _Piece, *, exact: bool) -> Take:
        form = self._format()
        content = purchase.buy(piece.rendered, form)
        pcm = self._decoded(content, purchase)
        purchase.keep(piece.rendered, form, content)
        words = self._marked(purchase, piece, pcm) if exact else None
        return Take(pcm, form.rate, words or _aligned(pcm, form.rate, piece.words))

    def _decoded(self, content: bytes, purchase: Purchase) -> bytes:
        try:
            pcm = self._decode(content, _VORBIS.rate) if self._decode else content
        except ValueError as error:
            raise purchase.rejected(str(error)) from error
        if len(pcm) % 2 or peak_of(pcm) < _FAINTEST:
            raise purchase.rejected("broken samples" if len(pcm) % 2 else "it is silent")
        return pcm

    def _marked(self, purchase: Purchase, piece: _Piece, pcm: bytes) -> Words | None:
        """Return the words' times as Polly tells them; None if they do not fit, and must be found."""
        content = purchase.buy(piece.rendered, MARKS)
        try:
            marks = read_marks(content)
        except ValueError as error:
            raise purchase.rejected(f"speech marks that are none ({error})") from error
        purchase.keep(piece.rendered, MARKS, content)
        letters = [sum(map(str.isalnum, word)) for word in piece.words]
        return place_words(marks, piece.rendered.words, letters, pcm, self._format().rate)


def _engine(model: Model) -> Engine:
    engine = engine_of(model.audio.engine if model.audio else "")
    if engine == "none":
        raise RequestInvalid(
            f"{model.name} names no engine of Amazon Polly.",
            next_step="Set audio.engine of the model to standard, neural, long-form or generative.",
        )
    return engine


def _rate(request: SpeechRequest, engine: Engine) -> float:
    if SUPPORT["prosody"][engine] == "no":
        return 1.0
    return wished_rate(sum(map(len, request.passages)), len(request.passages), request.target_seconds)


def _pieces(request: SpeechRequest, engine: Engine, rate: float) -> list[_Piece]:
    """Return the requests that are to be made; RequestInvalid if one cannot be."""

    def weigh(sentence: Sentence) -> int:
        billed, whole = weight(sentence, engine)
        return max(whole, -(-billed * _LIMIT // _BILLED_LIMIT))

    pieces: list[_Piece] = []
    for index, text in enumerate(request.passages):
        passage = at_rate(markup_of(text, request.pronunciations), rate)
        if not any(map(str.isalnum, " ".join(written_words(text)))):
            raise _unsayable(f"Passage {index + 1} holds nothing that can be spoken.")
        pieces += [_piece(index, it, engine) for it in pieces_of(passage, weigh, _LIMIT)]
    if not pieces:
        raise _unsayable("There is no passage to speak.")
    return pieces


def _piece(index: int, passage: Passage, engine: Engine) -> _Piece:
    rendered = render(passage, engine)
    if rendered.billed_characters > _BILLED_LIMIT:
        raise _unsayable(f"Passage {index + 1} has a word longer than a request may be.")
    words = " ".join(written(sentence.parts) for sentence in passage.sentences).split()
    return _Piece(index, rendered, tuple(words))


def _unsayable(message: str) -> ProviderFailed:
    return RequestInvalid(message, next_step="Give every scene words that can be spoken.")


def _aligned(pcm: bytes, rate: int, words: Sequence[str]) -> Words:
    import numpy as np  # noqa: PLC0415 (part of the optional render and speech groups)

    times = align(np.frombuffer(pcm, dtype="<i2"), rate, words)
    return tuple((round(start * rate), round(end * rate)) for start, end in times)


def _joined(takes: Sequence[Take], pieces: Sequence[_Piece], target_seconds: float | None) -> Joined:
    following = [piece.passage for piece in pieces[1:]]
    kinds: list[PauseKind] = [
        "piece" if piece.passage == after else "passage"
        for piece, after in zip(pieces, following, strict=False)
    ]
    speech = sum(take.samples / take.rate for take in takes)
    return join(takes, fitted_pauses([*kinds, "end"], speech, target_seconds), LEAD_SECONDS)


def _spoken_words(joined: Joined, pieces: Sequence[_Piece]) -> tuple[SpokenWord, ...]:
    rate = joined.take.rate
    written = [(word, piece.passage) for piece in pieces for word in piece.words]
    return tuple(
        SpokenWord(text=text, start_seconds=start / rate, end_seconds=end / rate, passage_index=passage)
        for (text, passage), (start, end) in zip(written, joined.take.words, strict=True)
    )


def _passage_starts(words: Sequence[SpokenWord]) -> tuple[float, ...]:
    starts: dict[int, float] = {}
    for word in words:
        starts.setdefault(word.passage_index, word.start_seconds)
    return tuple(starts.values())


def _choices(
    why: str, engine: Engine, rate: float, pieces: Sequence[_Piece], form: Format, *, exact: bool
) -> tuple[tuple[str, str], ...]:
    dropped = {what: None for piece in pieces for what in piece.rendered.dropped}
    times = "told by speech marks, billed as the speech itself" if exact else "found by alignment"
    return (
        ("voice", why),
        ("word times", times),
        ("sound", f"{form.name} at {form.rate} Hz"),
        *((("pace", f"{rate:.0%} of the voice's own, to come near the wished length"),) if rate != 1 else ()),
        *((what, f"the engine {engine} cannot say it") for what in dropped),
    )
