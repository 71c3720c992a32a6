"""Secrets that nobody else has are planted everywhere; then everything that people can see is looked at.

To add a surface, write a function that yields what it shows, and name it with ``@surface``.
"""

import base64
import contextlib
import copy
import io
import json
import logging
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from moto import mock_aws
from pydantic import BaseModel, SecretStr

from reelwright.cli.failures import as_typed
from reelwright.cli.main import main
from reelwright.cli.output import as_json, error_lines, printable
from reelwright.config.local import LocalPlace
from reelwright.config.manager import ConfigurationManager
from reelwright.config.overrides import author_of
from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.schema import ProviderSettings, Settings
from reelwright.environment.secret import ApiKey, OAuthClient, Secret, SigningKey
from reelwright.errors import ReelwrightError
from reelwright.observability import concealed
from reelwright.observability.correlation import bind
from reelwright.observability.emf import EmfMetrics
from reelwright.observability.logger import configure_logging
from reelwright.observability.metrics import Metric
from reelwright.observability.redaction import redact, scrub
from reelwright.pipeline.journal import as_record
from reelwright.pipeline.report.record import build_record
from reelwright.pipeline.report.render import render_report
from reelwright.production.schema import StepRecord
from reelwright.secrets.kinds import parse
from reelwright.storage.audited import AuditedDocuments
from reelwright.storage.diff import redacted_diff
from reelwright.storage.local_audit import FolderAuditLog
from reelwright.storage.memory import MemoryDocuments
from reelwright.storage.ports import ABSENT
from tests.unit.pipeline.report.samples import make_sample
from tests.unit.secrets.canaries import Canaries, World, plant

Surface = Callable[[World], Iterator[object]]
SURFACES: dict[str, Surface] = {}

RUNWAY = "secret://providers/runway#api_key"
AT_LEAST_SURFACES = 27
AT_LEAST_TEXTS = 3000


def surface(name: str) -> Callable[[Surface], Surface]:
    """Have what the function yields looked at."""

    def add(look: Surface) -> Surface:
        SURFACES[name] = look
        return look

    return add


# --- objects ---------------------------------------------------------------------------------------------


@surface("repr, str and format of every object")
def _(world: World) -> Iterator[object]:
    for each in world.objects():
        yield from (repr(each), str(each), f"{each}", f"{each!a}", "%s %r" % (each, each))  # noqa: UP031 (old formats are a surface)
        yield repr([each]) + repr({"inner": each}) + repr((each,))


@surface("attributes of every object")
def _(world: World) -> Iterator[object]:
    holder = world.stores["process"]  # its attribute is the process's own environment, which is no copy
    for each in world.objects():
        if each is not holder and hasattr(each, "__dict__"):
            yield repr(vars(each))
        for slot in getattr(type(each), "__slots__", ()):
            yield repr(getattr(each, slot, None))


@surface("pydantic's dumps")
def _(world: World) -> Iterator[object]:
    for each in world.objects():
        if isinstance(each, BaseModel):
            yield from (repr(each.model_dump()), each.model_dump(mode="json"), each.model_dump_json())
            yield from (repr(each.model_copy()), repr(list(each)), each.model_json_schema())


@surface("JSON of every object")
def _(world: World) -> Iterator[object]:
    for each in world.objects():
        yield json.dumps({"inner": each}, default=str)
        yield json.dumps({"inner": each}, default=repr)


@surface("pickles")
def _(world: World) -> Iterator[object]:
    for each in world.objects():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            try:
                yield pickle.dumps([each], protocol)
            except Exception as error:  # noqa: BLE001 (whatever refuses to be pickled may say it as it likes)
                yield repr(error)


@surface("copies")
def _(world: World) -> Iterator[object]:
    for each in world.values():
        yield from (repr(copy.deepcopy(each)), repr(copy.copy(each)), repr(each == copy.deepcopy(each)))


@surface("redacted data")
def _(world: World) -> Iterator[object]:
    for each in [*world.objects(), *world.errors(), *world.echoes()]:
        yield json.dumps(redact({"value": each, "list": [each]}))


