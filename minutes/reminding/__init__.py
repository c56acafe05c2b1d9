"""Reminders: what each person is told of directives by mail, and the outbox it waits in."""
