"""The file of one machine: closed to others, written whole, readable and writable by people."""

import itertools
import multiprocessing
import os
import shlex
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import SigningKey
from reelwright.secrets.env_file import name_of_variable, read_text, variable, written_text
from reelwright.secrets.errors import (
    RotationRefused,
    SecretMalformed,
    SecretReadOnly,
    SecretsExposed,
    SecretsUnavailable,
)
from reelwright.secrets.kinds import parse
from reelwright.secrets.local import FileSecrets, local_secrets
from reelwright.secrets.process import ProcessEnvironmentSecrets
from reelwright.secrets.versions import Kept
from tests.unit.secrets.stores import Killed

NAME = "providers/runway"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CANARY = "cnry-51e0d7"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "secrets.env"


def secrets_in(file: Path) -> FileSecrets:
    return FileSecrets(file, clock=VirtualClock(), rng=Random(1))


def by_hand(file: Path, text: str, mode: int = 0o600) -> FileSecrets:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return secrets_in(file)


def test_the_file_is_its_owners_alone(file: Path) -> None:
    old = os.umask(0)
    try:
        secrets_in(file).put(NAME, SecretStr(CANARY))
        secrets_in(file).put(NAME, SecretStr("another"))
    finally:
        os.umask(old)

    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()}
    assert modes == {"secrets.env": 0o600, "secrets.env.lock": 0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o601])
def test_a_file_that_others_may_touch_is_refused(file: Path, mode: int) -> None:
    secrets = by_hand(file, f"REELWRIGHT_SECRET__PROVIDERS__RUNWAY={CANARY}\n", mode)

    for use in (
        lambda: secrets.read(NAME),
        secrets.names,
        lambda: secrets.describe(NAME),
        lambda: secrets.put(NAME, SecretStr("new")),
    ):
        with pytest.raises(SecretsExposed, match="chmod 600") as caught:
            use()
        assert CANARY not in str(caught.value)
    assert CANARY in file.read_text(encoding="utf-8")


def test_a_closed_file_is_read_again(file: Path) -> None:
    secrets = by_hand(file, f"REELWRIGHT_SECRET__PROVIDERS__RUNWAY={CANARY}\n", 0o644)
    file.chmod(0o600)

    assert secrets.read(NAME).text.get_secret_value() == CANARY


@pytest.mark.parametrize(
    "line",
    [
        f"REELWRIGHT_SECRET__PROVIDERS__RUNWAY={CANARY}",
        f"export REELWRIGHT_SECRET__PROVIDERS__RUNWAY={CANARY}",
        f"REELWRIGHT_SECRET__PROVIDERS__RUNWAY = '{CANARY}'  ",
        f'REELWRIGHT_SECRET__PROVIDERS__RUNWAY="{CANARY}"\r',
        f"# a note of one's own\n\nOTHER=1\nREELWRIGHT_SECRET__PROVIDERS__RUNWAY={CANARY}",
        f"REELWRIGHT_SECRET__PROVIDERS__RUNWAY=first\nREELWRIGHT_SECRET__PROVIDERS__RUNWAY={CANARY}",
    ],
)
def test_people_may_write_lines(file: Path, line: str) -> None:
    secrets = by_hand(file, line)

    assert secrets.read(NAME).text.get_secret_value() == CANARY
    assert secrets.names() == (NAME,)


@pytest.mark.parametrize(
    "line", [CANARY, f"A B={CANARY}", f"A={CANARY} {CANARY}", f"A='{CANARY}", f'A="{CANARY}']
)
def test_a_line_that_cannot_be_read_is_named_and_not_repeated(file: Path, line: str) -> None:
    secrets = by_hand(file, f"# note\n{line.replace('A=', 'REELWRIGHT_SECRET__A=')}\n")

    with pytest.raises(SecretMalformed, match="line 2") as caught:
        secrets.names()
    assert CANARY not in str(caught.value)


def test_a_file_in_another_encoding_is_said(file: Path) -> None:
    secrets = by_hand(file, "")
    file.write_bytes(f"REELWRIGHT_SECRET__PROVIDERS__RUNWAY={CANARY}é\n".encode("latin-1"))

    with pytest.raises(SecretMalformed, match="UTF-8") as caught:
        secrets.read(NAME)
    assert caught.value.__context__ is None


