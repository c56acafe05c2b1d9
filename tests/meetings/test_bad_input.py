"""What no client of ours sends, and far too much of it: refused, and nobody else notices."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from websocket import ABNF, WebSocket

from core.errors import RateLimited
from meetings import limits
from people.actor import Actor
from tests.meetings.test_sockets import Live, SocketFor, raw, revisions
from tests.server import PATIENCE, Server, Window, until

# JSON that Python's reader takes and a command must not: as it stands on the wire.
ARGUMENTS = {
    "NaN": '{"text": NaN}',
    "infinity": '{"text": -Infinity}',
    "a number without end": '{"text": 1e400}',
    "NaN as an id": '{"text": "a", "item_id": NaN}',
    "1e400 as an id": '{"text": "a", "item_id": 1e400}',
    "an id like 1.0": '{"text": "a", "item_id": 1.0}',
    "an id too large": '{"text": "a", "item_id": 9223372036854775808}',
    "nothing but NUL": r'{"text": "\u0000\u0000"}',
    "half a surrogate pair": r'{"text": "\ud800"}',
    "half a pair as a name": r'{"text": "a", "\ud800": 1}',
    "a name too many": '{"text": "a", "__proto__": {"x": 1}}',
    "nested lists": '{"text": ' + "[" * 400 + "]" * 400 + "}",
    "nested objects": '{"text": ' + '{"a":' * 400 + "1" + "}" * 400 + "}",
    "a text of 200,000 letters": '{"text": "' + "a" * 200_000 + '"}',
    "20,000 names": "{" + ",".join(f'"a{n}":1' for n in range(20_000)) + "}",
    "a list": "[]",
    "a text": '"text"',
}
REQUESTS = {
    "10 KB": '"' + "a" * 10_240 + '"',
    "NUL": r'"a\u0000b"',
    "half a surrogate pair": r'"a\udfff"',
    "a line": r'"a\n"',
    "empty": '""',
    "NaN": "NaN",
    "an object": "{}",
}
COMMANDS = [
    (what, f'"name": "conclusion.add", "args": {args}') for what, args in ARGUMENTS.items()
] + [
    (f"request_id: {what}", f'"name": "conclusion.add", "request_id": {i}, "args": {{"text": "a"}}')
    for what, i in REQUESTS.items()
]
every_command = pytest.mark.parametrize(
    "body", [body for _what, body in COMMANDS], ids=[what for what, _body in COMMANDS]
)


@pytest.fixture(scope="module")
def live(server: Server) -> Live:
    return Live(server)


@pytest.fixture(autouse=True)
def nothing_has_happened(live: Live, server: Server) -> Iterator[None]:
    """Others hear at once what a secretary says, and the log holds nothing else."""
    window = Window(server, server.token("daibieu"))
    before = window.subscribe(live.id)["revision"]
    yield
    began = time.monotonic()
    assert server.command("chutoa", live.id, "conclusion.add", text="Vẫn chạy").status == 200
    assert revisions(window.wait_for("event")) == [before + 1]
    # Far more than it takes, far less than a flood would last.
    assert time.monotonic() - began < 5
    window.close()
    # Not even a fault of ours that somebody has caught.
    assert "Traceback" not in server.log.read_text()


def asked(opened: WebSocket, event: str, body: str) -> Any:
    """The acknowledgement of an event whose body is this very JSON."""
    opened.send(f'427["{event}",{body}]')
    while not (packet := opened.recv()).startswith("437"):
        pass
    return json.loads(packet[3:])[0]


@pytest.fixture(scope="module")
def opened(server: Server) -> Iterator[WebSocket]:
    """A WebSocket of the secretary that outlives all of it."""
    made = raw(server, server.token("thuky"))
    yield made
    made.close()


@every_command
def test_over_a_socket_it_is_invalid(body: str, opened: WebSocket, live: Live) -> None:
    answer = asked(opened, "command", f'{{"meeting_id": {live.id}, {body}}}')
    assert (answer["ok"], answer["error"]["code"]) == (False, "invalid")


@every_command
def test_over_http_it_is_invalid(body: str, server: Server, live: Live) -> None:
    answer = posted(server, live, f"{{{body}}}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


def posted(server: Server, live: Live, body: str) -> requests.Response:
    return requests.post(
        f"{server.url}/api/v1/meetings/{live.id}/commands",
        data=body.encode(),
        headers={
            "Authorization": f"Bearer {server.token('thuky')}",
            "Content-Type": "application/json",
        },
        timeout=PATIENCE,
    )


@pytest.mark.parametrize(
    "after", ["2147483648", "1e400", "1e3", "NaN", "9" * 90, '"1"', "true", "[[]]", "-1"]
)
def test_a_revision_that_is_none_is_invalid(
    after: str, opened: WebSocket, server: Server, live: Live
) -> None:
    answer = asked(opened, "subscribe", f'{{"meeting_id": {live.id}, "after": {after}}}')
    assert (answer["ok"], answer["error"]["code"]) == (False, "invalid")
    path = f"/api/v1/meetings/{live.id}/events?after={after.replace(chr(34), '%22')}"
    found = server.request("GET", path.replace("true", "true%00"), username="thuky")
    assert (found.status, found.json["code"]) == (422, "invalid")


def test_far_too_deep_and_far_too_long_over_http(server: Server, live: Live) -> None:
    deep = posted(server, live, '{"name": "conclusion.add", "args": ' + '{"a":' * 100_000)
    assert deep.status_code in (400, 422)
    assert deep.json()["code"] == "invalid"
    long = posted(server, live, '{"name": "' + "a" * 2**21 + '"}')
    assert (long.status_code, long.json()["code"]) == (413, "too_large")


def test_binary_attachments_are_invalid(opened: WebSocket, live: Live) -> None:
    place = '{"_placeholder":true,"num":0}'
    body = f'{{"meeting_id":{live.id},"name":"conclusion.add","args":{{"text":{place}}}}}'
    opened.send(f'451-7["command",{body}]')
    opened.send(b"\x00\xff" * 1000, ABNF.OPCODE_BINARY)
    while not (packet := opened.recv()).startswith("437"):
        pass
    assert json.loads(packet[3:])[0]["error"]["code"] == "invalid"


def test_thousands_of_events_that_there_are_not_are_ignored(opened: WebSocket, live: Live) -> None:
    for number in range(3000):
        opened.send(f'42["la-{number}",{{"meeting_id":{live.id}}}]')
    assert asked(opened, "command", "5")["error"]["code"] == "invalid"


def test_hundreds_of_subscriptions_are_too_many_for_one_connection(
    server: Server, live: Live, socket_for: SocketFor
) -> None:
    mine, other = raw(server, server.token("thuky")), socket_for("thuky")
    codes = [
        asked(mine, "subscribe", f'{{"meeting_id": {900_000 + number}}}')["error"]["code"]
        for number in range(300)
    ]
    assert set(codes[:100]) == {"not_found"}
    # Some more pass with every second.
    assert codes.count("rate_limited") > 100
    assert other.subscribe(live.id)["ok"] is True
    mine.close()


def test_a_flood_of_commands_is_refused_and_slows_nobody(
    server: Server, live: Live, socket_for: SocketFor
) -> None:
    name = "daibieu2"  # nobody else here
    flood, other = raw(server, server.token(name)), socket_for("chutoa")
    for number in range(1500):
        flood.send(f'42{number}["command",{{"meeting_id":{live.id},"name":"meeting.shut"}}]')
    # While the server works through it, another's command is answered at once.
    began = time.monotonic()
    assert other.command(live.id, "meeting.shut")["error"]["code"] == "invalid"
    assert time.monotonic() - began < 2

    def next_code() -> str:
        while not (packet := flood.recv()).startswith("43"):
            pass
        code: str = json.loads(packet[packet.index("[") :])[0]["error"]["code"]
        return code

    codes = [next_code() for _each in range(700)]
    assert codes[:600] == ["invalid"] * 600
    assert "rate_limited" in codes
    # The account's other door is shut meanwhile; other accounts' doors are not.
    # (It opens a little with every second, so the flood goes on.)
    message = f'42["command",{{"meeting_id":{live.id},"name":"meeting.shut"}}]'

    def refused_elsewhere() -> bool:
        for _each in range(100):
            flood.send(message)
        refused = server.command(name, live.id, "meeting.shut")
        return (refused.status, refused.json["code"]) == (429, "rate_limited")

    until(refused_elsewhere, "the refusal of the account's other door")
    assert server.command("chutoa", live.id, "meeting.shut").json["code"] == "invalid"
    flood.close()


def test_sixty_lines_after_hours_offline_pass(
    server: Server, live: Live, socket_for: SocketFor
) -> None:
    own = Live(server)
    window = socket_for("thuky")
    answers = [window.command(own.id, "conclusion.add", text=f"Dòng {n}") for n in range(60)]
    assert all(answer["ok"] for answer in answers)


def test_who_waits_may_ask_again(
    thu_ky: Actor, do: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, giao_ban: Any
) -> None:
    monkeypatch.setattr(limits, "COMMANDS", limits.Limit(at_once=3, per_second=1))

    def ask() -> bool:
        with giao_ban.app.app_context():
            try:
                limits.ask(thu_ky, giao_ban.id, "agenda.add", None, {"title": "Việc khác"})
            except RateLimited:
                return False
            return True

    assert [ask() for _each in range(4)] == [True, True, True, False]
    until(ask, "an end of the refusals", 5)
