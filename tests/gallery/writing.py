"""Draw the scenes of one video in ten languages, a sheet of each, for looking at how they are written.

``python -m tests.gallery.writing --out sheets ar he`` draws two of them. A language whose letters no font
here has is refused, as a production in it is, with what to install.
"""

import argparse
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from reelwright.environment.schema import Aspect
from reelwright.production.schema import (
    ChartVisual,
    ClosingVisual,
    ComparisonVisual,
    Datum,
    FlowVisual,
    ListVisual,
    Moment,
    NumberVisual,
    Side,
    StatementVisual,
    TimelineVisual,
    TitleVisual,
    Visual,
    Word,
)
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.scene import Scene
from reelwright.video.errors import TextUndrawable
from reelwright.video.schema import frame_size
from tests.bench.contact_sheet import sheet, to_image
from tests.unit.video.engine.scenes import graphics

__all__ = ["main", "pictures_of", "texts"]

_COLUMNS = {"16:9": 3, "9:16": 5, "1:1": 5}
_SECONDS = 8.0
_LOOKED_AT = 6.6
"""When everything has come in and nothing has begun to leave."""


def main() -> None:
    """Draw the languages asked for, and say which texts no font here can draw."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    for language, text in texts().items():
        if asked.languages and language not in asked.languages:
            continue
        sys.stdout.write(f"{language}: {_drawn(language, text, asked.aspect, asked.out)}\n")


def _drawn(language: str, text: dict[str, Any], aspect: Aspect, out: Path) -> Path | str:
    """Draw a sheet and return its path, or say why there is none."""
    picture = out / f"writing-{language}-{aspect.replace(':', 'x')}.png"
    try:
        sheet(list(pictures_of(language, text, aspect)), _COLUMNS[aspect]).save(picture)
    except TextUndrawable as refused:
        return str(refused)
    return picture


def texts() -> dict[str, dict[str, Any]]:
    """Return what is written, by language."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def pictures_of(language: str, text: dict[str, Any], aspect: Aspect) -> Iterator[Image.Image]:
    """Yield a picture of every layout that is made of words."""
    width, height = frame_size(aspect, "720p")
    visuals = tuple(_visuals(text))
    for place, visual in enumerate(visuals):
        drawn = graphics(
            visual,
            aspect=aspect,
            captions=True,
            words=_words(text["caption"]),
            scene_index=place,
            scene_count=len(visuals),
        )
        frame = Frame.blank(width, height)
        Scene(drawn, width, height, _SECONDS, language=language).draw(frame, _LOOKED_AT)
        yield to_image(frame)


def _visuals(text: dict[str, Any]) -> Iterator[Visual]:
    heading, items = text["heading"], tuple(text["items"])
    (left, right), unit = text["sides"], text["unit"]
    data = tuple(Datum(label=label, value=value) for label, value in text["data"])
    yield TitleVisual(title=text["title"], kicker=text["kicker"])
    yield StatementVisual(text=text["statement"])
    yield ListVisual(heading=heading, items=items)
    yield NumberVisual(value=16, suffix=unit, label=text["label"])
    yield ChartVisual(heading=heading, unit=unit, data=data)
    yield ComparisonVisual(heading=heading, left=_side(*left), right=_side(*right))
    yield TimelineVisual(heading=heading, moments=tuple(_moment(*each) for each in text["moments"]))
    yield FlowVisual(heading=heading, steps=tuple(text["steps"]))
    yield ClosingVisual(text=text["title"], points=items[:2])


def _side(label: str, detail: str) -> Side:
    return Side(label=label, detail=detail)


def _moment(year: int, label: str) -> Moment:
    return Moment(when=str(year), year=year, label=label)


def _words(caption: str) -> tuple[Word, ...]:
    """The words of a caption, spoken evenly over the scene."""
    words = caption.split()
    each = _SECONDS / len(words)
    return tuple(
        Word(text=word, start_seconds=place * each, end_seconds=(place + 1) * each, scene_index=0)
        for place, word in enumerate(words)
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("languages", nargs="*", help="as ar or he; all without")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--aspect", choices=tuple(_COLUMNS), default="16:9")
    return parser.parse_args()


if __name__ == "__main__":
    main()