@surface("texts with a value in them, scrubbed")
def _(world: World) -> Iterator[object]:
    for name in ("bare", "json", "client", "refresh", "signing", "signing old", "process", "misplaced"):
        canary = world.canaries[name]
        for shown in (canary, json.dumps({"x": canary}), base64.b64encode(f"a:{canary}".encode()).decode()):
            yield scrub(f"before {shown} after")
        yield scrub(canary.encode().hex())


# --- errors ----------------------------------------------------------------------------------------------


@surface("our errors, with tracebacks")
def _(world: World) -> Iterator[object]:
    for error in world.errors():
        yield from (str(error), repr(error), repr(error.args))
        yield "".join(traceback.format_exception(error))
        if isinstance(error, ReelwrightError):
            yield from (json.dumps(error.as_dict()), repr(vars(error)))


@surface("records of errors")
def _(world: World) -> Iterator[object]:
    for error in [*world.errors(), *world.echoes()]:
        assert isinstance(error, Exception)
        yield json.dumps(as_record(error))


@surface("crash files and what is said of them")
def _(world: World) -> Iterator[object]:
    for error in [*world.errors(), *world.echoes()]:
        typed = as_typed(error, world.folder)
        yield printable(error_lines(typed))
        yield as_json({"error": typed.as_dict()})
    crashes = [*(world.folder / "crashes").iterdir()]
    assert crashes
    yield from (file.read_text(encoding="utf-8") for file in crashes)


# --- logs and metrics ------------------------------------------------------------------------------------


@surface("logs of every object, in every way")
def _(world: World) -> Iterator[object]:
    for each in world.objects():
        yield world.logged(lambda log, each=each: log.info("said %s %r", each, each))
        yield world.logged(lambda log, each=each: log.info({"deep": [each]}))
        yield world.logged(lambda log, each=each: log.info("extra", extra={"body": {"inner": each}}))


@surface("logs of values that somebody let out")
def _(world: World) -> Iterator[object]:
    for value in world.values():
        for name in type(value).model_fields:
            part = getattr(value, name)
            plain = part.get_secret_value() if isinstance(part, SecretStr) else part
            plain = (
                {key: key_text.get_secret_value() for key, key_text in part.items()}
                if name == "keys"
                else plain
            )
            yield world.logged(lambda log, plain=plain: log.info("the value is %s", plain))
            yield world.logged(lambda log, plain=plain: log.info("x", extra={"sent": {"body": plain}}))
            yield world.logged(lambda log, plain=plain: log.info(json.dumps({"a": json.dumps(plain)})))
            with bind(step=str(plain)):
                yield world.logged(lambda log: log.info("bound"))


@surface("logs of errors, with tracebacks")
def _(world: World) -> Iterator[object]:
    for error in [*world.errors(), *world.echoes()]:
        yield world.logged(lambda log, error=error: log.error("failed: %s", error, exc_info=error))


@surface("logs of the AWS client, even when all is logged")
def _(world: World) -> Iterator[object]:
    known, concealed._CONCEALED = concealed._CONCEALED, concealed._Concealed()  # not known when logged
    library = logging.getLogger("botocore")
    root, handlers, level = logging.getLogger(), [*logging.getLogger().handlers], logging.getLogger().level
    stream = io.StringIO()
    try:
        configure_logging("dev", stream, clock=world.clock)
        library.setLevel(logging.DEBUG)
        for name in ("providers/runway", "providers/luma", "platforms/youtube", "signing/audit"):
            text = world.stores["aws"].read(name).text
            world.stores["aws"].put(name, text)
    finally:
        concealed._CONCEALED = known
        library.setLevel(logging.NOTSET)
        root.handlers[:] = handlers
        root.setLevel(level)
    assert "SecretString" in stream.getvalue()
    yield from stream.getvalue().splitlines()


