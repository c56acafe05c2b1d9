"""The demonstration's content is whole: figures, keys, times and spelling."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from demo_data import Meeting
from demo_data.dak_glong import ENDED_BRIEFING, MEETINGS, ORGANISATION, READY_BRIEFING

FIGURES = (
    "13 nhóm chỉ tiêu",
    "5 nhóm",
    "32.787,8 ha",
    "99,6%",
    "ngày 14/9/2023",
    "139.396 triệu đồng",
    "45,76%",
    "46.124/133.761 triệu đồng",
    "34,48%",
    "86/133 tiêu chí",
    "12,28 tiêu chí",
    "01 xã",
    "533.443 triệu đồng",
    "81.562 triệu đồng",
    "15,29%",
)

# Beside the figures: the 7 sites, the 3 programmes, the 9 and the last 3 months, and years.
PLAIN_NUMBERS = {"07", "03", "3", "9", "2022", "2023"}

UNITS = {unit.key: unit for unit in ORGANISATION.units}
PEOPLE = {person.key: person for person in ORGANISATION.people}


def strings(value: object) -> Iterator[str]:
    """Every string in a tree of dataclasses and tuples."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from strings(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings(getattr(value, field.name))


def said() -> str:
    return "\n".join(entry.text for entry in ENDED_BRIEFING.entries)


def concluded(section: str) -> str:
    return "\n".join(c.text for c in ENDED_BRIEFING.conclusions if c.section == section)


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_stands_in_the_report_and_in_the_assessment(figure: str) -> None:
    number = re.escape(figure)
    assert re.search(rf"(?<![\d.,]){number}", said())
    assert re.search(rf"(?<![\d.,]){number}", concluded("assessment"))


def test_no_figure_is_invented() -> None:
    allowed = set(PLAIN_NUMBERS)
    for figure in FIGURES:
        allowed.update(re.findall(r"\d[\d.,/]*\d|\d", figure))
    texts = said() + "".join(c.text for c in ENDED_BRIEFING.conclusions)
    assert set(re.findall(r"\d[\d.,/]*\d|\d", texts)) <= allowed


def test_keys_are_unique() -> None:
    assert len(UNITS) == len(ORGANISATION.units)
    assert len(PEOPLE) == len(ORGANISATION.people)
    assert len({unit.name for unit in ORGANISATION.units}) == len(UNITS)
    assert len({person.name for person in ORGANISATION.people}) == len(PEOPLE)
    assert [unit.position for unit in ORGANISATION.units] == list(range(1, len(UNITS) + 1))
    assert len({account.username for account in ORGANISATION.accounts}) == 7


def test_keys_of_the_organisation_resolve() -> None:
    for unit in ORGANISATION.units:
        assert unit.parent is None or unit.parent in UNITS
        assert all(UNITS[member].kind != "group" for member in unit.members)
        assert not unit.members or unit.kind == "group"
    for person in ORGANISATION.people:
        assert UNITS[person.unit_key].kind != "group"
    for account in ORGANISATION.accounts:
        assert account.person_key is None or account.person_key in PEOPLE


def test_every_commune_and_office_has_a_head_who_is_invited() -> None:
    invited = {participant.unit_key for participant in ENDED_BRIEFING.participants}
    communes = [unit for unit in ORGANISATION.units if unit.kind == "commune"]
    assert len(communes) == 7
    later = {"kinh_te", "hanh_chinh_cong", "so_tai_chinh"}
    for unit in ORGANISATION.units:
        if unit.kind != "group" and unit.key not in later:
            assert unit.key in invited, unit.name


