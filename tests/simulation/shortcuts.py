"""What the simulated world spares: drawing cards, decoding footage that is none, working out a schema."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from reelwright.audio import music_keeping
from reelwright.production.schema import Script
from reelwright.storage.files import write_whole
from reelwright.video import fitting, footage_check, footage_joining, footage_long, stills
from reelwright.video.ends import End, EndMaker
from tests.simulation.engines import file_of
from tests.simulation.vendors import object_to_footage

__all__ = ["shortcuts"]

_SCHEMA = Script.model_json_schema()


@contextmanager
def shortcuts() -> Iterator[None]:
    """Put the world's own eyes and scissors in the place of the real ones."""
    with ExitStack() as stack:
        for patched in (
            patch.object(footage_check, "objection_to_footage", object_to_footage),
            patch.object(fitting, "fit", _fit),
            patch.object(footage_joining, "join_pieces", _join_pieces),
            patch.object(footage_long, "frame_of", _frame_of),
            patch.object(EndMaker, "_card", _card),
            patch.object(stills, "still_of", lambda video, seconds, out: write_whole(out, b"a frame")),  # noqa: ARG005 (no video here has frames)
            patch.object(music_keeping, "_bundled", lambda music: music.file.encode()),
            patch.object(music_keeping, "_played", lambda music, path: 12.0),  # noqa: ARG005 (nothing to be heard)
            patch.object(Script, "model_json_schema", lambda: _SCHEMA),
        ):
            stack.enter_context(patched)
        yield


def _join_pieces(pieces: Sequence[Any], out: Any) -> None:
    file_of(out, *(piece.read_text() for piece in pieces))


def _frame_of(media: Any, frame: int, fps: int) -> bytes:
    return f"{media.read_text()} {frame} {fps}".encode()


def _card(maker: EndMaker, which: str) -> End:
    out = file_of(maker.work_dir / f"{which}.mp4", maker.brand.title, maker.style)
    return maker._kept(out, maker._form(48), f"{which}: a card")


def _fit(footage: Any, request: Any, out: Any) -> tuple[str, ...]:
    file_of(out, footage.read_text(), str(request.frames))
    return ()
