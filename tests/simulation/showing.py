"""Brands, music and chains that seeds draw, and what must have become of them."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from reelwright.config.schema import Pinned
from reelwright.environment.branding import BrandSettings
from reelwright.environment.finishing import CHAIN, ChainName, left_out, step_of
from reelwright.environment.schema import Settings
from reelwright.production.branding import BriefBrand
from reelwright.production.music import BriefMusic
from reelwright.production.schema import Brief, Cut, Production
from reelwright.storage.ports import ArtifactStore

__all__ = ["AS_USUAL", "HOUSE_PIECE", "OWN_PIECE", "Shown", "shown_by"]

HOUSE_PIECE, OWN_PIECE = "house.ogg", "own.ogg"
_LEFT_OUT = "left out"
_BRANDS = {
    "cards": BrandSettings(title="Acme", intro="card", outro="card", logo="reelwright/logo.svg"),
    "logo": BrandSettings(logo="reelwright/logo.svg", accent="#ffd34e", corner="bottom-left"),
    "end": BrandSettings(title="Acme", outro="card"),
}
_CHAINS: tuple[tuple[ChainName, ...], ...] = (
    CHAIN,
    tuple(name for name in CHAIN if name != "music"),
    tuple(name for name in CHAIN if name not in {"brand", "caption"}),
    tuple(name for name in CHAIN if name != "thumbnail"),
    (*CHAIN[:-1], "thumbnail:frame"),
    ("shoot", "music", "normalise", "brand", "caption", "loudness", "encode", "thumbnail"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a seed shows of a maker of videos, and how it finishes them."""

    chain: tuple[ChainName, ...] = CHAIN
    house_brand: str = ""
    brand: str = ""
    """The one of the brief: a name, ``none``, or nothing."""
    house_music: bool = False
    own_music: bool = False

    def settings(self, plain: Settings) -> Settings:
        """Return settings that say so."""
        if self == AS_USUAL:
            return plain
        return plain.model_copy(
            update={
                "brands": _BRANDS,
                "video": plain.video.model_copy(update={"chain": self.chain, "brand": self.house_brand}),
                "audio": plain.audio.model_copy(
                    update={"music_file": HOUSE_PIECE if self.house_music else "", "music_credit": "By A"}
                ),
            }
        )

    def brief(self, plain: Brief, artifacts: ArtifactStore) -> Brief:
        """Return a brief that says so; its piece lies in the store, where any runtime may take it."""
        own = (
            BriefMusic(file=OWN_PIECE, kept=artifacts.put_bytes(b"own", "audio/ogg"))
            if self.own_music
            else None
        )
        brand = BriefBrand(name=self.brand) if self.brand else None
        return plain.model_copy(update={"brand": brand, "music": own})

    def wrong(self, production: Production, pinned: Pinned, cut: Cut | None) -> str:
        """Return what is otherwise in a finished production; nothing if all is as it was drawn."""
        told = [each for each in production.step("assemble").decisions if each.subject.startswith("chain: ")]
        chosen = {each.subject.removeprefix("chain: "): each.chosen for each in told}
        if len(told) != len(CHAIN) or chosen.keys() != {*CHAIN}:
            return f"the record tells of the steps {[each.subject for each in told]}"
        without = {name for name in left_out(self.chain) if chosen[name] != _LEFT_OUT}
        if without:
            return f"{without} was done, and the chain does without it"
        found = (chosen["brand"], chosen["music"])
        wanted = (self._brand(), self._music(pinned.settings))
        if found != wanted:
            return f"brand and music are {found}, and {wanted} were asked for"
        return "" if cut is None else self._wrong_ends(cut)

    def _wrong_ends(self, cut: Cut) -> str:
        brand = _BRANDS.get(self._brand(), BrandSettings())
        found = (cut.intro is not None, cut.outro is not None)
        return "" if found == (bool(brand.intro), bool(brand.outro)) else f"the ends of the cut are {found}"

    def _brand(self) -> str:
        asked = self.brand or self.house_brand
        shown = "brand" in self._steps() and asked not in {"", "none"}
        return asked if shown else _LEFT_OUT

    def _music(self, pinned: Settings) -> str:
        """Return what is heard; a flag may have switched music off."""
        if "music" not in self._steps() or not pinned.features.music:
            return _LEFT_OUT
        return OWN_PIECE if self.own_music else HOUSE_PIECE if self.house_music else "a composed bed"

    def _steps(self) -> set[str]:
        return {step_of(name) for name in self.chain}


AS_USUAL = Shown()
_NAMES: tuple[Any, ...] = tuple(_BRANDS)


def shown_by(seed: int) -> Shown:
    """Draw it by chance of its own: half of all seeds are as usual."""
    rng = Random(f"shown {seed}")
    if rng.random() < 0.5:
        return AS_USUAL
    return replace(
        AS_USUAL,
        chain=rng.choice(_CHAINS),
        house_brand=rng.choice(("", *_NAMES)),
        brand=rng.choice(("", "", "none", *_NAMES)),
        house_music=rng.random() < 0.5,
        own_music=rng.random() < 0.4,
    )
