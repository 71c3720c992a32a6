"""A server behind TLS with a certificate for ``localhost`` that an authority of its own vouches for."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["sealed_server"]

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsealed"


@contextmanager
def sealed_server(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield its address and the file of the authority that vouches for it."""
    authority, chain = _certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(listening, context, over))
        thread.start()
        try:
            yield f"https://localhost:{listening.getsockname()[1]}", authority
        finally:
            over.set()
            with socket.create_connection(listening.getsockname()):
                thread.join()


def _serve(listening: socket.socket, context: ssl.SSLContext, over: threading.Event) -> None:
    while True:
        made, _ = listening.accept()
        with made:
            if over.is_set():
                return
            _talk(made, context)


def _talk(made: socket.socket, context: ssl.SSLContext) -> None:
    made.settimeout(10)
    try:
        with context.wrap_socket(made, server_side=True) as sealed:
            sealed.recv(65536)
            sealed.sendall(_ANSWER)
    except OSError:
        return


def _certificates(folder: Path) -> tuple[Path, Path]:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of a test")])
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _signed(name, name, key, key, x509.BasicConstraints(ca=True, path_length=None))
    own_key = ec.generate_private_key(ec.SECP256R1())
    own_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    own = _signed(own_name, name, own_key, key, x509.SubjectAlternativeName([x509.DNSName("localhost")]))
    private = own_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "authority.pem").write_bytes(authority)
    (folder / "chain.pem").write_bytes(own + private)
    return folder / "authority.pem", folder / "chain.pem"


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if isinstance(extension, x509.BasicConstraints):
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
