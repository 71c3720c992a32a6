"""Bedrock over loopback: Converse, asynchronous invocations, the lists of what is offered, and some S3.

Spoken to by real boto3 clients. Requests are held to botocore's service models and to each model's own
rules. One and the same order, by its token, is one job, as at the vendor. Failed jobs are not billed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.clock import Clock, SystemClock
from reelwright.models.guarding import GUARDRAIL
from tests.simulators.bedrock_guardrail import GUARDRAIL_PRICES, SimulatedGuardrail
from tests.simulators.bedrock_jobs import MODERATED, Job, clip_bytes, clip_of, job_id, same_order
from tests.simulators.bedrock_offers import OFFERS, PRICES, Offered, profile_of
from tests.simulators.bedrock_s3 import TinyS3, s3_error
from tests.simulators.bedrock_shapes import objections
from tests.simulators.server import Answer, Cut, Fault, Faults, PriceTable, Received, Simulator, json_answer
from tests.simulators.writing import answer_to, words_in

__all__ = ["ACCOUNT", "ENDED", "BedrockSimulator", "bedrock_error"]

ACCOUNT = "123456789012"
ENDED = "This model version has reached the end of its life. Please refer to the AWS documentation."
_SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[a-z0-9-]+)/")
_STRICT = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "allOf", "enum"}
_STRICT |= {"const", "$ref", "$defs", "description", "title", "format"}
_OPERATIONS = {
    "Converse": "POST /model/.+/converse",
    "ApplyGuardrail": "POST /guardrail/.+/version/.+/apply",
    "StartAsyncInvoke": "POST /async-invoke",
    "ListAsyncInvokes": "GET /async-invoke",
    "GetAsyncInvoke": "GET /async-invoke/.+",
    "ListFoundationModels": "GET /foundation-models",
    "GetFoundationModel": "GET /foundation-models/.+",
    "ListInferenceProfiles": "GET /inference-profiles",
}
"""By method and decoded path; whatever else comes is for S3."""
_SERVICES = {
    name: "bedrock-runtime" if "nvoke" in name or name in {"Converse", "ApplyGuardrail"} else "bedrock"
    for name in _OPERATIONS
}
_OF_SOME_OPERATIONS = {"retired", "refusal", "truncated", "duplicate_id", "expired_url"}
_STATUSES = {
    "ThrottlingException": 429,
    "ModelNotReadyException": 429,
    "ServiceUnavailableException": 503,
    "InternalServerException": 500,
    "ModelTimeoutException": 408,
    "ModelErrorException": 424,
    "ServiceQuotaExceededException": 400,
    "ValidationException": 400,
    "ConflictException": 400,
    "AccessDeniedException": 403,
    "UnrecognizedClientException": 403,
    "MissingAuthenticationTokenException": 403,
    "ResourceNotFoundException": 404,
}
_DIALECT: Mapping[Fault, tuple[str, str, str]] = {
    "throttled": ("ThrottlingException", "Too many requests, please wait before trying again.", "SlowDown"),
    "server_error": ("InternalServerException", "An internal server error occurred.", "InternalError"),
    "overloaded": ("ServiceUnavailableException", "Bedrock is unable to process your request.", "SlowDown"),
    "unauthorised": ("AccessDeniedException", "User is not authorized to perform this.", "AccessDenied"),
    "exhausted": ("ServiceQuotaExceededException", "Your request exceeds the service quota.", "SlowDown"),
    "invalid_request": ("ValidationException", "Malformed input request.", "InternalError"),
}
"""Faults as Bedrock says them, and as S3 does."""


class BedrockSimulator(Simulator):
    """Bedrock in all regions at once; a request's signature says in which it is.

    ``buckets`` are S3's, by name, with their regions. A job is found in progress ``polls`` times;
    clips are ``shrink`` times smaller than asked, for speed.
    """

    def __init__(
        self,
        *,
        buckets: Mapping[str, str] | None = None,
        offers: Mapping[str, Offered] = OFFERS,
        clock: Clock | None = None,
        polls: int = 1,
        shrink: int = 1,
        page: int = 50,
        keys: Sequence[str] = (),
        prices: PriceTable = PRICES,
        faults: Faults | None = None,
    ) -> None:
        super().__init__(keys=keys, prices={GUARDRAIL: GUARDRAIL_PRICES, **prices}, faults=faults)
        self.s3 = TinyS3(buckets or {})
        self.offers = offers
        self.clock = clock or SystemClock()
        self.polls = polls
        self.shrink = shrink
        self.page = page
        """The most entries of one page of a list."""
        self.jobs: dict[str, Job] = {}
        self.job_failures: list[str] = []
        """What the next jobs fail with; an empty text is success."""
        self.unlisted = 0
        """How many lists the next jobs are missing from."""
        self.guardrails: dict[str, SimulatedGuardrail] = {}
        """By id, in every region."""
        self.next_answers: list[Answer] = []
        """What the next requests are answered instead of anything else."""
        self.next_stop = ""
        """The stop reason of the next Converse, instead of the true one."""

    def answer(self, request: Received) -> Answer:
        """Do what the request asks."""
        if self.next_answers:
            return self.next_answers.pop(0)
        scope = _SCOPE.match(request.headers.get("authorization", ""))
        if scope is None:
            return bedrock_error("MissingAuthenticationTokenException", "Missing Authentication Token")
        if self.keys and scope["key"] not in self.keys:
            return bedrock_error("UnrecognizedClientException", "The security token is invalid.")
        return self._routed(request, scope["region"])

    def failing(self, fault: Fault, request: Received) -> Answer | Cut:
        """Fail as Bedrock or S3 does; what cannot happen to a request is no fault of it."""
        operation = _operation(request)
        if fault in _DIALECT:
            code, message, s3_code = _DIALECT[fault]
            return s3_error(s3_code) if operation == "S3" else bedrock_error(code, message)
        if fault in _OF_SOME_OPERATIONS:
            return self._failing_at(fault, operation, request)
        return super().failing(fault, request)

    def _failing_at(self, fault: Fault, operation: str, request: Received) -> Answer:
        match fault, operation:
            case "retired", "Converse" | "StartAsyncInvoke":
                return bedrock_error("ResourceNotFoundException", ENDED)
            case "duplicate_id", "StartAsyncInvoke":
                return self._misnamed(request)
            case "expired_url", "S3":
                return s3_error("NoSuchKey")
            case "refusal" | "truncated", "Converse":
                self.next_stop = "content_filtered" if fault == "refusal" else "max_tokens"
            case "refusal", "StartAsyncInvoke":
                self.job_failures.insert(0, MODERATED)
            case "truncated", "S3":
                self._cut_object(request)
        return self.answer(request)

    def _routed(self, request: Received, region: str) -> Answer:
        operation = _operation(request)
        if operation == "S3":
            return self.s3.answer(request)
        parameters = _parameters(request)
        if problems := objections(_SERVICES[operation], operation, parameters):
            self.object(*problems)
            return bedrock_error("ValidationException", "; ".join(problems)[:500])
        do = {
            "Converse": self._converse,
            "ApplyGuardrail": self._guard,
            "StartAsyncInvoke": self._start_job,
            "GetAsyncInvoke": self._get_job,
            "ListAsyncInvokes": self._list_jobs,
            "GetFoundationModel": self._model,
            "ListFoundationModels": self._models,
            "ListInferenceProfiles": self._profiles,
        }
        return do[operation](parameters, region)

    def _found(self, model_id: str, region: str) -> Offered | Answer:
        """Return the model that an id leads to, or how its absence is told."""
        prefix, behind = profile_of(model_id, self.offers)
        offered = self.offers.get(behind)
        if offered is None or (region not in offered.regions and not prefix):
            return bedrock_error("ValidationException", "The provided model identifier is invalid.")
        if offered.has_ended(self.clock.now()):
            return bedrock_error("ResourceNotFoundException", ENDED)
        if not prefix and not offered.on_demand:
            message = (
                f"Invocation of model ID {model_id} with on-demand throughput isn't supported. Retry your "
                "request with the ID or ARN of an inference profile that contains this model."
            )
            return bedrock_error("ValidationException", message)
        return offered

    def _converse(self, parameters: dict[str, Any], region: str) -> Answer:
        offered = self._found(parameters["modelId"], region)
        if isinstance(offered, Answer):
            return offered
        if problems := _converse_problems(offered, parameters):
            self.object(*problems)
            return bedrock_error("ValidationException", problems[0])
        prompt = "\n".join(
            _texts(parameters.get("system", [])) + _texts(parameters["messages"][0]["content"])
        )
        text, stop = self._written(prompt, parameters)
        units = {"input_tokens": words_in(prompt), "output_tokens": words_in(text)}
        self.take_on(f"request-{len(self.received)}", parameters["modelId"], units)
        usage = {"inputTokens": units["input_tokens"], "outputTokens": units["output_tokens"]}
        return json_answer(
            {
                "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
                "stopReason": stop,
                "usage": {**usage, "totalTokens": sum(usage.values())},
                "metrics": {"latencyMs": 12},
            },
            x_amzn_RequestId=f"bedrock-{len(self.received)}",
        )

    def _guard(self, parameters: dict[str, Any], _region: str) -> Answer:
        found = self.guardrails.get(parameters["guardrailIdentifier"].rpartition("/")[2])
        if found is None or parameters["guardrailVersion"] not in {found.version, "DRAFT"}:
            message = "Guardrail was not found; it, or its version, does not exist."
            return bedrock_error("ResourceNotFoundException", message)
        text = "".join(_texts([block["text"] for block in parameters["content"]]))
        self.take_on(f"request-{len(self.received)}", GUARDRAIL, found.units(text))
        return json_answer(found.answer(text), x_amzn_RequestId=f"bedrock-{len(self.received)}")

    def _written(self, prompt: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
        text, stop = answer_to(prompt, _schema_of(parameters)), "end_turn"
        max_tokens = parameters.get("inferenceConfig", {}).get("maxTokens", 4096)
        if words_in(text) > max_tokens:
            text, stop = " ".join(text.split()[: max_tokens // 2]), "max_tokens"
        if self.next_stop:
            stop, self.next_stop = self.next_stop, ""
            text = text[: len(text) // 2]
        return text, stop

    def _start_job(self, parameters: dict[str, Any], region: str) -> Answer:
        offered = self._found(parameters["modelId"], region)
        if isinstance(offered, Answer):
            return offered
        token, order = parameters["clientRequestToken"], same_order(parameters)
        known = next((job for job in self.jobs.values() if job.token == token), None)
        if known is not None and known.order == order:
            return json_answer({"invocationArn": known.arn})
        if known is not None:
            return bedrock_error("ConflictException", "The token was used with other parameters.")
        return self._begun(offered, parameters, region, order)

    def _begun(self, offered: Offered, parameters: dict[str, Any], region: str, order: str) -> Answer:
        uri = parameters["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"]
        clip, problems = clip_of(offered.kind, parameters["modelInput"])
        if clip is None:
            self.object(*problems)
            return bedrock_error("ValidationException", "; ".join(problems))
        if self.s3.buckets.get(uri.split("/")[2]) != region:
            return bedrock_error("ValidationException", f"The S3 bucket of {uri} must be in {region}.")
        failure = self.job_failures.pop(0) if self.job_failures else ""
        arn = f"arn:aws:bedrock:{region}:{ACCOUNT}:async-invoke/{job_id(len(self.jobs))}"
        model, token = parameters["modelId"], parameters["clientRequestToken"]
        self.take_on(token, model, {} if failure else {clip.unit: clip.seconds})
        self.jobs[arn] = Job(
            arn=arn,
            model_arn=f"arn:aws:bedrock:{region}::foundation-model/{model}",
            token=token,
            order=order,
            uri=uri,
            clip=clip,
            submitted=self.clock.now(),
            polls=self.polls,
            failure=failure,
            listed_after=self.unlisted,
        )
        return json_answer({"invocationArn": arn})

    def _misnamed(self, request: Received) -> Answer:
        """Take an order on, and name it as the one before."""
        before = list(self.jobs)
        good = self.answer(request)
        return json_answer({"invocationArn": before[-1]}) if before and good.status == 200 else good

    def _get_job(self, parameters: dict[str, Any], _region: str) -> Answer:
        job = self.jobs.get(parameters["invocationArn"])
        if job is None:
            return bedrock_error("ValidationException", "The invocation ARN is unknown.")
        if job.status == "Completed" and not job.is_delivered:
            bucket, _, folder = job.folder.removeprefix("s3://").partition("/")
            self.s3.objects[bucket, f"{folder}/output.mp4"] = clip_bytes(job.clip, self.shrink)
            job.is_delivered = True
        described = job.described()
        job.polls -= 1
        return json_answer(described)

    def _list_jobs(self, parameters: dict[str, Any], region: str) -> Answer:
        listed = [job for job in self.jobs.values() if f":{region}:" in job.arn and job.listed_after <= 0]
        for job in self.jobs.values():
            job.listed_after -= 1
        listed.sort(key=lambda job: job.submitted, reverse=parameters.get("sortOrder") != "Ascending")
        entries = [job.described() for job in listed]
        return self._paged("asyncInvokeSummaries", entries, parameters)

    def _paged(self, name: str, entries: list[dict[str, Any]], parameters: Mapping[str, Any]) -> Answer:
        start = int(parameters.get("nextToken", 0))
        end = start + min(parameters.get("maxResults", self.page), self.page)
        more = {"nextToken": str(end)} if end < len(entries) else {}
        return json_answer({name: entries[start:end], **more})

    def _models(self, _parameters: dict[str, Any], region: str) -> Answer:
        return json_answer({"modelSummaries": self._offered_in(region)})

    def _model(self, parameters: dict[str, Any], region: str) -> Answer:
        for model in self._offered_in(region):
            if model["modelId"] == parameters["modelIdentifier"]:
                return json_answer({"modelDetails": model})
        return bedrock_error("ResourceNotFoundException", "Could not resolve the foundation model.")

    def _offered_in(self, region: str) -> list[dict[str, Any]]:
        return [
            {
                "modelArn": f"arn:aws:bedrock:{region}::foundation-model/{model_id}",
                "modelId": model_id,
                "modelLifecycle": offered.lifecycle(self.clock.now()),
            }
            for model_id, offered in self.offers.items()
            if region in offered.regions
        ]

    def _profiles(self, parameters: dict[str, Any], region: str) -> Answer:
        entries = [
            _profile(prefix, model_id, region)
            for model_id, offered in self.offers.items()
            for prefix in offered.profiles
        ]
        return self._paged("inferenceProfileSummaries", entries, parameters)

    def _cut_object(self, request: Received) -> None:
        bucket, _, key = request.path.lstrip("/").partition("/")
        content = self.s3.objects.get((bucket, key), b"")
        self.s3.objects[bucket, key] = content[: len(content) // 2]


def bedrock_error(code: str, message: str, **headers: str) -> Answer:
    """Return an error as Bedrock says it."""
    status = _STATUSES.get(code, 400)
    return json_answer(
        {"message": message}, status, x_amzn_ErrorType=code, x_amzn_RequestId="bedrock-failed", **headers
    )


def _operation(request: Received) -> str:
    for name, pattern in _OPERATIONS.items():
        if re.fullmatch(pattern, f"{request.method} {request.path}"):
            return name
    return "S3"


def _parameters(request: Received) -> dict[str, Any]:
    """Return a request as the parameters of its operation: body, path and query."""
    _, _, rest = request.path.lstrip("/").partition("/")
    path = {
        "Converse": {"modelId": rest.removesuffix("/converse")},
        "ApplyGuardrail": _guardrail_in(rest),
        "GetAsyncInvoke": {"invocationArn": rest},
        "GetFoundationModel": {"modelIdentifier": rest},
    }.get(_operation(request), {})
    query = {key: int(value) if key == "maxResults" else value for key, value in request.query.items()}
    return {**(request.json or {}), **path, **query}


def _guardrail_in(rest: str) -> dict[str, str]:
    identifier, _, version = rest.removesuffix("/apply").rpartition("/version/")
    return {"guardrailIdentifier": identifier, "guardrailVersion": version}


def _texts(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    return [block["text"] for block in blocks if "text" in block]


def _converse_problems(offered: Offered, parameters: Mapping[str, Any]) -> list[str]:
    problems = []
    if offered.kind != "text":
        problems.append("This model does not write.")
    if "temperature" in parameters.get("inferenceConfig", {}) and not offered.temperature:
        problems.append("`temperature` is deprecated for this model.")
    if [each["role"] for each in parameters.get("messages", [])] != ["user"]:
        problems.append("A conversation must start with a user message, and roles must alternate.")
    schema = _schema_of(parameters)
    if schema is not None and not offered.structured:
        problems.append("This model doesn't support structured output.")
    return problems + (_schema_problems(schema) if schema is not None else [])


def _schema_of(parameters: Mapping[str, Any]) -> Any:
    """Return what the answer is to be held to; None if nothing."""
    output = parameters.get("outputConfig")
    return json.loads(output["textFormat"]["structure"]["jsonSchema"]["schema"]) if output else None


def _schema_problems(schema: Any) -> list[str]:
    """Return what structured output does not take of a schema."""
    problems = [f"output schema: {key} is not supported" for key in set(schema) - _STRICT]
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        problems.append("output schema: additionalProperties must be false")
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [*schema.get("anyOf", ()), *schema.get("allOf", ())]
    inner += [schema["items"]] if "items" in schema else []
    return problems + [problem for each in inner for problem in _schema_problems(each)]


def _profile(prefix: str, model_id: str, region: str) -> dict[str, Any]:
    profile_id = f"{prefix}.{model_id}"
    return {
        "inferenceProfileName": profile_id,
        "inferenceProfileId": profile_id,
        "inferenceProfileArn": f"arn:aws:bedrock:{region}:{ACCOUNT}:inference-profile/{profile_id}",
        "models": [{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/{model_id}"}],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }
