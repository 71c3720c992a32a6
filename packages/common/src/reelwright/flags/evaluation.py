"""What a flag answers to a context: value, variant, reason. Everything that can be made before is.

A document is turned once into a table of ready answers; to evaluate is to choose one of them. Nothing here
raises: whoever asks for a flag in the middle of a production gets an answer, and the reason for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from reelwright.flags.document import CompiledDocument
from reelwright.flags.rules import Rule
from reelwright.flags.rules.parsing import parse_rule
from reelwright.flags.rules.tree import Call, Node
from reelwright.flags.schema import FlagDefinition, FlagValue, Variant

__all__ = [
    "NOTHING",
    "AttributeAnswer",
    "Context",
    "Evaluation",
    "FlagTable",
    "Reason",
    "Said",
    "answered",
]

AttributeAnswer = str | int | float | bool | tuple[str | int | float, ...]
"""What an attribute of an answer can be; lists come as tuples, so that nobody changes them for others."""

Context = Mapping[str, Any]
"""What is known of the one that is asked for, by the names that rules use, without their ``$``.

Schedules need ``now``, a moment: ``(and (gte $now 2026-12-01T00:00:00Z) (lt $now 2027-01-01T00:00:00Z))``
holds in December 2026, from its first second to its last, in UTC. A moment has no summer time: what is to
begin with somebody's day is written with the offset of that day, such as ``2026-12-01T00:00:00+01:00``.
"""

Said = tuple[FlagDefinition | None, FlagValue | None]
"""What a document says of a flag: its definition, and what it is set to."""


class Reason(StrEnum):
    """Why an answer is what it is. Named as OpenFeature names its reasons and error codes."""

    STATIC = "STATIC"
    """The flag has one value for everybody."""
    TARGETING_MATCH = "TARGETING_MATCH"
    """The rule of the variant matched the context, and none before it did."""
    SPLIT = "SPLIT"
    """As TARGETING_MATCH, by a rule in which a ``split`` has a say."""
    DEFAULT = "DEFAULT"
    """The flag has rules and none matched, or there was no context."""
    OVERRIDE = "OVERRIDE"
    """The environment's settings say it (``flags.overrides``). To OpenFeature it is STATIC."""
    UNKNOWN = "UNKNOWN"
    """The AppConfig agent chose the variant, and tells nobody why."""
    FLAG_NOT_FOUND = "FLAG_NOT_FOUND"
    """The document sets no flag of this name: the caller's default."""
    PROVIDER_NOT_READY = "PROVIDER_NOT_READY"
    """There is no document yet; its source is down, or was not read: the caller's default."""
    INVALID_CONTEXT = "INVALID_CONTEXT"
    """The context could not be used: the flag's default variant, whatever rules say."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer of one flag. The same object answers all who get it; nothing in it can be changed."""

    flag: str
    enabled: bool
    variant: str | None
    """The variant's name; None for a flag without variants."""
    attributes: Mapping[str, AttributeAnswer]
    """Empty while the flag is not enabled, as AppConfig answers."""
    reason: Reason
    version: str
    """Of the document; empty if there is none."""

    def as_agent(self) -> dict[str, JsonValue]:
        """Return the flag as the AppConfig agent answers: ``{"_variant": …, "enabled": …, attributes…}``."""
        named: dict[str, JsonValue] = {} if self.variant is None else {"_variant": self.variant}
        return named | {"enabled": self.enabled} | self._plain()

    def as_dict(self) -> dict[str, JsonValue]:
        """Return the answer as plain data, for a production's record and ``--json``."""
        return {
            "flag": self.flag,
            "enabled": self.enabled,
            "variant": self.variant,
            "attributes": self._plain(),
            "reason": self.reason.value,
            "version": self.version,
        }

    def _plain(self) -> dict[str, JsonValue]:
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in self.attributes.items()
        }


NOTHING: Mapping[str, AttributeAnswer] = MappingProxyType({})
"""The attributes of a flag that has none, or is not enabled."""


_Choices = tuple[tuple[Rule, Evaluation], ...]
_Entry = tuple[_Choices, Evaluation, Evaluation]
"""What there is to choose from; the answer if nothing matches; the answer if the context cannot be used."""


