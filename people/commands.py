"""Arguments of what is done to units, people and accounts."""

from __future__ import annotations

from typing import Annotated, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from core.schema import Args, Day, Id, Line
from core.text import clean

Kind = Literal[
    "province", "district", "commune", "office", "agency", "association", "village", "group"
]


Members = Annotated[list[Id], Field(max_length=1000)]


USERNAME = r"^[a-z0-9][a-z0-9._-]{1,62}$"
PASSWORD_LENGTH = range(10, 201)
# The services refuse what does not fit, with sentences of their own; this is for readers of
# the description.
Password = Annotated[
    str,
    Field(json_schema_extra={"minLength": PASSWORD_LENGTH[0], "maxLength": PASSWORD_LENGTH[-1]}),
]


def _address(value: str) -> str:
    # Letters beyond ASCII before the @ need SMTPUTF8, which few mail servers speak.
    try:
        checked = validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise PydanticCustomError("email", "not an e-mail address") from None
    return checked.normalized


# RFC 5321, 4.5.3.1: a path has 256 letters, two of them the brackets.
Email = Annotated[
    str,
    BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value),
    StringConstraints(min_length=1, max_length=254),
    AfterValidator(_address),
]


class AddUnit(Args):
    """A new unit, or a group of units. `valid_to` is the last day of one that is no more, and
    `successor_ids` are those that have taken over from it."""

    name: Line
    short_name: Line | None = None
    kind: Kind = "office"
    parent_id: Id | None = None
    place: Line | None = None
    member_ids: Members = []
    valid_to: Day | None = None
    successor_ids: Members = []


class UnitFields(Args):
    """A unit, in part or in whole."""

    name: Line | None = None
    short_name: Line | None = None
    kind: Kind | None = None
    parent_id: Id | None = None
    place: Line | None = None
    member_ids: Members | None = None
    valid_to: Day | None = None
    successor_ids: Members | None = None


class UpdateUnit(UnitFields):
    """What changes of a unit; what is not named stays. `seen` is what its author saw: a field
    that somebody else has changed since is a conflict, not overwritten."""

    seen: UnitFields | None = None


class AddPerson(Args):
    """A new person."""

    name: Line
    title: Line | None = None
    unit_id: Id | None = None
    email: Email | None = None


class PersonFields(Args):
    """A person, in part or in whole."""

    name: Line | None = None
    title: Line | None = None
    unit_id: Id | None = None
    email: Email | None = None


class UpdatePerson(PersonFields):
    """What changes of a person; what is not named stays. `seen` as for a unit."""

    seen: PersonFields | None = None


class AddUser(Args):
    """A new account."""

    username: Annotated[Line, Field(json_schema_extra={"pattern": USERNAME})]
    password: Password
    person_id: Id | None = None
    is_admin: bool = False
    may_schedule: bool = False


class Rights(Args):
    """What an account may do, in part or in whole."""

    active: bool | None = None
    is_admin: bool | None = None
    may_schedule: bool | None = None


class UpdateUser(Rights):
    """What changes of an account; a new password or closing it signs it out everywhere.
    `seen` as for a unit."""

    password: Password | None = None
    person_id: Id | None = None
    seen: Rights | None = None


class SignIn(Args):
    """A username and its password."""

    username: str
    password: str
