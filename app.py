"""The application: `create_app()` wires the packages; run as a program it serves them."""

if __name__ == "__main__":
    # Before anything else opens a socket or makes a lock.
    from gevent import monkey

    monkey.patch_all()
    # Hardly anything that is loaded goes away again: looking for it took a quarter of the start.
    import gc

    gc.disable()

import gc
import logging
import signal

import gevent
from flask import Flask
from flask_compress import Compress
from flask_openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

import agenda.api
import agenda.course
import agenda.follow_up
import agenda.room_api
import agenda.screen
import agenda.services
import agenda.speaking
import agenda.views
import agenda.voting
import cli
import config
import core.answering
import core.api
import core.db
import core.docs
import core.health
import core.i18n
import core.jobs
import core.logs
import core.metrics
import core.realtime
import core.security
import core.stopping
import core.urls
import indicators.api
import indicators.services
import meetings.api
import meetings.attendance
import meetings.presence
import meetings.services
import meetings.sockets
import meetings.views
import minutes.api
import minutes.calendars.api
import minutes.calendars.views
import minutes.followup.api
import minutes.followup.carried_api
import minutes.followup.reports
import minutes.followup.services
import minutes.followup.views
import minutes.reminding.api
import minutes.reminding.observing
import minutes.reminding.views
import minutes.reminding.writing
import minutes.schemas
import minutes.services
import minutes.understanding.api
import minutes.verification
import minutes.views
import minutes.workflow
import papers.api
import papers.services
import papers.views
import people.api
import people.login
import people.views
from core.db import db
from core.notices import notices
from core.realtime import socketio
from meetings.broadcast import TICK_SECONDS, broadcast
from minutes.ahead import Ahead
from minutes.render import Renderer

VERSION = "0.1.0"


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application.

    Args:
        settings: what the deployment decides; read from the environment when not given.
    """
    settings = settings or config.load()
    app = OpenAPI(
        "app",
        info={"title": "Giao ban", "version": VERSION},
        security_schemes={
            "bearer": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "session"},
        },
        validation_error_callback=core.api.on_validation_error,
        validation_error_model=core.api.Problem,
        doc_ui=False,  # core.api serves the description, and the readable page is ours
        instance_path=str(settings.instance.absolute()),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # A statement that fails is logged without the texts and names in it.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},
        REDIS_URL=settings.redis_url,
        MIGRATIONS=config.ROOT / "migrations",
        FILES_DIR=settings.files_dir,
        PUBLIC_URL=settings.public_url,
        MAIL=settings.mail,
        SIGNING_P12=settings.signing_p12,
        SIGNING_PASSWORD=settings.signing_password,
        SIGNER=settings.signer,
        SIGNING_ROOTS=settings.signing_roots,
        MAX_CONTENT_LENGTH=1024 * 1024,
        PAPER_MAX_BYTES=settings.paper_max_bytes,
        JITSI=settings.jitsi,
        PAGE_POLICY=core.security.policy(settings.jitsi.domain if settings.jitsi else None),
        TEMPLATES_AUTO_RELOAD=False,
        COMPRESS_ALGORITHM=["gzip"],
        # Small answers do not gain, and fonts, pictures and PDF are compressed already.
        COMPRESS_MIN_SIZE=1024,
        COMPRESS_MIMETYPES=[
            "application/javascript",
            "application/json",
            "image/svg+xml",
            "text/css",
            "text/html",
            "text/javascript",
        ],
    )
    core.logs.init_app(app)
    core.metrics.init_app(app, settings.metrics_token)
    Compress(app)
    core.urls.init_app(app)
    core.api.init_app(app)
    core.security.init_app(app)
    core.db.init_app(app)
    core.i18n.init_app(app, config.ROOT / "translations")
    core.health.init_app(app)
    core.docs.init_app(app)
    core.realtime.init_app(app)
    people.login.init_app(app, settings)
    cli.init_app(app)
    for package in (people, meetings, agenda, papers, minutes):
        app.register_blueprint(package.views.bp)
        app.register_api(package.api.api)
    # These have no pages.
    app.register_api(indicators.api.api)
    app.register_api(minutes.followup.carried_api.api)
    app.register_api(minutes.schemas.api)
    app.register_blueprint(minutes.followup.reports.bp)
    app.register_api(minutes.followup.reports.api)
    app.register_api(minutes.understanding.api.api)
    app.register_api(minutes.followup.api.api)
    app.register_api(people.api.auth)
    app.register_api(agenda.room_api.api)
    app.extensions["renderer"] = Renderer(settings.files_dir / "prints")
    app.register_blueprint(minutes.verification.bp)
    app.register_blueprint(minutes.followup.views.bp)
    app.register_blueprint(minutes.reminding.views.bp)
    app.register_api(minutes.reminding.api.api)
    app.register_blueprint(minutes.calendars.views.bp)
    app.register_api(minutes.calendars.api.api)
    return app


def serve(settings: config.Settings) -> None:
    """Serve until told to stop (SIGTERM): one process, any number of readers."""
    core.logs.configure()
    app = create_app(settings)
    if settings.public_url.startswith("https://"):
        # Behind one proxy of ours, which says who really asked and over what.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]

    def ticking() -> None:
        while True:
            socketio.sleep(TICK_SECONDS)
            try:
                with app.app_context():
                    meetings.sockets.drop_ended(db.session())
                    broadcast.tick(db.session())
            except Exception:  # the clock must outlive a database that is away for a while
                logging.getLogger(__name__).exception("tick failed")

    def hear(thing: str, number: int) -> None:
        with app.app_context():
            meetings.sockets.hear(thing, number)

    def missed() -> None:
        with app.app_context():
            broadcast.catch_up()

    def pulsing() -> None:
        while True:
            socketio.sleep(meetings.presence.PULSE.total_seconds())
            try:
                with app.app_context():
                    meetings.presence.here.pulse(meetings.sockets.tell_presence)
            except Exception:  # as above
                logging.getLogger(__name__).exception("tick failed")

    socketio.start_background_task(ticking)
    socketio.start_background_task(pulsing)
    if settings.redis_url:
        notices.start(settings.redis_url, hear, missed)
    renderer: Renderer = app.extensions["renderer"]
    renderer.start()
    Ahead(app, renderer, settings.files_dir / "ahead.lock").start()
    jobs = core.jobs.Jobs(app)
    if settings.mail is not None:
        minutes.reminding.writing.schedule(jobs, settings.mail)
        jobs.start()
    # What is loaded now stays; full collections over it cost pauses of 100 ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()
    underway = core.stopping.Underway(app)
    gevent.signal_handler(signal.SIGTERM, socketio.stop)
    print(f"Giao ban: http://{settings.host}:{settings.port}", flush=True)
    misread = logging.getLogger("gevent")  # else written to stderr as it comes
    socketio.run(
        app,
        host=settings.host,
        port=settings.port,
        log_output=False,
        error_log=misread,
        handler_class=core.answering.AtOnce,
    )
    jobs.stop()
    core.stopping.finish(underway)


if __name__ == "__main__":
    serve(config.load())
