"""How many mails are in each state, for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from core.db import db
from minutes.reminding.models import STATES, Reminder


class _Outbox(Collector):
    """Asked from the database: every process says the same, so take one's, not their sum."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield self._family()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = self._family()
        statement = select(Reminder.state, func.count(Reminder.id)).group_by(Reminder.state)
        try:
            with db.engine.connect() as connection:
                counts = dict(connection.execute(statement).all())
        except SQLAlchemyError:
            return  # the other figures are wanted all the more
        for state in STATES:
            family.add_metric([state], counts.get(state, 0))
        yield family

    @staticmethod
    def _family() -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "giaoban_reminders", "Mails of the outbox, by state", labels=["state"]
        )


REGISTRY.register(_Outbox())
