"""Pages: the start page, the list of meetings, and a meeting's own page."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("meetings", __name__)
