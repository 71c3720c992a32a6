"""What a vendor's answer means: from status, code and message to a failure of the error tree, by tables.

A vendor is data here, a ``Dialect``: where its answers keep code and message, and the rules that go beyond
what a status says by itself.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reelwright.cost.schema import Usage
from reelwright.models.errors import (
    Accepted,
    AnswerRejected,
    ModelRetired,
    OutcomeUnknown,
    ProviderExhausted,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
    RequestRefused,
)
from reelwright.models.http import AnswerLost, HttpAnswer, NotSent, first_reachable
from reelwright.models.ports import Call
from reelwright.models.schema import Failure
from reelwright.observability.concealed import MASK, mask
from reelwright.secrets.errors import AuthenticationFailed

__all__ = [
    "Dialect",
    "Rule",
    "Spoken",
    "ask",
    "failed",
    "failure_of",
    "failure_of_connection",
    "request_id_of",
    "retry_after_seconds",
    "rule_for",
    "spoken",
]

_KINDS: Mapping[Failure, type[ProviderFailed]] = {
    kind.failure: kind
    for kind in (
        ProviderUnavailable,
        ProviderTimedOut,
        ProviderThrottled,
        AnswerRejected,
        ProviderExhausted,
        RequestInvalid,
        RequestRefused,
        ModelRetired,
        ProviderMisconfigured,
        OutcomeUnknown,
    )
}
_NEXT_STEPS: Mapping[Failure, str] = {
    "unavailable": "Try again later; another model is asked meanwhile.",
    "timed_out": "Try again, or give the call more time.",
    "throttled": "Wait, or lower providers.{vendor}.max_concurrent.",
    "rejected": "Try again, or choose another model.",
    "exhausted": "Raise the limit of the account with {vendor}, or wait for its next period.",
    "callers_fault": "Ask for something else, or choose another model.",
    "refused": "Change what the text asks for, or choose another model.",
    "retired": "Choose another model; catalog.models.<name>.vendor_id can name its successor.",
    "misconfigured": "Check the key and the permissions of the account with {vendor}.",
    "unknown": "Look at the account with {vendor} for what became of it; it is not sent again.",
}
_BY_STATUS: Mapping[int, Failure] = {
    401: "misconfigured",
    402: "exhausted",
    403: "misconfigured",
    408: "timed_out",
    409: "unavailable",
    425: "throttled",
    429: "throttled",
    504: "timed_out",
}
_GATEWAYS_BUSY = 503
_KEY_REFUSED = 401
_MESSAGE_CHARS = 300
_REQUEST_ID_CHARS = 128
_LONGEST_WAIT_SECONDS = 86_400.0
_AGAIN: frozenset[Failure] = frozenset({"unavailable", "timed_out", "throttled"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What one row of a vendor's error table means. Empty fields fit every answer."""

    failure: Failure
    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    """The answer's code or type is one of these."""
    message: str = ""
    """A regular expression, found anywhere in the message, in any case."""
    accepted: Accepted = "no"
    next_step: str = ""
    """Instead of the usual one of the failure."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a vendor says that it failed."""

    vendor: str
    """As in ``providers.<name>`` of the settings."""
    rules: tuple[Rule, ...] = ()
    """The first that fits decides; without one the status does."""
    codes: tuple[tuple[str, ...], ...] = (("error", "code"), ("error", "type"), ("code",), ("type",))
    """Where in the body codes may stand, as paths of keys."""
    messages: tuple[tuple[str, ...], ...] = (("error", "message"), ("message",), ("error",), ("detail",))
    """Where the message may stand; the first text counts."""
    request_id: str = "request-id"
    """The header with the vendor's name for the request."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What an answer says of its failure."""

    codes: tuple[str, ...]
    message: str
    is_vendors: bool
    """Whether it is in the vendor's own form, so that no gateway on the way wrote it."""


def spoken(answer: HttpAnswer, dialect: Dialect) -> Spoken:
    """Read the codes and the message of an answer."""
    body = answer.json_object() or {}
    codes = [found for path in dialect.codes if isinstance(found := _at(body, path), str)]
    messages = [found for path in dialect.messages if isinstance(found := _at(body, path), str)]
    message = " ".join(messages[0].split())[:_MESSAGE_CHARS] if messages else ""
    return Spoken(tuple(codes), message, bool(codes or messages))


def failure_of(
    answer: HttpAnswer, dialect: Dialect, *, submit: bool = False, secret: str = ""
) -> ProviderFailed:
    """Return the failure that an answer other than success is; ``secret`` is masked in what it says.

    ``submit`` says that it answers an order of paid work: then a 5xx that no rule explains may have been
    carried out all the same, unless it is the vendor's own 503, and becomes OutcomeUnknown.
    """
    said = spoken(answer, dialect)
    rule = rule_for(dialect, said, answer.status)
    if rule is None and submit and _may_be_at_work(answer.status, said):
        rule = Rule("unknown", accepted="maybe")
    if rule is None:
        rule = Rule(_by_status(answer))
    return failed(
        rule.failure,
        dialect,
        _described(answer.status, said, secret),
        next_step=rule.next_step,
        accepted=rule.accepted,
        request_id=request_id_of(answer, dialect),
        retry_after=retry_after_seconds(answer) if rule.failure in _AGAIN else None,
    )


