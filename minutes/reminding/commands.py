"""Arguments of what is decided about mails."""

from __future__ import annotations

from typing import Literal

from core.schema import Args


class Decide(Args):
    """Whether a mail goes out (again), or is passed over."""

    decision: Literal["send", "drop"]
