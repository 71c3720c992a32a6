"""A brand is looked at and copied when a production begins: its files lie in the store from then on.

A brand of the settings lies in ``environments/brands``, which travels with the code, so any function may read
it. A brand file of a person is read on that person's machine only, and names files beside it only.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final

from pydantic import ValidationError

from reelwright.assets import locate
from reelwright.environment.branding import BrandSettings
from reelwright.environment.errors import nearest
from reelwright.environment.schema import Settings
from reelwright.production.branding import Brand, BriefBrand
from reelwright.production.schema import Brief
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact
from reelwright.storage.sniffing import SNIFFED_BYTES, media_kind
from reelwright.video.errors import BrandUnusable
from reelwright.video.font_file import FontUnreadable, read_font
from reelwright.video.own_clips import LONGEST_SECONDS, wrong_with
from reelwright.video.pictures.errors import PictureUnusable
from reelwright.video.pictures.headers import kind_of, read_header
from reelwright.video.pictures.svg import check_svg

__all__ = ["check_brand", "house_brand", "keep_brand"]

_NO_BRAND: Final = "none"
_FOLDER: Final = "brands"
_MOST_LOGO_BYTES: Final = 4_000_000
_MOST_CLIP_BYTES: Final = 64_000_000
_MOST_FONT_BYTES: Final = 20_000_000
_FONTS: Final = frozenset({".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2"})
"""How files of typefaces end; what ends otherwise is the name of a family."""
_CARD: Final = "card"
_MOST_LOGO_PIXELS: Final = 4_000_000
_MOST_TOML_BYTES: Final = 20_000
_SVG: Final = "image/svg+xml"


def keep_brand(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief with the brand of its file copied; one that it names is left to ``house_brand``.

    BrandUnusable names the file and what is wrong with it.
    """
    brand = brief.brand
    if brand is None or brand.kept is not None or not brand.file:
        return check_brand(brief, artifacts)
    path = Path(brand.file).expanduser()
    found = _read(path)
    kept = _kept(path.stem[:100], found, path.parent.resolve(), artifacts)
    return _with(brief, BriefBrand(file=path.name, kept=kept))


