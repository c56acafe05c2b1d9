"""The public page: what anyone learns of an issued document, and what nobody does."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import writing
from minutes.signatures import LARGEST_FILE
from tests.marks import both_engines
from tests.minutes.issued import document, file
from tests.world import World

CODE, NEWER, DRAFT, NOBODYS = "7K3QF-2M9X0", "8K3QF-2M9X0", "9K3QF-2M9X0", "0K3QF-2M9X0"
PDF = b"%PDF-1.7 the issued one %%EOF"
SIGNED = b"%PDF-1.7 the issued one, signed %%EOF"
SIGNER = "Trần <b>Văn</b> Chủ"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def issued(app: Flask, world: World) -> None:
    """One issued document with a signed copy, and one that is still a draft."""
    meeting, unit = world.meetings["closed"].meeting_id, world.units["huyen"]
    with app.app_context(), writing() as session:
        made = document(session, meeting, unit, 5, CODE, sha256=sha256(PDF))
        file(session, made, sha256(SIGNED), "signed", SIGNER)
        file(session, made, sha256(b"prepared"), "prepared")
        file(session, made, sha256(b"checked"), "checked", "Kẻ gian")
        document(session, meeting, unit, 7, DRAFT, state="approved", issued_at=None)


@pytest.fixture
def replaced(app: Flask, world: World, issued: None) -> None:
    """The document of `CODE`, replaced by that of `NEWER`."""
    meeting, unit = world.meetings["closed"].meeting_id, world.units["huyen"]
    with app.app_context(), writing() as session:
        old = document(session, meeting, unit, 8, "AAAAA-AAAAA")
        document(session, meeting, unit, 9, NEWER, replaces_id=old.id)


def facts(page: str) -> list[str]:
    """The page's facts in their order, without markup."""
    (found,) = re.findall(r'<dl class="facts">(.*?)</dl>', page, re.DOTALL)
    return [
        re.sub(r"<[^>]+>", "", each).strip() for each in re.findall(r"<dd.*?</dd>", found, re.S)
    ]


def send(client: FlaskClient, content: bytes, code: str = CODE, name: str = "a.pdf") -> Any:
    """Send a file as a browser's form does."""
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--edge--\r\n"
    kind = "multipart/form-data; boundary=edge"
    return client.post(f"/verify/{code}", data=body, content_type=kind)


@both_engines
@pytest.mark.usefixtures("issued")
def test_anyone_sees_what_stands_on_every_copy(client: FlaskClient) -> None:
    answer = client.get(f"/verify/{CODE}")
    assert answer.status_code == 200
    assert facts(answer.text) == [
        "UBND huyện Đắk Thử",
        "05/TB-UBND",
        "05/03/2026",
        "Trần &lt;b&gt;Văn&lt;/b&gt; Chủ, lưu ngày 05/03/2026",
        CODE,
        sha256(PDF),
    ]
    assert "Đã ban hành" in answer.text
    assert "Đã được thay thế" not in answer.text


@pytest.mark.usefixtures("issued")
def test_nothing_of_the_meeting_is_told(client: FlaskClient) -> None:
    page = client.get(f"/verify/{CODE}").text
    for secret in ("Giao ban tháng 3", "GB-CLOSED", "Nguyễn Thị Thư", "Rà soát", "/meetings", "Kẻ"):
        assert secret not in page


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("typed", [CODE.lower(), "7k3qf2m9xo", "7K3QF%202M9X0"])
def test_the_code_may_be_written_otherwise(typed: str, client: FlaskClient) -> None:
    assert CODE in client.get(f"/verify/{typed}").text
    found = client.get(f"/verify?code={typed}")
    assert (found.status_code, found.location) == (302, f"/verify/{CODE}")


@pytest.mark.usefixtures("issued")
def test_unknown_codes_look_the_same(client: FlaskClient) -> None:
    """Whether nobody has it, its document is a draft, or it is no code at all."""
    pages = set()
    for code in (NOBODYS, DRAFT, "khong-phai-ma"):
        answer = client.get(f"/verify/{code}")
        assert answer.status_code == 404
        pages.add(answer.text.replace(f'value="{code}"', ""))
        assert send(client, PDF, code).status_code == 404
    assert len(pages) == 1
    assert "Không có văn bản nào đã ban hành với mã này." in pages.pop()


@pytest.mark.parametrize("code", ["<script>", "%00", "a" * 300, "..%2f..%2fetc", "' OR 1=1"])
def test_nonsense_is_no_code(code: str, client: FlaskClient) -> None:
    for answer in (
        client.get(f"/verify/{code}"),
        client.get("/verify", query_string={"code": code}),
    ):
        assert answer.status_code in (302, 404)
        assert "<script>" not in answer.text


