"""Who asks for the floor, who has it, and in which order the others wait.

Each item has a queue of its own; in the whole meeting one person speaks at a time.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from agenda.commands import CallSpeaker, MoveSpeaker, NamedSpeaker, RequestFloor
from agenda.models import AgendaItem, Speaker
from agenda.services import NO_ITEM, fresh, stop_speaking
from core.errors import Conflict, Forbidden, Invalid
from meetings.changes import Change, command
from meetings.models import LEADERS, Participant, Role, State

WAITING, SPEAKING, DONE, WITHDRAWN = "waiting", "speaking", "done", "withdrawn"
ASKING = LEADERS | {Role.PARTICIPANT}
NO_SPEAKER = _("Không có lượt đăng ký phát biểu này.")
QUEUE_CHANGED = _("Thứ tự phát biểu vừa được người khác thay đổi; hãy xem lại.")


@command("speaker.request", RequestFloor, roles=ASKING, states={State.SCHEDULED, State.LIVE})
def request_floor(change: Change, args: RequestFloor) -> Speaker:
    """Ask for the floor on an item. A reply comes before those who wait, after earlier replies."""
    answered = change.part(Speaker, args.reply_to, NO_SPEAKER) if args.reply_to else None
    item = _item(change, args.item_id, answered)
    person_id = _person(change, args.person_id)
    mine = select(Speaker).where(
        Speaker.item_id == item.id,
        Speaker.person_id == person_id,
        Speaker.state.in_((WAITING, SPEAKING)),
    )
    if earlier := change.session.scalar(mine):
        raise Conflict(
            _("Đã đăng ký phát biểu ở nội dung này rồi."),
            current=earlier.public(),
        )
    queue = _queue(change, item.id)
    speaker = Speaker(
        meeting_id=change.meeting_id,
        person_id=person_id,
        item_id=item.id,
        reply_to=answered.id if answered else None,
        position=len(queue) + 1,
        note=args.note,
        requested_at=change.at,
        state=WAITING,
    )
    change.session.add(speaker)
    if answered is not None:
        replies = [each for each in queue if each.reply_to is not None]
        _number([*replies, speaker, *(each for each in queue if each.reply_to is None)])
    return speaker


def _item(change: Change, item_id: int | None, answered: Speaker | None) -> AgendaItem:
    if answered is not None:
        if item_id not in (None, answered.item_id):
            raise _field("item_id", _("Trả lời thuộc nội dung mà người kia đã phát biểu."))
        if answered.state not in (SPEAKING, DONE):
            raise Conflict(_("Người này chưa phát biểu."), current=answered.public())
        item_id = answered.item_id
    if item_id is None:
        item_id = change.meeting.current_item_id
    if item_id is None:
        raise _field("item_id", _("Chưa có nội dung nào đang diễn ra; hãy chọn một nội dung."))
    return change.part(AgendaItem, item_id, NO_ITEM)


def _person(change: Change, person_id: int | None) -> int:
    if person_id is None or person_id == change.actor.person_id:
        return change.actor.person_id or 0
    if change.role not in LEADERS:
        raise Forbidden(_("Chỉ chủ trì và thư ký đăng ký phát biểu thay người khác."))
    invited = select(Participant.id).where(
        Participant.meeting_id == change.meeting_id, Participant.person_id == person_id
    )
    if change.session.scalar(invited) is None:
        raise _field("person_id", _("Người này không có trong thành phần dự họp."))
    return person_id


def _field(name: str, message: Any) -> Invalid:
    return Invalid(message, errors=[{"field": name, "message": str(message)}])


def _queue(change: Change, item_id: int) -> list[Speaker]:
    return list(
        change.session.scalars(
            select(Speaker)
            .where(Speaker.item_id == item_id, Speaker.state == WAITING)
            .order_by(Speaker.position, Speaker.id)
        )
    )


def _number(queue: list[Speaker]) -> None:
    for number, each in enumerate(queue, start=1):
        if each.position != number:
            each.position = number


def _leave_queue(change: Change, speaker: Speaker, state: str) -> None:
    others = [each for each in _queue(change, speaker.item_id) if each is not speaker]
    speaker.state, speaker.position = state, 0
    _number(others)


def _expect(speaker: Speaker, state: str, message: Any) -> None:
    if speaker.state != state:
        raise Conflict(message, current=speaker.public())


@command("speaker.withdraw", NamedSpeaker, roles=ASKING, states={State.SCHEDULED, State.LIVE})
def withdraw(change: Change, args: NamedSpeaker) -> Speaker:
    """Take back one's request; chair and secretary take back anybody's."""
    speaker = change.part(Speaker, args.speaker_id, NO_SPEAKER)
    _own_or_leading(change, speaker)
    _expect(speaker, WAITING, _("Lượt này không còn chờ nữa, không rút được."))
    _leave_queue(change, speaker, WITHDRAWN)
    return speaker


def _own_or_leading(change: Change, speaker: Speaker) -> None:
    if change.role not in LEADERS and speaker.person_id != change.actor.person_id:
        raise Forbidden(_("Đây là lượt phát biểu của người khác."))


@command("speaker.call", CallSpeaker, roles=LEADERS, states={State.LIVE})
def call(change: Change, args: CallSpeaker) -> Speaker:
    """Give somebody the floor; whoever has it has finished."""
    speaker = change.part(Speaker, args.speaker_id, NO_SPEAKER)
    if "from_speaker" in args.model_fields_set:
        _expect_speaking(change, args.from_speaker)
    _expect(speaker, WAITING, _("Lượt này không còn chờ nữa; hãy xem lại danh sách phát biểu."))
    stop_speaking(change)
    _leave_queue(change, speaker, SPEAKING)
    speaker.called_at = change.at
    speaker.limit_seconds = change.meeting.speaking_seconds
    return speaker


def _expect_speaking(change: Change, seen: int | None) -> None:
    speaking = change.session.scalar(
        select(Speaker).where(Speaker.meeting_id == change.meeting_id, Speaker.state == SPEAKING)
    )
    if (speaking.id if speaking else None) != seen:
        current = (speaking or change.meeting).public()
        raise Conflict(_("Đã có người khác được mời phát biểu."), current=current)


@command("speaker.finish", NamedSpeaker, roles=ASKING, states={State.LIVE})
def finish(change: Change, args: NamedSpeaker) -> Speaker:
    """The floor is free again; the speaker may say so too."""
    speaker = change.part(Speaker, args.speaker_id, NO_SPEAKER)
    _own_or_leading(change, speaker)
    _expect(speaker, SPEAKING, _("Người này không đang phát biểu."))
    stop_speaking(change)
    return speaker


@command("speaker.move", MoveSpeaker, roles=LEADERS, states={State.SCHEDULED, State.LIVE})
def move(change: Change, args: MoveSpeaker) -> Speaker:
    """Let somebody wait at another place of their queue."""
    speaker = change.part(Speaker, args.speaker_id, NO_SPEAKER)
    fresh(speaker, args.base_revision, QUEUE_CHANGED)
    _expect(speaker, WAITING, _("Lượt này không còn chờ nữa; hãy xem lại danh sách phát biểu."))
    others = [each for each in _queue(change, speaker.item_id) if each is not speaker]
    others.insert(min(args.position, len(others) + 1) - 1, speaker)
    _number(others)
    return speaker
