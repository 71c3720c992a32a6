"""A brand in the picture: the logo for engines of ours and over footage of others, and colours."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from reelwright.models.schema import ShotRequest
from reelwright.production.branding import Brand
from reelwright.production.schema import Brief
from reelwright.storage.ports import ArtifactStore
from reelwright.video.schema import FontUse, LogoUse, SceneGraphics

if TYPE_CHECKING:
    from reelwright.video.engine.planes import Frame

__all__ = ["brand_of", "colours_of", "font_of", "logo_of", "logo_over"]


def brand_of(brief: Brief) -> Brand | None:
    """Return the brand of a brief; None where it has none."""
    return brief.brand.kept if brief.brand else None


def logo_of(brand: Brand, artifacts: ArtifactStore) -> LogoUse | None:
    """Return the logo as it is drawn, with its file; ArtifactMissing or ArtifactDamaged if that is gone."""
    if brand.logo is None:
        return None
    return LogoUse(
        path=artifacts.local_path(brand.logo),
        digest=brand.logo.sha256,
        svg=brand.logo.media_type == "image/svg+xml",
        corner=brand.corner,
        size=brand.size,
        opacity=brand.opacity,
        margin=brand.margin,
    )


def font_of(brand: Brand, artifacts: ArtifactStore) -> FontUse | None:
    """Return the typeface of headlines, with its file; errors as of the logo. None for the usual one."""
    if brand.font is None:
        return FontUse(family=brand.font_family) if brand.font_family else None
    path = artifacts.local_path(brand.font)
    return FontUse(path=path, digest=brand.font.sha256, family=brand.font_family)


def colours_of(brand: Brand) -> str:
    """Return the style that a brand's colours make: three colours; empty where it has none of its own."""
    if not (brand.dark or brand.light or brand.accent):
        return ""
    return "/".join(colour.lower() or "-" for colour in (brand.dark, brand.light, brand.accent))


def logo_over(request: ShotRequest) -> "Callable[[Frame, float], None] | None":
    """Return what lays the logo over footage of others, in the pass that fits it; None without a logo."""
    graphics = request.graphics
    if not isinstance(graphics, SceneGraphics) or graphics.logo is None:
        return None
    from reelwright.video.engine.logo import Logo  # noqa: PLC0415 (a rasteriser, only where there is a logo)
    from reelwright.video.engine.stage import Stage  # noqa: PLC0415 (as above)

    return Logo(Stage(request.width, request.height, captions=False), graphics.logo).draw
