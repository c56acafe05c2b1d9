"""For every command, arguments that are right: the tests of all commands start from these.

The first case of a command is the plain one. A case that needs another state of the meeting
than the command's first one names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from core.db import writing
from meetings.changes import COMMANDS
from minutes.followup.carried import Carried
from minutes.models import DocumentFile
from tests import paper
from tests.world import ROLES, UPLOADED, Briefing, Parts, World

Args = Callable[[World, Parts], dict[str, Any]]
Brought = Callable[[Briefing, World], Briefing]


@dataclass(frozen=True)
class Case:
    """Arguments that are right in a certain state of the meeting."""

    command: str
    args: Args
    state: str
    number: int

    def __str__(self) -> str:
        return f"{self.command}-{self.number}"

    @property
    def giver(self) -> str:
        """Somebody who may give it: the secretary where that is possible."""
        roles = COMMANDS[self.command].roles
        return next(
            ROLES[role] for role in ("secretary", "chair", "records_clerk") if role in roles
        )

    def before(self, briefing: Briefing, world: World) -> Briefing:
        """What must have happened for it to be right."""
        brought = BROUGHT.get(self.command)
        return brought(briefing, world) if brought else briefing


def _nothing(_world: World, _parts: Parts) -> dict[str, Any]:
    return {}


ARGUMENTS: dict[str, list[Args]] = {
    "meeting.update": [
        lambda w, p: {"title": "Giao ban tháng 4", "location": "Hội trường 2"},
        lambda w, p: {
            "starts_at": "2026-03-03T08:00:00+07:00",
            "ends_at": "2026-03-03T09:30:00+07:00",
            "online_url": "https://hop.example.vn/a",
            "description": "Mang theo báo cáo.",
            "organizer_unit_id": w.units["van_phong"],
        },
        lambda w, p: {"organizer_unit_id": None},
        lambda w, p: {
            "quorum": "2/3",
            "speaking_seconds": 300,
            "warning_seconds": 60,
            "remark_hours": 48,
            "code_required": True,
        },
        lambda w, p: {"quorum": None, "speaking_seconds": None},
    ],
    "meeting.schedule": [_nothing],
    "meeting.cancel": [lambda w, p: {"reason": "Trùng lịch của tỉnh"}, _nothing],
    "meeting.open": [_nothing],
    "meeting.close": [_nothing],
    "meeting.reopen": [lambda w, p: {"reason": "Ghi thiếu một ý kiến"}],
    "participant.add": [
        lambda w, p: {"person_id": w.person("khach")},
        lambda w, p: {"person_id": w.person("khach"), "role": "chair", "unit_id": w.units["huyen"]},
    ],
    "participant.invite": [
        lambda w, p: {"unit_ids": [w.units["cac_xa"]], "role": "observer"},
        lambda w, p: {"person_ids": [w.person("khach"), w.person("daibieu")]},
        lambda w, p: {"unit_ids": [w.units["xa_mot"]]},
    ],
    "participant.update": [
        lambda w, p: {"participant_id": p.participants["daibieu"], "role": "observer"},
        lambda w, p: {"participant_id": p.participants["quansat"], "role": "chair"},
        lambda w, p: {"participant_id": p.participants["chutoa"], "role": "participant"},
        lambda w, p: {"participant_id": p.participants["daibieu"], "unit_id": w.units["xa_hai"]},
    ],
    "participant.remove": [
        lambda w, p: {"participant_id": p.participants["quansat"]},
        lambda w, p: {"participant_id": p.participants["chutoa"]},
    ],
    "attendance.check_in": [lambda w, p: {"mode": "online"}, lambda w, p: {"mode": "on_site"}],
    "attendance.mark": [
        lambda w, p: {"person_id": w.person("daibieu"), "status": "online"},
        lambda w, p: {
            "person_id": w.person("daibieu"),
            "status": "absent",
            "reason": "Đi công tác",
            "deputy_name": "H'Thay",
        },
        lambda w, p: {"person_id": w.person("daibieu"), "status": "unknown", "reason": None},
        lambda w, p: {
            "person_id": w.person("daibieu"),
            "status": "on_site",
            "arrived_at": "2026-03-02T08:20:00+07:00",
            "left_at": "2026-03-02T09:05:00+07:00",
        },
    ],
    "attendance.count": [
        lambda w, p: {"unit_id": w.units["xa_mot"], "people": 7},
        lambda w, p: {"unit_id": w.units["huyen"], "people": 0},
    ],
    "agenda.advance": [lambda w, p: {"from_item": p.items[0]}],
    "agenda.go_to": [
        lambda w, p: {"item_id": p.items[2], "from_item": p.items[0]},
        lambda w, p: {"item_id": p.items[0]},
    ],
    "agenda.add": [
        lambda w, p: {"title": "Việc khác"},
        lambda w, p: {
            "title": "Việc gấp",
            "minutes": 5,
            "position": 1,
            "presenter_unit_id": w.units["van_phong"],
        },
        lambda w, p: {"title": "Kiểm điểm chỉ đạo kỳ trước", "kind": "follow_up"},
    ],
    "agenda.update": [
        lambda w, p: {"item_id": p.items[1], "title": "Thảo luận chung", "minutes": 45},
        lambda w, p: {"item_id": p.items[2], "position": 1, "presenter_unit_id": None},
    ],
    "agenda.move": [
        lambda w, p: {"item_id": p.items[2], "position": 1},
        lambda w, p: {"item_id": p.items[0], "position": 10_000},
        lambda w, p: {"item_id": p.items[1], "position": 2},
    ],
    "agenda.remove": [lambda w, p: {"item_id": p.items[1]}],
    "agenda.skip": [lambda w, p: {"item_id": p.items[1]}, lambda w, p: {"item_id": p.items[0]}],
    "agenda.restore": [lambda w, p: {"item_id": p.items[1]}],
    "agenda.fit": [
        lambda w, p: {
            "items": [
                {"item_id": p.items[1], "minutes": 15},
                {"item_id": p.items[2], "minutes": 5},
            ],
            "from_item": p.items[0],
        },
        lambda w, p: {"items": [{"item_id": p.items[1], "minutes": 30}]},
    ],
    "indicator.add": [
        lambda w, p: {"name": "Thu ngân sách"},
        lambda w, p: {
            "name": "Tốc độ tăng trưởng",
            "measure": "%",
            "plan": "6,6-6,8",
            "estimate": "Khoảng 4",
            "assessment": "Chưa đạt",
            "position": 1,
        },
    ],
    "indicator.update": [
        lambda w, p: {"indicator_id": p.indicator, "estimate": "46.124"},
        lambda w, p: {
            "indicator_id": p.indicator,
            "base_revision": REVISION,
            "name": "Thu ngân sách huyện",
            "plan": "",
            "position": 10_000,
        },
    ],
    "indicator.remove": [
        lambda w, p: {"indicator_id": p.indicator},
        lambda w, p: {"indicator_id": p.indicator, "base_revision": REVISION},
    ],
    "discussion.add": [
        lambda w, p: {"item_id": p.items[0], "text": "Đề nghị bổ sung vốn."},
        lambda w, p: {
            "item_id": p.items[0],
            "text": "Vì sao chậm?",
            "kind": "question",
            "person_id": w.person("daibieu"),
        },
        lambda w, p: {
            "item_id": p.items[1],
            "text": "Dự thay trả lời.",
            "kind": "answer",
            "speaker_name": "H'Thay",
            "unit_id": w.units["xa_hai"],
        },
    ],
    "discussion.update": [
        lambda w, p: {"entry_id": p.entry, "base_revision": REVISION, "text": "Đạt 45,8%."},
        lambda w, p: {
            "entry_id": p.entry,
            "base_revision": REVISION,
            "text": "Đạt 45,8%.",
            "kind": "note",
            "speaker_name": "Khách mời",
        },
    ],
    "discussion.remove": [
        lambda w, p: {"entry_id": p.entry},
        lambda w, p: {"entry_id": p.entry, "base_revision": REVISION},
    ],
    "discussion.remark": [
        lambda w, p: {"item_id": p.items[0], "text": "Xin bổ sung số liệu thu."},
        lambda w, p: {"item_id": p.items[1], "text": "Khi nào có vốn?", "kind": "question"},
    ],
    "speaker.request": [
        lambda w, p: {"item_id": p.items[1]},
        lambda w, p: {"person_id": w.person("daibieu2"), "note": "Về vốn"},
    ],
    "speaker.withdraw": [lambda w, p: {"speaker_id": p.speaker}],
    "speaker.call": [
        lambda w, p: {"speaker_id": p.speaker},
        lambda w, p: {"speaker_id": p.speaker, "from_speaker": None},
    ],
    "speaker.finish": [lambda w, p: {"speaker_id": p.speaker}],
    "speaker.move": [
        lambda w, p: {"speaker_id": p.speaker, "position": 1},
        lambda w, p: {"speaker_id": p.speaker, "position": 9, "base_revision": REVISION},
    ],
    "vote.open": [
        lambda w, p: {"question": "Thông qua dự thảo?"},
        lambda w, p: {"question": "Ai là đơn vị dẫn đầu?", "secret": True, "item_id": p.items[0]},
    ],
    "vote.cast": [
        lambda w, p: {"vote_id": p.vote, "choice": "for"},
        lambda w, p: {"vote_id": p.secret_vote, "choice": "against"},
    ],
    "vote.count": [lambda w, p: {"vote_id": p.vote, "hands": {"for": 2, "abstain": 1}}],
    "vote.close": [
        lambda w, p: {"vote_id": p.vote},
        lambda w, p: {"vote_id": p.secret_vote},
    ],
    "vote.remove": [
        lambda w, p: {"vote_id": p.vote},
        lambda w, p: {"vote_id": p.secret_vote},
    ],
    "screen.show": [
        lambda w, p: {"what": "agenda"},
        lambda w, p: {"what": "vote", "ref": p.vote},
        lambda w, p: {"what": "paper", "ref": 4, "page": 12},
        lambda w, p: {"what": "follow_up"},
    ],
    "paper.add": [
        lambda w, p: {"sha256": UPLOADED["Báo cáo"]},
        lambda w, p: {
            "sha256": UPLOADED["Báo cáo"],
            "title": "Báo cáo số 12",
            "item_id": p.items[1],
            "visible_to": "units",
            "unit_ids": [w.units["tai_chinh"], w.units["cac_xa"]],
        },
        lambda w, p: {"sha256": UPLOADED["Báo cáo"], "visible_to": "staff"},
    ],
    "paper.update": [
        lambda w, p: {"paper_id": p.paper, "base_revision": REVISION, "title": "Báo cáo tháng"},
        lambda w, p: {"paper_id": p.paper, "visible_to": "everyone", "item_id": None},
        lambda w, p: {
            "paper_id": p.paper,
            "visible_to": "units",
            "unit_ids": [w.units["tai_chinh"]],
            "sha256": UPLOADED["Báo cáo (sửa)"],
        },
    ],
    "paper.remove": [
        lambda w, p: {"paper_id": p.paper},
        lambda w, p: {"paper_id": p.paper, "base_revision": REVISION},
    ],
    "remark.add": [
        lambda w, p: {"paper_id": p.paper, "text": "Đề nghị làm rõ.", "page": 3},
        lambda w, p: {"paper_id": p.paper, "text": "Nhất trí."},
    ],
    "remark.remove": [lambda w, p: {"remark_id": p.remark}],
    "conclusion.add": [
        lambda w, p: {"text": "Tập trung giải ngân."},
        lambda w, p: {"text": "Còn chậm.", "section": "shortcomings", "item_id": p.items[0]},
    ],
    "conclusion.update": [
        lambda w, p: {"conclusion_id": p.conclusion, "text": "Vượt tiến độ."},
        lambda w, p: {
            "conclusion_id": p.conclusion,
            "base_revision": REVISION,
            "text": "Vượt tiến độ.",
            "section": "assessment",
            "item_id": p.items[1],
        },
    ],
    "conclusion.remove": [
        lambda w, p: {"conclusion_id": p.conclusion},
        lambda w, p: {"conclusion_id": p.conclusion, "base_revision": REVISION},
    ],
    "directive.add": [
        lambda w, p: {"text": "Báo cáo trước ngày 10.", "due": "2026-03-10"},
        lambda w, p: {
            "text": "Hoàn thành trong quý.",
            "lead_unit_ids": [w.units["tai_chinh"], w.units["cac_xa"]],
            "supporting_unit_ids": [w.units["van_phong"]],
            "due": "2026-03-10T17:00",
            "due_text": "trước 17 giờ ngày 10/3",
            "field": "Giảm nghèo",
            "item_id": p.items[1],
        },
    ],
    "directive.update": [
        lambda w, p: {"directive_id": p.directive, "text": "Rà soát hộ cận nghèo."},
        lambda w, p: {
            "directive_id": p.directive,
            "base_revision": REVISION,
            "lead_unit_ids": [w.units["tai_chinh"]],
            "supporting_unit_ids": [w.units["xa_mot"], w.units["xa_hai"]],
        },
        lambda w, p: {"directive_id": p.directive, "due": "ongoing", "due_text": None},
        lambda w, p: {"directive_id": p.directive, "supporting_unit_ids": [], "due": None},
        lambda w, p: {"directive_id": p.directive, "item_id": p.items[2], "field": "Y tế"},
    ],
    "directive.remove": [
        lambda w, p: {"directive_id": p.directive},
        lambda w, p: {"directive_id": p.directive, "base_revision": REVISION},
    ],
}

ARGUMENTS |= {
    "directive.acknowledge": [
        lambda w, p: {
            "directive_id": p.directive,
            "unit_id": w.units["xa_mot"],
            "reply": "understood",
        },
        lambda w, p: {
            "directive_id": p.directive,
            "unit_id": w.units["tai_chinh"],
            "reply": "clarify",
            "note": "Theo chuẩn nghèo nào?",
        },
    ],
    "directive.report": [
        lambda w, p: {"directive_id": p.directive, "progress": 40, "text": "Đã rà soát 4 thôn."},
        lambda w, p: {
            "directive_id": p.directive,
            "unit_id": w.units["xa_mot"],
            "progress": 90,
            "text": "Đã rà soát xong.",
            "done": True,
            "files": [UPLOADED["Báo cáo"], UPLOADED["Báo cáo (sửa)"]],
        },
    ],
    "report.check": [
        lambda w, p: {"report_id": p.report},
        lambda w, p: {"report_id": p.report, "note": "Đạt yêu cầu."},
    ],
    "report.return": [lambda w, p: {"report_id": p.report, "remarks": "Thiếu biểu số liệu."}],
    "extension.ask": [
        lambda w, p: {"directive_id": p.directive, "due": "2199-06-30", "reason": "Mưa lũ."},
        lambda w, p: {
            "directive_id": p.directive,
            "unit_id": w.units["xa_mot"],
            "due": "2199-Q3",
            "reason": "Thiếu người.",
        },
    ],
    "extension.decide": [
        lambda w, p: {"extension_id": p.extension, "decision": "granted", "reason": "Có lý do."},
        lambda w, p: {
            "extension_id": p.extension,
            "decision": "granted",
            "reason": "Một tháng là đủ.",
            "due": "2199-05",
        },
        lambda w, p: {"extension_id": p.extension, "decision": "refused", "reason": "Việc gấp."},
    ],
    "carried.answer": [
        lambda w, p: {"carried_id": p.carried, "text": "Còn hai thôn.", "progress": 80},
        lambda w, p: {
            "carried_id": p.carried,
            "unit_id": w.units["xa_mot"],
            "text": "Xong trong tuần này.",
        },
    ],
    "directive.pass_on": [
        lambda w, p: {"directive_id": p.directive, "unit_ids": [w.units["thon"]]},
        lambda w, p: {
            "directive_id": p.directive,
            "unit_id": w.units["xa_mot"],
            "unit_ids": [w.units["thon"]],
            "text": "Rà soát hộ nghèo của thôn.",
            "due": "2026-05-31",
        },
    ],
    "directive.take_back": [lambda w, p: {"directive_id": p.part}],
    "directive.classify": [
        lambda w, p: {"directive_id": p.directive, "field": "Giảm nghèo"},
        lambda w, p: {"directive_id": p.directive, "field": None},
    ],
}

# Stands for the number of the newest text of the document that the arguments name.
HEAD = "the document's newest text"


def _based(_world: World, parts: Parts) -> dict[str, Any]:
    return {"document_id": parts.document, "base": HEAD}


ARGUMENTS |= {
    "document.compose": [
        lambda w, p: {"kind": "invitation"},
        lambda w, p: {"kind": "minutes"},
        lambda w, p: {"kind": "conclusions"},
    ],
    "document.save": [
        lambda w, p: _based(w, p) | {"content": paper.content()},
        lambda w, p: _based(w, p) | {"content": paper.content(abstract="Giao ban tháng 4")},
    ],
    "document.discard": [_based],
    "document.submit": [_based],
    "document.recall": [_based],
    "document.return": [lambda w, p: _based(w, p) | {"remarks": "Thiếu một ý kiến."}],
    "document.approve": [_based],
    "document.issue": [_based],
    "document.sign": [lambda w, p: {"document_id": p.document, "sha256": SIGNED}],
    "document.correct": [lambda w, p: {"document_id": p.document}],
    "register.set": [
        lambda w, p: {"kind": "invitation", "template": "{number}-GM/TU", "next": 12},
        lambda w, p: {"kind": "minutes"},
        lambda w, p: {"kind": "conclusions", "next": 7},
    ],
}
# The signed file that `_checked` has left.
SIGNED = "5" * 64


def _checked(briefing: Briefing, world: World) -> Briefing:
    made = paper.issued(briefing, world)
    with made.app.app_context(), writing() as session:
        kept = session.scalars(select(DocumentFile)).all()
        file = next(each for each in kept if each.document_id == made.parts.document)
        copied = {c.key: getattr(file, c.key) for c in DocumentFile.__table__.columns}
        changed = {"id": None, "state": "checked", "sha256": SIGNED, "signer": "Trần Văn Chủ"}
        session.add(DocumentFile(**copied | changed))
    return made


def _after(name: str, args: Args) -> Brought:
    """The secretary has given this command first."""

    def bring(briefing: Briefing, world: World) -> Briefing:
        briefing.give(world.actors["thuky"], name, args(world, briefing.parts))
        return briefing

    return bring


def _reported(briefing: Briefing, world: World) -> Briefing:
    done = ARGUMENTS["directive.report"][1](world, briefing.parts)
    made = briefing.give(world.actors["thuky"], "directive.report", done)
    return replace(briefing, parts=replace(briefing.parts, report=made.result["id"]))


def _asked(briefing: Briefing, world: World) -> Briefing:
    asked = ARGUMENTS["extension.ask"][0](world, briefing.parts)
    made = briefing.give(world.actors["thuky"], "extension.ask", asked)
    return replace(briefing, parts=replace(briefing.parts, extension=made.result["id"]))


def _passed_on(briefing: Briefing, world: World) -> Briefing:
    passed = ARGUMENTS["directive.pass_on"][0](world, briefing.parts)
    whole = briefing.give(world.actors["thuky"], "directive.pass_on", passed).result["id"]
    found = briefing.objects(world.actors["thuky"]).items()
    (part,) = (
        t["id"] for k, t in found if k.startswith("directive/") and t.get("parent_id") == whole
    )
    return replace(briefing, parts=replace(briefing.parts, part=part))


def _carried(briefing: Briefing, world: World) -> Briefing:
    # As the opening has made it of the closed briefing's directive; tests.minutes.test_carrying
    # goes the whole way.
    earlier = world.meetings["closed"]
    item = {"title": "Kiểm điểm chỉ đạo kỳ trước", "kind": "follow_up"}
    briefing.give(world.actors["thuky"], "agenda.add", item)
    with briefing.app.app_context(), writing() as session:
        carried = Carried(
            meeting_id=briefing.id,
            position=1,
            directive_id=earlier.directive,
            from_meeting_id=earlier.meeting_id,
            from_code="GB-CLOSED",
            text="Rà soát hộ nghèo.",
            lead_unit_ids=[world.units["xa_mot"]],
            due="2026-Q2",
            state="given",
            status="overdue",
            days_late=3,
        )
        session.add(carried)
        session.flush()
        return replace(briefing, parts=replace(briefing.parts, carried=carried.id))


BROUGHT: dict[str, Brought] = {
    "directive.take_back": _passed_on,
    "carried.answer": _carried,
    "report.check": _reported,
    "report.return": _reported,
    "extension.decide": _asked,
    "agenda.restore": _after("agenda.skip", lambda w, p: {"item_id": p.items[1]}),
    "speaker.finish": _after("speaker.call", lambda w, p: {"speaker_id": p.speaker}),
    "document.save": paper.drafted,
    "document.discard": paper.drafted,
    "document.submit": paper.drafted,
    "document.recall": paper.submitted,
    "document.return": paper.approved,
    "document.approve": paper.submitted,
    "document.issue": paper.printed,
    "document.sign": _checked,
    "document.correct": paper.issued,
}

# Stands for the present revision of the object that the arguments name.
REVISION = "the object's revision"
# Where a command may be given in several states, the one with most in it.
_FULLEST = ("live", "scheduled", "draft", "closed")


def cases() -> list[Case]:
    """All cases of all commands."""
    missing = COMMANDS.keys() ^ ARGUMENTS.keys()
    assert not missing, f"commands without a case, or cases without a command: {missing}"
    return [
        Case(name, args, next(s for s in _FULLEST if s in COMMANDS[name].states), number)
        for name, all_args in ARGUMENTS.items()
        for number, args in enumerate(all_args, start=1)
    ]


def plain_cases() -> list[Case]:
    """The first case of each command."""
    return [case for case in cases() if case.number == 1]
