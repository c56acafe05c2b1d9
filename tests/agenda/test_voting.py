"""Votes: who may, how often, what is known of them, and what never is."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client import generate_latest
from sqlalchemy import select

from core import sealing
from core.db import Base, db
from core.errors import Conflict, Forbidden, Invalid
from meetings.changes import execute
from people.actor import Actor
from tests.conftest import close as put_away
from tests.marks import both_engines
from tests.meetings.test_log import at_once
from tests.world import Briefing, World

pytestmark = both_engines
NONE = {"for": 0, "against": 0, "abstain": 0}
BEGIN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def vote(briefing: Briefing, actor: Actor, vote_id: int) -> dict[str, Any]:
    return briefing.objects(actor)[f"vote/{vote_id}"]


def ballots(briefing: Briefing, actor: Actor, vote_id: int) -> list[dict[str, Any]]:
    return [
        thing
        for key, thing in briefing.objects(actor).items()
        if key.startswith("ballot/") and thing["vote_id"] == vote_id
    ]


@pytest.fixture
def voters(chu_toa: Actor, dai_bieu: Actor, dai_bieu_2: Actor) -> list[Actor]:
    """All who may vote."""
    return [chu_toa, dai_bieu, dai_bieu_2]


def test_a_public_vote_shows_names_and_may_be_changed_until_the_close(
    live: Briefing, thu_ky: Actor, voters: list[Actor], quan_sat: Actor
) -> None:
    number = live.parts.vote
    assert vote(live, quan_sat, number)["voter_ids"] == [a.person_id for a in voters]
    for actor, choice in zip(voters, ("for", "for", "abstain"), strict=True):
        live.do(actor, "vote.cast", vote_id=number, choice=choice)
    changed = live.do(voters[1], "vote.cast", vote_id=number, choice="against").result
    seen = {each["person_id"]: each["choice"] for each in ballots(live, quan_sat, number)}
    assert seen == dict(
        zip([a.person_id for a in voters], ("for", "against", "abstain"), strict=True)
    )
    assert changed["choice"] == "against"
    assert vote(live, quan_sat, number)["counts"] is None
    closed = live.do(thu_ky, "vote.close", vote_id=number).result
    assert closed["counts"] == {"for": 1, "against": 1, "abstain": 1}
    assert (closed["state"], closed["secret"]) == ("closed", False)
    with pytest.raises(Conflict) as refused:
        live.do(voters[0], "vote.cast", vote_id=number, choice="for")
    assert refused.value.current == closed


def test_a_secret_vote_is_cast_once_and_counted_at_the_close(
    live: Briefing, thu_ky: Actor, voters: list[Actor]
) -> None:
    number = live.parts.secret_vote
    for actor, choice in zip(voters, ("for", "against", "for"), strict=True):
        live.do(actor, "vote.cast", vote_id=number, choice=choice)
        assert vote(live, thu_ky, number)["counts"] is None
    with pytest.raises(Conflict) as refused:
        live.do(voters[0], "vote.cast", vote_id=number, choice="against")
    assert refused.value.current["person_id"] == voters[0].person_id
    assert [each["choice"] for each in ballots(live, thu_ky, number)] == [None] * 3
    closed = live.do(thu_ky, "vote.close", vote_id=number).result
    assert closed["counts"] == {"for": 2, "against": 1, "abstain": 0}
    assert closed["voter_ids"] == [actor.person_id for actor in voters]
    assert [each["choice"] for each in ballots(live, thu_ky, number)] == [None] * 3


@pytest.mark.parametrize("which", ["vote", "secret_vote"])
def test_from_two_devices_at_once_one_ballot_comes_of_it(
    which: str, live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    number = getattr(live.parts, which)
    answers = at_once(
        4,
        lambda i: live.do(dai_bieu, "vote.cast", vote_id=number, choice=("for", "against")[i % 2]),
    )
    refused = sum(isinstance(answer, Conflict) for answer in answers)
    assert refused == (3 if which == "secret_vote" else 0)
    assert len(ballots(live, thu_ky, number)) == 1
    counts = live.do(thu_ky, "vote.close", vote_id=number).result["counts"]
    assert sum(counts.values()) == 1


def test_a_repeat_of_a_secret_ballot_counts_once(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    number = live.parts.secret_vote
    one = live.do(dai_bieu, "vote.cast", request_id="x1", vote_id=number, choice="for")
    # Not even another choice under the same name tells of the first.
    assert live.do(dai_bieu, "vote.cast", request_id="x1", vote_id=number, choice="against") == one
    counts = live.do(thu_ky, "vote.close", vote_id=number).result["counts"]
    assert counts == NONE | {"for": 1}


def test_who_may_vote(live: Briefing, thu_ky: Actor, dai_bieu: Actor, world: World) -> None:
    number, person_id = live.parts.secret_vote, dai_bieu.person_id
    for username in ("thuky", "quansat", "vanthu"):
        with pytest.raises(Forbidden):
            live.do(world.actors[username], "vote.cast", vote_id=number, choice="for")
    live.do(thu_ky, "attendance.mark", person_id=person_id, status="absent")
    with pytest.raises(Conflict):
        live.do(dai_bieu, "vote.cast", vote_id=number, choice="for")
    asked = live.do(thu_ky, "vote.open", question="Ai vắng?").result
    assert person_id not in asked["voter_ids"]
    # Who has sent a deputy has a vote, and the ballot says who gave it.
    live.do(thu_ky, "attendance.mark", person_id=person_id, status="absent", deputy_name="H'Thay")
    ballot = live.do(dai_bieu, "vote.cast", vote_id=number, choice="for").result
    assert (ballot["deputy_name"], ballot["choice"]) == ("H'Thay", None)
    # Who comes late may vote too, and counts among the voters in the end.
    live.do(dai_bieu, "attendance.check_in", mode="online")
    live.do(dai_bieu, "vote.cast", vote_id=asked["id"], choice="for")
    assert person_id in live.do(thu_ky, "vote.close", vote_id=asked["id"]).result["voter_ids"]


def test_who_has_voted_stays_in_the_list_of_participants(
    giao_ban: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    giao_ban.do(thu_ky, "meeting.open")
    asked = giao_ban.do(thu_ky, "vote.open", question="Đồng ý?").result["id"]
    giao_ban.do(dai_bieu, "vote.cast", vote_id=asked, choice="for")
    own = giao_ban.parts.participants["daibieu"]
    with pytest.raises(Conflict):
        giao_ban.do(thu_ky, "participant.remove", participant_id=own)


def test_hands_are_added_and_can_be_corrected(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    number = live.parts.vote
    live.do(dai_bieu, "vote.cast", vote_id=number, choice="for")
    with pytest.raises(Invalid) as refused:
        live.do(thu_ky, "vote.count", vote_id=number, hands={"for": 3})
    assert refused.value.errors[0]["field"] == "hands"
    assert "4" in refused.value.errors[0]["message"]
    counted = live.do(thu_ky, "vote.count", vote_id=number, hands={"for": 1}).result
    assert (counted["hands"], counted["counts"]) == (NONE | {"for": 1}, None)
    closed = live.do(thu_ky, "vote.close", vote_id=number).result
    assert closed["counts"] == NONE | {"for": 2}
    again = live.do(thu_ky, "vote.count", vote_id=number, hands={"against": 2}).result
    assert again["counts"] == {"for": 1, "against": 2, "abstain": 0}
    for junk in ({}, {"yes": 1}, {"for": -1}, {"for": "1"}, {"for": 100_001}, [1], {"for": True}):
        with pytest.raises(Invalid):
            live.do(thu_ky, "vote.count", vote_id=number, hands=junk)
    with pytest.raises(Conflict):
        live.do(thu_ky, "vote.count", vote_id=live.parts.secret_vote, hands={"for": 1})


def test_a_question_is_taken_back_with_what_was_cast(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor
) -> None:
    for number in (live.parts.vote, live.parts.secret_vote):
        live.do(dai_bieu, "vote.cast", vote_id=number, choice="for")
        live.do(thu_ky, "vote.remove", vote_id=number)
        assert not ballots(live, thu_ky, number)
        assert f"vote/{number}" not in live.objects(thu_ky)
    asked = live.do(thu_ky, "vote.open", question="Lần nữa?", secret=True).result["id"]
    live.do(thu_ky, "vote.close", vote_id=asked)
    for name in ("vote.remove", "vote.close"):
        with pytest.raises(Conflict):
            live.do(thu_ky, name, vote_id=asked)


def test_closing_the_meeting_counts_what_is_still_open(
    live: Briefing, thu_ky: Actor, voters: list[Actor]
) -> None:
    for actor in voters:
        live.do(actor, "vote.cast", vote_id=live.parts.secret_vote, choice="abstain")
    live.do(thu_ky, "meeting.close")
    assert vote(live, thu_ky, live.parts.secret_vote)["counts"] == NONE | {"abstain": 3}
    assert vote(live, thu_ky, live.parts.vote)["counts"] == NONE
    # The box is gone with its count.
    assert live.parts.secret_vote not in dict(rows(live.app, "vote_box"))


def rows(app: Flask, table: str) -> list[tuple[Any, ...]]:
    with app.app_context():
        found = db.session.execute(select(Base.metadata.tables[table])).all()
        db.session.rollback()
        return [tuple(row) for row in found]


# --- What must tie no choice to a person ----------------------------------------------------------

TELLING = ("for", "against", "abstain")


def everything(app: Flask, *, but: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, with their ids."""
    # Without an order PostgreSQL gives them as earlier tests have left its pages.
    return {
        table: sorted(rows(app, table), key=repr) for table in Base.metadata.tables if table != but
    }


