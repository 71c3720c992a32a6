"""What of a script may stand on its thumbnail."""

from pathlib import Path

from reelwright.production.schema import (
    ComparisonVisual,
    NumberVisual,
    Scene,
    Script,
    Seo,
    Side,
    StatementVisual,
    TitleVisual,
    Visual,
)
from reelwright.video.engine.thumbnails.story import thumbnail_request
from reelwright.video.schema import PictureUse, ThumbnailRequest
from reelwright.video.staging import Staged


def picture(name: str, role: str = "hero", item: int = 0, score: float = 0.9) -> PictureUse:
    return PictureUse.model_validate(
        {"role": role, "item": item, "name": name, "digest": "0", "source": "pack", "score": score, "why": ""}
    )


def asked(*scenes: tuple[Visual, str, tuple[PictureUse, ...]]) -> ThumbnailRequest:
    script = Script(
        title="The secret life of bees", hook="Bees dance.", call_to_action="Go",
        scenes=tuple(Scene(narration=said, visual_prompt="", visual=visual) for visual, said, _ in scenes),
        seo=Seo(title="T", description=""),
    )  # fmt: skip
    staged = [Staged(visual.kind, "", shown, ground="land") for visual, _, shown in scenes]
    return thumbnail_request(
        script, staged, aspect="16:9", style="ember", seed=1, size=(640, 360), out=Path("t.png")
    )


TITLE = TitleVisual(title="The secret life of bees")
BEE, CAR = picture("honeybee"), picture("automobile", score=0.99)


def test_the_face_is_the_picture_of_the_title() -> None:
    found = asked((TITLE, "Bees dance.", (BEE,)), (StatementVisual(text="Cars"), "Cars", (CAR,)))
    assert found.picture == BEE
    assert found.ground == "land"


def test_a_doubtful_picture_of_another_scene_is_no_face() -> None:
    found = asked((TITLE, "Bees dance.", ()), (StatementVisual(text="Cars"), "Cars", (CAR,)))
    assert found.picture is None


def test_a_script_without_a_title_scene_has_its_surest_picture() -> None:
    statement = StatementVisual(text="Cars")
    assert asked((statement, "Bees", (BEE,)), (statement, "Cars", (CAR,))).picture == CAR


def test_the_figure_of_the_topic_is_told_with_the_words_behind_it() -> None:
    trips = NumberVisual(value=12, label="trips a day"), "She makes 12 trips a day.", ()
    bees = NumberVisual(value=50000, label="bees"), "A colony holds 50,000 bees in summer.", (BEE,)
    figure = asked((TITLE, "Bees dance.", (BEE,)), trips, bees).figure
    assert figure is not None
    assert (figure.number, figure.rest) == ("50,000", "bees in summer")


def test_a_figure_whose_words_stand_before_it_is_left_out() -> None:
    year = NumberVisual(value=1972, label="Five more crews landed"), "Five more crews landed until 1972.", ()
    assert asked((TITLE, "Bees dance.", ()), year).figure is None


def test_a_label_that_does_not_go_on_from_the_figure_is_not_torn() -> None:
    third = NumberVisual(value=1, suffix="/3", label="Lentils cost"), "Lentils cost a third of beef.", ()
    years = NumberVisual(value=12, suffix=" years", label="The next"), "The next took twelve years.", ()
    assert asked((TITLE, "Bees dance.", ()), third, years).figure is None


def test_two_sides_need_a_picture_each() -> None:
    both = ComparisonVisual(left=Side(label="Honey bees"), right=Side(label="Wild bees"))
    pictures = picture("honeybee", "item", 0), picture("bug", "item", 1)
    sides = asked((TITLE, "Bees dance.", ()), (both, "Two.", pictures)).sides
    assert [(side.label, side.picture.name) for side in sides] == [
        ("Honey bees", "honeybee"),
        ("Wild bees", "bug"),
    ]
    assert asked((TITLE, "Bees dance.", ()), (both, "Two.", pictures[:1])).sides == ()
