"""What Prometheus reads, and who else may."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from core.errors import DomainError
from people.actor import Actor
from tests.server import Server, Window, until
from tests.world import Briefing

TOKEN = "0123456789abcdef"  # of nobody


class Figures:
    """What one reading of `/metrics` says."""

    def __init__(self, page: str) -> None:
        self._values = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        }

    def __call__(self, name: str, /, **labels: str) -> float:
        return self._values.get((f"giaoban_{name}", tuple(sorted(labels.items()))), 0)

    def labels(self, name: str, label: str) -> set[str]:
        return {dict(labels)[label] for each, labels in self._values if each == f"giaoban_{name}"}


def read(client: FlaskClient) -> Figures:
    return Figures(client.get("/metrics").text)


# --- Who may read -------------------------------------------------------------------------------


@pytest.fixture
def with_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "METRICS_TOKEN", TOKEN)
    return app.test_client()


def status(client: FlaskClient, address: str, **headers: str) -> int:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(
        "/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}
    ).status_code


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_machine_may_read(address: str, client: FlaskClient) -> None:
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")


PROXIED = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded"]


@pytest.mark.parametrize("header", PROXIED)
def test_who_comes_through_a_proxy_may_not(header: str, client: FlaskClient) -> None:
    assert status(client, "127.0.0.1", **{header: "127.0.0.1"}) == 404


def test_another_machine_may_not(client: FlaskClient) -> None:
    assert status(client, "10.0.0.7") == 404


def test_being_signed_in_does_not_help(client_for: Callable[[str], FlaskClient]) -> None:
    assert status(client_for("quantri"), "10.0.0.7") == 404


def test_the_token_opens_from_anywhere(with_token: FlaskClient) -> None:
    bearer = f"Bearer {TOKEN}"
    assert status(with_token, "10.0.0.7", Authorization=bearer) == 200
    assert status(with_token, "127.0.0.1", Authorization=bearer, X_Forwarded_For="10.0.0.7") == 200


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer x", f"Basic {TOKEN}", TOKEN, "Bearer ữ"])
def test_another_token_does_not(sent: str, with_token: FlaskClient) -> None:
    sent = sent.encode().decode("latin-1")
    assert status(with_token, "10.0.0.7", Authorization=sent) == 404


@pytest.mark.parametrize("sent", ["Bearer ", "Bearer None", f"Bearer {TOKEN}"])
def test_where_none_is_set_no_token_opens(sent: str, client: FlaskClient) -> None:
    assert status(client, "10.0.0.7", Authorization=sent) == 404


# --- What is counted ----------------------------------------------------------------------------


def test_commands_by_name_and_result(live: Briefing, thu_ky: Actor, client: FlaskClient) -> None:
    before = read(client)
    live.do(thu_ky, "conclusion.add", text="Một")
    for name, args in (
        ("conclusion.add", {"text": ""}),
        ("conclusion.remove", {"conclusion_id": 1_000_000}),
        ("bí mật", {}),
        (["x"], {}),
    ):
        with pytest.raises(DomainError):
            live.give(thu_ky, name, args)
    after = read(client)

    def more(name: str, **labels: str) -> float:
        return after(name, **labels) - before(name, **labels)

    assert more("commands_total", command="conclusion.add", result="ok") == 1
    assert more("commands_total", command="conclusion.add", result="invalid") == 1
    assert more("commands_total", command="conclusion.remove", result="not_found") == 1
    assert more("commands_total", command="unknown", result="invalid") == 2
    assert more("command_seconds_count", command="conclusion.add") == 2
    assert "bí mật" not in after.labels("commands_total", "command")


def test_requests_by_endpoint_never_by_path(
    live: Briefing, client_for: Callable[[str], FlaskClient], client: FlaskClient
) -> None:
    before = read(client)
    browser = client_for("thuky")
    browser.get(f"/meetings/{live.id}")
    browser.get("/meetings/1000000")
    browser.get("/bi-mat-4711")
    after = read(client)

    def more(**labels: str) -> float:
        return after("http_requests_total", **labels) - before("http_requests_total", **labels)

    assert more(endpoint="minutes.meeting", status="2xx") == 1
    assert more(endpoint="minutes.meeting", status="4xx") == 1
    assert more(endpoint="none", status="4xx") == 1
    known = {rule.endpoint for rule in client.application.url_map.iter_rules()} | {"none"}
    assert after.labels("http_requests_total", "endpoint") <= known


def test_a_printed_document(
    in_state: Callable[[str], Briefing],
    client_for: Callable[[str], FlaskClient],
    client: FlaskClient,
) -> None:
    # Other tests may have had it printed.
    shutil.rmtree(client.application.config["FILES_DIR"] / "prints", ignore_errors=True)
    before = read(client)
    address = f"/api/v1/meetings/{in_state('closed').id}/documents/minutes.pdf"
    answers = [client_for("vanthu").get(address) for _ in range(3)]
    client.application.extensions["renderer"].close()
    assert [answer.status_code for answer in answers] == [200] * 3
    after = read(client)
    kind = {"kind": "minutes"}
    assert after("render_seconds_count", **kind) - before("render_seconds_count", **kind) == 1
    assert after("prints_kept_total", **kind) - before("prints_kept_total", **kind) == 2
    assert after("renders_waiting") == after("renders_running") == 0


# --- The real server ----------------------------------------------------------------------------


def scraped(server: Server) -> Figures:
    answer = server.request("GET", "/metrics")
    assert answer.status == 200
    return Figures(answer.body.decode())


def test_what_happens_live(server: Server, socket_for: Callable[..., Window]) -> None:
    meeting_id = server.meeting_id("GB-DEMO")
    secretary, reader = socket_for("thuky"), socket_for("daibieu")
    for window in (secretary, reader):
        assert window.subscribe(meeting_id)["ok"]
    revision = secretary.command(meeting_id, "agenda.add", title="Thêm", minutes=5)["revision"]
    reader.wait_for("event")
    assert "events" in reader.subscribe(meeting_id, after=revision - 1)
    for nonsense in ({}, {"meeting_id": meeting_id, "name": 7}, "x"):
        assert not secretary.ask("command", nonsense)["ok"]
    found = scraped(server)
    assert found("connections", transport="websocket") == 2
    assert found("catch_ups_total", kind="snapshot") == 2
    assert found("catch_ups_total", kind="events") == 1
    assert found("socket_refusals_total", code="invalid") == 3
    assert found("fan_out_seconds_count") == 1
    assert found("fan_out_readers_count") == 1
    assert found("fan_out_readers_sum") == 2
    assert found("commands_total", command="agenda.add", result="ok") == 1
    assert found("log_lines_total", level="info") >= 1
    secretary.client.disconnect()
    until(lambda: scraped(server)("connections", transport="websocket") == 1, "one less")


def test_a_reader_who_polls_is_counted_apart(server: Server) -> None:
    window = Window(server, server.token("thuky"), ["polling"])
    try:
        assert scraped(server)("connections", transport="polling") == 1
    finally:
        window.close()


def test_of_a_proxy_the_real_server_tells_nothing(server: Server) -> None:
    asked = urllib.request.Request(server.url + "/metrics", headers={"X-Forwarded-For": "::1"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=30)
    with refused.value as answer:
        assert answer.status == 404
