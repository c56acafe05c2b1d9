"""A document on its way: drafted, edited, submitted, returned, approved, issued, replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import files
from core.db import db, writing
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.times import now
from meetings.commands import CreateMeeting
from meetings.models import Role
from meetings.services import create_meeting
from minutes import issuing, registers, workflow
from minutes.issuing import DocumentFailed
from minutes.merging import RECORD_SAYS
from minutes.models import Document, DocumentFile, DocumentText, Register
from minutes.render import RenderTimeout
from minutes.signatures import REASONS
from people.actor import Actor
from tests.marks import both_engines
from tests.paper import Press, approved, content, document, drafted, give, issued, submitted
from tests.world import INVITED, ROLES, STARTS_AT, Briefing, World, schedule

InState = Callable[[str], Briefing]


@pytest.fixture
def press(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Press:
    made = Press()
    monkeypatch.setitem(app.extensions, "renderer", made)
    return made


def issue(briefing: Briefing, world: World, press: Any, **args: Any) -> Any:
    present = document(briefing, world)
    with briefing.app.app_context():
        return issuing.issue(
            world.actors["vanthu"],
            briefing.id,
            briefing.parts.document,
            args.pop("base", present["head"]),
            press,
            **args,
        ).result


def rows(app: Flask, model: type[Any]) -> list[Any]:
    with app.app_context():
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
        return found


def verified(app: Flask) -> str:
    output: str = app.test_cli_runner().invoke(args=["verify"]).output
    return output


# States and rights -------------------------------------------------------------------------------

# For each step: who may take it in which state of the document.
STEPS: dict[str, dict[str, set[str]]] = {
    "document.save": {"draft": {"secretary", "chair"}},
    "document.submit": {"draft": {"secretary", "chair"}},
    "document.discard": {"draft": {"secretary", "chair"}},
    "document.recall": {s: {"secretary", "chair"} for s in ("submitted", "approved")},
    "document.return": {"submitted": {"chair"}, "approved": {"chair", "records_clerk"}},
    "document.approve": {"submitted": {"chair"}},
    "document.issue": {"approved": {"records_clerk"}},
    "document.correct": {"issued": {"secretary", "chair"}},
}
BRING = {"draft": drafted, "submitted": submitted, "approved": approved, "issued": issued}


@both_engines
@pytest.mark.parametrize("state", BRING)
def test_a_step_out_of_place_is_refused_and_changes_nothing(
    state: str, giao_ban: Briefing, world: World
) -> None:
    made = BRING[state](giao_ban, world)
    before, revision = document(made, world), made.revision
    more: dict[str, dict[str, Any]] = {
        "document.save": {"content": content()},
        "document.return": {"remarks": "Sửa lại."},
    }
    for name, allowed in STEPS.items():
        ever = set().union(*allowed.values())
        for role in set(Role) - allowed.get(state, set()):
            args: dict[str, Any] = {"document_id": before["id"], "base": 1} | more.get(name, {})
            if name == "document.correct":
                del args["base"]
            with pytest.raises(Conflict if role in ever else Forbidden) as refused:
                made.do(world.actors[ROLES[role]], name, **args)
            assert refused.value.current == (before if role in ever else None)
    assert document(made, world) == before
    assert made.revision == revision


@both_engines
def test_what_is_approved_may_be_taken_back(giao_ban: Briefing, world: World) -> None:
    made = approved(giao_ban, world)
    assert give(made, world, "thuky", "document.recall")["state"] == "draft"


@both_engines
def test_a_text_that_says_nothing_is_kept_but_not_submitted(
    giao_ban: Briefing, world: World
) -> None:
    made = drafted(giao_ban, world)
    for base, body in enumerate(("", "<p></p>", "<h2> </h2><p>./.</p>"), start=1):
        give(made, world, "thuky", "document.save", base=base, content=content(body=body))
        with pytest.raises(Conflict) as refused:
            give(made, world, "thuky", "document.submit")
        assert "chưa có nội dung" in str(refused.value.message)
    assert document(made, world)["state"] == "draft"


@both_engines
def test_the_whole_way(giao_ban: Briefing, world: World, press: Press) -> None:
    made = drafted(giao_ban, world)
    saved = give(made, world, "thuky", "document.save", content=content())
    assert (saved["head"], saved["state"]) == (2, "draft")
    give(made, world, "thuky", "document.submit")
    back = give(made, world, "chutoa", "document.return", remarks="Thiếu địa điểm.")
    assert (back["state"], back["remarks"]) == ("draft", "Thiếu địa điểm.")
    again = give(made, world, "thuky", "document.submit")
    assert (again["state"], again["remarks"]) == ("submitted", None)
    give(made, world, "chutoa", "document.approve")
    done = issue(made, world, press)
    assert (done["state"], done["number"], done["symbol"]) == ("issued", 1, "01/GM-UBND")
    assert done["issued_at"] is not None
    assert [row.type for row in giao_ban.log()][-6:] == [
        "document.save",
        "document.submit",
        "document.return",
        "document.submit",
        "document.approve",
        "document.issue",
    ]
    with made.app.app_context():
        printed = files.read(done["sha256"]).decode()
    assert "Số: 01/GM-UBND" in printed
    assert "DỰ THẢO" not in printed
    assert verified(made.app) == "5 meetings checked, 0 faults\n"


@both_engines
def test_what_is_issued_never_changes(giao_ban: Briefing, world: World, press: Press) -> None:
    made = issued(giao_ban, world)
    before, texts = document(made, world), len(rows(made.app, DocumentText))
    with pytest.raises(Conflict):
        give(made, world, "thuky", "document.save", content=content(abstract="Khác"))
    with pytest.raises(Conflict):
        issue(made, world, press)
    with pytest.raises(Conflict):
        made.do(world.actors["thuky"], "document.compose", kind="invitation")
    assert document(made, world) == before
    assert len(rows(made.app, DocumentText)) == texts


# Texts -------------------------------------------------------------------------------------------


@both_engines
def test_each_save_is_a_text_of_its_own_based_on_the_one_before(
    giao_ban: Briefing, world: World
) -> None:
    made = drafted(giao_ban, world)
    give(made, world, "thuky", "document.save", content=content())
    give(made, world, "chutoa", "document.save", content=content(abstract="Hai"))
    found = sorted(rows(made.app, DocumentText), key=lambda each: each.number)
    assert [(each.number, each.based_on) for each in found] == [(1, None), (2, 1), (3, 2)]
    assert found[2].author_name == world.actors["chutoa"].name
    assert '"abstract":"Hai"' in found[2].content
    assert '"abstract":"Giao ban tháng 3"' in found[1].content


@both_engines
def test_the_same_text_makes_no_text(giao_ban: Briefing, world: World) -> None:
    made = drafted(giao_ban, world)
    first = give(made, world, "thuky", "document.save", content=content())
    # Written in another way, or by somebody who has not seen that it was saved.
    same = content(
        body="<p>Ủy ban nhân dân huyện trân trọng kính mời:</p>\n <p>Thời gian: 08 giờ 00./.</p>"
    )
    for values in ({"content": content()}, {"content": same}, {"content": content(), "base": 1}):
        assert give(made, world, "chutoa", "document.save", **values) == first
    assert len(rows(made.app, DocumentText)) == 2


@both_engines
@pytest.mark.parametrize("name", ["save", "discard", "submit", "recall", "return", "approve"])
def test_whoever_has_not_seen_the_newest_text_is_told(
    name: str, giao_ban: Briefing, world: World
) -> None:
    made = drafted(giao_ban, world)
    give(made, world, "thuky", "document.save", content=content())
    who = "thuky"
    if name in ("recall", "return", "approve"):
        give(made, world, "thuky", "document.submit")
        who = "chutoa"
    more = {"save": {"content": content(abstract="Của tôi")}, "return": {"remarks": "x"}}
    before = document(made, world)
    for stale in (1, 3):
        with pytest.raises(Conflict) as refused:
            give(made, world, who, f"document.{name}", base=stale, **more.get(name, {}))
        assert refused.value.current == before
    assert document(made, world) == before


@both_engines
def test_markup_beyond_the_short_list_never_gets_in(giao_ban: Briefing, world: World) -> None:
    made = drafted(giao_ban, world)
    body = (
        '<p onclick="x()" style="color:red">a<script>alert(1)</script>'
        '<img src=x onerror=alert(1)><a href="javascript:x">b</a></p>'
        '<table class="directives evil"><tbody><tr><td colspan="9">c</td></tr></tbody></table>'
    )
    sent = content() | {"body": body, "abstract": "<b>đậm</b>"}
    give(made, world, "thuky", "document.save", content=sent)
    stored = next(each for each in rows(made.app, DocumentText) if each.number == 2).content
    assert (
        r'"body":"<p>ab</p><table class=\"directives\"><tbody><tr><td>c</td></tr></tbody></table>"'
        in stored
    )
    assert '"abstract":"<b>đậm</b>"' in stored


@both_engines
def test_a_text_with_two_versions_left_cannot_be_submitted(
    giao_ban: Briefing, world: World
) -> None:
    made = drafted(giao_ban, world)
    body = f"<p>Một.</p><p><strong>{RECORD_SAYS}</strong></p><p>Hai.</p>"
    give(made, world, "thuky", "document.save", content=content(body=body))
    with pytest.raises(Conflict):
        give(made, world, "thuky", "document.submit")
    give(made, world, "thuky", "document.save", content=content())
    give(made, world, "thuky", "document.submit")


@both_engines
def test_a_record_that_no_document_takes_is_a_conflict(
    live: Briefing, thu_ky: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_kind: str, _objects: Any) -> Any:
        raise ValueError("too long")

    monkeypatch.setattr(workflow, "compose", fail)
    with pytest.raises(Conflict):
        live.do(thu_ky, "document.compose", kind="minutes")


@both_engines
def test_minutes_are_not_drafted_before_the_meeting_nor_issued_before_its_end(
    giao_ban: Briefing, live: Briefing, world: World, press: Press
) -> None:
    with pytest.raises(Conflict):
        drafted(giao_ban, world, "minutes")
    made = approved(live, world, "conclusions")
    with pytest.raises(Conflict):
        issue(made, world, press)
    assert press.printed == []
    live.do(world.actors["thuky"], "meeting.close")
    assert issue(made, world, press)["symbol"] == "01/TB-UBND"


# Corrections -------------------------------------------------------------------------------------


@both_engines
def test_a_correction_is_a_new_document_that_names_the_old(
    giao_ban: Briefing, world: World, press: Press
) -> None:
    old = drafted(giao_ban, world)
    give(old, world, "thuky", "document.save", content=content())
    give(old, world, "thuky", "document.submit")
    give(old, world, "chutoa", "document.approve")
    first = issue(old, world, press)
    made = giao_ban.do(world.actors["thuky"], "document.correct", document_id=first["id"]).result
    assert (made["replaces_id"], made["state"], made["head"]) == (first["id"], "draft", 1)
    assert made["text_sha256"] == first["text_sha256"]
    with pytest.raises(Conflict):
        giao_ban.do(world.actors["chutoa"], "document.correct", document_id=first["id"])

    new = replace(old, parts=replace(old.parts, document=made["id"]))
    give(new, world, "thuky", "document.submit")
    give(new, world, "chutoa", "document.approve")
    second = issue(new, world, press)
    assert (second["number"], second["symbol"]) == (2, "02/GM-UBND")
    with new.app.app_context():
        named = issuing.issue_of(db.session(), db.session.get_one(Document, second["id"]))
    assert named is not None
    day = datetime.fromisoformat(first["issued_at"])
    assert named.replaces.startswith("Giấy mời số 01/GM-UBND ngày ")
    assert named.replaces.endswith(f" năm {day.year}")
    assert document(old, world) == first
    # The next one corrects the newest.
    giao_ban.do(world.actors["thuky"], "document.correct", document_id=second["id"])
    assert "0 faults" in verified(new.app)


# Issuing -----------------------------------------------------------------------------------------


class Interrupted(Press):
    """While it prints, something else happens."""

    def __init__(self, then: Callable[[], Any], times: int = 1) -> None:
        super().__init__()
        self._then, self._times = then, times

    def paper(self, *args: Any, **kwargs: Any) -> bytes:
        made = super().paper(*args, **kwargs)
        if self._times:
            self._times -= 1
            db.session.rollback()
            self._then()
        return made


def another(briefing: Briefing, world: World, code: str) -> Briefing:
    """Another meeting's invitation, approved."""
    return approved(schedule(briefing.app, world.actors, code=code), world)


