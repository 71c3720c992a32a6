"""What a brief brings of its own, from pictures to a brand: taken care of when a production begins."""

from reelwright.audio.music_keeping import check_music, house_music, keep_music
from reelwright.environment.schema import Settings
from reelwright.production.schema import Brief
from reelwright.storage.ports import ArtifactStore
from reelwright.video.brand_keeping import check_brand, house_brand, keep_brand
from reelwright.video.pictures.keeping import check_kept, keep_pictures

__all__ = ["check_own", "keep_own", "with_house"]


def keep_own(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief with its files copied into the store, looked at; typed errors name what is bad."""
    return keep_brand(keep_music(keep_pictures(brief, artifacts), artifacts), artifacts)


def check_own(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief, whose files are all in the store; no file is read; errors name what is missing."""
    return check_brand(check_music(check_kept(brief, artifacts), artifacts), artifacts)


def with_house(brief: Brief, settings: Settings, artifacts: ArtifactStore) -> Brief:
    """Return the brief with what the settings give to briefs that bring none: a brand, and music."""
    return house_music(house_brand(brief, settings, artifacts), settings, artifacts)
