"""The register and the page of one directive, as their readers get them."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from people.actor import Actor
from tests.marks import both_engines
from tests.meetings.test_pages import text
from tests.minutes.test_register import enter
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