@surface("metrics")
def _(world: World) -> Iterator[object]:
    stream = io.StringIO()
    metrics = EmfMetrics("dev", stream, world.clock)
    for text in world.canaries.texts.values():
        if text not in (world.canaries["pasted"], world.canaries["before"], world.canaries["pending"]):
            metrics.emit(Metric.CONFIG_AGE, 1, source=text, other=f"x{text}")
    for manager in world.managers.values():
        manager._metrics = metrics
        manager.check()
    yield from stream.getvalue().splitlines()


# --- secrets ---------------------------------------------------------------------------------------------


@surface("health of secrets")
def _(world: World) -> Iterator[object]:
    for manager in world.managers.values():
        for health in manager.check(["providers/nobody"]):
            yield from (repr(health), health.model_dump_json(), str(health.findings))


@surface("signatures")
def _(world: World) -> Iterator[object]:
    for name in ("memory", "file", "aws"):
        signer = world.managers[name].signer()
        yield from (repr(signer), *signer.sign("digest"), repr(signer.verify("digest", "nobody", "00")))


@surface("files beside the file of secrets")
def _(world: World) -> Iterator[object]:
    for file in (world.folder / ".reelwright").rglob("*"):
        yield str(file)
        if file.is_file() and file.name != "secrets.env":
            yield file.read_bytes()


@surface("files of the folder, but for the secrets themselves")
def _(world: World) -> Iterator[object]:
    for file in world.folder.rglob("*"):
        if file.is_file() and file.name != "secrets.env":
            yield file.read_bytes()


@surface("schemas of kinds")
def _(_: World) -> Iterator[object]:
    yield from (kind.model_json_schema() for kind in (ApiKey, OAuthClient, SigningKey))


# --- configuration ---------------------------------------------------------------------------------------


def configuration(world: World, store: str, **variables: str) -> ConfigurationManager:
    return ConfigurationManager.for_environment(
        "local",
        root=world.folder / f"configuration-{store}-{len(variables)}",
        secrets=world.stores[store],
        variables={**variables, "REELWRIGHT__PROVIDERS__RUNWAY__ENABLED": "true"},
        clock=world.clock,
        audit=FolderAuditLog(world.folder / "audit", signer=world.managers["memory"].signer()),
    )


@surface("settings that refer to secrets")
def _(world: World) -> Iterator[object]:
    provider = ProviderSettings(credential=Secret.parse(RUNWAY))
    settings = configuration(world, "memory").snapshot.settings
    referring = settings.model_copy(update={"providers": {**settings.providers, "runway": provider}})
    assert RUNWAY in referring.model_dump_json()
    yield from (repr(referring), referring.model_dump_json(), repr(referring.model_dump()))
    yield from (fingerprint(referring), pickle.dumps(referring), json.dumps(Settings.model_json_schema()))


@surface("snapshots, explanations, events and history of configuration")
def _(world: World) -> Iterator[object]:
    for store in world.stores:
        manager = configuration(world, store)
        events: list[object] = []
        manager.subscribe("*", events.append)
        manager.set_runtime_override("video.fps", 30, actor="ann", reason="a test")
        snapshot = manager.snapshot
        yield from (
            repr(snapshot),
            repr(snapshot.values),
            repr(snapshot.record()),
            snapshot.pinned().model_dump_json(),
        )
        yield from (repr(manager.explain(key)) for key in snapshot.values)
        yield from (
            repr(events),
            repr(manager.history()),
            repr(manager.quarantine),
            repr(manager.diff("dev")),
        )
        yield from (repr(manager), repr(vars(manager)))


