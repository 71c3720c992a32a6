"""Scenes with pictures to draw in tests; the pictures are our own files, so that no pack is needed."""

from pathlib import Path

from PIL import Image, ImageDraw

from reelwright.production.schema import (
    ClosingVisual,
    ListVisual,
    NumberVisual,
    StatementVisual,
    TitleVisual,
    Visual,
)
from reelwright.video.schema import PictureUse, SceneGraphics
from tests.unit.video.engine.scenes import VISUALS, graphics

STATEMENT = VISUALS["statement"]
LONG = "Everything that anybody ever wanted to know about the Moon and never dared to ask " * 3
SCENES: dict[str, tuple[str, Visual]] = {
    "landscape": ("landscape", VISUALS["title"]),
    "landscape of a statement": ("landscape", STATEMENT),
    "landscape, long": ("landscape", TitleVisual(title=LONG, kicker="Ocean science")),
    "hero": ("hero", STATEMENT),
    "hero, long": ("hero", StatementVisual(text=LONG)),
    "photo": ("photo", STATEMENT),
    "photo, long": ("photo", StatementVisual(text=LONG)),
    "stage": ("stage", STATEMENT),
    "stage, long": ("stage", StatementVisual(text=LONG)),
    "count of few": ("count", NumberVisual(value=7, label="moons around it")),
    "count of many": ("count", NumberVisual(value=2400, label="moons around it")),
    "count of a unit": ("count", NumberVisual(value=93, suffix="degrees", label="on the Moon")),
    "recap": ("recap", VISUALS["closing"]),
    "recap of four": (
        "recap",
        ClosingVisual(
            text="Look up before you look out of it",
            points=("The Moon pulls", "Two bulges", "The Earth turns", "Sailboats rise and fall"),
        ),
    ),
    "list": ("list", VISUALS["list"]),
    "list of six": (
        "list",
        ListVisual(heading="What sets the height", items=("Moon", "Sun", "Coast", "Storms", "Rivers", "Ice")),
    ),
}
"""By name: a layout, and what it shows."""


def drawing(folder: Path, name: str, colour: str = "#8AB4F8") -> Path:
    """Write a picture with an empty rim."""
    path = folder / f"{name}.png"
    if not path.exists():
        image = Image.new("RGBA", (380, 340))
        ImageDraw.Draw(image).ellipse((40, 40, 340, 320), fill=colour)
        image.save(path)
    return path


def use(path: Path, role: str, item: int = 0) -> PictureUse:
    return PictureUse.model_validate(
        {
            "role": role,
            "item": item,
            "name": path.name,
            "digest": path.stem,
            "source": "user",
            "path": path,
            "score": 0.9,
            "why": "'moons' in the brief",
        }
    )


def pictures(folder: Path) -> tuple[PictureUse, ...]:
    """Return a hero, two beside it, and pictures of the first and the third item."""
    hero, left, right, item = (drawing(folder, name) for name in ("moon", "left", "right", "item"))
    return (
        use(hero, "hero"),
        use(left, "satellite"),
        use(right, "satellite"),
        use(item, "item", 0),
        use(item, "item", 2),
    )


def pictured(name: str, folder: Path, *, ground: str = "land", **changes: object) -> SceneGraphics:
    layout, visual = SCENES[name]
    outdoors = layout in {"landscape", "stage", "recap"}
    shown = tuple(use.model_copy(update={"photo": layout == "photo"}) for use in pictures(folder))
    known = {"layout": layout, "pictures": shown, "ground": ground if outdoors else ""}
    return graphics(visual, **{**known, **changes})