class FlagTable:
    """The flags of one document, ready to answer. It never changes; any number of threads may ask it."""

    def __init__(self, compiled: CompiledDocument, version: str) -> None:
        self.version = version
        flags, values = compiled.document.flags, compiled.document.values
        self.said: Mapping[str, Said] = {key: (flags.get(key), values.get(key)) for key in {*flags, *values}}
        """What the document says of each flag."""
        self._attributes = {key: frozenset(flag.attributes) for key, flag in flags.items()}
        self._entries = {
            key: _entry(key, value, compiled.rules.get(key, ()), version) for key, value in values.items()
        }

    def evaluate(self, flag: str, context: Context | None, *, default: bool = False) -> Evaluation:
        """Return the answer of a flag: of the first variant whose rule matches, else the default's.

        Without a context, or with an empty one, it is the default's, and no rule is asked: so AppConfig
        documents it. A context that rules cannot use counts as none; its reason says so. ``default`` is
        what an unknown flag answers.
        """
        try:
            choices, otherwise, unusable = self._entries[flag]
        except Exception:  # noqa: BLE001 (a name that cannot be hashed is the name of no flag)
            return Evaluation(flag, default, None, NOTHING, Reason.FLAG_NOT_FOUND, self.version)
        if context is None or not choices:
            return otherwise
        try:
            return _chosen(choices, flag, context) or otherwise
        except Exception:  # noqa: BLE001 (a context may be of any class, and its values raise what they like)
            return unusable

    def retrieve(self, context: Context | None) -> dict[str, JsonValue]:
        """Return all flags as the AppConfig agent answers a request without ``?flag=``."""
        return {flag: self.evaluate(flag, context).as_agent() for flag in self._entries}

    def attributes_of(self, flag: str) -> frozenset[str]:
        """Return the keys of the attributes that a flag is defined with; none for an unknown flag."""
        return self._attributes.get(flag, frozenset())

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the flags that are set to something."""
        return iter(self._entries)

    def changed_since(self, before: "FlagTable | None") -> tuple[str, ...]:
        """Return the names of flags that came, went, or are defined or set otherwise than before."""
        then = before.said if before else {}
        return tuple(key for key in sorted({*self.said, *then}) if self.said.get(key) != then.get(key))


def _chosen(choices: _Choices, flag: str, context: Context) -> Evaluation | None:
    if type(context) is not dict and not isinstance(context, Mapping):
        raise TypeError("a context is a mapping")
    if context:
        for rule, answer in choices:
            if rule(context, flag=flag):
                return answer
    return None


def _entry(flag: str, value: FlagValue, rules: tuple[Rule, ...], version: str) -> _Entry:
    if value.variants is None:
        enabled = bool(value.enabled)
        attributes = answered(value.attributes, enabled=enabled)
        only = Evaluation(flag, enabled, None, attributes, Reason.STATIC, version)
        return (), only, only
    *ruled, last = value.variants
    matching = [_variant(flag, one, _reason_of(one), version) for one in ruled]
    default = _variant(flag, last, Reason.DEFAULT if rules else Reason.STATIC, version)
    unusable = _variant(flag, last, Reason.INVALID_CONTEXT, version)
    return tuple(zip(rules, matching, strict=True)), default, unusable


def _variant(flag: str, variant: Variant, reason: Reason, version: str) -> Evaluation:
    attributes = answered(variant.attributes, enabled=variant.enabled)
    return Evaluation(flag, variant.enabled, variant.name, attributes, reason, version)


def _reason_of(variant: Variant) -> Reason:
    return Reason.SPLIT if variant.rule and _splits(parse_rule(variant.rule)) else Reason.TARGETING_MATCH


def _splits(node: Node) -> bool:
    return isinstance(node, Call) and (node.operator == "split" or any(map(_splits, node.operands)))


def answered(values: Mapping[str, object], *, enabled: bool) -> Mapping[str, AttributeAnswer]:
    """Return attributes as an answer has them: none unless it is enabled, and nothing that can change."""
    if not enabled or not values:
        return NOTHING
    frozen: Any = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return MappingProxyType(frozen)
