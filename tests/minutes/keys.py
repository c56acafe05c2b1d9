"""Keys and certificates of nobody, made for a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

PASSWORD = b"mat-khau-chung-thu"
CHAIR = "Trần Văn Chủ"
AGENCY = "UBND huyện Đắk Thử"


@dataclass(frozen=True)
class Identity:
    """Somebody's key with the certificates above it."""

    p12: bytes
    certificate: bytes  # PEM
    root: bytes  # PEM


def _name(common_name: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        ]
    )


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate(subject: x509.Name, key: Any, issuer: x509.Name, **values: Any) -> Any:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + values.get("begins", timedelta(days=-30)))
        .not_valid_after(now + values.get("ends", timedelta(days=300)))
    )


@cache
def identity(
    common_name: str = CHAIR,
    organisation: str = AGENCY,
    *,
    ends_days: int = 300,
    calls: str = "",
) -> Identity:
    """Somebody, under an authority of their own.

    Args:
        common_name: of the certificate.
        organisation: of the certificate.
        ends_days: when the certificate ends, counted from now.
        calls: an address that the certificate names for its authority, its revocation list and
            its state.
    """
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority, subject = _name("CA thử nghiệm", "Thử nghiệm"), _name(common_name, organisation)
    root = (
        _certificate(authority, root_key, authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    made = _certificate(subject, key, authority, ends=timedelta(days=ends_days))
    made = made.add_extension(_usage(authority=False), critical=True)
    if calls:
        place = x509.UniformResourceIdentifier(calls)
        made = made.add_extension(
            x509.AuthorityInformationAccess(
                [
                    x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place),
                    x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place),
                ]
            ),
            critical=False,
        ).add_extension(
            x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)]),
            critical=False,
        )
    certificate = made.sign(root_key, hashes.SHA256())
    locked = BestAvailableEncryption(PASSWORD)
    above = None if calls else [root]  # where it is not at hand it would be fetched
    p12 = pkcs12.serialize_key_and_certificates(b"key", key, certificate, above, locked)
    return Identity(p12, certificate.public_bytes(Encoding.PEM), root.public_bytes(Encoding.PEM))


@cache
def without_key() -> bytes:
    """A PKCS#12 that holds a certificate only."""
    certificate = x509.load_pem_x509_certificate(identity().certificate)
    locked = BestAvailableEncryption(PASSWORD)
    return pkcs12.serialize_key_and_certificates(b"key", None, None, [certificate], locked)
