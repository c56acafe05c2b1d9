"""The log: a line of JSON for each request and command, with its ids and without its texts."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import logs
from core.db import db
from core.errors import Conflict
from people.actor import Actor
from tests.server import Server, until
from tests.world import Briefing

ID = re.compile(r"[0-9a-f]{16}")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def logging_to() -> Iterator[Callable[[io.StringIO], io.StringIO]]:
    """`logging_to(stream)`: what the server does at its start, undone at the end."""
    root, hub = logging.getLogger(), gevent.get_hub()
    before = root.handlers[:], root.level

    def configure(stream: io.StringIO) -> io.StringIO:
        logs.configure(stream)
        return stream

    yield configure
    root.handlers[:], root.level = before
    logging.captureWarnings(False)
    vars(hub).pop("print_exception", None)


@pytest.fixture
def lines(logging_to: Callable[[io.StringIO], io.StringIO]) -> Callable[..., list[dict[str, Any]]]:
    """`lines(message="command")`: what was logged so far and fits."""
    stream = logging_to(io.StringIO())

    def read(**fits: Any) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in stream.getvalue().splitlines()]
        return [each for each in found if fits.items() <= each.items()]

    return read


Lines = Callable[..., list[dict[str, Any]]]


# --- Requests -----------------------------------------------------------------------------------


def test_a_request_is_one_line_with_its_id(client: FlaskClient, lines: Lines) -> None:
    answer = client.get("/login?next=/bi-mat", headers={"Cookie": "session=banh-quy"})
    assert ID.fullmatch(answer.headers["X-Request-ID"])
    (line,) = lines(logger="access")
    assert line.pop("ms") >= 0
    moment = datetime.fromisoformat(line.pop("time"))
    assert moment.utcoffset() == timedelta(0)
    assert line == {
        "level": "INFO",
        "logger": "access",
        "message": "request",
        "method": "GET",
        "path": "/login",
        "status": 200,
        "request_id": answer.headers["X-Request-ID"],
    }


def test_the_proxy_may_name_the_request(client: FlaskClient, lines: Lines) -> None:
    answer = client.get("/login", headers={"X-Request-ID": "Nginx-0123.ab_c"})
    assert answer.headers["X-Request-ID"] == "Nginx-0123.ab_c"
    assert lines(logger="access")[0]["request_id"] == "Nginx-0123.ab_c"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "12345678 x", 'a"b:1234567', "ữữữữữữữữ"])
def test_a_name_that_is_none_is_replaced(given: str, client: FlaskClient) -> None:
    answer = client.get("/login", headers={"X-Request-ID": given.encode().decode("latin-1")})
    assert ID.fullmatch(answer.headers["X-Request-ID"])


def test_two_requests_have_two_ids(client: FlaskClient) -> None:
    first, second = (client.get("/login").headers["X-Request-ID"] for _each in range(2))
    assert first != second


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/css/app.css"])
def test_what_is_asked_all_the_time_leaves_no_line(
    path: str, client: FlaskClient, lines: Lines
) -> None:
    with client.get(path) as answer:
        assert answer.status_code == 200
        assert "X-Request-ID" in answer.headers
    assert lines() == []


def test_what_is_refused_before_any_view_has_its_line_too(
    client: FlaskClient, lines: Lines
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post("/api/v1/auth/token", json={}, headers=headers)
    assert answer.status_code == 403
    assert set(answer.json) == {"type", "title", "status", "detail", "code", "errors"}
    (line,) = lines(logger="access", status=403)
    assert line["request_id"] == answer.headers["X-Request-ID"]


def test_who_asked_about_what(
    live: Briefing, client_for: Callable[[str], FlaskClient], thu_ky: Actor, lines: Lines
) -> None:
    client_for("thuky").get(f"/api/v1/meetings/{live.id}/snapshot")
    (line,) = lines(logger="access")
    assert (line["user_id"], line["meeting_id"]) == (thu_ky.user_id, live.id)


def test_ids_of_one_request_do_not_stay_for_the_next(
    live: Briefing, client_for: Callable[[str], FlaskClient], client: FlaskClient, lines: Lines
) -> None:
    client_for("thuky").get(f"/api/v1/meetings/{live.id}/snapshot")
    client.get("/login")
    assert not {"user_id", "meeting_id"} & lines(path="/login")[0].keys()


def test_greenlets_do_not_see_each_others_ids(lines: Lines) -> None:
    def work(number: int) -> None:
        logs.bind(meeting_id=number)
        gevent.sleep(0)
        logging.getLogger("x").info("x")

    gevent.joinall([gevent.spawn(work, number) for number in range(5)])
    assert sorted(line["meeting_id"] for line in lines()) == list(range(5))
    logging.getLogger("x").info("outside")
    assert "meeting_id" not in lines(message="outside")[0]


# --- Commands -----------------------------------------------------------------------------------


def test_an_accepted_command_is_one_line(live: Briefing, thu_ky: Actor, lines: Lines) -> None:
    outcome = live.do(thu_ky, "conclusion.add", request_id="dong-1", text="Lời bí mật")
    (line,) = lines(message="command")
    assert line.pop("ms") > 0
    assert ID.fullmatch(line.pop("request_id"))
    del line["time"]
    assert line == {
        "level": "INFO",
        "logger": "command",
        "message": "command",
        "command": "conclusion.add",
        "result": "ok",
        "revision": outcome.revision,
        "meeting_id": live.id,
        "user_id": thu_ky.user_id,
    }


def test_a_refused_command_is_one_line_with_the_code(
    live: Briefing, thu_ky: Actor, lines: Lines
) -> None:
    with pytest.raises(Conflict):
        live.do(thu_ky, "agenda.advance", from_item=live.parts.items[2])
    (line,) = lines(message="command")
    assert (line["command"], line["result"]) == ("agenda.advance", "conflict")
    assert "revision" not in line


def test_over_http_command_and_request_share_their_id(
    live: Briefing, client_for: Callable[[str], FlaskClient], lines: Lines
) -> None:
    body = {"name": "conclusion.add", "args": {"text": "Lời bí mật"}}
    client_for("thuky").post(f"/api/v1/meetings/{live.id}/commands", json=body)
    (command,), (request,) = lines(message="command"), lines(message="request")
    assert command["request_id"] == request["request_id"]
    assert request["meeting_id"] == live.id


# --- What may not be in it ----------------------------------------------------------------------


def test_what_a_client_makes_up_begins_no_line(
    live: Briefing, client_for: Callable[[str], FlaskClient], lines: Lines
) -> None:
    browser = client_for("thuky")
    browser.get("/x%0a%7b%22level%22:%22ERROR%22%7d%E2%80%A8y")
    body = {"name": 'x\n{"level":"ERROR"}', "args": {}}
    assert browser.post(f"/api/v1/meetings/{live.id}/commands", json=body).status_code == 422
    assert [line["level"] for line in lines()] == ["INFO"] * 3
    assert lines(logger="access")[0]["path"].startswith("/x%0A%7B%22level")
    assert lines(message="command")[0]["command"] == "unknown"
    logging.getLogger("x").error("two\nlines\u2028and\x85more")
    assert lines(level="ERROR")[0]["message"] == "two\nlines\u2028and\x85more"


def test_a_failed_statement_is_told_without_its_values(app: Flask) -> None:
    with app.app_context(), pytest.raises(DBAPIError) as failed:
        db.session.execute(text("SELECT :x FROM nowhere"), {"x": "Lời bí mật"})
    assert "Lời bí mật" not in str(failed.value)


def test_a_failed_greenlet_is_one_line(lines: Lines) -> None:
    def fail() -> None:
        raise RuntimeError("x")

    gevent.spawn(fail).join()
    (line,) = lines(level="ERROR")
    assert line["message"] == "a greenlet failed"
    assert "RuntimeError: x" in line["exception"]


def test_a_terminal_gets_words(
    logging_to: Callable[[io.StringIO], io.StringIO], client: FlaskClient
) -> None:
    terminal = logging_to(Terminal())
    answer = client.get("/login")
    logging.getLogger("x").warning("a\nb\x1b[31m")
    request, warning = terminal.getvalue().splitlines()
    assert re.fullmatch(
        r"\S+ \S+ INFO access request method=GET path=/login status=200 ms=[\d.]+ request_id="
        + answer.headers["X-Request-ID"],
        request,
    )
    assert warning.endswith(r"WARNING x a\nb\x1b[31m")


# --- The real server ----------------------------------------------------------------------------


def logged(server: Server, **fits: Any) -> list[dict[str, Any]]:
    """The server's log after the line that says where it is; each line is JSON."""
    *whole, _begun = server.log.read_text().split("\n")
    found = [json.loads(line) for line in whole if not line.startswith("Giao ban: ")]
    return [each for each in found if fits.items() <= each.items()]


