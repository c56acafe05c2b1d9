"""The agenda and its clock, and the record of what is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from agenda.commands import (
    AddEntry,
    AddItem,
    Advance,
    Fit,
    GoTo,
    MoveItem,
    Remark,
    RemoveEntry,
    RemoveItem,
    SkipItem,
    UpdateEntry,
    UpdateItem,
)
from agenda.models import AgendaItem, Entry, Placed, Speaker, Vote
from core.errors import Conflict, Invalid
from meetings.changes import Change, command
from meetings.models import LEADERS, Meeting, Part, Participant, Role, State
from people.models import Unit

BEFORE = {State.DRAFT, State.SCHEDULED}
UNTIL_CLOSED = BEFORE | {State.LIVE}
NO_ITEM = _("Không có nội dung này trong chương trình.")
NO_ENTRY = _("Dòng ghi này không còn nữa.")
NO_CARRIED = _("Không có chỉ đạo này trong danh sách kiểm điểm của kỳ trước.")


def _items(change: Change) -> list[AgendaItem]:
    return list(
        change.session.scalars(
            select(AgendaItem)
            .where(AgendaItem.meeting_id == change.meeting_id)
            .order_by(AgendaItem.position, AgendaItem.id)
        )
    )


def stop_speaking(change: Change) -> None:
    """Whoever has the floor has finished."""
    speaking = select(Speaker).where(
        Speaker.meeting_id == change.meeting_id, Speaker.state == "speaking"
    )
    for speaker in change.session.scalars(speaking):
        speaker.state, speaker.finished_at = "done", change.at


def leave_current(change: Change) -> AgendaItem | None:
    """End the turn of the item that is on, and of whoever speaks."""
    stop_speaking(change)
    current_id = change.meeting.current_item_id
    if current_id is None:
        return None
    item = change.part(AgendaItem, current_id)
    if item.started_at is not None:
        item.used_seconds += max(0, int((change.at - item.started_at).total_seconds()))
    item.started_at = None
    item.state = "done"
    return item


def _enter(change: Change, item: AgendaItem | None) -> None:
    if item is not None:
        item.state = "current"
        item.started_at = change.at
    change.meeting.current_item_id = item.id if item else None


def _expect_current(change: Change, seen: int | None) -> None:
    if seen != change.meeting.current_item_id:
        raise Conflict(
            _("Chương trình đã chuyển sang nội dung khác."), current=change.meeting.public()
        )


def _pending_after(items: list[AgendaItem], left: AgendaItem | None) -> AgendaItem | None:
    after = left.position if left else 0
    return next((i for i in items if i.state == "pending" and i.position > after), None)


@command("agenda.advance", Advance, roles=LEADERS, states={State.LIVE})
def advance(change: Change, args: Advance) -> Meeting:
    """On to the next pending item; after the last one no item is current."""
    _expect_current(change, args.from_item)
    items = _items(change)
    left = leave_current(change)
    pending = _pending_after(items, left)
    if left is None and pending is None:
        raise Conflict(
            _("Chương trình đã hết, không còn nội dung tiếp theo."),
            current=change.meeting.public(),
        )
    _enter(change, pending)
    return change.meeting


@command("agenda.go_to", GoTo, roles=LEADERS, states={State.LIVE})
def go_to(change: Change, args: GoTo) -> Meeting:
    """To a certain item, whatever its state; going where one is changes nothing."""
    if "from_item" in args.model_fields_set:
        _expect_current(change, args.from_item)
    item = change.part(AgendaItem, args.item_id, NO_ITEM)
    if item.id != change.meeting.current_item_id:
        leave_current(change)
        _enter(change, item)
    return change.meeting


@command("agenda.skip", SkipItem, roles=LEADERS, states={State.LIVE})
def skip_item(change: Change, args: SkipItem) -> AgendaItem:
    """Pass over an item that has not been held. The one that is on gives way to the next."""
    item = change.part(AgendaItem, args.item_id, NO_ITEM)
    if item.id == change.meeting.current_item_id:
        items = _items(change)
        leave_current(change)
        _enter(change, _pending_after(items, item))
    elif item.state != "pending":
        raise Conflict(_("Nội dung này đã qua rồi, không bỏ qua được."), current=item.public())
    item.state = "skipped"
    return item


@command("agenda.restore", SkipItem, roles=LEADERS, states={State.LIVE})
def restore_item(change: Change, args: SkipItem) -> AgendaItem:
    """Take up an item again that was passed over: it is held when its turn comes. To go to one at
    once, whatever its state, there is `agenda.go_to`."""
    item = change.part(AgendaItem, args.item_id, NO_ITEM)
    if item.state != "skipped":
        raise Conflict(_("Nội dung này chưa bị bỏ qua."), current=item.public())
    item.state = "pending"
    return item


@command("agenda.fit", Fit, roles=LEADERS, states={State.LIVE})
def fit_agenda(change: Change, args: Fit) -> list[dict[str, Any]]:
    """Give pending items other minutes, all at once: what agenda.fitting has proposed, as its
    author has taken or changed it. What was planned stays in sight."""
    if "from_item" in args.model_fields_set:
        _expect_current(change, args.from_item)
    wanted = {each.item_id: each.minutes for each in args.items}
    if len(wanted) < len(args.items):
        message = _("Mỗi nội dung chỉ ghi một lần.")
        raise Invalid(message, errors=[{"field": "items", "message": str(message)}])
    items = [change.part(AgendaItem, item_id, NO_ITEM) for item_id in wanted]
    for item in items:
        if item.state != "pending":
            raise Conflict(
                _("Nội dung “%(title)s” không còn chờ nữa; hãy xem lại đề xuất.", title=item.title),
                current=item.public(),
            )
        _give_minutes(change, item, wanted[item.id])
    change.session.flush()
    return [item.public() for item in items]


def _give_minutes(change: Change, item: AgendaItem, minutes: int) -> None:
    # The plan is what stood there when the meeting was opened.
    if change.meeting.state == State.LIVE:
        planned = item.planned_minutes if item.planned_minutes is not None else item.minutes
        item.planned_minutes = planned if planned != minutes else None
    item.minutes = minutes


def _check_unit(change: Change, unit_id: int | None, name: str) -> None:
    if unit_id is not None and change.session.get(Unit, unit_id) is None:
        message = _("Không có đơn vị này.")
        raise Invalid(message, errors=[{"field": name, "message": str(message)}])


def place(items: Sequence[Placed], item: Placed, position: int) -> None:
    """Put one of a meeting's parts at a position, counted from 1; the others make room."""
    others = [i for i in items if i is not item]
    others.insert(min(position, len(others) + 1) - 1, item)
    for number, each in enumerate(others, start=1):
        if each.position != number:
            each.position = number