def test_the_empty_page_asks_for_a_code(client: FlaskClient) -> None:
    for address in ("/verify", "/verify?code=", "/verify?code=%20"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert 'name="code"' in answer.text
        assert "aria-invalid" not in answer.text


@pytest.mark.usefixtures("replaced")
def test_what_replaces_a_document_is_named_on_both(client: FlaskClient) -> None:
    old = client.get("/verify/AAAAA-AAAAA").text
    assert "Đã được thay thế" in old
    assert f'<a href="/verify/{NEWER}">Thông báo số 09/TB-UBND ngày 05/03/2026</a>' in old
    new = client.get(f"/verify/{NEWER}").text
    assert "Đã được thay thế" not in new
    assert "Thông báo số 08/TB-UBND ngày 05/03/2026" in facts(new)


def test_a_draft_that_is_to_replace_a_document_is_not_told(
    app: Flask, client: FlaskClient, world: World, issued: None
) -> None:
    meeting, unit = world.meetings["closed"].meeting_id, world.units["huyen"]
    with app.app_context(), writing() as session:
        old = document(session, meeting, unit, 8, "AAAAA-AAAAA", signer="Văn phòng")
        values = {"state": "draft", "replaces_id": old.id, "issued_at": None}
        document(session, meeting, unit, 9, NEWER, **values)
    page = client.get("/verify/AAAAA-AAAAA").text
    assert "Đã được thay thế" not in page
    assert NEWER not in page
    assert "Văn phòng, ký khi ban hành" in facts(page)


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PDF, "Đúng là văn bản đã ban hành"),
        (SIGNED, "Đúng là văn bản đã ban hành, bản có chữ ký số"),
        (PDF + b" ", "Không phải tệp đã ban hành"),
        (b"prepared", "Không phải tệp đã ban hành"),
        (b"checked", "Không phải tệp đã ban hành"),
        (b"", "Không phải tệp đã ban hành"),
    ],
    ids=["issued", "signed", "changed", "prepared", "checked", "empty"],
)
def test_a_file_is_compared(content: bytes, words: str, client: FlaskClient) -> None:
    answer = send(client, content, name="<b>.pdf")
    assert answer.status_code == 200
    assert f"<strong>{words}</strong>" in answer.text
    assert "&lt;b&gt;.pdf" in answer.text


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("body", [{}, {"file": "text"}, {"other": (io.BytesIO(b"x"), "a.pdf")}])
def test_no_file_is_said(body: dict[str, Any], client: FlaskClient) -> None:
    answer = client.post(f"/verify/{CODE}", data=body, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Chưa chọn tệp nào." in answer.text


@pytest.mark.usefixtures("issued")
def test_a_file_of_some_megabytes_is_taken_and_a_huge_one_refused(client: FlaskClient) -> None:
    assert send(client, b"x" * (5 * 2**20)).status_code == 200
    for size in (LARGEST_FILE + 1, LARGEST_FILE + 2**20):
        answer = send(client, b"x" * size)
        assert answer.status_code == 413
        assert "lớn hơn 32 MB" in answer.text
        assert "05/TB-UBND" in answer.text


@pytest.mark.usefixtures("issued")
def test_nothing_is_kept_of_a_file(client: FlaskClient, app: Flask) -> None:
    folder = app.config["FILES_DIR"]
    before = set(folder.rglob("*"))
    send(client, b"bi mat " * 200_000)
    assert set(folder.rglob("*")) == before


@pytest.mark.usefixtures("issued")
def test_other_sites_cannot_send_a_file_for_a_reader(client: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"/verify/{CODE}", headers=headers).status_code == 403


@pytest.mark.usefixtures("issued")
def test_the_page_is_kept_out_of_indexes_and_caches(client: FlaskClient) -> None:
    for address in ("/verify", f"/verify/{CODE}", f"/verify/{NOBODYS}"):
        answer = client.get(address)
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("issued")
def test_guessing_is_slowed_down(client: FlaskClient, app: Flask) -> None:
    assert {client.get(f"/verify/{NOBODYS}").status_code for _each in range(30)} == {404}
    stopped = client.get(f"/verify/{NOBODYS}")
    assert stopped.status_code == 429
    assert "quá nhanh" in stopped.text
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "10.0.0.9"
    assert elsewhere.get(f"/verify/{CODE}").status_code == 200


@pytest.mark.usefixtures("issued")
def test_an_office_looks_up_behind_one_address(app: Flask) -> None:
    for _each in range(60):
        assert app.test_client().get(f"/verify/{CODE}").status_code == 200


@pytest.mark.usefixtures("issued")
def test_files_are_taken_at_a_pace(client: FlaskClient) -> None:
    assert {send(client, PDF).status_code for _each in range(30)} == {200}
    assert send(client, PDF).status_code == 429
