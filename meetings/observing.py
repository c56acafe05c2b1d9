"""Each command leaves one line in the log, and its name, result and time in the metrics."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from core import logs, metrics
from core.errors import DomainError
from people.actor import Actor


class Answer(Protocol):
    """What an accepted command returns."""

    @property
    def revision(self) -> int:
        """The meeting's revision."""


P = ParamSpec("P")
R = TypeVar("R", bound=Answer)
Door = Callable[Concatenate[Actor, P], R]

log = logging.getLogger("command")


def observed(names: Callable[P, tuple[str, int | None]]) -> Callable[[Door[P, R]], Door[P, R]]:
    """Observe a door through which commands come.

    Args:
        names: what follows the actor → the command's declared name (`unknown` for one that
            is not declared: what a client has made up stays out) and the meeting's id.
    """

    def around(door: Door[P, R]) -> Door[P, R]:
        @functools.wraps(door)
        def carry_out(actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
            begun = time.perf_counter()
            name, meeting_id = names(*args, **kwargs)
            logs.bind(command=name, meeting_id=meeting_id, user_id=actor.user_id)
            told: dict[str, Any] = {"result": "failed"}
            try:
                outcome = door(actor, *args, **kwargs)
                told = {"result": "ok", "revision": outcome.revision}
                return outcome
            except DomainError as refusal:
                told["result"] = refusal.code
                raise
            finally:
                seconds = time.perf_counter() - begun
                metrics.command(name, told["result"], seconds)
                log.info("command", extra=told | {"ms": round(seconds * 1000, 1)})

        return cast("Door[P, R]", carry_out)  # mypy takes a wrapper for another kind of thing

    return around
