"""Carrying out one call: waiting for what a vendor makes, and putting it where it belongs."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reelwright.cli.commands import environment_name
from reelwright.cli.exits import Stopped
from reelwright.cli.failures import Terminated
from reelwright.cli.modelling import plain_usd
from reelwright.cli.models_out import put
from reelwright.cli.models_told import account, told_lines
from reelwright.cli.models_trial import Trial, request_of, settings_for
from reelwright.cli.output import answer, note
from reelwright.cli.session import PackagesMissing
from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError, Retryable
from reelwright.models.errors import OutcomeUnknown
from reelwright.models.manager import AIModelManager
from reelwright.models.parts import ModelParts
from reelwright.models.schema import ModelPending, ModelRequest, ModelResult
from reelwright.storage.errors import StorageUnwritable

__all__ = ["carry_out"]

_STATES = {"settled": "cost", "released": "cost nothing of", "unknown": "may have cost"}


def carry_out(trial: Trial, parts: ModelParts, settings: Settings, *, wait: bool) -> None:
    """Make the call and print what came of it. Stopped by a signal it says how to go on."""
    with tempfile.TemporaryDirectory(prefix="reelwright-call-") as folder, _told(trial, parts):
        own = settings_for(trial, settings)
        request = request_of(trial, own, Path(folder))
        result = _answer(trial, parts, parts.manager_for(own), request, wait=wait)
        if isinstance(result, ModelPending):
            _tell_pending(trial, result)
            return
        given = _GIVEN[trial.service](trial, request, result)
    data = {**account(trial, result), **given}
    answer({"environment": environment_name(), **data}, "\n".join(told_lines(data)))


def _answer(
    trial: Trial, parts: ModelParts, manager: AIModelManager, request: ModelRequest, *, wait: bool
) -> ModelResult[Any] | ModelPending:
    """Ask, and ask again until the vendor has delivered."""
    service: Any = trial.service
    began = parts.clock.monotonic()
    while True:
        with _all_installed():
            result = manager.call(service, request)
        if not isinstance(result, ModelPending) or not wait:
            return result
        seconds = min(result.check_after_seconds, max(1.0, result.deadline_seconds))
        so_far = parts.clock.monotonic() - began
        note(
            f"{result.model.name} is at work ({result.reference}), {so_far:.0f} s so far; looking again in "
            f"{seconds:.0f} s. It may be stopped and collected later: {_resume(trial)}"
        )
        parts.clock.sleep(seconds)


@contextmanager
def _all_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "reelwright":
            raise
        raise PackagesMissing(
            f"The package {error.name!r} is not installed.",
            next_step="Install everything with: make setup. To see what is missing: reelwright doctor",
            context={"package": error.name},
        ) from error


@contextmanager
def _told(trial: Trial, parts: ModelParts) -> Iterator[None]:
    """Let whatever ends the call say what it has cost, and how to go on with what was begun."""
    try:
        yield
    except (KeyboardInterrupt, Terminated) as error:
        number = signal.SIGTERM if isinstance(error, Terminated) else signal.SIGINT
        has_cost = _note_cost(trial, parts)
        raise Stopped(
            number,
            "Stopped. What was ordered is still being made, and is paid for." if has_cost else "Stopped.",
            next_step=f"Collect it later: {_resume(trial)}" if has_cost else "",
        ) from error
    except ReelwrightError as error:
        if _note_cost(trial, parts) and isinstance(error, Retryable | OutcomeUnknown | StorageUnwritable):
            error.next_step = f"{error.next_step} Then go on with: {_resume(trial)}".lstrip()
        raise


def _note_cost(trial: Trial, parts: ModelParts) -> bool:
    """Say on stderr what every attempt so far has cost; return whether there was any that costs."""
    charges: tuple[Any, ...] = ()
    with suppress(ReelwrightError):
        charges = parts.ledger.charges(budget=f"video:{trial.id}")
    for charge in charges:
        amount = charge.settled_micro_usd if charge.state == "settled" else charge.reserved_micro_usd
        said = _STATES.get(charge.state, "is under way, for up to")
        who = f"attempt {charge.subject.get('attempt')} at {charge.subject.get('model')}"
        note(f"{who} {said} ${plain_usd(amount)}.")
    return bool(charges)


def _resume(trial: Trial) -> str:
    name = environment_name()
    where = "" if name == "local" else f" --env {name}"
    return f"reelwright models call --resume {trial.id}{where}"


def _tell_pending(trial: Trial, pending: ModelPending) -> None:
    data = {
        "environment": environment_name(),
        "key": trial.id,
        "service": trial.service,
        "state": "under_way",
        "model": pending.model.name,
        "reference": pending.reference,
        "check_after_seconds": pending.check_after_seconds,
        "resume": _resume(trial),
    }
    answer(data, f"{pending.model.name} is at work ({pending.reference}). Collect it: {_resume(trial)}")


def _text(_trial: Trial, _request: Any, result: ModelResult[Any]) -> dict[str, Any]:
    import json  # noqa: PLC0415 (only here)

    text = result.output.text
    with suppress(ValueError):
        given = json.loads(text)
        is_free = isinstance(given, dict) and set(given) == {"text"}
        text = given["text"] if is_free else json.dumps(given, indent=2, ensure_ascii=False)
    return {"text": text}


def _sound(trial: Trial, request: Any, result: ModelResult[Any]) -> dict[str, Any]:
    from reelwright.audio.quality import check_speech  # noqa: PLC0415 (heavy)

    spoken = result.output
    with _all_installed():
        verdicts = check_speech(spoken, request.passages)
    return {
        "file": put(spoken.audio, Path(trial.out)),
        "voice": spoken.voice,
        "voice_because": dict(spoken.choices).get("voice", "") if spoken.choices else "",
        "words": len(spoken.words),
        "duration_seconds": round(spoken.duration_seconds, 3),
        "quality": [
            {"what": it.what, "found": it.found, "allowed": it.allowed, "ok": it.fits} for it in verdicts
        ],
    }


def _picture(trial: Trial, request: Any, result: ModelResult[Any]) -> dict[str, Any]:
    with _all_installed():
        from reelwright.video.footage_check import objection_to_footage  # noqa: PLC0415 (FFmpeg)

        objection = objection_to_footage(request, result.output)
    return {"file": put(result.output.media, Path(trial.out)), "objection": objection}


_GIVEN = {"content": _text, "audio": _sound, "video": _picture}
