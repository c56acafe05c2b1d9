"""One tree of domain errors, mapped once for HTTP and once for Socket.IO."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

# A message is a plain or a lazily translated string; both print themselves.
Message = Any


class DomainError(Exception):
    """Something a person asked for that cannot be done, with the words to say so.

    Attributes:
        code: the code that clients rely on (docs/live.md).
        status: the HTTP status of it.
        message: one sentence for the reader, translated when it is printed.
        current: the state that a stale command should have seen, if any.
        errors: one `{"field", "message"}` for each field that is wrong.
    """

    code = "invalid"
    status = 422
    default: Message = _("Yêu cầu không hợp lệ.")

    def __init__(
        self,
        message: Message = None,
        *,
        current: dict[str, Any] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        self.message: Message = message or self.default
        self.current = current
        self.errors = errors or []
        super().__init__(self.code)

    def public(self) -> dict[str, Any]:
        """The error as a Socket.IO acknowledgement carries it."""
        body: dict[str, Any] = {"code": self.code, "message": str(self.message)}
        if self.current is not None:
            body["current"] = self.current
        if self.errors:
            body["errors"] = self.errors
        return body


class Unauthenticated(DomainError):
    """Nobody is signed in."""

    code, status = "unauthenticated", 401
    default = _("Vui lòng đăng nhập để tiếp tục.")


class Forbidden(DomainError):
    """Signed in, may see it, but may not do this."""

    code, status = "forbidden", 403
    default = _("Bạn không có quyền thực hiện việc này.")


class NotFound(DomainError):
    """Not there, or not there for this person: the two look the same from outside."""

    code, status = "not_found", 404
    default = _("Không tìm thấy nội dung này.")


class Invalid(DomainError):
    """The input is wrong; `errors` says where."""

    @classmethod
    def at(cls, field: str, message: Message) -> Invalid:
        """The error about one field."""
        return cls(message, errors=[{"field": field, "message": str(message)}])


class Conflict(DomainError):
    """The state has moved on since the author saw it, or does not allow this now."""

    code, status = "conflict", 409
    default = _("Nội dung đã thay đổi, vui lòng xem lại.")


class TooLarge(DomainError):
    """More than the server takes at once."""

    code, status = "too_large", 413
    default = _("Nội dung gửi lên quá lớn.")


class RateLimited(DomainError):
    """Too many attempts; try again later."""

    code, status = "rate_limited", 429
    default = _("Bạn thao tác quá nhanh, vui lòng thử lại sau ít phút.")