@command("agenda.add", AddItem, roles=LEADERS, states=UNTIL_CLOSED)
def add_item(change: Change, args: AddItem) -> AgendaItem:
    """Add an item, also while the meeting runs."""
    _check_unit(change, args.presenter_unit_id, "presenter_unit_id")
    items = _items(change)
    known = next((item for item in items if args.kind is not None and item.kind == args.kind), None)
    if known is not None:
        raise Conflict(_("Chương trình đã có mục kiểm điểm chỉ đạo."), current=known.public())
    item = AgendaItem(
        meeting_id=change.meeting_id,
        position=len(items) + 1,
        title=args.title,
        minutes=args.minutes,
        presenter_unit_id=args.presenter_unit_id,
        kind=args.kind,
    )
    change.session.add(item)
    change.session.flush()
    place(items, item, args.position or len(items) + 1)
    return item


@command("agenda.update", UpdateItem, roles=LEADERS, states=UNTIL_CLOSED)
def update_item(change: Change, args: UpdateItem) -> AgendaItem:
    """Change an item."""
    item = change.part(AgendaItem, args.item_id, NO_ITEM)
    if args.title is not None:
        item.title = args.title
    if args.minutes is not None:
        _give_minutes(change, item, args.minutes)
    if "presenter_unit_id" in args.model_fields_set:
        _check_unit(change, args.presenter_unit_id, "presenter_unit_id")
        item.presenter_unit_id = args.presenter_unit_id
    if args.position is not None:
        place(_items(change), item, args.position)
    return item


@command("agenda.move", MoveItem, roles=LEADERS, states=UNTIL_CLOSED)
def move_item(change: Change, args: MoveItem) -> AgendaItem:
    """Put an item in another place."""
    item = change.part(AgendaItem, args.item_id, NO_ITEM)
    place(_items(change), item, args.position)
    return item


@command("agenda.remove", RemoveItem, roles=LEADERS, states=UNTIL_CLOSED)
def remove_item(change: Change, args: RemoveItem) -> None:
    """Take an item off the agenda, if nothing has been said to it. Who waits for the floor on it
    waits no longer."""
    item = change.part(AgendaItem, args.item_id, NO_ITEM)
    speakers = change.session.scalars(select(Speaker).where(Speaker.item_id == item.id)).all()
    if any(speaker.state == "speaking" for speaker in speakers):
        raise Conflict(
            _("Đang có người phát biểu ở nội dung này; hãy kết thúc lượt phát biểu trước."),
            current=item.public(),
        )
    spoken = select(Entry.id).where(Entry.item_id == item.id).limit(1)
    voted = select(Vote.id).where(Vote.item_id == item.id).limit(1)
    if (
        item.state == "current"
        or any(speaker.state == "done" for speaker in speakers)
        or change.session.scalar(spoken)
        or change.session.scalar(voted)
    ):
        raise Conflict(
            _("Nội dung đang diễn ra hoặc đã có ý kiến thì không bỏ được."), current=item.public()
        )
    others = [i for i in _items(change) if i is not item]
    for speaker in speakers:
        speaker.reply_to = None
    change.session.flush()
    for speaker in speakers:
        change.session.delete(speaker)
    change.session.flush()
    change.session.delete(item)
    change.session.flush()
    for number, each in enumerate(others, start=1):
        each.position = number


