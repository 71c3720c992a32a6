"""Real boto3 clients that are led to a simulated Bedrock."""

from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from reelwright.models.http import HttpClient
from reelwright.models.providers.bedrock_calls import AwsCalls
from tests.simulators.bedrock import BedrockSimulator

__all__ = ["HOME", "aws_calls_to", "clients_to"]

HOME = "us-east-1"
"""The region of whoever names none."""


def aws_calls_to(simulator: BedrockSimulator) -> AwsCalls:
    """Return the adapters' way to AWS, leading to the simulator."""
    return AwsCalls(HttpClient(), clients_to(simulator.url))


def clients_to(url: str, **options: Any) -> Callable[[str, str, str], Any]:
    """Return a maker of clients for an address, to which others may be given instead.

    ``options`` are further ones of botocore's Config.
    """

    def client_for(service: str, region: str, endpoint: str) -> Any:
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **options)
        return _session().client(
            service, region_name=region or HOME, endpoint_url=endpoint or url, config=config
        )

    return client_for


@cache
def _session() -> Any:
    """Make one session: it keeps the service models that it read."""
    return boto3.Session(aws_access_key_id="AKIDSIMULATED", aws_secret_access_key="simulated")  # noqa: S106 (it opens nothing)
