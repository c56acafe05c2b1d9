"""The HTTP API does what its own description says, whatever is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import checks as _registers  # noqa: F401
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.db import db
from people.login import limiter, token_for
from people.models import User
from tests import paper
from tests.conftest import make_app
from tests.world import Briefing, World

DESCRIPTION = "/api/v1/openapi.json"
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Who can get furthest with what lies under a path.
ADMINISTRATORS = ("/units", "/people", "/users")


def described() -> dict[str, Any]:
    """The description, before any test: it does not depend on what is stored."""
    found: dict[str, Any] = make_app("sqlite://", Path("/nowhere")).api_doc
    return found


OPERATIONS = [
    f"{method.upper()} {path}"
    for path, operations in described()["paths"].items()
    for method in operations
]


def tokens(app: Flask, world: World) -> dict[str, str]:
    with app.app_context():
        return {
            username: token_for(db.session.get_one(User, world.actors[username].user_id))
            for username in ("thuky", "quantri")
        }


def there_is(app: Flask, world: World) -> dict[str, int]:
    """Ids that name something, for each parameter of a path."""
    live = world.meetings["live"]
    drafted = paper.drafted(Briefing(app, live.meeting_id, live), world)
    return {
        "document_id": drafted.parts.document,
        "number": 1,
        "meeting_id": live.meeting_id,
        "item_id": live.items[1],
        "entry_id": live.entry,
        "conclusion_id": live.conclusion,
        "directive_id": live.directive,
        "indicator_id": live.indicator,
        "paper_id": live.paper,
        "remark_id": live.remark,
        "participant_id": live.participants["quansat"],
        "speaker_id": live.speaker,
        "vote_id": live.vote,
        "unit_id": world.units["xa_mot"],
        "person_id": world.person("daibieu"),
        "user_id": world.actors["daibieu"].user_id,
    }


@pytest.fixture(scope="module")
def schema(sqlite_app: Flask) -> Any:
    """The description as the tester reads it, once: it looks through the whole program."""
    return schemathesis.openapi.from_wsgi(DESCRIPTION, sqlite_app)


# It asks for nothing, so that nothing about a request for it can be wrong.
ASKS_NOTHING = "GET /api/v1/schemas/document.json"


@pytest.mark.parametrize(
    ("operation", "mode"),
    [
        (operation, mode)
        for operation in OPERATIONS
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if (operation, mode) != (ASKS_NOTHING, GenerationMode.NEGATIVE)
    ],
)
def test_every_answer_is_as_described(
    operation: str,
    mode: GenerationMode,
    schema: Any,
    app: Flask,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Printing would take a second each time.
    monkeypatch.setitem(app.extensions, "renderer", paper.Press())
    method, path = operation.split(" ")
    limiter.enabled = False
    who = "quantri" if path.removeprefix("/api/v1").startswith(ADMINISTRATORS) else "thuky"
    known = there_is(app, world)
    headers = {
        "Authorization": f"Bearer {tokens(app, world)[who]}",
        # The tester asks for compressed answers and does not read them.
        "Accept-Encoding": "identity",
    }

    @settings(
        max_examples=12,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def each(case: schemathesis.Case) -> None:
        if mode is GenerationMode.POSITIVE:
            # Made-up numbers hardly ever name anything.
            case.path_parameters = {
                name: known.get(name, value) for name, value in case.path_parameters.items()
            }
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        each()
    finally:
        limiter.enabled = True


def test_the_description_is_openapi_3_1(app: Flask) -> None:
    answer = app.test_client().get(DESCRIPTION)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.json["openapi"].startswith("3.1.")


def test_every_route_is_described(app: Flask) -> None:
    described_routes = {
        (method.upper(), path.replace("{", "<").replace("}", ">"))
        for path, operations in app.test_client().get(DESCRIPTION).json["paths"].items()
        for method in operations
    }
    routes = {
        (method, str(rule.rule).replace("<int:", "<"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.rule != DESCRIPTION
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == described_routes
