"""Captions: spoken words grouped into cues, and cues as SubRip and WebVTT files.

The limits are those that broadcasters and streaming services converge on: at most two lines of 42
characters, at most 7 s, at least about 0.8 s (Netflix Timed Text Style Guide, General Requirements;
BBC Subtitle Guidelines).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from reelwright.production.schema import Word
from reelwright.production.text import clean_line
from reelwright.video.errors import CaptionsUnreadable

__all__ = ["MAX_LINE_CHARS", "Cue", "cues", "parse_srt", "spoken_text", "to_srt", "to_vtt"]

MAX_LINE_CHARS = 42
_MIN_SECONDS = 0.8
_SHORTEST_SECONDS = 0.001
"""For words that are said at the same time; each cue must come after the one before."""
_LINGER_SECONDS = 0.25
_JOINED_GAP_SECONDS = 0.2
_LONG_PAUSE_SECONDS = 0.6
_FULL_SECONDS = 5.0
"""What cues should last; two that differ are worse than two alike."""
_HANGING_CHARS = 3
"""A word this short at the end of a cue is most often an article or a preposition left hanging."""

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_CLAUSE_END = re.compile(r"[,;:—–、，；：][\"'”’»)\]]*$")  # noqa: RUF001 (full-width punctuation is meant)


@dataclass(frozen=True, slots=True)
class Cue:
    """Text on screen from one time to another, in seconds with whole milliseconds."""

    start_seconds: float
    end_seconds: float
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as one."""
        return " ".join(self.lines)


def spoken_text(word: Word) -> str:
    """Return a word as it stands in captions: one line, no control or invisible format characters."""
    return str(clean_line(word.text))


def cues(
    words: Iterable[Word],
    *,
    max_chars: int = MAX_LINE_CHARS,
    max_seconds: float = 7.0,
    until_seconds: float = float("inf"),
) -> tuple[Cue, ...]:
    """Group words into cues that never overlap, at most two lines of ``max_chars`` each.

    Breaks fall at sentence ends, clauses and pauses where that is possible, always at a change of
    scene and at a long pause. No cue is longer than ``max_seconds`` or ends after
    ``until_seconds``. A word that is wider than a line has a cue of its own.
    """
    spoken = [word.model_copy(update={"text": text}) for word in words if (text := spoken_text(word))]
    groups: list[list[Word]] = []
    for stretch in _stretches(spoken):
        groups += _best_groups(stretch, max_chars, max_seconds)
    return _timed(groups, max_chars, max_seconds, until_seconds)


def to_srt(captions: Iterable[Cue]) -> str:
    """Return the cues as a SubRip file, with the line ends (CR LF) of its convention.

    SubRip cannot escape, and players take ``<``, ``{`` and ``-->`` for markup; an invisible word
    joiner (U+2060) after the first character keeps them text.
    """
    blocks = (_srt_block(number, cue) for number, cue in enumerate(captions, start=1))
    return "\n".join(blocks).replace("\n", "\r\n")


def to_vtt(captions: Iterable[Cue]) -> str:
    """Return the cues as a WebVTT file; ``&``, ``<`` and ``>`` are escaped (W3C WebVTT, 4.2.2)."""
    return "\n".join(["WEBVTT\n", *map(_vtt_block, captions)])


def parse_srt(text: str) -> tuple[Cue, ...]:
    """Return the cues of a SubRip file; CaptionsUnreadable names the first block that is not one."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    blocks = [block for block in re.split(r"\n{2,}", plain.strip("\n")) if block]
    return tuple(_parsed(number, block) for number, block in enumerate(blocks, start=1))


# Grouping


def _stretches(words: Sequence[Word]) -> list[list[Word]]:
    """Cut where a cue must never reach across: a change of scene, a long pause."""
    stretches: list[list[Word]] = []
    for word in words:
        last = stretches[-1][-1] if stretches else None
        if last is None or last.scene_index != word.scene_index or _pause(last, word) >= _LONG_PAUSE_SECONDS:
            stretches.append([])
        stretches[-1].append(word)
    return stretches


def _best_groups(words: list[Word], max_chars: int, max_seconds: float) -> list[list[Word]]:
    """Cut a stretch into groups of least total cost, by dynamic programming over the cut places."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        options = []
        for start in range(end - 1, -1, -1):
            if start < end - 1 and not _fits(words[start:end], max_chars, max_seconds):
                break
            options.append((best[start][0] + _cost(words, start, end), start))
        best.append(min(options))
    groups, end = [], len(words)
    while end:
        start = best[end][1]
        groups.append(words[start:end])
        end = start
    return groups[::-1]


def _fits(words: Sequence[Word], max_chars: int, max_seconds: float) -> bool:
    if _seconds(words) > max_seconds:
        return False
    return all(len(line) <= max_chars for line in _lines(words, max_chars))


