"""What a function must not load before it knows that it needs it: somebody waits for a cold start."""

import subprocess
import sys
from pathlib import Path

import pytest

import services

HANDLERS = sorted(file.parent.name for root in services.__path__ for file in Path(root).glob("*/handler.py"))
ENGINES = ("av", "numpy", "onnxruntime", "PIL", "sanotts")
CLIENTS = ("boto3", "botocore.client", "botocore.session")
OTHERS = ("click", "reelwright.cli", "reelwright.models.http", "reelwright.models.providers")
HEAVY = (*ENGINES, *CLIENTS, *OTHERS)


def said_by(code: str) -> list[str]:
    """Return the words that a fresh interpreter prints, sorted."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return sorted(done.stdout.split())


def loaded_by(code: str) -> list[str]:
    """Return which of the heavy modules a fresh interpreter has loaded after some code."""
    return said_by(f"import sys; {code}; print(*({set(HEAVY)} & set(sys.modules)))")


def test_there_are_handlers_to_look_at() -> None:
    assert {"run_step", "begin_production", "check_model_health", "check_spending"} <= set(HANDLERS)


@pytest.mark.parametrize("folder", HANDLERS)
def test_a_handler_loads_nothing_heavy(folder: str) -> None:
    assert loaded_by(f"import services.{folder}.handler") == []


def test_little_time_goes_to_garbage_where_there_is_none() -> None:
    counted = "import gc; before = sum(each['collections'] for each in gc.get_stats()); {}; "
    counted += "print(sum(each['collections'] for each in gc.get_stats()) - before)"
    (as_usual,) = said_by(counted.format("import reelwright.pipeline.serving"))
    (here,) = said_by(counted.format("import services.run_step.handler"))
    assert 0 < int(here) * 3 < int(as_usual)


def test_what_is_heavy_is_seen() -> None:
    assert loaded_by("import reelwright.models.providers.anthropic") == [
        "reelwright.models.http",
        "reelwright.models.providers",
    ]


def test_adapters_load_no_client_of_another_kind() -> None:
    vendors = ["anthropic", "openai", "runway", "luma", "elevenlabs"]
    code = "; ".join(f"import reelwright.models.providers.{name}" for name in vendors)
    assert not {*loaded_by(code)} & {*ENGINES, *CLIENTS}