def held(
    briefing: Briefing, world: World, choices: tuple[str, ...], *, close: bool
) -> dict[str, Any]:
    """Three people vote in secret at given moments; all that is left of it."""
    number = briefing.parts.secret_vote
    heard: list[Any] = []
    with briefing.app.app_context():
        for n, (username, choice) in enumerate(
            zip(("chutoa", "daibieu", "daibieu2"), choices, strict=True)
        ):
            args = {"vote_id": number, "choice": choice}
            moment = BEGIN.replace(minute=n)
            outcome = execute(
                world.actors[username], briefing.id, "vote.cast", f"r{n}", args, at=moment
            )
            heard.append((outcome.revision, outcome.result))
        if close:
            moment = BEGIN.replace(minute=30)
            args = {"vote_id": number}
            execute(world.actors["thuky"], briefing.id, "vote.close", "r9", args, at=moment)
    heard.append(briefing.objects(world.actors["thuky"]))
    heard.append(briefing.events(world.actors["quansat"], 0))
    return {"heard": heard, **everything(briefing.app, but="vote_box")}


@pytest.mark.parametrize("close", [False, True], ids=["open", "closed"])
def test_who_has_chosen_what_makes_no_difference_to_anything_that_is_kept_or_told(
    close: bool, renew: Callable[[], Flask], world: World
) -> None:
    parts = world.meetings["live"]
    # While it is open the choices may differ in any way, at the end only in who made them.
    some = [("for", "against", "against"), ("against", "for", "against")]
    if not close:
        some += [("for", "for", "for"), ("abstain", "against", "for")]
    found = []
    for choices in some:
        briefing = Briefing(renew(), parts.meeting_id, parts)
        found.append(held(briefing, world, choices, close=close))
        put_away(briefing.app)
    for other in found[1:]:
        assert other == found[0]


