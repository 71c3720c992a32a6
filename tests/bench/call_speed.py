"""What one routed call takes over its adapter, beside LiteLLM's Router and pydantic-ai's FallbackModel.

Vendors are stubbed in all of them: what is measured is what stands between the caller and the vendor. All in
one run, in turn, so that a ratio holds on a machine whose speed drifts::

    python -m tests.bench.call_speed --peers .venv-bench/bin/python [--rounds 5] [--calls 300] [--json]

Ours is ``AIModelManager.write`` over the bundled catalogue with the settings of ``dev``: budgets and their
limits, a reservation, an intent, a receipt and a bill for every call, health, the cache of answers and kill
switches, which ``no switches`` does without. Three models are named, as the peers are given three, or every
content model of the tier is a candidate. The peers choose, call and count. The first vendor of ``fallback``
fails at every call, and nobody waits. ``adapter`` is the stub alone. No two of our prompts are alike, so that
nothing is remembered that differs from call to call.
"""

import argparse
import json
import logging
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from reelwright.clock import SystemClock
from reelwright.cost import CostLedger
from reelwright.cost.schema import Usage
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.environment.secret import Secret
from reelwright.flags.definitions import bundled_version
from reelwright.flags.deployments import in_force
from reelwright.flags.kill_switches import SWITCHES, KillSwitches
from reelwright.flags.memory import MemoryFlagStates
from reelwright.models.access import NoAccess
from reelwright.models.catalogue import load_catalogue
from reelwright.models.errors import ProviderUnavailable
from reelwright.models.manager import Providers
from reelwright.models.memory import MemoryAnswers
from reelwright.models.parts import ModelParts, no_switch
from reelwright.models.ports import Call
from reelwright.models.schema import ContentRequest, ContentResponse, Message, Model
from reelwright.resilience.deadline import Deadline
from reelwright.resilience.memory import MemoryHealth
from reelwright.storage.memory import MemoryArtifacts
from tests.bench.timing import PROMPT, Samples, timed

HERE = Path(__file__).parent
PEERS = ("peer_litellm.py", "peer_pydantic_ai.py")
CALLS_OF_A_PRODUCTION = 10
FORGIVING = {"open_failure_share": 1.0, "open_failures_in_a_row": 100, "min_calls": 1000}
"""Health settings under which a vendor that always fails is still asked first, for 99 calls."""
AS_LONG_AS_CLOSED = 60
THREE = ("claude-haiku-5-5", "gpt-6-1-terra", "nova-lite")
"""Candidates for the route that is as long as the peers'."""
VARIANTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ours, ledger in memory": ("memory", THREE),
    "ours, in memory, no switches": ("no switches", THREE),
    "ours, in memory, a whole tier": ("memory", ()),
    "ours, ledger in a file": ("sqlite", THREE),
}
OURS = next(iter(VARIANTS))


class Stub:
    """Every vendor: answers at once, but for the model that is to fail."""

    def __init__(self) -> None:
        self.away = ""
        self.response = ContentResponse(
            text="{}",
            usage=(Usage(unit="input_tokens", quantity=100), Usage(unit="output_tokens", quantity=3)),
        )

    def write(self, model: Model, _request: ContentRequest, _call: Call) -> ContentResponse:
        if model.name == self.away:
            raise ProviderUnavailable("It is away.")
        return self.response


def main() -> None:
    options = _options()
    logging.disable(logging.CRITICAL)
    rounds = [one_round(options.peers, options.calls) for _ in range(options.rounds)]
    results = {name: _summary([each[name] for each in rounds]) for name in rounds[0]}
    print(json.dumps(results) if options.json else table(results))


def one_round(peers: str, calls: int) -> dict[str, Samples]:
    """Return the samples of all, each in turn."""
    samples: dict[str, Samples] = {}
    for script in PEERS:
        answer = subprocess.run(
            [peers, str(HERE / script), str(calls)], capture_output=True, text=True, check=True
        )
        samples |= json.loads(answer.stdout)
    return samples | ours(calls)


def ours(calls: int) -> dict[str, Samples]:
    samples = {"answered: adapter": adapter_alone(calls)}
    for case in ("answered", "fallback"):
        for what, (place, names) in VARIANTS.items():
            samples[f"{case}: {what}"] = measured(place, case, names, calls)
    return samples