@both_engines
def test_a_number_taken_meanwhile_makes_it_print_again(giao_ban: Briefing, world: World) -> None:
    made, other = approved(giao_ban, world), another(giao_ban, world, "GB-KHAC")
    press = Interrupted(lambda: issue(other, world, Press()))
    done = issue(made, world, press)
    assert (document(other, world)["number"], done["number"]) == (1, 2)
    assert ["Số: 01" in html for html in press.printed] == [True, False]
    with made.app.app_context():
        assert b"02/GM-UBND" in files.read(done["sha256"])


@both_engines
def test_another_template_or_year_meanwhile_makes_it_print_again(
    giao_ban: Briefing, world: World, van_thu: Actor
) -> None:
    made = approved(giao_ban, world)
    press = Interrupted(
        lambda: giao_ban.do(
            van_thu, "register.set", kind="invitation", template="{number}-GM/HU", next=40
        )
    )
    assert issue(made, world, press)["symbol"] == "40-GM/HU"
    assert len(press.printed) == 2


@both_engines
def test_without_a_file_for_the_present_text_nothing_is_issued(
    giao_ban: Briefing, world: World, van_thu: Actor
) -> None:
    made = approved(giao_ban, world)
    with pytest.raises(Conflict):
        give(made, world, "vanthu", "document.issue")
    with made.app.app_context():
        issuing.prepare(van_thu, made.id, made.parts.document, 1, Press())
    give(made, world, "thuky", "document.recall")
    give(made, world, "thuky", "document.save", content=content())
    give(made, world, "thuky", "document.submit")
    give(made, world, "chutoa", "document.approve")
    # What was printed shows an older text.
    with pytest.raises(Conflict):
        give(made, world, "vanthu", "document.issue")
    # What was printed yesterday carries yesterday's date.
    with made.app.app_context():
        issuing.prepare(van_thu, made.id, made.parts.document, 2, Press())
        with writing() as session:
            for file in session.scalars(select(DocumentFile)):
                file.at -= timedelta(days=1)
    with pytest.raises(Conflict):
        give(made, world, "vanthu", "document.issue")
    assert rows(made.app, Register)[0].last == 0