def test_messages_of_a_socket_have_ids_of_their_own(
    server: Server, socket_for: Callable[..., Any]
) -> None:
    meeting_id = server.meeting_id("GB-DEMO")
    window = socket_for("thuky")
    assert window.subscribe(meeting_id)["ok"]
    for title in ("Lời bí mật một", "Lời bí mật hai"):
        assert window.command(meeting_id, "agenda.add", title=title, minutes=5)["ok"]
    assert not window.command(meeting_id, "agenda.remove", item_id=1_000_000)["ok"]

    commands = until(
        lambda: found if len(found := logged(server, message="command")) == 3 else 0, "3 lines"
    )
    assert [line["result"] for line in commands] == ["ok", "ok", "not_found"]
    assert {line["meeting_id"] for line in commands} == {meeting_id}
    assert len({line["user_id"] for line in commands}) == 1
    assert len({line["request_id"] for line in commands}) == 3
    said = server.log.read_text()
    for secret in ("bí mật", "b\\u00ed m", server.token("thuky"), server.password):
        assert secret not in said


def test_what_is_no_http_is_one_line_too(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(b"\x16\x03\x01 bi\tmat\r\n\r\n")
        assert b" 400 " in wire.recv(100)
    (line,) = until(lambda: logged(server, logger="gevent"), "a line")
    assert line["level"] == "ERROR"
