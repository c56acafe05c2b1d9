"""What differs between two texts, and what becomes of a text when the record has changed."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutes.content import Content, sanitised
from minutes.differences import changes
from minutes.merging import RECORD_DROPS, RECORD_SAYS, merge, open_choices
from tests.paper import CONTENT


def text(body: str = "<p>Mở đầu.</p>", **values: Any) -> Content:
    return Content.model_validate(CONTENT | values | {"body": body})


def table(*rows: str) -> str:
    cells = "".join(
        f"<tr><td>{i}</td><td>{row}</td><td>Phòng Nội vụ</td></tr>" for i, row in enumerate(rows, 1)
    )
    head = "<thead><tr><th>TT</th><th>Nội dung</th><th>Đơn vị</th></tr></thead>"
    return f'<table class="directives">{head}<tbody>{cells}</tbody></table>'


def shown(before: str, after: str) -> str:
    """What is shown of a changed body."""
    found = {each["field"]: each["html"] for each in changes(text(before), text(after))}
    return found.pop("body", "") if not found.keys() - {"body"} else str(found)


# Differences -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "html"),
    [
        ("<p>a b c</p>", "<p>a b c</p>", ""),
        ("<p>Thu đạt 45 %.</p>", "<p>Thu đạt 46 %.</p>",
         "<p>Thu đạt<del> 45</del><ins> 46</ins> %.</p>"),
        ("<p>Một hai.</p>", "<p>Một hai. Ba.</p>", "<p>Một hai.<ins> Ba.</ins></p>"),
        ("<p>Một hai ba bốn.</p>", "<p>Mười một hai ba bốn.</p>",
         "<p><del>Một</del><ins>Mười một</ins> hai ba bốn.</p>"),
        ("<p>a</p>", "<p>a</p><p>b c</p>", "<p>a</p><p><ins>b c</ins></p>"),
        ("<p>a</p><p>b c</p>", "<p>a</p>", "<p>a</p><p><del>b c</del></p>"),
        ("<p>a b</p>", "<h2>a b</h2>", "<p><del>a b</del></p><h2><ins>a b</ins></h2>"),
        ("<p>a <strong>b</strong> c</p>", "<p>a <strong>d e</strong> c</p>",
         "<p>a <strong><del>b</del><ins>d e</ins></strong> c</p>"),
        ("<ul><li>a b</li><li>c</li></ul>", "<ul><li>a b d</li><li>c</li></ul>",
         "<ul><li>a b<ins> d</ins></li><li>c</li></ul>"),
        # Of what has not changed, nothing but the next block is shown.
        ("<p>1x</p><p>2x</p><p>3x</p><p>4x</p>", "<p>1x</p><p>2x</p><p>3x</p><p>4x y</p>",
         "<p>…</p><p>3x</p><p>4x<ins> y</ins></p>"),
        ("<p>&lt;script&gt; &amp;</p>", "<p>&lt;script&gt; &amp; &lt;b&gt;</p>",
         "<p>&lt;script&gt; &amp;<ins> &lt;b&gt;</ins></p>"),
    ],
)  # fmt: skip
def test_what_was_put_in_and_taken_out_is_marked(before: str, after: str, html: str) -> None:
    assert shown(before, after) == html


def test_a_row_is_marked_inside_its_cells() -> None:
    html = shown(table("Một a", "Hai b", "Ba c"), table("Một a", "Hai b d", "Ba c", "Bốn e"))
    assert html.startswith('<table class="directives"><thead>') or "<tr><td>…</td></tr>" in html
    assert "<td>Hai b<ins> d</ins></td>" in html
    assert "<tr><td><ins>4</ins></td><td><ins>Bốn e</ins></td>" in html
    assert "<td>Ba c</td>" in html


def test_every_field_is_compared() -> None:
    values: dict[str, Any] = {
        "superior": ["UBND TỈNH"],
        "issuer": ["VĂN PHÒNG"],
        "place": "Quảng Khê",
        "abstract": "Kết luận <b>mới</b>",
        "signatures": [{"capacity": ["TL. CHỦ TỊCH"], "name": ""}],
        "recipients": ["Như trên;", "Công an;", "Lưu: VT."],
        "appendices": [{"title": "Nhiệm vụ", "body": table("Một")}],
        "urgency": "urgent",
    }
    found = {
        each["field"]: each["html"] for each in changes(text(), text("<p>Khác.</p>", **values))
    }
    assert found.keys() == values.keys() | {"body"}
    assert found["recipients"] == "<p>Như trên;</p><p><ins>Công an;</ins></p><p>Lưu: VT.</p>"
    assert "&lt;b&gt;mới&lt;/b&gt;" in found["abstract"]
    assert found["urgency"] == "<p><ins>KHẨN</ins></p>"


WORDS = st.lists(
    st.sampled_from(["a", "b", "c", "d", "&lt;", "<br>", "<strong>e</strong>"]), max_size=6
)
PARTS = st.one_of(
    st.builds(lambda tag, w: f"<{tag}>{' '.join(w)}</{tag}>", st.sampled_from(["p", "h2"]), WORDS),
    st.builds(lambda w: f"<ul><li>{' '.join(w)}</li></ul>", WORDS),
    st.builds(lambda rows: table(*(" ".join(w) for w in rows)), st.lists(WORDS, max_size=3)),
    st.sampled_from(["loose text", "<strong>loose</strong>"]),
)
BODIES = st.lists(PARTS, max_size=5).map("".join).map(sanitised)


def said(html: str, without: str) -> str:
    html = re.sub(f"<{without}>.*?</{without}>", "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@given(BODIES, BODIES)
def test_without_its_marks_a_difference_is_one_text_or_the_other(one: str, two: str) -> None:
    found = shown(one, two)
    for side, without in ((one, "ins"), (two, "del")):
        for word in said(found, without).replace("…", "").split():
            # Where a tag was between two words, they may stand together.
            assert word in said(side, "nothing").replace(" ", "")


@given(BODIES, BODIES, BODIES)
def test_merging_loses_no_word_that_either_has_added(base: str, ours: str, record: str) -> None:
    merged = merge(text(base), text(ours), text(record))
    words = set(said(merged.content.body, "nothing").split())
    kept = set(said(base, "nothing").split())
    for side in (ours, record):
        new = set(said(side, "nothing").split()) - kept
        assert {word for word in new if not word.isdigit()} <= words
    assert merge(text(base), text(ours), text(base)).content.body == ours
    assert merge(text(base), text(base), text(record)).content.body == record


@pytest.mark.parametrize("merges", [False, True])
def test_long_texts_are_compared_in_time(merges: bool) -> None:
    words = " ".join(f"chữ{i % 977}" for i in range(50_000))
    rows = table(*(f"Việc {i} của năm {i * 7 % 100}" for i in range(400)))
    before, after = f"<p>{words}</p>{rows}", f"<p>{words} thêm</p>{rows.replace('Việc', 'Task')}"
    began = time.process_time()
    if merges:
        merge(text(before), text(after), text(before.replace("năm", "tháng")))
    else:
        assert changes(text(before), text(after))
    assert time.process_time() - began < 5


# Merging -----------------------------------------------------------------------------------------


BASE = "<h2>I. NHIỆM VỤ</h2><p>1. Giao A rà soát.</p><p>2. Giao B báo cáo.</p><p>Hết./.</p>"


def merged(ours: str, record: str, base: str = BASE) -> tuple[str, int]:
    found = merge(text(base), text(ours), text(record))
    assert open_choices(found.content) is (found.conflicts > 0)
    return found.content.body, found.conflicts


def test_both_sides_changes_are_taken() -> None:
    ours = BASE.replace("Hết", "Xin hết")
    record = BASE.replace("rà soát", "rà soát ngay")
    assert merged(ours, record) == (ours.replace("rà soát", "rà soát ngay"), 0)


def test_what_the_record_adds_beside_an_edited_line_is_no_conflict() -> None:
    ours = BASE.replace("Giao B báo cáo.", "Giao B báo cáo bằng văn bản.")
    record = BASE.replace("<p>Hết", "<p>3. Giao C chủ trì.</p><p>Hết")
    assert merged(ours, record) == (
        ours.replace("<p>Hết", "<p>3. Giao C chủ trì.</p><p>Hết"),
        0,
    )


def test_numbers_are_counted_anew() -> None:
    ours = BASE.replace("2. Giao B báo cáo.", "2. Giao B báo cáo đầy đủ.")
    record = (
        "<h2>I. NHIỆM VỤ</h2><p>1. Việc mới đứng đầu.</p><p>2. Giao A rà soát.</p>"
        "<p>3. Giao B báo cáo.</p><p>Hết./.</p>"
    )
    assert merged(ours, record) == (record.replace("báo cáo.", "báo cáo đầy đủ."), 0)


def test_the_same_line_changed_twice_keeps_both() -> None:
    ours = BASE.replace("rà soát", "kiểm tra")
    record = BASE.replace("rà soát", "xác minh")
    body, conflicts = merged(ours, record)
    assert conflicts == 1
    assert f"<p>1. Giao A kiểm tra.</p><p><strong>{RECORD_SAYS}</strong></p><p>" in body
    assert "Giao A xác minh.</p>" in body


def test_words_of_one_line_changed_apart_are_both_taken() -> None:
    base = "<p>Giao Phòng A chủ trì rà soát, xong trước ngày 10/3.</p>"
    ours = base.replace("Giao Phòng A", "Giao Phòng Nội vụ")
    record = base.replace("10/3", "20/3")
    assert merged(ours, record, base) == (ours.replace("10/3", "20/3"), 0)


def test_a_line_that_we_dropped_and_the_record_changed_is_not_lost() -> None:
    ours = BASE.replace("<p>1. Giao A rà soát.</p>", "")
    body, conflicts = merged(ours, BASE.replace("rà soát", "rà soát lại"))
    assert conflicts == 1
    assert "Giao A rà soát lại." in body


def test_a_line_that_we_changed_and_the_record_dropped_is_told() -> None:
    ours = BASE.replace("rà soát", "rà soát lại")
    body, conflicts = merged(ours, BASE.replace("<p>1. Giao A rà soát.</p>", ""))
    assert conflicts == 1
    assert f"Giao A rà soát lại.</p><p><strong>{RECORD_DROPS}</strong></p>" in body


def test_rows_are_merged_one_by_one() -> None:
    base = table("Một a b", "Hai c d", "Ba e g")
    ours = table("Một a b", "Hai c d sửa", "Ba e g")
    record = table("Mới x y", "Một a b", "Hai c d", "Ba e g", "Cuối z t")
    assert merged(ours, record, base) == (
        table("Mới x y", "Một a b", "Hai c d sửa", "Ba e g", "Cuối z t"),
        0,
    )
    clash, conflicts = merged(ours, table("Một a b", "Hai c d khác", "Ba e g"), base)
    assert conflicts == 1
    assert "<td>Hai c d sửa</td>" in clash
    assert f"<td><strong>{RECORD_SAYS}</strong> Hai c d khác</td>" in clash


def test_a_table_that_we_dropped_is_not_lost_when_the_record_changes_it() -> None:
    base = f"<p>Gồm:</p>{table('Một a b')}"
    body, conflicts = merged("<p>Gồm:</p>", f"<p>Gồm:</p>{table('Một a b', 'Hai')}", base)
    assert conflicts == 1
    assert "<td>Hai</td>" in body


def test_fields_with_room_for_one_version_tell_of_the_other() -> None:
    base, ours = text(abstract="Giao ban"), text(abstract="Giao ban tháng 3", place="Quảng Khê")
    record = text(abstract="Giao ban <quý I>", recipients=["Như trên;", "Công an;", "Lưu: VT."])
    found = merge(base, ours, record)
    assert found.conflicts == 1
    assert found.content.abstract == "Giao ban tháng 3"
    assert found.content.place == "Quảng Khê"
    assert found.content.recipients == record.recipients
    note = f"<p><strong>{RECORD_SAYS}</strong> trích yếu: Giao ban &lt;quý I&gt;</p>"
    assert found.content.body == note + base.body


def test_appendices_are_merged_by_their_rows() -> None:
    def with_table(*rows: str) -> Content:
        return text(appendices=[{"title": "Nhiệm vụ", "body": table(*rows)}])

    found = merge(with_table("Một a"), with_table("Một a sửa"), with_table("Một a", "Hai"))
    assert found.conflicts == 0
    assert found.content.appendices[0].body == table("Một a sửa", "Hai")
    assert merge(text(), text("<p>Khác.</p>"), with_table("Một")).content.appendices