@surface("configuration with a value where a reference belongs")
def _(world: World) -> Iterator[object]:
    pasted = world.canaries["pasted"]
    manager = configuration(world, "memory", REELWRIGHT__PROVIDERS__RUNWAY__CREDENTIAL=pasted)
    yield world.logged(lambda log: log.info("%s", _told(lambda: manager.snapshot)))
    yield _told(lambda: manager.snapshot)
    yield _told(lambda: repr(manager.quarantine))
    sound = configuration(world, "file")
    for key, value in (
        ("providers.runway.credential", pasted),
        ("providers.runway", {"credential": pasted}),
        ("providers", {"runway": {"credential": pasted}}),
    ):
        yield _told(
            lambda key=key, value=value: sound.set_runtime_override(key, value, actor="ann", reason="a test")
        )
    place = LocalPlace("local", world.folder / "configuration-file-0", world.clock)
    document = json.dumps({"settings": {"providers": {"runway": {"credential": pasted}}}}).encode()
    place.documents().put("settings", document, expect=ABSENT, author=author_of("ann", "by hand"))
    for told in (sound.refresh, lambda: sound.quarantine, sound.history):
        yield _told(lambda told=told: repr(told()))
    yield from (repr(sound.explain(key)) for key in sound.snapshot.values)
    for file in (place.root if hasattr(place, "root") else world.folder).rglob("*"):
        if file.is_file() and "documents" in file.parts:
            file.unlink()  # the operator's own text, as the operator wrote it


def _told(doing: Callable[[], object]) -> str:
    try:
        return repr(doing())
    except (ReelwrightError, ValueError) as error:
        said = "".join(traceback.format_exception(error))
        return said + (json.dumps(error.as_dict()) if isinstance(error, ReelwrightError) else "")


@surface("the audit trail and its diffs")
def _(world: World) -> Iterator[object]:
    audit = FolderAuditLog(world.folder / "trail", signer=world.managers["memory"].signer())
    documents = AuditedDocuments(MemoryDocuments(), audit)
    old = json.dumps({"note": f"key {world.canaries['bare']}", "api_key": world.canaries["pasted"]}).encode()
    new = json.dumps({"note": f"key {world.canaries['json']}", "api_key": world.canaries["before"]}).encode()
    yield from (redacted_diff(None, old), redacted_diff(old, new), redacted_diff(new, b"text"))
    first = documents.put("settings", old, expect=ABSENT, author=author_of("ann", "first"))
    documents.put("settings", new, expect=first.version, author=author_of("ann", "second"))
    yield from (entry.model_dump_json() for entry in audit.entries())
    yield repr(audit.verify())


# --- what people see -------------------------------------------------------------------------------------


def run(*words: str, typed: str = "") -> str:
    out, err, stdin = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(typed)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main([*words])
    finally:
        sys.stdin = stdin
    return out.getvalue() + err.getvalue()


@surface("the command line, plain and as JSON")
def _(world: World) -> Iterator[object]:
    youtube = json.dumps({"client_id": "i", "client_secret": world.canaries["client"], "refresh_token": "x"})
    for flags in ((), ("--json",)):
        yield run("secrets", "list", *flags)
        yield run("secrets", "check", *flags)
        yield run("secrets", "set", "providers/luma", *flags, typed=f"{world.canaries['json']}\n")
        yield run("secrets", "set", "platforms/youtube", *flags, typed=youtube)
        yield run("secrets", "set", world.canaries["misplaced"], *flags, typed=world.canaries["bare"])
        yield run("secrets", "rotate", "signing/audit", *flags)
        yield run("secrets", "rotate", "providers/runway", *flags)
        yield run("config", "explain", "providers.runway.credential", *flags)
        yield run("config", "get", "providers", *flags)
        yield run("config", "history", *flags)
        pasted = world.canaries["pasted"]
        yield run("config", "set", "providers.runway.credential", pasted, "--reason", "a test", *flags)
        yield run("config", "validate", *flags)
        yield run("doctor", *flags)
    (world.folder / ".reelwright" / "secrets.env").chmod(0o644)
    yield from (run("secrets", "list"), run("secrets", "check", "--json"))
    (world.folder / ".reelwright" / "secrets.env").chmod(0o600)


@surface("records and reports of productions that failed on the way")
def _(world: World) -> Iterator[object]:
    sample = make_sample(world.folder, width=64, height=36)
    errors = [
        as_record(error) for error in [*world.errors(), *world.echoes()] if isinstance(error, Exception)
    ]
    steps = tuple(
        StepRecord(name=f"step-{n}", status="failed", error=error) for n, error in enumerate(errors)
    )
    pinned = configuration(world, "chain").snapshot.pinned()
    production = sample.production.model_copy(
        update={"steps": steps, "configuration": pinned.configuration, "settings": pinned.settings}
    )
    made = (production, sample.script, sample.cut, sample.review, sample.narration)
    yield json.dumps(build_record(*made, ()), default=str)
    yield render_report(*made, (), video=world.folder / "video.mp4", thumbnail=world.folder / "thumbnail.png")
    yield production.model_dump_json()


