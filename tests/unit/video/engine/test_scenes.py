from itertools import pairwise

import numpy as np
import pytest

from reelwright.environment.schema import Aspect
from reelwright.production.schema import (
    ChartVisual,
    ClosingVisual,
    ComparisonVisual,
    Datum,
    FlowVisual,
    ListVisual,
    MapVisual,
    Moment,
    NumberVisual,
    QuoteVisual,
    Side,
    StatementVisual,
    TimelineVisual,
    TitleVisual,
    Visual,
)
from reelwright.video.engine.colour import Rgb, contrast
from reelwright.video.engine.layouts.ornamented import corner_actors, ornament_actor
from reelwright.video.engine.palette import PALETTES
from reelwright.video.engine.picture import to_rgb
from reelwright.video.engine.plan import plan_scene
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.scene import Scene
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.errors import TextUndrawable
from reelwright.video.schema import frame_size
from tests.unit.video.engine.conftest import TextSpy
from tests.unit.video.engine.scenes import ASPECTS, LATE, SECONDS, SPEECH, VISUALS, graphics, spoken, still

KINDS = list(VISUALS)
LONG = "Everything that anybody ever wanted to know about it and never dared to ask " * 4
HARSH = (
    "x" * 80,
    "W" * 80,
    LONG[:300],
    "אבגד הוזח טיכל " * 6,
    "漢字かな交じり文" * 10,
    "🌊🌙" * 20,
    "e\u0301\u0327" * 40,
    "\u200d\u200c \u2060",
    "1 2 3 4 5 6 7 8 9 0",
)


def difference(first: Frame, second: Frame) -> float:
    return float(np.abs(first.y.astype(int) - second.y.astype(int)).mean())


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_text_stays_in_the_safe_area_uncut_and_apart(
    kind: str, index: int, aspect: Aspect, text_spy: TextSpy
) -> None:
    still(graphics(kind, aspect=aspect, scene_index=index), LATE)
    area = Stage(*frame_size(aspect, "480p"), captions=False).content.grown(6)
    room = text_spy.box()
    assert text_spy.seen
    assert (room.clipped(area)) == room
    assert all(spied.clip is None or spied.box.clipped(spied.clip) == spied.box for spied in text_spy.seen)
    assert overlapping(text_spy) < 30


def overlapping(spy: TextSpy) -> int:
    """Pixels on which the ink of two pieces of text lies."""
    room = spy.box()
    inked = np.zeros((room.height, room.width), int)
    for spied in spy.seen:
        box = spied.box
        inked[box.top - room.top : box.bottom - room.top, box.left - room.left : box.right - room.left] += (
            spied.alpha > 128
        )
    return int((inked > 1).sum())


@pytest.mark.parametrize("aspect", ASPECTS)
def test_the_caption_pill_stands_in_its_own_room(aspect: Aspect) -> None:
    width, height = frame_size(aspect, "480p")
    stage = Stage(width, height, captions=True)
    said, mute = (
        graphics("title", aspect=aspect, captions=True, words=words) for words in (spoken(SPEECH), ())
    )
    changed = np.abs(still(said, 2.0).y.astype(int) - still(mute, 2.0).y.astype(int)) > 30
    changed[: stage.content.bottom] = False
    rows, columns = np.nonzero(changed)
    assert rows.max() < stage.caption_foot
    assert height - rows.max() >= (0.19 if aspect == "9:16" else 0.075) * height
    assert rows.min() >= stage.content.bottom
    assert columns.min() > 0.05 * width
    assert columns.max() < 0.95 * width


def test_no_pill_when_there_is_nothing_to_say() -> None:
    silent, off = (
        graphics("title", captions=True),
        graphics("title", captions=True, words=spoken("Hi.", start=7)),
    )
    assert difference(still(silent, 3.0), still(off, 3.0)) == 0


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("kind", KINDS)
def test_contrast_on_the_pixels_themselves(kind: str, palette: str, text_spy: TextSpy) -> None:
    for index in (KINDS.index(kind), KINDS.index(kind) + 1):
        scene = graphics(
            kind, style=palette, scene_index=index, captions=index % 2 == 0, theme_seed=len(palette)
        )
        text_spy.seen.clear()
        text_spy.hide = False
        shown = to_rgb(still(scene, LATE))
        text_spy.hide = True
        ground = to_rgb(still(scene, LATE))
        assert worst_contrast(shown, ground, text_spy) >= 4.5


