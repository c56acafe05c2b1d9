"""The register and the scorecard with 100,000 directives: `make bench`, or
`.venv/bin/python bench/register.py --help`.

The server is the real one (`app.py`), asked over HTTP on a connection that is kept; beside it, in
turns, the database is asked by primary key for one directive. Writes bench/results/register.json.
docs/benchmarks.md says how to read it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from bench.documents import own_time, percentile  # noqa: E402
from bench.live import SECRET_KEY  # noqa: E402
from tests.server import Server  # noqa: E402

RESULTS = HERE / "results" / "register.json"
DIRECTIVES, MEETINGS, UNITS = 100_000, 200, 500
FIELDS = 20
GROUP = 20  # members of each of the 10 groups
BATCH = 5_000
NOW = datetime.now(UTC).replace(microsecond=0)
TASKS = (
    "Rà soát, lập danh sách hộ nghèo, hộ cận nghèo trên địa bàn",
    "Báo cáo kết quả giải ngân vốn đầu tư công và nguyên nhân chậm giải ngân của từng dự án",
    "Đôn đốc thu nộp ngân sách nhà nước, xử lý nợ đọng thuế",
    "Hoàn thành hồ sơ giải phóng mặt bằng tuyến đường liên xã",
    "Tổ chức tiêm phòng cho đàn gia súc, gia cầm đợt hai",
    "Tham mưu kế hoạch chuyển đổi số và dịch vụ công trực tuyến",
)
SEARCHED = "giai ngan 731"


# The data -----------------------------------------------------------------------------------------


def fill(url: str, folder: Path) -> dict[str, Any]:
    """An organisation whose chair has given 100,000 directives; who asks, and for what."""
    import flask_migrate
    from sqlalchemy import insert

    import config
    from app import create_app
    from core.db import db
    from meetings.models import Meeting, Participant
    from people.login import token_for
    from people.models import Person, Unit, UnitMember, User

    chance = random.Random(30)
    settings = config.load({"DATABASE_URL": url, "SECRET_KEY": SECRET_KEY}, instance=folder)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        session = db.session()
        province = Unit(name="UBND tỉnh", kind="province")
        session.add(province)
        session.flush()
        kinds = ("commune", "office", "agency")
        units = [
            Unit(name=f"Đơn vị {n}", kind=kinds[n % 3], parent_id=province.id, position=n)
            for n in range(UNITS)
        ]
        groups = [Unit(name=f"Nhóm {n}", kind="group") for n in range(10)]
        session.add_all([*units, *groups])
        session.flush()
        ids = [unit.id for unit in units]
        members = {group.id: ids[n * GROUP : (n + 1) * GROUP] for n, group in enumerate(groups)}
        session.add_all(
            UnitMember(group_id=group, unit_id=unit)
            for group, found in members.items()
            for unit in found
        )
        people = [
            Person(name=f"Người {n}", unit_id=key) for n, key in enumerate([province.id, *ids])
        ]
        session.add_all(people)
        session.flush()
        users = [
            User(username=f"u{n}", person_id=each.id, password_hash="-", stamp="-")
            for n, each in enumerate(people[:2])
        ]
        session.add_all(users)
        session.flush()
        starts = [NOW - timedelta(days=1400 - 7 * n) for n in range(MEETINGS)]
        session.execute(
            insert(Meeting),
            [
                {"id": n + 1, "code": f"GB-{n}", "title": f"Giao ban tuần {n}", "state": "closed"}
                | {"starts_at": at, "ends_at": at + timedelta(hours=2), "revision": 1}
                | {"closed_at": at + timedelta(hours=2), "opened_at": at}
                for n, at in enumerate(starts)
            ],
        )
        # Everybody's head is invited to every briefing, as those of a province are.
        for n in range(MEETINGS):
            session.execute(
                insert(Participant),
                [
                    {"meeting_id": n + 1, "person_id": each.id, "unit_id": each.unit_id}
                    | {"role": "chair" if place == 0 else "participant", "position": place}
                    for place, each in enumerate(people)
                ],
            )
        session.commit()
        for begin in range(0, DIRECTIVES, BATCH):
            _directives(session, chance, range(begin, begin + BATCH), starts, ids, members)
        if db.engine.dialect.name == "postgresql":
            # What autovacuum does in life within a minute or two of so many changes: without it
            # the database does not know that its indices hold all that is asked.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as own:
                own.exec_driver_sql("VACUUM ANALYZE")
        found = {
            "tokens": {"chair": token_for(users[0]), "unit": token_for(users[1])},
            "unit": ids[0],
            "meeting": MEETINGS // 2,
        }
        db.session.remove()
        db.engine.dispose()
    return found


def _directives(
    session: Any,
    chance: random.Random,
    numbers: range,
    starts: list[datetime],
    unit_ids: list[int],
    members: dict[int, list[int]],
) -> None:
    from sqlalchemy import insert

    from core.text import fold
    from core.times import vietnam
    from minutes.due import last_moment
    from minutes.followup.models import Share
    from minutes.models import Directive, DirectiveUnit, urgency

    rows, named, shares = [], [], []
    for n in numbers:
        meeting = n * MEETINGS // DIRECTIVES
        at = starts[meeting] + timedelta(minutes=n % 120)
        age = (NOW - at).days
        due_day = at + timedelta(days=chance.choice((7, 14, 30, 60, 90)))
        due = None if chance.random() < 0.1 else vietnam(due_day).date().isoformat()
        due_at = last_moment(due)
        state, done_at = "given", None
        if chance.random() < min(0.97, 0.3 + age / 400):
            state = chance.choice(("done", "checked"))
            done_at = min(NOW, due_day + timedelta(days=chance.choice((-5, -3, -1, -1, -1, 4, 20))))
        elif chance.random() < 0.6:
            state = chance.choice(("acknowledged", "reported", "reported", "returned"))
        text = f"{TASKS[n % len(TASKS)]} số {n}; gửi kết quả về Văn phòng UBND tỉnh để tổng hợp."
        rows.append(
            {"id": n + 1, "meeting_id": meeting + 1, "text": text, "due": due, "state": state}
            | {"field": f"Lĩnh vực {n % FIELDS}"}
            | {"progress": 100 if done_at else None, "done_at": done_at, "at": at, "revision": 1}
            | {"extension_asked": True if not done_at and chance.random() < 0.05 else None}
            | {"due_at": due_at, "urgency": urgency(due_at, done_at), "folded": fold(text)}
        )
        if chance.random() < 0.01:
            leads = [chance.choice(list(members))]
        else:
            leads = chance.sample(unit_ids, chance.choice((1, 1, 1, 1, 2)))
        supports = chance.sample(unit_ids, chance.choice((0, 1, 2)))
        for place, key in enumerate(dict.fromkeys([*leads, *supports])):
            named.append(
                {"directive_id": n + 1, "unit_id": key, "leads": key in leads, "position": place}
            )
        for key in dict.fromkeys(unit for lead in leads for unit in members.get(lead, [lead])):
            shares.append(
                {"directive_id": n + 1, "unit_id": key, "state": state, "done_at": done_at}
                | {name: rows[-1][name] for name in ("meeting_id", "at", "due_at")}
                | {"extension_asked": rows[-1]["extension_asked"]}
            )
    session.execute(insert(Directive), rows)
    session.execute(insert(DirectiveUnit), named)
    session.execute(insert(Share), shares)
    session.commit()


# Measuring ----------------------------------------------------------------------------------------


class Asker:
    """Asks over one connection that is kept."""

    def __init__(self, server: Server, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> bytes:
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        return content


def asked(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What is asked: who asks, and the address."""

    def register(who: str, **query: Any) -> tuple[str, str]:
        return who, "/api/v1/directives?" + urlencode(query)

    return {
        "first page, the chair": register("chair"),
        "first page, an invited unit's head": register("unit"),
        "of a unit": register("chair", unit=found["unit"]),
        "in a state": register("chair", state="returned"),
        "overdue": register("chair", status="overdue"),
        "done late": register("chair", status="done_late"),
        "of a meeting": register("chair", meeting=found["meeting"]),
        "due before a day": register("chair", due_before=(NOW - timedelta(days=60)).date()),
        "words that some have": register("chair", q=SEARCHED),
        "words that none has": register("chair", q="khong co tu nay"),
        "of a unit, overdue, words": register(
            "chair", unit=found["unit"], status="overdue", q="giai ngan"
        ),
        "a page in the middle": register("chair", page=1000),
        "the last page": register("chair", page=2000),
        "the page, the chair": ("chair", "/directives"),
        "the page, of a unit": ("chair", f"/directives?unit={found['unit']}"),
        "the scorecard's page": ("chair", "/directives/scorecard"),
        "the scorecard": ("chair", "/api/v1/directives/scorecard"),
        "the scorecard of a year": (
            "chair",
            "/api/v1/directives/scorecard?"
            + urlencode({"given_from": (NOW - timedelta(days=365)).date()}),
        ),
        "the scorecard of the communes": ("chair", "/api/v1/directives/scorecard?kind=commune"),
    }


