"""An authority of a test's own, and what it certifies."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PEM = serialization.Encoding.PEM
PLAIN = serialization.NoEncryption()
FORM = serialization.PrivateFormat.TraditionalOpenSSL


class Authority:
    """Writes NAME.crt and NAME.key into a folder; its own are `ca`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = subject("test authority", "")
        ca = x509.BasicConstraints(ca=True, path_length=None)
        certificate = self._builder(self._name, self._key).add_extension(ca, critical=True)
        self._write("ca", certificate.sign(self._key, hashes.SHA256()), self._key)

    def certify(self, name, common_name, organization="", hosts=()):
        """Make a certificate and its key; return both as texts."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = self._builder(subject(common_name, organization), key).add_extension(usage, critical=False)
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([alternative(host) for host in hosts]), critical=False
            )
        return self._write(name, builder.sign(self._key, hashes.SHA256()), key)

    def signing_key(self, name):
        """Make the pair of keys of service accounts' tokens: NAME.key and NAME.pub."""
        key = rsa.generate_private_key(65537, 2048)
        (self.folder / f"{name}.key").write_bytes(key.private_bytes(PEM, FORM, PLAIN))
        public = serialization.PublicFormat.SubjectPublicKeyInfo
        (self.folder / f"{name}.pub").write_bytes(key.public_key().public_bytes(PEM, public))

    def _builder(self, name, key):
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        return builder.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=2))

    def _write(self, name, certificate, key):
        texts = certificate.public_bytes(PEM), key.private_bytes(PEM, FORM, PLAIN)
        for ending, text in zip(("crt", "key"), texts, strict=True):
            (self.folder / f"{name}.{ending}").write_bytes(text)
        return texts


def subject(common_name, organization):
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    parts += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name(parts)


def alternative(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
