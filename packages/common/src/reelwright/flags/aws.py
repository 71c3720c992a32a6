"""Flags on AWS: the state of their deployments, from AppConfig into the control table."""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from reelwright.clock import Clock
from reelwright.config.aws_appconfig import AppConfigControl, DeployedVersion
from reelwright.config.aws_errors import asking, code_of
from reelwright.config.errors import SourceFailed
from reelwright.flags.definitions import PROFILES, FlagProfile
from reelwright.flags.deployments import FlagState, FlagVersion
from reelwright.flags.errors import FlagStateTooLarge
from reelwright.flags.ports import FlagStates
from reelwright.observability.metrics import Metric, Metrics, NoMetrics

__all__ = ["DynamoFlagStates", "FlagSync"]

_PARTITION = "flags"
_ASKED = "asked#"
"""What the keys of notes begin with that say when AppConfig was asked."""
_NAME = "the state of flag deployments"
_MAX_BYTES = 390_000


class DynamoFlagStates:
    """FlagStates in the control table: one item for each profile, compressed.

    Beside each a small one says when AppConfig was asked last. With a ``clock``, every load measures how long
    ago that was: a state that nobody brings up to date looks like one that does not change. With ``only`` a
    load returns that profile alone: who reads switches once a second leaves the flags where they are.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        *,
        only: FlagProfile | None = None,
        clock: Clock | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._client = client
        self._only = only
        self._table = table
        self._clock = clock
        self._metrics = metrics or NoMetrics()

    def save(self, state: FlagState) -> bool:
        """Keep the state unless a later one is kept; FlagStateTooLarge if it does not fit."""
        item = {
            "pk": {"S": _PARTITION},
            "sk": {"S": state.profile},
            "progress": {"N": str(state.progress)},
            "body": {"B": _packed(state)},
        }
        with asking(_NAME):
            return self._put_unless_later(item)

    def asked(self, profile: str, at: datetime) -> None:
        """Note when AppConfig was asked what is deployed of a profile."""
        item = {
            "pk": {"S": _PARTITION},
            "sk": {"S": f"{_ASKED}{profile}"},
            "at": {"N": str(int(at.timestamp()))},
        }
        with asking(_NAME):
            self._client.put_item(TableName=self._table, Item=item)

    def load(self) -> Mapping[str, FlagState]:
        """Return the states by profile. SourceFailed for an item that cannot be read."""
        items = {item["sk"]["S"]: item for item in self._items()}
        self._measure(items)
        return {key: _unpacked(item) for key, item in items.items() if not key.startswith(_ASKED)}

    def _items(self) -> list[dict[str, Any]]:
        with asking(_NAME):
            page = self._client.query(TableName=self._table, ConsistentRead=True, **self._wanted())
            found: list[dict[str, Any]] = page["Items"]
            return found

    def _wanted(self) -> dict[str, Any]:
        condition, values = "pk = :pk", {":pk": {"S": _PARTITION}}
        if self._only:
            condition, values = f"{condition} AND sk = :sk", {**values, ":sk": {"S": self._only}}
        return {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}

    def _measure(self, items: Mapping[str, Mapping[str, Any]]) -> None:
        if self._clock is None:
            return
        now = self._clock.now().timestamp()
        for profile in PROFILES:
            note = items.get(f"{_ASKED}{profile}")
            if note:
                age = max(0.0, now - float(note["at"]["N"]))
                self._metrics.emit(Metric.FLAGS_AGE, age, profile=profile)

    def _put_unless_later(self, item: dict[str, Any]) -> bool:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR progress <= :progress",
                ExpressionAttributeValues={":progress": item["progress"]},
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True


class FlagSync:
    """Keeps the state of a profile up to date with AppConfig.

    What an event says is a hint that something happened: the truth is read from AppConfig each time, so
    events may come twice, late, or in any order.
    """

    def __init__(self, control: AppConfigControl, states: FlagStates) -> None:
        self._control = control
        self._states = states

    def run(self, profile: str) -> FlagState | None:
        """Write the state of a profile and return it; None if it holds no flags, or was never deployed."""
        if profile not in PROFILES:
            return None
        deployments = self._control.deployments(profile)
        newest = next(deployments, None)
        if newest is None:
            return None
        before = next((one for one in deployments if one.state == "COMPLETE"), None)
        known = self._known(profile)
        state = FlagState(
            profile=profile,
            number=newest.number,
            phase=newest.state,
            percentage=newest.percentage,
            old=self._version(profile, before, known) if before else None,
            new=self._version(profile, newest, known),
        )
        if state != known:
            self._states.save(state)
        return state

    def _known(self, profile: str) -> FlagState | None:
        """Return what is kept; nothing if it cannot be read, for then it is to be written anew."""
        try:
            return self._states.load().get(profile)
        except SourceFailed:
            return None

    def _version(self, profile: str, deployed: DeployedVersion, known: FlagState | None) -> FlagVersion:
        """Return a version's document: the one that is kept, for a hosted version never changes."""
        for kept in (known.new, known.old) if known else ():
            if kept and kept.version == deployed.version:
                return kept
        hosted = self._control.hosted(profile, deployed.version)
        try:
            document = json.loads(hosted.content) if hosted else None
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise SourceFailed(
                f"Version {deployed.version} of {profile} is deployed and is no flag document.",
                next_step="Deploy a version that is, in the AppConfig console.",
                context={"profile": profile, "version": deployed.version},
            )
        return FlagVersion(version=deployed.version, document=document)


def _packed(state: FlagState) -> bytes:
    packed = zlib.compress(state.model_dump_json().encode(), level=9)
    if len(packed) > _MAX_BYTES:
        raise FlagStateTooLarge(
            f"The state of {state.profile} has {len(packed)} bytes compressed; {_MAX_BYTES} fit.",
            next_step="Remove flags or rules that nobody needs.",
            context={"profile": state.profile, "bytes": len(packed)},
        )
    return packed


def _unpacked(item: Mapping[str, Any]) -> FlagState:
    try:
        return FlagState.model_validate_json(zlib.decompress(item["body"]["B"]))
    except (ValueError, zlib.error) as error:
        raise SourceFailed(
            f"The state of {item['sk']['S']} cannot be read.",
            next_step="Deploy the flags again: their state is then written anew.",
            context={"profile": item["sk"]["S"]},
        ) from error
