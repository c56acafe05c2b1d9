"""Telling many readers the same thing at once: the WebSocket under Socket.IO, and its rooms.

Three hooks of the libraries are used (docs/decisions/0006); what does not fit them takes the
libraries' own path:

- `Rooms` is python-socketio's `client_manager`: an event for rooms is encoded and framed once,
  and the one frame is handed to every WebSocket in them.
- `Transport` is python-engineio's WebSocket under gevent. It sends at once and never waits:
  what the kernel does not take is kept in order and sent when the reader has made room. A
  reader who leaves too much unread is dropped, and catches up on return.
- `task` starts python-engineio's background tasks: its pings wait in one queue rather than
  in a greenlet for each reader.

Readers who poll, and connections that are no plain sockets, are served by the libraries alone.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import gevent
import gevent.socket
import socketio
from engineio import exceptions, packet
from engineio.async_drivers import gevent as driver
from engineio.socket import Socket
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Message, Ping
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason
from wsproto.handshake import server_extensions_handshake
from wsproto.utilities import generate_accept_token, split_comma_header

# What a reader may leave unread, in bytes, beyond what the kernel buffers for them: several
# snapshots of a full day's briefing.
BACKLOG_BYTES = 2 * 1024 * 1024
# Messages from this size, in bytes, are compressed for readers who can take it. Events are
# smaller: compressing them would cost more than it saves.
COMPRESS_FROM = 4 * 1024
# How much is read from, and written to, a socket at once, in bytes.
READ_BYTES = 16 * 1024
WRITE_BYTES = 128 * 1024

_WRITABLE = 2  # libev's EV_WRITE
_TEXT, _BINARY, _CLOSE, _PONG = 0x1, 0x2, 0x8, 0xA
_FINAL, _COMPRESSED = 0x80, 0x40


def _frame(opcode: int, payload: bytes, flags: int = _FINAL) -> bytes:
    # RFC 6455, 5.2. A server does not mask, so one frame serves every reader.
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", flags | opcode, length)
    elif length < 65536:
        head = struct.pack("!BBH", flags | opcode, 126, length)
    else:
        head = struct.pack("!BBQ", flags | opcode, 127, length)
    return head + payload


def frame(message: str | bytes) -> bytes:
    """A message as one WebSocket frame (RFC 6455, 5.2)."""
    if isinstance(message, bytes):
        return _frame(_BINARY, message)
    return _frame(_TEXT, message.encode())


@lru_cache(maxsize=16)
def compressed_frame(message: str) -> bytes:
    """The same, compressed on its own (RFC 7692, 7.2.1). A few are kept: after a break in the
    network, many readers are sent the same snapshot."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    payload = deflater.compress(message.encode()) + deflater.flush(zlib.Z_SYNC_FLUSH)
    return _frame(_TEXT, payload[:-4], _FINAL | _COMPRESSED)