def test_the_log_says_that_somebody_has_voted_and_no_more(
    live: Briefing, dai_bieu: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        live.do(dai_bieu, "vote.cast", vote_id=live.parts.secret_vote, choice="against")
    row = live.log()[-1]
    assert row.type == "vote.cast"
    assert row.args == f'{{"vote_id":{live.parts.secret_vote}}}'
    assert "against" not in row.changed + row.result + row.deleted
    lines = " ".join(str(vars(record)) for record in caplog.records)
    assert not any(f"'{word}'" in lines or f" {word} " in lines for word in TELLING[1:])
    with live.app.app_context():
        figures = generate_latest().decode()
    assert not any(f'"{word}"' in figures for word in TELLING)


def test_the_box_is_rewritten_alike_whatever_goes_in(live: Briefing, voters: list[Actor]) -> None:
    seen = [rows(live.app, "vote_box")]
    for actor, choice in zip(voters, TELLING, strict=True):
        live.do(actor, "vote.cast", vote_id=live.parts.secret_vote, choice=choice)
        seen.append(rows(live.app, "vote_box"))
    boxes = [dict(each)[live.parts.secret_vote] for each in seen]
    assert len(set(boxes)) == len(boxes)
    assert len({len(box) for box in boxes}) == 1


@pytest.fixture
def pages(app: Flask, engine: str) -> Callable[[], bytes]:
    """What stands in SQLite's files, its write-ahead log included."""
    if engine != "sqlite":
        pytest.skip("SQLite's own files")

    def read() -> bytes:
        with app.app_context():
            file = str(db.engine.url.database)
        return b"".join(
            path.read_bytes() for path in map(Path, (file, file + "-wal")) if path.exists()
        )

    return read


def test_no_file_of_the_database_holds_a_secret_choice(
    live: Briefing, voters: list[Actor], pages: Callable[[], bytes]
) -> None:
    before = pages().count(b"abstain")
    for actor in voters:
        live.do(actor, "vote.cast", vote_id=live.parts.secret_vote, choice="abstain")
    assert pages().count(b"abstain") == before
    # The test can see it where it is allowed to stand.
    live.do(voters[0], "vote.cast", vote_id=live.parts.vote, choice="abstain")
    assert pages().count(b"abstain") > before


def test_a_box_opens_for_its_own_vote_and_key_alone(live: Briefing) -> None:
    with live.app.app_context():
        sealed = sealing.seal(b"x", "vote/1")
        assert sealing.unseal(sealed, "vote/1") == b"x"
        for purpose, text in (("vote/2", sealed), ("vote/1", sealed[:-4] + "AAAA"), ("vote/1", "")):
            with pytest.raises(sealing.SealBroken):
                sealing.unseal(text, purpose)


def test_another_key_than_at_the_opening_is_told_and_the_question_can_be_put_anew(
    live: Briefing, thu_ky: Actor, dai_bieu: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(live.app.config, "SECRET_KEY", "another key than before, as long")
    number = live.parts.secret_vote
    for actor, name, args in (
        (dai_bieu, "vote.cast", {"choice": "for"}),
        (thu_ky, "vote.close", {}),
    ):
        with pytest.raises(Conflict) as refused:
            live.do(actor, name, vote_id=number, **args)
        assert "SECRET_KEY" in str(refused.value.message)
    assert not ballots(live, thu_ky, number)
    live.do(thu_ky, "vote.remove", vote_id=number)
    live.do(thu_ky, "meeting.close")


def test_every_way_to_vote_is_counted(live: Briefing, thu_ky: Actor, voters: list[Actor]) -> None:
    for choices in itertools.islice(itertools.product(TELLING, repeat=3), 0, 27, 5):
        asked = live.do(thu_ky, "vote.open", question="?", secret=True).result["id"]
        for actor, choice in zip(voters, choices, strict=True):
            live.do(actor, "vote.cast", vote_id=asked, choice=choice)
        counts = live.do(thu_ky, "vote.close", vote_id=asked).result["counts"]
        assert counts == {choice: choices.count(choice) for choice in TELLING}
