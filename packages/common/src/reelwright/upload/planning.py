"""What is sent to a platform for a package: cut to its limits, or refused before a byte is sent."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, get_args

from reelwright.environment.publishing import Interaction
from reelwright.environment.schema import EnvironmentName, PlatformSettings
from reelwright.upload.catalogue import PlatformLimits, TextLimit, VideoLimits
from reelwright.upload.errors import PackageIncomplete, PlanRefused
from reelwright.upload.limits import cut, fitting_tags, length, tags_length, without_forbidden
from reelwright.upload.schema import Package, PublicationPlan

__all__ = ["Occasion", "marker_of", "plan_publication"]

_MARKER_CHARS = 16
_INTERACTIONS: Final[tuple[Interaction, ...]] = get_args(Interaction)
_CHAPTERS = re.compile(r"^\d+:\d\d(?::\d\d)? \S.*$", re.MULTILINE)
_NOT_IN_HASHTAGS = re.compile(r"[^\w]+")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")
_HASH = re.compile(r"(?<!\w)#(?=\w)")
_HASHTAG_LINES = re.compile(r"^[ \t]*#\w+(?:[ \t]+#\w+)*[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where and when a video is published: the platform, the environment, and what both say."""

    platform: str
    environment: EnvironmentName
    settings: PlatformSettings
    limits: PlatformLimits
    made_at: datetime
    """The moment that ``publish_after_minutes`` counts from; the same however often the plan is made."""


def marker_of(production_id: str, platform: str, account: str) -> str:
    """Return what marks the production's video on an account as ours: letters and digits, always the same."""
    told = hashlib.sha256(f"{production_id}/{platform}/{account}".encode()).hexdigest()
    return f"rw{told[:_MARKER_CHARS]}"


def plan_publication(package: Package, occasion: Occasion) -> PublicationPlan:
    """Return all that the platform will be told of the package, and what was changed to fit.

    PlanRefused for what nothing can be cut to: length, size, shape or rate of the video, a privacy that the
    platform has not or that the environment may not give. PackageIncomplete for a file that cannot be read.
    """
    told = _Telling(occasion.platform)
    settings, limits = occasion.settings, occasion.limits
    _check_privacy(occasion)
    _check_video(package, limits.video, told)
    marker = marker_of(package.production_id, occasion.platform, settings.account)
    texts = _texts(package, occasion, marker, told)
    publish_at = _publish_at(occasion, told)
    return PublicationPlan(
        platform=occasion.platform,
        account=settings.account,
        marker=marker,
        title=texts.title,
        description=texts.description,
        tags=texts.tags,
        category=settings.category,
        language=package.script.language,
        privacy=settings.privacy,
        publish_at=publish_at,
        made_for_kids=_told_if(
            settings.made_for_kids, limits.made_for_kids, "that it is made for kids", told
        ),
        synthetic_media=_told_if(
            settings.synthetic_media, limits.synthetic_media, "that a machine made it", told
        ),
        playlist=settings.playlist if limits.playlists else "",
        send_thumbnail=settings.thumbnail and _fits(package, "thumbnail", limits, told),
        send_captions=settings.captions and _fits(package, "captions", limits, told),
        cover_seconds=_cover(package, occasion),
        interactions=_interactions(occasion, told),
        duration_seconds=package.duration_seconds,
        width=package.width,
        height=package.height,
        fps=package.fps,
        told=tuple(told.sentences),
    )


@dataclass(slots=True)
class _Telling:
    platform: str
    sentences: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def refused(self, what: str, found: str, allowed: str) -> PlanRefused:
        return PlanRefused(
            f"{self.platform} does not take the video: {what} is {found}, and {allowed} is allowed.",
            next_step="Change the brief or the settings and make the video again; nothing was sent.",
            context={"platform": self.platform, "field": what, "found": found, "allowed": allowed},
        )


@dataclass(frozen=True, slots=True)
class _Texts:
    title: str
    description: str
    tags: tuple[str, ...]


def _check_privacy(occasion: Occasion) -> None:
    settings, privacies = occasion.settings, occasion.limits.privacies
    where = f"platforms.{occasion.platform}"
    if settings.privacy not in privacies:
        raise PlanRefused(
            f"{occasion.platform} knows no {settings.privacy} videos, only {', '.join(privacies)}.",
            next_step=f"Say what is wanted: reelwright config set {where}.privacy {privacies[0]}",
            context={"field": f"{where}.privacy", "allowed": ", ".join(privacies)},
        )
    if settings.privacy != "private" and occasion.environment != "prod" and not settings.test_account:
        raise PlanRefused(
            f"Nothing becomes {settings.privacy} on {occasion.platform} from {occasion.environment}.",
            next_step=f"Publish from prod; or, for an account that nobody watches, set {where}.test_account.",
            context={"field": f"{where}.privacy", "environment": occasion.environment},
        )


