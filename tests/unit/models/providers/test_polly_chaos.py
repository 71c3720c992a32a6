"""Whatever goes wrong on the way, what is told of money is what Polly bills, and nothing is bought twice."""

from pathlib import Path

import pytest

from reelwright.models.errors import ProviderFailed
from reelwright.models.schema import SpeechResponse
from tests.simulators.access import call_to
from tests.simulators.polly import PollySimulator
from tests.simulators.server import Fault, Faults

from .polly_kit import STORY, model, provider, request

REFUSED: tuple[Fault, ...] = ("throttled", "server_error", "overloaded")
SPOILT: tuple[Fault, ...] = ("malformed", "truncated", "wrong_content_type")
LOST: tuple[Fault, ...] = ("lost_answer", "reset_mid_body", "reset")
REQUESTS = 2 * len(STORY)
ATTEMPTS = 60


def told(outcome: SpeechResponse | ProviderFailed) -> int:
    return sum(usage.quantity for usage in outcome.usage)


def speak_until_it_works(polly: PollySimulator, folder: Path) -> tuple[SpeechResponse, list[ProviderFailed]]:
    failures: list[ProviderFailed] = []
    speaker = provider(polly)
    for _ in range(ATTEMPTS):
        try:
            return speaker.speak(model(), request(folder), call_to()), failures
        except ProviderFailed as failure:
            failures.append(failure)
    raise AssertionError(f"{ATTEMPTS} attempts failed, the last by {failures[-1]}")


@pytest.mark.parametrize("seed", range(12))
def test_what_is_told_is_what_is_billed(tmp_path: Path, seed: int) -> None:
    with PollySimulator(faults=Faults.random(seed, 0.35, REFUSED + SPOILT)) as polly:
        response, failures = speak_until_it_works(polly, tmp_path)
        billed = sum(work.units["characters"] for work in polly.accepted)
        assert told(response) + sum(map(told, failures)) == billed
        for failure in failures:
            assert (failure.accepted == "yes") == bool(told(failure))
        # Every request was answered well once, and every other one failed.
        assert len(polly.received) == REQUESTS + len(failures)
        assert polly.objections == []


@pytest.mark.parametrize("seed", range(12))
def test_when_answers_are_lost_no_more_is_told_than_was_billed(tmp_path: Path, seed: int) -> None:
    with PollySimulator(faults=Faults.random(seed, 0.3, LOST)) as polly:
        response, failures = speak_until_it_works(polly, tmp_path)
        billed = sum(work.units["characters"] for work in polly.accepted)
        known = told(response) + sum(map(told, failures))
        assert {failure.accepted for failure in failures} <= {"maybe"}
        assert known <= billed
        assert len(polly.received) == REQUESTS + len(failures)


def test_a_recording_is_the_same_whatever_went_wrong_before(tmp_path: Path) -> None:
    heard: list[bytes] = []
    for name, faults in (("well", ()), ("ill", REFUSED + SPOILT + LOST)):
        folder = tmp_path / name
        folder.mkdir()
        with PollySimulator(faults=Faults.script(faults)) as polly:
            response, failures = speak_until_it_works(polly, folder)
        heard.append(response.audio.read_bytes())
        assert len(failures) == len(faults)
    assert heard[0] == heard[1]
