"""Real Socket.IO clients of the real server."""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import socketio
import websocket

from tests.live import Live, revisions
from tests.server import PATIENCE, Server, Window, let_go, until
from tests.world import applied

SocketFor = Callable[..., Window]


@pytest.fixture
def live(server: Server) -> Live:
    return Live(server)


# --- Connecting ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "auth",
    [None, {}, {"token": ""}, {"token": "x"}, {"token": 5}, {"token": "\ud800"}, [], "x", 5],
    ids=repr,
)
def test_without_credentials_the_connection_is_refused(auth: Any, server: Server) -> None:
    client = socketio.Client(reconnection=False, handle_sigint=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(server.url, auth=auth, transports=["websocket"], wait_timeout=PATIENCE)
    let_go(client)


def test_a_page_of_another_site_is_refused(server: Server) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    assert server.request("GET", path, origin="https://evil.example").status == 400
    assert server.request("GET", path, origin=server.url).status == 200


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]], ids=str)
def test_both_transports_carry_it(transports: list[str], live: Live, server: Server) -> None:
    window = Window(server, server.token("daibieu"), transports)
    try:
        assert window.subscribe(live.id)["ok"] is True
        live.give("conclusion.add", text="Một")
        assert revisions(window.wait_for("event")) == [live.revision + 1]
    finally:
        window.close()


def test_a_browsers_session_serves(live: Live, server: Server) -> None:
    form = f"username=daibieu&password={server.password}"
    cookie = server.sign_in(form)
    client = socketio.Client(reconnection=False, handle_sigint=False)
    client.connect(
        server.url, headers={"Cookie": cookie}, transports=["websocket"], wait_timeout=PATIENCE
    )
    assert client.call("subscribe", {"meeting_id": live.id}, timeout=PATIENCE)["ok"] is True
    client.disconnect()
    let_go(client)


# --- Subscribing --------------------------------------------------------------------------------


def test_first_the_snapshot_then_only_what_is_newer(
    live: Live, server: Server, socket_for: SocketFor
) -> None:
    window = socket_for("daibieu")
    first = window.subscribe(live.id)
    assert first["ok"] is True
    assert first["revision"] == first["snapshot"]["revision"] == live.revision
    path = f"/api/v1/meetings/{live.id}/snapshot"
    assert first["snapshot"] == server.request("GET", path, username="daibieu").json

    live.give("conclusion.add", text="Một")
    live.give("conclusion.add", text="Hai")
    later = socket_for("daibieu").subscribe(live.id, after=first["revision"])
    assert later["revision"] == live.revision + 2
    assert revisions(later["events"]) == [live.revision + 1, live.revision + 2]
    assert "snapshot" not in later
    # The same that the open window has heard.
    assert window.wait_for("event", 2) == later["events"]
    now = socket_for("daibieu").subscribe(live.id)["snapshot"]["objects"]
    assert applied(first["snapshot"]["objects"], later["events"]) == now


def test_who_is_up_to_date_gets_nothing_and_who_is_ahead_everything(
    live: Live, socket_for: SocketFor
) -> None:
    window = socket_for("daibieu")
    assert window.subscribe(live.id, after=live.revision)["events"] == []
    assert "snapshot" in window.subscribe(live.id, after=live.revision + 1)


@pytest.mark.parametrize("username", ["khach", "quantri", "vanthu"])
def test_who_is_not_invited_finds_nothing(username: str, live: Live, socket_for: SocketFor) -> None:
    window = socket_for(username)
    for meeting_id in (live.id, 999_999):
        refused = window.subscribe(meeting_id)
        assert (refused["ok"], refused["error"]["code"]) == (False, "not_found")
        refused = window.command(meeting_id, "meeting.close")
        assert (refused["ok"], refused["error"]["code"]) == (False, "not_found")
    invited = socket_for("daibieu")
    invited.subscribe(live.id)
    live.give("conclusion.add", text="Một")
    invited.wait_for("event")
    window.subscribe(live.id)  # whatever came before has been heard by now
    assert window.heard("event") == []


