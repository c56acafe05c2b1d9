"""Words of the pages that speak of directives, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext

from minutes.due import ONGOING
from minutes.numbers import local, roman


def _(text: str, **values: str) -> str:
    return str(gettext(text, **values))


def due_words(due: str | None) -> str:
    """A directive's deadline as offices write it; empty where there is none.

    Args:
        due: None, a day, a moment, `2023-11`, `2023-Q4` or `ongoing`.
    """
    if not due:
        return ""
    if due == ONGOING:
        return _("thường xuyên")
    if "T" in due:
        moment = local(due)
        return _(
            "%(hour)s giờ %(minute)s ngày %(day)s",
            hour=f"{moment:%H}",
            minute=f"{moment:%M}",
            day=f"{moment:%d/%m/%Y}",
        )
    if "Q" in due:
        return _("quý %(quarter)s/%(year)s", quarter=roman(int(due[-1])), year=due[:4])
    parts = due.split("-")
    if len(parts) == 2:
        return _("tháng %(month)s/%(year)s", month=parts[1], year=parts[0])
    return "/".join(reversed(parts))