def worst_contrast(shown: np.ndarray, ground: np.ndarray, spy: TextSpy) -> float:
    """The lowest contrast between the solid inside of letters and what lies under them."""
    worst = 21.0
    for spied in spy.seen:
        box = spied.box
        solid = np.zeros(shown.shape[:2], bool)
        solid[box.top : box.bottom, box.left : box.right] = spied.alpha >= 256
        core = solid.copy()
        for axis in (0, 1):
            core &= np.roll(solid, 1, axis) & np.roll(solid, -1, axis)
        pairs = {
            (tuple(ink), tuple(below))
            for ink, below in zip(shown[core].tolist(), ground[core].tolist(), strict=True)
        }
        worst = min([worst, *(contrast(Rgb(*ink), Rgb(*below)) for ink, below in pairs)])
    return worst


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [0, 1, 2, 3])
def test_something_moves_in_every_second(kind: str, index: int) -> None:
    moments = [still(graphics(kind, scene_index=index), float(second)) for second in range(3, 8)]
    assert min(difference(before, after) for before, after in pairwise(moments)) > 0.3


@pytest.mark.parametrize(
    "kinds",
    [
        ("title", "statement"),
        ("statement", "statement"),
        ("title", "title"),
        ("list", "list"),
        ("quote", "quote"),
        ("number", "number"),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_neighbours_are_never_alike(kinds: tuple[str, str], seed: int) -> None:
    plans = [plan_scene(kind, index, seed, "auto") for index, kind in enumerate(kinds)]
    assert plans[0].shade != plans[1].shade
    assert plans[0].field != plans[1].field
    assert kinds[0] != kinds[1] or plans[0].variant != plans[1].variant
    scenes = [graphics(kind, scene_index=index, theme_seed=seed) for index, kind in enumerate(kinds)]
    assert difference(*(still(scene, LATE) for scene in scenes)) > 25


@pytest.mark.parametrize("kind", ["title", "statement", "quote", "closing"])
def test_words_do_not_appear_before_they_are_spoken(kind: str, text_spy: TextSpy) -> None:
    visual = VISUALS[kind]
    text = getattr(visual, "title", None) or getattr(visual, "text", "")
    words = spoken(text, start=1.0, each=0.6)
    scene = graphics(kind, words=words)
    counts = []
    for word in words:
        text_spy.seen.clear()
        still(scene, word.start_seconds - 0.3)
        early = len(text_spy.seen)
        text_spy.seen.clear()
        still(scene, word.end_seconds)
        counts.append((early, len(text_spy.seen)))
    assert all(after > before for before, after in counts)
    assert [before for before, _ in counts] == sorted(before for before, _ in counts)


def test_points_light_up_when_they_are_spoken(text_spy: TextSpy) -> None:
    words = spoken(
        "Look: first the Moon then slowly the Sun and last the shape of the coast", start=0.1, each=0.5
    )
    scene = graphics("list", words=words)
    shown = []
    for moment in ("Moon", "Sun", "shape"):
        at = next(word for word in words if word.text == moment).start_seconds
        for when in (at - 0.3, at + 0.5):
            text_spy.seen.clear()
            still(scene, when)
            shown.append(len(text_spy.seen))
    assert shown[0] < shown[1] <= shown[2] < shown[3] <= shown[4] < shown[5]


@pytest.mark.parametrize("share", ["", "%"])
def test_a_figure_is_not_given_away_before_it_is_spoken(share: str) -> None:
    """Both figures are of the same width, so that only what they say could tell them apart."""
    words = [spoken(f"And then at last it was {value} of them", each=0.18) for value in (16, 61)]
    scenes = [
        graphics(NumberVisual(value=int(said[6].text), suffix=share, label="of them"), words=said)
        for said in words
    ]
    early = [still(scene, said[6].start_seconds - 0.3) for scene, said in zip(scenes, words, strict=True)]
    assert 5 * difference(*early) < difference(*(still(scene, LATE) for scene in scenes))


def test_a_figure_spoken_late_is_not_waited_for() -> None:
    words = spoken("Long before anybody comes to speak of it at all there were 16 of them", each=0.5)
    scenes = [graphics(NumberVisual(value=value, label="of them"), words=words) for value in (16, 61)]
    assert difference(*(still(scene, 2.0) for scene in scenes)) > 0


def test_a_line_whose_first_label_is_spoken_late_sets_out_in_time(text_spy: TextSpy) -> None:
    data = tuple(Datum(label=label, value=value) for label, value in (("1950", 2.5), ("1990", 5.3)))
    chart = ChartVisual(heading="People", unit="billion", shape="line", data=data)
    words = spoken("There are very many more of us by now than there ever were in 1950", each=0.45)
    shown = []
    for when in (1.3, 2.8):
        text_spy.seen.clear()
        still(graphics(chart, words=words), when)
        shown.append(len(text_spy.seen))
    assert shown[0] < shown[1]


def test_a_list_spoken_late_has_its_first_point_in_time(text_spy: TextSpy) -> None:
    words = spoken("It takes a very long while to come to what matters and then the Moon", each=0.4)
    scene = graphics("list", words=words)
    shown = []
    for when in (1.3, 2.3):
        text_spy.seen.clear()
        still(scene, when)
        shown.append(len(text_spy.seen))
    assert shown[0] < shown[1]


def test_a_comparison_spoken_late_does_not_begin_with_an_empty_scene(text_spy: TextSpy) -> None:
    words = spoken("It takes a very long while to come to it: spring tides rise highest", each=0.4)
    still(graphics("comparison", words=words), 1.0)
    assert text_spy.seen


@pytest.mark.parametrize("text", HARSH)
@pytest.mark.parametrize("aspect", ASPECTS)
def test_harsh_text_is_drawn_or_left_out_but_never_leaves_the_frame(
    text: str, aspect: Aspect, text_spy: TextSpy
) -> None:
    visuals: tuple[Visual, ...] = (
        TitleVisual(title=text, kicker=text),
        StatementVisual(text=text, emphasis=text[:10]),
        ListVisual(heading=text, items=(text,) * 6),
        NumberVisual(value=12, prefix=text[:20], suffix=text[:40], label=text),
        ChartVisual(
            heading=text, unit=text, data=tuple(Datum(label=text, value=value) for value in (3, -2, 5))
        ),
        ChartVisual(
            heading=text,
            unit=text,
            shape="line",
            data=tuple(Datum(label=text, value=value) for value in (3, 2, 5)),
        ),
        QuoteVisual(text=text, attribution=text),
        ComparisonVisual(heading=text, left=Side(label=text, detail=text), right=Side(label=text)),
        TimelineVisual(
            heading=text, moments=tuple(Moment(when=text, year=year, label=text) for year in range(6))
        ),
        MapVisual(places=(text,) * 3, label=text),
        FlowVisual(heading=text, steps=(text,) * 4),
        ClosingVisual(text=text, points=(text,) * 4),
    )
    width, height = frame_size(aspect, "480p")
    for index, visual in enumerate(visuals):
        text_spy.seen.clear()
        shown = graphics(visual, aspect=aspect, scene_index=index, captions=True, words=spoken(text))
        try:
            still(shown, LATE)
        except TextUndrawable:
            continue
        inside = Stage(width, height, captions=True).frame.grown(-8)
        assert all(spied.box.clipped(inside) == spied.box for spied in text_spy.seen), visual.kind


@pytest.mark.parametrize("value", [0, -12.5, 1e300, 5e-324, float("inf"), float("nan"), 2_250_000_000])
def test_any_value_can_be_shown(value: float) -> None:
    data = tuple(Datum(label=name, value=number) for name, number in (("a", value), ("b", 1.0), ("c", value)))
    for visual in (
        NumberVisual(value=value, decimals=1, label="so much"),
        ChartVisual(heading="Values", data=data),
        ChartVisual(heading="Values", shape="line", data=data),
    ):
        still(graphics(visual), LATE)


def test_characters_without_a_font_are_named_in_the_choices() -> None:
    scene = Scene(graphics(TitleVisual(title="Tea \U0001f9c9"), captions=True), 480, 480, 4.0)
    chosen = dict(scene.choices)
    assert any(choice.startswith("left out symbols U+1F9C9") for choice in chosen)


def test_the_choices_name_layout_palette_and_ground() -> None:
    chosen = [choice.split()[0] for choice, _ in Scene(graphics("title"), 480, 480, 4.0).choices]
    assert chosen == ["layout", "palette", "ground"]


@pytest.mark.parametrize("seconds", [1 / 24, 0.3, 0.8])
def test_very_short_scenes_are_drawn(seconds: float) -> None:
    for kind in KINDS:
        still(
            graphics(kind, words=spoken(SPEECH), captions=True, scene_count=3),
            seconds / 2,
            seconds,
        )


@pytest.mark.parametrize("count", [1, 4, 300])
def test_progress_fills_one_piece_of_the_bar_a_scene(count: int) -> None:
    index = count // 2
    frames = [still(graphics("title", scene_index=index, scene_count=count), t) for t in (0.0, 4.0, SECONDS)]
    width = frames[0].y.shape[1]
    accent = frames[-1].y[-2, 0]
    lengths = [int((frame.y[-2] == accent).sum()) for frame in frames]
    gaps = 2 * count if count < 100 else 2
    begin, end = width * index / count, width * (index + 1) / count
    assert lengths == [pytest.approx(passed, abs=gaps) for passed in (begin, (begin + end) / 2, end)]


def test_the_pieces_of_the_bar_stand_apart_as_long_as_there_is_room() -> None:
    bar = still(graphics("title", scene_index=3, scene_count=4), SECONDS).y[-2]
    assert np.count_nonzero(np.diff((bar == bar[0]).astype(int)) < 0) == 3


@pytest.mark.parametrize("seed", range(4))
def test_a_wipe_ends_on_the_ground_with_which_the_next_scene_begins(seed: int) -> None:
    first = graphics("title", scene_count=2, theme_seed=seed)
    second = graphics("statement", scene_count=2, scene_index=1, theme_seed=seed)
    last, opening = still(first, SECONDS - 1 / 60), still(second, 0.0)
    above = slice(0, last.y.shape[0] - 8)
    assert np.abs(last.y[above].astype(int) - opening.y[above].astype(int)).mean() < 2
    assert difference(still(first, SECONDS - 0.5), opening) > 20


def test_the_last_scene_ends_without_a_wipe() -> None:
    assert difference(still(graphics("title"), SECONDS - 0.5), still(graphics("title"), SECONDS - 0.02)) < 8


@pytest.mark.parametrize("resolution", ["480p", "720p", "1080p"])
def test_every_resolution_shows_the_same_picture(resolution: str) -> None:
    width, height = frame_size("16:9", resolution)  # type: ignore[arg-type]
    frame = Frame.blank(width, height)
    Scene(graphics("statement"), width, height, SECONDS).draw(frame, LATE)
    coarse = frame.y[:: height // 60, :: height // 60][:60, :100].astype(int)
    known = still(graphics("statement"), LATE).y[::8, ::8][:60, :100].astype(int)
    assert np.abs(coarse - known).mean() < 12


def test_drawing_is_a_function_of_the_moment() -> None:
    width, height = frame_size("16:9", "480p")
    for kind in KINDS:
        scene = Scene(
            graphics(kind, words=spoken(SPEECH), captions=True, scene_index=KINDS.index(kind)),
            width,
            height,
            SECONDS,
        )
        frames = [Frame.blank(width, height) for _ in range(2)]
        scene.draw(frames[0], 3.0)
        for t in (6.0, 0.5):
            scene.draw(frames[1], t)
        scene.draw(frames[1], 3.0)
        assert difference(*frames) == 0


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("captions", [True, False])
@pytest.mark.parametrize("index", range(4))
def test_figures_never_stand_behind_text(aspect: Aspect, captions: bool, index: int) -> None:  # noqa: FBT001 (a table)
    width, height = frame_size(aspect, "480p")
    setting = Setting(Stage(width, height, captions), plan_scene("title", index, 0, "auto"), (), SECONDS)
    for figures, text in (
        (corner_actors(setting), setting.stage.middle),
        (ornament_actor(setting, "right"), setting.stage.text("right")),
        (ornament_actor(setting, "left"), setting.stage.text("left")),
    ):
        for t in (1.0, 2.3, 4.9, 7.7):
            frame = Frame.blank(width, height)
            for figure in figures:
                figure.draw(frame, t)
            assert (frame.y[text.top : text.bottom, text.left : text.right] == 16).all()
            assert (frame.y != 16).any()
