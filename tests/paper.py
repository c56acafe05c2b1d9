"""Documents on their way, for tests that are not about how they look on paper."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from minutes import issuing
from minutes.content import Content
from minutes.docx import docx_job
from minutes.prints import print_key
from tests.world import Briefing, World

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


class Press:
    """Stands for the renderer: what it prints is one line of what it was given."""

    def __init__(self) -> None:
        self.printed: list[str] = []
        self._kept: dict[str, bytes] = {}
        self.checked: dict[str, Any] = {
            "ok": True, "reason": "", "signer": "Trần Văn Chủ", "trusted": None, "proof": "bytes",
        }  # fmt: skip

    def pdf(
        self,
        html: str,
        deadline_seconds: float = 60,
        kind: str = "other",
        attachment: bytes | None = None,
    ) -> bytes:
        self.printed.append(html)
        content = b"%PDF-" + html.encode() + (attachment or b"")
        self._kept[print_key(html, attachment)] = content
        return content

    def kept(self, key: str, kind: str = "other") -> bytes | None:
        return self._kept.get(key)

    def call(self, job: str, *parts: bytes, deadline_seconds: float = 60) -> bytes:
        if job == "docx":
            return docx_job(*parts)
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
