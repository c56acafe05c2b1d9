"""Who acts: what services take instead of a request's user."""

from __future__ import annotations

from dataclasses import dataclass

from people.models import User


@dataclass(frozen=True)
class Actor:
    """The account behind an action, as plain values.

    Attributes:
        stamp: of the session or token that it acts through. A change to a meeting is refused
            when the account has been closed, or given another password, since.
        device: what stands for the browser or program that it acts through, whoever signs in
            there (people.login.device); None where that is not known.
    """

    user_id: int
    person_id: int | None
    unit_id: int | None
    name: str
    is_admin: bool
    may_schedule: bool
    stamp: str | None = None
    device: str | None = None

    @classmethod
    def of(cls, user: User, device: str | None = None) -> Actor:
        """The actor for an account."""
        return cls(
            user_id=user.id,
            person_id=user.person_id,
            unit_id=user.person.unit_id if user.person else None,
            name=user.display_name,
            is_admin=user.is_admin,
            may_schedule=user.may_schedule,
            stamp=user.stamp,
            device=device,
        )
