"""Votes: opened, cast, closed; in public or in secret.

In public everybody sees who has chosen what, may change it until the close, and the names stand
in the record. In secret it is known who has voted and, after the close, how many chose what:
never who chose what. docs/decisions says how that is kept.
"""

from __future__ import annotations

import struct
from collections import Counter

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, select

from agenda.commands import Cast, Choice, CountHands, NamedVote, OpenVote
from agenda.models import AgendaItem, Ballot, Vote, VoteBox
from agenda.services import NO_ITEM
from core.errors import Conflict, Invalid
from core.sealing import SealBroken, seal, unseal
from meetings.changes import Change, command
from meetings.models import LEADERS, VOTERS, Attendance, Participant, State

CHOICES: tuple[Choice, ...] = ("for", "against", "abstain")
NO_VOTE = _("Không có cuộc biểu quyết này.")
Counts = dict[str, int]


@command("vote.open", OpenVote, roles=LEADERS, states={State.LIVE})
def open_vote(change: Change, args: OpenVote) -> Vote:
    """Put a question to the vote."""
    item = change.part(AgendaItem, args.item_id, NO_ITEM) if args.item_id is not None else None
    vote = Vote(
        meeting_id=change.meeting_id,
        item_id=item.id if item else None,
        question=args.question,
        secret=args.secret,
        opened_at=change.at,
        state="open",
        voter_ids=_voters(change),
    )
    change.session.add(vote)
    if args.secret:
        change.session.flush()
        empty = _sealed(vote.id, dict.fromkeys(CHOICES, 0))
        change.session.add(VoteBox(vote_id=vote.id, sealed=empty))
    return vote


def _voters(change: Change) -> list[int]:
    """Who may vote: those invited as chair or participant, in protocol order, without whoever is
    absent and has sent no deputy."""
    rows = change.session.execute(
        select(Participant.person_id, Attendance.status, Attendance.deputy_name)
        .join(
            Attendance,
            and_(
                Attendance.meeting_id == Participant.meeting_id,
                Attendance.person_id == Participant.person_id,
            ),
        )
        .where(Participant.meeting_id == change.meeting_id, Participant.role.in_(VOTERS))
        .order_by(Participant.position, Participant.id)
    )
    return [person for person, status, deputy in rows if status != "absent" or deputy]


def _expect_open(vote: Vote) -> None:
    if vote.state != "open":
        raise Conflict(_("Cuộc biểu quyết này đã kết thúc."), current=vote.public())


@command("vote.cast", Cast, roles=VOTERS, states={State.LIVE})
def cast(change: Change, args: Cast) -> Ballot:
    """Vote. In public the choice may be changed until the close; in secret it is final. A deputy
    votes for the one whose place they take, under that account."""
    vote = change.part(Vote, args.vote_id, NO_VOTE)
    if vote.secret:
        change.unlogged.add("choice")
    _expect_open(vote)
    person_id = change.actor.person_id or 0
    attendance = change.session.scalars(
        select(Attendance).where(
            Attendance.meeting_id == change.meeting_id, Attendance.person_id == person_id
        )
    ).one()
    if attendance.status == "absent" and attendance.deputy_name is None:
        raise Conflict(
            _("Bạn đang được ghi là vắng mặt; hãy điểm danh rồi biểu quyết."),
            current=vote.public(),
        )
    ballot = change.session.scalar(
        select(Ballot).where(Ballot.vote_id == vote.id, Ballot.person_id == person_id)
    )
    if vote.secret:
        if ballot is not None:
            raise Conflict(
                _("Bạn đã bỏ phiếu; phiếu kín chỉ bỏ một lần và không đổi được."),
                current=ballot.public(),
            )
        _put_in(change, vote, args.choice)
    if ballot is None:
        ballot = Ballot(meeting_id=change.meeting_id, vote_id=vote.id, person_id=person_id)
        change.session.add(ballot)
    ballot.choice = None if vote.secret else args.choice
    ballot.deputy_name = attendance.deputy_name
    ballot.at = change.at
    return ballot


