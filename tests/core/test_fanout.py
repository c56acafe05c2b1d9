"""Telling many readers at once: whole frames, in order, to slow and strange readers too."""

from __future__ import annotations

import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import websocket
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from wsproto.events import BytesMessage, CloseConnection, Ping
from wsproto.extensions import PerMessageDeflate

from core.fanout import BACKLOG_BYTES
from core.realtime import MAX_MESSAGE_BYTES
from tests.live import Live, revisions
from tests.reader import Reader
from tests.server import PATIENCE, ROOT, Server, Window, free_port, until
from tests.world import SECRET_KEY

SocketFor = Callable[..., Window]
ReaderFor = Callable[..., Reader]
LONG = "Ý kiến dài. " * 1600  # some 20 KB of UTF-8
# More than a reader who does not read may leave unread, in lines.
TOO_MANY = 3 * BACKLOG_BYTES // len(LONG.encode())


@pytest.fixture
def live(server: Server) -> Live:
    return Live(server)


@pytest.fixture
def reader_for(server: Server) -> Iterator[ReaderFor]:
    opened: list[Reader] = []

    def make(username: str, **options: Any) -> Reader:
        opened.append(Reader(server, server.token(username), **options))
        return opened[-1]

    yield make
    for reader in opened:
        reader.close()


def say(live: Live, number: int, text: str = LONG) -> None:
    for _ in range(number):
        live.give("discussion.add", item_id=live.item, kind="opinion", text=text)


# --- Slow readers -------------------------------------------------------------------------------


def test_a_slow_reader_gets_whole_frames_in_order(live: Live, reader_for: ReaderFor) -> None:
    slow = reader_for("daibieu", buffer=4096)
    slow.subscribe(live.id)
    say(live, 60)  # far more than the kernel holds for a reader with so small a buffer
    heard = [slow.event() for _ in range(60)]
    assert revisions(heard) == list(range(live.revision + 1, live.revision + 61))
    assert all(len(next(iter(event["changed"].values()))["text"]) > 19_000 for event in heard)


def test_answers_and_events_keep_their_order_behind_unread_frames(
    live: Live, reader_for: ReaderFor
) -> None:
    slow = reader_for("thuky", buffer=4096)
    slow.subscribe(live.id)
    say(live, 40)
    body = {"meeting_id": live.id, "name": "conclusion.add", "args": {"text": "Một"}}
    slow.say(f"427{json.dumps(['command', body])}")
    texts = []
    while not texts or not texts[-1].startswith("437"):
        text = slow.text()
        assert text, "the connection has ended"
        if text.startswith(('42["event"', "43")):  # the clock ticks in between
            texts.append(text)
    # The event of one's own command is told before the command is answered.
    assert [text[:10] for text in texts] == ['42["event"'] * 41 + ['437[{"ok":']


def test_a_reader_who_never_reads_is_dropped_and_catches_up(
    live: Live, reader_for: ReaderFor, socket_for: SocketFor
) -> None:
    other = socket_for("daibieu2")
    other.subscribe(live.id)
    deaf = reader_for("daibieu", buffer=4096)
    deaf.subscribe(live.id)
    say(live, TOO_MANY)
    # Nobody else has noticed.
    heard = revisions(other.wait_for("event", TOO_MANY))
    assert heard == list(range(live.revision + 1, live.revision + TOO_MANY + 1))
    # What came before is whole and in order; then the connection ended.
    got = revisions(deaf.events())
    assert got == heard[: len(got)]
    assert len(got) < TOO_MANY
    back = reader_for("daibieu")
    missed = back.subscribe(live.id, after=got[-1])
    assert revisions(missed["events"]) == heard[len(got) :]


def test_a_slow_reader_who_leaves_disturbs_nobody(
    live: Live, reader_for: ReaderFor, socket_for: SocketFor
) -> None:
    slow = reader_for("daibieu", buffer=4096)
    slow.subscribe(live.id)
    other = socket_for("daibieu2")
    other.subscribe(live.id)
    say(live, 30)
    slow.close()
    say(live, 3, "Một")
    assert len(revisions(other.wait_for("event", 33))) == 33


# --- Other ways to listen -----------------------------------------------------------------------


def test_polling_readers_hear_the_same_in_the_same_order(
    live: Live, server: Server, socket_for: SocketFor
) -> None:
    polling = Window(server, server.token("daibieu"), ["polling"])
    direct = socket_for("daibieu2")
    try:
        for window in (polling, direct):
            window.subscribe(live.id)
        say(live, 20, "Một")
        heard = polling.wait_for("event", 20)
        assert revisions(heard) == list(range(live.revision + 1, live.revision + 21))
        assert heard == direct.wait_for("event", 20)
    finally:
        polling.close()


