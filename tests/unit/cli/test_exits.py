"""One table turns the error tree into exit codes."""

import pytest

from reelwright import errors
from reelwright.cli.exits import ExitCode, Stopped, exit_code
from reelwright.content.errors import BriefInvalid, NotesTooShort
from reelwright.pipeline.errors import ProductionBusy, ProductionNotFound, ReviewFailed
from reelwright.storage.errors import ArtifactDamaged, StorageFull, StorageUnwritable


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.Permanent, 1),
        (errors.ReelwrightError, 1),
        (errors.InvalidInput, 2),
        (errors.BudgetExceeded, 3),
        (errors.GuardrailRefused, 3),
        (errors.Retryable, 4),
        (BriefInvalid, 2),
        (ProductionNotFound, 2),
        (NotesTooShort, 3),
        (ReviewFailed, 1),
        (ArtifactDamaged, 1),
        (StorageUnwritable, 1),
        (StorageFull, 1),
        (ProductionBusy, 4),
    ],
)
def test_each_kind_has_its_code(kind: type[errors.ReelwrightError], code: int) -> None:
    assert exit_code(kind("It failed.")) == code


@pytest.mark.parametrize(("number", "code"), [(2, 130), (15, 143)])
def test_a_signal_is_told_as_shells_do(number: int, code: int) -> None:
    assert exit_code(Stopped(number, "Stopped.")) == code


def test_a_new_kind_inherits_the_code_of_its_branch() -> None:
    class QuotaGone(errors.BudgetExceeded):
        code = "quota_gone"

    assert exit_code(QuotaGone("No more today.")) == ExitCode.REFUSED
