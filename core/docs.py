"""`/api/docs`: the API's description (OpenAPI) as a page to read, and the page of a fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import InternalServerError

from core.api import PREFIX

bp = Blueprint("docs", __name__)

METHODS = ("get", "post", "patch", "put", "delete")


def init_app(app: Flask) -> None:
    """Add both pages. The fault itself is logged by Flask before its page is shown."""
    app.register_blueprint(bp)

    @app.errorhandler(500)
    def fault(error: InternalServerError) -> InternalServerError | Response:
        if request.path.startswith("/api/"):
            return error
        # A file, not a template: whatever failed may fail again, the database above all.
        page = Path(app.root_path, "static", "500.html").read_text(encoding="utf-8")
        return make_response(page, 500)


@bp.get("/api/docs")
def docs() -> str:
    """What programs may ask, grouped as the OpenAPI document groups it. The document is
    public as well: it describes, and holds nothing of anybody's."""
    document = cast("dict[str, Any]", current_app.api_doc)  # type: ignore[attr-defined]
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = _operation(method, path, item[method])
                groups.setdefault(operation["tag"], []).append(operation)
    schemas = document["components"]["schemas"]
    return render_template(
        "api/docs.html",
        version=document["info"]["version"],
        prefix=PREFIX,
        groups=groups,
        schemas=[
            (name, schema.get("description", ""), _fields(schema))
            for name, schema in sorted(schemas.items())
            if schema.get("properties") or schema.get("type") == "array"
        ],
    )


def _operation(method: str, path: str, described: dict[str, Any]) -> dict[str, Any]:
    tag = (described.get("tags") or ["other"])[0]
    answers = {
        code: _kind(_schema(answer))
        for code, answer in described["responses"].items()
        if code.startswith("2")
    }
    return {
        "tag": tag,
        "id": described["operationId"],
        "method": method,
        "path": path,
        "summary": described.get("summary", ""),
        "about": described.get("description", ""),
        "parameters": [
            parameter | {"kind": _kind(parameter.get("schema", {}))}
            for parameter in described.get("parameters", [])
        ],
        "body": _kind(_schema(described.get("requestBody", {}))),
        "answers": answers,
    }


def _schema(holder: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = next(iter(holder.get("content", {}).values()), {})
    return cast("dict[str, Any]", content.get("schema", {}))


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    if schema.get("type") == "array":
        return [{"name": "[]", "kind": _kind(schema), "required": True, "about": ""}]
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "kind": _kind(field),
            "required": name in required,
            "about": field.get("description", ""),
        }
        for name, field in schema["properties"].items()
    ]


def _kind(schema: dict[str, Any]) -> list[tuple[str, str | None]]:
    """A schema in words: `(text, the named schema that it links to, if any)`."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return [(name, name)]
    if "anyOf" in schema:
        found: list[tuple[str, str | None]] = []
        for one in schema["anyOf"]:
            found += ([(" | ", None)] if found else []) + _kind(one)
        return found
    if "enum" in schema:
        return [(" | ".join(map(str, schema["enum"])), None)]
    if schema.get("type") == "array":
        return [("[", None), *_kind(schema.get("items", {})), ("]", None)]
    words = schema.get("format") or schema.get("type", "")
    bounds = [
        f"{sign} {schema[name]}"
        for sign, name in (("≥", "minimum"), ("≤", "maximum"), ("≤", "maxLength"))
        if name in schema
    ]
    return [(", ".join([words, *bounds]), None)] if words else []