@both_engines
def test_a_crash_while_printing_takes_no_number_and_is_cleaned_up(
    giao_ban: Briefing, world: World, press: Press
) -> None:
    made = approved(giao_ban, world)

    def crash() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        issue(made, world, Interrupted(crash))
    with made.app.app_context():
        # And one between printing and issuing.
        issuing.prepare(world.actors["vanthu"], made.id, made.parts.document, 1, press)
    (left,) = rows(made.app, DocumentFile)
    assert (document(made, world)["state"], rows(made.app, Register)[0].last) == ("approved", 0)
    with made.app.app_context():
        assert issuing.clean_up() == 0  # it may be about to be issued
        with writing() as session:
            session.scalars(select(DocumentFile)).one().at -= timedelta(hours=2)
    done = issue(made, world, press)
    assert done["number"] == 1
    assert [file.state for file in rows(made.app, DocumentFile)] == ["issued"]
    with made.app.app_context(), pytest.raises(FileNotFoundError):
        files.read(left.sha256)


@both_engines
def test_files_of_a_discarded_draft_are_cleaned_up(
    giao_ban: Briefing, world: World, press: Press
) -> None:
    made = approved(giao_ban, world)
    with made.app.app_context():
        issuing.prepare(world.actors["vanthu"], made.id, made.parts.document, 1, press)
    give(made, world, "thuky", "document.recall")
    give(made, world, "thuky", "document.discard")
    (left,) = rows(made.app, DocumentFile)
    with made.app.app_context():
        with writing() as session:
            session.scalars(select(DocumentFile)).one().at -= timedelta(hours=2)
        assert issuing.clean_up() == 1
        with pytest.raises(FileNotFoundError):
            files.read(left.sha256)
    assert rows(made.app, DocumentText) == []