def check_brand(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief, whose brand is in the store or is one by name; no file of a request is read."""
    brand = brief.brand
    if brand is None or (brand.name and brand.kept is None):
        return brief
    if brand.kept is None:
        raise _unusable(
            brand.file,
            "it is not in the store of this environment, and nothing else is read there",
            "Start the production with 'reelwright make --env …', which puts it there.",
        )
    try:
        if brand.kept.logo is not None:
            artifacts.local_path(brand.kept.logo)
        if brand.kept.font is not None:
            read_font(artifacts.read_bytes(brand.kept.font))
        for clip in (brand.kept.intro, brand.kept.outro):
            problem = wrong_with(artifacts.local_path(clip)) if clip is not None else ""
            if problem:
                raise _unusable(brand.kept.name, problem, "Begin anew, with another clip.")
    except FontUnreadable as error:
        raise _unusable(
            brand.kept.name, f"its typeface: {error}", "Begin anew, with a TTF or OTF."
        ) from error
    except (ArtifactMissing, ArtifactDamaged) as error:
        step = "Begin the production anew, with the brand file."
        raise _unusable(
            brand.kept.name, "the store does not have its files as they are named", step
        ) from error
    return brief


def house_brand(brief: Brief, settings: Settings, artifacts: ArtifactStore) -> Brief:
    """Return the brief with the brand that it names, or else the settings, copied; BrandUnusable."""
    wished = brief.brand or (BriefBrand(name=settings.video.brand) if settings.video.brand else None)
    if wished is None or wished.kept is not None:
        return brief
    if wished.name == _NO_BRAND:
        return _with(brief, wished)
    if wished.name not in settings.brands:
        raise BrandUnusable(
            f"There is no brand {wished.name!r}.{nearest(wished.name, settings.brands)}",
            next_step=f"Name a brand file, or one of: {', '.join(settings.brands) or 'none is set'}.",
            context={"field": "brand", "brand": wished.name},
        )
    root = locate("environments") / _FOLDER
    kept = _kept(wished.name, settings.brands[wished.name], root, artifacts)
    return _with(brief, BriefBrand(name=wished.name, kept=kept))


def _with(brief: Brief, brand: BriefBrand) -> Brief:
    return brief.model_copy(update={"brand": brand})


def _read(path: Path) -> BrandSettings:
    try:
        if path.stat().st_size > _MOST_TOML_BYTES:
            raise _unusable(path.name, "it is no brand file: it is too large", "Name a TOML file.")
        document: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return BrandSettings.model_validate(document)
    except OSError as error:
        problem = str(error.strerror or error).lower()
        raise _unusable(path.name, problem, "Check the path and its permissions.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unusable(
            path.name, f"it is not TOML: {error}", "Write lines of the form key = value."
        ) from error
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_url=False)
        )
        known = ", ".join(BrandSettings.model_fields)
        raise _unusable(path.name, told, f"The keys are {known}.") from error


def _kept(name: str, told: BrandSettings, root: Traversable, artifacts: ArtifactStore) -> Brand:
    for which in ("intro", "outro"):
        if getattr(told, which) == _CARD and not (told.title or told.logo):
            raise _unusable(name, f"{which}: a card shows a title or a logo", "Give the brand one of them.")
    font, family = _font(told.font, root, artifacts)
    return Brand(
        name=name,
        logo=_logo(told.logo, root, artifacts) if told.logo else None,
        font=font,
        font_family=family,
        intro=_clip(told.intro, root, artifacts),
        outro=_clip(told.outro, root, artifacts),
        intro_card=told.intro == _CARD,
        outro_card=told.outro == _CARD,
        **told.model_dump(exclude={"logo", "font", "intro", "outro"}),
    )


def _clip(file: str, root: Traversable, artifacts: ArtifactStore) -> Artifact | None:
    """Return a clip of the brand, kept and looked at: one that cannot be joined costs nothing here."""
    if file in ("", _CARD):
        return None
    content = _content(file, root, _MOST_CLIP_BYTES)
    if media_kind(content[:SNIFFED_BYTES]) is None:
        raise _unusable(file, "it does not begin like a video", "Give a clip, such as an MP4, or card.")
    kept = artifacts.put_bytes(content, "application/octet-stream")
    problem = wrong_with(artifacts.local_path(kept))
    if problem:
        step = f"Give a clip of at most {LONGEST_SECONDS:g} s that plays to its end, or card."
        raise _unusable(file, problem, step)
    return kept


def _logo(file: str, root: Traversable, artifacts: ArtifactStore) -> Artifact:
    content = _content(file, root, _MOST_LOGO_BYTES)
    if b"<svg" in content[:4096].lower():
        return artifacts.put_bytes(_drawing(file, content).encode(), _SVG)
    header = read_header(content)
    if header is None or header.media_type != "image/png" or header.animated:
        found = "an animated picture" if header and header.animated else kind_of(content)
        what = header.media_type if header and not header.animated else found
        raise _unusable(file, f"it is {what}", "Give the logo as PNG or SVG.")
    if header.width * header.height > _MOST_LOGO_PIXELS or min(header.width, header.height) < 16:
        size = f"{header.width} × {header.height} pixels"
        raise _unusable(file, f"it has {size}", "Give a logo of 16 to 2,000 pixels a side.")
    return artifacts.put_bytes(content, header.media_type)


def _font(file: str, root: Traversable, artifacts: ArtifactStore) -> tuple[Artifact | None, str]:
    """Return a typeface, kept, and its family; only that where no file is named."""
    if PurePosixPath(file).suffix.lower() not in _FONTS:
        return None, file
    content = _content(file, root, _MOST_FONT_BYTES)
    try:
        facts = read_font(content)
    except FontUnreadable as error:
        raise _unusable(file, str(error), "Give the typeface as a TTF or OTF file.") from error
    return artifacts.put_bytes(content, facts.media_type), facts.family or PurePosixPath(file).stem


def _drawing(file: str, content: bytes) -> str:
    """Return an SVG without its declaration; BrandUnusable for one that is more than shapes and paint."""
    try:
        text = content.decode("utf-8-sig").strip()
        if text.startswith("<?xml"):
            text = text.partition("?>")[2].strip()
        check_svg(text)
    except (UnicodeDecodeError, PictureUnusable) as error:
        problem = error.message if isinstance(error, PictureUnusable) else "it is not UTF-8"
        raise _unusable(file, problem.rstrip("."), "Save it as plain shapes, or as a PNG.") from error
    return text


def _content(file: str, root: Traversable, most_bytes: int) -> bytes:
    parts = PurePosixPath(file).parts
    leads_out = PurePosixPath(file).is_absolute() or PureWindowsPath(file).drive or ".." in parts
    if leads_out or "\\" in file:
        raise _unusable(file, "its path leads out of the brand's folder", "Put it beside the brand.")
    place = root.joinpath(*parts)
    if (
        isinstance(place, Path)
        and isinstance(root, Path)
        and not place.resolve().is_relative_to(root.resolve())
    ):
        raise _unusable(
            file, "it is a link that leads out of the brand's folder", "Copy it beside the brand."
        )
    try:
        if isinstance(place, Path) and place.stat().st_size > most_bytes:
            raise _unusable(file, f"it has more than {most_bytes // 1_000_000} MB", "Give a smaller one.")
        return place.read_bytes()
    except OSError as error:
        problem = str(error.strerror or error).lower()
        raise _unusable(file, problem, "Check the path and its permissions.") from error


def _unusable(what: str, problem: str, next_step: str) -> BrandUnusable:
    return BrandUnusable(
        f"The brand cannot be used: {what[:200]}: {problem}.",
        next_step=next_step,
        context={"field": "brand", "file": what[:200]},
    )