# --- Commands -----------------------------------------------------------------------------------


def test_a_command_reaches_everybody_in_order(live: Live, socket_for: SocketFor) -> None:
    secretary, *others = (socket_for(name) for name in ("thuky", "chutoa", "daibieu"))
    for window in (secretary, *others):
        window.subscribe(live.id)
    for number in range(1, 11):
        answer = secretary.command(
            live.id, "discussion.add", item_id=live.item, text=f"Dòng {number}"
        )
        assert answer["ok"] is True
        assert answer["revision"] == live.revision + number
        assert answer["result"]["text"] == f"Dòng {number}"
    wanted = list(range(live.revision + 1, live.revision + 11))
    for window in (secretary, *others):
        events = window.wait_for("event", 10)
        assert revisions(events) == wanted
        assert {event["type"] for event in events} == {"discussion.add"}
        assert events[0].keys() >= {
            "meeting_id", "revision", "type", "at", "actor", "changed", "deleted",
        }  # fmt: skip


def test_two_who_write_at_once_are_heard_without_a_gap(live: Live, socket_for: SocketFor) -> None:
    listener = socket_for("daibieu")
    before = listener.subscribe(live.id)["snapshot"]["objects"]

    def write(username: str) -> None:
        window = socket_for(username)
        for number in range(15):
            text = f"{username} {number}"
            assert window.command(live.id, "conclusion.add", text=text)["ok"] is True

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ["thuky", "chutoa"]))
    events = listener.wait_for("event", 30)
    assert revisions(events) == list(range(live.revision + 1, live.revision + 31))
    now = socket_for("daibieu").subscribe(live.id)["snapshot"]["objects"]
    assert applied(before, events) == now


def test_a_repeated_request_is_answered_and_not_announced(
    live: Live, socket_for: SocketFor
) -> None:
    secretary, listener = socket_for("thuky"), socket_for("daibieu")
    listener.subscribe(live.id)
    first = secretary.command(live.id, "conclusion.add", request_id="1", text="Một")
    again = secretary.command(live.id, "conclusion.add", request_id="1", text="Một")
    assert first == again
    secretary.command(live.id, "conclusion.add", request_id="2", text="Hai")
    assert revisions(listener.wait_for("event", 2)) == [live.revision + 1, live.revision + 2]


def test_refusals_say_why(live: Live, socket_for: SocketFor) -> None:
    participant, secretary = socket_for("daibieu"), socket_for("thuky")
    refused = participant.command(live.id, "meeting.close")
    assert (refused["ok"], refused["error"]["code"]) == (False, "forbidden")
    refused = secretary.command(live.id, "agenda.advance", from_item=None)
    assert (refused["ok"], refused["error"]["code"]) == (False, "conflict")
    assert refused["error"]["current"]["current_item_id"] == live.item
    refused = secretary.command(live.id, "conclusion.add", text="")
    assert (refused["ok"], refused["error"]["code"]) == (False, "invalid")
    assert refused["error"]["errors"] == [{"field": "text", "message": "Cần nhập nội dung này."}]


# --- Losing and changing a view -----------------------------------------------------------------


def test_who_is_excluded_hears_no_more(live: Live, socket_for: SocketFor) -> None:
    out, stays = socket_for("daibieu2"), socket_for("daibieu")
    out.subscribe(live.id)
    stays.subscribe(live.id)
    live.give("participant.remove", participant_id=live.participant("daibieu2"))
    assert out.wait_for("resubscribe") == [{"meeting_id": live.id}]
    live.give("conclusion.add", text="Không cho người ngoài")
    stays.wait_for("event", 2)
    refused = out.subscribe(live.id)
    assert (refused["ok"], refused["error"]["code"]) == (False, "not_found")
    assert out.heard("event") == []