@both_engines
def test_a_document_that_cannot_be_printed_stays_approved(
    giao_ban: Briefing, world: World, press: Press
) -> None:
    made = approved(giao_ban, world)

    class Late(Press):
        def paper(self, *args: Any, **kwargs: Any) -> bytes:
            raise RenderTimeout("late")

    with pytest.raises(DocumentFailed):
        issue(made, world, Late())
    assert document(made, world)["state"] == "approved"
    assert issue(made, world, press)["number"] == 1


@both_engines
def test_the_same_request_to_issue_gets_the_first_answer(
    giao_ban: Briefing, world: World, press: Press
) -> None:
    made = approved(giao_ban, world)
    first = issue(made, world, press, request_id="lan-1")
    assert issue(made, world, press, request_id="lan-1", base=1) == first
    assert len(press.printed) == 1


def test_what_is_issued_is_signed_where_the_deployment_has_a_certificate(
    giao_ban: Briefing, world: World, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(giao_ban.app.config, "SIGNING_P12", b"p12")
    monkeypatch.setitem(giao_ban.app.config, "SIGNER", "UBND huyện Đắk Thử")
    done = issue(approved(giao_ban, world), world, press)
    assert (done["signer"], done["signed_sha256"]) == ("UBND huyện Đắk Thử", done["sha256"])
    with giao_ban.app.app_context():
        assert files.read(done["sha256"]).endswith(b"%signed")


def _small(app: Flask, world: World, number: int) -> Briefing:
    """A meeting of three people, its invitation approved."""
    args = CreateMeeting(
        code=f"GB-{number:03}",
        title="Giao ban",
        starts_at=STARTS_AT,
        ends_at=STARTS_AT + timedelta(hours=1),
        chair_ids=[world.person("chutoa")],
    )
    with app.app_context():
        made = Briefing(app, create_meeting(world.actors["thuky"], args).result["id"])
    clerk = {"person_id": world.person("vanthu"), "role": "records_clerk"}
    made.do(world.actors["thuky"], "participant.add", **clerk)
    return approved(made, world)


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_two_clerks_at_once_make_no_gap_and_no_double(giao_ban: Briefing, world: World) -> None:
    """Whatever each of them issues, prints late, gives up or sets anew."""
    app = giao_ban.app
    van_thu = world.actors["vanthu"]
    ready = iter([_small(app, world, number) for number in range(24)])

    @settings(max_examples=4, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.lists(st.sampled_from(["issue", "issue", "fail", "again"]), min_size=1, max_size=3),
            min_size=2,
            max_size=2,
        )
    )
    def together(work: list[list[str]]) -> None:
        before = [r.last for r in rows(app, Register)] or [0]
        start = threading.Barrier(len(work))
        wanted = sum(step != "fail" for steps in work for step in steps)
        taken = [[next(ready) for _step in steps] for steps in work]
        errors: list[BaseException] = []

        def clerk(steps: list[str], documents: list[Briefing]) -> None:
            start.wait()
            for step, made in zip(steps, documents, strict=True):
                try:
                    if step == "fail":
                        with app.app_context():
                            issuing.prepare(van_thu, made.id, made.parts.document, 1, Press())
                        continue
                    key = f"yeu-cau-{made.id}"
                    first = issue(made, world, Press(), request_id=key)
                    if step == "again":
                        assert issue(made, world, Press(), request_id=key) == first
                except BaseException as error:  # told below, by the test's own thread
                    errors.append(error)

        clerks = [
            threading.Thread(target=clerk, args=each) for each in zip(work, taken, strict=True)
        ]
        for each in clerks:
            each.start()
        for each in clerks:
            each.join()
        assert errors == []
        numbers = sorted(d.number for d in rows(app, Document) if d.number is not None)
        assert numbers == list(range(1, before[0] + wanted + 1))
        assert [r.last for r in rows(app, Register)] == [len(numbers)] or not numbers

    together()
    assert "0 faults" in verified(app)


