"""A document's signatures through the doors that people use: sealed when it is issued, signed by
the chair elsewhere, uploaded, and looked up by anyone."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from minutes import orders, signing
from tests.minutes.keys import CHAIR, PASSWORD, identity
from tests.minutes.test_signing import THREAD, printed, sign
from tests.world import Briefing

OFFICE = "Văn phòng HĐND và UBND"


class Worker:
    """Does what the worker does, with the same functions, but prints one short document."""

    def paper(self, order: bytes, _kind: str, **_how: Any) -> bytes:
        return printed(record=orders.record(order))

    def call(self, job: str, *parts: bytes, **_how: Any) -> bytes:
        return THREAD.submit(getattr(signing, job), *parts).result()


@pytest.fixture(autouse=True)
def _sealing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SIGNING_P12", identity(OFFICE).p12)
    monkeypatch.setitem(app.config, "SIGNING_PASSWORD", PASSWORD)
    monkeypatch.setitem(app.config, "SIGNER", OFFICE)
    monkeypatch.setitem(app.extensions, "renderer", Worker())


def test_from_the_seal_to_the_public_page(
    giao_ban: Briefing, client_for: Callable[[str], FlaskClient], client: FlaskClient
) -> None:
    address = f"/api/v1/meetings/{giao_ban.id}"
    clerk = client_for("vanthu")

    def give(username: str, name: str, **args: Any) -> Any:
        body = {"name": name, "args": args}
        answer = client_for(username).post(f"{address}/commands", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json["result"]

    def upload(content: bytes) -> Any:
        file = {"file": (io.BytesIO(content), "giay-moi.pdf")}
        return clerk.post(f"{documents}/signed", data=file)

    drafted = give("thuky", "document.compose", kind="invitation")
    give("thuky", "document.submit", document_id=drafted["id"], base=1)
    give("chutoa", "document.approve", document_id=drafted["id"], base=1)
    documents = f"{address}/documents/{drafted['id']}"
    code = clerk.post(f"{documents}/issue", json={"base": 1}).json["code"]
    assert f"{OFFICE}, ký khi ban hành" in client.get(f"/verify/{code}").text

    issued = clerk.get(f"{documents}/file.pdf").data
    for content, words in (
        (issued, "không có thêm chữ ký số"),
        (sign(printed("Số: 99/TB-UBND")), "khác với văn bản đã ban hành"),
        (b"Bien ban", "không phải là PDF"),
    ):
        refused = upload(content)
        assert refused.status_code == 422
        assert words in refused.json["detail"]
    assert CHAIR not in client.get(f"/verify/{code}").text

    signed = sign(issued)
    assert upload(signed).status_code == 200
    assert f"{CHAIR}, lưu ngày" in client.get(f"/verify/{code}").text
    assert clerk.get(f"{documents}/file.pdf").data == signed
    for content, words in ((issued, "Đúng là văn bản đã ban hành"), (signed, "bản có chữ ký số")):
        file = {"file": (io.BytesIO(content), "giay-moi.pdf")}
        assert words in client.post(f"/verify/{code}", data=file).text
