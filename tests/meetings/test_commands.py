"""Every command: who may give it, when, what everybody then sees, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import Conflict, Forbidden, Invalid, NotFound
from meetings.changes import COMMANDS
from meetings.models import LEADERS, Role, State
from people.actor import Actor
from tests import paper
from tests.marks import both_engines
from tests.meetings.cases import BROUGHT, HEAD, REVISION, Case, cases, plain_cases
from tests.world import INVITED, ROLES, Briefing, World, applied

# What is refused is refused before the database is asked for anything of its own: those tests take
# the faster engine, all that writes takes both.
every_case = pytest.mark.parametrize("case", cases(), ids=str)
every_command = pytest.mark.parametrize("case", plain_cases(), ids=str)

OUTSIDERS = ("khach", "quantri")
# The part that the arguments of a command with `base_revision` name.
NAMED = {
    "discussion": "entry",
    "conclusion": "conclusion",
    "directive": "directive",
    "indicator": "indicator",
    "speaker": "speaker",
    "paper": "paper",
}


@pytest.fixture
def briefing(case: Case, in_state: Callable[[str], Briefing], world: World) -> Briefing:
    return case.before(in_state(case.state), world)


@pytest.fixture
def args(case: Case, briefing: Briefing, world: World) -> dict[str, Any]:
    made = case.args(world, briefing.parts)
    if made.get("base_revision") == REVISION:
        made["base_revision"] = named(case, briefing, world)["revision"]
    if made.get("base") == HEAD:
        made["base"] = paper.document(briefing, world)["head"]
    return made


def named(case: Case, briefing: Briefing, world: World) -> dict[str, Any]:
    """The object that the command is about."""
    kind = NAMED[case.command.split(".")[0]]
    key = f"{kind}/{getattr(briefing.parts, kind)}"
    return briefing.objects(world.actors["thuky"])[key]


def seen_by(briefing: Briefing, actor: Actor) -> dict[str, Any] | None:
    """What an actor sees, or None where they see nothing."""
    try:
        return briefing.objects(actor)
    except NotFound:
        return None


@both_engines
@every_case
def test_what_was_seen_before_and_the_events_make_what_is_seen_after(
    case: Case, briefing: Briefing, args: dict[str, Any], world: World
) -> None:
    viewers = [world.actors[username] for username in (*INVITED, *OUTSIDERS)]
    before = {viewer: seen_by(briefing, viewer) for viewer in viewers}
    revision = briefing.revision

    outcome = briefing.give(world.actors[case.giver], case.command, args)

    assert outcome.revision == revision + 1
    for viewer in viewers:
        after = seen_by(briefing, viewer)
        if before[viewer] is not None and after is not None:
            events = briefing.events(viewer, revision)
            if moved(viewer, briefing):
                assert events == []  # they begin anew
                continue
            assert [e["revision"] for e in events] == [revision + 1]
            assert applied(before[viewer], events) == after, viewer.name
    # A repeat of the event is harmless.
    secretary = world.actors["thuky"]
    twice = briefing.events(secretary, revision) * 2
    assert applied(before[secretary], twice) == briefing.objects(secretary)


def moved(viewer: Actor, briefing: Briefing) -> bool:
    """Whether the last command has given the viewer another role or unit."""
    row = briefing.log()[-1]
    return row.type == "participant.update" and any(
        key.startswith("participant/") and thing["person_id"] == viewer.person_id
        for key, thing in json.loads(row.changed).items()
    )


@pytest.mark.parametrize(
    ("case", "role"),
    [(case, role) for case in plain_cases() for role in sorted(COMMANDS[case.command].roles)],
    ids=str,
)
def test_who_has_the_right_may(
    case: Case, role: Role, briefing: Briefing, args: dict[str, Any], world: World
) -> None:
    revision = briefing.revision
    assert briefing.give(world.actors[ROLES[role]], case.command, args).revision == revision + 1
    row = briefing.log()[-1]
    assert (row.type, row.revision) == (case.command, revision + 1)
    assert row.actor_id == world.actors[ROLES[role]].user_id


@every_command
def test_who_has_not_may_not(
    case: Case, briefing: Briefing, args: dict[str, Any], world: World
) -> None:
    revision = briefing.revision
    for role in Role:
        if role in COMMANDS[case.command].roles:
            continue
        # Of a draft they do not even know.
        refusal = NotFound if case.state == State.DRAFT else Forbidden
        with pytest.raises(refusal):
            briefing.give(world.actors[ROLES[role]], case.command, args)
    for username in OUTSIDERS:
        with pytest.raises(NotFound):
            briefing.give(world.actors[username], case.command, args)
    assert briefing.revision == revision == len(briefing.log())


@every_command
def test_in_the_wrong_state_it_is_a_conflict(
    case: Case, args: dict[str, Any], in_state: Callable[[str], Briefing], world: World
) -> None:
    for state in set(State) - COMMANDS[case.command].states:
        if state == State.DRAFT and not COMMANDS[case.command].roles & LEADERS:
            continue  # they do not even know of it
        briefing = in_state(state)
        revision = briefing.revision
        with pytest.raises(Conflict) as refused:
            briefing.give(world.actors[case.giver], case.command, args)
        assert refused.value.current["state"] == state
        assert briefing.revision == revision == len(briefing.log())


@both_engines
@every_command
def test_the_same_request_again_gets_the_first_answer(
    case: Case, briefing: Briefing, args: dict[str, Any], world: World
) -> None:
    secretary, giver = world.actors["thuky"], world.actors[case.giver]
    first = briefing.give(giver, case.command, args, "lan-1")
    seen = briefing.snapshot(secretary)
    again = briefing.give(giver, case.command, args, "lan-1")
    assert again == first
    assert briefing.snapshot(secretary) == seen
    assert len(briefing.log()) == first.revision


# What no argument takes, whatever its type.
NEVER: tuple[Any, ...] = (
    {"a": 1},
    [[]],
    [{"id": 1}],
    1.5,
    float("nan"),
    float("inf"),
    True,
    -1,
    2**31,
    2**63,
    10**400,
    "x" * 200_001,
    [1] * 20_000,
    "\x00",
    "\ud800",
    "",
    b"1",
    object(),
)
# Some arguments do take an empty text or what is left of an invisible one.
EMPTY = ("\x00", "\ud800", "")
MAY_BE_EMPTY = {
    "reason", "description", "location", "online_url", "deputy_name", "due_text", "note",
    "measure", "plan", "estimate", "assessment", "field", "series_name",
}  # fmt: skip
YES_OR_NO = {"secret", "code_required", "done"}


@every_command
def test_nonsense_is_refused_and_changes_nothing(
    case: Case, briefing: Briefing, args: dict[str, Any], world: World
) -> None:
    secretary, giver = world.actors["thuky"], world.actors[case.giver]
    revision, seen = briefing.revision, briefing.snapshot(secretary)
    model = COMMANDS[case.command].args
    for name, field in model.model_fields.items():
        for junk in NEVER:
            if isinstance(junk, str) and junk in EMPTY and name in MAY_BE_EMPTY:
                continue
            if junk is True and name in YES_OR_NO:
                continue
            with pytest.raises(Invalid) as refused:
                briefing.give(giver, case.command, args | {name: junk})
            assert refused.value.errors, (name, junk)
            assert refused.value.errors[0]["field"].split(".")[0] == name
        if field.is_required():
            with pytest.raises(Invalid):
                briefing.give(giver, case.command, {k: v for k, v in args.items() if k != name})
    for whole in ([], "x", 1, True, args | {"la": 1}, args | {"\ud800": 1}, {1: 2}):
        with pytest.raises(Invalid):
            briefing.give(giver, case.command, whole)
    for request_id in ("", " ", "a b", "x" * 65, "\x00", "đ", 1, {}, "\ud800", "a\n"):
        with pytest.raises(Invalid):
            briefing.give(giver, case.command, args, request_id)
    assert briefing.revision == revision
    assert briefing.snapshot(secretary) == seen


@every_command
def test_what_belongs_to_another_meeting_is_not_found(
    case: Case,
    briefing: Briefing,
    args: dict[str, Any],
    in_state: Callable[[str], Briefing],
    world: World,
) -> None:
    state = "live" if case.state == "closed" else "closed"
    other = world.meetings[state]
    parts = {
        "item_id": other.items[0],
        "entry_id": other.entry,
        "conclusion_id": other.conclusion,
        "directive_id": other.directive,
        "indicator_id": other.indicator,
        "participant_id": other.participants["daibieu"],
        "document_id": paper.drafted(in_state(state), world).parts.document,
        "speaker_id": other.speaker,
        "vote_id": other.vote,
        "reply_to": other.speaker,
        "paper_id": other.paper,
        "remark_id": other.remark,
    }
    for name, command in (("extension_id", "extension.decide"), ("report_id", "report.check")):
        brought = BROUGHT[command](in_state(state), world).parts
        parts[name] = getattr(brought, name.removesuffix("_id"))
    revision = briefing.revision
    foreign = parts.keys() & COMMANDS[case.command].args.model_fields.keys()
    for name in foreign:
        for key in (parts[name], 2**31 - 1):
            with pytest.raises(NotFound):
                briefing.give(world.actors[case.giver], case.command, args | {name: key})
    assert briefing.revision == revision


@every_command
def test_people_and_units_that_there_are_not_are_refused_at_their_field(
    case: Case, briefing: Briefing, args: dict[str, Any], world: World
) -> None:
    revision = briefing.revision
    for name, field in COMMANDS[case.command].args.model_fields.items():
        if not ("unit_id" in name or "person_id" in name):
            continue
        many = "list" in str(field.annotation)
        wrong = args | {name: [2**31 - 1] if many else 2**31 - 1}
        with pytest.raises((Invalid, NotFound)) as refused:
            briefing.give(world.actors[case.giver], case.command, wrong)
        if isinstance(refused.value, Invalid):
            assert refused.value.errors, name
    assert briefing.revision == revision


TEXTS = {
    "null": ("trước\x00sau", "trướcsau"),
    "surrogate": ("trước\ud800sau", "trướcsau"),
    "direction": ("trước\u202esau", "trướcsau"),
    "decomposed": ("Ke\u0302\u0301 hoa\u0323ch", "Kế hoạch"),
    "emoji": ("xong 👍🏽", "xong 👍🏽"),
    "markup": ("<script>alert(1)</script> & \"'", "<script>alert(1)</script> & \"'"),
    "percent": ("45,76% %s {x} {{ x }}", "45,76% %s {x} {{ x }}"),
}


@both_engines
@pytest.mark.parametrize("typed", TEXTS)
def test_a_text_is_stored_clean(typed: str, live: Briefing, thu_ky: Actor, quan_sat: Actor) -> None:
    before, revision = live.objects(quan_sat), live.revision
    text, stored = TEXTS[typed]
    made = live.do(thu_ky, "discussion.add", item_id=live.parts.items[0], text=text)
    assert made.result["text"] == stored
    json.dumps(live.snapshot(quan_sat), ensure_ascii=False).encode()
    assert applied(before, live.events(quan_sat, revision)) == live.objects(quan_sat)


@both_engines
@pytest.mark.parametrize(
    "case",
    [
        case
        for case in plain_cases()
        if COMMANDS[case.command].args.model_fields.keys() & {"base_revision", "from_item"}
    ],
    ids=str,
)
def test_a_stale_author_is_told_the_present_state(
    case: Case, briefing: Briefing, args: dict[str, Any], world: World
) -> None:
    secretary = world.actors[case.giver]
    fields = COMMANDS[case.command].args.model_fields
    if "base_revision" in fields:
        present = named(case, briefing, world)
        stale = [args | {"base_revision": present["revision"] + offset} for offset in (-1, 1)]
    else:
        present = briefing.objects(secretary)[f"meeting/{briefing.id}"]
        stale = [args | {"from_item": seen} for seen in (None, briefing.parts.items[1])]
    revision = briefing.revision
    for each in stale:
        with pytest.raises(Conflict) as refused:
            briefing.give(secretary, case.command, each)
        assert refused.value.current == present
    assert briefing.revision == revision


def test_an_unknown_command_is_invalid(live: Briefing, thu_ky: Actor) -> None:
    for name in ("", "meeting", "meeting.create", "agenda.advance ", "__class__", None, 1, {}):
        with pytest.raises(Invalid):
            live.give(thu_ky, name, {})


def test_a_meeting_that_there_is_not_is_not_found(
    live: Briefing, thu_ky: Actor, quan_tri: Actor
) -> None:
    for actor in (thu_ky, quan_tri):
        for meeting_id in (0, -1, 999_999, 2**31 - 1):
            with pytest.raises(NotFound):
                Briefing(live.app, meeting_id).do(actor, "meeting.close")


@both_engines
def test_two_people_may_use_the_same_request_id(
    live: Briefing, thu_ky: Actor, chu_toa: Actor
) -> None:
    one = live.do(thu_ky, "conclusion.add", request_id="1", text="Một")
    two = live.do(chu_toa, "conclusion.add", request_id="1", text="Hai")
    assert one.result["text"] == "Một"
    assert two.result["text"] == "Hai"
    assert two.revision == one.revision + 1
