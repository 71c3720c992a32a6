"""Secrets in AWS Secrets Manager, under the prefix of one environment.

Actions needed: GetSecretValue to read; DescribeSecret to describe; PutSecretValue and
UpdateSecretVersionStage to write and promote; ListSecretVersionIds for the time of a pending version
(without it, the time of the secret's last change is taken); ListSecrets for the names; RotateSecret.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from reelwright.errors import ReelwrightError
from reelwright.secrets.errors import RotationRefused, SecretMalformed, SecretNameInvalid, SecretsUnavailable
from reelwright.secrets.kinds import check_name, missing
from reelwright.secrets.schema import SecretDescription, SecretVersion, Stage

__all__ = ["SecretsManagerStore", "name_from_id"]

_ARN: Final = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:(?P<name>.+)-[A-Za-z0-9]{6}")
_GONE: Final = {"ResourceNotFoundException", "InvalidRequestException"}
"""The second is what a secret answers that is about to be deleted."""
_DENIED: Final = {"AccessDeniedException", "AccessDenied", "UnrecognizedClientException"}


def name_from_id(secret_id: str, prefix: str) -> str:
    """Return the name behind an ARN or a full name; SecretNameInvalid for another environment's."""
    match = _ARN.fullmatch(secret_id)
    full = match["name"] if match else secret_id
    if not full.startswith(prefix):
        raise SecretNameInvalid(
            f"{full[:200]} is not a secret of this environment.",
            next_step=f"Its secrets begin with {prefix}.",
        )
    return check_name(full.removeprefix(prefix))