def fresh(part: Part, base_revision: int | None, message: Any) -> None:
    """Refuse a change based on an older text than the present one.

    Raises:
        Conflict: with the present object as `current`.
    """
    if base_revision is not None and base_revision != part.revision:
        raise Conflict(message, current=part.public())


def spoken_at(change: Change, at: datetime | None) -> datetime:
    """The moment that a line belongs to: now, or the earlier one that its author names.

    Raises:
        Invalid: the moment lies outside the meeting.
    """
    if at is None:
        return change.at
    opened_at = change.meeting.opened_at or change.at
    if not opened_at <= at <= change.at:
        message = _("Thời điểm phải nằm trong cuộc họp.")
        raise Invalid(message, errors=[{"field": "at", "message": str(message)}])
    return at


CHANGED_MEANWHILE = _("Dòng này đã được sửa trong lúc bạn soạn; hãy xem cả hai bản.")


@command("discussion.add", AddEntry, roles=LEADERS, states={State.LIVE})
def add_entry(change: Change, args: AddEntry) -> Entry:
    """Record what is said."""
    change.expect(AgendaItem, args.item_id, NO_ITEM)
    if args.carried_id is not None:
        change.known("carried", args.carried_id, NO_CARRIED)
    elif args.progress is not None:
        raise Invalid.at("progress", _("Tiến độ chỉ ghi kèm một chỉ đạo của kỳ trước."))
    entry = Entry(
        meeting_id=change.meeting_id,
        item_id=args.item_id,
        kind=args.kind,
        text=args.text,
        at=spoken_at(change, args.at),
        carried_id=args.carried_id,
        progress=args.progress,
    )
    attribute(change, entry, args.person_id, args.speaker_name, args.unit_id)
    return change.insert(entry)


def attribute(
    change: Change,
    entry: Entry,
    person_id: int | None,
    speaker_name: str | None,
    unit_id: int | None,
) -> None:
    """Say of a line who spoke, a participant or somebody by name, and for which unit.

    Raises:
        Invalid: both were named, or the person is not invited, or there is no such unit.
    """
    if person_id is not None and speaker_name is not None:
        raise Invalid(_("Chỉ ghi một trong hai: người dự họp hoặc tên người phát biểu."))
    _check_unit(change, unit_id, "unit_id")
    if person_id is not None:
        participant = change.session.scalar(
            select(Participant).where(
                Participant.meeting_id == change.meeting_id, Participant.person_id == person_id
            )
        )
        if participant is None:
            message = _("Người này không có trong thành phần dự họp.")
            raise Invalid(message, errors=[{"field": "person_id", "message": str(message)}])
        unit_id = unit_id or participant.unit_id
    entry.person_id, entry.speaker_name, entry.unit_id = person_id, speaker_name, unit_id


@command("discussion.update", UpdateEntry, roles=LEADERS, states={State.LIVE})
def update_entry(change: Change, args: UpdateEntry) -> Entry:
    """Change a line that nobody has changed since the author saw it."""
    entry = change.part(Entry, args.entry_id, NO_ENTRY)
    fresh(entry, args.base_revision, CHANGED_MEANWHILE)
    entry.text = args.text
    if args.kind is not None:
        entry.kind = args.kind
    if args.model_fields_set & {"person_id", "speaker_name"}:
        attribute(change, entry, args.person_id, args.speaker_name, args.unit_id)
    elif "unit_id" in args.model_fields_set:
        attribute(change, entry, entry.person_id, entry.speaker_name, args.unit_id)
    return entry


@command("discussion.remove", RemoveEntry, roles=LEADERS, states={State.LIVE})
def remove_entry(change: Change, args: RemoveEntry) -> None:
    """Take a line out of the record; the log keeps it."""
    entry = change.part(Entry, args.entry_id, NO_ENTRY)
    fresh(entry, args.base_revision, CHANGED_MEANWHILE)
    change.session.delete(entry)


# How long participants may remark after the close, where the meeting does not say, in hours.
REMARK_HOURS = 24


@command("discussion.remark", Remark, roles=LEADERS | {Role.PARTICIPANT}, states={State.CLOSED})
def remark(change: Change, args: Remark) -> Entry:
    """Add one's own remark to the record after the close, within the meeting's time; it is marked
    as late for ever."""
    meeting = change.meeting
    hours = REMARK_HOURS if meeting.remark_hours is None else meeting.remark_hours
    if meeting.closed_at is None or change.at > meeting.closed_at + timedelta(hours=hours):
        raise Conflict(
            _("Đã hết thời gian góp ý sau cuộc họp (%(hours)s giờ).", hours=hours),
            current=meeting.public(),
        )
    change.expect(AgendaItem, args.item_id, NO_ITEM)
    entry = Entry(
        meeting_id=meeting.id,
        item_id=args.item_id,
        kind=args.kind,
        text=args.text,
        at=change.at,
        late=True,
    )
    attribute(change, entry, change.actor.person_id, None, None)
    return change.insert(entry)
