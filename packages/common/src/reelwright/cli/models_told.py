"""What one call gave, who gave it and what it cost: as data, and in words."""

from collections.abc import Iterator
from typing import Any

from reelwright.cli.modelling import plain_usd
from reelwright.cli.models_trial import Trial
from reelwright.cost.schema import ChargeLine
from reelwright.models.schema import ModelResult

__all__ = ["account", "told_lines"]


def account(trial: Trial, result: ModelResult[Any]) -> dict[str, Any]:
    """Return who answered one call, in which attempts, and what all of them cost."""
    spent = 0 if result.cached else sum(line.micro_usd for line in result.charges)
    return {
        "key": trial.id,
        "service": trial.service,
        "state": "answered",
        "model": result.model.name,
        "provider": result.model.provider,
        "cost_usd": plain_usd(spent),
        "charges": [_charge(line) for line in result.charges],
        "attempts": [attempt.model_dump(mode="json") for attempt in result.attempts],
        "rejected": [each.model_dump(mode="json") for each in result.route.rejected],
        "warnings": list(result.route.warnings),
        "cached": result.cached,
        "mock": result.mock,
        "seconds": round(result.latency_seconds, 3),
    }


def _charge(line: ChargeLine) -> dict[str, Any]:
    return line.model_dump(mode="json", exclude={"micro_usd"}) | {"usd": plain_usd(line.micro_usd)}


def told_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield what a call gave and what it cost, for people: first the text, or where the file is."""
    if "text" in data:
        yield data["text"]
        yield ""
    else:
        yield data["file"]
    yield from _found(data)
    who = f"by {data['model']} of {data['provider']}"
    yield f"{who} in {data['seconds']:.1f} s, for ${data['cost_usd']}{_how(data)}"
    for line in data["charges"]:
        unknown = " (nobody knows whether)" if line["state"] == "unknown" else ""
        amount = f"{line['quantity']:,} {line['unit']}, ${line['usd']}{unknown}"
        yield f"  {line['model']}: {amount}; {line['price']}"
    for attempt in data["attempts"]:
        came = ": ".join(filter(None, (attempt["failure"], attempt["message"]))) or "answered"
        yield f"  attempt {attempt['number']} at {attempt['model']}, {attempt['seconds']:.2f} s: {came}"
    yield from (f"  Warning: {warning}" for warning in data["warnings"])


def _found(data: dict[str, Any]) -> Iterator[str]:
    if "voice" in data:
        yield f"voice {data['voice']}, {data['words']} words, {data['duration_seconds']:.2f} s"
        bad = [it for it in data["quality"] if not it["ok"]]
        yield f"quality: {len(data['quality']) - len(bad)} of {len(data['quality'])} checks passed"
        yield from (f"  NO {it['what']}: {it['found']}; allowed is {it['allowed']}" for it in bad)
    if "objection" in data:
        yield (
            f"a production would refuse it: {data['objection']}"
            if data["objection"]
            else "a production would use it"
        )


def _how(data: dict[str, Any]) -> str:
    if data["cached"]:
        return " (given before: nothing was bought)"
    return " (mock: a budget keeps paid models away)" if data["mock"] else ""
