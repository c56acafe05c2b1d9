"""HTTP API: the schema of documents as JSON. It describes, and holds nothing of anybody's."""

from __future__ import annotations

from flask import Response, current_app, make_response

from core.api import blueprint
from minutes.record import document_schema

api = blueprint("schemas", __name__, public=True)
TYPE = "application/schema+json"


@api.get(
    "/schemas/document.json",
    responses={
        200: {"description": "The schema", "content": {TYPE: {"schema": {"type": "object"}}}}
    },
)
def get_document_schema() -> Response:
    """What `documents/{kind}.json`, and the JSON within each PDF, is made of (JSON Schema
    2020-12)."""
    response = make_response(current_app.json.dumps(document_schema()))
    response.content_type = TYPE
    return response