@contextmanager
def by_key(url: str) -> Iterator[Callable[[], object]]:
    """The simplest question: one directive by its primary key, in a transaction of its own."""
    if url.startswith("sqlite"):
        import sqlite3

        database = sqlite3.connect(url.removeprefix("sqlite:///"))
        marks, run = "?", database.execute
        finish = database.rollback
        close: Callable[[], None] = database.close
    else:
        import psycopg

        server = psycopg.connect(url.replace("+psycopg", ""))
        marks, run = "%s", server.execute  # type: ignore[assignment]
        finish, close = server.rollback, server.close

    def one() -> object:
        key = random.randint(1, DIRECTIVES)
        row = run(f"SELECT * FROM directive WHERE id = {marks}", (key,)).fetchone()
        finish()
        return row

    try:
        yield one
    finally:
        close()


def measure(url: str, folder: Path, times: int) -> dict[str, Any]:
    began = time.perf_counter()
    found = fill(url, folder)
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    log = folder / "server.log"
    server = Server(url, "", log, FILES_DIR=str(folder / "files"), SECRET_KEY=SECRET_KEY).wait()
    questions = asked(found)
    taken: dict[str, list[float]] = {name: [] for name in questions}
    simplest: list[float] = []
    processor: dict[str, float] = {}
    try:
        askers = {who: Asker(server, token) for who, token in found["tokens"].items()}
        with by_key(url) as one:
            for name, (who, path) in questions.items():
                askers[who].get(path)  # the first one fills the caches
                before = own_time(server)
                for _turn in range(times):
                    for work, kept in (
                        (lambda: askers[who].get(path), taken[name]),  # noqa: B023
                        (one, simplest),
                    ):
                        start = time.perf_counter()
                        work()
                        kept.append(1000 * (time.perf_counter() - start))
                processor[name] = 1000 * (own_time(server) - before) / times
    finally:
        server.terminate()
        server.ended()
    unit = percentile(simplest, 0.5)
    result: dict[str, Any] = {
        "by_primary_key_ms": {"p50": round(unit, 3), "p95": round(percentile(simplest, 0.95), 3)}
    }
    for name, values in taken.items():
        p50, p95 = percentile(values, 0.5), percentile(values, 0.95)
        result[name] = {
            "p50_ms": round(p50, 1),
            "p95_ms": round(p95, 1),
            "ratio": round(p50 / unit),
            "server_processor_ms": round(processor[name], 1),
        }
        print(f"{name:40} {p50:8.1f} {p95:8.1f} {processor[name]:8.1f}", flush=True)
    return result


def main() -> None:
    """Run all of it and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=50, help="repetitions of each question")
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    options = parser.parse_args()
    result: dict[str, Any] = {}
    result["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
    result["load_before"] = [round(load, 1) for load in os.getloadavg()]
    with tempfile.TemporaryDirectory(prefix="bench-register-") as name:
        folder = Path(name)
        if options.only in (None, "sqlite"):
            (folder / "sqlite").mkdir()
            url = f"sqlite:///{folder / 'sqlite' / 'register.sqlite'}"
            result["sqlite"] = measure(url, folder / "sqlite", options.times)
        if options.only in (None, "postgres"):
            from tests.conftest import own_database

            (folder / "postgres").mkdir()
            with own_database() as url:
                result["postgres"] = measure(url, folder / "postgres", options.times)
    result["load_after"] = [round(load, 1) for load in os.getloadavg()]
    if options.only and RESULTS.exists():
        result = json.loads(RESULTS.read_text()) | result
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
