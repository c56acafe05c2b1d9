"""Short notices between the processes of one deployment, through Redis.

A notice names a thing and how far it has come, never what has changed: whoever hears it reads
the database. So a notice that is lost costs time and nothing else, and a newer one stands for
those before it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import gevent
import redis
from gevent.event import Event

log = logging.getLogger(__name__)

# How long Redis may take to answer, and how long we wait before asking it again, in seconds.
TIMEOUT = 2.0
AGAIN = 1.0


class Notices:
    """The line to the other processes. Until it is started, nothing is said or heard."""

    def __init__(self) -> None:
        self._channel = ""
        self._unsaid: dict[str, int] = {}
        self._some = Event()
        self._running = False

    def start(self, url: str, hear: Callable[[str, int], None], missed: Callable[[], None]) -> None:
        """Begin to listen and to speak; both go on until the process ends.

        Args:
            url: of Redis.
            hear: called with the thing and the number of each notice.
            missed: called when notices may have been lost: Redis was away.
        """
        client = redis.Redis.from_url(
            url,
            socket_connect_timeout=TIMEOUT,
            socket_timeout=TIMEOUT,
            health_check_interval=15,
            decode_responses=True,
        )
        # Channels are common to all numbered databases of a Redis server; deployments that have
        # one each must not hear of each other.
        self._channel = f"giaoban:{client.connection_pool.connection_kwargs.get('db', 0)}"
        self._running = True
        gevent.spawn(self._speak, client)
        gevent.spawn(self._listen, client, hear, missed)

    def say(self, thing: str, number: int = 0) -> None:
        """Tell the others that a thing has come to a number. Never waits, never fails."""
        if self._running:
            self._unsaid[thing] = max(number, self._unsaid.get(thing, 0))
            self._some.set()

    def _speak(self, client: redis.Redis) -> None:
        while True:
            self._some.wait()
            self._some.clear()
            unsaid, self._unsaid = self._unsaid, {}
            try:
                for thing, number in unsaid.items():
                    client.publish(self._channel, f"{number} {thing}")
            except redis.RedisError:
                # They learn of it with their next tick.
                log.warning("telling other processes failed: Redis is away")

    def _listen(
        self,
        client: redis.Redis,
        hear: Callable[[str, int], None],
        missed: Callable[[], None],
    ) -> None:
        while True:
            try:
                with client.pubsub(ignore_subscribe_messages=True) as line:  # type: ignore[no-untyped-call]
                    line.subscribe(self._channel)
                    # What was said while we were not listening.
                    missed()
                    while True:
                        message = line.get_message(timeout=TIMEOUT)
                        if message is not None:
                            number, _separator, thing = message["data"].partition(" ")
                            hear(thing, int(number))
            except redis.RedisError:
                log.warning("hearing other processes failed: Redis is away")
            except Exception:  # a database that is away, or a notice that is none of ours
                log.exception("a notice was not understood")
            gevent.sleep(AGAIN)


# The line of this process; `app.serve` starts it.
notices = Notices()
