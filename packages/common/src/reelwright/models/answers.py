"""Answers that were paid for, kept: the receipt of a call, and the cache that spares a second one.

A receipt is written as soon as an answer is in hand, before its charge settles. A process that dies after it
pays nothing again: whoever runs the same call next finds the receipt and settles the charge.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, JsonValue
from pydantic_core import to_json

from reelwright.cost.schema import Service
from reelwright.models.ports import AnswerStore
from reelwright.models.receipts import OrderNote, Receipt
from reelwright.models.schema import ContentResponse, Model, ModelRequest, ShotResponse, SpeechResponse
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact

__all__ = ["Answers"]

_RECEIPT_SECONDS: Final = 30 * 86_400.0
_RESPONSES: Final[dict[Service, tuple[type[BaseModel], str, str]]] = {
    "content": (ContentResponse, "", ""),
    "audio": (SpeechResponse, "audio", "audio/wav"),
    "video": (ShotResponse, "media", "video/mp4"),
}
"""For each service: the response, its field that is a file, and the file's type."""

Response = TypeVar("Response", bound=BaseModel)


class Answers:
    """Receipts and cached answers of every call, with their files in the artifact store.

    ``models`` is the catalogue by name, to which receipts refer.
    """

    def __init__(
        self,
        store: AnswerStore,
        artifacts: ArtifactStore,
        *,
        models: Mapping[str, Model],
        cache_seconds: int,
    ) -> None:
        self._store = store
        self._artifacts = artifacts
        self._models = models
        self._cache_seconds = cache_seconds

    def receipt(self, request: ModelRequest) -> Receipt | None:
        """Return the receipt of this very call, if it was answered before."""
        return self._read(_receipt_key(request))

    def cached(self, service: Service, request: ModelRequest, model: str) -> Receipt | None:
        """Return the answer that ``model``, or what stood in for it, gave to the same request of late."""
        if not self._cache_seconds:
            return None
        return self._read(_last_key.of(service, request, model))

    def keep(self, service: Service, request: ModelRequest, receipt: Receipt, *, first: str) -> None:
        """Write a receipt, and for ``first``, the model that was asked first, the cache."""
        text = receipt.written()
        self._store.put(_receipt_key(request), text, ttl_seconds=_RECEIPT_SECONDS)
        if self._cache_seconds:
            key = _last_key.of(service, request, first)
            self._store.put(key, text, ttl_seconds=float(self._cache_seconds))

    def packed(
        self, service: Service, response: BaseModel
    ) -> tuple[BaseModel | dict[str, JsonValue], Artifact | None]:
        """Return a response as it can be written down, its file put away."""
        _, field, media_type = _RESPONSES[service]
        if not field:
            return response, None
        artifact = self._artifacts.put_file(getattr(response, field), media_type)
        return response.model_dump(mode="json", exclude={field}), artifact

    def unpacked(self, service: Service, request: Any, receipt: Receipt) -> Any:
        """Return the response of a receipt, with its file in the folder that the request names."""
        kind, field, _ = _RESPONSES[service]
        if not isinstance(receipt.response, dict):
            return receipt.response
        if not field or receipt.file is None:
            return kind.model_validate(receipt.response)
        path = Path(request.work_dir) / f"answer-{receipt.file.sha256[:16]}{_SUFFIXES[service]}"
        path.write_bytes(self._artifacts.read_bytes(receipt.file))
        return kind.model_validate({**receipt.response, field: path})

    def note_order(self, charge_key: str, order: OrderNote) -> None:
        """Keep how work came to be ordered under a charge, for whoever collects it."""
        self._store.put(f"order/{charge_key}", order.written(), ttl_seconds=_RECEIPT_SECONDS)

    def order_of(self, charge_key: str) -> OrderNote | None:
        """Return how work came to be ordered under a charge."""
        text = self._store.get(f"order/{charge_key}")
        return None if text is None else OrderNote.read(text, self._models)

    def _read(self, key: str) -> Receipt | None:
        text = self._store.get(key)
        return None if text is None else Receipt.read(text, self._models)


class _LastKey:
    """The key of the last request that was looked up: it is kept under the same one when it is answered."""

    def __init__(self) -> None:
        self._last: tuple[Service, ModelRequest, str, str] | None = None

    def of(self, service: Service, request: ModelRequest, model: str) -> str:
        last = self._last
        if last is None or last[1] is not request or last[0] != service or last[2] != model:
            last = (service, request, model, _cache_key(service, request, model))
            self._last = last
        return last[3]


_last_key = _LastKey()

_NOT_OF_THE_ANSWER: Final = {"idempotency_key", "work_dir"}
_SUFFIXES: Final[dict[Service, str]] = {"content": "", "audio": ".wav", "video": ".mp4"}


def _receipt_key(request: ModelRequest) -> str:
    return f"receipt/{request.idempotency_key}"


def _cache_key(service: Service, request: ModelRequest, model: str) -> str:
    """Hash all that decides the answer; for whom and where it is made does not."""
    content = to_json(request, exclude=_NOT_OF_THE_ANSWER)
    return f"cache/{hashlib.sha256(f'{service} {model} '.encode() + content).hexdigest()}"
