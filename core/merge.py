"""Two people who change the same thing: what each has changed is kept, the same field never."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from core.errors import Conflict


def changes(
    values: Mapping[str, Any],
    seen: Mapping[str, Any],
    stored: Mapping[str, Any],
    say: Callable[[str, Any], str],
) -> dict[str, Any]:
    """What is to be stored of a form's values.

    Args:
        values: the form's values by field.
        seen: what its author saw before they began; a field that is not in it is stored as it
            comes.
        stored: what stands there now.
        say: a field's value as a reader may read it.

    Returns:
        The values that the author has changed.

    Raises:
        Conflict: somebody else has changed one of these fields to something else meanwhile;
            `errors` shows their text at each.
    """
    wanted, errors = {}, []
    for name, value in values.items():
        if name in seen:
            before, now, mine = (_alike(each) for each in (seen[name], stored[name], value))
            if mine == before:
                continue
            if now not in (before, mine):
                text = say(name, stored[name]) or _("(để trống)")
                errors.append({"field": name, "message": _changed(text)})
                continue
        wanted[name] = value
    if errors:
        raise Conflict(_("Người khác vừa sửa cùng nội dung; hãy xem cả hai bản."), errors=errors)
    return wanted


def seen_in(form: Mapping[str, str]) -> dict[str, Any]:
    """What the author of a form saw first, from its hidden field `seen`; nothing where it says
    nothing."""
    try:
        seen = json.loads(form.get("seen", ""))
    except (ValueError, RecursionError):
        return {}
    return seen if isinstance(seen, dict) else {}


def _changed(theirs: str) -> str:
    sentence: str = _(
        "Người khác vừa sửa thành “%(theirs)s”. Lưu lần nữa thì bản của bạn thay bản đó.",
        theirs=theirs,
    )
    return sentence


def _alike(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(second=0, microsecond=0)  # forms show minutes
    if isinstance(value, list | tuple | set):
        return sorted(value)
    return value or None if isinstance(value, str) else value