# --- the test --------------------------------------------------------------------------------------------


def as_text(shown: object) -> str:
    return (
        shown.decode("latin-1")
        if isinstance(shown, bytes)
        else shown
        if isinstance(shown, str)
        else repr(shown)
    )


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(concealed, "_CONCEALED", concealed._Concealed())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REELWRIGHT_ENV", raising=False)
    with mock_aws():
        yield plant(tmp_path, seed=20_260_101)


def scan(world: World, surfaces: dict[str, Surface]) -> tuple[dict[str, int], list[tuple[str, str, str]]]:
    """Return how many texts each surface showed, and every canary that was found: where, which, in what."""
    counts: dict[str, int] = {}
    hits: list[tuple[str, str, str]] = []
    for name, look in surfaces.items():
        shown = [as_text(each) for each in look(world)]
        counts[name] = len(shown)
        hits += [(name, canary, text[:300]) for text in shown for canary in world.canaries.found_in(text)]
    return counts, hits


def test_no_surface_shows_a_planted_secret(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    counts, hits = scan(world, SURFACES)

    with capsys.disabled():
        print(f"\n{len(counts)} surfaces, {sum(counts.values())} texts, {len(hits)} hits")  # noqa: T201 (asked for)
    assert [f"{where}: {which} in {text}" for where, which, text in hits] == []
    assert [name for name, count in counts.items() if not count] == []
    assert len(counts) >= AT_LEAST_SURFACES
    assert sum(counts.values()) >= AT_LEAST_TEXTS


LEAKS: dict[str, Callable[[str], str]] = {
    "plain": lambda canary: f"key={canary}",
    "in capitals": str.upper,
    "a piece": lambda canary: canary[10:26],
    "JSON": lambda canary: json.dumps({"x": json.dumps({"y": canary})}),
    "base64": lambda canary: base64.b64encode(canary.encode()).decode(),
    "a header": lambda canary: base64.b64encode(f"user:{canary}".encode()).decode(),
    "hex": lambda canary: canary.encode().hex(),
    "a pickle": lambda canary: pickle.dumps({"x": canary}).decode("latin-1"),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_the_scanner_finds_a_planted_leak(world: World, leak: Callable[[str], str]) -> None:
    def leaking(world: World) -> Iterator[object]:
        yield from (leak(text) for text in world.canaries.texts.values())

    _, hits = scan(world, {"leaking": leaking})

    assert {canary for _, canary, _ in hits} == set(world.canaries.texts)


def test_without_redaction_the_same_surfaces_leak(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("reelwright.observability.redaction", "reelwright.observability.concealed"):
        monkeypatch.setattr(f"{module}.mask", lambda text: text)
    monkeypatch.setattr("reelwright.cli.failures.mask", lambda text: text)
    names = ("records of errors", "logs of errors, with tracebacks", "logs of values that somebody let out")

    for name in names:
        _, hits = scan(world, {name: SURFACES[name]})
        assert hits, name


def test_the_world_holds_what_it_says(world: World) -> None:
    """If nothing were planted, nothing would be found."""
    runway = parse("providers/runway", ApiKey, world.stores["aws"].read("providers/runway").text)
    assert runway.api_key.get_secret_value() == world.canaries["bare"]
    for store in ("memory", "file", "aws"):
        before = world.stores[store].read("providers/runway", stage="AWSPREVIOUS")
        assert before.text.get_secret_value() == world.canaries["before"]
    assert world.canaries["bare"] in (world.folder / ".reelwright" / "secrets.env").read_text(
        encoding="utf-8"
    )
    assert len(world.errors()) >= 15
    assert all(world.canaries.found_in(str(error)) for error in world.echoes())
    assert Canaries(Random(1)).found_in("nothing to see") == set()
