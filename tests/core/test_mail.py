"""Mail over SMTP: what arrives, signing in, and encryption."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import config
from core.mail import Letter, MailError, Post, Postponed
from tests.smtp import MailServer

LETTER = Letter(
    address="ai@example.gov.vn",
    name="Nguyễn Thị “Bé”, K’Brông",
    subject="Nhắc việc: " + "rất dài " * 60 + "🌾",
    body="Dòng đầu.\n.\n..\n" + "chữ " * 2000 + "\n",
    message_id="<1@example.gov.vn>",
    at=datetime(2026, 11, 16, tzinfo=UTC),
)


def send(server: config.Mail) -> MailError | None:
    post = Post(server)
    try:
        post.prepare(LETTER)
        post.hand_over(LETTER)
    except MailError as error:
        return error
    finally:
        post.close()
    return None


def test_a_mail_arrives_as_it_was_written() -> None:
    with MailServer() as server:
        assert send(server.settings) is None
    (mail,) = server.mails
    assert mail["Subject"] == " ".join(LETTER.subject.split())
    assert mail["To"].addresses[0].display_name == LETTER.name
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == (LETTER.message_id, "auto-generated")
    assert mail.get_content().replace("\r\n", "\n") == LETTER.body


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(host, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        made.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture
def guarded(certificate: Path) -> Iterator[MailServer]:
    """A server that wants encryption (STARTTLS) and a password."""

    def check(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        expected = LoginPassword(b"giaoban", b"m:t")
        return AuthResult(success=given == expected, handled=False)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    with MailServer(authenticator=check, **options) as server:
        yield server


def test_a_password_goes_to_an_encrypted_server_that_is_who_it_says(
    guarded: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = replace(guarded.settings, username="giaoban", password="m:t")
    error = send(server)
    assert isinstance(error, Postponed)
    assert error.away
    assert "certificate" in error.words.lower()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    wrong = send(replace(server, password="sai"))
    assert isinstance(wrong, Postponed)
    assert wrong.words.startswith("535")
    assert guarded.mails == []
    assert send(server) is None
    assert len(guarded.mails) == 1


def test_a_password_is_not_sent_in_the_clear() -> None:
    # An address of this machine, but not one that is known to be.
    with MailServer("127.0.0.2") as server:
        error = send(replace(server.settings, username="giaoban", password="m:t"))
    assert isinstance(error, Postponed)
    assert "in the clear" in error.words
    assert server.mails == []