class Deflate(PerMessageDeflate):
    """Compression of single messages (RFC 7692) that keeps nothing between two of them, so
    that an open connection costs no memory for it.

    Args:
        limit: the size of a message, in bytes, beyond which it is refused while it grows.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(client_no_context_takeover=True, server_no_context_takeover=True)
        self._limit = limit
        self._inflated = 0

    def accept(self, offer: str) -> bool | str | None:
        """Answer an offer; one that wants a smaller window than ours is declined."""
        wanted = re.search(r"server_max_window_bits *= *\"?(\d+)", offer)
        if wanted and int(wanted[1]) != zlib.MAX_WBITS:
            return None
        return super().accept(offer)

    def frame_inbound_payload_data(self, proto: Any, data: bytes) -> bytes | CloseReason:
        """Inflate a part of a message, up to the limit."""
        inflater = self._decompressor
        if inflater is None or not self._inbound_compressed or not self._inbound_is_compressible:
            return data
        try:
            inflated = inflater.decompress(bytes(data), self._limit - self._inflated + 1)
        except zlib.error:
            return CloseReason.INVALID_FRAME_PAYLOAD_DATA
        self._inflated += len(inflated)
        if self._inflated > self._limit or inflater.unconsumed_tail:
            return CloseReason.MESSAGE_TOO_BIG
        return inflated

    def frame_inbound_complete(self, proto: Any, fin: bool) -> bytes | CloseReason | None:
        """End a frame; the count begins anew with the next message."""
        if fin:
            self._inflated = 0
        return super().frame_inbound_complete(proto, fin)


class Outbox:
    """What is on its way to one reader, in order: stands in for the queue of their engine.io
    socket, and sends by itself instead of being read by a greenlet.

    Args:
        sock: the reader's socket.
        compresses: the reader takes compressed messages.

    Attributes:
        idle: nothing waits, so the next frame may go straight to `sock`.
        sock: the socket itself, which never waits.
    """

    __slots__ = ("_closing", "_compresses", "_unsent", "_unsent_bytes", "_watcher", "idle", "sock")

    def __init__(self, sock: gevent.socket.socket, compresses: bool) -> None:
        self.sock: Any = sock._sock  # type: ignore[attr-defined]
        self.idle = True
        self._compresses = compresses
        self._unsent: deque[bytes] | None = None
        self._unsent_bytes = 0
        self._watcher: Any = None
        self._closing = False

    def put(self, pkt: packet.Packet | None) -> None:
        """Send a packet; None: say goodbye after everything else."""
        if pkt is None:
            self.close()
            return
        message = pkt.encode()
        if self._compresses and len(message) >= COMPRESS_FROM and isinstance(message, str):
            self.write(compressed_frame(message))
        else:
            self.write(frame(message))

    def join(self) -> None:
        """Nobody waits for what is on its way."""

    def write(self, data: bytes) -> None:
        """Send one whole frame, or the rest of one. Nothing follows a goodbye."""
        if self.sock is None or self._closing:
            return
        sent = 0
        if self.idle:
            try:
                sent = self.sock.send(data)
            except BlockingIOError:
                pass
            except OSError:
                self.drop()
                return
            if sent == len(data):
                return
            self.idle = False
            self._unsent = deque()
            self._watcher = gevent.get_hub().loop.io(self.sock.fileno(), _WRITABLE)
            self._watcher.start(self._send_more)
        self._keep(data[sent:])

    def _keep(self, data: bytes) -> None:
        self._unsent_bytes += len(data)
        if self._unsent_bytes > BACKLOG_BYTES:
            self.drop()
        elif self._unsent is not None:
            self._unsent.append(data)

    def _send_more(self) -> None:
        # Runs in the hub: it must not wait, nor raise.
        unsent = self._unsent
        if self.sock is None or unsent is None:
            return
        chunk = b""
        while unsent and len(chunk) < WRITE_BYTES:
            chunk += unsent.popleft()
        try:
            sent = self.sock.send(chunk)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.drop()
            return
        self._unsent_bytes -= sent
        if sent < len(chunk):
            unsent.appendleft(chunk[sent:])
        elif not unsent:
            self._rest()
            self.idle = True
            if self._closing:
                self._hang_up()

    def _rest(self) -> None:
        self._unsent, self._unsent_bytes = None, 0
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None

    def close(self, code: int = CloseReason.NORMAL_CLOSURE) -> None:
        """Say goodbye, once, after everything else (RFC 6455, 5.5.1).

        Args:
            code: why (RFC 6455, 7.4.1); the reader's own code when they said goodbye first.
        """
        if self.sock is None or self._closing:
            return
        # 1005 and 1006 stand for "no code" and may not be sent.
        unsaid = code in (CloseReason.NO_STATUS_RCVD, CloseReason.ABNORMAL_CLOSURE)
        self.write(_frame(_CLOSE, b"" if unsaid else struct.pack("!H", code)))
        self._closing = True
        if self.idle:
            self._hang_up()

    def _hang_up(self) -> None:
        # The reader's own goodbye, or the end of the connection, then ends `Transport`.
        self.idle = False
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_WR)

    def drop(self) -> None:
        """End the connection at once; what was on its way is forgotten."""
        sock, self.sock = self.sock, None
        self.idle = False
        self._rest()
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class Transport:
    """One reader's WebSocket, as python-engineio asks for it: called with a WSGI request, it
    lives as long as the connection.

    Args:
        handler: the engine.io socket's own handler of a WebSocket.
        server: the engine.io server.
    """

    def __init__(self, handler: Callable[[Any], Any], server: Any) -> None:
        self._handler = handler
        self._server = server

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        stream = environ["wsgi.input"]
        stream = getattr(stream, "rfile", stream)
        sock = getattr(getattr(stream, "raw", None), "_sock", None)
        if type(sock) is not gevent.socket.socket:
            # Encrypted by ourselves, or not gevent's: the library knows how.
            return driver.WebSocketWSGI(self._handler, self._server)(environ, start_response)
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
        if not key or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
            refused = self._server._bad_request("Not a WebSocket handshake (RFC 6455, 4.2.1)")
            start_response(refused["status"], refused["headers"])
            return [refused["response"]]
        # Its buffer of 8 KiB is not needed again. (Nothing may follow before our answer.)
        stream.close()
        try:
            self._serve(sock, key, environ.get("HTTP_SEC_WEBSOCKET_EXTENSIONS", ""))
        finally:
            # Hang up, else gevent takes what still comes for the connection's next request.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        return []

    def _serve(self, sock: gevent.socket.socket, key: str, offers: str) -> None:
        deflate = Deflate(self._server.max_http_buffer_size)
        agreed = server_extensions_handshake(split_comma_header(offers.encode()), [deflate])
        answer = [
            b"HTTP/1.1 101 Switching Protocols",
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Accept: " + generate_accept_token(key.encode()),
        ]
        if agreed:
            answer.append(b"Sec-WebSocket-Extensions: " + agreed)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A reader who is silent for longer has missed a ping.
        sock.settimeout(self._server.ping_interval + self._server.ping_timeout)
        outbox = Outbox(sock, bool(agreed))
        outbox.write(b"\r\n".join(answer) + b"\r\n\r\n")
        client: Socket = self._handler.__self__  # type: ignore[attr-defined]
        messages = self._messages(sock, outbox, Connection(ConnectionType.SERVER, [deflate]))
        try:
            if client.connected and not self._upgraded(client, outbox, messages):
                return  # where the network lets no WebSocket through, it goes on polling
            self._take_over(client, outbox)
            for message in messages:
                if not self._received(client, message):
                    break
        finally:
            if client.queue is outbox:
                client.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_CLOSE)
            outbox.drop()

    def _upgraded(self, client: Socket, outbox: Outbox, messages: Iterator[str | bytes]) -> bool:
        # From polling, as the engine.io protocol has it: "2probe", "3probe", "5".
        client.upgrading = True
        try:
            if next(messages, None) != "2probe":
                return False
            outbox.put(packet.Packet(packet.PONG, data="probe"))
            client.queue.put(packet.Packet(packet.NOOP))  # ends the poll that is open
            return next(messages, None) == "5"
        finally:
            client.upgrading = False

    def _take_over(self, client: Socket, outbox: Outbox) -> None:
        # What waits for the reader is sent first; nobody else runs between these lines.
        queue, client.queue = client.queue, outbox
        client.connected = client.upgraded = True
        while not queue.empty():
            outbox.put(queue.get(block=False))

    def _received(self, client: Socket, message: str | bytes) -> bool:
        try:
            client.receive(packet.Packet(encoded_packet=message))
        except exceptions.UnknownPacketError:
            pass
        except (exceptions.SocketIsClosedError, ValueError):
            return False
        except Exception:  # of the library; ours are caught in Flask-SocketIO
            self._server.logger.exception("Unknown receive error")
            return False
        return not client.closed

    def _messages(
        self, sock: gevent.socket.socket, outbox: Outbox, connection: Connection
    ) -> Iterator[str | bytes]:
        """What the reader sends, message by message, until they leave or break the rules."""
        parts: list[Any] = []
        size = 0
        while True:
            try:
                data = sock.recv(READ_BYTES)
            except OSError:  # among them the timeout
                return
            if not data:
                return
            connection.receive_data(data)
            for event in connection.events():
                if isinstance(event, Message):
                    parts.append(event.data)
                    size += len(event.data)
                    if size > self._server.max_http_buffer_size:
                        outbox.close(CloseReason.MESSAGE_TOO_BIG)
                        return
                    if event.message_finished:
                        yield type(parts[0])().join(parts)
                        parts, size = [], 0
                elif isinstance(event, Ping):
                    outbox.write(_frame(_PONG, bytes(event.payload)))
                elif isinstance(event, CloseConnection):
                    outbox.close(event.code)
                    return


class Rooms(socketio.Manager):  # type: ignore[misc]  # the library has no types
    """Who is in which room of this process, and telling a room."""

    def __init__(self) -> None:
        super().__init__()
        # Who is in the rooms that were last told, until anybody comes or goes: the outboxes of
        # WebSockets, and the ids of the library's own connections.
        self._audiences: dict[tuple[str, ...], tuple[list[Outbox], list[str]]] = {}
        # The library looks through all rooms for the one who leaves; we know theirs.
        self._rooms_of: dict[tuple[str, str], set[Any]] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: Any = None) -> None:
        """Add a reader to a room."""
        self._audiences.clear()
        super().basic_enter_room(sid, namespace, room, eio_sid)
        self._rooms_of.setdefault((namespace, sid), set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        """Take a reader out of a room."""
        self._audiences.clear()
        super().basic_leave_room(sid, namespace, room)
        self._rooms_of.get((namespace, sid), set()).discard(room)

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        """Take a reader out of all rooms and forget them."""
        for room in self._rooms_of.pop((namespace, sid), ()):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **kwargs: Any,
    ) -> None:
        """Send an event to one reader or to everybody in one or several rooms, once each."""
        told = to or room
        encoded = self.server.packet_class(
            socketio.packet.EVENT, namespace=namespace, data=[event, data]
        ).encode()
        if skip_sid or callback or told is None or isinstance(encoded, list):
            super().emit(event, data, namespace, room, skip_sid, callback, to, **kwargs)
            return
        pkt = packet.Packet(packet.MESSAGE, encoded)
        framed = frame(pkt.encode())
        length = len(framed)
        outboxes, others = self._audience(namespace, told)
        # The inner loop of the whole product: `Outbox.write`, without its call where the kernel
        # takes the frame, which it nearly always does.
        for outbox in outboxes:
            if outbox.idle:
                try:
                    sent = outbox.sock.send(framed)
                except OSError:
                    sent = 0
                if sent != length:
                    outbox.write(framed[sent:])
            else:
                outbox.write(framed)
        for client_id in others:
            self.server._send_eio_packet(client_id, pkt)

    def _audience(self, namespace: str, told: Any) -> tuple[list[Outbox], list[str]]:
        key = (namespace, told) if isinstance(told, str) else (namespace, *told)
        audience = self._audiences.get(key)
        if audience is None:
            audience = self._audiences[key] = ([], [])
            for _sid, client_id in self.get_participants(namespace, told):
                client = self.server.eio.sockets.get(client_id)
                if client is not None and isinstance(client.queue, Outbox):
                    audience[0].append(client.queue)
                else:
                    audience[1].append(client_id)
        return audience


class _Pings:
    """The pings that are due, oldest first: they all wait equally long."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, Socket]] = deque()
        self._running = False

    def add(self, client: Socket) -> None:
        self._waiting.append((time.monotonic() + client.server.ping_interval, client))
        if not self._running:
            self._running = True
            gevent.spawn(self._run)

    def _run(self) -> None:
        while self._waiting:
            due, client = self._waiting.popleft()
            gevent.sleep(max(0.0, due - time.monotonic()))
            if not client.closing and not client.closed:
                client.last_ping = time.time()
                with contextlib.suppress(exceptions.SocketIsClosedError):
                    client.send(packet.Packet(packet.PING))
        self._running = False


_pings = _Pings()


class _Ping:
    """A ping as the task that python-engineio starts for it."""

    def __init__(self, client: Socket) -> None:
        self._client = client

    def start(self) -> None:
        _pings.add(self._client)


def task(target: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
    """A background task of python-engineio, to be started: a greenlet, or a place in the queue
    of pings."""
    if getattr(target, "__func__", None) is Socket._send_ping:
        return _Ping(target.__self__)  # type: ignore[attr-defined]
    return driver.Thread(target, args, kwargs or {})
