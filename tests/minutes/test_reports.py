"""The scorecard's page, and the spreadsheets: what stands there, for whom, and what never may."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from lxml import html

from minutes.followup import exporting
from people.actor import Actor
from tests.minutes.test_scorecard import enter
from tests.world import Briefing, World

ClientFor = Callable[[str], FlaskClient]
FORMULAS = ("=1+1", "+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x.example","a")')


def table(tree: Any, number: int = 0) -> list[list[str]]:
    rows = tree.xpath("//table")[number].xpath("./tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def opened(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert ".xlsx" in answer.headers["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def test_the_page_says_it_in_numbers_and_bars(
    live: Briefing, world: World, client_for: ClientFor
) -> None:
    numbers = {"done_on_time": 1_406, "done_late": 198, "in_time": 564, "overdue": 22}
    enter(live, world.units["xa_mot"], numbers)
    client = client_for("daibieu")
    tree = html.fromstring(client.get("/directives/scorecard").text)
    total = ["2.190", "1.406", "198", "564", "22", "0", "98,65%", "0", "0"]
    assert table(tree)[0][1:2] + table(tree)[0][3:12] == ["UBND xã Đắk R'Măng", *total]
    assert table(tree)[-1][1:2] + table(tree)[-1][3:12] == ["Tổng cộng", *total]
    assert table(tree, 1)[0][2:] == total[:7]
    # The same in words for whoever sees no bar, and in patterns for whoever sees no colour.
    told = tree.xpath("//tbody/tr[1]//*[local-name()='svg']/@aria-label")[0]
    assert told.startswith("Hoàn thành đúng hạn: 1.406; Hoàn thành quá hạn: 198; Đang thực hiện")
    assert "url(#p-overdue)" in tree.xpath("//tbody/tr[1]//*[local-name()='rect']/@fill")
    assert not tree.xpath("//main//*[@style] | //main//script")
    english = html.fromstring(client.get("/directives/scorecard?lang=en").text)
    assert table(english)[0][3] == "2,190"
    assert table(english)[0][9] == "98.65%"
    # What finds nothing says so; what is wrong stays as it was typed, and the table is whole.
    nothing = client.get("/directives/scorecard?given_from=2190-01-01&lang=vi").text
    assert "Không có chỉ đạo nào khớp" in nothing
    wrong = client.get("/directives/scorecard?given_from=2026-02-30&kind=commune")
    assert wrong.status_code == 422
    tree = html.fromstring(wrong.text)
    assert tree.get_element_by_id("given_from").get("value") == "2026-02-30"
    assert "Không phải là ngày hợp lệ" in tree.xpath("//*[@role='alert']")[0].text_content()
    assert len(table(tree)) == 2
    assert "Chưa có chỉ đạo nào" in client_for("khach").get("/directives/scorecard").text


def test_the_worst_come_first_or_the_units_in_their_order(
    live: Briefing, world: World, client_for: ClientFor, thu_ky: Actor
) -> None:
    for key, due in (("xa_hai", "2199-Q1"), ("tai_chinh", "2199-Q1"), ("huyen", "2026-01-01")):
        told = {"text": "Báo cáo.", "lead_unit_ids": [world.units[key]], "due": due}
        live.do(thu_ky, "directive.add", **told)
    client = client_for("thuky")

    def names(query: str) -> list[str]:
        tree = html.fromstring(client.get(f"/directives/scorecard?{query}").text)
        return [row[1] for row in table(tree)[:-1]]

    # Of the first two all is overdue; nothing of the others could be done yet.
    office, communes = "Phòng Tài chính - Kế hoạch", ["UBND xã Đắk R'Măng", "UBND xã Quảng Hòa"]
    whole = ["UBND huyện Đắk Thử", office, *communes]
    assert names("sort=unit") == whole
    assert names("") == [communes[0], whole[0], office, communes[1]]
    assert names("kind=commune") == communes
    sheet = opened(client, "/directives/scorecard.xlsx?sort=unit&kind=commune").worksheets[0]
    assert [sheet.cell(row, 2).value for row in (5, 6, 7)] == [*communes, "Tổng cộng"]


def test_the_register_is_a_spreadsheet_of_real_values(
    live: Briefing, world: World, client_for: ClientFor, thu_ky: Actor
) -> None:
    for text in FORMULAS:
        live.do(
            thu_ky,
            "directive.add",
            text=text,
            lead_unit_ids=[world.units["xa_hai"]],
            supporting_unit_ids=[],
            due="2199-03-05",
            due_text="=cmd|' /C calc'!A0",
        )
    client = client_for("daibieu")
    sheet = opened(client, f"/directives.xlsx?meeting={live.id}").active
    assert sheet["A1"].value == "DANH MỤC CHỈ ĐẠO"
    assert sheet["A2"].value.startswith("(Tính đến ")
    head = [cell.value for cell in sheet[4]]
    rows = {row[1].value: dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=5)}
    assert rows.keys() == {"Rà soát hộ nghèo.", *FORMULAS}
    for text in FORMULAS:
        for cell in (rows[text]["Nội dung"], rows[text]["Thời hạn như đã giao"]):
            # Text, and text still when somebody has edited the cell.
            assert (cell.data_type, cell.quotePrefix) == ("s", True), text
        assert rows[text]["Thời hạn"].value == datetime(2199, 3, 5)  # noqa: DTZ001
    late = rows["Rà soát hộ nghèo."]
    assert late["Thời hạn"].is_date
    assert late["Số ngày quá hạn"].data_type == "n"
    assert late["Số ngày quá hạn"].value > 100
    assert late["Đơn vị chủ trì"].value == "UBND xã Đắk R'Măng"
    assert late["Tình trạng"].value == "Đang thực hiện, quá hạn"
    assert late["Nội dung"].quotePrefix is False
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A5", "A4:M10")
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$4:$4")
    # The same filters as elsewhere, and what one may see.
    assert opened(client, "/directives.xlsx?status=overdue&q=ra+soat").active.max_row == 6
    assert opened(client_for("khach"), "/directives.xlsx").active.max_row == 4
    assert client.get("/directives.xlsx?meeting=x").status_code == 422


def test_what_is_too_much_for_a_file_is_refused_in_a_sentence(
    live: Briefing,
    world: World,
    client_for: ClientFor,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enter(live, world.units["xa_mot"], {"overdue": 7})
    monkeypatch.setattr(exporting, "AT_MOST", 7)
    monkeypatch.setattr(exporting, "LOT", 3)
    reader = client_for("daibieu")
    sheet = opened(reader, "/directives.xlsx").active
    assert [sheet.cell(row, 1).value for row in range(5, 12)] == [1, 2, 3, 4, 5, 6, 7]
    assert sheet.max_row == 11
    monkeypatch.setattr(exporting, "AT_MOST", 6)
    refused = reader.get("/directives.xlsx")
    assert refused.status_code == 413
    assert "Có 7 chỉ đạo; một tệp chứa nhiều nhất 6." in refused.text
    for address in ("/directives.xlsx", "/directives/scorecard", "/directives/scorecard.xlsx"):
        assert client.get(address).status_code == 302, address


def test_many_units_come_in_pages(
    live: Briefing,
    world: World,
    thu_ky: Actor,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("minutes.followup.reports.UNITS_ON_A_PAGE", 1)
    for key in ("xa_mot", "xa_hai"):
        told = {"text": "Báo cáo.", "lead_unit_ids": [world.units[key]], "due": "2199-Q1"}
        live.do(thu_ky, "directive.add", **told)
    client = client_for("thuky")
    seen = []
    # What is no number, or beyond the last page, leads to one that there is; a name that the
    # making of addresses knows, to nothing else.
    for number in ("1", "2", "99", "-3", "x&_method=POST&_scheme=javascript&_anchor=x"):
        answer = client.get(f"/directives/scorecard?sort=unit&kind=commune&page={number}")
        assert answer.status_code == 200
        tree = html.fromstring(answer.text)
        seen.append([row[0:2] for row in table(tree)[:-1]])
        (link,) = tree.xpath("//nav[@class='pager']/a/@href")
        assert "sort=unit" in link
        assert "kind=commune" in link
        assert "javascript" not in link
    one, two = [["1", "UBND xã Đắk R'Măng"]], [["2", "UBND xã Quảng Hòa"]]
    assert seen == [one, two, two, one, one]