def test_a_new_role_is_taken_up_by_subscribing_anew(live: Live, socket_for: SocketFor) -> None:
    window = socket_for("daibieu")
    window.subscribe(live.id)
    participant_id = live.participant("daibieu")
    live.give("participant.update", participant_id=participant_id, role="secretary")
    window.wait_for("resubscribe")
    again = window.subscribe(live.id, after=live.revision)
    # Events do not tell of what became visible by the new role.
    assert again["snapshot"]["revision"] == again["revision"] == live.revision + 1
    assert window.command(live.id, "conclusion.add", text="Nay là thư ký")["ok"] is True
    assert window.wait_for("event")[-1]["revision"] == live.revision + 2


def test_a_closed_account_is_refused_at_once(server: Server, socket_for: SocketFor) -> None:
    account = {"username": "tam-thoi", "password": server.password}
    made = server.request("POST", "/api/v1/users", account, username="quantri").json
    window = socket_for("tam-thoi")
    path = f"/api/v1/users/{made['id']}"
    assert server.request("PATCH", path, {"active": False}, username="quantri").status == 200
    for refused in (window.subscribe(1), window.command(1, "meeting.close")):
        assert (refused["ok"], refused["error"]["code"]) == (False, "unauthenticated")
    # Coming back in the same moment helps it no more.
    with contextlib.suppress(socketio.exceptions.ConnectionError):
        refused = socket_for("tam-thoi").subscribe(1)
        assert (refused["ok"], refused["error"]["code"]) == (False, "unauthenticated")
    # The next tick ends what it could still hear, and lets it in no more.
    until(lambda: not window.client.connected, "the end of the connection")
    with pytest.raises(socketio.exceptions.ConnectionError):
        socket_for("tam-thoi")


# --- Bad input ----------------------------------------------------------------------------------

MALFORMED: tuple[Any, ...] = (
    None, 1, "x", True, [], [1], {}, {"meeting_id": "1"}, {"meeting_id": 0}, {"meeting_id": -1},
    {"meeting_id": 2**40}, {"meeting_id": 1.5}, {"meeting_id": True}, {"meeting_id": None},
    {"meeting_id": [1]}, {"meeting_id": {"a": 1}}, {"meeting_id": "\ud800"}, b"\x00\xff",
    {"meeting_id": b"1"},
)  # fmt: skip
FOR_ONE: tuple[Any, ...] = (
    {"name": None}, {"name": 5}, {"name": "x"}, {"name": "\ud800"}, {"name": "meeting.close",
    "args": []}, {"name": "meeting.close", "args": "x"}, {"name": "meeting.close",
    "request_id": 5}, {"name": "meeting.close", "request_id": "\x00"}, {"name": "meeting.close",
    "args": {"x": 1}}, {"name": "conclusion.add", "args": {"text": b"1"}},
)  # fmt: skip


def test_malformed_payloads_are_invalid_and_disturb_nobody(
    live: Live, socket_for: SocketFor
) -> None:
    window, other = socket_for("thuky"), socket_for("daibieu")
    other.subscribe(live.id)
    asked = [(name, body) for name in ("subscribe", "command") for body in MALFORMED]
    asked += [("command", {"meeting_id": live.id} | body) for body in FOR_ONE]
    asked += [("subscribe", {"meeting_id": live.id, "after": x}) for x in (-1, "1", 2**40, [])]
    asked += [("subscribe", ({"meeting_id": live.id}, "more")), ("command", (1, 2, 3))]
    for name, body in asked:
        answer = window.ask(name, body)
        assert (answer["ok"], answer["error"]["code"]) == (False, "invalid"), (name, body)
    assert window.command(live.id, "conclusion.add", text="Vẫn chạy")["ok"] is True
    assert revisions(other.wait_for("event")) == [live.revision + 1]