def _cost(words: Sequence[Word], start: int, end: int) -> float:
    """Judge one cue: few cues of like length, ends where the language pauses, time to read them."""
    cost = 1.0 + _break_cost(words, end) + (_FULL_SECONDS - _seconds(words[start:end])) ** 2 / 50
    cost += 1.5 * sum(bool(_SENTENCE_END.search(word.text)) for word in words[start : end - 1])
    until = words[end].start_seconds if end < len(words) else words[end - 1].end_seconds
    if until - words[start].start_seconds < _MIN_SECONDS:
        cost += 4.0
    return cost


def _break_cost(words: Sequence[Word], end: int) -> float:
    last = words[end - 1]
    if end == len(words) or _SENTENCE_END.search(last.text):
        return 0.0
    if _CLAUSE_END.search(last.text):
        return 0.5
    hanging = 0.5 if len(last.text) <= _HANGING_CHARS else 0.0
    return 2.0 + hanging - min(1.0, 4 * _pause(last, words[end]))


def _seconds(words: Sequence[Word]) -> float:
    return words[-1].end_seconds - words[0].start_seconds


def _pause(before: Word, after: Word) -> float:
    return max(0.0, after.start_seconds - before.end_seconds)


def _lines(words: Sequence[Word], max_chars: int) -> tuple[str, ...]:
    """Lay text out on one line if it fits, else on two of nearly the same length."""
    texts = [word.text for word in words]
    whole = " ".join(texts)
    if len(whole) <= max_chars or len(texts) == 1:
        return (whole,)
    halves = ((" ".join(texts[:cut]), " ".join(texts[cut:])) for cut in range(1, len(texts)))
    return min(halves, key=partial(_imbalance, max_chars=max_chars))


def _imbalance(halves: tuple[str, str], max_chars: int) -> tuple[bool, float]:
    upper, lower = map(len, halves)
    at_clause = bool(_CLAUSE_END.search(halves[0]) or _SENTENCE_END.search(halves[0]))
    return max(upper, lower) > max_chars, abs(lower - upper) - (10 if at_clause else 0)


# Timing


def _timed(
    groups: Sequence[Sequence[Word]], max_chars: int, max_seconds: float, until_seconds: float
) -> tuple[Cue, ...]:
    starts = [_whole(group[0].start_seconds) for group in groups]
    nexts = [*starts, until_seconds][1:]
    timed: list[Cue] = []
    for group, start, limit in zip(groups, starts, nexts, strict=True):
        earliest = max(start, timed[-1].end_seconds if timed else 0.0)
        end = _end(group, earliest, min(limit, until_seconds), max_seconds)
        timed.append(Cue(earliest, end, _lines(group, max_chars)))
    return tuple(timed)


def _end(words: Sequence[Word], start: float, limit: float, max_seconds: float) -> float:
    """Let a cue linger after its last word, and close a gap too short to see."""
    end = max(words[-1].end_seconds + _LINGER_SECONDS, start + _MIN_SECONDS)
    if limit - end < _JOINED_GAP_SECONDS:
        end = limit
    return max(_whole(start + _SHORTEST_SECONDS), _whole(min(end, start + max_seconds)))


def _whole(seconds: float) -> float:
    return round(seconds, 3)


# Files


def _srt_block(number: int, cue: Cue) -> str:
    text = "\n".join(map(_defused, cue.lines))
    return f"{number}\n{_clock(cue.start_seconds, ',')} --> {_clock(cue.end_seconds, ',')}\n{text}\n"


def _vtt_block(cue: Cue) -> str:
    text = "\n".join(map(_escaped, cue.lines))
    return f"{_clock(cue.start_seconds, '.')} --> {_clock(cue.end_seconds, '.')}\n{text}\n"


def _clock(seconds: float, point: str) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, thousandths = divmod(milliseconds, 1000)
    return f"{hours:02d}:{minutes:02d}:{whole:02d}{point}{thousandths:03d}"


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_WORD_JOINER = "\u2060"
_ACTIVE = re.compile(r"[<{]|--(?=>)")


def _defused(line: str) -> str:
    return _ACTIVE.sub(lambda found: found[0] + _WORD_JOINER, line)


_SRT_TIME = r"(\d{2,}):([0-5]\d):([0-5]\d)[,.](\d{3})"
_SRT_BLOCK = re.compile(rf"(?P<index>\d+)\n{_SRT_TIME} --> {_SRT_TIME}\n(?P<text>.+)", re.DOTALL)


def _parsed(number: int, block: str) -> Cue:
    found = _SRT_BLOCK.fullmatch(block)
    if found is None or int(found["index"]) != number:
        raise CaptionsUnreadable(
            f"Caption {number} is not a SubRip block: {block[:60]!r}.",
            next_step="A block is its number, a time line, and text; make the captions again.",
        )
    times = [int(part) for part in found.groups()[1:9]]
    lines = found["text"].replace(_WORD_JOINER, "").rstrip("\n").split("\n")
    return Cue(_from_clock(*times[:4]), _from_clock(*times[4:]), tuple(lines))


def _from_clock(hours: int, minutes: int, seconds: int, milliseconds: int) -> float:
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds) / 1000
