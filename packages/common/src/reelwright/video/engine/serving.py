"""What a worker does with one line."""

import traceback
from pathlib import Path

from reelwright.errors import Permanent, ReelwrightError
from reelwright.video.engine.render import render
from reelwright.video.engine.wire import read_request, write_error, write_response

__all__ = ["answer"]


def answer(line: bytes, pictures_dir: Path | None = None) -> bytes:
    """Carry out the request on a line and return the answer's line, an error's if it fails."""
    try:
        return write_response(render(read_request(line), pictures_dir))
    except ReelwrightError as error:
        return write_error(error)
    except Exception as error:  # noqa: BLE001 (whatever it is, the caller must learn of it)
        return write_error(_unexpected(error))


def _unexpected(error: Exception) -> Permanent:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return Permanent(
        f"The scene could not be drawn: {type(error).__name__}: {error}.",
        next_step="This is a defect of the engine; please report it with the scene.",
        context={"where": f"{place.name}, line {place.lineno}"},
    )
