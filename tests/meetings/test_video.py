"""The video room: Jitsi's with a signed token, or any other link."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Jitsi
from core.security import policy
from tests.conftest import make_app
from tests.world import Briefing

JITSI = Jitsi("hop.example.gov.vn", "giaoban", "0123456789abcdef0123456789abcdef")


@pytest.fixture
def jitsi(app: Flask) -> Iterator[Flask]:
    """The application with a Jitsi Meet beside it."""
    app.config["JITSI"] = JITSI
    yield app
    app.config["JITSI"] = None


def room(client: FlaskClient, meeting_id: int) -> dict[str, Any]:
    answer = client.get(f"/api/v1/meetings/{meeting_id}/video")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def claims(token: str) -> dict[str, Any]:
    """The claims as Jitsi's server (prosody, mod_auth_token) checks them: signature, audience,
    issuer and times."""
    found: dict[str, Any] = jwt.decode(
        token,
        JITSI.secret,
        algorithms=["HS256"],
        audience="jitsi",
        issuer=JITSI.app_id,
        options={"require": ["aud", "iss", "sub", "room", "exp", "nbf"]},
    )
    return found


@pytest.mark.parametrize(
    ("username", "name", "moderator"),
    [
        ("chutoa", "Trần Văn Chủ (Chủ tịch UBND huyện, UBND huyện)", True),
        ("thuky", "Nguyễn Thị Thư (Chuyên viên, VP HĐND-UBND)", True),
        ("daibieu", "K'Đại (Chủ tịch UBND xã, xã Đắk R'Măng)", False),
        ("quansat", "Lê Quan Sát (Phó Trưởng phòng, Phòng TC-KH)", False),
    ],
)
def test_the_token_is_what_jitsi_documents(
    username: str,
    name: str,
    moderator: bool,
    jitsi: Flask,
    giao_ban: Briefing,
    client_for: Callable[[str], FlaskClient],
) -> None:
    found = room(client_for(username), giao_ban.id)
    assert (found["kind"], found["domain"]) == ("jitsi", "hop.example.gov.vn")
    assert (found["moderator"], found["name"]) == (moderator, name)
    # github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md: the room is its name without the
    # host, or any; `sub` is the lower-case domain where the address has no tenant; what stands
    # under `user` is text. developer.8x8.com/jaas/docs/api-keys-jwt: `moderator` is "true".
    token = claims(found["token"])
    assert token["room"] == found["room"]
    assert re.fullmatch(r"giaoban-\d+-[0-9a-f]{16}", token["room"])
    assert token["sub"] == "hop.example.gov.vn"
    assert token["nbf"] <= time.time() < token["exp"] <= time.time() + 2 * 3600
    user = token["context"]["user"]
    assert user["name"] == name
    assert user["moderator"] == ("true" if moderator else "false")
    assert user["affiliation"] == ("owner" if moderator else "member")
    assert all(isinstance(value, str) for value in user.values())
    assert jwt.get_unverified_header(found["token"]) == {"alg": "HS256", "typ": "JWT"}
    assert found["url"] == f"https://hop.example.gov.vn/{found['room']}?jwt={found['token']}"
    # The page leads there, and stands in no cache.
    answer = client_for(username).get(f"/meetings/{giao_ban.id}/video")
    assert answer.status_code == 302
    assert answer.location.startswith(f"https://hop.example.gov.vn/{found['room']}?jwt=")
    assert answer.headers["Cache-Control"] == "no-store"


def test_all_meet_in_one_room_and_each_meeting_in_another(
    jitsi: Flask,
    in_state: Callable[[str], Briefing],
    client_for: Callable[[str], FlaskClient],
) -> None:
    scheduled, live = in_state("scheduled").id, in_state("live").id
    rooms = [room(client_for(who), scheduled)["room"] for who in ("thuky", "daibieu")]
    assert rooms[0] == rooms[1] != room(client_for("thuky"), live)["room"]


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
def test_a_meeting_that_is_not_to_be_held_has_no_room(
    state: str,
    jitsi: Flask,
    in_state: Callable[[str], Briefing],
    client_for: Callable[[str], FlaskClient],
) -> None:
    meeting_id = in_state(state).id
    assert room(client_for("thuky"), meeting_id)["kind"] == "none"
    assert client_for("thuky").get(f"/meetings/{meeting_id}/video").status_code == 404


def test_another_link_goes_before_jitsi(
    jitsi: Flask,
    giao_ban: Briefing,
    client_for: Callable[[str], FlaskClient],
    thu_ky: Any,
) -> None:
    link = "https://zoom.example.vn/j/1"
    giao_ban.do(thu_ky, "meeting.update", online_url=link)
    found = room(client_for("daibieu"), giao_ban.id)
    assert (found["kind"], found["url"], found["token"]) == ("link", link, None)
    assert client_for("daibieu").get(f"/meetings/{giao_ban.id}/video").location == link


def test_without_jitsi_there_is_none(
    giao_ban: Briefing, client_for: Callable[[str], FlaskClient]
) -> None:
    assert room(client_for("thuky"), giao_ban.id)["kind"] == "none"
    page = client_for("thuky").get(f"/meetings/{giao_ban.id}").text
    assert f"/meetings/{giao_ban.id}/video" not in page


def test_the_meetings_page_leads_into_the_room(
    jitsi: Flask, giao_ban: Briefing, client_for: Callable[[str], FlaskClient]
) -> None:
    page = client_for("daibieu").get(f"/meetings/{giao_ban.id}").text
    assert f'href="/meetings/{giao_ban.id}/video"' in page
    assert "jwt=" not in page


@pytest.mark.parametrize("username", ["khach", "quantri"])
def test_who_is_not_invited_finds_no_room(
    username: str, jitsi: Flask, giao_ban: Briefing, client_for: Callable[[str], FlaskClient]
) -> None:
    for path in (f"/api/v1/meetings/{giao_ban.id}/video", f"/meetings/{giao_ban.id}/video"):
        assert client_for(username).get(path).status_code == 404


def test_pages_may_embed_exactly_this_host(tmp_path: Path) -> None:
    env = {
        "JITSI_DOMAIN": "Hop.example.gov.vn",
        "JITSI_APP_ID": JITSI.app_id,
        "JITSI_SECRET": JITSI.secret,
    }
    made = make_app("sqlite://", tmp_path, **env)
    allowed = made.test_client().get("/login").headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in allowed.split("; "))
    assert rules.pop("script-src") == "'self' https://hop.example.gov.vn"
    assert rules.pop("frame-src") == "https://hop.example.gov.vn"
    without = dict(rule.split(" ", 1) for rule in policy().split("; "))
    assert without.pop("script-src") == "'self'"
    assert rules == without
    plain = make_app("sqlite://", tmp_path).test_client().get("/login")
    assert plain.headers["Content-Security-Policy"] == policy()
