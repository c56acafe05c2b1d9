"""How often one account may ask. What is too frequent is refused before it costs others anything.

The numbers are far above what people do: a secretary's browser that was offline for hours sends
its lines one after the other as fast as they are answered. Each process counts for itself. A
general limiter cleans up after every key several times a second; a thousand people who come back
at once would wait for it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from core.errors import RateLimited
from meetings.changes import Outcome, execute
from people.actor import Actor


@dataclass(frozen=True)
class Limit:
    """So many at once, and so many more with every second (a token bucket)."""

    at_once: int
    per_second: float


class Allowance:
    """What is left of a limit for one account or one connection."""

    __slots__ = ("_at", "_left", "_limit")

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._left = float(limit.at_once)
        self._at = time.monotonic()

    def _refill(self) -> None:
        at = time.monotonic()
        gained = (at - self._at) * self._limit.per_second
        self._left, self._at = min(self._limit.at_once, self._left + gained), at

    @property
    def whole(self) -> bool:
        """Nothing has been taken for so long that it may be forgotten."""
        self._refill()
        return self._left >= self._limit.at_once

    def take(self) -> None:
        """Count one more.

        Raises:
            RateLimited: that is one too many; the same later will pass.
        """
        self._refill()
        if self._left < 1:
            raise RateLimited()
        self._left -= 1


# Commands of one account; subscriptions over one connection (a page needs one; an account may
# have as many pages open as it likes).
COMMANDS = Limit(at_once=600, per_second=30)
SUBSCRIPTIONS = Limit(at_once=100, per_second=5)
# How many accounts are remembered before those with nothing taken are forgotten.
REMEMBERED = 1000

_accounts: dict[int, Allowance] = {}


def take_command(account_id: int) -> None:
    """Count one more command of an account.

    Raises:
        RateLimited: that is one too many just now.
    """
    allowance = _accounts.get(account_id)
    if allowance is None:
        if len(_accounts) >= REMEMBERED:
            for each in [key for key, other in _accounts.items() if other.whole]:
                del _accounts[each]
        allowance = _accounts[account_id] = Allowance(COMMANDS)
    allowance.take()


def ask(actor: Actor, meeting_id: int, name: str, request_id: str | None, args: Any) -> Outcome:
    """`execute`, for whoever asks from outside.

    Raises:
        RateLimited: the account has given too many commands just now.
        DomainError: as `execute`.
    """
    take_command(actor.user_id)
    return execute(actor, meeting_id, name, request_id, args)


def reset() -> None:
    """Forget all counts (between tests)."""
    _accounts.clear()
