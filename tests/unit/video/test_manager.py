import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.cost.schema import Usage
from reelwright.environment.finishing import CHAIN
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import ProviderSettings, ServiceSettings, Settings
from reelwright.environment.secret import ApiKey, Secret
from reelwright.errors import InvalidInput
from reelwright.models.errors import OutcomeUnknown
from reelwright.models.http import HttpClient
from reelwright.models.manager import Providers
from reelwright.models.parts import ModelParts, in_memory
from reelwright.models.providers.runway import RunwayProvider
from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.models.spending import whole_bill
from reelwright.pipeline.context import Managers, StepContext
from reelwright.pipeline.declaration import Done, Pending
from reelwright.pipeline.steps.shoot import ShootInput, shoot
from reelwright.production.schema import Brief, Narration, Scene, Script, Seo, Span, StatementVisual, Word
from reelwright.storage.memory import MemoryArtifacts
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.engine.styles import STYLES
from reelwright.video.engine.thumbnails.maker import EmbeddedThumbnail
from reelwright.video.errors import TextUndrawable
from reelwright.video.footage import ours_alone
from reelwright.video.manager import VideoGenerationManager
from reelwright.video.probe import probe
from reelwright.video.review import PyAvReviewer
from reelwright.video.schema import PictureUse
from reelwright.video.shooting import Footage, cache_key
from tests.simulators.access import KEY
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import Faults

LOCAL = load_environment("local").settings
BRIEF = Brief(topic="Tides")


class Camera:
    """Shoots a file that names what was asked."""

    def __init__(self) -> None:
        self.requests: list[ShotRequest] = []
        self.trace: Path | None = None

    def shoot(self, model: object, request: ShotRequest, call: object) -> ShotResponse:
        self.requests.append(request)
        media = request.work_dir / "clip.mp4"
        media.write_text(f"{model} {request.graphics.model_dump_json()}")
        return ShotResponse(
            media=media,
            frames=request.frames,
            choices=(("plain", "only one"),),
            usage=(Usage(unit="s", quantity=1),),
            trace=self.trace,
        )


class Running(VirtualClock):
    """A day on which the prices count, and time that runs."""

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class OneKey:
    """Secrets that hold one key."""

    def with_secret(self, reference: object, kind: object, call: Callable[[ApiKey], Any]) -> Any:
        return call(ApiKey(api_key=SecretStr(KEY)))


