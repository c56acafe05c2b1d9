"""The environment, read once into one typed object; nonsense stops the start."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ConfigurationError(SystemExit):
    """The environment makes no sense; the message says which variable and why."""


@dataclass(frozen=True)
class Jitsi:
    """A Jitsi Meet deployment that lets in who brings a token signed with the shared secret."""

    domain: str
    app_id: str
    secret: str


@dataclass(frozen=True)
class Mail:
    """The SMTP server that takes our mail, and whom it comes from.

    `tls` from the first byte on (`smtps://`); otherwise STARTTLS where the server offers it.
    """

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False


@dataclass(frozen=True)
class Settings:
    """What the deployment decides. See README, "Configuration"."""

    database_url: str
    redis_url: str | None
    secret_key: str
    host: str
    port: int
    public_url: str
    instance: Path
    files_dir: Path
    metrics_token: str | None = None
    # What documents are signed with when they are issued (PKCS#12), and whose it is.
    signing_p12: bytes | None = field(default=None, repr=False)
    signing_password: bytes = field(default=b"", repr=False)
    signer: str = ""
    # Certificates (PEM) that signatures made elsewhere are to chain to; empty: not asked.
    signing_roots: bytes = b""
    paper_max_bytes: int = 50 * 1024 * 1024
    jitsi: Jitsi | None = None
    # Unset: no reminders are written or sent.
    mail: Mail | None = None

    @property
    def secure_cookies(self) -> bool:
        """True where browsers reach us over HTTPS."""
        return self.public_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None, instance: Path | None = None) -> Settings:
    """Read the settings from the environment.

    Args:
        environ: the variables; the process's own when not given.
        instance: the folder for the SQLite file and the development key.

    Raises:
        ConfigurationError: a variable is missing where it must be there, or is malformed.
    """
    env = os.environ if environ is None else environ
    folder = instance or ROOT / "instance"
    host = env.get("HOST", "127.0.0.1")
    try:
        port = int(env.get("PORT", "5000"))
    except ValueError:
        raise ConfigurationError(f"PORT is not a number: {env['PORT']!r}") from None
    if not 0 < port < 65536:
        raise ConfigurationError(f"PORT is out of range: {port}")
    public_url = env.get("PUBLIC_URL", "").rstrip("/")
    if public_url and urlsplit(public_url).scheme not in ("http", "https"):
        raise ConfigurationError(f"PUBLIC_URL is not an http(s) address: {public_url!r}")
    redis_url = env.get("REDIS_URL") or None
    if redis_url and urlsplit(redis_url).scheme not in ("redis", "rediss", "unix"):
        raise ConfigurationError(f"REDIS_URL is not a redis address: {redis_url!r}")
    metrics_token = env.get("METRICS_TOKEN") or None
    if metrics_token and len(metrics_token) < 16:
        raise ConfigurationError("METRICS_TOKEN is shorter than 16 characters")
    signing_p12, signing_password, signer = _signing(env)
    mail = _mail(env, urlsplit(public_url).hostname or "localhost")
    # What is wrong with these is said before a file is made for what comes next.
    paper_max_bytes, jitsi = _megabytes(env.get("PAPER_MAX_MB", "50")) * 1024 * 1024, _jitsi(env)
    return Settings(
        database_url=_database_url(env, folder),
        redis_url=redis_url,
        secret_key=_secret_key(env, host, public_url, folder),
        host=host,
        port=port,
        public_url=public_url or f"http://{host}:{port}",
        instance=folder,
        files_dir=Path(env.get("FILES_DIR") or folder / "files"),
        metrics_token=metrics_token,
        signing_p12=signing_p12,
        signing_password=signing_password,
        signer=signer,
        signing_roots=_signing_roots(env),
        paper_max_bytes=paper_max_bytes,
        jitsi=jitsi,
        mail=mail,
    )


def _signing(env: Mapping[str, str]) -> tuple[bytes | None, bytes, str]:
    """The file that documents are signed with, its password, and the name in its certificate."""
    name, password = env.get("SIGNING_P12"), env.get("SIGNING_PASSWORD", "").encode()
    if not name:
        return None, b"", ""
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    try:
        content = Path(name).read_bytes()
        key, certificate, _others = pkcs12.load_key_and_certificates(content, password or None)
    except OSError as error:
        raise ConfigurationError(f"SIGNING_P12 cannot be read: {error.strerror}") from None
    except ValueError:
        raise ConfigurationError(
            "SIGNING_P12 cannot be opened with SIGNING_PASSWORD, or is no PKCS#12 file"
        ) from None
    if key is None or certificate is None:
        raise ConfigurationError("SIGNING_P12 holds no key with its certificate")
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return content, password, str(names[0].value) if names else ""


def _signing_roots(env: Mapping[str, str]) -> bytes:
    """The certificates of a folder (`*.pem`, `*.crt`, `*.cer`), as one PEM text."""
    folder = env.get("SIGNING_ROOTS")
    if not folder:
        return b""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if not Path(folder).is_dir():
        raise ConfigurationError(f"SIGNING_ROOTS is not a folder: {folder!r}")
    found = []
    for file in sorted(Path(folder).iterdir()):
        if file.suffix.lower() not in (".pem", ".crt", ".cer"):
            continue
        content = file.read_bytes()
        try:
            if content.lstrip().startswith(b"-----BEGIN"):
                found += x509.load_pem_x509_certificates(content)
            else:
                found.append(x509.load_der_x509_certificate(content))
        except ValueError:
            raise ConfigurationError(f"SIGNING_ROOTS: {file.name} is no certificate") from None
    if not found:
        raise ConfigurationError(f"SIGNING_ROOTS holds no certificate: {folder!r}")
    return b"".join(each.public_bytes(Encoding.PEM) for each in found)


def _megabytes(value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= 1024):
        raise ConfigurationError(f"PAPER_MAX_MB is not a number from 1 to 1024: {value!r}")
    return int(value)


# A host's name, with a port where it is not 443 (RFC 1123): it becomes part of a header.
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")


def _jitsi(env: Mapping[str, str]) -> Jitsi | None:
    names = ("JITSI_DOMAIN", "JITSI_APP_ID", "JITSI_SECRET")
    values = [env.get(name, "").strip() for name in names]
    if not any(values):
        return None
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise ConfigurationError(
            f"{', '.join(missing)} must be set together with the other JITSI_*"
        )
    domain, app_id, secret = values
    if not _DOMAIN.fullmatch(domain.lower()):
        raise ConfigurationError(f"JITSI_DOMAIN is not a host's name: {domain!r}")
    # RFC 7518, 3.2: no shorter than the hash of HS256.
    if len(secret.encode()) < 32:
        raise ConfigurationError("JITSI_SECRET is shorter than 32 characters")
    return Jitsi(domain.lower(), app_id, secret)


def _mail(env: Mapping[str, str], our_host: str) -> Mail | None:
    """Where mail goes: `smtp://user:password@host:587?from=nhacviec@example.gov.vn`."""
    url = env.get("MAIL_URL", "").strip()
    if not url:
        return None
    # Never shown: it may hold a password.
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigurationError("MAIL_URL is not an address: its host or port is wrong") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ConfigurationError("MAIL_URL is not smtp://host:port or smtps://host:port")
    username = unquote(parts.username or "")
    options = parse_qs(parts.query)
    if parts.path.strip("/") or set(options) - {"from"}:
        raise ConfigurationError("MAIL_URL: nothing but ?from= may follow the host and port")
    named = options.get("from", [username if "@" in username else f"giaoban@{our_host}"])[-1]
    # A name without a dot is fine between machines of one network.
    if not re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}", named):
        raise ConfigurationError(f"MAIL_URL: the sender is not an e-mail address: {named!r}")
    tls = parts.scheme == "smtps"
    return Mail(
        host=parts.hostname,
        port=port or (465 if tls else 25),
        sender=named,
        username=username,
        password=unquote(parts.password or ""),
        tls=tls,
    )


def _database_url(env: Mapping[str, str], folder: Path) -> str:
    url = env.get("DATABASE_URL")
    if not url:
        folder.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{folder / 'giaoban.sqlite'}"
    return engine_url(url)


def engine_url(url: str) -> str:
    """The address of a database as SQLAlchemy takes it.

    Args:
        url: in any of the usual spellings, `postgres://…` too.

    Raises:
        ConfigurationError: it is neither SQLite nor PostgreSQL.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in ("sqlite", "postgresql", "postgres"):
        raise ConfigurationError(f"DATABASE_URL is neither sqlite nor postgresql: {scheme!r}")
    # The psycopg 3 driver, whichever of the usual spellings the deployment uses.
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    return url


def _secret_key(env: Mapping[str, str], host: str, public_url: str, folder: Path) -> str:
    key = env.get("SECRET_KEY", "")
    if key:
        if len(key) < 16:
            raise ConfigurationError("SECRET_KEY is shorter than 16 characters")
        return key
    # Whoever can be reached from another machine is in production.
    exposed = host not in LOOPBACK or (
        bool(public_url) and urlsplit(public_url).hostname not in LOOPBACK
    )
    if exposed:
        raise ConfigurationError(
            "SECRET_KEY must be set when the server is reachable from other machines, "
            "for instance: SECRET_KEY=$(openssl rand -hex 32)"
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret_key"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()
