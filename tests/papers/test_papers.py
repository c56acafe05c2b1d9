"""Handing papers in, who sees them, their versions, remarks and notes."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import files
from core.db import db
from core.times import now
from minutes.verify import faults
from papers.models import Upload
from people.actor import Actor
from tests.marks import both_engines
from tests.papers.conftest import SEEN, Desk
from tests.papers.samples import HARMFUL, SOUND, office, pdf
from tests.world import Briefing, World, applied

pytestmark = both_engines


# --- Uploading ----------------------------------------------------------------------------------


def test_a_file_is_kept_as_it_came(desk: Desk, app: Flask) -> None:
    content = pdf(2)
    answer = desk.upload("thuky", "../../tai lieu/Báo cáo\u202e.pdf", content)
    assert answer.status_code == 201
    assert answer.json == {
        "sha256": hashlib.sha256(content).hexdigest(),
        "filename": "Báo cáo.pdf",
        "size": len(content),
        "media_type": "application/pdf",
        "pages": 2,
    }
    with app.app_context():
        assert files.read(answer.json["sha256"]) == content
    # Once more is the same file, and leaves nothing behind.
    assert desk.upload("thuky", "Báo cáo.pdf", content).json == answer.json
    assert not list(Path(app.config["FILES_DIR"]).glob("incoming-*"))


@pytest.mark.parametrize("fault", HARMFUL)
def test_a_harmful_file_is_refused_with_a_sentence(fault: str, desk: Desk, app: Flask) -> None:
    name, content = HARMFUL[fault][-1]
    kept = set(Path(app.config["FILES_DIR"]).rglob("*"))
    answer = desk.upload("thuky", name, content)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "file"
    assert answer.json["detail"] == answer.json["errors"][0]["message"]
    assert len(answer.json["detail"]) > 20
    assert {p for p in Path(app.config["FILES_DIR"]).rglob("*") if p.is_file()} <= kept


@pytest.mark.parametrize(
    "make",
    [dict, lambda: {"file": "một chữ"}, lambda: {"other": (io.BytesIO(b"x"), "a.pdf")}],
    ids=["nothing", "text", "another field"],
)
def test_a_form_without_a_file_is_invalid(make: Callable[[], Any], desk: Desk) -> None:
    answer = desk.client_for("thuky").post(
        f"{desk.url}/papers/files", data=make(), content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["file"]


@pytest.mark.parametrize(("username", "status"), [("quansat", 403), ("khach", 404)])
def test_who_may_not_hand_in_uploads_nothing(username: str, status: int, desk: Desk) -> None:
    assert desk.upload(username, "a.pdf", pdf()).status_code == status


def test_only_what_one_has_uploaded_oneself_becomes_a_paper(desk: Desk) -> None:
    sha256 = desk.sha256("thuky", "a.pdf", pdf(mark="của thư ký"))
    for unknown in (sha256, "0" * 64):
        answer = desk.client_for("daibieu").post(f"{desk.url}/papers", json={"sha256": unknown})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "sha256")


# --- Who sees what ------------------------------------------------------------------------------


def test_everyone_sees_theirs_and_nothing_else(desk: Desk, shown: dict[str, Any]) -> None:
    for username, titles in SEEN.items():
        actor = desk.world.actors[username]
        objects = desk.briefing.objects(actor)
        papers = [value for key, value in objects.items() if key.startswith("paper/")]
        assert [paper["title"] for paper in papers] == titles
        assert desk.titles(username) == titles
        events = desk.briefing.events(actor, 0)
        assert applied({}, events).keys() & {f"paper/{p['id']}" for p in shown.values()} == {
            f"paper/{paper['id']}" for paper in papers
        }
        told = "".join(map(str, events)) + str(objects)
        bundle = zipfile.ZipFile(io.BytesIO(desk.get(username, "/papers.zip").data))
        assert len(bundle.namelist()) == len(titles)
        for paper in shown.values():
            hidden = paper["title"] not in titles
            status = 404 if hidden else 200
            one = f"/papers/{paper['id']}"
            for path in (one, f"{one}/file", f"{one}/file?version=1", f"{one}/note"):
                assert desk.get(username, path).status_code == status, (username, path)
            page = desk.client_for(username).get(
                f"/meetings/{desk.briefing.id}/papers/{paper['id']}"
            )
            assert page.status_code == status
            assert (paper["title"] in told) is not hidden
            assert (paper["sha256"] in told) is not hidden
            assert any(paper["title"] in name for name in bundle.namelist()) is not hidden
    for path in ("/papers", f"/papers/{shown['all']['id']}/file", "/papers.zip", "/remarks"):
        assert desk.get("khach", path).status_code == 404


def test_a_paper_that_is_hidden_leaves_the_pages_of_those_who_had_it(
    desk: Desk, shown: dict[str, Any], world: World
) -> None:
    key = f"paper/{shown['all']['id']}"
    office, commune = world.actors["daibieu2"], world.actors["daibieu"]
    held = {actor: desk.briefing.objects(actor) for actor in (office, commune)}
    steps = [
        ({"visible_to": "units", "unit_ids": [world.units["tai_chinh"]]}, {office}),
        ({"visible_to": "units", "unit_ids": [world.units["cac_xa"]]}, {commune}),
        ({"visible_to": "staff"}, set()),
        ({"visible_to": "everyone"}, {office, commune}),
        ({"visible_to": "staff", "unit_ids": [world.units["tai_chinh"]]}, set()),
    ]
    for body, seeing in steps:
        revision = desk.briefing.revision
        assert desk.change("thuky", shown["all"]["id"], **body).status_code == 200
        for actor in held:
            held[actor] = applied(held[actor], desk.briefing.events(actor, revision))
            assert held[actor] == desk.briefing.objects(actor)
            assert (key in held[actor]) is (actor in seeing), (body, actor.name)


def test_a_group_stands_for_its_members(desk: Desk, world: World) -> None:
    paper = desk.add("thuky", "Các xã.pdf", visible_to="units", unit_ids=[world.units["cac_xa"]])
    assert paper["unit_ids"] == [world.units["xa_mot"], world.units["xa_hai"]]


def test_for_units_means_for_some(desk: Desk) -> None:
    sha256 = desk.sha256("thuky", "a.pdf", pdf())
    body = {"sha256": sha256, "visible_to": "units"}
    answer = desk.client_for("thuky").post(f"{desk.url}/papers", json=body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "unit_ids")


def test_who_goes_to_another_unit_sees_with_its_eyes(
    desk: Desk, shown: dict[str, Any], thu_ky: Actor, world: World
) -> None:
    desk.briefing.do(
        thu_ky,
        "participant.update",
        participant_id=desk.briefing.parts.participants["daibieu"],
        unit_id=world.units["tai_chinh"],
    )
    assert desk.titles("daibieu") == SEEN["daibieu2"]


# --- What is handed in by others ----------------------------------------------------------------


def test_what_a_unit_hands_in_is_the_staffs_to_show(desk: Desk, shown: dict[str, Any]) -> None:
    paper = shown["handed in"]
    assert (paper["visible_to"], paper["unit_id"]) == ("staff", desk.world.units["xa_mot"])
    for visible_to in ("everyone", "units"):
        body = {"visible_to": visible_to, "unit_ids": [desk.world.units["tai_chinh"]]}
        assert desk.change("daibieu", paper["id"], **body).status_code == 403
    again = desk.sha256("daibieu", "Bản sửa.pdf", pdf(mark="sửa"))
    assert desk.change("daibieu", paper["id"], sha256=again).json["version"] == 2
    assert desk.change("thuky", paper["id"], visible_to="everyone").status_code == 200
    assert "Xã gửi" in desk.titles("daibieu2")
    # From now on it is no longer theirs to change.
    assert desk.change("daibieu", paper["id"], title="Khác").status_code == 403
    assert desk.change("daibieu2", shown["all"]["id"], title="Khác").status_code == 403
    assert desk.change("daibieu2", shown["staff"]["id"], title="Khác").status_code == 404


# --- Versions -----------------------------------------------------------------------------------


def test_a_new_version_keeps_the_old_ones(desk: Desk, app: Flask) -> None:
    first, second = pdf(mark="1"), office("docx")
    paper = desk.add("thuky", "Báo cáo.pdf", first, title="Báo cáo tuần")
    sha256 = desk.sha256("chutoa", "Bản hai.docx", second)
    changed = desk.change("chutoa", paper["id"], sha256=sha256, base_revision=paper["revision"])
    assert changed.status_code == 200
    now_it_is = changed.json
    assert (now_it_is["title"], now_it_is["version"], now_it_is["filename"]) == (
        "Báo cáo tuần",
        2,
        "Bản hai.docx",
    )
    assert (now_it_is["uploaded_by"], now_it_is["pages"]) == ("Trần Văn Chủ", None)
    earlier = {k: v for k, v in paper.items() if k in now_it_is["earlier"][0]}
    assert now_it_is["earlier"] == [earlier]
    url = f"/papers/{paper['id']}/file"
    assert desk.get("daibieu", url).data == second
    assert desk.get("daibieu", f"{url}?version=1").data == first
    assert desk.get("daibieu", f"{url}?version=3").status_code == 404
    # The same file again is no version; a stale author is told.
    assert desk.change("chutoa", paper["id"], sha256=sha256).json["version"] == 2
    stale = desk.change("thuky", paper["id"], title="Khác", base_revision=paper["revision"])
    assert (stale.status_code, stale.json["current"]["version"]) == (409, 2)
    with app.app_context():
        assert list(faults(db.session())) == []


# --- Serving ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOUND)
def test_a_file_is_served_so_that_it_can_do_nothing(name: str, desk: Desk) -> None:
    content = SOUND[name]
    paper = desk.add("thuky", name, content)
    answer = desk.get("daibieu", f"/papers/{paper['id']}/file")
    assert answer.data == content
    headers = answer.headers
    assert headers["Content-Type"] == paper["media_type"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Cache-Control"] == "private, no-cache"
    # In parts, and not again.
    part = desk.get("daibieu", f"/papers/{paper['id']}/file", Range="bytes=2-5")
    assert (part.status_code, part.data) == (206, content[2:6])
    same = desk.get("daibieu", f"/papers/{paper['id']}/file", **{"If-None-Match": headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    # Whoever had it and may not see it any more gets none of it.
    desk.change("thuky", paper["id"], visible_to="staff")
    gone = desk.get("daibieu", f"/papers/{paper['id']}/file", **{"If-None-Match": headers["ETag"]})
    assert gone.status_code == 404


def test_a_file_that_the_disk_has_lost_is_not_found(desk: Desk, app: Flask) -> None:
    kept = desk.add("thuky", "Còn.pdf")
    paper = desk.add("thuky", "Mất.pdf")
    with app.app_context():
        files.remove(paper["sha256"])
    assert desk.get("thuky", f"/papers/{paper['id']}/file").status_code == 404
    bundle = zipfile.ZipFile(io.BytesIO(desk.get("thuky", "/papers.zip").data))
    assert [name.rpartition("/")[2] for name in bundle.namelist()] == [kept["filename"]]


def test_the_bundle_has_a_folder_for_each_item(desk: Desk) -> None:
    items = desk.briefing.parts.items
    contents = [pdf(mark=str(n)) for n in range(4)]
    desk.add("thuky", "Báo cáo.pdf", contents[0], item_id=items[0])
    desk.add("thuky", "báo cáo.pdf", contents[1], item_id=items[0])
    desk.add("thuky", "..hidden<|>.pdf", contents[2], item_id=items[1])
    desk.add("thuky", "Chung.pdf", contents[3])
    answer = desk.get("daibieu", "/papers.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "tai-lieu-GB-THU.zip" in answer.headers["Content-Disposition"]
    bundle = zipfile.ZipFile(io.BytesIO(answer.data))
    assert bundle.testzip() is None
    assert {name: bundle.read(name) for name in bundle.namelist()} == {
        "01 Báo cáo tình hình kinh tế - xã hội/Báo cáo.pdf": contents[0],
        "01 Báo cáo tình hình kinh tế - xã hội/báo cáo (2).pdf": contents[1],
        "02 Thảo luận của các điểm cầu/hidden.pdf": contents[2],
        "00 Tài liệu chung/Chung.pdf": contents[3],
    }
    desk.client_for("daibieu")
    assert zipfile.ZipFile(io.BytesIO(desk.get("daibieu", "/papers.zip").data)).namelist()


# --- Items, remarks, notes ----------------------------------------------------------------------


def test_an_item_with_papers_is_not_removed(desk: Desk, thu_ky: Actor) -> None:
    item = desk.briefing.parts.items[1]
    paper = desk.add("thuky", "a.pdf", item_id=item)
    url = f"{desk.url}/agenda-items/{item}"
    assert desk.client_for("thuky").delete(url).status_code == 409
    desk.change("thuky", paper["id"], item_id=None)
    assert desk.client_for("thuky").delete(url).status_code == 200
    assert desk.titles("daibieu") == ["a"]


def remark(desk: Desk, username: str, paper: Any, text: str, **more: Any) -> Any:
    body = {"paper_id": paper["id"], "text": text} | more
    return desk.client_for(username).post(f"{desk.url}/remarks", json=body)


def test_the_staff_collect_what_each_unit_remarks(desk: Desk, shown: dict[str, Any]) -> None:
    one = remark(desk, "daibieu", shown["all"], "Số liệu của xã chưa khớp.", page=2)
    two = remark(desk, "daibieu2", shown["all"], "Nhất trí.")
    three = remark(desk, "daibieu2", shown["office"], "Bổ sung phụ lục.")
    assert [each.status_code for each in (one, two, three)] == [201] * 3
    assert remark(desk, "daibieu", shown["office"], "x").status_code == 404
    assert remark(desk, "quansat", shown["all"], "x").status_code == 403
    beyond = remark(desk, "daibieu", shown["all"], "x", page=4)
    assert (beyond.status_code, beyond.json["errors"][0]["field"]) == (422, "page")

    def texts(username: str) -> list[str]:
        return [r["text"] for r in desk.get(username, "/remarks").json["items"]]

    everything = ["Số liệu của xã chưa khớp.", "Nhất trí.", "Bổ sung phụ lục."]
    assert texts("thuky") == texts("chutoa") == texts("vanthu") == everything
    assert texts("daibieu") == everything[:1]
    assert texts("daibieu2") == texts("quansat") == everything[1:]
    pages = {u: desk.client_for(u).get(f"/meetings/{desk.briefing.id}/remarks") for u in SEEN}
    assert all(text in pages["thuky"].text for text in everything)
    assert "Nhất trí." not in pages["daibieu"].text
    # One's own is one's own; the secretary may put aside any.
    url = f"{desk.url}/remarks/"
    assert desk.client_for("daibieu").delete(f"{url}{two.json['id']}").status_code == 404
    assert desk.client_for("daibieu").delete(f"{url}{one.json['id']}").status_code == 200
    assert desk.client_for("thuky").delete(f"{url}{two.json['id']}").status_code == 200


def test_a_paper_with_remarks_or_notes_stays(desk: Desk, shown: dict[str, Any]) -> None:
    url = f"{desk.url}/papers/"
    remark(desk, "daibieu", shown["all"], "Góp ý.")
    refused = desk.client_for("thuky").delete(f"{url}{shown['all']['id']}")
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    note = f"/papers/{shown['office']['id']}/note"
    body = {"text": "Của riêng tôi", "base_revision": 0}
    assert desk.client_for("daibieu2").put(desk.url + note, json=body).status_code == 200
    assert desk.client_for("thuky").delete(f"{url}{shown['office']['id']}").status_code == 409
    body = {"text": "", "base_revision": 1}
    assert desk.client_for("daibieu2").put(desk.url + note, json=body).status_code == 200
    assert desk.client_for("thuky").delete(f"{url}{shown['office']['id']}").status_code == 200
    assert desk.client_for("daibieu").delete(f"{url}{shown['handed in']['id']}").status_code == 200
    assert desk.titles("thuky") == ["Chung", "Nội bộ"]


def test_a_note_is_its_authors_alone(desk: Desk, shown: dict[str, Any], app: Flask) -> None:
    path = f"/papers/{shown['all']['id']}/note"
    revision = desk.briefing.revision
    assert desk.get("daibieu", path).json == {"text": "", "revision": 0, "at": None}
    put = desk.client_for("daibieu").put
    saved = put(desk.url + path, json={"text": "Hỏi thêm về vốn.", "base_revision": 0})
    assert (saved.status_code, saved.json["revision"]) == (200, 1)
    for username in ("daibieu2", "thuky", "chutoa", "quansat"):
        assert desk.get(username, path).json["text"] == ""
    stale = put(desk.url + path, json={"text": "Từ điện thoại", "base_revision": 0})
    assert (stale.status_code, stale.json["current"]["text"]) == (409, "Hỏi thêm về vốn.")
    assert put(desk.url + path, json={"text": "Sửa", "base_revision": 1}).json["revision"] == 2
    # It is no part of the meeting.
    assert desk.briefing.revision == revision
    assert "vốn" not in str(desk.briefing.objects(desk.world.actors["daibieu"]))


# --- Cleaning up --------------------------------------------------------------------------------


def test_what_became_part_of_nothing_is_cleaned_away(
    desk: Desk, app: Flask, in_state: Callable[[str], Briefing]
) -> None:
    used = desk.add("thuky", "Dùng.pdf")
    orphan = desk.sha256("thuky", "Bỏ.pdf", pdf(mark="bỏ"))
    removed = desk.add("thuky", "Thu lại.pdf")
    desk.client_for("thuky").delete(f"{desk.url}/papers/{removed['id']}")
    partial = Path(app.config["FILES_DIR"]) / "incoming-cut"
    partial.write_bytes(b"x")
    runner = app.test_cli_runner()
    # Young ones may be about to be used.
    assert runner.invoke(args=["clean-files"]).output.startswith("0 files")
    with app.app_context():
        for upload in db.session.scalars(select(Upload)):
            upload.at = now() - timedelta(days=8)
        db.session.commit()
    os.utime(partial, (0, 0))
    assert runner.invoke(args=["clean-files"]).output.startswith("3 files")
    with app.app_context():
        assert files.read(used["sha256"])
        for gone in (orphan, removed["sha256"]):
            with pytest.raises(FileNotFoundError):
                files.read(gone)
    assert not partial.exists()
    answer = desk.client_for("thuky").post(f"{desk.url}/papers", json={"sha256": orphan})
    assert answer.status_code == 422
    assert runner.invoke(args=["clean-files"]).output.startswith("0 files")


def test_the_pages_are_there_for_nobody_else(
    desk: Desk, shown: dict[str, Any], client: FlaskClient
) -> None:
    for page in (f"papers/{shown['all']['id']}", "remarks", "video"):
        url = f"/meetings/{desk.briefing.id}/{page}"
        assert desk.client_for("khach").get(url).status_code == 404
        assert client.get(url).status_code == 302