def test_a_change_by_hand_is_a_new_version(file: Path) -> None:
    secrets = secrets_in(file)
    version = secrets.put(NAME, SecretStr("before"))
    by_hand(file, file.read_text(encoding="utf-8").replace("before", "edited"))

    read = secrets.read(NAME)
    assert read.text.get_secret_value() == "edited"
    assert read.version != version


def test_what_was_written_by_hand_is_kept_as_the_one_before(file: Path) -> None:
    secrets = by_hand(file, f"REELWRIGHT_SECRET__PROVIDERS__RUNWAY={CANARY}\n")

    secrets.put(NAME, SecretStr("newer"))

    assert secrets.read(NAME, stage="AWSPREVIOUS").text.get_secret_value() == CANARY
    assert secrets.read(NAME).text.get_secret_value() == "newer"


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
names = st.from_regex(r"[a-z][a-z0-9]{0,5}/[a-z][a-z0-9-]{0,6}", fullmatch=True)


@given(
    st.dictionaries(names, st.lists(texts, min_size=1, max_size=3), max_size=4).filter(
        lambda found: len({variable(name) for name in found}) == len(found)
    )
)
def test_what_is_written_is_read(written: dict[str, list[str]]) -> None:
    stages = ("AWSCURRENT", "AWSPREVIOUS", "AWSPENDING")
    secrets = {
        name: tuple(
            Kept(
                name=name,
                version=f"v{n}",
                text=SecretStr(text),
                created_at=NOW,
                stages=frozenset({stages[n]}),
            )
            for n, text in enumerate(values)
        )
        for name, values in written.items()
    }

    assert read_text(written_text(secrets).encode(), NOW, "file") == secrets


def test_a_shell_reads_what_we_wrote(file: Path) -> None:
    secrets_in(file).put("platforms/youtube", SecretStr('{"client_id": "a $HOME `x` \\\\ b"}'))

    words = shlex.split(file.read_text(encoding="utf-8"), comments=True)
    assert words == ['REELWRIGHT_SECRET__PLATFORMS__YOUTUBE={"client_id": "a $HOME `x` \\\\ b"}']


@given(st.from_regex(r"[a-z]{1,5}/[a-z]([a-z0-9]|-[a-z]){0,6}", fullmatch=True))
def test_a_variable_spells_its_name(name: str) -> None:
    assert name_of_variable(variable(name)) == name.replace("-", "_")


def test_a_name_with_a_dash_keeps_it(file: Path) -> None:
    secrets = secrets_in(file)
    secrets.put("providers/eleven-labs", SecretStr(CANARY))

    assert secrets.names() == ("providers/eleven-labs",)


def test_no_file_is_no_secrets(file: Path) -> None:
    assert secrets_in(file).names() == ()
    assert secrets_in(file).describe(NAME) is None
    assert not file.parent.exists()


def test_a_failed_write_leaves_what_was_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = secrets_in(file)
    secrets.put(NAME, SecretStr("before"))

    def refuse(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SecretsUnavailable, match="No space left"):
        secrets.put(NAME, SecretStr(CANARY))

    assert secrets.read(NAME).text.get_secret_value() == "before"
    assert sorted(each.name for each in file.parent.iterdir()) == ["secrets.env", "secrets.env.lock"]


@pytest.mark.parametrize("at", range(8))
@pytest.mark.parametrize("after", [False, True])
def test_a_writer_killed_at_any_call_to_the_disk_leaves_the_old_or_the_new(
    file: Path, monkeypatch: pytest.MonkeyPatch, at: int, *, after: bool
) -> None:
    secrets = secrets_in(file)
    secrets.put(NAME, SecretStr("before"))
    calls = itertools.count()

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            dies = next(calls) == at
            if dies and not after:
                raise Killed
            result = real(*args, **kwargs)
            if dies:
                raise Killed
            return result

        return call

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", dying(os.fsync))
        patched.setattr(os, "fchmod", dying(os.fchmod))
        patched.setattr(Path, "replace", dying(Path.replace))
        patched.setattr(tempfile, "mkstemp", dying(tempfile.mkstemp))
        with suppress(Killed):
            secrets.put(NAME, SecretStr("after"))

    assert secrets.read(NAME).text.get_secret_value() in {"before", "after"}
    secrets.put(NAME, SecretStr("next"))
    assert secrets.read(NAME).text.get_secret_value() == "next"
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in file.parent.iterdir())