def test_nothing_is_lost_while_polling_becomes_a_websocket(live: Live, server: Server) -> None:
    stop = threading.Event()

    def talk() -> None:
        while not stop.is_set():
            say(live, 1, "Một")

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        for _ in range(5):
            window = Window(server, server.token("daibieu"), ["polling", "websocket"])
            try:
                first = window.subscribe(live.id)["revision"]
                heard = revisions(window.wait_for("event", 10))
                # Joining comes first, so what the answer holds already may come once more.
                after = [revision for revision in heard if revision > first]
                assert after == list(range(first + 1, first + 1 + len(after)))
                assert window.client.transport() == "websocket"
            finally:
                window.close()
    finally:
        stop.set()
        talking.join()


@pytest.mark.parametrize("said", ["2nonsense", None], ids=["nonsense", "silence"])
def test_a_failed_upgrade_leaves_the_polling_reader_connected(
    said: str | None, live: Live, server: Server
) -> None:
    window = Window(server, server.token("daibieu"), ["polling"])
    try:
        window.subscribe(live.id)
        path = f"/socket.io/?EIO=4&transport=websocket&sid={window.client.eio.sid}"
        probe = websocket.create_connection(f"ws://127.0.0.1:{server.port}{path}", timeout=PATIENCE)
        if said:
            probe.send(said)
            with pytest.raises(websocket.WebSocketConnectionClosedException):
                probe.recv()
        probe.shutdown()
        say(live, 3, "Một")
        heard = revisions(window.wait_for("event", 3))
        assert heard == list(range(live.revision + 1, live.revision + 4))
    finally:
        window.close()


def test_a_server_that_encrypts_by_itself_takes_the_librarys_way(
    server: Server, live: Live, tmp_path: Path
) -> None:
    # No plain socket of the kernel can be written to there. (Deployments encrypt in nginx.)
    with encrypting(server, tmp_path) as url:
        window = websocket.create_connection(
            f"{url.replace('https', 'wss')}/socket.io/?EIO=4&transport=websocket",
            sslopt={"cert_reqs": ssl.CERT_NONE},
            timeout=PATIENCE,
        )
        window.send(f"40{json.dumps({'token': server.token('daibieu')})}")
        window.send(f"421{json.dumps(['subscribe', {'meeting_id': live.id}])}")
        while not window.recv().startswith("431"):
            pass
        # A tick brings what the other process has stored.
        say(live, 3)
        told: list[int] = []
        while len(told) < 3:
            text = window.recv()
            if text.startswith('42["event"'):
                told.append(json.loads(text[2:])[1]["revision"])
        window.close()
    assert told == list(range(live.revision + 1, live.revision + 4))