class SecretsManagerStore:
    """A SecretStore on Secrets Manager. Secrets are created by the stack; here they get their values."""

    def __init__(self, client: Any, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def read(self, name: str, *, stage: Stage = "AWSCURRENT", version: str | None = None) -> SecretVersion:
        """Return a version; SecretMissing, SecretMalformed if it is binary, SecretsUnavailable."""
        which = {"VersionId": version} if version else {"VersionStage": stage}
        with _asking(name, "read"):
            answer = self._client.get_secret_value(SecretId=self._id(name), **which)
        text = answer.get("SecretString")
        if text is None and answer.get("SecretBinary") is None:
            raise missing(name, "has no value")
        if text is None:
            raise SecretMalformed(
                f"The secret {name} is binary, and only text is read.",
                next_step=f"Store it again with: reelwright secrets set {name}",
                context={"secret": name},
            )
        created = answer.get("CreatedDate")
        return SecretVersion(
            name=name, version=answer["VersionId"], text=SecretStr(text), created_at=_time(created)
        )

    def put(
        self, name: str, text: SecretStr, *, stage: Stage = "AWSCURRENT", version: str | None = None
    ) -> str:
        """Write a new version; SecretMissing if the stack has no such secret."""
        if version and self._is_written(name, version):
            return version
        token = {"ClientRequestToken": version} if version else {}
        with _asking(name, "written"):
            try:
                answer = self._client.put_secret_value(
                    SecretId=self._id(name),
                    SecretString=text.get_secret_value(),
                    VersionStages=[stage],
                    **token,
                )
            except ClientError as error:
                if version and _code(error) == "ResourceExistsException":
                    return version
                raise
        return str(answer["VersionId"])

    def promote(self, name: str, version: str) -> None:
        """Make a version current, and take AWSPENDING off it."""
        with _asking(name, "written"):
            stages = self._stages(self._client.describe_secret(SecretId=self._id(name)))
            if version not in stages:
                raise missing(name, "has no such version")
            current = next((each for each, labels in stages.items() if "AWSCURRENT" in labels), None)
            if current != version:
                self._move(name, "AWSCURRENT", to=version, off=current)
            if "AWSPENDING" in stages[version]:
                self._move(name, "AWSPENDING", off=version)

    def describe(self, name: str) -> SecretDescription | None:
        """Return what is known of the secret without its value; None for one about to be deleted, too."""
        with _asking(name, "described"):
            try:
                answer = self._client.describe_secret(SecretId=self._id(name))
            except ClientError as error:
                if _code(error) == "ResourceNotFoundException":
                    return None
                raise
        return None if answer.get("DeletedDate") else self._description(name, answer)

    def names(self) -> tuple[str, ...]:
        """Return the names of this environment's secrets, sorted."""
        with _asking("…", "listed"):
            pages = self._client.get_paginator("list_secrets").paginate(
                Filters=[{"Key": "name", "Values": [self._prefix]}]
            )
            found = [secret["Name"] for page in pages for secret in page["SecretList"]]
        return tuple(
            sorted(each.removeprefix(self._prefix) for each in found if each.startswith(self._prefix))
        )

    def start_rotation(self, name: str) -> None:
        """Have Secrets Manager run the rotation function; RotationRefused if none is scheduled."""
        description = self.describe(name)
        if description is None:
            raise missing(name, "does not exist")
        if not description.rotates:
            raise RotationRefused(
                f"The secret {name} has no rotation.",
                next_step="Deploy the stack, which schedules it.",
                context={"secret": name},
            )
        with _asking(name, "rotated"):
            self._rotate(name)

    def _id(self, name: str) -> str:
        return self._prefix + check_name(name)

    def _rotate(self, name: str) -> None:
        try:
            self._client.rotate_secret(SecretId=self._id(name))
        except ClientError as error:
            if _code(error) != "InvalidRequestException":
                raise
            raise RotationRefused(
                f"The secret {name} is not renewed: a rotation is still going on.",
                next_step=f"Wait, or look why with: reelwright secrets check {name}",
                context={"secret": name},
            ) from error

    def _is_written(self, name: str, version: str) -> bool:
        """Return whether the version has a text; the store itself would let the first one stand."""
        try:
            self.read(name, version=version)
        except ReelwrightError as error:
            if isinstance(error, SecretsUnavailable):
                raise
            return isinstance(error, SecretMalformed)
        return True

    def _move(self, name: str, stage: Stage, *, to: str | None = None, off: str | None = None) -> None:
        moves = {"MoveToVersionId": to, "RemoveFromVersionId": off}
        given = {key: version for key, version in moves.items() if version}
        self._client.update_secret_version_stage(SecretId=self._id(name), VersionStage=stage, **given)

    def _stages(self, answer: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        listed = answer.get("VersionIdsToStages") or {}
        return {version: tuple(sorted(labels)) for version, labels in listed.items()}

    def _description(self, name: str, answer: dict[str, Any]) -> SecretDescription:
        stages = self._stages(answer)
        current = next((each for each, labels in stages.items() if "AWSCURRENT" in labels), None)
        pending = next((each for each, labels in stages.items() if labels == ("AWSPENDING",)), None)
        return SecretDescription(
            name=name,
            has_value=current is not None,
            version=current,
            stages=stages,
            created_at=_time(answer.get("CreatedDate")),
            changed_at=_time(answer.get("LastChangedDate")),
            rotated_at=_time(answer.get("LastRotatedDate")),
            next_rotation_at=_time(answer.get("NextRotationDate")),
            rotates=bool(answer.get("RotationEnabled")),
            pending_since=self._pending_since(name, pending, answer) if pending else None,
        )

    def _pending_since(self, name: str, pending: str, answer: dict[str, Any]) -> datetime | None:
        try:
            listed = self._client.list_secret_version_ids(SecretId=self._id(name), MaxResults=100)
        except (BotoCoreError, ClientError):
            listed = {}
        times = {each["VersionId"]: each.get("CreatedDate") for each in listed.get("Versions", [])}
        return _time(times.get(pending) or answer.get("LastChangedDate"))


@contextmanager
def _asking(name: str, what: str) -> Iterator[None]:
    """Turn the service's refusals into ours. Whatever it says of a request is kept as the cause only."""
    try:
        yield
    except ClientError as error:
        if _code(error) in _GONE:
            raise missing(name, "does not exist, has no such version, or is about to be deleted") from error
        raise _unavailable(name, what, _code(error)) from error
    except BotoCoreError as error:
        raise _unavailable(name, what, type(error).__name__) from error


def _unavailable(name: str, what: str, code: str) -> SecretsUnavailable:
    allowed = f"Allow the caller to use the secret {name} and its key."
    return SecretsUnavailable(
        f"The secret {name} cannot be {what}: {code}.",
        next_step=allowed if code in _DENIED else "Try again shortly; the service or the way to it is down.",
        context={"secret": name, "code": code},
    )


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _time(value: Any) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) else None
