"""What a branded video begins and ends with: a card, or a clip of the brand's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reelwright.production.branding import Brand
from reelwright.production.schema import Clip
from reelwright.storage.ports import ArtifactStore
from reelwright.video.branding import font_of, logo_of
from reelwright.video.engine.card import Card
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.errors import BrandUnusable
from reelwright.video.normalising import inspect, normalise
from reelwright.video.own_clips import LONGEST_SECONDS

__all__ = ["End", "EndMaker", "Which"]

Which = Literal["intro", "outro"]


@dataclass(frozen=True, slots=True)
class End:
    """One end of a video, and how it came about."""

    clip: Clip
    told: str


@dataclass(frozen=True, slots=True)
class EndMaker:
    """Makes both ends of one video, like its other clips, so that they join by copy."""

    brand: Brand
    like: Clip
    """Any clip of the video."""
    scenes: int
    seed: int
    style: str
    """The palette of the video."""
    artifacts: ArtifactStore
    work_dir: Path

    def make(self, which: Which) -> End | None:
        """Return an end of the video; None where the brand wants none. BrandUnusable, MediaRefused."""
        media = self.brand.intro if which == "intro" else self.brand.outro
        if media is not None:
            return self._own(which, self.artifacts.local_path(media))
        wanted = self.brand.intro_card if which == "intro" else self.brand.outro_card
        return self._card(which) if wanted else None

    def _card(self, which: Which) -> End:
        form = self._form(round(self.brand.card_seconds * self.like.fps))
        card = Card(
            (form.width, form.height),
            self.brand.title,
            logo_of(self.brand, self.artifacts),
            place=0 if which == "intro" else self.scenes,
            seed=self.seed,
            style=self.style,
            font=font_of(self.brand, self.artifacts),
        )
        out = self.work_dir / f"{which}.mp4"
        encode(out, form, card.draw)
        return self._kept(out, form, f"{which}: a card of {self.brand.card_seconds:g} s")

    def _own(self, which: Which, media: Path) -> End:
        seconds = inspect(media).seconds
        if seconds > LONGEST_SECONDS:
            raise BrandUnusable(
                f"The brand cannot be used: its {which} lasts {seconds:.0f} s.",
                next_step=f"Give a clip of at most {LONGEST_SECONDS:g} s.",
                context={"field": f"brand.{which}"},
            )
        form, out = self._form(max(1, round(seconds * self.like.fps))), self.work_dir / f"{which}.mp4"
        done = normalise(media, form, out)
        return self._kept(out, form, "; ".join((f"{which}: its own clip of {seconds:.1f} s", *done)))

    def _form(self, frames: int) -> ClipFormat:
        return ClipFormat(self.like.width, self.like.height, self.like.fps, frames)

    def _kept(self, out: Path, form: ClipFormat, told: str) -> End:
        clip = Clip(
            scene_index=0,
            media=self.artifacts.put_file(out, "video/mp4"),
            frames=form.frames,
            fps=form.fps,
            width=form.width,
            height=form.height,
        )
        return End(clip, told)
