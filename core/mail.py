"""Mail over SMTP, one step at a time, so that its sender knows what has certainly not been sent."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime

from email_validator import validate_email

from config import LOOPBACK, Mail

# How long a server may take for one answer, in seconds.
PATIENCE = 20
_ON_THE_WIRE = compat32.clone(linesep="\r\n")
# Of what a server has said, so much is kept.
WORDS = 500


class MailError(Exception):
    """A mail was not handed over; `words` is what the server, or the system, has said."""

    def __init__(self, words: str) -> None:
        self.words = " ".join(words.split())[:WORDS]
        super().__init__(self.words)


class Postponed(MailError):
    """Not now (RFC 5321: 4xx, or the server cannot be reached): it was certainly not sent.

    Attributes:
        away: True where the next mail would fare no better.
    """

    def __init__(self, words: str, *, away: bool) -> None:
        super().__init__(words)
        self.away = away


class Refused(MailError):
    """Never (RFC 5321: 5xx): it was certainly not sent.

    Attributes:
        address: True where it is the recipient's address that is refused.
    """

    def __init__(self, words: str, *, address: bool) -> None:
        super().__init__(words)
        self.address = address


class Uncertain(MailError):
    """The connection was lost after the text went out and before the server took it over: it may
    have been sent or not (RFC 5321, 4.2.5)."""


@dataclass(frozen=True)
class Letter:
    """A mail to one person, as plain text.

    Attributes:
        message_id: names it for ever: a receiving side that gets it twice can tell.
    """

    address: str
    name: str
    subject: str
    body: str
    message_id: str
    at: datetime


class Post:
    """A connection to the mail server, made when it is needed and used for many mails."""

    def __init__(self, server: Mail) -> None:
        """Nothing is opened yet."""
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def prepare(self, letter: Letter) -> None:
        """Announce a mail: until this has returned, nothing of it has been sent.

        Raises:
            Postponed: the server cannot be reached, or takes no mail now.
            Refused: it does not take mail for this address.
        """
        try:
            smtp, code, said = self._from_us()
            if code != 250:
                # Whom mail comes from is not the recipient's fault: it waits until that is mended.
                self._drop()
                raise Postponed(_words(code, said), away=True)
            code, said = smtp.rcpt(_ascii(letter.address))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Postponed(_of(error), away=True) from error
        if code in (250, 251):
            return
        self._reset()
        if 500 <= code < 600:
            raise Refused(_words(code, said), address=True)
        raise Postponed(_words(code, said), away=False)

    def hand_over(self, letter: Letter) -> None:
        """Send the text of the mail that was prepared; it is sent when this returns.

        Raises:
            Postponed: not now.
            Refused: the server does not take this mail.
            Uncertain: nobody can tell.
        """
        smtp = self._smtp
        if smtp is None:
            raise Postponed("not connected", away=True)
        content = message(letter, self._server.sender).as_bytes(policy=_ON_THE_WIRE)
        try:
            code, said = smtp.data(content)
            words = _words(code, said)
        except smtplib.SMTPDataError as error:
            # The server did not even ask for the text.
            code, words = error.smtp_code, _of(error)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Uncertain(_of(error)) from error
        if code == 250:
            return
        self._reset()
        if 500 <= code < 600:
            raise Refused(words, address=False)
        raise Postponed(words, away=False)

    def close(self) -> None:
        """Hang up."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _from_us(self) -> tuple[smtplib.SMTP, int, bytes]:
        """Begin a mail, on the connection that there is or on a new one."""
        if self._smtp is not None:
            # Some servers hang up after so many mails, or so many seconds.
            with suppress(smtplib.SMTPServerDisconnected, ConnectionError):
                code, said = self._smtp.mail(self._server.sender)
                if code != 421:
                    return self._smtp, code, said
            self._drop()
        self._smtp = self._connect()
        return self._smtp, *self._smtp.mail(self._server.sender)

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.tls:
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        try:
            smtp.ehlo_or_helo_if_needed()
            encrypted = server.tls
            if not server.tls and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo()
                encrypted = True
            if server.username:
                if not encrypted and server.host not in LOOPBACK:
                    raise smtplib.SMTPNotSupportedError(
                        "no STARTTLS: the password is not sent in the clear"
                    )
                smtp.login(server.username, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _reset(self) -> None:
        if self._smtp is not None:
            try:
                self._smtp.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()


def message(letter: Letter, sender: str) -> MIMEText:
    """The mail as it goes out. Names and subjects stay one line each, whatever is in them.

    The older classes of `email`: the newer ones lose spaces where they fold long Vietnamese lines.
    """
    made = MIMEText(letter.body, "plain", "utf-8")
    made["From"] = f"Giao ban <{sender}>"
    name = Header(_line(letter.name), "utf-8").encode()
    made["To"] = f"{name} <{_ascii(letter.address)}>"
    made["Subject"] = Header(_line(letter.subject), "utf-8", header_name="Subject").encode()
    made["Date"] = format_datetime(letter.at)
    made["Message-ID"] = letter.message_id
    # Nobody's absence is to be answered (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    return made


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _ascii(address: str) -> str:
    """The address as every server takes it: a domain in Vietnamese letters in its ASCII form."""
    checked = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    return checked.ascii_email or address


def _words(code: int, said: bytes | str) -> str:
    text = said if isinstance(said, str) else said.decode(errors="replace")
    return f"{code} {text}"


def _of(error: OSError | smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__
