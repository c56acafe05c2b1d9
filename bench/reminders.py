"""1,000 reminders through a real SMTP server, their sender killed (SIGKILL) three times at random
moments: `make bench`, or `.venv/bin/python bench/reminders.py`.

Each must be delivered once or, where SMTP cannot tell, be said to be uncertain. Beside it the same
mails without a kill, and with bare smtplib over one connection, in the same run. Writes
bench/results/reminders.json; docs/benchmarks.md says how to read it.
"""

from __future__ import annotations

import json
import platform
import random
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tests import mailing  # noqa: E402

RESULTS = HERE / "results" / "reminders.json"
MAILS, KILLS, REPETITIONS = 1000, 3, 3


def run(kills: int, seed: int) -> mailing.Tally:
    """One sending of all mails, from a new database."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'mails.sqlite'}"
        mailing.prepare(url, folder, MAILS)
        return mailing.send(url, folder, MAILS, kills, seed)


def main() -> None:
    """All repetitions, each with moments of its own."""
    repetitions = []
    for _ in range(REPETITIONS):
        seed = random.randrange(10**6)
        killed, whole = run(KILLS, seed), run(0, seed)
        with tempfile.TemporaryDirectory() as name:
            bare = mailing.bare(Path(name), MAILS)
        assert whole.delivered_once == MAILS, whole
        found = asdict(killed) | {
            "seed": seed,
            "seconds": round(whole.seconds, 2),
            "bare_smtplib_seconds": round(bare, 2),
            "ratio": round(whole.seconds / bare, 2),
        }
        print(json.dumps(found), flush=True)
        repetitions.append(found)
    result = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "goals": {"lost": 0, "doubled": 0, "uncertain": KILLS},
        "lost": max(each["lost"] for each in repetitions),
        "doubled": max(each["doubled"] for each in repetitions),
        "uncertain": max(each["uncertain"] for each in repetitions),
        "seconds": statistics.median(each["seconds"] for each in repetitions),
        "ratio": statistics.median(each["ratio"] for each in repetitions),
        "repetitions": repetitions,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
