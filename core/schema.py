"""Building blocks for descriptions of arguments: strict, bounded, cleaned (pydantic).

One description serves Socket.IO, HTTP, forms and the OpenAPI document (docs/decisions/0003).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from core.errors import Invalid
from core.text import clean
from core.times import VIETNAM

T = TypeVar("T", bound=BaseModel)


class Args(BaseModel):
    """Base of every argument description: no unknown names, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """Base of query strings, whose values are all text; unknown names are ignored."""

    model_config = ConfigDict(extra="ignore")


def fields_of(args: BaseModel) -> dict[str, Any]:
    """What was named, by field; values as they are, not their JSON."""
    return {name: getattr(args, name) for name in args.model_fields_set}


def _cleaned(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


# A line (titles, names) and a text (what is said). The bounds are generous for paper and
# small for a database: a long answer read aloud for an hour is about 60,000 characters.
Line = Annotated[
    str,
    BeforeValidator(_cleaned),
    AfterValidator(lambda value: " ".join(value.split())),
    StringConstraints(min_length=1, max_length=500),
]
OptionalLine = Annotated[
    str,
    BeforeValidator(_cleaned),
    AfterValidator(lambda value: " ".join(value.split())),
    StringConstraints(max_length=500),
]
Text = Annotated[str, BeforeValidator(_cleaned), StringConstraints(min_length=1, max_length=20_000)]
OptionalText = Annotated[str, BeforeValidator(_cleaned), StringConstraints(max_length=20_000)]
# The range of an integer column on PostgreSQL.
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1)]
RequestId = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")
]


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("moment", "not a date and time") from None
    else:
        raise PydanticCustomError("moment", "not a date and time")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=VIETNAM)  # the wall clock of the one who typed it
    if not 1990 <= moment.year <= 2200:
        raise PydanticCustomError("moment_range", "too far away")
    return moment


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": r"^(199\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
            r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3})?(Z|[+-](0\d|1[0-2]):[0-5]\d)$",
        }
    ),
]


def _day(value: Any) -> Any:
    if isinstance(value, datetime) or not isinstance(value, date | str):
        raise PydanticCustomError("day", "not a date")
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise PydanticCustomError("day", "not a date") from None
    if not 1900 <= day.year <= 2200:
        raise PydanticCustomError("day", "too far away")
    return day


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            "pattern": r"^(19\d\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$",
        }
    ),
]

# What pydantic found wrong, said to a person. {limit} comes from the error's context.
_MESSAGES: dict[str, Any] = {
    "missing": _("Cần nhập nội dung này."),
    "extra_forbidden": _("Không có trường này."),
    "string_type": _("Cần là chữ."),
    "string_unicode": _("Có ký tự không hợp lệ."),
    "int_type": _("Cần là số nguyên."),
    "int_parsing": _("Cần là số nguyên."),
    "int_from_float": _("Cần là số nguyên."),
    "bool_type": _("Cần là đúng hoặc sai."),
    "bool_parsing": _("Cần là đúng hoặc sai."),
    "list_type": _("Cần là một danh sách."),
    "dict_type": _("Cần là một đối tượng JSON."),
    "model_type": _("Cần là một đối tượng JSON."),
    "literal_error": _("Không phải là một trong các giá trị được phép."),
    "string_pattern_mismatch": _("Không đúng dạng quy định."),
    "day": _("Không phải là ngày hợp lệ."),
    "moment": _("Không phải là ngày giờ hợp lệ."),
    "moment_range": _("Ngày giờ nằm ngoài khoảng cho phép."),
    "email": _("Cần là một địa chỉ thư điện tử, ví dụ ten@tinh.gov.vn; không dấu trước @."),
    "url": _("Cần là một địa chỉ web, bắt đầu bằng https:// hoặc http://."),
    "too_long": _("Danh sách quá dài."),
    "too_short": _("Danh sách quá ngắn."),
    "too_deep": _("Các danh sách hoặc định dạng lồng nhau quá nhiều tầng."),
    "greater_than_equal": _("Số quá nhỏ."),
    "less_than_equal": _("Số quá lớn."),
}


# What readers call a field. One that is not here, or that means different things in different
# places (`title`, `name`), is left out of the sentence; `errors` names it for programs.
_LABELS: dict[str, Any] = {
    "text": pgettext("field", "Nội dung"),
    "minutes": _("Số phút"),
    "reason": _("Lý do"),
    "deputy_name": _("Người dự thay"),
    "speaker_name": pgettext("field", "Người phát biểu"),
    "due": _("Thời hạn"),
    "due_text": _("Thời hạn"),
    "lead_unit_ids": _("Đơn vị chủ trì"),
    "supporting_unit_ids": _("Đơn vị phối hợp"),
    "presenter_unit_id": _("Đơn vị trình bày"),
    "starts_at": _("Bắt đầu"),
    "ends_at": _("Kết thúc"),
    "location": _("Địa điểm"),
    "online_url": _("Liên kết họp trực tuyến"),
    "organizer_unit_id": _("Đơn vị tổ chức"),
    "measure": _("Đơn vị tính"),
    "plan": _("Kế hoạch"),
    "estimate": _("Ước thực hiện"),
    "assessment": _("Đánh giá"),
    "username": _("Tên đăng nhập"),
    "email": _("Thư điện tử"),
    "password": _("Mật khẩu"),
    "short_name": _("Tên gọi tắt"),
    "place": _("Địa danh ghi trên văn bản"),
    "member_ids": _("Thành viên của nhóm"),
    "valid_to": _("Ngày hoạt động cuối cùng"),
    "successor_ids": _("Đơn vị kế thừa"),
}


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """What is wrong, one `{"field", "message"}` each, in the reader's language."""
    found = []
    for item in error.errors(include_url=False, include_input=False):
        kind, context = item["type"], item.get("ctx", {})
        # A text that is measured after it was cleaned is a "Value", not a "String".
        text = context.get("field_type") == "Value"
        if kind == "string_too_long" or (text and kind == "too_long"):
            message = _("Dài quá %(limit)s ký tự.", limit=context["max_length"])
        elif kind == "string_too_short" or (text and kind == "too_short"):
            message = _MESSAGES["missing"]
        else:
            message = _MESSAGES.get(kind) or context.get("message") or _("Giá trị không hợp lệ.")
        found.append({"field": ".".join(map(str, item["loc"])), "message": str(message)})
    return found


def parse(model: type[T], values: Any) -> T:
    """Read values into their description.

    Raises:
        Invalid: with one error for each field that is wrong.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError) -> Invalid:
    """The domain error for what pydantic found."""
    errors = field_errors(error)
    names = (_LABELS.get(e["field"].split(".")[0]) for e in errors[:3])
    fields = ", ".join(dict.fromkeys(str(name) for name in names if name))
    message = (
        _(
            "Nội dung nhập chưa đúng (%(fields)s): %(first)s",
            fields=fields,
            first=errors[0]["message"],
        )
        if fields
        else _("Nội dung nhập chưa đúng: %(first)s", first=errors[0]["message"])
    )
    return Invalid(message, errors=errors)
