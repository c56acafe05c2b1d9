"""A real SMTP server on this machine, which keeps what it is given and refuses what tests ask it
to. Run as a program it is a process of its own, which writes each mail's Message-ID to a file:

    python -m tests.smtp PORT FILE
"""

from __future__ import annotations

import asyncio
import re
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

import config
from tests.server import free_port


class Keeper:
    """What the server does. Addresses that begin so are treated so: `bounce` (550), `busy` (451
    until `patient`), `spam` (554 to the text), `lost` (the line breaks after the text)."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.patient = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("bounce"):
            return f"550 5.1.1 <{address}>: no such user here"
        if address.startswith("busy") and not self.patient:
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if envelope.rcpt_tos[0].startswith("spam"):
            return "554 5.7.1 Rejected as spam"
        content: Any = envelope.content
        self.keep(content)
        if envelope.rcpt_tos[0].startswith("lost"):
            server.transport.abort()
        return "250 OK"

    def keep(self, content: bytes) -> None:
        self.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore

    def to(self, address: str) -> list[EmailMessage]:
        return [m for m in self.mails if m["To"].addresses[0].addr_spec == address]


class MailServer(Keeper):
    """The server in a thread of the test's own process."""

    def __init__(self, host: str = "127.0.0.1", **options: Any) -> None:
        super().__init__()
        self._host, self._options = host, options

    def __enter__(self) -> MailServer:
        self.port = free_port()
        self._controller = Controller(self, self._host, self.port, **self._options)
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    @property
    def settings(self) -> config.Mail:
        return config.Mail(self._host, self.port, "nhacviec@example.gov.vn")


class _Writer(Keeper):
    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file.open("ab")

    def keep(self, content: bytes) -> None:
        found = re.search(rb"^Message-ID: *(\S+)", content, re.MULTILINE | re.IGNORECASE)
        assert found is not None
        self._file.write(found[1] + b"\n")
        self._file.flush()


def main(port: int, file: Path) -> None:
    """Serve until the process is ended."""
    loop = asyncio.new_event_loop()
    keeper = _Writer(file)
    loop.run_until_complete(loop.create_server(lambda: SMTP(keeper), "127.0.0.1", port))
    print("ready", flush=True)
    loop.run_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
