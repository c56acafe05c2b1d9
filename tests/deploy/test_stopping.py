"""SIGTERM: what has been begun is answered, then everybody is hung up on."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import serving
from tests.deploy.conftest import Shared
from tests.server import Answer, Server, Window, until
from tests.world import PASSWORD

pytestmark = pytest.mark.postgres


def refused(server: Server) -> bool:
    try:
        server.request("GET", "/healthz")
    except OSError:
        return True
    return False


def waiting_for_a_lock(connection: psycopg.Connection[Any], number: int) -> bool:
    count = connection.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).fetchone()
    connection.rollback()
    # More where a pulse has come to write who is connected.
    return count is not None and count[0] >= number


def test_running_commands_are_answered_and_the_sockets_closed(
    shared: Shared, tmp_path: Path
) -> None:
    meeting_id = shared.world.meetings["live"].meeting_id
    with (
        serving(shared.url, PASSWORD, tmp_path, Server) as server,
        psycopg.connect(shared.url) as holder,
        psycopg.connect(shared.url) as watcher,
    ):
        window = Window(server, server.token("thuky"))
        polling = Window(server, server.token("daibieu"), ["polling"])
        hung_up = threading.Event()
        window.client.on("disconnect", lambda _reason: hung_up.set())
        for each in (window, polling):
            assert each.subscribe(meeting_id)["ok"]

        # Two commands, one by each door, that cannot end yet.
        holder.execute("SELECT 1 FROM meeting WHERE id = %s FOR UPDATE", [meeting_id])
        answers: list[Any] = []
        over_the_socket = threading.Thread(
            target=lambda: answers.append(
                window.command(meeting_id, "conclusion.add", "socket", text="Qua ổ cắm.")
            )
        )
        over_http = threading.Thread(
            target=lambda: answers.append(
                server.command("thuky", meeting_id, "conclusion.add", text="Qua HTTP.")
            )
        )
        for thread in (over_the_socket, over_http):
            thread.start()
        until(lambda: waiting_for_a_lock(watcher, 2), "waiting for the meeting")

        server.terminate()
        until(lambda: refused(server), "refusing new connections")
        assert not hung_up.is_set()
        assert answers == []
        holder.rollback()
        let_go_at = time.monotonic()

        assert server.ended() == 0
        assert time.monotonic() - let_go_at < 5
        for thread in (over_the_socket, over_http):
            thread.join()
        said = {
            (each.json if isinstance(each, Answer) else each)["result"]["text"] for each in answers
        }
        assert said == {"Qua ổ cắm.", "Qua HTTP."}
        assert hung_up.wait(5)
        stored = watcher.execute(
            "SELECT count(*) FROM conclusion WHERE text IN ('Qua ổ cắm.', 'Qua HTTP.')"
        )
        assert stored.fetchone() == (2,)
        for each in (window, polling):
            each.close()
