"""What each process would else do anew: import what it is made of, and read what AWS says of its services."""

from tests.chaos import harness, publishing_life
from tests.simulators.bedrock_clients import clients_to
from tests.simulators.server import HOST

__all__ = ["harness", "publishing_life"]

for _service in ("bedrock-runtime", "s3"):
    clients_to(f"http://{HOST}")(_service, "", "")
