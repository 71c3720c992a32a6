"""Signs with the newest key of a ring, and verifies with whichever key had signed."""

import hashlib
import hmac
import threading
from collections.abc import Callable

from reelwright.environment.secret import SigningKey

__all__ = ["RingSigner"]

_STRANGERS = 1000


class RingSigner:
    """HMAC-SHA-256 over a digest; what ``storage`` calls a Signer.

    ``ring`` gives the keys, ``ring_again`` the same past any cache: a signature by a key that is not known
    may come from a worker that already has the renewed ring. Each strange name is looked up once per ring.
    """

    def __init__(self, ring: Callable[[], SigningKey], ring_again: Callable[[], SigningKey]) -> None:
        self._ring = ring
        self._ring_again = ring_again
        self._lock = threading.Lock()
        self._strangers: set[tuple[str, str]] = set()

    def sign(self, digest: str) -> tuple[str, str]:
        """Return the name of the current key and its signature in hex; SecretMissing if there is no ring."""
        ring = self._ring()
        return ring.current, _hmac(ring, ring.current, digest)

    def verify(self, digest: str, key_id: str, signature: str) -> bool:
        """Return whether the key made the signature; False for a key that is not known."""
        ring = self._ring_with(key_id)
        if key_id not in ring.keys:
            return False
        expected = _hmac(ring, key_id, digest)
        return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass"))

    def _ring_with(self, key_id: str) -> SigningKey:
        """Return the ring; read again if it does not know the key and was not asked for it before.

        Only after the look does the key count as strange: another thread may ask for it meanwhile.
        """
        ring = self._ring()
        if key_id in ring.keys or (ring.current, key_id) in self._strangers:
            return ring
        again = self._ring_again()
        if key_id not in again.keys:
            self._note_stranger(again.current, key_id)
        return again

    def _note_stranger(self, current: str, key_id: str) -> None:
        with self._lock:
            if len(self._strangers) >= _STRANGERS:
                self._strangers.clear()
            self._strangers.add((current, key_id))


def _hmac(ring: SigningKey, key_id: str, digest: str) -> str:
    key = bytes.fromhex(ring.keys[key_id].get_secret_value())
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()
