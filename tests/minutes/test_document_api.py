"""HTTP API: documents, their texts, what differs, merging, issuing, downloads, registers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import files
from minutes.merging import RECORD_SAYS
from minutes.publishing import TYPES
from minutes.signatures import REASONS
from tests.marks import both_engines
from tests.paper import Press, approved, content, document, drafted, give, issued, submitted
from tests.world import INVITED, Briefing, World

pytestmark = both_engines
ClientFor = Callable[[str], FlaskClient]
InState = Callable[[str], Briefing]

STAFF = ("thuky", "chutoa", "vanthu")
OTHERS = tuple(set(INVITED) - set(STAFF))
OUTSIDERS = ("khach", "quantri")


@pytest.fixture(autouse=True)
def press(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Press:
    made = Press()
    monkeypatch.setitem(app.extensions, "renderer", made)
    return made


def of(briefing: Briefing, rest: str = "") -> str:
    return f"/api/v1/meetings/{briefing.id}/documents{rest}"


def own(briefing: Briefing, rest: str = "") -> str:
    return of(briefing, f"/{briefing.parts.document}{rest}")


def test_documents_are_listed_as_one_may_see_them(
    client_for: ClientFor, giao_ban: Briefing, world: World
) -> None:
    made = drafted(giao_ban, world)
    for username in STAFF:
        assert client_for(username).get(of(made)).json["items"] == [document(made, world)]
    for username in OTHERS:
        assert client_for(username).get(of(made)).json["items"] == []
    for username in OUTSIDERS:
        assert client_for(username).get(of(made)).status_code == 404


@pytest.mark.parametrize("rest", ["/texts", "/texts/1", "/texts/1/changes", "/merge"])
def test_texts_are_for_the_staff(
    rest: str, client_for: ClientFor, giao_ban: Briefing, live: Briefing, world: World
) -> None:
    made = drafted(giao_ban, world)
    for username in STAFF:
        assert client_for(username).get(own(made, rest)).status_code == 200
    for username in (*OTHERS, *OUTSIDERS):
        # They do not even know that it is there.
        assert client_for(username).get(own(made, rest)).status_code == 404
    # Nor under another meeting's address.
    elsewhere = own(replace(live, parts=made.parts), rest)
    assert client_for("thuky").get(elsewhere).status_code == 404
    give(made, world, "thuky", "document.discard")
    made = issued(giao_ban, world)
    for username in OTHERS:
        assert client_for(username).get(own(made, rest)).status_code == 403


def test_texts_are_read_and_compared(
    client_for: ClientFor, giao_ban: Briefing, world: World
) -> None:
    made = drafted(giao_ban, world)
    give(made, world, "thuky", "document.save", content=content())
    give(made, world, "chutoa", "document.save", content=content(abstract="Giao ban tháng 4"))
    client = client_for("vanthu")
    listed = client.get(own(made, "/texts")).json
    assert [(t["number"], t["based_on"]) for t in listed["items"]] == [(3, 2), (2, 1), (1, None)]
    assert [t["takes_in"] is None for t in listed["items"]] == [True, True, False]
    assert "content" not in listed["items"][0]
    newest = client.get(own(made, "/texts/3")).json
    assert newest == listed["items"][0] | {"content": content(abstract="Giao ban tháng 4")}
    change = {"field": "abstract", "html": "<p>Giao ban tháng<del> 3</del><ins> 4</ins></p>"}
    assert client.get(own(made, "/texts/3/changes")).json == {"changes": [change]}
    assert client.get(own(made, "/texts/3/changes?since=3")).json == {"changes": []}
    assert client.get(own(made, "/texts/1/changes")).json == {"changes": []}
    assert len(client.get(own(made, "/texts/3/changes?since=1")).json["changes"]) > 1
    for missing in ("/texts/4", "/texts/4/changes", "/texts/3/changes?since=9"):
        assert client.get(own(made, missing)).status_code == 404
    for wrong in ("0", "-1", "x", "99999999999"):
        assert client.get(own(made, f"/texts/3/changes?since={wrong}")).status_code == 422


def test_a_change_in_the_record_is_offered_taken_or_kept_out(
    client_for: ClientFor, live: Briefing, world: World
) -> None:
    made = drafted(live, world, "minutes")
    client, thu_ky = client_for("thuky"), world.actors["thuky"]
    first = client.get(own(made, "/merge")).json
    assert (first["pending"], first["conflicts"], first["changes"]) == (False, 0, [])
    text = first["content"]
    text["body"] = text["body"].replace("Giữ vững tiến độ", "Giữ vững tiến độ và chất lượng")
    assert text != first["content"] or "chất lượng" in text["body"]
    give(made, world, "thuky", "document.save", content=text)

    live.do(thu_ky, "discussion.add", item_id=live.parts.items[0], text="Đề nghị bổ sung vốn.")
    # Never applied silently.
    assert client.get(own(made, "/texts/2")).json["content"] == text
    offered = client.get(own(made, "/merge")).json
    assert (offered["pending"], offered["conflicts"]) == (True, 0)
    assert "Giữ vững tiến độ và chất lượng" in offered["content"]["body"]
    assert "Đề nghị bổ sung vốn" in offered["content"]["body"]
    assert "<ins>" in offered["changes"][0]["html"]
    taken = {"content": offered["content"], "takes_in": offered["takes_in"]}
    saved = give(made, world, "thuky", "document.save", **taken)
    assert (saved["head"], saved["composed_sha256"]) == (3, offered["takes_in"])
    assert client.get(own(made, "/merge")).json["pending"] is False

    # What has moved on once more since it was offered is not taken unseen.
    live.do(thu_ky, "discussion.add", item_id=live.parts.items[0], text="Ý kiến thứ hai.")
    again = client.get(own(made, "/merge")).json
    live.do(thu_ky, "discussion.add", item_id=live.parts.items[0], text="Ý kiến thứ ba.")
    body = {"document_id": saved["id"], "base": 3, "content": again["content"]}
    command = {"name": "document.save", "args": body | {"takes_in": again["takes_in"]}}
    address = f"/api/v1/meetings/{live.id}/commands"
    assert client.post(address, json=command).status_code == 409

    # Kept out: the same text, and no longer offered.
    newest = client.get(own(made, "/merge")).json
    kept = {"content": offered["content"], "takes_in": newest["takes_in"]}
    out = give(made, world, "thuky", "document.save", **kept)
    assert (out["head"], out["text_sha256"]) == (4, saved["text_sha256"])
    assert client.get(own(made, "/merge")).json["pending"] is False


def test_a_line_that_both_have_changed_is_offered_in_both_versions(
    client_for: ClientFor, live: Briefing, world: World
) -> None:
    made = drafted(live, world, "minutes")
    client = client_for("thuky")
    text = client.get(own(made, "/texts/1")).json["content"]
    text["body"] = text["body"].replace("Giữ vững tiến độ", "Giữ vững nhịp độ")
    give(made, world, "thuky", "document.save", content=text)
    live.do(
        world.actors["thuky"],
        "conclusion.update",
        conclusion_id=live.parts.conclusion,
        text="Giữ vững tốc độ.",
    )
    offered = client.get(own(made, "/merge")).json
    assert offered["conflicts"] == 1
    body = offered["content"]["body"]
    assert body.index("nhịp độ") < body.index(RECORD_SAYS) < body.index("tốc độ")


def test_issuing_prints_and_gives_the_next_number(
    client_for: ClientFor, giao_ban: Briefing, world: World, press: Press
) -> None:
    made = approved(giao_ban, world)
    for username in (*OTHERS, *OUTSIDERS):
        assert client_for(username).post(own(made, "/issue"), json={"base": 1}).status_code in (
            403,
            404,
        )
    for username in ("thuky", "chutoa"):
        assert client_for(username).post(own(made, "/issue"), json={"base": 1}).status_code == 403
    client = client_for("vanthu")
    assert client.post(own(made, "/issue"), json={"base": 2}).status_code == 409
    assert client.post(own(made, "/issue"), json={}).status_code == 422
    assert press.printed == []
    key = {"Idempotency-Key": "lan-1"}
    done = client.post(own(made, "/issue"), json={"base": 1}, headers=key)
    assert (done.status_code, done.json) == (200, document(made, world))
    again = client.post(own(made, "/issue"), json={"base": 1}, headers=key)
    assert again.json == done.json
    assert client.post(own(made, "/issue"), json={"base": 1}).status_code == 409


def test_an_issued_document_is_the_very_file_for_everybody(
    client_for: ClientFor, giao_ban: Briefing, world: World, press: Press
) -> None:
    made = issued(giao_ban, world)
    done = document(made, world)
    with made.app.app_context():
        kept = files.read(done["sha256"])
    for username in INVITED:
        for address in (of(made, "/invitation.pdf"), own(made, "/file.pdf")):
            answer = client_for(username).get(address)
            assert (answer.status_code, answer.data) == (200, kept)
            assert answer.headers["Content-Disposition"] == (
                "attachment; filename=giay-moi-01-GM-UBND.pdf"
            )
    for username in OUTSIDERS:
        assert client_for(username).get(own(made, "/file.pdf")).status_code == 404
    # Nothing was printed for it, and nothing is sent twice.
    assert press.printed == []
    etag = {"If-None-Match": answer.headers["ETag"]}
    assert client_for("daibieu").get(own(made, "/file.pdf"), headers=etag).status_code == 304
    for format in ("docx", "json"):
        answer = client_for("daibieu").get(of(made, f"/invitation.{format}"))
        assert (answer.status_code, answer.content_type) == (200, TYPES[format])
    # Its record stays what it was, too.
    assert done["symbol"] in answer.text
    made.do(world.actors["thuky"], "meeting.update", title="Giao ban bất thường")
    assert client_for("daibieu").get(of(made, "/invitation.json")).data == answer.data


def test_a_file_that_is_no_longer_what_was_issued_is_never_sent(
    client_for: ClientFor, giao_ban: Briefing, world: World, press: Press
) -> None:
    made = issued(giao_ban, world)
    sha256 = document(made, world)["sha256"]
    path = Path(made.app.config["FILES_DIR"]) / sha256[:2] / sha256
    for spoil in (lambda: path.write_bytes(b"%PDF-other"), path.unlink):
        spoil()
        answer = client_for("daibieu").get(own(made, "/file.pdf"))
        assert (answer.status_code, answer.json["code"]) == (409, "conflict")
    assert press.printed == []


def downloaded(client_for: ClientFor, briefing: Briefing, name: str, username: str) -> int:
    return client_for(username).get(of(briefing, f"/{name}")).status_code


@pytest.mark.parametrize("format", TYPES)
def test_a_draft_is_downloaded_by_the_staff_alone(
    format: str, client_for: ClientFor, in_state: InState, world: World, press: Press
) -> None:
    made = drafted(in_state("live"), world, "minutes")
    give(made, world, "thuky", "document.save", content=content(abstract="Bí-mật-9137"))
    for username in STAFF:
        answer = client_for(username).get(of(made, f"/minutes.{format}"))
        assert (answer.status_code, answer.content_type) == (200, TYPES[format])
        if format == "json":
            assert answer.json["content"]["abstract"] == "Bí-mật-9137"
    if format == "pdf":
        assert all("9137" in html and "DỰ THẢO" in html for html in press.printed)
        assert client_for("thuky").get(own(made, "/file.pdf")).status_code == 200
    for username in OTHERS:
        assert downloaded(client_for, made, f"minutes.{format}", username) == 403
        assert client_for(username).get(own(made, "/file.pdf")).status_code == 404
    for username in OUTSIDERS:
        assert downloaded(client_for, made, f"minutes.{format}", username) == 404
    # After the end others get what the record gives, never the draft.
    made.do(world.actors["thuky"], "meeting.close")
    press.printed.clear()
    answer = client_for("daibieu").get(of(made, f"/minutes.{format}"))
    assert answer.status_code == 200
    assert b"9137" not in answer.data
    if format == "json":
        assert set(answer.json) == {
            "$schema",
            "kind",
            "type",
            "language",
            "issue",
            "content",
            "meeting",
        }
    # What is approved is no draft any more.
    give(made, world, "thuky", "document.submit")
    give(made, world, "chutoa", "document.approve")
    press.printed.clear()
    client_for("thuky").get(of(made, "/minutes.pdf"))
    assert "DỰ THẢO" not in press.printed[0]


def test_an_open_number_stands_in_the_registers_own_form(
    client_for: ClientFor, in_state: InState, world: World, press: Press
) -> None:
    made = drafted(in_state("closed"), world, "minutes")
    template = "{number:02}/BB-VP"
    made.do(world.actors["vanthu"], "register.set", kind="minutes", template=template)
    assert client_for("thuky").get(of(made, "/minutes.pdf")).status_code == 200
    assert "/BB-VP" in press.printed[-1]
    page = client_for("thuky").get(f"/meetings/{made.id}/documents/{made.parts.document}/preview")
    assert "/BB-VP" in page.text


def test_a_print_is_kept_until_what_it_shows_has_changed(
    client_for: ClientFor, in_state: InState, world: World, press: Press
) -> None:
    made = drafted(in_state("closed"), world, "minutes")

    def printed_for(username: str) -> int:
        before = len(press.printed)
        assert client_for(username).get(of(made, "/minutes.pdf")).status_code == 200
        return len(press.printed) - before

    assert [printed_for("thuky"), printed_for("thuky")] == [1, 0]
    give(made, world, "thuky", "document.save", content=content(abstract="Bí-mật-9137"))
    assert [printed_for("thuky"), printed_for("thuky")] == [1, 0]
    assert "9137" in press.printed[-1]
    # The staff's print is nobody else's.
    assert [printed_for("daibieu"), printed_for("daibieu")] == [1, 0]
    assert "9137" not in press.printed[-1]
    give(made, world, "thuky", "document.submit")
    give(made, world, "chutoa", "document.approve")
    assert printed_for("thuky") == 1
    assert "DỰ THẢO" not in press.printed[-1]


def test_a_correction_in_the_making_leaves_the_issued_one_in_place(
    client_for: ClientFor, giao_ban: Briefing, world: World
) -> None:
    made = issued(giao_ban, world)
    done = document(made, world)
    new = giao_ban.do(world.actors["thuky"], "document.correct", document_id=done["id"]).result
    for username in ("thuky", "daibieu"):
        answer = client_for(username).get(of(made, "/invitation.pdf"))
        assert answer.headers["ETag"] == f'"{done["sha256"]}"'
    # The draft has its own address.
    own_address = of(made, f"/{new['id']}/file.pdf")
    assert "DỰ THẢO" in client_for("thuky").get(own_address).text
    assert client_for("daibieu").get(own_address).status_code == 404


@pytest.mark.parametrize("kind", ["invitation", "minutes", "conclusions", "directives"])
@pytest.mark.parametrize("format", TYPES)
def test_every_kind_is_there_in_every_format(
    kind: str, format: str, client_for: ClientFor, in_state: InState
) -> None:
    made = in_state("closed")
    answer = client_for("quansat").get(of(made, f"/{kind}.{format}"))
    assert (answer.status_code, answer.content_type) == (200, TYPES[format])
    assert answer.headers["Content-Disposition"].endswith(f"GB-CLOSED.{format}")
    if format == "json":
        json.loads(answer.data)


def upload(client: FlaskClient, address: str, data: bytes, name: str = "file") -> Any:
    # Written by hand: the test client's own temporary files are left to the garbage collector.
    head = f'--a\r\nContent-Disposition: form-data; name="{name}"; filename="a.pdf"\r\n\r\n'
    body = head.encode() + data + b"\r\n--a--\r\n"
    return client.post(address, data=body, content_type="multipart/form-data; boundary=a")


def test_a_signed_file_takes_the_place_of_the_issued_one(
    client_for: ClientFor, giao_ban: Briefing, world: World, press: Press
) -> None:
    made = submitted(giao_ban, world)
    client, address = client_for("vanthu"), own(made, "/signed")
    assert upload(client, address, b"%PDF-signed").status_code == 409
    give(made, world, "thuky", "document.recall")
    give(made, world, "thuky", "document.discard")
    made = issued(giao_ban, world)
    address = own(made, "/signed")
    for username in ("thuky", "chutoa", "daibieu"):
        assert upload(client_for(username), address, b"%PDF-signed").status_code == 403
    # Larger than other requests may be.
    signed = b"%PDF-signed" + b" " * 2_000_000
    answer = upload(client, address, signed)
    assert (answer.status_code, answer.json) == (200, document(made, world))
    assert client_for("daibieu").get(own(made, "/file.pdf")).data == signed
    assert client_for("daibieu").get(of(made, "/invitation.pdf")).data == signed
    press.checked = {"ok": False, "reason": "encrypted"}
    refused = upload(client, address, b"%PDF-locked")
    assert (refused.status_code, refused.json["errors"]) == (
        422,
        [{"field": "file", "message": REASONS["encrypted"]}],
    )
    assert client_for("daibieu").get(own(made, "/file.pdf")).data == signed


def test_an_upload_that_is_none_is_refused(
    client_for: ClientFor, giao_ban: Briefing, world: World
) -> None:
    made = issued(giao_ban, world)
    client, address = client_for("vanthu"), own(made, "/signed")
    assert upload(client, address, b"%PDF", "tep").status_code == 422
    assert client.post(address, data={"file": "chữ"}).status_code == 422
    assert client.post(address, json={"file": "x"}).status_code == 422
    assert client.post(address, data=b"x" * 10).status_code == 422
    assert upload(client, address, b" " * (33 * 1024 * 1024)).status_code == 413
    # Elsewhere the usual bound holds.
    large = client.post(own(made, "/issue"), data=b" " * 2_000_000, content_type="text/plain")
    assert large.status_code in (413, 422)


def test_the_registers_of_this_year_are_for_the_staff(
    client_for: ClientFor, giao_ban: Briefing, world: World
) -> None:
    address = f"/api/v1/meetings/{giao_ban.id}/registers"
    issued(giao_ban, world)
    for username in STAFF:
        found = client_for(username).get(address)
        assert found.status_code == 200
        assert [(r["kind"], r["last"], r["next_symbol"]) for r in found.json] == [
            ("invitation", 1, "02/GM-UBND"),
            ("minutes", 0, "01/BB-UBND"),
            ("conclusions", 0, "01/TB-UBND"),
        ]
    for username in OTHERS:
        assert client_for(username).get(address).status_code == 403
    for username in OUTSIDERS:
        assert client_for(username).get(address).status_code == 404
