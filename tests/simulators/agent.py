"""A simulated AppConfig agent: its paths, its headers, its answers; rules evaluated as ours are.

What is documented is held to: one ``Context`` header for each key, ``Entity-Id`` and contexts of at most
2 KB, all flags or the one named with ``?flag=``, attributes only of flags that are enabled, the default
variant without a context. What is not: which entities get the new side of a gradual deployment is told by
our hash, and so is ``split``.
"""

import re
from collections.abc import Mapping
from typing import Any

from reelwright.flags.deployments import FlagState, FlagVersion, document_for, in_force
from reelwright.flags.manager import FeatureFlagManager
from tests.simulators.server import Answer, Faults, Received, Simulator, json_answer

__all__ = ["Agent"]

_PATH = re.compile(r"/applications/([^/]+)/environments/([^/]+)/configurations/([^/]+)")
_MAX_BYTES = 2048
_KEY = re.compile(r"[^=\s][^=]*")


class Agent(Simulator):
    """The agent of one application, with the profiles that were deployed to it."""

    def __init__(self, application: str = "app1", *, faults: Faults | None = None) -> None:
        super().__init__(faults=faults)
        self.application = application
        self.states: dict[str, FlagState] = {}

    def deploy(self, document: Mapping[str, Any], version: str = "1", *, profile: str = "flags") -> None:
        """Have a document in force for everybody."""
        self.states[profile] = in_force(profile, FlagVersion(version=version, document=dict(document)))

    def answer(self, request: Received) -> Answer:
        """Answer as the agent does."""
        found = _PATH.fullmatch(request.path)
        if request.method != "GET" or not found:
            self.object(f"{request.method} {request.path} is none of the agent's paths")
            return json_answer({"message": "no such path"}, 404)
        application, environment, profile = found.groups()
        state = self.states.get(profile)
        if application != self.application or environment != profile or state is None:
            return json_answer({"message": "no such configuration"}, 404)
        context = self._context(request)
        if context is None:
            return json_answer({"message": "the context cannot be read"}, 400)
        return self._evaluated(request, state, context)

    def _context(self, request: Received) -> dict[str, str] | None:
        context: dict[str, str] = {}
        for name, raw in request.lines:
            text = raw.encode("latin-1").decode()
            if name in ("context", "entity-id") and len(text.encode()) > _MAX_BYTES:
                self.object(f"{name} is too long")
                return None
            if name == "context":
                key, mark, value = text.partition("=")
                if not mark or not _KEY.fullmatch(key) or key in context:
                    self.object(f"the context {key} cannot be read")
                    return None
                context[key] = value
        return context

    def _evaluated(self, request: Received, state: FlagState, context: Mapping[str, str]) -> Answer:
        version = document_for(request.headers.get("entity-id", ""), state)
        if version is None:
            return json_answer({"message": "nothing is deployed"}, 404)
        flags = FeatureFlagManager.from_document(version.document, version=version.version).retrieve(context)
        wanted = request.query.get("flag")
        told = flags if wanted is None else flags.get(wanted)
        if told is None:
            return json_answer({"message": f"there is no flag {wanted}"}, 404)
        return json_answer(told, Configuration_Version=version.version)