def request_id_of(answer: HttpAnswer, dialect: Dialect) -> str:
    """Return the vendor's name for the request; empty if it gave none."""
    return answer.headers.get(dialect.request_id, "")[:_REQUEST_ID_CHARS]


def failed(
    failure: Failure,
    dialect: Dialect,
    what: str,
    *,
    next_step: str = "",
    accepted: Accepted = "no",
    usage: Sequence[Usage] = (),
    request_id: str = "",
    retry_after: float | None = None,
) -> ProviderFailed:
    """Return a failure of this vendor; ``what`` goes on after its name."""
    return _KINDS[failure](
        f"{dialect.vendor} {what}",
        next_step=next_step or _NEXT_STEPS[failure].format(vendor=dialect.vendor),
        context={"provider": dialect.vendor} | ({"request_id": request_id} if request_id else {}),
        accepted=accepted,
        usage=usage,
        request_id=request_id,
        retry_after_seconds=retry_after,
    )


def rule_for(dialect: Dialect, said: Spoken, status: int | None = None) -> Rule | None:
    """Return the rule that fits, if any; without a status only rules that ask for none can."""
    return next((rule for rule in dialect.rules if _fits(rule, status, said)), None)


def failure_of_connection(
    error: NotSent | AnswerLost, dialect: Dialect, *, submit: bool = False
) -> ProviderFailed:
    """Return the failure that a lost connection is; an order that may have arrived is OutcomeUnknown."""
    kind: Failure = "timed_out" if error.timed_out else "unavailable"
    if isinstance(error, NotSent):
        return failed(kind, dialect, f"was not reached: {error.message}")
    kind = "unknown" if submit else kind
    return failed(kind, dialect, f"gave no whole answer: {error.message}", accepted="maybe")


def ask(
    call: Call,
    dialect: Dialect,
    default: str,
    send: Callable[[str, str], HttpAnswer],
    *,
    submit: bool = False,
) -> HttpAnswer:
    """Return the answer with a status of success that ``send(address, key)`` gives; ProviderFailed otherwise.

    Addresses are tried as ``first_reachable`` does, and a key that is refused is read again once.
    """

    def with_key(key: str) -> HttpAnswer:
        answer = first_reachable(call.access.endpoints, default, lambda address: send(address, key))
        if answer.status // 100 == 2:
            return answer
        failure = failure_of(answer, dialect, submit=submit, secret=key)
        if answer.status in {401, 403} and isinstance(failure, ProviderMisconfigured):
            raise AuthenticationFailed(failure.message, next_step=failure.next_step) from failure
        raise failure

    try:
        return call.access.with_key(with_key)
    except (NotSent, AnswerLost) as error:
        raise failure_of_connection(error, dialect, submit=submit) from error


def retry_after_seconds(answer: HttpAnswer) -> float | None:
    """Return how long the vendor asks to wait; None if it does not say, or says nonsense; a day at most.

    Read are ``retry-after-ms``, and ``Retry-After`` in seconds or as a date.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _number(answer.headers.get(name, ""))
        if seconds is not None:
            return min(seconds * unit, _LONGEST_WAIT_SECONDS)
    return _until(answer.headers.get("retry-after", ""), answer.received_at)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _until(text: str, now: datetime | None) -> float | None:
    if not text or now is None:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (dates are rare, and the import is not cheap)

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), _LONGEST_WAIT_SECONDS)


def _by_status(answer: HttpAnswer) -> Failure:
    """Return what the status says, corrected by what the vendor says of trying again (``x-should-retry``)."""
    status = answer.status
    again = answer.headers.get("x-should-retry", "").lower()
    usual: Failure = "unavailable" if status >= 500 else "callers_fault" if status >= 400 else "misconfigured"
    failure = _BY_STATUS.get(status, usual)
    if again == "true" and failure == "callers_fault":
        return "unavailable"
    if again == "false" and failure == "throttled":
        return "exhausted"
    return failure


def _may_be_at_work(status: int, said: Spoken) -> bool:
    if status < 400:
        return True
    return status >= 500 and not (status == _GATEWAYS_BUSY and said.is_vendors)


def _fits(rule: Rule, status: int | None, said: Spoken) -> bool:
    return (
        (not rule.statuses or status in rule.statuses)
        and (not rule.codes or any(code in rule.codes for code in said.codes))
        and (not rule.message or re.search(rule.message, said.message, re.IGNORECASE) is not None)
    )


def _described(status: int, said: Spoken, secret: str) -> str:
    """Say what was answered. About keys vendors are not quoted: some repeat the one that they refuse."""
    code = f" ({said.codes[0]})" if said.codes else ""
    quoted = f": {said.message}" if said.message and status != _KEY_REFUSED else "."
    whole = mask(f"answered with status {status}{code}{quoted}")
    return whole.replace(secret, MASK) if secret else whole


def _at(body: Mapping[str, Any], path: Sequence[str]) -> object:
    found: object = body
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