def test_what_a_killed_writer_left_is_removed_by_the_next(file: Path) -> None:
    secrets = secrets_in(file)
    secrets.put(NAME, SecretStr("before"))
    (file.parent / ".secrets.env.abc123").write_text(CANARY, encoding="utf-8")

    secrets.put(NAME, SecretStr("after"))

    assert sorted(each.name for each in file.parent.iterdir()) == ["secrets.env", "secrets.env.lock"]


def test_a_folder_in_place_of_the_file_is_said(file: Path) -> None:
    file.mkdir(parents=True)

    with pytest.raises(SecretsUnavailable, match="cannot be read"):
        secrets_in(file).names()


def _put(file: Path, number: int) -> None:
    FileSecrets(file).put(f"providers/p{number}", SecretStr(f"value-{number}"))


def test_processes_do_not_write_over_each_other(file: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_put, args=(file, number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert secrets_in(file).names() == tuple(f"providers/p{number}" for number in range(4))


def test_a_ring_is_renewed_here_and_now(file: Path) -> None:
    clock = VirtualClock()
    secrets = FileSecrets(file, clock=clock)
    secrets.start_rotation("signing/audit")
    first = parse("signing/audit", SigningKey, secrets.read("signing/audit").text)
    clock.advance(1)

    secrets.start_rotation("signing/audit")

    second = parse("signing/audit", SigningKey, secrets.read("signing/audit").text)
    assert set(second.keys) == {first.current, second.current}
    description = secrets.describe("signing/audit")
    assert description
    assert description.pending_since is None


VARIABLES = {"REELWRIGHT_SECRET__PROVIDERS__RUNWAY": CANARY, "REELWRIGHT_SECRET__": "x", "HOME": "/"}


def test_the_process_is_asked_before_the_file(file: Path) -> None:
    secrets_in(file).put(NAME, SecretStr("from the file"))
    secrets_in(file).put("providers/luma", SecretStr("also from the file"))
    chain = local_secrets(file, VARIABLES)

    assert chain.read(NAME).text.get_secret_value() == CANARY
    assert chain.read("providers/luma").text.get_secret_value() == "also from the file"
    assert chain.names() == ("providers/luma", NAME)


def test_what_the_process_sets_cannot_be_written_over(file: Path) -> None:
    chain = local_secrets(file, VARIABLES)

    with pytest.raises(SecretReadOnly, match="REELWRIGHT_SECRET__PROVIDERS__RUNWAY") as caught:
        chain.put(NAME, SecretStr("new"))
    assert CANARY not in str(caught.value)
    with pytest.raises(RotationRefused, match="Unset"):
        chain.start_rotation(NAME)
    with pytest.raises(SecretReadOnly):
        chain.promote(NAME, chain.read(NAME).version + "x")
    chain.promote(NAME, chain.read(NAME).version)
    assert not file.exists()


def test_new_secrets_go_to_the_file(file: Path) -> None:
    chain = local_secrets(file, VARIABLES)
    chain.put("providers/luma", SecretStr("new-value"))

    assert secrets_in(file).read("providers/luma").text.get_secret_value() == "new-value"


def test_the_version_of_a_variable_changes_with_it_and_tells_nothing() -> None:
    variables = dict(VARIABLES)
    process, other = ProcessEnvironmentSecrets(variables), ProcessEnvironmentSecrets(variables)
    first = process.read(NAME).version
    assert process.read(NAME).version == first
    assert other.read(NAME).version != first

    variables[variable(NAME)] = "changed"
    assert process.read(NAME).version != first


def test_an_empty_variable_is_none() -> None:
    process = ProcessEnvironmentSecrets({"REELWRIGHT_SECRET__PROVIDERS__RUNWAY": ""})

    assert process.names() == ()
    assert process.describe(NAME) is None