@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda meeting: meeting.code)
def test_keys_of_a_meeting_resolve(meeting: Meeting) -> None:
    items = {item.key for item in meeting.agenda}
    invited = {participant.person_key: participant for participant in meeting.participants}
    assert len(items) == len(meeting.agenda)
    assert len(invited) == len(meeting.participants)
    assert meeting.organizer_unit_key in UNITS
    for item in meeting.agenda:
        assert item.presenter_unit_key in UNITS
    for participant in meeting.participants:
        assert PEOPLE[participant.person_key].unit_key == participant.unit_key
    for row in meeting.attendance:
        assert row.person_key in invited
    for entry in meeting.entries:
        assert entry.item_key in items
        assert entry.unit_key in UNITS
        assert (entry.person_key is None) != (entry.speaker_name is None)
        if entry.person_key is not None:
            assert invited[entry.person_key].unit_key == entry.unit_key
    for part in (*meeting.conclusions, *meeting.directives):
        assert part.item_key in items
    for directive in meeting.directives:
        assert {*directive.lead_unit_keys, *directive.supporting_unit_keys} <= set(UNITS)
    assert {paper.item_key for paper in meeting.papers} <= items
    assert len(set(meeting.papers)) == len(meeting.papers) == 2
    for turn in meeting.turns:
        assert turn.person_key in invited
        assert turn.item_key in items
    assert {vote.item_key for vote in meeting.votes} <= items


def test_accounts_have_the_places_that_they_are_known_for() -> None:
    person_of = {account.username: account.person_key for account in ORGANISATION.accounts}
    role_of = {p.person_key: p.role for p in ENDED_BRIEFING.participants}
    assert role_of[person_of["thuky"]] == "secretary"
    assert role_of[person_of["chutoa"]] == "chair"
    assert role_of[person_of["daibieu"]] == "participant"
    assert role_of[person_of["daibieu2"]] == "participant"
    assert role_of[person_of["vanthu"]] == "records_clerk"
    assert person_of["khach"] not in role_of
    assert person_of["quantri"] not in role_of
    assert UNITS[PEOPLE[person_of["daibieu"]].unit_key].kind == "commune"
    assert [a.username for a in ORGANISATION.accounts if a.is_admin] == ["quantri"]
    assert [a.username for a in ORGANISATION.accounts if a.may_schedule] == ["thuky"]


def test_attendance_of_all_sites_is_known() -> None:
    rows = {row.person_key: row for row in ENDED_BRIEFING.attendance}
    assert len(rows) == len(ENDED_BRIEFING.participants) == len(ENDED_BRIEFING.attendance)
    for key, row in rows.items():
        if UNITS[PEOPLE[key].unit_key].kind == "commune":
            assert row.status == "online"
    absent = [row for row in rows.values() if row.status == "absent"]
    assert len(absent) == 1
    assert absent[0].reason
    assert len([row for row in rows.values() if row.deputy_name]) == 1


def test_who_speaks_was_there() -> None:
    rows = {row.person_key: row for row in ENDED_BRIEFING.attendance}
    deputies = {row.deputy_name for row in rows.values()}
    for entry in ENDED_BRIEFING.entries:
        if entry.person_key is None:
            assert entry.speaker_name in deputies
        else:
            assert rows[entry.person_key].status != "absent"
            assert rows[entry.person_key].deputy_name is None


def test_all_communes_and_many_offices_speak() -> None:
    heard = {entry.unit_key for entry in ENDED_BRIEFING.entries if entry.kind == "opinion"}
    kinds = [UNITS[key].kind for key in heard]
    assert kinds.count("commune") == 7
    assert kinds.count("office") >= 6
    assert {entry.kind for entry in ENDED_BRIEFING.entries} == {
        "report",
        "opinion",
        "question",
        "answer",
        "note",
    }


def test_every_question_is_answered_next() -> None:
    entries = ENDED_BRIEFING.entries
    for entry, following in pairwise(entries):
        if entry.kind == "question":
            assert following.kind == "answer"
            assert following.item_key == entry.item_key


def test_times_follow_the_agenda() -> None:
    meeting = ENDED_BRIEFING
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=meeting.duration_minutes)
    assert sum(item.minutes for item in meeting.agenda) <= meeting.duration_minutes
    clock = meeting.opened_at
    for item in meeting.agenda:
        assert item.started_at == clock
        clock = item.ended_at
    assert clock == meeting.closed_at
    span = {item.key: (item.started_at, item.ended_at) for item in meeting.agenda}
    for parts in (meeting.entries, meeting.conclusions, meeting.directives):
        assert [part.at for part in parts] == sorted(part.at for part in parts)
        for part in parts:
            start, end = span[part.item_key]
            assert start is not None
            assert end is not None
            assert start <= part.at < end
    moments = [entry.at for entry in meeting.entries]
    assert len(set(moments)) == len(moments)
    for moment in (*moments, *(row.at for row in meeting.attendance)):
        assert moment.utcoffset() == timedelta(hours=7)


