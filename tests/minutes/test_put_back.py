"""What is put back after a removal stands where it stood."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import Invalid
from core.times import now, rfc3339

ADDS = {
    "discussion": ("entry", "entry_id"),
    "conclusion": ("conclusion", "conclusion_id"),
    "directive": ("directive", "directive_id"),
}


def texts(live, actor, kind):
    found = [v for k, v in live.objects(actor).items() if k.startswith(f"{kind}/")]
    return [thing["text"] for thing in sorted(found, key=lambda thing: (thing["at"], thing["id"]))]


@pytest.mark.parametrize("name", ADDS)
def test_a_line_put_back_keeps_its_place(live, thu_ky, name):
    kind, key = ADDS[name]
    item = {"item_id": live.parts.items[0]}
    first = live.do(thu_ky, f"{name}.add", text="Một", **item).result
    live.do(thu_ky, f"{name}.add", text="Hai", **item)
    before = texts(live, thu_ky, kind)

    live.do(thu_ky, f"{name}.remove", **{key: first["id"]})
    assert texts(live, thu_ky, kind) == [text for text in before if text != "Một"]
    live.do(thu_ky, f"{name}.add", text="Một", at=first["at"], **item)

    assert texts(live, thu_ky, kind) == before


@pytest.mark.parametrize("name", ADDS)
@pytest.mark.parametrize("shift", [timedelta(days=-1), timedelta(minutes=5)])
def test_a_moment_outside_the_meeting_is_refused(live, thu_ky, name, shift):
    before = live.revision
    with pytest.raises(Invalid) as refused:
        live.do(
            thu_ky,
            f"{name}.add",
            text="Ngoài giờ",
            item_id=live.parts.items[0],
            at=rfc3339(now() + shift),
        )
    assert refused.value.errors[0]["field"] == "at"
    assert live.revision == before
