"""Configuration on one machine: bundled files, environment variables, documents in a folder.

::

    .reelwright/config/dev/
    ├── runtime/                operators' overrides, every version
    ├── documents/              operators' documents, every version
    └── last-known-good.json    what each of them last said

Each environment has a folder of its own: nothing that was set for one is read by another.
"""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from reelwright import assets
from reelwright.clock import Clock
from reelwright.config.documents import fetched_from, parse_document
from reelwright.config.errors import InvalidConfiguration, SourceFailed, SourceUnreachable
from reelwright.config.ports import Fetched, Remembered, Source
from reelwright.config.remembering import remembered_from_json, remembered_to_json
from reelwright.config.schema import Layer
from reelwright.config.secret_references import SecretReferencesSource, secret_references
from reelwright.config.variables import settings_from_variables
from reelwright.environment.loader import load_environment, read_file
from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError, Retryable
from reelwright.secrets.ports import SecretStore
from reelwright.storage.errors import DocumentMissing
from reelwright.storage.files import replacing, sync, sync_folder, writing_to
from reelwright.storage.local_documents import FolderDocuments
from reelwright.storage.ports import DocumentStore

__all__ = [
    "DefaultsSource",
    "DocumentSource",
    "EnvironmentVariablesSource",
    "FileLastKnownGood",
    "LocalPlace",
    "default_sources",
    "local_sources",
]

_DOCUMENT_TTL_SECONDS = 5.0
_VERSION_CHARS = 12
_PRIVATE = 0o600


class DefaultsSource:
    """One bundled file of an environment. InvalidEnvironment if it cannot be read; it never changes."""

    layer = Layer.DEFAULTS
    ttl_seconds = 0.0

    def __init__(self, stem: str, folder: Traversable | None = None) -> None:
        self.name = f"environments/{stem}.toml"
        document = read_file(assets.locate("environments") if folder is None else folder, stem)
        self._said = _versioned(document.get("settings", {}))

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return the file's settings; the version is the hash of its content."""
        return _unless_known(self._said, known_version)


class EnvironmentVariablesSource:
    """Settings from ``REELWRIGHT__…`` variables. Read once: a process is started with its environment."""

    layer = Layer.ENVIRONMENT
    name = "environment variables"
    ttl_seconds = 0.0

    def __init__(self, variables: Mapping[str, str], schema: type[BaseModel] = Settings) -> None:
        self._variables = variables
        self._schema = schema

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return what the variables say now; the version is the hash of its content."""
        settings = settings_from_variables(self._variables, self._schema)
        return _unless_known(_versioned(settings), known_version)


class DocumentSource:
    """A document of settings in a store: overrides, or operators' documents."""

    def __init__(
        self,
        store: DocumentStore,
        layer: Layer,
        *,
        document: str = "settings",
        name: str | None = None,
        ttl_seconds: float = _DOCUMENT_TTL_SECONDS,
        schema: type[BaseModel] = Settings,
    ) -> None:
        self.layer = layer
        self.name = name or f"{layer.value}:{document}"
        self.ttl_seconds = ttl_seconds
        self._store = store
        self._document = document
        self._schema = schema

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return what the newest version says; no document says nothing."""
        try:
            stored = self._store.read(self._document)
            if stored.version == known_version:
                return None
            return fetched_from(parse_document(stored.content), stored.version, self._schema)
        except DocumentMissing:
            return _unless_known(Fetched(version=""), known_version)
        except InvalidConfiguration as error:
            raise SourceFailed(error.message, next_step=error.next_step) from error
        except Retryable as error:
            raise SourceUnreachable(error.message, retry_after_seconds=error.retry_after_seconds) from error
        except ReelwrightError as error:
            raise SourceFailed(error.message, next_step=error.next_step) from error


class FileLastKnownGood:
    """What the sources of one environment last said, in a file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Mapping[str, Remembered]:
        """Return what is remembered; SourceUnreachable if the file is there and cannot be used."""
        try:
            sources = json.loads(self._path.read_bytes())["sources"]
            return {str(name): remembered_from_json(data) for name, data in sources.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SourceFailed) as error:
            reason = type(error).__name__
            raise SourceUnreachable(f"{self._path} cannot be read or is damaged: {reason}") from error

    def save(self, source: str, remembered: Remembered) -> None:
        """Remember, unless something newer is. A file that is damaged is begun anew."""
        with writing_to(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._only_one():
                self._add(source, remembered)

    def _add(self, source: str, remembered: Remembered) -> None:
        try:
            known = dict(self.load())
        except SourceUnreachable:
            known = {}
        if source in known and known[source].at > remembered.at:
            return
        known[source] = remembered
        data = {"sources": {name: remembered_to_json(one) for name, one in sorted(known.items())}}
        self._replace(json.dumps(data, indent=1).encode())

    def _replace(self, content: bytes) -> None:
        with replacing(self._path.parent, _PRIVATE) as (file, partial):
            file.write(content)
            sync(file)
            partial.replace(self._path)
        sync_folder(self._path.parent)

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """Where one machine keeps the configuration of one environment."""

    environment: str
    root: Path
    clock: Clock

    @property
    def folder(self) -> Path:
        """The environment's own folder."""
        return self.root / "config" / self.environment

    def runtime(self) -> DocumentStore:
        """Return the store of overrides."""
        return FolderDocuments(self.folder / "runtime", self.clock)

    def documents(self) -> DocumentStore:
        """Return the store of operators' documents."""
        return FolderDocuments(self.folder / "documents", self.clock)

    def memory(self) -> FileLastKnownGood:
        """Return the memory of what the sources last said."""
        return FileLastKnownGood(self.folder / "last-known-good.json")


def default_sources(name: str, folder: Traversable | None = None) -> list[Source]:
    """Return the bundled files of an environment: its own over the base. InvalidEnvironment if they break.

    They are checked here, all of them: a table that is no setting must not be passed over in silence.
    """
    spec = load_environment(name, folder=folder)
    return [DefaultsSource(stem, folder) for stem in ("base", spec.name)]


def local_sources(
    name: str,
    *,
    runtime: DocumentStore,
    documents: DocumentStore,
    variables: Mapping[str, str],
    secrets: SecretStore | None = None,
) -> list[Source]:
    """Return all sources that one machine has."""
    sources: list[Source] = [
        *default_sources(name),
        EnvironmentVariablesSource(variables),
        DocumentSource(documents, Layer.DOCUMENTS, name="documents/settings"),
        DocumentSource(runtime, Layer.RUNTIME, name="runtime/settings"),
    ]
    if secrets is not None:
        references = secret_references(load_environment(name).settings)
        sources.append(SecretReferencesSource(secrets, references))
    return sources


def _versioned(settings: Mapping[str, Any]) -> Fetched:
    canonical = json.dumps(settings, sort_keys=True, default=str, separators=(",", ":"))
    return Fetched(version=sha256(canonical.encode()).hexdigest()[:_VERSION_CHARS], settings=settings)


def _unless_known(said: Fetched, known_version: str | None) -> Fetched | None:
    return None if said.version == known_version else said
