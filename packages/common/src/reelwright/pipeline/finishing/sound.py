"""Steps of the chain that make the sound of a cut."""

from dataclasses import replace

from reelwright.pipeline.finishing.order import CutOrder
from reelwright.production.music import BriefMusic
from reelwright.video.timeline import seconds_of

__all__ = ["loudness", "music"]


def music(order: CutOrder) -> CutOrder:
    """Ask for a bed under the voice, the brief's own or a composed one, unless music is switched off."""
    own = order.brief.music
    if not order.context.settings.features.music:
        unheard = f"The music {own.name} is not heard: features.music is off." if own else ""
        return order.warned(unheard).without("music", "features.music is off")
    made = replace(order, music=True)
    if own is None:
        return made.told("music", "a composed bed", "features.music is on; it steps back for the voice")
    return _own(made, own)


def loudness(order: CutOrder) -> CutOrder:
    """Mix what was asked for and bring it to the loudness of the house, by what the file decodes to."""
    context, own = order.context, order.brief.music
    soundtrack = context.managers.audio.soundtrack(
        order.narration,
        music=order.music,
        own_music=own.kept if own else None,
        lead_seconds=seconds_of(order.intro),
        seed=context.seed,
        work_dir=context.work_dir,
    )
    audio = context.settings.audio
    reason = f"{audio.loudness_lufs:g} LUFS below {audio.true_peak_dbtp:g} dBTP are asked for"
    if soundtrack.music_rounds > 1:
        reason += f"; the music is played {soundtrack.music_rounds} times over"
    return replace(order, soundtrack=soundtrack).told(
        "loudness", f"{soundtrack.loudness_lufs:.1f} LUFS, {soundtrack.true_peak_dbtp:.1f} dBTP", reason
    )


def _own(order: CutOrder, own: BriefMusic) -> CutOrder:
    """Return the order with a piece that was brought told, and credited where it can be read."""
    digest = own.kept.sha256 if own.kept else ""
    whence = "audio.music_file names it" if own.house else "the brief brings it"
    credit = own.credit or "none is stated"
    order = order.told("music", own.name, f"{whence}; credit: {credit}; SHA-256 {digest}")
    if own.credit:
        return replace(order, credits=(*order.credits, f"Music: {own.credit}"))
    return order.warned(
        f"Nothing says whose music {own.name} is: check its licence, and state it with "
        f"{'audio.' if own.house else ''}music_credit."
    )