RAW = [
    "", "4", "42", "42{", "42[", "42[]", "42[1]", "42[null]", "421[\"command\"]", "49", "4x",
    "45-[\"command\"]", "459999999-[\"command\",{\"_placeholder\":true,\"num\":0}]", "z", "40{",
    "42[\"" + "x" * 1000 + "\"]", "42" + "[" * 20_000, "43[]", "431[]", "44{}", "41/khac,",
    "42[\"command\"," + "9" * 4000 + "]",
    "42[\"command\"," + "{\"a\":" * 20_000 + "1" + "}" * 20_000 + "]",
    "42[\"connect\"]", "42[\"disconnect\"]", "42/khac,[\"command\"]",
]  # fmt: skip


def raw(server: Server, token: str, receive_buffer: int | None = None) -> websocket.WebSocket:
    """A WebSocket in the hands of a test, past the two handshakes."""
    options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)] if receive_buffer else []
    address = server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    opened = websocket.create_connection(address, timeout=PATIENCE, sockopt=options)
    assert opened.recv().startswith("0")
    opened.send("40" + json.dumps({"token": token}))
    assert opened.recv().startswith("40")
    return opened


@pytest.mark.parametrize("packet", RAW, ids=lambda packet: packet[:20])
def test_packets_that_are_none_disturb_nobody(
    packet: str, server: Server, bystander: tuple[Live, Window]
) -> None:
    live, window = bystander
    heard = len(window.heard("event"))
    opened = raw(server, server.token("thuky"))
    opened.send(packet)
    opened.close()
    live.give("conclusion.add", text="Vẫn chạy")
    window.wait_for("event", heard + 1)


@pytest.fixture(scope="module")
def bystander(server: Server) -> Iterator[tuple[Live, Window]]:
    """Somebody who only listens, to a meeting of their own."""
    live = Live(server)
    window = Window(server, server.token("daibieu"))
    window.subscribe(live.id)
    yield live, window
    window.close()


def test_a_message_that_is_too_large_ends_only_its_own_connection(
    server: Server, bystander: tuple[Live, Window]
) -> None:
    live, window = bystander
    heard = len(window.heard("event"))
    opened = raw(server, server.token("thuky"))
    opened.send("42" + json.dumps(["command", {"meeting_id": live.id, "name": "x" * 1_000_000}]))
    with contextlib.suppress(websocket.WebSocketException, OSError):
        while opened.recv():
            pass
    opened.shutdown()
    live.give("conclusion.add", text="Vẫn chạy")
    window.wait_for("event", heard + 1)


# --- Size and time ------------------------------------------------------------------------------


def test_a_large_snapshot_reaches_a_slow_reader_whole(
    live: Live, server: Server, socket_for: SocketFor
) -> None:
    text = "Đề nghị bổ sung vốn. " * 96
    lines = 600
    with sqlite3.connect(server.file) as database:
        database.executemany(
            "INSERT INTO entry (meeting_id, item_id, kind, text, at, revision)"
            " VALUES (?, ?, 'opinion', ?, '2026-03-02 01:00:00', 1)",
            [(live.id, live.item, f"{number} {text}"[:2000]) for number in range(lines)],
        )
    database.close()
    opened = raw(server, server.token("daibieu"), receive_buffer=4096)
    opened.send("427" + json.dumps(["subscribe", {"meeting_id": live.id}]))
    # While the answer lies half-read in the socket, the server goes on serving others, and
    # tells this reader of it too.
    other = socket_for("chutoa")
    assert other.command(live.id, "conclusion.add", text="Xen giữa")["ok"] is True
    heard: list[str] = []
    while not any(packet.startswith("437") for packet in heard):
        heard.append(opened.recv())
    answer = json.loads(next(packet for packet in heard if packet.startswith("437"))[3:])[0]
    entries = [key for key in answer["snapshot"]["objects"] if key.startswith("entry/")]
    assert len(entries) == lines
    while not any(packet.startswith('42["event"') for packet in heard):
        heard.append(opened.recv())
    opened.close()