def _check_video(package: Package, limits: VideoLimits, told: _Telling) -> None:
    size = _size(package, "video")
    for what, value, least, most in _measures(package, limits, size):
        if not least <= value <= most:
            raise told.refused(what, f"{value:g}", f"{least:g} to {most:g}")


def _measures(package: Package, limits: VideoLimits, size: int) -> Iterator[tuple[str, float, float, float]]:
    """Yield name, value, least and most of everything that is known of the video."""
    yield "size in bytes", size, 1, limits.max_bytes
    if package.duration_seconds:
        yield "length in seconds", package.duration_seconds, limits.min_seconds, limits.max_seconds
    if package.duration_seconds and limits.max_bits_per_second:
        yield "bits a second", size * 8 / package.duration_seconds, 0, limits.max_bits_per_second
    if package.fps:
        yield "frames a second", package.fps, limits.min_fps, limits.max_fps
    if package.width and package.height:
        yield "width", package.width, 1, limits.max_width
        yield "aspect", package.width / package.height, limits.min_aspect, limits.max_aspect


def _size(package: Package, name: str) -> int:
    path = {
        "video": package.video,
        "thumbnail": package.thumbnail,
        "captions": package.captions_srt,
    }[name]
    try:
        return path.stat().st_size
    except OSError as error:
        raise PackageIncomplete(
            f"The package has no {name}: {path} cannot be read ({error.strerror}).",
            next_step="Assemble the cut again, then publish.",
            context={"file": name, "path": path},
        ) from error


def _fits(package: Package, name: str, limits: PlatformLimits, told: _Telling) -> bool:
    allowed = limits.thumbnail if name == "thumbnail" else limits.captions
    if allowed is None:
        told.say(f"No {name}: {told.platform} takes none.")
        return False
    size = _size(package, name)
    if size > allowed.max_bytes:
        told.say(f"No {name}: it has {size} bytes, and {allowed.max_bytes} are allowed.")
    return 0 < size <= allowed.max_bytes


def _cover(package: Package, occasion: Occasion) -> float | None:
    """Return the moment of the cover, within the video; None if the platform or nobody asks for one."""
    wanted = occasion.settings.cover_seconds
    if wanted is None or not occasion.limits.covers:
        return None
    return min(wanted, package.duration_seconds / 2) if package.duration_seconds else wanted


def _interactions(occasion: Occasion, told: _Telling) -> tuple[Interaction, ...]:
    allowed = tuple(each for each in _INTERACTIONS if each in occasion.settings.interactions)
    missing = [each for each in _INTERACTIONS if each not in allowed]
    if missing and not occasion.limits.interactions:
        told.say(
            f"{told.platform} is not told that there are to be no {', '.join(missing)}: it does not ask."
        )
        return _INTERACTIONS
    return allowed


def _told_if(wanted: bool, known: bool, what: str, told: _Telling) -> bool:  # noqa: FBT001 (two facts, one answer)
    if wanted and not known:
        told.say(f"{told.platform} is not told {what}: it does not ask.")
    return wanted and known


def _publish_at(occasion: Occasion, told: _Telling) -> datetime | None:
    minutes = occasion.settings.publish_after_minutes
    if not minutes or occasion.settings.privacy != "public":
        return None
    if not occasion.limits.schedules:
        told.say(f"{told.platform} keeps no time: it is made public from here when the time comes.")
    return occasion.made_at + timedelta(minutes=minutes)


def _texts(package: Package, occasion: Occasion, marker: str, told: _Telling) -> _Texts:
    if not package.script.seo.title.strip():
        raise told.refused("the title", "empty", "at least one letter")
    if occasion.limits.caption is not None:
        return _caption(package, occasion.limits, marker, told)
    limits, seo = occasion.limits, package.script.seo
    title, description = seo.title, package.description
    if limits.title is not None:
        title = without_forbidden(title, limits.title.forbidden)
        title = _cut_and_told("title", title, cut(title, limits.title), told)
    if limits.description is not None:
        whole = without_forbidden(description, limits.description.forbidden)
        description = _cut_and_told("description", whole, _described(whole, limits), told)
    return _Texts(title, description, _tags(seo.tags, limits, marker, told))


