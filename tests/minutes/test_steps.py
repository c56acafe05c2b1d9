"""Pages of documents: who is offered which step, and who sees what."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from meetings.models import Role
from minutes import steps
from tests.world import Briefing

ClientFor = Callable[[str], FlaskClient]
COMMANDS = re.compile(r'data-(?:command|opens)="([\w.-]+)"')


def document(state: str, **fields: Any) -> dict[str, Any]:
    return {"id": 1, "kind": "minutes", "state": state} | fields


@pytest.mark.parametrize(
    ("state", "role", "expected"),
    [
        (None, Role.SECRETARY, ["compose"]),
        (None, Role.RECORDS_CLERK, []),
        ("draft", Role.SECRETARY, ["submit", "edit", "discard"]),
        ("draft", Role.RECORDS_CLERK, []),
        ("submitted", Role.CHAIR, ["approve", "return"]),
        ("submitted", Role.SECRETARY, ["recall"]),
        ("submitted", Role.RECORDS_CLERK, []),
        ("approved", Role.RECORDS_CLERK, ["issue", "return"]),
        ("approved", Role.CHAIR, ["return"]),
        ("approved", Role.SECRETARY, ["recall"]),
        ("issued", Role.RECORDS_CLERK, ["sign"]),
        ("issued", Role.SECRETARY, ["correct"]),
        ("issued", Role.PARTICIPANT, []),
    ],
)
def test_each_is_offered_the_steps_that_are_theirs(
    state: str | None, role: Role, expected: list[str]
) -> None:
    found = document(state) if state else None
    assert steps.actions(found, "minutes", role, "closed") == expected


def test_minutes_are_issued_after_the_meeting_and_an_invitation_before_it() -> None:
    clerk = Role.RECORDS_CLERK
    assert "issue" not in steps.actions(document("approved"), "minutes", clerk, "live")
    assert "issue" in steps.actions(document("approved"), "invitation", clerk, "scheduled")


def test_nothing_is_offered_in_a_meeting_that_is_put_away() -> None:
    for state in ("draft", "submitted", "approved", "issued"):
        assert steps.actions(document(state), "minutes", Role.CHAIR, "archived") == []


def test_what_is_issued_stays_to_be_had_while_it_is_corrected() -> None:
    issued, draft = document("issued"), document("draft", id=2)
    (found,) = [
        way for way in steps.ways([draft, issued], Role.CHAIR, "closed") if way.kind == "minutes"
    ]
    assert (found.document, found.issued) == (draft, issued)


# --- Pages ----------------------------------------------------------------------------------------


@pytest.fixture
def closed(in_state: Callable[[str], Briefing]) -> Briefing:
    return in_state("closed")


@pytest.fixture
def draft(closed: Briefing, thu_ky: Any) -> str:
    """The address of a draft whose abstract is markup."""
    made = closed.do(thu_ky, "document.compose", kind="minutes").result
    content = client_content(closed, made["id"])
    content["abstract"] = "<script>alert(1)</script>"
    closed.do(thu_ky, "document.save", document_id=made["id"], base=1, content=content)
    return f"/meetings/{closed.id}/documents/{made['id']}"


def client_content(briefing: Briefing, document_id: int) -> dict[str, Any]:
    from core.db import db
    from minutes.content import Content
    from minutes.models import DocumentText

    with briefing.app.app_context():
        text = db.session.get_one(DocumentText, (document_id, 1))
        found: dict[str, Any] = Content.read(text.content).model_dump(mode="json")
        return found


def test_the_preview_runs_nothing_and_takes_nothing_from_elsewhere(
    client_for: ClientFor, draft: str
) -> None:
    answer = client_for("thuky").get(f"{draft}/preview")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text
    assert "DỰ THẢO" in answer.text
    assert not re.search(r'(src|href)="(?!data:)', answer.text)


@pytest.mark.parametrize(
    ("username", "status"),
    [("thuky", 200), ("chutoa", 200), ("vanthu", 200), ("daibieu", 404), ("khach", 404)],
)
def test_a_draft_is_shown_to_the_staff_alone(
    client_for: ClientFor, draft: str, username: str, status: int
) -> None:
    client = client_for(username)
    assert client.get(draft).status_code == status
    assert client.get(f"{draft}/preview").status_code == status


@pytest.mark.parametrize(
    ("username", "status"), [("thuky", 200), ("chutoa", 200), ("vanthu", 403), ("daibieu", 404)]
)
def test_the_editor_is_for_those_who_lead(
    client_for: ClientFor, draft: str, username: str, status: int
) -> None:
    assert client_for(username).get(f"{draft}/edit").status_code == status


def test_a_page_holds_the_buttons_of_its_reader_alone(client_for: ClientFor, draft: str) -> None:
    assert COMMANDS.findall(client_for("vanthu").get(draft).text) == []
    theirs = COMMANDS.findall(client_for("thuky").get(draft).text)
    assert theirs == ["document.submit", "discard-dialog"]


def test_the_start_page_names_what_waits_for_its_reader(
    client_for: ClientFor, draft: str, closed: Briefing, world: Any
) -> None:
    number = int(draft.rsplit("/", 1)[1])

    def waits_for() -> list[str]:
        names = ("thuky", "chutoa", "vanthu", "daibieu")
        return [name for name in names if f'href="{draft}"' in client_for(name).get("/").text]

    assert waits_for() == []
    closed.do(world.actors["thuky"], "document.submit", document_id=number, base=2)
    assert waits_for() == ["chutoa"]
    args: dict[str, Any] = {"document_id": number, "base": 2}
    closed.do(world.actors["chutoa"], "document.return", **args, remarks="Sửa lại.")
    assert waits_for() == ["thuky"]
    closed.do(world.actors["thuky"], "document.submit", **args)
    closed.do(world.actors["chutoa"], "document.approve", **args)
    assert waits_for() == ["vanthu"]


def test_a_document_of_another_meeting_is_not_there(
    client_for: ClientFor, draft: str, in_state: Callable[[str], Briefing]
) -> None:
    number = draft.rsplit("/", 1)[1]
    other = f"/meetings/{in_state('live').id}/documents/{number}"
    for path in (other, f"{other}/edit", f"{other}/preview"):
        assert client_for("thuky").get(path).status_code == 404


def test_remarks_are_text(client_for: ClientFor, draft: str, closed: Briefing, world: Any) -> None:
    number = int(draft.rsplit("/", 1)[1])
    closed.do(world.actors["thuky"], "document.submit", document_id=number, base=2)
    remarks = "<img src=x onerror=alert(1)>"
    chair = world.actors["chutoa"]
    closed.do(chair, "document.return", document_id=number, base=2, remarks=remarks)
    for path in (draft, f"/meetings/{closed.id}/documents"):
        page = client_for("thuky").get(path).text
        assert "&lt;img src=x" in page
        assert "<img src=x" not in page
