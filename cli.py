"""Commands of the deployment: `flask --app app …`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

import config
from core import transfer
from core.db import db, reading
from core.errors import DomainError
from core.times import now, vietnam
from meetings.models import Meeting, Participant, Role
from minutes.kinds import KINDS
from minutes.publishing import TYPES, document
from minutes.reminding.rules import may_send, next_sending
from minutes.reminding.writing import remind as write_and_send
from minutes.verify import faults
from papers.uploads import clean_up
from people.actor import Actor
from people.models import User
from people.services import is_empty


def init_app(app: Flask) -> None:
    """Register the commands."""

    @app.cli.command("demo")
    @click.option("--if-empty", is_flag=True, help="Only where nobody has an account yet.")
    def demo(if_empty: bool) -> None:
        """Load the demo organisation, accounts and briefings (safe to run twice)."""
        # It prints; the server, which reads these lines too, leaves that to other processes.
        import demo as loader

        if if_empty and not is_empty(db.session()):
            return
        loader.load()
        click.echo(f"Demo: sign in as thuky, password {loader.PASSWORD}")

    @app.cli.command("verify")
    def verify() -> None:
        """Check every meeting's log; exit 1 with a line per fault."""
        with reading() as session:  # one state throughout, while meetings go on
            found = list(faults(session))
            meetings = len(session.scalars(select(Meeting.id)).all())
        for line in found:
            click.echo(line, err=True)
        click.echo(f"{meetings} meetings checked, {len(found)} faults")
        sys.exit(1 if found else 0)

    @app.cli.command("copy-to")
    @click.argument("url")
    def copy_to(url: str) -> None:
        """Copy this SQLite database into the empty PostgreSQL database at URL, and check the
        copy; exit 1 with a line per fault, and nothing left there, otherwise."""
        found = []
        try:
            target_engine = create_engine(config.engine_url(url), poolclass=NullPool)
            with db.engine.connect() as source, target_engine.connect() as target:
                migrations = current_app.extensions["migrate"].migrate.get_config()
                transfer.copy(source, target, migrations, _tell_progress)
                click.echo("Checking counts and logs")
                with Session(target) as session:
                    found = [*transfer.miscounted(source, target), *faults(session)]
                if not found:
                    target.commit()
        except transfer.TransferRefused as refusal:
            found = [str(refusal)]
        except SQLAlchemyError as error:
            found = [" ".join(str(getattr(error, "orig", None) or error).split())]
        for line in found:
            click.echo(line, err=True)
        click.echo("Nothing was copied" if found else "Copied, all is well")
        sys.exit(1 if found else 0)

    @app.cli.command("clean-files")
    @click.option("--days", type=click.IntRange(1, 3650), default=7, show_default=True)
    def clean_files(days: int) -> None:
        """Delete uploaded files that became part of no paper for so many days."""
        gone, freed = clean_up(db.session(), timedelta(days=days))
        click.echo(f"{gone} files deleted, {freed / 1024 / 1024:.1f} MB free")

    @app.cli.command("remind")
    @click.option("--any-time", is_flag=True, help="Also at night and on days off, to try it out.")
    def remind(any_time: bool) -> None:
        """Write and send the reminders that are due now (safe to run twice); exit 1 when a mail
        could not be sent."""
        server = current_app.config["MAIL"]
        if server is None:
            click.echo("MAIL_URL is not set: nothing is written or sent")
            return
        present = now()
        if not (any_time or may_send(present)):
            then = vietnam(next_sending(present))
            click.echo(f"Mail goes out on working days from 07:00 to 21:00: {then:%H:%M, %d/%m/%Y}")
            return
        tally = write_and_send(server, any_time=any_time)
        click.echo(
            f"{tally['written']} written; {tally['sent']} sent, {tally['waiting']} to be tried"
            f" again, {tally['refused']} refused, {tally['uncertain']} uncertain"
        )
        sys.exit(1 if tally["waiting"] or tally["refused"] or tally["uncertain"] else 0)

    @app.cli.command("export")
    @click.argument("meeting_id", type=int)
    @click.argument("kind", type=click.Choice(list(KINDS)))
    @click.argument("format", type=click.Choice(list(TYPES)))
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    def export(meeting_id: int, kind: str, format: str, file: Path) -> None:
        """Write a document of a meeting to a file, as its secretary sees it."""
        secretary = db.session.scalar(
            select(User)
            .join(Participant, Participant.person_id == User.person_id)
            .where(Participant.meeting_id == meeting_id, Participant.role == Role.SECRETARY)
        )
        if secretary is None:
            raise click.ClickException(f"no meeting {meeting_id} with a secretary's account")
        try:
            renderer = current_app.extensions["renderer"]
            made = document(Actor.of(secretary), meeting_id, kind, format, renderer)
        except DomainError as error:
            raise click.ClickException(str(error.message)) from None
        file.write_bytes(made.content)


def _tell_progress(table: str, done: int, total: int) -> None:
    click.echo(f"{table}: {done} of {total} rows")
