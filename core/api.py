"""What every HTTP API resource shares: problem details, pages of a list, descriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from flask import Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_openapi import APIBlueprint, OpenAPI
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from core.errors import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
)
from core.schema import Query, invalid

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]]
    current: dict[str, Any] | None = None


class Public(BaseModel):
    """Base of descriptions of answers: later fields may join."""

    model_config = ConfigDict(extra="allow")


class Listing(Public):
    """One page of a list; `items` is described by the resource."""

    total: int
    page: int
    per_page: int


class Page(Query):
    """Which page of a list."""

    page: int = Field(default=1, ge=1, le=1_000_000, description="Page, from 1.")
    per_page: int = Field(default=50, ge=1, le=500, description="Objects on a page.")
    q: str = Field(default="", max_length=200, description="Words to look for, marks ignored.")


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


PathId = Annotated[int, BeforeValidator(_number), Field(ge=1, le=2**31 - 1)]

_TITLES: dict[str, Callable[[], str]] = {
    "unauthenticated": lambda: _("Chưa đăng nhập"),
    "forbidden": lambda: _("Không có quyền"),
    "not_found": lambda: _("Không tìm thấy"),
    "invalid": lambda: _("Nội dung nhập chưa đúng"),
    "conflict": lambda: _("Xung đột"),
    "too_large": lambda: _("Quá lớn"),
    "rate_limited": lambda: _("Quá nhiều lần"),
}


def problem(error: DomainError) -> Response:
    """The error as problem details (RFC 9457), in the language asked for."""
    body: dict[str, Any] = {
        "type": f"/api/docs#{error.code}",
        "title": _TITLES[error.code](),
        "status": error.status,
        "detail": str(error.message),
        "code": error.code,
        "errors": error.errors,
    }
    if error.current is not None:
        body["current"] = error.current
    response = jsonify(body)
    response.status_code = error.status
    response.content_type = PROBLEM
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def on_validation_error(error: ValidationError) -> Response:
    """What the OpenAPI library calls when a request does not fit its description."""
    form = request.mimetype == "multipart/form-data"
    as_json = request.is_json or form
    if request.content_length and not as_json and request.method in ("POST", "PATCH", "PUT"):
        return problem(Invalid(_("Nội dung gửi lên phải là JSON (application/json).")))
    return problem(invalid(error))


def blueprint(name: str, import_name: str, *, public: bool = False) -> APIBlueprint:
    """A blueprint of the API: signed-in people only, unless `public`."""
    errors: dict[Any, Any] = {
        code: {"description": text, "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}
        for code, text in (
            (400, "Malformed request"),
            (401, "Not signed in"),
            (403, "Not allowed"),
            (404, "Not found, or not visible to you"),
            (409, "The state has moved on"),
            (413, "Too large"),
            (422, "Invalid input"),
            (429, "Too many requests"),
        )
    }
    made = APIBlueprint(
        f"{name}_api",
        import_name,
        url_prefix=PREFIX,
        abp_tags=[{"name": name}],
        abp_responses=errors,
        abp_security=[] if public else [{"bearer": []}, {"session": []}],
    )
    if not public:
        made.before_request(require_sign_in)
    return made


def require_sign_in() -> None:
    """Refuse whoever is not signed in.

    Raises:
        Unauthenticated: no session and no valid token.
    """
    if not current_user.is_authenticated:
        raise Unauthenticated()


def page_of(
    session: Session, statement: Select[Any], page: Page, public: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """One page of a list: `{"items", "total", "page", "per_page"}`."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    rows = session.scalars(statement.limit(page.per_page).offset((page.page - 1) * page.per_page))
    return {
        "items": [public(row) for row in rows],
        "total": total or 0,
        "page": page.page,
        "per_page": page.per_page,
    }


def page_of_list(items: Sequence[dict[str, Any]], page: Page) -> dict[str, Any]:
    """The same for objects that are already in memory."""
    start = (page.page - 1) * page.per_page
    return {
        "items": list(items[start : start + page.per_page]),
        "total": len(items),
        "page": page.page,
        "per_page": page.per_page,
    }


def created(body: dict[str, Any]) -> Response:
    """The answer to a POST that has added something."""
    return make_response(jsonify(body), 201)


def _wants_problem() -> bool:
    return request.path.startswith("/api/")


def _answer(error: DomainError) -> Response:
    if _wants_problem():
        return problem(error)
    return make_response(render_template("error.html", error=error), error.status)


def init_app(app: OpenAPI) -> None:
    """Serve the description, and map errors to answers: problem details under /api/, a page
    elsewhere."""
    app.openapi_version = "3.1.0"

    @app.get(f"{PREFIX}/openapi.json", doc_ui=False)
    def description() -> dict[str, Any]:
        return app.api_doc

    @app.errorhandler(DomainError)
    def domain(error: DomainError) -> Response:
        return _answer(error)

    @app.errorhandler(RecursionError)
    def too_deep(_error: RecursionError) -> Response:
        # JSON nested a thousand deep; reading it stops before anything is done.
        return _answer(Invalid())

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | HTTPException:
        if error.response is not None or error.code is None or error.code < 400:
            return error
        known: dict[int, type[DomainError]] = {
            401: Unauthenticated,
            403: Forbidden,
            404: NotFound,
            413: TooLarge,
            429: RateLimited,
        }
        if error.code >= 500:
            return error
        made = known.get(error.code, Invalid)()
        made.status = error.code
        response = _answer(made)
        if error.code == 405:
            response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
        return response
