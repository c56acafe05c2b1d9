"""The environment: what it means, and what stops the start."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

import config

KEY = "0123456789abcdef"


def load(tmp_path: Path, **env: str) -> config.Settings:
    return config.load(env, instance=tmp_path)


def test_nothing_set_is_one_process_on_this_machine(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'giaoban.sqlite'}"
    assert (settings.host, settings.port, settings.redis_url) == ("127.0.0.1", 5000, None)
    assert settings.public_url == "http://127.0.0.1:5000"
    assert not settings.secure_cookies


def test_a_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    key = load(tmp_path).secret_key
    assert len(key) == 64
    assert load(tmp_path).secret_key == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_gets_our_driver(scheme: str, tmp_path: Path) -> None:
    url = load(tmp_path, DATABASE_URL=f"{scheme}://a:b@c/d").database_url
    assert url == "postgresql+psycopg://a:b@c/d"


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    settings = load(tmp_path, PUBLIC_URL="https://hop.example.vn/", SECRET_KEY=KEY)
    assert settings.secure_cookies
    assert settings.public_url == "https://hop.example.vn"


def test_where_mail_goes_is_an_address(tmp_path: Path) -> None:
    assert load(tmp_path).mail is None
    named = "smtp://thu%40x:m%3At@mail.example.vn:587?from=nhacviec@example.gov.vn"
    assert load(tmp_path, MAIL_URL=named).mail == config.Mail(
        "mail.example.vn", 587, "nhacviec@example.gov.vn", "thu@x", "m:t"
    )
    here = load(tmp_path, MAIL_URL="smtps://127.0.0.1", PUBLIC_URL="http://127.0.0.1:1").mail
    assert here == config.Mail("127.0.0.1", 465, "giaoban@127.0.0.1", tls=True)
    assert "m:t" not in repr(load(tmp_path, MAIL_URL=named))


def certificate(password: bytes, *, with_key: bool = True) -> bytes:
    """A PKCS#12 of `UBND xã Thử`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "UBND xã Thử")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(password)
    return pkcs12.serialize_key_and_certificates(
        None, key if with_key else None, made, None, locked
    )


def test_a_certificate_to_sign_with_is_opened_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "con-dau.p12"
    file.write_bytes(certificate(b"mat-khau"))
    settings = load(tmp_path, SIGNING_P12=str(file), SIGNING_PASSWORD="mat-khau")
    assert settings.signing_p12 == file.read_bytes()
    assert (settings.signing_password, settings.signer) == (b"mat-khau", "UBND xã Thử")
    assert "mat-khau" not in repr(settings)
    assert load(tmp_path).signing_p12 is None


@pytest.mark.parametrize("what", ["missing", "folder", "locked", "no p12", "no key"])
def test_a_certificate_that_cannot_be_opened_stops_the_start(what: str, tmp_path: Path) -> None:
    file = tmp_path / "con-dau.p12"
    if what == "folder":
        file.mkdir()
    elif what == "no p12":
        file.write_bytes(b"x")
    elif what != "missing":
        file.write_bytes(certificate(b"mat-khau", with_key=what != "no key"))
    password = "khac" if what == "locked" else "mat-khau"
    with pytest.raises(SystemExit) as refused:
        load(tmp_path, SIGNING_P12=str(file), SIGNING_PASSWORD=password)
    assert "SIGNING_P12" in str(refused.value)
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"PORT": "x"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "65536"}, "PORT"),
        ({"PUBLIC_URL": "hop.example.vn"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "ftp://hop.example.vn"}, "PUBLIC_URL"),
        ({"MAIL_URL": "mail.example.vn"}, "MAIL_URL"),
        ({"MAIL_URL": "http://mail.example.vn"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example.vn:x"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://[::1"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example.vn?from=ai%20do"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example.vn/hop-thu"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example.vn?tls=no"}, "MAIL_URL"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
        ({"DATABASE_URL": "mysql://a"}, "DATABASE_URL"),
        ({"DATABASE_URL": "giaoban.sqlite"}, "DATABASE_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"PAPER_MAX_MB": "lớn"}, "PAPER_MAX_MB"),
        ({"PAPER_MAX_MB": "0"}, "PAPER_MAX_MB"),
        ({"PAPER_MAX_MB": "1025"}, "PAPER_MAX_MB"),
        ({"JITSI_DOMAIN": "hop.vn"}, "JITSI_APP_ID, JITSI_SECRET"),
        ({"JITSI_DOMAIN": "a b", "JITSI_APP_ID": "a", "JITSI_SECRET": "x" * 32}, "JITSI_DOMAIN"),
        ({"JITSI_DOMAIN": "a;b", "JITSI_APP_ID": "a", "JITSI_SECRET": "x" * 32}, "JITSI_DOMAIN"),
        ({"JITSI_DOMAIN": "hop.vn", "JITSI_APP_ID": "a", "JITSI_SECRET": "x"}, "JITSI_SECRET"),
        ({"HOST": "0.0.0.0"}, "SECRET_KEY"),
        ({"PUBLIC_URL": "https://hop.example.vn"}, "SECRET_KEY"),
    ],
)
def test_nonsense_stops_the_start(env: dict[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        load(tmp_path, **env)
    assert sentence in str(refused.value)
    assert list(tmp_path.glob("secret_key")) == []
