"""Requests to AWS as Bedrock's adapters make them: one attempt, over our own HTTP, within a deadline."""

import io
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

from reelwright.models.errors import ProviderFailed
from reelwright.models.http import HttpAnswer, HttpClient, first_reachable
from reelwright.models.providers.bedrock_errors import Buying, failure_of
from reelwright.resilience.deadline import Deadline

__all__ = ["AwsCalls", "boto_client"]

_deadline: ContextVar[Deadline] = ContextVar("_deadline")
"""Of the request that this thread is making: botocore hands nothing of ours down to where it is sent."""


def boto_client(service: str, region: str, endpoint: str) -> Any:
    """Return a new boto3 client that tries once; an empty region or endpoint is the environment's own."""
    import boto3  # noqa: PLC0415 (a third of a second; only those who go to AWS pay for it)
    from botocore.config import Config  # noqa: PLC0415 (as above)

    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.client(service, region_name=region or None, endpoint_url=endpoint or None, config=config)


class AwsCalls:
    """Asks AWS services, with clients that are made once and shared by threads.

    boto3 makes and signs requests and reads answers. What lies between is ours: botocore limits each read
    of a socket, so that a body in drips outlasts every deadline, and it cannot tell a connection that was
    never made from one that broke.
    """

    def __init__(self, http: HttpClient, client_for: Callable[[str, str, str], Any] = boto_client) -> None:
        self._http = http
        self._client_for = client_for
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._making = threading.Lock()

    def ask(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        region: str,
        deadline: Deadline,
        buying: Buying,
        subject: str,
        endpoints: Sequence[str] = (),
        explain: Callable[[Exception], ProviderFailed] | None = None,
    ) -> dict[str, Any]:
        """Return what an operation answers, asked once; ProviderFailed as ``bedrock_errors`` says.

        Services with errors of their own pass ``explain``, which says what an exception means.
        Of several ``endpoints`` the next is asked only when no connection to one could be made.
        """

        def ask_at(endpoint: str) -> dict[str, Any]:
            client = self._client(service, region, endpoint)
            answer: dict[str, Any] = getattr(client, operation)(**parameters)
            return answer

        token = _deadline.set(deadline)
        try:
            return first_reachable(endpoints, "", ask_at)
        except ProviderFailed:
            raise
        except Exception as error:
            raise (explain or partial(failure_of, buying=buying, subject=subject))(error) from error
        finally:
            _deadline.reset(token)

    def region_of(self, service: str, region: str) -> str:
        """Return the region that requests go to: the one given, or the environment's own."""
        if region:
            return region
        try:
            return str(self._client(service, "", "").meta.region_name)
        except Exception as error:
            raise failure_of(error, buying="nothing", subject=f"a client of {service}") from error

    def _client(self, service: str, region: str, endpoint: str) -> Any:
        key = (service, region, endpoint)
        with self._making:
            if key not in self._clients:
                client = self._client_for(*key)
                client.meta.events.register("before-send", self._send)
                self._clients[key] = client
            return self._clients[key]

    def _send(self, request: Any, **_: Any) -> Any:
        """Send what botocore signed, in its place."""
        from botocore.awsrequest import AWSResponse  # noqa: PLC0415 (boto3 is imported by now)

        answer = self._http.send(
            request.method,
            request.url,
            headers={name: _text(value) for name, value in request.headers.items()},
            body=_bytes(request.body),
            deadline=_deadline.get(),
        )
        return AWSResponse(request.url, answer.status, dict(answer.headers), _Body(answer))


class _Body(io.BytesIO):
    """A body that is here already, as botocore reads it."""

    def __init__(self, answer: HttpAnswer) -> None:
        super().__init__(answer.body)

    def stream(self) -> Iterator[bytes]:
        """Yield it in one piece."""
        yield self.read()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes | None:
    return body.encode() if isinstance(body, str) else body or None
