"""Steps of the chain that make the sound of a cut."""

from dataclasses import replace

from reelwright.pipeline.finishing.order import CutOrder

__all__ = ["loudness", "music"]


def music(order: CutOrder) -> CutOrder:
    """Ask for a bed under the voice, unless music is switched off."""
    if not order.context.settings.features.music:
        return order.without("music", "features.music is off")
    made = replace(order, music=True)
    return made.told("music", "a composed bed", "features.music is on; it steps back for the voice")


def loudness(order: CutOrder) -> CutOrder:
    """Mix what was asked for and bring it to the loudness of the house, by what the file decodes to."""
    context = order.context
    soundtrack = context.managers.audio.soundtrack(
        order.narration, music=order.music, seed=context.seed, work_dir=context.work_dir
    )
    audio = context.settings.audio
    return replace(order, soundtrack=soundtrack).told(
        "loudness",
        f"{soundtrack.loudness_lufs:.1f} LUFS, {soundtrack.true_peak_dbtp:.1f} dBTP",
        f"{audio.loudness_lufs:g} LUFS below {audio.true_peak_dbtp:g} dBTP are asked for",
    )