def test_a_tick_comes_within_25_seconds(server: Server, bystander: tuple[Live, Window]) -> None:
    live, window = bystander
    already = len(window.heard("tick"))
    ticks = window.wait_for("tick", already + 1, seconds=25)
    assert ticks[-1].keys() == {"meeting_id", "revision", "now"}
    assert ticks[-1]["meeting_id"] == live.id
    path = f"/api/v1/meetings/{live.id}/snapshot"
    snapshot = server.request("GET", path, username="daibieu").json
    assert ticks[-1]["revision"] == snapshot["revision"]


def test_many_connect_and_leave_at_once(server: Server, bystander: tuple[Live, Window]) -> None:
    live, window = bystander
    heard = len(window.heard("event"))
    gate = threading.Barrier(8)

    def visit(_number: int) -> bool:
        gate.wait(PATIENCE)
        visitor = Window(server, server.token("daibieu2"))
        try:
            return bool(visitor.subscribe(live.id)["ok"])
        finally:
            visitor.close()

    server.token("daibieu2")
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(visit, range(8)))
    live.give("conclusion.add", text="Vẫn chạy")
    window.wait_for("event", heard + 1)


# --- Whose connection it is ---------------------------------------------------------------------


def window_of_browser(server: Server, cookie: str, **auth: Any) -> socketio.Client:
    client = socketio.Client(reconnection=False, handle_sigint=False)
    client.connect(
        server.url,
        headers={"Cookie": cookie},
        auth=auth or None,
        transports=["websocket"],
        wait_timeout=PATIENCE,
    )
    return client


def test_signing_out_ends_the_other_windows_of_that_browser(live: Live, server: Server) -> None:
    form = f"username=daibieu&password={server.password}"
    cookie, elsewhere = server.sign_in(form), server.sign_in(form)
    here, there = window_of_browser(server, cookie), window_of_browser(server, elsewhere)
    for client in (here, there):
        assert client.call("subscribe", {"meeting_id": live.id}, timeout=PATIENCE)["ok"] is True
    server.sign_out(cookie)
    until(lambda: not here.connected, "the end of the window's connection")
    # The same person at another machine goes on.
    assert there.call("subscribe", {"meeting_id": live.id}, timeout=PATIENCE)["ok"] is True
    there.disconnect()
    for client in (here, there):
        let_go(client)


@pytest.mark.parametrize(
    ("address", "message"),
    [("/login", "Không có lệnh này."), ("/login?lang=en", "There is no such command.")],
)
def test_refusals_speak_the_language_of_the_page(
    address: str, message: str, live: Live, server: Server
) -> None:
    cookie = server.sign_in(f"username=thuky&password={server.password}", address)
    client = window_of_browser(server, cookie)
    asked = {"meeting_id": live.id, "name": "meeting.shut"}
    answer = client.call("command", asked, timeout=PATIENCE)
    client.disconnect()
    let_go(client)
    assert answer["error"]["message"] == message


def test_a_page_does_not_speak_for_whoever_signs_in_later(live: Live, server: Server) -> None:
    cookie = server.sign_in(f"username=khach&password={server.password}")
    account = {
        each["username"]: each["id"]
        for each in server.request("GET", "/api/v1/users", username="quantri").json["items"]
    }
    with pytest.raises(socketio.exceptions.ConnectionError):
        window_of_browser(server, cookie, account=account["thuky"])
    own = window_of_browser(server, cookie, account=account["khach"])
    own.disconnect()
    let_go(own)
    path = f"/api/v1/meetings/{live.id}/snapshot"
    for expected, status in (("thuky", 401), ("khach", 404)):
        headers = {"Cookie": cookie, "X-Account": str(account[expected])}
        assert server.request("GET", path, headers=headers).status == status
