"""Footage from Bedrock's asynchronous invocations, delivered into a bucket of ours.

Actions needed: bedrock:InvokeModel on the model, bedrock:GetAsyncInvoke and bedrock:ListAsyncInvokes, and
s3:PutObject (used by Bedrock in the caller's name) and s3:GetObject below the prefix of the bucket.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from reelwright.cost.schema import Usage
from reelwright.models.errors import (
    AnswerRejected,
    OutcomeUnknown,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderUnavailable,
)
from reelwright.models.ports import Call
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.providers.bedrock_errors import Buying, job_failure
from reelwright.models.providers.bedrock_orders import FootageOrder, footage_order
from reelwright.models.providers.footage import footage_file
from reelwright.models.schema import Model, ShotRequest, ShotResponse, Underway

__all__ = ["BedrockFootage"]

_PIECE_BYTES: Final = 8 * 1024 * 1024
_MAX_BYTES: Final = 1024 * 1024 * 1024
_MP4_MARK: Final = b"ftyp"
_POLL_SECONDS: Final = 10.0
_PAGE: Final = 100


class BedrockFootage:
    """A FootageProvider. ``buckets`` maps a region to the bucket there: Bedrock delivers to no other region.

    Every order has a folder of its own below ``prefix``, named by its token.
    """

    def __init__(self, aws: AwsCalls, buckets: Mapping[str, str], *, prefix: str = "footage") -> None:
        self._aws = aws
        self._buckets = dict(buckets)
        self._prefix = prefix.strip("/")

    def submit(self, model: Model, request: ShotRequest, call: Call) -> str:
        """Order once, and return the invocation's ARN.

        ``call.token`` is Bedrock's ``clientRequestToken``: the same order again is the one that is there
        already, and costs nothing. OutcomeUnknown whenever the order may have arrived; the same token with
        another body is that too, for then an order is out.
        """
        order = footage_order(model, request)
        answer = self._ask(
            model,
            call,
            "start_async_invoke",
            {
                "clientRequestToken": call.token,
                "modelId": model.vendor_id,
                "modelInput": order.model_input,
                "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": self._folder(model, call)}},
            },
            buying="order",
        )
        reference = answer.get("invocationArn")
        if isinstance(reference, str) and reference:
            return reference
        raise OutcomeUnknown(
            f"Bedrock took an order for {model.name} and gave it no name.",
            next_step="Find it with ListAsyncInvokes.",
            accepted="maybe",
        )

    def collect(
        self, model: Model, request: ShotRequest, reference: str, call: Call
    ) -> Underway | ShotResponse:
        """Return the footage, or that it is being made; once it is made, copy it out of the bucket.

        ``accepted="yes"`` if it came to nothing for good: the job failed, for which nothing is counted (no
        page of AWS says that it bills failed jobs, nor that it does not), or what it delivered is gone or no
        MP4, for which all is. Any other failure leaves the job as it is: ask again.
        """
        order, job = footage_order(model, request), self._job(model, request, reference, call)
        status = job.get("status", "")
        if status == "Failed":
            raise job_failure(str(job.get("failureMessage", "")), subject=f"an order for {model.name}")
        if status != "Completed":
            return Underway(check_after_seconds=_POLL_SECONDS, state=str(status))
        try:
            media = self._delivered(model, request, job, call)
        except AnswerRejected as error:
            error.accepted, error.usage = "yes", _usage(order)
            raise
        except ProviderFailed as error:
            error.accepted = "maybe"
            raise
        return ShotResponse(media=media, frames=order.seconds * order.rate, usage=_usage(order))

    def cancel(self, model: Model, reference: str, call: Call) -> None:
        """Do nothing: Bedrock has no way to stop an invocation. It goes on, is delivered and billed."""

    def find(
        self,
        model: Model,
        request: ShotRequest,  # noqa: ARG002 (the port's shape; the token says it all)
        call: Call,
    ) -> str | None:
        """Return the ARN of the invocation that was ordered with ``call.token``; orders nothing.

        The list of invocations is read, newest first, and matched by token and by the order's own folder.
        To order again instead would do as long as Bedrock remembers tokens; for how long is documented
        nowhere, and after that it would be a second job that is paid for. A list, in turn, may trail by
        moments. So after None only an order with the *same* token may be sent: one that is too young to be
        listed is remembered by its token, and one that is too old to be remembered is listed.
        """
        folder = self._folder(model, call)
        for job in self._jobs(model, call):
            if job.get("clientRequestToken") == call.token or _is_below(_folder_of(job), folder):
                return str(job["invocationArn"])
        return None

    def _job(self, model: Model, request: ShotRequest, reference: str, call: Call) -> Mapping[str, Any]:
        """Return the job of an order, also if Bedrock gave the name of another one for it."""
        job = self._read(model, reference, call)
        if job.get("clientRequestToken", call.token) == call.token:
            return job
        found = self.find(model, request, call)
        if found is None:
            raise OutcomeUnknown(
                f"Bedrock calls another order by the name that it gave to one for {model.name}.",
                next_step="Look for it with ListAsyncInvokes, by its token.",
                accepted="maybe",
                context={"reference": reference, "token": call.token},
            )
        return self._read(model, found, call)

    def _read(self, model: Model, reference: str, call: Call) -> Mapping[str, Any]:
        answer = self._ask(model, call, "get_async_invoke", {"invocationArn": reference})
        if "status" not in answer:
            raise ProviderUnavailable("Bedrock's answer about an order cannot be read.", accepted="maybe")
        return answer

    def _jobs(self, model: Model, call: Call) -> Iterator[Mapping[str, Any]]:
        page: dict[str, Any] = {"sortBy": "SubmissionTime", "sortOrder": "Descending", "maxResults": _PAGE}
        while True:
            answer = self._ask(model, call, "list_async_invokes", page)
            if "asyncInvokeSummaries" not in answer:
                raise OutcomeUnknown("Bedrock's list of orders cannot be read.", accepted="maybe")
            yield from answer["asyncInvokeSummaries"]
            if not answer.get("nextToken"):
                return
            page["nextToken"] = answer["nextToken"]

    def _ask(
        self,
        model: Model,
        call: Call,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        buying: Buying = "nothing",
    ) -> dict[str, Any]:
        try:
            return self._aws.ask(
                "bedrock-runtime",
                operation,
                parameters,
                region=model.region,
                deadline=call.deadline,
                buying=buying,
                subject=f"an order for {model.name}",
                endpoints=call.access.endpoints,
            )
        except ProviderFailed as error:
            if buying == "nothing":
                error.accepted = "maybe"
            raise

    def _folder(self, model: Model, call: Call) -> str:
        region = self._aws.region_of("bedrock-runtime", model.region)
        bucket = self._buckets.get(region)
        if bucket:
            return f"s3://{bucket}/{self._prefix}/{call.token}"
        raise ProviderMisconfigured(
            f"{model.name} runs in {region}, and there is no bucket there that it could deliver to.",
            next_step=f"Deploy a bucket in {region} and name it for that region, or choose another model.",
            context={"model": model.name, "region": region, "buckets": ", ".join(self._buckets) or "none"},
        )

    def _delivered(self, model: Model, request: ShotRequest, job: Mapping[str, Any], call: Call) -> Path:
        arn = str(job["invocationArn"])
        into = footage_file(request.work_dir, arn)
        with tempfile.NamedTemporaryFile(dir=request.work_dir, suffix=".part", delete=False) as part:
            path = Path(part.name)
            try:
                for piece in self._pieces(model, _outputs(job, arn.rpartition("/")[2]), call):
                    part.write(piece)
                part.close()
                path.replace(into)
            finally:
                path.unlink(missing_ok=True)
        return into

    def _pieces(self, model: Model, outputs: tuple[str, ...], call: Call) -> Iterator[bytes]:
        """Yield the object piece by piece; each piece is of the same state of it."""
        uri, first = self._first_piece(model, outputs, call)
        piece: bytes = first["Body"].read()
        size = _size_of(first, piece)
        if piece[4:8] != _MP4_MARK or size > _MAX_BYTES:
            raise AnswerRejected(f"What {model.name} delivered through Bedrock is no MP4, or is too large.")
        done = 0
        while True:
            yield piece
            done += len(piece)
            if done >= size:
                return
            piece = self._piece(model, uri, done, call, IfMatch=first["ETag"])["Body"].read()

    def _first_piece(self, model: Model, outputs: tuple[str, ...], call: Call) -> tuple[str, dict[str, Any]]:
        *others, last = outputs
        for uri in others:
            try:
                return uri, self._piece(model, uri, 0, call)
            except (AnswerRejected, ProviderMisconfigured):
                # Without s3:ListBucket, S3 says "access denied" of what is not there.
                continue
        return last, self._piece(model, last, 0, call)

    def _piece(self, model: Model, uri: str, start: int, call: Call, **conditions: str) -> dict[str, Any]:
        place = urlsplit(uri)
        return self._aws.ask(
            "s3",
            "get_object",
            {
                "Bucket": place.netloc,
                "Key": place.path.lstrip("/"),
                "Range": f"bytes={start}-{start + _PIECE_BYTES - 1}",
                **conditions,
            },
            region=model.region,
            deadline=call.deadline,
            buying="nothing",
            subject=f"the footage of {model.name} in {uri}",
        )


def _usage(order: FootageOrder) -> tuple[Usage, ...]:
    return (Usage(unit=order.unit, quantity=order.seconds),)


def _folder_of(job: Mapping[str, Any]) -> str:
    return str(job.get("outputDataConfig", {}).get("s3OutputDataConfig", {}).get("s3Uri", "")).rstrip("/")


def _is_below(uri: str, folder: str) -> bool:
    return uri == folder or uri.startswith(f"{folder}/")


def _outputs(job: Mapping[str, Any], invocation: str) -> tuple[str, ...]:
    """Return where the footage may be: Bedrock names the folder of the order, or the job's own below it."""
    folder = _folder_of(job)
    if folder.endswith(f"/{invocation}"):
        return (f"{folder}/output.mp4",)
    return (f"{folder}/{invocation}/output.mp4", f"{folder}/output.mp4")


def _size_of(first: Mapping[str, Any], piece: bytes) -> int:
    """Return the size of the whole object; what comes without a range is whole, if it is footage at all."""
    total = str(first.get("ContentRange", "")).rpartition("/")[2]
    if total.isdigit():
        return int(total)
    if piece[4:8] == _MP4_MARK:
        return len(piece)
    raise ProviderUnavailable("Something else than S3 answered for the footage.")
