"""The files that prove what units report: who may read them."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from core.errors import NotFound
from meetings.access import sees, view
from minutes.followup.models import Report, ReportFile
from people.actor import Actor

NO_FILE = _("Không có tệp này.")


def report_file(
    session: Session, actor: Actor, meeting_id: int, report_id: int, number: int
) -> tuple[ReportFile, datetime]:
    """A file of a report, and when it was reported with.

    Raises:
        NotFound: there is none for this viewer.
    """
    viewer = view(session, actor, meeting_id)
    report = session.get(Report, report_id)
    if report is None or report.meeting_id != viewer.meeting_id:
        raise NotFound(NO_FILE)
    if not sees(viewer.role, viewer.state, (report.key, report.public()), viewer.unit_id):
        raise NotFound(NO_FILE)
    file = session.get(ReportFile, (report_id, number))
    if file is None:
        raise NotFound(NO_FILE)
    return file, report.at
