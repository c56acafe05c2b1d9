"""The video meeting beside ours: a Jitsi Meet of the deployment, or any other address.

Everything here works without it, and it knows nothing of the meeting but who comes in.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import jwt
from flask import current_app
from sqlalchemy.orm import Session

from config import Jitsi
from core.errors import NotFound
from core.times import now, rfc3339
from meetings.access import Viewer, viewing
from meetings.models import LEADERS, Meeting, State
from people.actor import Actor
from people.models import Person, Unit

# A token lets its bearer in; who is in stays in. It is asked for when the room is entered.
VALID_FOR = timedelta(hours=2)
# Clocks of two servers are never quite the same.
SKEW = timedelta(minutes=1)


@dataclass(frozen=True)
class Room:
    """Where a meeting's video is."""

    kind: str  # `jitsi`, `link` or `none`
    url: str | None = None
    domain: str | None = None
    room: str | None = None
    token: str | None = None
    expires_at: str | None = None
    moderator: bool = False
    name: str | None = None


def room_for(session: Session, actor: Actor, meeting_id: int) -> Room:
    """The video room of a meeting, for this viewer: the link that the secretary has given it
    (Zoom, Teams, Meet …), else the deployment's Jitsi.

    Raises:
        NotFound: there is no such meeting for this actor.
    """
    meeting, viewer = viewing(session, actor, meeting_id)
    if meeting.online_url:
        return Room("link", url=meeting.online_url)
    jitsi: Jitsi | None = current_app.config["JITSI"]
    # What is over or called off has no room: a link kept from then must not open one.
    if jitsi is None or meeting.state not in (State.SCHEDULED, State.LIVE):
        return Room("none")
    return _jitsi_room(session, jitsi, meeting, viewer)


def room_name(key: str, meeting_id: int) -> str:
    """The room's name, the same for everybody and not to be guessed.

    Args:
        key: the application's secret.
        meeting_id: the meeting.
    """
    digest = hmac.new(key.encode(), f"video/{meeting_id}".encode(), hashlib.sha256).hexdigest()
    return f"giaoban-{meeting_id}-{digest[:16]}"


def _jitsi_room(session: Session, jitsi: Jitsi, meeting: Meeting, viewer: Viewer) -> Room:
    room = room_name(str(current_app.config["SECRET_KEY"]), meeting.id)
    name = _name(session, viewer)
    moderator = viewer.role in LEADERS
    expires_at = now() + VALID_FOR
    claims = {
        "aud": "jitsi",
        "iss": jitsi.app_id,
        # The domain: rooms of ours have no tenant in their address.
        "sub": jitsi.domain.partition(":")[0],
        "room": room,
        "nbf": int((now() - SKEW).timestamp()),
        "exp": int(expires_at.timestamp()),
        "context": {
            "user": {
                "id": str(viewer.actor.person_id),
                "name": name,
                # Texts both: Jitsi's server stumbles over other types here. The first is what
                # 8x8's servers read, the second what mod_token_affiliation reads on one's own.
                "moderator": "true" if moderator else "false",
                "affiliation": "owner" if moderator else "member",
            }
        },
    }
    token = jwt.encode(claims, jitsi.secret, algorithm="HS256")
    return Room(
        "jitsi",
        url=f"https://{jitsi.domain}/{quote(room)}?jwt={token}",
        domain=jitsi.domain,
        room=room,
        token=token,
        expires_at=rfc3339(expires_at),
        moderator=moderator,
        name=name,
    )


def _name(session: Session, viewer: Viewer) -> str:
    """`Tên (chức vụ, đơn vị)`, as the others see who speaks."""
    person = session.get(Person, viewer.actor.person_id)
    if person is None:
        raise NotFound()
    unit = session.get(Unit, viewer.unit_id) if viewer.unit_id is not None else None
    about = ", ".join(filter(None, (person.title, (unit.short_name or unit.name) if unit else "")))
    return f"{person.name} ({about})" if about else person.name