def adapter_alone(calls: int) -> Samples:
    clock, model = SystemClock(), load_catalogue()[0]
    stub, request, call = Stub(), _request(0), Call("token", Deadline.after(60, clock), NoAccess())
    return timed(lambda _: stub.write(model, request, call), calls)


def measured(place: str, case: str, names: tuple[str, ...], calls: int) -> Samples:
    """Return what calls of new productions take, one after the other, with everything fresh at the start."""
    stub, settings = Stub(), _settings(names)
    with _parts(place, stub) as parts:
        manager = parts.manager_for(settings)
        first = manager.write(_request(-1000)).route.candidates[0].model
        stub.away = first.name if case == "fallback" else ""
        requests = {number: _request(number) for number in range(-100, calls)}
        health = parts.health_for(settings)
        return timed(
            lambda number: manager.write(requests[number]),
            calls,
            before=lambda number: number % AS_LONG_AS_CLOSED or health.reset(first),
        )


@contextmanager
def _parts(place: str, stub: Stub) -> Iterator[ModelParts]:
    clock = SystemClock()
    vendors = {model.provider: stub for model in load_catalogue() if model.service == "content"}
    with TemporaryDirectory() as folder:
        parts = ModelParts(
            environment="dev",
            providers=Providers(content=vendors, audio={}, video={}),
            ledger=CostLedger.open(
                f"sqlite:///{folder}/ledger.db" if place == "sqlite" else "memory:", clock=clock
            ),
            health=MemoryHealth(),
            answers=MemoryAnswers(clock),
            artifacts=MemoryArtifacts(Path(folder)),
            secrets=None,
            clock=clock,
            rng=Random(1),
            switched_off=no_switch if place == "no switches" else _switches(clock).provider,
        )
        yield parts
        parts.close()


def _switches(clock: SystemClock) -> KillSwitches:
    """Return all switches there are, none of them pulled, read once a second as everywhere."""
    states = MemoryFlagStates()
    states.save(in_force(SWITCHES, bundled_version(SWITCHES)))
    return KillSwitches(states, clock, environment="dev")


def _settings(names: tuple[str, ...] = ()) -> Settings:
    """Return those of dev, with every credential, and without a wait before the next candidate.

    With the models that a route may name, or all of the tier.
    """
    tree = load_environment("dev").settings.model_dump()
    providers = {model.provider for model in load_catalogue() if model.service == "content"}
    for name in providers - {"embedded"}:
        tree["providers"][name] = {"credential": Secret(f"providers/{name}", "api_key")}
    tree["retry"] |= {"attempts": 1, "by_failure": {}}
    tree["health"] |= FORGIVING
    tree["models"]["content"]["models"] = names
    return Settings.model_validate(tree)


def _request(number: int) -> ContentRequest:
    production = number // CALLS_OF_A_PRODUCTION
    return ContentRequest(
        idempotency_key=f"prod_{production:026d}/write_script/{number}/3f2a9c",
        seed=number,
        task="write_script",
        messages=(
            Message(role="system", text="You write."),
            Message(role="user", text=PROMPT[number % 50 :]),
        ),
        variables={"topic": "tides"},
        output_schema={"type": "object"},
        max_output_tokens=400,
    )


def _summary(rounds: list[Samples]) -> dict[str, float]:
    """Return microseconds: the median of the rounds' medians and 95th percentiles."""
    return {
        "cpu": _middle(rounds, "cpu", 50),
        "cpu_p95": _middle(rounds, "cpu", 95),
        "wall": _middle(rounds, "wall", 50),
        "wall_p95": _middle(rounds, "wall", 95),
    }


def _middle(rounds: list[Samples], kind: str, percent: int) -> float:
    return statistics.median(statistics.quantiles(one[kind], n=100)[percent - 1] for one in rounds) / 1000


def table(results: dict[str, dict[str, float]]) -> str:
    columns = ("cpu", "cpu_p95", "wall", "wall_p95")
    heads = ("processor", "p95", "wall", "p95", "against ours")
    lines = [f"{'µs a call':44}" + "".join(f"{head:>13}" for head in heads)]
    for name, values in sorted(results.items(), key=lambda item: (item[0].partition(":")[0], item[1]["cpu"])):
        reference = results[f"{name.partition(':')[0]}: {OURS}"]["cpu"]
        cells = "".join(f"{values[column]:>13,.1f}" for column in columns)
        lines.append(f"{name:44}{cells}{values['cpu'] / reference:>13.2f}")
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", required=True, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
