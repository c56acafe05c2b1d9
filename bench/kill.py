"""Kill -9 of the real server at random moments while four people write: what is lost?

Writes bench/results/kill.json. `--times` says how often (200), `--postgres ADDRESS` takes that
server instead of a SQLite file (a database is made there and dropped again).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.killing import Tally, kill_often  # noqa: E402
from tests.server import QuickServer  # noqa: E402
from tests.world import SECRET_KEY  # noqa: E402

RESULT = ROOT / "bench" / "results" / "kill.json"
DEMO_PASSWORD = "giaoban-demo"


def flask(database_url: str, *command: str) -> subprocess.CompletedProcess[str]:
    """`flask --app app …` on a database."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *command],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY},
        capture_output=True,
        text=True,
        check=False,
    )


def report(tally: Tally) -> None:
    """A line now and then."""
    if tally.kills % 20 == 0:
        print(
            f"{tally.kills} kills: {tally.acknowledged} acknowledged, {tally.lost} lost,"
            f" {tally.doubled} doubled, {tally.faults} faults in all",
            flush=True,
        )


def main() -> int:
    """Run it and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--postgres", metavar="ADDRESS")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if asked.postgres:
            os.environ["TEST_POSTGRES_URL"] = asked.postgres
            from tests.conftest import own_database

            place = own_database()
        else:
            place = nullcontext(f"sqlite:///{folder}/kill.sqlite")
        with place as url:
            for command in (["db", "upgrade"], ["demo"]):
                made = flask(url, *command)
                assert made.returncode == 0, made.stderr
            server = QuickServer(url, DEMO_PASSWORD, Path(folder) / "server.log").wait(300)
            try:
                tally = kill_often(server, asked.times, asked.seed, report)
            finally:
                server.kill()
            verified = flask(url, "verify")
    found = asdict(tally)
    restarts = found.pop("restarts")
    result = {
        "engine": "postgresql" if asked.postgres else "sqlite",
        "seed": asked.seed,
        **found,
        "verify": verified.stdout.strip().splitlines()[-1],
        "verify_clean": verified.returncode == 0,
        "restart_seconds_median": round(statistics.median(restarts), 2),
        "seconds": round(time.monotonic() - began, 1),
    }
    target = RESULT.with_name("kill_postgres.json") if asked.postgres else RESULT
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))
    return 0 if tally.faults == 0 and verified.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