# Signed elsewhere --------------------------------------------------------------------------------


def keep(briefing: Briefing, world: World, press: Any, signed: bytes, who: str = "vanthu") -> Any:
    with briefing.app.app_context():
        return issuing.keep_signed(
            world.actors[who], briefing.id, briefing.parts.document, signed, press
        ).result


@both_engines
def test_a_signed_file_is_kept_once_it_is_checked(
    giao_ban: Briefing, world: World, press: Press
) -> None:
    made = approved(giao_ban, world)
    with pytest.raises(Conflict):
        keep(made, world, press, b"%PDF-signed")
    first = issue(made, world, press)
    for who in set(INVITED) - {"vanthu"}:
        with pytest.raises(Forbidden):
            keep(made, world, press, b"%PDF-signed", who)
    with pytest.raises(NotFound):
        keep(made, world, press, b"%PDF-signed", "khach")
    signed = keep(made, world, press, b"%PDF-signed")
    assert signed["signer"] == "Trần Văn Chủ"
    assert signed["sha256"] == first["sha256"] != signed["signed_sha256"]
    assert giao_ban.log()[-1].type == "document.sign"
    # A second signature on it; the same file once more changes nothing.
    twice = keep(made, world, press, b"%PDF-signed-twice")
    assert keep(made, world, press, b"%PDF-signed-twice")["signed_sha256"] == twice["signed_sha256"]
    assert "0 faults" in verified(made.app)