@command("vote.count", CountHands, roles=LEADERS, states={State.LIVE})
def count_hands(change: Change, args: CountHands) -> Vote:
    """Enter the hands counted in the room, before the close or after it."""
    vote = change.part(Vote, args.vote_id, NO_VOTE)
    if vote.secret:
        raise Conflict(_("Biểu quyết kín không đếm tay."), current=vote.public())
    hands: Counts = {choice: args.hands.get(choice, 0) for choice in CHOICES}
    ballots = _in_public(change, vote)
    most = len(vote.voter_ids if vote.state == "closed" else _all_voters(change, vote))
    total = sum(hands.values()) + sum(ballots.values())
    if total > most:
        message = _(
            "Tổng số phiếu là %(total)s, nhiều hơn số người được biểu quyết là %(most)s.",
            total=total,
            most=most,
        )
        raise Invalid(message, errors=[{"field": "hands", "message": str(message)}])
    vote.hands = hands
    if vote.state == "closed":
        vote.counts = _sum(ballots, hands)
    return vote


@command("vote.close", NamedVote, roles=LEADERS, states={State.LIVE})
def close_vote(change: Change, args: NamedVote) -> Vote:
    """End a vote; now everybody sees the counts."""
    vote = change.part(Vote, args.vote_id, NO_VOTE)
    _expect_open(vote)
    _close(change, vote)
    return vote


@command("vote.remove", NamedVote, roles=LEADERS, states={State.LIVE})
def remove_vote(change: Change, args: NamedVote) -> None:
    """Take back a question that is still open, with what was cast."""
    vote = change.part(Vote, args.vote_id, NO_VOTE)
    _expect_open(vote)
    for ballot in _ballots(change, vote):
        change.session.delete(ballot)
    if box := change.session.get(VoteBox, vote.id):
        change.session.delete(box)
    change.session.flush()
    change.session.delete(vote)


def close_all(change: Change) -> None:
    """Close every vote that is still open."""
    still = select(Vote).where(Vote.meeting_id == change.meeting_id, Vote.state == "open")
    for vote in change.session.scalars(still.order_by(Vote.id)).all():
        _close(change, vote)


def _close(change: Change, vote: Vote) -> None:
    vote.voter_ids = _all_voters(change, vote)
    if vote.secret:
        box = change.session.get_one(VoteBox, vote.id)
        vote.counts = _opened(vote, box)
        change.session.delete(box)
    else:
        vote.counts = _sum(_in_public(change, vote), vote.hands or {})
    vote.state, vote.closed_at = "closed", change.at


def _ballots(change: Change, vote: Vote) -> list[Ballot]:
    return list(change.session.scalars(select(Ballot).where(Ballot.vote_id == vote.id)))


def _all_voters(change: Change, vote: Vote) -> list[int]:
    # Whoever has voted and was marked as absent, or given another role, since has voted.
    voted = [ballot.person_id for ballot in _ballots(change, vote)]
    return list(dict.fromkeys([*_voters(change), *sorted(voted)]))


def _in_public(change: Change, vote: Vote) -> Counts:
    found = Counter(ballot.choice for ballot in _ballots(change, vote))
    return {choice: found[choice] for choice in CHOICES}


def _sum(ballots: Counts, hands: Counts) -> Counts:
    return {choice: ballots[choice] + hands.get(choice, 0) for choice in CHOICES}


# --- The sealed box -----------------------------------------------------------------------------

# Three counts of one length each, so that the sealed text is as long whatever is in it.
_COUNTS = struct.Struct(">3I")


def _purpose(vote_id: int) -> str:
    return f"vote/{vote_id}"


def _sealed(vote_id: int, counts: Counts) -> str:
    return seal(_COUNTS.pack(*(counts[choice] for choice in CHOICES)), _purpose(vote_id))


def _opened(vote: Vote, box: VoteBox) -> Counts:
    try:
        content = unseal(box.sealed, _purpose(vote.id))
    except SealBroken:
        raise Conflict(
            _(
                "Không mở được hòm phiếu kín: khóa của máy chủ (SECRET_KEY) đã thay đổi. "
                "Hãy bỏ cuộc biểu quyết này và biểu quyết lại."
            ),
            current=vote.public(),
        ) from None
    return dict(zip(CHOICES, _COUNTS.unpack(content), strict=True))


def _put_in(change: Change, vote: Vote, choice: str) -> None:
    # The same row is written anew whatever was chosen, and says nothing of it.
    box = change.session.get_one(VoteBox, vote.id)
    counts = _opened(vote, box)
    counts[choice] += 1
    box.sealed = _sealed(vote.id, counts)