class Set:
    """A script of two scenes, narrated, and somebody to shoot it."""

    def __init__(self, folder: Path, settings: Settings = LOCAL) -> None:
        self.camera = Camera()
        self.folder = folder
        self.artifacts = MemoryArtifacts(folder / "store")
        self.clock = Running()
        self.parts: ModelParts = in_memory(
            providers=Providers(
                content={},
                audio={},
                video={"embedded": self.camera},
                footage={"runway": RunwayProvider(HttpClient(), Random(1))},
            ),
            artifacts=self.artifacts,
            clock=self.clock,
            rng=Random(0),
            secrets=OneKey(),  # type: ignore[arg-type]
        )
        self.under(settings)
        self.narration = Narration(
            audio=self.artifacts.put_bytes(b"wav", "audio/wav"),
            words=(
                Word(text="One.", start_seconds=0.2, end_seconds=0.6, scene_index=0),
                Word(text="Two.", start_seconds=2.3, end_seconds=2.7, scene_index=1),
            ),
            scenes=(Span(start_seconds=0, end_seconds=2), Span(start_seconds=2, end_seconds=5)),
            voice="joe",
        )

    def under(self, settings: Settings) -> "Set":
        """Go on under other settings."""
        self.settings = settings
        self.manager = VideoGenerationManager(
            models=self.parts.manager_for(settings),
            artifacts=self.artifacts,
            assembler=PyAvAssembler(),
            reviewer=PyAvReviewer(),
            thumbnails=EmbeddedThumbnail(),
            settings=settings,
            draw=lambda: self.parts.manager_for(ours_alone(settings, self.parts)),
        )
        return self

    def shoot(
        self, index: int, *, script: Script | None = None, brief: Brief = BRIEF, seed: int = 1
    ) -> Footage:
        footage = self.manager.shoot(
            brief,
            script or a_script(),
            self.narration,
            index,
            seed=seed,
            idempotency_key=f"prod_1/shoot/{index}/{len(self.camera.requests)}",
            work_dir=self.folder,
        )
        assert isinstance(footage, Footage)
        return footage

    def step(self, pending: Pending | None = None, key: str = "prod_1/shoot/0/abc") -> Done[Any] | Pending:
        """Run the step of the first scene, as a runtime does."""
        context = StepContext(
            production_id="prod_1",
            key=key,
            seed=1,
            settings=self.settings,
            managers=Managers(models=None, content=None, audio=None, video=self.manager, upload=None),  # type: ignore[arg-type]
            artifacts=self.artifacts,
            clock=self.clock,
            work_dir=self.folder,
            out_dir=self.folder,
            pending=pending,
        )
        task = ShootInput(brief=BRIEF, script=a_script(), narration=self.narration, index=0)
        outcome = shoot(context, task)
        if isinstance(outcome, Done):
            return replace(outcome, charges=whole_bill(self.parts.ledger, key, outcome.charges))
        return outcome

    def made(self, key: str = "prod_1/shoot/0/abc") -> Done[Any]:
        """Run the step until it is done."""
        outcome = self.step(key=key)
        for _ in range(10):
            if isinstance(outcome, Done):
                return outcome
            outcome = self.step(outcome, key)
        raise AssertionError("the scene was never done")


def a_script(*texts: str) -> Script:
    scenes = tuple(
        Scene(narration=text, visual_prompt=text, visual=StatementVisual(text=text))
        for text in (texts or ("One", "Two"))
    )
    return Script(
        title="T", hook="One", scenes=scenes, call_to_action="Go", seo=Seo(title="T", description="")
    )