@both_engines
def test_a_file_that_is_not_the_issued_one_is_refused(
    giao_ban: Briefing, world: World, press: Press
) -> None:
    made = issued(giao_ban, world)
    before = document(made, world)
    with made.app.app_context():
        files.store(b"%PDF-x")
    press.checked = {"ok": False, "reason": "truncated"}
    with giao_ban.app.app_context(), writing() as session:
        file = session.scalars(select(DocumentFile).where(DocumentFile.state == "issued")).one()
        assert file.sha256 == before["sha256"]
    with pytest.raises(Invalid) as refused:
        keep(made, world, press, b"whatever")
    assert refused.value.errors == [{"field": "file", "message": str(REASONS["truncated"])}]
    with pytest.raises(Conflict):
        made.do(
            world.actors["vanthu"],
            "document.sign",
            document_id=before["id"],
            sha256=before["sha256"],
        )
    assert document(made, world) == before


# The register ------------------------------------------------------------------------------------


@both_engines
def test_a_register_goes_on_as_the_clerk_says(
    giao_ban: Briefing, world: World, van_thu: Actor, press: Press
) -> None:
    found = giao_ban.do(van_thu, "register.set", kind="invitation", template="{number:03}-GM/TU")
    year = now().astimezone(UTC).year
    assert found.result == {
        "kind": "invitation",
        "year": year,
        "template": "{number:03}-GM/TU",
        "last": 0,
        "next_symbol": "001-GM/TU",
    }
    giao_ban.do(van_thu, "register.set", kind="invitation", next=12)
    assert issue(approved(giao_ban, world), world, press)["symbol"] == "012-GM/TU"
    for taken in (1, 12):
        with pytest.raises(Invalid) as refused:
            giao_ban.do(van_thu, "register.set", kind="invitation", next=taken)
        assert refused.value.errors[0]["field"] == "next"
    giao_ban.do(van_thu, "register.set", kind="invitation", next=13)
    (register,) = rows(giao_ban.app, Register)
    assert (register.last, register.unit_id) == (12, world.units["huyen"])


