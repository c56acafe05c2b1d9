"""What people write into a document: kept to a short list of tags, and within bounds."""

from __future__ import annotations

import pytest

from core.errors import Invalid
from core.schema import parse
from minutes.content import Content, sanitised

PLAIN = {"issuer": ["UBND"], "abstract": "x", "signatures": [{"capacity": ["CHỦ TỊCH"]}]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p onclick=x style=y>a<script>b</script><img src=c></p>", "<p>a</p>"),
        ('<table class="directives other"><tr><td class="x">a', "directives"),
        ("<p>Ke&#x302;&#x301; hoa&#x323;ch</p>", "<p>Kế hoạch</p>"),
        ("<p>a&#x202e;b&#1;c&#xFFFF;</p>", "<p>abc</p>"),
    ],
)
def test_a_body_holds_nothing_but_its_tags(typed: str, kept: str) -> None:
    found = sanitised(typed)
    assert kept in found
    assert sanitised(found) == found


@pytest.mark.parametrize("deep", ["<ul><li>", "<strong><em>"])
def test_a_body_that_is_nested_too_deep_is_refused_at_its_field(deep: str) -> None:
    parse(Content, PLAIN | {"body": deep * 25 + "x"})
    with pytest.raises(Invalid) as refused:
        parse(Content, PLAIN | {"body": deep * 3000 + "x"})
    (error,) = refused.value.errors
    assert error["field"] == "body"
    assert "lồng nhau" in error["message"]
