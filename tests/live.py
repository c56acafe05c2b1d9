"""A meeting on the real server that is being held, for tests over real sockets."""

from __future__ import annotations

from typing import Any

from tests.server import Answer, Server

TIMES = {"starts_at": "2026-03-02T08:00:00+07:00", "ends_at": "2026-03-02T09:00:00+07:00"}
ROLES = {"chutoa": "chair", "daibieu": "participant", "daibieu2": "participant"}


class Live:
    """A meeting that has begun, at its one item."""

    def __init__(self, server: Server) -> None:
        self.server = server
        accounts = server.request("GET", "/api/v1/users", username="quantri").json["items"]
        self.people = {account["username"]: account["person_id"] for account in accounts}
        made = server.request(
            "POST", "/api/v1/meetings", {"title": "Họp thử", **TIMES}, username="thuky"
        )
        self.id: int = made.json["id"]
        for username, role in ROLES.items():
            self.give("participant.add", person_id=self.people[username], role=role)
        self.item: int = self.give("agenda.add", title="Một").json["result"]["id"]
        self.give("meeting.open")
        self.revision: int = self.give("agenda.advance", from_item=None).json["revision"]

    def give(self, name: str, **args: Any) -> Answer:
        answer = self.server.command("thuky", self.id, name, **args)
        assert answer.status == 200, answer.body
        return answer

    def participant(self, username: str) -> int:
        path = f"/api/v1/meetings/{self.id}/participants"
        listed = self.server.request("GET", path, username="thuky").json["items"]
        person_id = self.people[username]
        return next(each["id"] for each in listed if each["person_id"] == person_id)


def revisions(events: list[dict[str, Any]]) -> list[int]:
    return [event["revision"] for event in events]
