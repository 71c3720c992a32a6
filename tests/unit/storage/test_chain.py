import secrets

from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import SigningKey
from reelwright.storage.chain import BEGINNING, Row, head_after, next_entry, verify_chain
from reelwright.storage.ports import Signer
from reelwright.storage.schema import AuditEntry
from tests.contract.rings import signing_with

KEY = secrets.token_hex(32)


def a_key(current: str = "a", **keys: str) -> SigningKey:
    return SigningKey(
        current=current, keys={name: SecretStr(text) for name, text in (keys or {"a": KEY}).items()}
    )


def an_entry(signer: Signer | None = None) -> AuditEntry:
    return next_entry(
        BEGINNING,
        at=VirtualClock().now(),
        actor="ann",
        action="a",
        subject="s",
        reason="r",
        details={},
        signer=signer,
    )


def test_a_signer_does_not_show_its_keys() -> None:
    assert KEY not in repr(signing_with(a_key()))


def test_a_signature_is_of_one_digest_by_one_key() -> None:
    signer = signing_with(a_key("a", a=KEY, b=secrets.token_hex(32)))
    key_id, signature = signer.sign("digest")

    assert key_id == "a"
    assert signer.verify("digest", "a", signature)
    assert not signer.verify("digesT", "a", signature)
    assert not signer.verify("digest", "b", signature)
    assert not signer.verify("digest", "c", signature)
    assert not signer.verify("digest", "a", "é")


def test_a_key_that_is_rotated_while_it_signs_leaves_a_whole_entry() -> None:
    one, two = signing_with(a_key("a", a=KEY, b=KEY)), signing_with(a_key("b", a=KEY, b=KEY))

    class Rotating:
        def __init__(self) -> None:
            self.calls = 0

        def sign(self, digest: str) -> tuple[str, str]:
            self.calls += 1
            return (one if self.calls == 1 else two).sign(digest)

        def verify(self, digest: str, key_id: str, signature: str) -> bool:
            return two.verify(digest, key_id, signature)

    entry = an_entry(Rotating())

    assert entry.key_id == "b"
    assert verify_chain([Row("1", entry)], head=head_after(entry, two), signer=two) == ()


def test_the_signature_of_an_entry_is_not_that_of_a_head() -> None:
    signer = signing_with(a_key())
    entry = an_entry(signer)

    assert head_after(entry, signer).signature != entry.signature