def test_who_has_the_floor_is_heard_and_one_after_the_other() -> None:
    turns = ENDED_BRIEFING.turns
    assert len(turns) == 6
    said = {(entry.person_key, entry.at) for entry in ENDED_BRIEFING.entries}
    for turn in turns:
        assert (turn.person_key, turn.called_at) in said
        assert turn.asked_at <= turn.called_at < turn.finished_at
    for turn, following in pairwise(turns):
        assert turn.finished_at <= following.called_at


def test_papers_hold_nothing_but_the_published_figures() -> None:
    for paper in ENDED_BRIEFING.papers:
        assert "minh họa" in paper.paragraphs[0]
        assert set(paper.paragraphs[1:]) <= {entry.text for entry in ENDED_BRIEFING.entries}


def test_conclusions_fill_every_section() -> None:
    for section in ("assessment", "shortcomings", "tasks", "organisation"):
        assert concluded(section)


def test_directives_have_leads_named_in_order_in_the_text() -> None:
    assert 8 <= len(ENDED_BRIEFING.directives) <= 10
    for directive in ENDED_BRIEFING.directives:
        assert directive.lead_unit_keys
        keys = directive.lead_unit_keys + directive.supporting_unit_keys
        places = [directive.text.find(UNITS[key].name) for key in keys]
        assert -1 not in places, directive.text
        assert places == sorted(places)
        assert ("phối hợp với" in directive.text) == bool(directive.supporting_unit_keys)


def due_form(due: str | None) -> str:
    if due is None or due == "ongoing":
        return str(due)
    if re.fullmatch(r"2023-Q4", due):
        return "quarter"
    if re.fullmatch(r"2023-1[0-2]", due):
        return "month"
    if "T" in due:
        moment = datetime.strptime(due, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - local by definition
        assert moment > datetime(2023, 10, 12)  # noqa: DTZ001
        return "date-time"
    assert date(2023, 10, 12) < date.fromisoformat(due) <= date(2023, 12, 31)
    return "date"


def test_directives_show_every_form_of_deadline_as_worded() -> None:
    forms = {due_form(directive.due) for directive in ENDED_BRIEFING.directives}
    assert forms == {"None", "ongoing", "quarter", "month", "date-time", "date"}
    for directive in ENDED_BRIEFING.directives:
        assert (directive.due is None) == (directive.due_text is None)
        if directive.due_text is not None:
            assert directive.text.endswith(f"{directive.due_text}.")


def test_the_second_briefing_is_the_same_without_a_record() -> None:
    meeting = READY_BRIEFING
    assert meeting.participants == ENDED_BRIEFING.participants
    assert [(i.key, i.title, i.minutes) for i in meeting.agenda] == [
        (i.key, i.title, i.minutes) for i in ENDED_BRIEFING.agenda
    ]
    assert {item.started_at for item in meeting.agenda} == {None}
    assert (meeting.starts_at, meeting.opened_at, meeting.closed_at) == (None, None, None)
    record = (meeting.attendance, meeting.entries, meeting.conclusions, meeting.directives)
    room = (meeting.turns, meeting.votes)
    assert not any((*record, *room))
    assert meeting.papers == ENDED_BRIEFING.papers


def test_texts_are_clean_and_nfc() -> None:
    for text in (*strings(ORGANISATION), *strings(MEETINGS)):
        assert unicodedata.is_normalized("NFC", text)
        assert text == text.strip()
        assert "  " not in text
        assert "’" not in text
        assert text.isprintable()


def test_sentences_are_finished() -> None:
    for part in (*ENDED_BRIEFING.entries, *ENDED_BRIEFING.conclusions, *ENDED_BRIEFING.directives):
        assert part.text[0].isupper()
        assert part.text.endswith((".", "?"))
        assert part.text.endswith("?") == (getattr(part, "kind", None) == "question")
