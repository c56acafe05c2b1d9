"""Large files, and who hears of which paper, over the real server."""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import demo
from tests.conftest import serving
from tests.papers.samples import office, pdf
from tests.server import Server, Window

BOUNDARY = "giao-ban"
PATIENCE = 20


@pytest.fixture(scope="module")
def server(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server with the demo, and a bound of 2 MB."""
    folder = tmp_path_factory.mktemp("papers")
    file = folder / "demo.sqlite"
    shutil.copyfile(demo_template, file)
    env = {"PAPER_MAX_MB": "2", "FILES_DIR": str(folder / "files")}
    with serving(f"sqlite:///{file}", demo.PASSWORD, folder, **env) as started:
        yield started


def form(name: str, content: bytes) -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def upload(server: Server, username: str, name: str, content: bytes, announced: int = 0) -> Any:
    """Upload a file; `announced` bytes are promised where they are more than those sent."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    body = form(name, content)
    try:
        path = f"/api/v1/meetings/{server.meeting_id('GB-DEMO')}/papers/files"
        connection.putrequest("POST", path)
        connection.putheader("Authorization", f"Bearer {server.token(username)}")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        connection.putheader("Content-Length", str(announced or len(body)))
        connection.endheaders()
        connection.send(body)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def _noise(size: int) -> bytes:
    return b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(size // 32))


def test_a_file_within_the_bound_is_taken(server: Server) -> None:
    # More than other requests may have.
    content = office(extra={"word/media/a.png": _noise(1_500_000)})
    status, body = upload(server, "thuky", "Lớn.docx", content)
    assert (status, body["size"]) == (201, len(content))


@pytest.mark.parametrize(
    ("size", "announced"), [(2 * 1024 * 1024 + 9, 0), (1000, 300 * 1024 * 1024)], ids=str
)
def test_a_file_over_the_bound_is_refused_with_a_sentence(
    server: Server, size: int, announced: int
) -> None:
    # 300 MB are refused as soon as they are announced.
    status, body = upload(server, "thuky", "a.pdf", b"%PDF-" + bytes(size), announced)
    assert (status, body["code"]) == (413, "too_large")
    assert "2 MB" in body["detail"]


def test_other_requests_stay_bounded(server: Server) -> None:
    path = f"/api/v1/meetings/{server.meeting_id('GB-DEMO')}/papers"
    answer = server.request("POST", path, {"title": "x" * 2_000_000}, username="thuky")
    assert answer.status == 413


def test_each_window_hears_of_the_papers_that_it_may_see(
    server: Server, socket_for: Callable[..., Window]
) -> None:
    meeting_id = server.meeting_id("GB-DEMO")
    windows = {name: socket_for(name) for name in ("thuky", "daibieu", "daibieu2")}
    for window in windows.values():
        assert window.subscribe(meeting_id)["ok"]
    unit_of = {
        name: next(
            thing["unit_id"]
            for key, thing in window.subscribe(meeting_id)["snapshot"]["objects"].items()
            if key.startswith("participant/") and thing["person_id"] == _person(server, name)
        )
        for name, window in windows.items()
    }
    status, file = upload(server, "thuky", "Riêng.pdf", pdf())
    assert status == 201
    args = {"sha256": file["sha256"], "visible_to": "units", "unit_ids": [unit_of["daibieu"]]}
    made = windows["thuky"].command(meeting_id, "paper.add", **args)
    key = f"paper/{made['result']['id']}"

    def heard(name: str, number: int) -> Any:
        return windows[name].wait_for("event", number)[number - 1]

    assert key in heard("thuky", 1)["changed"]
    assert key in heard("daibieu", 1)["changed"]
    assert heard("daibieu2", 1)["changed"] == {}
    assert "Riêng" not in str(heard("daibieu2", 1))
    windows["thuky"].command(
        meeting_id,
        "paper.update",
        paper_id=made["result"]["id"],
        unit_ids=[unit_of["daibieu2"]],
    )
    assert heard("daibieu", 2)["deleted"] == [key]
    assert key in heard("daibieu2", 2)["changed"]
    # Who comes to sit for another unit has their view ended, and begins anew with that one's.
    own = next(
        thing["id"]
        for k, thing in windows["thuky"].subscribe(meeting_id)["snapshot"]["objects"].items()
        if k.startswith("participant/") and thing["person_id"] == _person(server, "daibieu")
    )
    windows["thuky"].command(
        meeting_id, "participant.update", participant_id=own, unit_id=unit_of["daibieu2"]
    )
    windows["daibieu"].wait_for("resubscribe")
    anew = windows["daibieu"].subscribe(meeting_id)
    assert key in anew["snapshot"]["objects"]
    windows["thuky"].command(
        meeting_id, "paper.update", paper_id=made["result"]["id"], title="Tên mới"
    )
    last = windows["daibieu"].wait_for("event", 3)[-1]
    assert last["changed"][key]["title"] == "Tên mới"


def _person(server: Server, username: str) -> int:
    users = server.request("GET", "/api/v1/users?per_page=100", username="quantri").json["items"]
    return next(user["person_id"] for user in users if user["username"] == username)
