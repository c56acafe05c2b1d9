"""Alembic's environment: migrations of the application's own database."""

from contextlib import nullcontext
from logging.config import fileConfig
from typing import Any, Literal

from alembic import context
from flask import current_app

from core.db import UtcDateTime

fileConfig(context.config.config_file_name, disable_existing_loggers=False)  # type: ignore[arg-type]


def render_item(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Moments are plain columns in a migration, which must not depend on our code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Run the migrations over the application's own engine, or over the connection that the
    caller gives, within its transaction."""
    given = context.config.attributes.get("connection")
    migrate = current_app.extensions["migrate"]
    options = {**migrate.configure_args, "render_item": render_item}
    with nullcontext(given) if given is not None else migrate.db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=migrate.db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
        if given is None:
            connection.commit()


run()
