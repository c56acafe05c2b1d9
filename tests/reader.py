"""A reader of a meeting who holds the socket in their own hands: reads slowly or never, sends
what no library would send. WebSocket by wsproto, Socket.IO by hand."""

from __future__ import annotations

import json
import socket
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Message,
    Ping,
    Pong,
    Request,
    TextMessage,
)
from wsproto.extensions import Extension

from tests.server import PATIENCE, Server


class Reader:
    """One WebSocket to the server, connected and signed in.

    Args:
        server: the real server.
        token: whose connection it is.
        buffer: how much the kernel holds for a reader who does not read, in bytes.
        extensions: what to offer.
    """

    def __init__(
        self,
        server: Server,
        token: str,
        *,
        buffer: int | None = None,
        extensions: list[Extension] | None = None,
    ) -> None:
        self.sock = socket.socket()
        if buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(("127.0.0.1", server.port))
        self.protocol = WSConnection(ConnectionType.CLIENT)
        self.received_bytes = 0
        self._texts: list[str] = []
        self._part = ""
        self.closed: int | None = None
        self.ponged = False
        self.accepted: AcceptConnection | None = None
        self.send(
            Request(
                host=f"127.0.0.1:{server.port}",
                target="/socket.io/?EIO=4&transport=websocket",
                extensions=extensions or [],
            )
        )
        assert self.text().startswith("0{")
        self.say("40" + json.dumps({"token": token}))
        assert self.text().startswith("40{")

    def send(self, event: Any) -> None:
        self.sock.sendall(self.protocol.send(event))

    def say(self, text: str) -> None:
        self.send(TextMessage(text))

    def text(self) -> str:
        """The next message; empty when the connection has ended."""
        while not self._texts:
            if self.closed is not None or not self._read():
                return ""
        return self._texts.pop(0)

    def _read(self) -> bool:
        try:
            data = self.sock.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            return False
        self.received_bytes += len(data)
        self.protocol.receive_data(data)
        for event in self.protocol.events():
            if isinstance(event, AcceptConnection):
                self.accepted = event
            elif isinstance(event, Message):
                self._part += str(event.data)
                if event.message_finished:
                    self._take(self._part)
                    self._part = ""
            elif isinstance(event, Ping):
                self.send(event.response())
            elif isinstance(event, Pong):
                self.ponged = True
            elif isinstance(event, CloseConnection):
                self.closed = event.code
        return True

    def _take(self, text: str) -> None:
        if text == "2":  # engine.io's own ping
            self.say("3")
        else:
            self._texts.append(text)

    def ask(self, name: str, body: Any) -> Any:
        """Send an event and return its acknowledgement; what comes before it is dropped."""
        self.say(f"421{json.dumps([name, body])}")
        while not (text := self.text()).startswith("431"):
            assert text
        return json.loads(text[3:])[0]

    def subscribe(self, meeting_id: int, after: int | None = None) -> Any:
        return self.ask("subscribe", {"meeting_id": meeting_id, "after": after})

    def events(self) -> list[dict[str, Any]]:
        """Every event until the connection ends."""
        found = []
        while text := self.text():
            if text.startswith('42["event"'):
                found.append(json.loads(text[2:])[1])
        return found

    def event(self) -> dict[str, Any]:
        """The next event."""
        while not (text := self.text()).startswith('42["event"'):
            assert text, "the connection has ended"
        found: dict[str, Any] = json.loads(text[2:])[1]
        return found

    def close(self) -> None:
        self.sock.close()
