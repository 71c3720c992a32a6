"""Between a command and prompts: an environment's store, and which version people mean by what they type."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from reelwright.cli.commands import environment_name
from reelwright.cli.configuring import actor_or_user, open_audit, open_configuration, open_documents
from reelwright.cli.output import note
from reelwright.errors import ReelwrightError
from reelwright.prompts.errors import PromptMissing, PromptVersionMissing
from reelwright.prompts.labels import BUNDLED, PRODUCTION

if TYPE_CHECKING:
    from reelwright.prompts.labels import PromptLabels
    from reelwright.prompts.library import PromptLibrary
    from reelwright.prompts.manager import PromptTemplateManager
    from reelwright.prompts.ports import PromptStore, VersionInfo
    from reelwright.storage.schema import Author

__all__ = ["PromptDesk", "PromptText", "author", "open_prompts", "where"]

_SHORTENED = re.compile(r"[0-9a-f]{4,12}")
_NUMBER = re.compile(r"[1-9]\d{0,5}")


@dataclass(frozen=True, slots=True)
class PromptText:
    """One version of a prompt: its text, and by what it was found."""

    name: str
    version: str
    text: str
    found_by: str
    """The label, ``bundled``, or nothing if the version itself was named."""

    @property
    def said(self) -> str:
        """The version as people are told of it."""
        return f"{self.version} ({self.found_by})" if self.found_by else self.version


@dataclass(frozen=True)
class PromptDesk:
    """The prompts of one environment."""

    environment: str
    store: "PromptStore"
    library: "PromptLibrary"
    label: str
    """The label that this environment serves."""
    manager: "PromptTemplateManager"
    """Serves as a production's would."""

    @cached_property
    def labels(self) -> "PromptLabels":
        """Where all labels stand, as one look at them told."""
        return self.store.labels()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every prompt's file, of the store and of the code, sorted."""
        return tuple(sorted({*self.store.names(), *self.library.names}))

    def versions(self, name: str) -> "tuple[VersionInfo, ...]":
        """Return the versions of the store, the newest first; PromptMissing for a name that is nowhere."""
        if name not in self.names:
            near = get_close_matches(name, self.names, n=3) or self.names
            raise PromptMissing(
                f"There is no prompt {name[:60]!r} in {self.environment}.",
                next_step=f"Ask for one of: {', '.join(near)}.",
                context={"prompt": name},
            )
        return self.store.versions(name)

    def position(self, name: str, label: str) -> str:
        """Return the version at which a label of a prompt stands; empty for none."""
        found = self.labels.position(name, label)
        return found.version if found else ""

    def find(self, name: str, wanted: str | None = None) -> PromptText:
        """Return a version of a file: by its label, ``bundled``, its number or the beginning of its hash.

        None is what this environment serves now. PromptVersionMissing says which there are.
        """
        known = self.versions(name)
        if wanted is None:
            served = self.manager.served(name)
            return PromptText(name, served.version, served.ready.text, served.label)
        if wanted == BUNDLED:
            return self._bundled(name)
        if standing := self.position(name, wanted):
            return PromptText(name, standing, self.store.read(name, standing), wanted)
        version = self._version(name, wanted, known)
        bundled = self.library.get(name)
        if bundled and bundled.version == version and all(one.version != version for one in known):
            return PromptText(name, version, bundled.text, BUNDLED)
        return PromptText(name, version, self.store.read(name, version), "")

    def _bundled(self, name: str) -> PromptText:
        found = self.library.get(name)
        if found is None:
            raise PromptVersionMissing(
                f"No version of the prompt {name} is bundled with the code.",
                next_step=f"See its versions: reelwright prompts show {name}{where()}",
            )
        return PromptText(name, found.version, found.text, BUNDLED)

    def _version(self, name: str, wanted: str, known: "tuple[VersionInfo, ...]") -> str:
        bundled = self.library.get(name)
        hashes = {*(one.version for one in known), *([bundled.version] if bundled else [])}
        if _NUMBER.fullmatch(wanted) and wanted not in hashes:
            found = [one.version for one in known if one.number == int(wanted)]
        else:
            found = [one for one in hashes if _SHORTENED.fullmatch(wanted) and one.startswith(wanted)]
        if len(found) == 1:
            return found[0]
        labels = (label for label, one in self.labels.of(name).items() if one.version)
        raise PromptVersionMissing(
            f"{wanted[:40]!r} names {'no' if not found else 'more than one'} version of {name}.",
            next_step=f"Name a label ({', '.join([*labels, BUNDLED])}), a number, or the beginning of a hash."
            f" See: reelwright prompts show {name}{where()}",
            context={"prompt": name, "version": wanted},
        )


def open_prompts(name: str | None = None) -> PromptDesk:
    """Return the prompts of an environment, by default the one asked for; every change goes into its trail.

    InvalidEnvironment for a name that does not exist or is not deployed.
    """
    from reelwright.clock import SystemClock  # noqa: PLC0415 (heavy)
    from reelwright.content.prompting import OUTPUTS  # noqa: PLC0415 (heavy)
    from reelwright.environment.prompting import PromptSettings  # noqa: PLC0415 (heavy)
    from reelwright.prompts.library import PromptLibrary  # noqa: PLC0415 (heavy)
    from reelwright.prompts.manager import PromptTemplateManager  # noqa: PLC0415 (heavy)
    from reelwright.prompts.stored import StoredPrompts  # noqa: PLC0415 (heavy)
    from reelwright.storage.audited import AuditedDocuments  # noqa: PLC0415 (heavy)

    name = environment_name() if name is None else name
    documents = AuditedDocuments(open_documents(name), open_audit(name), place="documents")
    store, library, clock = StoredPrompts(documents, clock=SystemClock()), PromptLibrary(), SystemClock()
    try:
        settings = open_configuration(name).snapshot.settings.prompts
    except ReelwrightError as error:
        note(f"Settings cannot be read, so label {PRODUCTION} is taken to be served: {error.message}")
        settings = PromptSettings()
    manager = PromptTemplateManager(store, library, clock=clock, settings=settings, outputs=OUTPUTS)
    return PromptDesk(name, store, library, settings.label, manager)


def author(actor: str | None, reason: str) -> "Author":
    """Return who changes a prompt and why; OverrideRefused if that is not said."""
    from reelwright.config.overrides import author_of  # noqa: PLC0415 (heavy)

    return author_of(actor_or_user(actor), reason)


def where(name: str | None = None) -> str:
    """Return what a command line needs to reach an environment again, by default the one asked for."""
    name = environment_name() if name is None else name
    return "" if name == "local" else f" --env {name}"
