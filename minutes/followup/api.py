"""HTTP API: the files that prove what units report."""

from __future__ import annotations

from flask import Response

from core.api import PathId, blueprint
from core.db import db
from meetings.api import MeetingPath
from minutes.followup.files import report_file
from papers.api import ANY_FILE, sent_file
from people.login import current_actor

api = blueprint("followup", __name__)


class ReportFilePath(MeetingPath):
    """A file of a report, by its number there."""

    report_id: PathId
    number: PathId


@api.get(
    "/meetings/<int:meeting_id>/reports/<int:report_id>/files/<int:number>", responses=ANY_FILE
)
def get_report_file(path: ReportFilePath) -> Response:
    """A file that proves what a report says; parts of it by `Range`, and nothing when the reader
    has it already."""
    actor = current_actor()
    file, at = report_file(db.session(), actor, path.meeting_id, path.report_id, path.number)
    sha256, about = file.sha256, (file.media_type, file.filename, at)
    db.session.rollback()  # sending may take long
    return sent_file(sha256, *about)
