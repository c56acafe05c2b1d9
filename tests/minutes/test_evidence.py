"""Files that prove a report: handed in, kept, and read by whoever sees the meeting."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from core import files
from core.db import db, writing
from core.errors import Invalid
from core.times import now
from papers.models import Upload
from papers.uploads import clean_up
from people.actor import Actor
from tests.marks import both_engines
from tests.papers.samples import pdf
from tests.world import UPLOADED, Briefing, World

ClientFor = Callable[[str], FlaskClient]


@both_engines
def test_evidence_is_read_by_whoever_sees_the_report(
    live: Briefing, world: World, client_for: ClientFor, dai_bieu: Actor, khach: Actor
) -> None:
    client, base = client_for("daibieu"), f"/api/v1/meetings/{live.id}"
    content = pdf(mark="minh chứng")
    form = {"file": (io.BytesIO(content), "Biên bản nghiệm thu.pdf")}
    sha256 = client.post(f"{base}/papers/files", data=form).json["sha256"]
    report: dict[str, Any] = {
        "directive_id": live.parts.directive,
        "progress": 60,
        "text": "Đã nghiệm thu.",
        # The same file twice is one file.
        "files": [sha256, sha256],
    }
    made = live.do(dai_bieu, "directive.report", **report).result
    (file,) = made["files"]
    assert (file["number"], file["filename"]) == (1, "Biên bản nghiệm thu.pdf")
    assert live.objects(dai_bieu)[f"report/{made['id']}"] == made

    # Long after the upload it is still there: the report names it. What nothing names is not.
    other = {"file": (io.BytesIO(pdf(mark="thừa")), "Thừa.pdf")}
    unused = client.post(f"{base}/papers/files", data=other).json["sha256"]
    with live.app.app_context():
        with writing() as session:
            session.execute(update(Upload).values(at=now() - timedelta(days=40)))
        clean_up(db.session(), timedelta(days=30))
        assert files.read(sha256) == content
        with pytest.raises(FileNotFoundError):
            files.read(unused)

    address = f"{base}/reports/{made['id']}/files/1"
    for username in ("daibieu", "thuky", "quansat", "vanthu"):
        answer = client_for(username).get(address, buffered=True)
        assert (answer.status_code, answer.data) == (200, content), username
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    for username in ("khach", "quantri"):
        assert client_for(username).get(address).status_code == 404, username
    elsewhere = world.meetings["closed"].meeting_id
    for wrong in (
        f"{base}/reports/{made['id']}/files/2",
        f"{base}/reports/999/files/1",
        f"/api/v1/meetings/{elsewhere}/reports/{made['id']}/files/1",
    ):
        assert client.get(wrong).status_code == 404, wrong


def test_a_report_names_what_its_author_has_uploaded(live: Briefing, dai_bieu: Actor) -> None:
    report = {"directive_id": live.parts.directive, "progress": 60, "text": "Đã nghiệm thu."}
    revision = live.revision
    for wrong in (["c" * 64], ["C" * 64], [*UPLOADED.values()] * 6, "a" * 64, [None]):
        with pytest.raises(Invalid) as refused:
            live.do(dai_bieu, "directive.report", **report, files=wrong)
        assert refused.value.errors[0]["field"].startswith("files"), wrong
    assert live.revision == revision