@both_engines
@pytest.mark.parametrize(
    "written",
    ["", "TB-UBND", "{number}/{number}", "{n}/TB", "{0}/TB", "{number:04}", "{number!r}",
     "{number.real}", "{number:02}{", "{number:>99999}/TB", "{{number}}/TB", "x" * 90 + "{number}"],
)  # fmt: skip
def test_a_template_without_one_place_for_the_number_is_refused(
    written: str, giao_ban: Briefing, van_thu: Actor
) -> None:
    with pytest.raises(Invalid) as refused:
        giao_ban.do(van_thu, "register.set", kind="minutes", template=written)
    assert refused.value.errors[0]["field"] == "template"


@both_engines
def test_a_new_year_begins_with_1_and_the_template_of_the_year_before(
    app: Flask, giao_ban: Briefing, world: World, van_thu: Actor
) -> None:
    giao_ban.do(van_thu, "register.set", kind="invitation", template="{number}-GM/TU", next=300)
    year = now().astimezone(UTC).year
    with app.app_context():
        listed = {
            each: registers.listed(db.session(), van_thu, giao_ban.id, each)[0]
            for each in (year - 1, year, year + 1)
        }
    assert listed[year]["next_symbol"] == "300-GM/TU"
    assert listed[year + 1]["next_symbol"] == "1-GM/TU"
    assert listed[year - 1]["next_symbol"] == "01/GM-UBND"


@both_engines
def test_a_meeting_of_no_unit_uses_its_chairs_unit(
    giao_ban: Briefing, world: World, thu_ky: Actor, press: Press
) -> None:
    giao_ban.do(thu_ky, "meeting.update", organizer_unit_id=None)
    assert issue(approved(giao_ban, world), world, press)["number"] == 1
    assert rows(giao_ban.app, Register)[0].unit_id == world.units["huyen"]
    made = another(giao_ban, world, "GB-KHONG")
    chair = made.objects(thu_ky)
    (key,) = [k for k, v in chair.items() if k.startswith("participant/") and v["role"] == "chair"]
    made.do(thu_ky, "meeting.update", organizer_unit_id=None)
    made.do(thu_ky, "participant.remove", participant_id=chair[key]["id"])
    with pytest.raises(Conflict):
        issue(made, world, press)


# Who sees what -----------------------------------------------------------------------------------

STAFF = ("thuky", "chutoa", "vanthu")
OTHERS = tuple(set(INVITED) - set(STAFF))


@both_engines
def test_a_draft_is_seen_by_the_staff_alone_until_it_is_issued(
    giao_ban: Briefing, world: World, press: Press
) -> None:
    start = giao_ban.revision
    gone = drafted(giao_ban, world)
    give(gone, world, "thuky", "document.discard")
    made = drafted(giao_ban, world)
    give(made, world, "thuky", "document.save", content=content(abstract="Bí-mật-9137"))
    give(made, world, "thuky", "document.submit")
    give(made, world, "chutoa", "document.return", remarks="Bí-mật-9137")
    give(made, world, "thuky", "document.submit")
    give(made, world, "chutoa", "document.approve")
    key = f"document/{made.parts.document}"
    for username in OTHERS:
        viewer = world.actors[username]
        assert not any(each.startswith("document/") for each in made.objects(viewer))
        events = made.events(viewer, start)
        assert [each["revision"] for each in events] == list(range(start + 1, made.revision + 1))
        assert "document/" not in str([(each["changed"], each["deleted"]) for each in events])
        assert "9137" not in str(events)
    for username in STAFF:
        assert key in made.objects(world.actors[username])
        assert f"document/{gone.parts.document}" in str(made.events(world.actors[username], start))
    done = issue(made, world, press)
    for username in INVITED:
        viewer = world.actors[username]
        assert made.objects(viewer)[key] == done
        assert made.events(viewer, made.revision - 1)[0]["changed"] == {key: done}


# The disk ----------------------------------------------------------------------------------------


def test_where_the_disk_takes_nothing_nothing_is_issued(
    giao_ban: Briefing, world: World, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = approved(giao_ban, world)

    def full(_content: bytes) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "store", full)
        with pytest.raises(DocumentFailed):
            issue(made, world, press)
    assert document(made, world)["state"] == "approved"
    assert issue(made, world, press)["number"] == 1