def test_a_scene_is_asked_for_with_times_of_its_own(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    studio.shoot(1)
    request = studio.camera.requests[0]
    graphics = request.graphics.model_dump()
    assert [(word["text"], word["start_seconds"]) for word in graphics["words"]] == [("Two.", 0.3)]
    assert (graphics["scene_index"], graphics["scene_count"]) == (1, 2)
    assert (request.frames, request.fps, request.width, request.height) == (72, 24, 1280, 720)


def test_the_same_scene_is_shot_once(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    first, second = studio.shoot(0), studio.shoot(0)
    assert len(studio.camera.requests) == 1
    assert not first.clip.cached
    assert second.clip.cached
    assert second.clip.media == first.clip.media
    assert first.charges
    assert not second.charges


@pytest.mark.parametrize(
    "change",
    [
        {"script": a_script("Another", "Two")},
        {"brief": BRIEF.model_copy(update={"aspect": "9:16"})},
        {"brief": BRIEF.model_copy(update={"style": "ember"})},
        {"seed": 2},
    ],
)
def test_what_changes_the_picture_is_shot_again(tmp_path: Path, change: dict[str, object]) -> None:
    studio = Set(tmp_path)
    studio.shoot(0)
    assert not studio.shoot(0, **change).clip.cached  # type: ignore[arg-type]


def test_another_scene_of_the_script_changes_nothing(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    studio.shoot(0)
    assert studio.shoot(0, script=a_script("One", "Quite another thing")).clip.cached


def test_the_cache_can_be_switched_off(tmp_path: Path) -> None:
    features = LOCAL.features.model_copy(update={"scene_cache": False})
    studio = Set(tmp_path, LOCAL.model_copy(update={"features": features}))
    studio.shoot(0)
    studio.shoot(0)
    assert len(studio.camera.requests) == 2


def test_what_a_scene_says_of_its_texts_is_kept_with_it(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    told = tmp_path / "told.trace"
    told.write_bytes(b"texts")
    studio.camera.trace = told
    drawn, kept = studio.shoot(0).clip, studio.shoot(0).clip

    assert kept.cached
    assert drawn.trace == kept.trace is not None
    assert studio.artifacts.read_bytes(kept.trace) == b"texts"


def test_a_cached_clip_that_was_lost_is_shot_again(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    studio.artifacts.lose(studio.shoot(0).clip.media)
    assert not studio.shoot(0).clip.cached


def test_the_record_says_who_shot_it_and_what_was_chosen(tmp_path: Path) -> None:
    decisions = Set(tmp_path).shoot(0).decisions
    assert [(item.subject, item.chosen) for item in decisions] == [
        ("palette of the video", "lagoon"),
        ("video model", "embedded-motion-graphics"),
        ("layout of scene 1", "statement"),
        ("pictures of scene 1", "none"),
        ("picture of scene 1", "plain"),
    ]
    assert all(item.reason for item in decisions)


def test_all_scenes_and_the_record_have_the_palette_of_the_topic(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    script = a_script("The tide rises", "The sea falls")
    footages = [studio.shoot(index, script=script) for index in (0, 1)]
    assert {request.graphics.model_dump()["style"] for request in studio.camera.requests} == {"lagoon"}
    told = [item for footage in footages for item in footage.decisions if item.subject.startswith("palette")]
    assert [item.chosen for item in told] == ["lagoon"]
    assert "'tide', 'sea'" in told[0].reason
    assert len(told[0].rejected) == len(STYLES) - 2


def test_a_palette_that_is_asked_for_is_kept_whatever_the_topic(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    brief = BRIEF.model_copy(update={"style": "ember"})
    footage = studio.shoot(0, script=a_script("The tide rises", "The sea falls"), brief=brief)
    assert studio.camera.requests[0].graphics.model_dump()["style"] == "ember"
    assert footage.decisions[0].reason == "asked for by name"
    assert (
        studio.shoot(0, script=a_script("The tide rises", "The sea falls"), brief=brief).decisions[0].chosen
        == "ember"
    )


def test_an_unknown_style_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="ember"):
        Set(tmp_path).manager.check(BRIEF.model_copy(update={"style": "baroque"}))


def test_letters_that_nobody_can_draw_are_refused_before_a_voice_reads_them(tmp_path: Path) -> None:
    with pytest.raises(TextUndrawable, match="no font here has them"):
        Set(tmp_path).manager.check(BRIEF.model_copy(update={"topic": "𐎀𐎁𐎂𐎃", "notes": "𐎀𐎁𐎂 𐎃𐎄𐎅"}))
    Set(tmp_path).manager.check(
        BRIEF.model_copy(update={"topic": "Ugaritic: 𐎀𐎁𐎂", "notes": "It had 30 letters."})
    )


# Footage by a vendor


@pytest.fixture
def runway() -> Iterator[RunwaySimulator]:
    with RunwaySimulator(keys=[KEY], shrink=2) as simulator:
        yield simulator


def by_runway(simulator: RunwaySimulator, *fallback: str, **features: Any) -> Settings:
    """Settings under which Runway shoots, and then whoever is named."""
    video = ServiceSettings(tier="standard", models=("runway-gen4-5", *fallback), timeout_seconds=600)
    runway = ProviderSettings(credential=Secret("providers/runway", "api_key"), endpoints=(simulator.url,))
    return LOCAL.model_copy(
        update={
            "models": LOCAL.models.model_copy(update={"video": video}),
            "providers": {**LOCAL.providers, "runway": runway},
            "features": LOCAL.features.model_copy(update=features),
        }
    )


def test_a_vendors_clip_is_pending_then_fitted_and_paid(tmp_path: Path, runway: RunwaySimulator) -> None:
    studio = Set(tmp_path, by_runway(runway))
    pending = studio.step()
    assert isinstance(pending, Pending)
    assert pending.token in runway.tasks
    assert pending.check_after_seconds >= 5
    assert (pending.deadline - studio.clock.now()).total_seconds() == pytest.approx(600)
    done = studio.made()
    (track,) = probe(studio.artifacts.local_path(done.output.media)).video
    assert (track.width, track.height, track.rate, track.frames) == (1280, 720, 24, 48)
    assert read_burned(studio.artifacts.local_path(done.output.media)) == prompt_hash("One")
    assert sum(line.micro_usd for line in done.charges) == runway.bill_micro_usd == 240_000
    assert len(runway.accepted) == 1
    assert runway.objections == []


def test_the_record_says_how_footage_was_made_to_fit(tmp_path: Path, runway: RunwaySimulator) -> None:
    runway.faults = Faults.script(["throttled"])
    decisions = Set(tmp_path, by_runway(runway, captions="burned")).made().decisions
    told = {decision.subject: decision for decision in decisions}
    assert told["video model"].chosen == "runway-gen4-5"
    assert told["fitting of scene 1"].chosen == "1280x720, 24 fps, 48 frames"
    assert told["captions of scene 1"].chosen == "soft captions only"
    (failed,) = [each for each in told["video model"].rejected if "attempt" in each.name]
    assert failed.name == "runway-gen4-5, attempt 1"
    assert failed.reason


def test_soft_captions_need_no_word(tmp_path: Path, runway: RunwaySimulator) -> None:
    decisions = Set(tmp_path, by_runway(runway, captions="soft")).made().decisions
    assert not [each for each in decisions if each.subject.startswith("captions")]


def test_a_chain_without_captions_misses_none_in_footage(tmp_path: Path, runway: RunwaySimulator) -> None:
    settings = by_runway(runway)
    chain = tuple(step for step in CHAIN if step != "caption")
    without = settings.model_copy(update={"video": settings.video.model_copy(update={"chain": chain})})
    decisions = Set(tmp_path, without).made().decisions
    assert not [each for each in decisions if each.subject.startswith("captions")]


def test_footage_that_cannot_be_used_is_paid_for_and_shot_by_the_next(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    runway.faults = Faults.script(["truncated"] * 5, on=lambda one: one.method == "POST")
    done = Set(tmp_path, by_runway(runway, "embedded-motion-graphics")).made()
    told = {decision.subject: decision for decision in done.decisions}
    assert told["video model"].chosen == "embedded-motion-graphics"
    failed = [each for each in told["video model"].rejected if "attempt" in each.name]
    assert failed
    assert all(each.reason.startswith("rejected: ") for each in failed)
    assert "cannot be played" in failed[-1].reason
    assert sum(line.micro_usd for line in done.charges) == runway.bill_micro_usd > 0
    assert len(failed) == len(runway.accepted)


def test_an_order_that_may_have_arrived_is_not_sent_again(tmp_path: Path, runway: RunwaySimulator) -> None:
    runway.faults = Faults.script(["lost_answer"])
    studio = Set(tmp_path, by_runway(runway))
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            studio.step()
    assert len(runway.accepted) == 1


def test_a_vendors_clip_is_bought_anew_where_answers_are_not_cached(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    studio = Set(tmp_path, by_runway(runway))
    studio.made()
    assert not studio.made("prod_2/shoot/0/abc").output.cached
    assert len(runway.accepted) == 2


def test_a_vendors_clip_is_bought_once_where_they_are(tmp_path: Path, runway: RunwaySimulator) -> None:
    caching = by_runway(runway)
    caching = caching.model_copy(update={"costs": caching.costs.model_copy(update={"cache_seconds": 3600})})
    studio = Set(tmp_path, caching)
    first, again = studio.made(), studio.made("prod_2/shoot/0/abc")
    assert (first.output.cached, again.output.cached) == (False, True)
    assert again.output.media == first.output.media
    assert not again.charges
    assert any("nothing was bought" in decision.reason for decision in again.decisions)
    assert len(runway.accepted) == 1


def test_a_drawing_of_ours_does_not_serve_where_a_vendor_is_paid_to_shoot(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    studio = Set(tmp_path)
    drawn = studio.made()
    shot = studio.under(by_runway(runway)).made("prod_2/shoot/0/abc")
    assert not shot.output.cached
    assert shot.output.media != drawn.output.media
    assert len(runway.accepted) == 1
    back = studio.under(LOCAL).made("prod_3/shoot/0/abc")
    assert back.output.cached
    assert back.output.media == drawn.output.media


def test_what_was_ordered_is_collected_though_the_scene_is_in_the_cache_by_now(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    studio = Set(tmp_path, by_runway(runway))
    pending = studio.step(key="prod_1/shoot/0/abc")
    assert isinstance(pending, Pending)
    studio.made("prod_2/shoot/0/abc")
    outcome: Any = pending
    while isinstance(outcome, Pending):
        outcome = studio.step(outcome, "prod_1/shoot/0/abc")
    assert not outcome.output.cached
    assert len(runway.accepted) == 2
    totals = studio.parts.ledger.totals("env:local")
    assert (totals.settled, totals.reserved, totals.unknown) == (runway.bill_micro_usd, 0, 0)


def test_a_budget_has_scenes_drawn_and_the_record_says_so_also_of_the_cache(
    tmp_path: Path, runway: RunwaySimulator
) -> None:
    budgets = LOCAL.budgets.model_copy(
        update={
            "per_day_warn_usd": Decimal("1.00"),
            "per_day_action_usd": Decimal("1.00"),
            "per_day_action": "mock",
        }
    )
    studio = Set(
        tmp_path,
        by_runway(runway, "embedded-motion-graphics").model_copy(update={"budgets": budgets}),
    )
    spent = studio.parts.ledger.reserve("day:local:2026-11-25", 1_500_000, key="other work")
    studio.parts.ledger.settle(spent, 1_500_000)
    drawn, again = studio.made(), studio.made("prod_2/shoot/0/abc")
    assert runway.received == []
    assert drawn.warnings
    assert (drawn.output.cached, again.output.cached) == (False, True)
    assert drawn.output.mock
    assert again.output.mock
    for done in (drawn, again):
        (mock,) = [each for each in done.decisions if each.subject == "mock video model"]
        assert mock.chosen == "embedded-motion-graphics"
        assert "$1" in mock.reason


def test_the_key_of_a_scene_holds_its_pictures_and_not_how_sure_they_are(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    studio.shoot(0)
    (request,) = studio.camera.requests

    def key(**changes: Any) -> str:
        use = {"role": "hero", "name": "moon", "digest": "d", "source": "pack", "score": 0.9}
        picture = PictureUse.model_validate({**use, "why": "'moon' in the lexicon; shown before", **changes})
        graphics = request.graphics.model_copy(update={"pictures": (picture,)})
        return cache_key(request.model_copy(update={"graphics": graphics}))

    assert key() == key(score=0.8, why="'moon' in the lexicon; 2 more scenes speak of it")
    different = {
        key(),
        key(digest="e"),
        key(role="item"),
        key(word="lunar"),
        cache_key(request),
    }
    assert len(different) == 5


@pytest.mark.parametrize(
    ("chain", "burned"), [(CHAIN, True), (tuple(step for step in CHAIN if step != "caption"), False)]
)
def test_captions_are_drawn_where_the_chain_has_them(
    tmp_path: Path, chain: tuple[str, ...], *, burned: bool
) -> None:
    studio = Set(
        tmp_path, LOCAL.model_copy(update={"video": LOCAL.video.model_copy(update={"chain": chain})})
    )
    studio.shoot(0)
    assert studio.camera.requests[0].graphics.model_dump()["captions"] is burned
