"""One combination of vendors, made by the command line in this process, and looked at."""

import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any, Final
from unittest import mock

import av

from reelwright.cli.main import main as command_line
from reelwright.clock import SystemClock
from reelwright.cost.schema import format_usd
from reelwright.models.guarding import GUARDRAIL
from tests.e2e.vendors.combination import DRAWN, Combination, Row
from tests.e2e.vendors.place import Place, all_decisions
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_guardrail import GUARDRAIL_PRICES, SimulatedGuardrail
from tests.simulators.footage import FootageSimulator, Task
from tests.simulators.house import PRICES, House
from tests.simulators.luma import LumaSimulator
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.runway import RunwaySimulator

__all__ = ["made"]

_SECONDS: Final = 12
"""Enough for two scenes: with one, no clip could be in the wrong place."""
_OTHERS: Final = "A clip that somebody else ordered"
_BEDROCK: Final = {
    "bedrock-claude-sonnet-5-5": PRICES["claude-sonnet-5-5"],
    GUARDRAIL: {**GUARDRAIL_PRICES, "input_tokens": Fraction(67, 100), "output_tokens": Fraction(0)},
}
_GUARDRAIL: Final = SimulatedGuardrail(denied={"buy shares": "Investment advice"}, noticed={"sting": "HATE"})
_SLEPT: Final = 1 / 50


def made(folder: Path, combination: Combination) -> Row:
    """Make one video in an empty folder, and look at it."""
    started = time.monotonic()
    with _house(combination) as house:
        place = Place(folder, house, combination.settings)
        words = place.making("Why honey keeps", seconds=_SECONDS, jobs=1)
        code, told = _run_here(place, *words, "--aspect", combination.aspect)
        faults = [f"exit {code}: {told.strip()[-300:]}"] if code else [*_faults(told, combination, house)]
        if wrong := combination.wrong_scene:
            missed = [f"the wrong clip of scene {wrong} is not found"]
            found = [fault for fault in faults if fault.startswith(f"scene {wrong} shows ")]
            faults = [fault for fault in faults if fault not in found] if found else [*faults, *missed]
        return Row(combination, tuple(faults), house.bill_micro_usd, time.monotonic() - started)


def _house(combination: Combination) -> House:
    makers: dict[str, Any] = {"bedrock": BedrockSimulator} if combination.guarded else {}
    if combination.wrong_scene:
        makers |= {"runway": _CarelessRunway, "luma": _CarelessLuma}
    house = House(makers=makers, prices=_BEDROCK if combination.guarded else {})
    if combination.guarded:
        house.bedrock.guardrails["gr1house"] = _GUARDRAIL
    return house


class _Careless(FootageSimulator):
    """Delivers the clip of somebody else for its second order."""

    def order(self, body: Mapping[str, Any]) -> Task:
        task = super().order(body)
        if len(self.accepted) == 2:
            task.prompt = _OTHERS
        return task


class _CarelessRunway(_Careless, RunwaySimulator):
    pass


class _CarelessLuma(_Careless, LumaSimulator):
    pass


def _run_here(place: Place, *words: str) -> tuple[int, str]:
    """Run a command with this place's variables: a process of its own would mostly import."""
    out = StringIO()
    with (
        chdir(place.folder),
        mock.patch.dict(os.environ, place.variables(), clear=True),
        mock.patch.object(SystemClock, "sleep", lambda _, seconds: time.sleep(max(0.0, seconds) * _SLEPT)),
        redirect_stdout(out),
        redirect_stderr(StringIO()),
    ):
        code = command_line(words)
    return code, out.getvalue()


def _faults(told: str, combination: Combination, house: House) -> Iterator[str]:
    answer = json.loads(told)
    package = Path(answer["output_dir"])
    record = json.loads((package / "production.json").read_text(encoding="utf-8"))
    if answer["status"] != "completed" or answer["mock"]:
        yield f"{answer['status']}, mock: {answer['mock']}"
    yield from (f"review: {check['name']}" for check in record["review"]["checks"] if not check["passed"])
    yield from (f"objection: {objection}" for objection in house.objections)
    if answer["generation_cost_usd"] != format_usd(house.bill_micro_usd):
        yield f"the record says ${answer['generation_cost_usd']}"
    yield from _others(record, combination)
    wide = record["cut"]["width"] > record["cut"]["height"]
    if wide is not (combination.aspect == "16:9"):
        yield f"it is {record['cut']['width']}x{record['cut']['height']}"
    if combination.video != DRAWN:
        yield from _wrong_scenes(package / "video.mp4", record)


def _others(record: dict[str, Any], combination: Combination) -> Iterator[str]:
    """Yield who else than was named made a part of it, and what the guardrail did not look at."""
    named = {
        "model": combination.content,
        "audio model": combination.audio,
        "video model": combination.video,
    }
    for step in record["production"]["steps"]:
        for decision in step["decisions"]:
            if decision["chosen"] != named.get(decision["subject"], decision["chosen"]):
                yield f"{decision['subject']}: {decision['chosen']}"
    for text in ("brief", "script") if combination.guarded else ():
        looked = [each["chosen"] for each in all_decisions(record, f"guardrail of the {text}")]
        if looked != ["passed"]:
            yield f"guardrail of the {text}: {looked}"


def _wrong_scenes(video: Path, record: dict[str, Any]) -> Iterator[str]:
    scenes, spans = record["script"]["scenes"], record["narration"]["scenes"]
    if len(scenes) == 1:
        yield "there is one scene, in which no clip can be in another's place"
    for number, (scene, span) in enumerate(zip(scenes, spans, strict=True), 1):
        shown = _burned_at(video, (span["start_seconds"] + span["end_seconds"]) / 2)
        if shown != prompt_hash(scene["visual_prompt"]):
            yield f"scene {number} shows {shown}"


def _burned_at(video: Path, seconds: float) -> int | None:
    with tempfile.TemporaryDirectory() as folder, av.open(str(video)) as media:
        picture = next(frame for frame in media.decode(video=0) if (frame.time or 0.0) >= seconds)
        file = Path(folder) / "frame.png"
        picture.to_image().save(file)  # type: ignore[no-untyped-call]  # PyAV has no types for it
        return read_burned(file)
