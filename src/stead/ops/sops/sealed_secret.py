"""Convert a Secret to a SealedSecret, as `kubeseal` does: only the controller of one cluster can decrypt it.

Each value is encrypted with AES-256-GCM by a session key of its own, and that with RSA-OAEP (SHA-256) by the public key
of the controller's certificate. The label of OAEP is `namespace/name`, so that a value cannot be moved to another
Secret (the scope `strict`). The nonce is zero: a session key encrypts one value. Format: two bytes with the length of
the encrypted session key, that key, the ciphertext (sealed-secrets, `pkg/crypto/crypto.go`).

Rejected: `kubeseal`, one more program to install instead of forty lines, which needs the plain Secret.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stead.ops.sops.error import SopsError
from stead.render.kubernetes.core import Manifest

NONCE = bytes(12)
SESSION_BITS = 256
FETCH = "kubeseal --fetch-cert > controller.pem"


@dataclass(frozen=True, kw_only=True)
class SealedSecret(Manifest):
    """The values from which the controller creates a Secret; `template` is that Secret without its values."""

    api_version: ClassVar[str] = "bitnami.com/v1alpha1"
    kind: ClassVar[str] = "SealedSecret"
    spec: Mapping[str, Any]


def certificate_of(file: Path) -> RSAPublicKey:
    """Return the public key of a controller's certificate; SopsError when it is malformed or expired."""
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        raise SopsError(f"the certificate {file} cannot be read: {error.strerror}; fetch it: {FETCH}") from None
    except ValueError:
        raise SopsError(f"{file} is not a certificate in PEM; fetch it: {FETCH}") from None
    key, end = certificate.public_key(), certificate.not_valid_after_utc
    if not isinstance(key, RSAPublicKey):
        raise SopsError(f"{file} has no RSA key: it is not the certificate of the controller; fetch it: {FETCH}")
    if end < datetime.now(UTC):
        raise SopsError(f"{file} expired on {end:%Y-%m-%d}: fetch the present certificate: {FETCH}")
    return key


def sealed_value(key: RSAPublicKey, value: bytes, namespace: str, name: str) -> str:
    """Encrypt a value for one Secret; return it in base64."""
    session = AESGCM.generate_key(SESSION_BITS)
    algorithm = hashes.SHA256()
    label = f"{namespace}/{name}".encode()
    encrypted = key.encrypt(session, OAEP(mgf=MGF1(algorithm), algorithm=algorithm, label=label))
    sealed = AESGCM(session).encrypt(NONCE, value, None)
    return base64.b64encode(len(encrypted).to_bytes(2, "big") + encrypted + sealed).decode()