def _described(text: str, limits: PlatformLimits) -> str:
    """Cut the description, but keep the chapters: what stands before them gives way."""
    allowed = limits.description
    if allowed is None or length(text, allowed.unit) <= allowed.limit:
        return text
    chapters = "\n".join(_CHAPTERS.findall(text))
    room = allowed.limit - length(f"\n\n{chapters}", allowed.unit)
    if not chapters or room < allowed.limit // 4:
        return cut(text, allowed)
    prose = _CHAPTERS.sub("", text).strip()
    return f"{cut(prose, allowed.model_copy(update={'limit': room}))}\n\n{chapters}"


def _tags(tags: Iterable[str], limits: PlatformLimits, marker: str, told: _Telling) -> tuple[str, ...]:
    allowed = limits.tags
    if allowed is None:
        return ()
    wanted = [without_forbidden(tag, allowed.forbidden).strip() for tag in tags]
    kept = fitting_tags([marker, *wanted], allowed)
    left = [tag for tag in wanted if tag and tag not in kept]
    if left:
        total = tags_length([marker, *wanted], allowed)
        told.say(f"Left out {len(left)} tags of {total} {allowed.unit}: {allowed.limit} are allowed.")
    return (*kept[1:], marker)


def _caption(package: Package, limits: PlatformLimits, marker: str, told: _Telling) -> _Texts:
    """Return one text: title, description without chapters, hashtags, and the marker as the last of them.

    Where a list tells only the beginning of a long text, the marker stands there, behind the title.
    """
    allowed, seo = limits.caption, package.script.seo
    if allowed is None:
        raise AssertionError("only for platforms with a caption")
    most = limits.hashtags.limit if limits.hashtags else 1
    named = [tag for tag in (_hashtag(tag) for tag in seo.tags) if tag]
    hashtags = list(dict.fromkeys(named))[: most - 1]
    if len(hashtags) < len(set(named)):
        told.say(f"Left out {len(set(named)) - len(hashtags)} hashtags: {most} are allowed, one is ours.")
    named_last, own = " ".join(f"#{tag}" for tag in hashtags), f"#{marker}"
    last = f"{named_last} {own}".strip()
    prose = _plain("\n\n".join(part for part in (seo.title, _prose(package.description)) if part))
    prose = without_forbidden(_few_mentions(prose, limits, told), allowed.forbidden)
    room = allowed.limit - length(f"\n\n{last}", allowed.unit)
    if room < 1:
        named_last, last, room = "", own, allowed.limit - length(f"\n\n{own}", allowed.unit)
    short = cut(prose, allowed.model_copy(update={"limit": room}))
    _cut_and_told("caption", prose, short, told)
    text, listed = f"{short}\n\n{last}", limits.listed_units
    if listed is not None and length(text, allowed.unit) > listed:
        text = f"{_marked_early(short, own, listed, allowed)}\n\n{named_last}".rstrip()
    return _Texts(seo.title, text, (*hashtags, marker))


def _marked_early(text: str, own: str, listed: int, allowed: TextLimit) -> str:
    """Return the text with our hashtag behind its first line, or before it if that one is long."""
    first, _, rest = text.partition("\n")
    if length(f"{first} {own}", allowed.unit) > listed:
        return f"{own} {text}"
    return f"{first} {own}\n{rest}"


def _plain(text: str) -> str:
    """Return the text without hashtags of its own: those that count are added behind."""
    return _HASH.sub("", text)


def _few_mentions(text: str, limits: PlatformLimits, told: _Telling) -> str:
    if limits.mentions is None:
        return text
    found = list(_MENTION.finditer(text))
    surplus = found[limits.mentions.limit :]
    if surplus:
        told.say(f"{len(surplus)} mentions are plain words: {limits.mentions.limit} are allowed.")
    for mention in reversed(surplus):
        text = text[: mention.start()] + text[mention.end() :]
    return text


def _hashtag(tag: str) -> str:
    return _NOT_IN_HASHTAGS.sub("", tag)


def _prose(description: str) -> str:
    """Return it without chapters, and without lines of hashtags that would be words that say nothing."""
    return re.sub(r"\n{3,}", "\n\n", _HASHTAG_LINES.sub("", _CHAPTERS.sub("", description))).strip()


def _cut_and_told(name: str, whole: str, short: str, told: _Telling) -> str:
    if short != whole:
        told.say(f"The {name} was cut from {len(whole)} to {len(short)} characters.")
    return short
