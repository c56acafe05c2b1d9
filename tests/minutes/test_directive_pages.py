"""The register and the page of one directive, as their readers get them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.db import db
from papers.models import Upload
from people.actor import Actor
from tests.marks import both_engines
from tests.meetings.test_pages import text
from tests.minutes.test_register import enter
from tests.papers.samples import pdf
from tests.world import Briefing, World

ClientFor = Callable[[str], FlaskClient]


@both_engines
def test_the_register_shows_filters_and_counts(
    live: Briefing, world: World, client_for: ClientFor, thu_ky: Actor
) -> None:
    nasty = "<script>alert(1)</script> Rà soát"
    live.do(thu_ky, "directive.add", text=nasty, field="Y tế & dân số", due="2020-01-31")
    enter(live, world.units["xa_hai"])
    browser = client_for("daibieu")
    page = browser.get(f"/directives?meeting={live.id}&per_page=20")
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.text
    words = text(page)
    assert "Tất cả 17" in words
    assert re.search(r"Quá hạn \d+ ngày", words)
    # The longest overdue stands first, and leads to its own page.
    assert re.findall(r'href="/directives/(\d+)"', page.text)[0] == str(
        max(d["id"] for k, d in live.objects(thu_ky).items() if d.get("text") == nasty)
    )
    # What is asked for stays in the form and in every address.
    asked = browser.get(
        f"/directives?meeting={live.id}&unit={world.units['xa_hai']}&status=no_deadline&per_page=20"
    )
    assert f'<option value="{world.units["xa_hai"]}" selected>' in asked.text
    for address in re.findall(r'href="(/directives\?[^"]+)"', asked.text):
        if "meeting=" in address:
            assert f"unit={world.units['xa_hai']}" in address
    assert len(re.findall(r'href="/directives/\d+"', asked.text)) == 2
    by_field = text(browser.get("/directives?field=Y+t%E1%BA%BF+%26+d%C3%A2n+s%E1%BB%91"))
    assert "1 chỉ đạo" in by_field
    assert "Rà soát" in by_field
    # In pages, to the end and beyond.
    pages = [
        browser.get(f"/directives?meeting={live.id}&per_page=7&page={n}") for n in (1, 2, 3, 9)
    ]
    shown = [re.findall(r'href="/directives/(\d+)"', page.text) for page in pages]
    assert [len(keys) for keys in shown] == [7, 7, 3, 0]
    assert len({key for keys in shown for key in keys}) == 17


def test_a_filter_that_cannot_be_read_says_so_at_its_field(
    live: Briefing, client_for: ClientFor
) -> None:
    browser = client_for("daibieu")
    for wrong, field in (
        ("due_from=2026-02-30&q=ngheo", "due_from"),
        ("unit=x&q=ngheo", "unit"),
        ("status=late&q=ngheo", "status"),
        ("page=0&q=ngheo", "page"),
        ("per_page=100000&q=ngheo", "per_page"),
        ("field=" + "y" * 101 + "&q=ngheo", "field"),
    ):
        page = browser.get(f"/directives?{wrong}")
        assert page.status_code == 422, wrong
        assert 'value="ngheo"' in page.text
        assert field == "page" or f'id="{field}-error"' in page.text, wrong
    assert browser.get("/directives?q=%00&state=unheard-of").status_code == 200


def test_whoever_sees_no_meeting_sees_an_empty_register(
    live: Briefing, client_for: ClientFor, client: FlaskClient
) -> None:
    words = text(client_for("khach").get("/directives"))
    assert "Chưa có chỉ đạo nào" in words
    assert "Rà soát hộ nghèo" not in words
    assert "Không có chỉ đạo nào khớp" in text(client_for("daibieu").get("/directives?q=xyz"))
    assert client.get("/directives").location.startswith("/login?next=")


# --- One directive ------------------------------------------------------------------------------


def form_of(page: TestResponse, key: str) -> dict[str, Any]:
    """The hidden fields of a form of the page."""
    found = re.search(rf'<form[^>]*id="form-{key}".*?</form>', page.text, re.S)
    assert found, f"no form {key}"
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[0]))


def forms(page: TestResponse) -> set[str]:
    """The forms that a page offers, numbers left out."""
    return {re.sub(r"-\d+", "", key) for key in re.findall(r'id="form-([\w-]+)"', page.text)}


def test_its_whole_life_goes_through_the_page(
    in_state: Callable[[str], Briefing], world: World, client_for: ClientFor
) -> None:
    closed = in_state("closed")
    address = f"/directives/{closed.parts.directive}"
    unit, chair = client_for("daibieu"), client_for("chutoa")

    def send(browser: FlaskClient, intention: str, key: str, **typed: Any) -> TestResponse:
        values = form_of(browser.get(address), key) | typed
        return browser.post(f"{address}/{intention}", data=values)

    def done(browser: FlaskClient, intention: str, key: str, **typed: Any) -> None:
        answer = send(browser, intention, key, **typed)
        assert (answer.status_code, answer.location) == (302, address), text(answer)

    page = unit.get(address)
    assert forms(page) == {"acknowledge", "report", "extend", "pass"}
    assert "Thôn 1, xã Đắk R" in text(page)
    assert forms(client_for("quansat").get(address)) == set()
    assert forms(client_for("daibieu2").get(address)) == {"acknowledge"}  # it only supports
    for username in ("khach", "quantri"):
        refused = client_for(username).get(address)
        assert refused.status_code == 404
        # What there is not looks the same.
        assert text(client_for(username).get("/directives/99999")) == text(refused)
        assert client_for(username).post(f"{address}/report", data={}).status_code == 404
    assert client_for("quansat").post(f"{address}/classify", data={}).status_code == 403

    done(unit, "acknowledge", "acknowledge", reply="clarify", note="Chuẩn <b>nào</b>?")
    done(unit, "extend", "extend", due="2199-06-30", reason="Mưa lũ kéo dài.")
    done(chair, "decide", "decide", decision="granted", reason="Một tháng là đủ.", due="2199-05-31")
    done(unit, "report", "report", progress="60", text="Đã rà soát 3 thôn.", files=["a" * 64])
    report = max(
        d["id"] for k, d in closed.objects(world.actors["thuky"]).items() if "report/" in k
    )
    done(chair, "return", f"report-{report}", remarks="Thiếu biểu số liệu.")
    done(unit, "report", "report", progress="", done="yes", text="Đã rà soát xong.")
    done(chair, "check", f"report-{report + 1}", remarks="")
    done(chair, "classify", "classify", field="Giảm nghèo")

    # Too late: nothing is lost, though the form is gone.
    late = unit.post(
        f"{address}/report", data={"form": "report", "progress": "90", "text": "Bổ sung <3>."}
    )
    assert late.status_code == 409
    assert "đã được xác nhận hoàn thành" in text(late)
    assert "Bổ sung &lt;3&gt;." in late.text
    page = unit.get(address)
    assert forms(page) == set()
    assert "&lt;b&gt;nào" in page.text
    words = text(page)
    told = [
        "Giao việc",
        "Xin làm rõ K'Đại".replace("'", "&#39;"),
        "xin gia hạn đến 30/06/2199",
        "Mưa lũ kéo dài.",
        "Đồng ý gia hạn từ quý II/2026 đến 31/05/2199",
        "Một tháng là đủ.",
        "báo cáo: 60%",
        "Đã rà soát 3 thôn.",
        "Báo cáo.pdf",
        "Trả lại báo cáo",
        "Thiếu biểu số liệu.",
        "báo cáo hoàn thành",
        "Xác nhận kết quả",
        "Lĩnh vực: không → Giảm nghèo",
    ]
    story = words[words.index("Quá trình thực hiện") :]
    places = [story.index(each) for each in told]
    assert places == sorted(places)
    assert f"/reports/{report}/files/1" in page.text


@both_engines
def test_what_is_refused_comes_back_with_what_was_typed(
    in_state: Callable[[str], Briefing],
    client_for: ClientFor,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = in_state("closed")
    address = f"/directives/{closed.parts.directive}"
    unit = client_for("daibieu")
    revision = closed.revision
    report = form_of(unit.get(address), "report")
    typed = {"progress": "140", "text": "Đã làm <i>xong</i>.", "files": ["a" * 64]}
    answer = unit.post(f"{address}/report", data=report | typed)
    assert answer.status_code == 422
    assert 'id="report-progress-error"' in answer.text
    assert "Đã làm &lt;i&gt;xong&lt;/i&gt;." in answer.text
    assert f'name="files" value="{"a" * 64}" checked' in answer.text
    # A file that is none is named; the sound one beside it has been taken in.
    files = [(io.BytesIO(pdf(mark="một")), "Một.pdf"), (io.BytesIO(b"x"), "Hai.exe")]
    answer = unit.post(f"{address}/report", data=report | {"text": "Xong.", "uploads": files})
    assert answer.status_code == 422
    assert "Hai.exe: Chỉ nhận PDF" in text(answer)
    kept = re.findall(r'name="files" value="(\w{64})" checked', answer.text)
    assert len(kept) == 1
    assert closed.revision == revision
    # The same form once more, put right; a double click is one report.
    again = form_of(answer, "report") | {"progress": "50", "text": "Xong.", "files": kept}
    for _ in range(2):
        assert unit.post(f"{address}/report", data=again).status_code == 302
    assert closed.revision == revision + 1
    # Something else has happened meanwhile.
    part = {"part_id": str(closed.parts.directive)}
    assert unit.post(f"{address}/take_back", data=part).status_code == 409
    for key, values in (
        ("extend", {"due": "", "reason": "Mưa."}),
        ("extend", {"due": "2199-02-30", "reason": "Mưa."}),
        ("extend", {"due": "2199-01-01", "reason": ""}),
        ("acknowledge", {"reply": "perhaps"}),
        ("acknowledge", {"unit_id": "9" * 30, "reply": "understood"}),
        ("report", {"text": "x" * 20_001, "progress": "5"}),
        ("report", {"text": "x", "progress": "5", "files": ["a" * 64] * 11}),
        ("report", {"text": "\x00", "progress": "5"}),
        ("report", {"text": "x", "progress": "5", "files": ["\x00"]}),
    ):
        answer = unit.post(f"{address}/{key}", data={"form": key} | values)
        assert answer.status_code == 422, (key, values)
        assert 'role="alert"' in answer.text, (key, values)
    assert unit.post(f"{address}/unheard-of").status_code == 404
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert unit.post(f"{address}/report", data=again, headers=elsewhere).status_code == 403
    assert closed.revision == revision + 1
    # What is far too large is said before it is received.
    monkeypatch.setitem(app.config, "PAPER_MAX_BYTES", 1000)
    large = {"uploads": (io.BytesIO(bytes(200_000)), "Lớn.pdf")}
    assert unit.post(f"{address}/report", data=large).status_code == 413


def test_files_are_taken_in_with_a_report_alone(live: Briefing, client_for: ClientFor) -> None:
    address = f"/directives/{live.parts.directive}"
    for username in ("quansat", "daibieu"):
        sent = {"field": "Y tế", "uploads": (io.BytesIO(pdf(mark=username)), "Lạc.pdf")}
        assert client_for(username).post(f"{address}/classify", data=sent).status_code == 403
    with live.app.app_context():
        assert db.session.scalar(select(Upload.id).where(Upload.filename == "Lạc.pdf")) is None


def test_a_part_is_passed_on_and_taken_back(
    in_state: Callable[[str], Briefing], world: World, client_for: ClientFor
) -> None:
    closed = in_state("closed")
    address, unit = f"/directives/{closed.parts.directive}", client_for("daibieu")
    key = f"pass-{world.units['xa_mot']}"
    sent = form_of(unit.get(address), key)
    empty = unit.post(f"{address}/pass_on", data=sent)
    assert empty.status_code == 422
    assert f'id="{key}-unit_ids-error">Cần chọn ít nhất một đơn vị.' in empty.text
    typed = sent | {
        "unit_ids": [str(world.units["thon"])],
        "text": "Họp thôn.",
        "due": "2026-05-01",
    }
    assert unit.post(f"{address}/pass_on", data=typed).status_code == 302
    page = unit.get(address)
    assert forms(page) == {"acknowledge", "extend", "take"}
    (part,) = set(re.findall(r'href="/directives/(\d+)"', page.text)) - {address.split("/")[-1]}
    of_part = unit.get(f"/directives/{part}")
    assert "Xem chỉ đạo gốc" in text(of_part)
    assert "xã Đắk R&#39;Măng phân công" in text(of_part)
    assert unit.post(f"{address}/take_back", data=form_of(page, f"take-{part}")).status_code == 302
    words = text(unit.get(address))
    story = words[words.index("Quá trình thực hiện") :]
    assert story.index("Phân công cho đơn vị trực thuộc") < story.index("Thu hồi phần việc")
    assert story.count("Thôn 1") == 2
    assert unit.get(f"/directives/{part}").status_code == 404


# --- The start page -----------------------------------------------------------------------------


def test_home_says_what_waits_and_leads_to_it(
    live: Briefing, world: World, client_for: ClientFor, thu_ky: Actor, dai_bieu: Actor
) -> None:
    def give(text: str, due: str, *units: str) -> dict[str, Any]:
        leads = [world.units[unit] for unit in units]
        args = {"text": text, "due": due, "lead_unit_ids": leads}
        made: dict[str, Any] = live.do(thu_ky, "directive.add", **args).result
        return made

    for number in range(9):
        give(f"Việc xa {number}", f"2199-0{number + 1}", "cac_xa")
    asked, unclear = (give(f"Việc {n}", "2199-12", "xa_mot")["id"] for n in ("gấp", "khó"))
    live.do(dai_bieu, "extension.ask", directive_id=asked, due="2200-01", reason="Mưa.")
    live.do(dai_bieu, "directive.acknowledge", directive_id=unclear, reply="clarify")
    report = {"directive_id": live.parts.directive, "progress": 0, "text": "Xong.", "done": True}
    live.do(dai_bieu, "directive.report", **report)

    page = client_for("daibieu").get("/")
    words = text(page)
    assert "Việc của đơn vị tôi (11)" in words
    assert "Việc xa 7" in words
    assert "Việc xa 8" not in words  # eight are shown, the register has all
    assert "Xem tất cả 11 chỉ đạo" in words
    assert f'href="/directives/{live.parts.directive}"' not in page.text  # it is done
    assert "Chỉ đạo chờ tôi" not in words
    for username in ("thuky", "chutoa"):
        browser = client_for(username)
        page = browser.get("/")
        assert (
            "Đề nghị gia hạn chờ quyết định 1 Báo cáo hoàn thành chờ xác nhận 1 Đơn vị xin làm rõ 1"
            in text(page)
        ), username
        for state, key in (
            ("extension_asked", asked),
            ("done", live.parts.directive),
            ("clarify_asked", unclear),
        ):
            address = f"/directives?state={state}&led=true"
            assert address.replace("&", "&amp;") in page.text or address in page.text
            assert re.findall(r'href="/directives/(\d+)"', browser.get(address).text) == [str(key)]
    # Whoever leads nothing is waited for by nobody.
    assert "1 chỉ đạo" not in text(client_for("daibieu").get("/directives?state=done&led=true"))


def test_a_meeting_s_page_leads_to_its_directives(
    in_state: Callable[[str], Briefing], client_for: ClientFor
) -> None:
    for state in ("live", "closed"):
        page = client_for("daibieu").get(f"/meetings/{in_state(state).id}")
        assert f'href="/directives?meeting={in_state(state).id}"' in page.text
    assert f'href="/directives/{in_state("closed").parts.directive}"' in page.text
