"""Documents on their way, for tests that are not about how they look on paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from minutes import issuing, orders
from minutes.content import Content
from minutes.prints import print_key
from minutes.render import RenderError
from tests.world import Briefing, World

T = TypeVar("T")

CONTENT: dict[str, Any] = {
    "superior": [],
    "issuer": ["ỦY BAN NHÂN DÂN", "HUYỆN ĐẮK THỬ"],
    "place": "Đắk Thử",
    "abstract": "Giao ban tháng 3",
    "body": "<p>Ủy ban nhân dân huyện trân trọng kính mời:</p><p>Thời gian: 08 giờ 00./.</p>",
    "signatures": [{"capacity": ["CHỦ TỊCH"], "name": "Trần Văn Chủ"}],
    "recipients": ["Như trên;", "Lưu: VT."],
    "appendices": [],
    "urgency": "",
}


def content(**changed: Any) -> dict[str, Any]:
    """A content, as clients send and get it."""
    return Content.model_validate(CONTENT | changed).model_dump(mode="json")


def _worker(work: Callable[[], T]) -> T:
    # A worker tells of a failure by its name.
    try:
        return work()
    except Exception as error:
        raise RenderError("failed", type(error).__name__) from error


class Press:
    """Stands for the renderer: what it prints is one line of what it was given."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self._kept: dict[str, bytes] = {}
        self.checked: dict[str, Any] = {
            "ok": True, "reason": "", "signer": "Trần Văn Chủ", "trusted": None, "proof": "bytes",
        }  # fmt: skip

    def paper(
        self, order: bytes, kind: str, deadline_seconds: float = 60, ahead: bool = False
    ) -> bytes:
        html, record = _worker(lambda: orders.page(order))
        self.printed.append(html.decode())
        content = b"%PDF-" + html + record
        self._kept[print_key("pdf", order)] = content
        return content

    def kept(self, key: str, kind: str = "other") -> bytes | None:
        return self._kept.get(key)

    def call(self, job: str, *parts: bytes, deadline_seconds: float = 60) -> bytes:
        if job == "docx":
            return _worker(lambda: orders.docx(*parts))
        if job == "json":
            return _worker(lambda: orders.record(*parts))
        if job == "attached":
            return parts[0].rpartition(b"</html>")[2].strip()
        if job == "sign":
            return parts[0] + b"%signed"
        return json.dumps(self.checked).encode()


# Each takes a briefing and returns it with the document that it has brought so far. An invitation
# may be issued in most states.


def drafted(briefing: Briefing, world: World, kind: str = "invitation") -> Briefing:
    made = briefing.do(world.actors["thuky"], "document.compose", kind=kind).result
    return replace(briefing, parts=replace(briefing.parts, document=made["id"]))


def submitted(briefing: Briefing, world: World, kind: str = "invitation") -> Briefing:
    made = drafted(briefing, world, kind)
    give(made, world, "thuky", "document.submit")
    return made


def approved(briefing: Briefing, world: World, kind: str = "invitation") -> Briefing:
    made = submitted(briefing, world, kind)
    give(made, world, "chutoa", "document.approve")
    return made


def printed(briefing: Briefing, world: World, kind: str = "invitation") -> Briefing:
    made = approved(briefing, world, kind)
    with made.app.app_context():
        assert issuing.prepare(world.actors["vanthu"], made.id, made.parts.document, 1, Press())
    return made


def issued(briefing: Briefing, world: World, kind: str = "invitation") -> Briefing:
    made = printed(briefing, world, kind)
    give(made, world, "vanthu", "document.issue")
    return made


def give(briefing: Briefing, world: World, who: str, name: str, **args: Any) -> Any:
    """A command about the briefing's document, based on its newest text."""
    present = document(briefing, world)
    based = {"document_id": present["id"], "base": present["head"]} | args
    return briefing.do(world.actors[who], name, **based).result


def document(briefing: Briefing, world: World) -> dict[str, Any]:
    """The briefing's document as its staff sees it."""
    return briefing.objects(world.actors["thuky"])[f"document/{briefing.parts.document}"]