@contextmanager
def encrypting(server: Server, folder: Path) -> Iterator[str]:
    """The application on the same database, behind TLS of its own."""
    certificate, port = self_signed(folder), free_port()
    started = (
        "from gevent import monkey; monkey.patch_all()\n"
        "import app, config, core.realtime as realtime\n"
        "run = realtime.socketio.run\n"
        "def encrypted(*args, **kwargs):\n"
        f"    run(*args, **kwargs, certfile={certificate!r}, keyfile={certificate!r})\n"
        "realtime.socketio.run = encrypted\n"
        "app.TICK_SECONDS = 1\n"
        "app.serve(config.load())\n"
    )
    env = {**os.environ, "DATABASE_URL": server.database, "SECRET_KEY": SECRET_KEY}
    process = subprocess.Popen(
        [sys.executable, "-c", started], cwd=ROOT, env=env | {"PORT": str(port)}
    )
    try:
        until(lambda: listens(port), "the encrypting server")
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def self_signed(folder: Path) -> str:
    """A certificate with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "tls.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return str(path)


def test_two_windows_of_one_person_are_both_told(live: Live, socket_for: SocketFor) -> None:
    windows = [socket_for("daibieu"), socket_for("daibieu")]
    for window in windows:
        window.subscribe(live.id)
    say(live, 2, "Một")
    assert windows[0].wait_for("event", 2) == windows[1].wait_for("event", 2)


# --- Compression (RFC 7692) ---------------------------------------------------------------------


def test_a_snapshot_is_compressed_for_readers_who_offer_it(
    live: Live, server: Server, reader_for: ReaderFor
) -> None:
    plain, small = reader_for("daibieu"), reader_for("daibieu", extensions=[PerMessageDeflate()])
    say(live, 5)
    before = plain.received_bytes, small.received_bytes
    whole = plain.subscribe(live.id)
    assert small.subscribe(live.id) == whole
    path = f"/api/v1/meetings/{live.id}/snapshot"
    assert whole["snapshot"] == server.request("GET", path, username="daibieu").json
    # These lines repeat themselves, so they shrink to little.
    assert plain.received_bytes - before[0] > 100_000 > 10 * (small.received_bytes - before[1])
    # What they send compressed is understood as well.
    for reader in (plain, small):
        refused = reader.ask("command", {"meeting_id": live.id, "name": "x" * 5000})
        assert refused["error"]["code"] == "invalid"


def test_events_for_compressing_readers_arrive_too(live: Live, reader_for: ReaderFor) -> None:
    reader = reader_for("daibieu", extensions=[PerMessageDeflate()])
    reader.subscribe(live.id)
    say(live, 2)
    assert revisions([reader.event(), reader.event()]) == [live.revision + 1, live.revision + 2]


def test_a_message_that_inflates_beyond_the_limit_is_refused(
    live: Live, reader_for: ReaderFor, socket_for: SocketFor
) -> None:
    other = socket_for("daibieu2")
    other.subscribe(live.id)
    bomber = reader_for("daibieu", extensions=[PerMessageDeflate()])
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = deflater.compress(b"4" * 50_000_000) + deflater.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < MAX_MESSAGE_BYTES
    head = struct.pack("!BBH", 0x80 | 0x40 | 0x1, 0x80 | 126, len(bomb) - 4)
    bomber.sock.sendall(head + bytes(4) + bomb[:-4])
    assert bomber.text() == ""
    assert bomber.closed == 1009
    say(live, 1, "Một")
    assert len(other.wait_for("event")) == 1


def test_a_smaller_window_is_declined(reader_for: ReaderFor) -> None:
    reader = reader_for("daibieu", extensions=[PerMessageDeflate(server_max_window_bits=9)])
    assert reader.accepted is not None
    assert reader.accepted.extensions == []


# --- The protocol -------------------------------------------------------------------------------


def test_a_message_beyond_the_limit_ends_the_connection(reader_for: ReaderFor) -> None:
    reader = reader_for("daibieu")
    reader.send(BytesMessage(bytes(MAX_MESSAGE_BYTES + 1)))
    assert reader.text() == ""
    assert reader.closed == 1009


def test_a_message_in_many_fragments_is_one(live: Live, reader_for: ReaderFor) -> None:
    reader = reader_for("daibieu")
    asked = f'421["subscribe",{{"meeting_id":{live.id}}}]'
    opcode = 1
    for n, letter in enumerate(asked):
        last = 0x80 if n == len(asked) - 1 else 0
        reader.sock.sendall(struct.pack("!BB", last | opcode, 0x81) + bytes(4) + letter.encode())
        opcode = 0
    assert json.loads(reader.text()[3:])[0]["ok"] is True


def test_pings_are_answered_and_goodbyes_returned(reader_for: ReaderFor) -> None:
    reader = reader_for("daibieu")
    reader.send(Ping(b"hello"))
    reader.send(CloseConnection(1000))
    assert reader.text() == ""
    assert reader.ponged
    assert reader.closed == 1000


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\x02hi",  # not masked
        b"\xf1\x80" + bytes(4),  # reserved bits
        b"\x83\x80" + bytes(4),  # no such kind
        b"\x81\x82" + bytes(4) + b"\xff\xff",  # not UTF-8
        b"\x89\xfe\x01\x00" + bytes(260),  # a ping that is too long
    ],
    ids=["unmasked", "reserved", "unknown", "not UTF-8", "long ping"],
)
def test_a_reader_who_breaks_the_protocol_is_told_and_leaves(
    frame: bytes, live: Live, reader_for: ReaderFor, socket_for: SocketFor
) -> None:
    other = socket_for("daibieu2")
    other.subscribe(live.id)
    reader = reader_for("daibieu")
    reader.sock.sendall(frame)
    assert reader.text() == ""
    assert reader.closed in (1002, 1007)
    say(live, 1, "Một")
    assert len(other.wait_for("event")) == 1


@pytest.mark.parametrize("missing", ["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Connection"])
def test_half_a_handshake_is_refused(missing: str, server: Server) -> None:
    headers = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    del headers[missing]
    lines = ["GET /socket.io/?EIO=4&transport=websocket HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as sock:
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        assert sock.recv(100).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 401 "))
