"""Simulated vendors that the command line finds where it would find the real ones."""

import json

import pytest

from tests.simulators.server import Simulator

__all__ = ["KEY", "reach"]

KEY = "sk-simulated-0123456789"


def reach(monkeypatch: pytest.MonkeyPatch, **simulators: Simulator) -> None:
    """Give the providers named the simulators' addresses, and a key."""
    for name, simulator in simulators.items():
        monkeypatch.setenv(f"REELWRIGHT__PROVIDERS__{name.upper()}__ENDPOINTS", json.dumps([simulator.url]))
        monkeypatch.setenv(f"REELWRIGHT_SECRET__PROVIDERS__{name.upper()}", KEY)
