"""How soon a directive is understood, beside plainly looking for 500 names in the same text:
`make bench`, or `.venv/bin/python bench/parse.py`.

The sentences are those of tests/minutes/sentences, read with the units of all their places and
made-up ones up to 500. Writes bench/results/parse.json; docs/benchmarks.md says how to read it.
"""

from __future__ import annotations

import json
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from core.text import clean, fold  # noqa: E402
from minutes.understanding.index import UnitIndex  # noqa: E402
from minutes.understanding.reading import read  # noqa: E402
from tests.minutes import spoken  # noqa: E402

RESULTS = HERE / "results" / "parse.json"
UNITS = 500
REPETITIONS = 7


def five_hundred() -> UnitIndex:
    """The units of all places, and communes with names made up of their syllables."""
    units = list({unit.name: unit for p in spoken.places() for unit in p.index.units}.values())
    syllables = sorted({word for unit in units for word in unit.name.split() if word.istitle()})
    pairs = ((a, b) for a in syllables for b in syllables)
    while len(units) < UNITS:
        name = "UBND xã {} {}".format(*next(pairs))
        units.append(spoken.unit(len(units) + 1, name, None))
    return UnitIndex(units[:UNITS])


def milliseconds(work: Callable[[], Any]) -> float:
    """Of the processor's time, which neighbours on the machine change least."""
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def main() -> None:
    index = five_hundred()
    said = [(clean(e.text), e.given) for p in spoken.places() for e in p.examples]
    names = [fold(unit.name) for unit in index.units]
    pattern = re.compile("|".join(map(re.escape, names)))
    understood: list[float] = []
    ratios: dict[str, list[float]] = {"folding": [], "looking_for_names": []}
    for _ in range(REPETITIONS):
        ours = [milliseconds(lambda t=t, d=d: read(t, d, index)) for t, d in said]
        folding = [milliseconds(lambda t=t: fold(t)) for t, _d in said]
        looking = [milliseconds(lambda t=t: pattern.findall(fold(t))) for t, _d in said]
        understood += ours
        ratios["folding"].append(sum(ours) / sum(folding))
        ratios["looking_for_names"].append(sum(ours) / sum(looking))
    text, day = said[0]
    words = (text.split() * 5000)[:5000]
    half, whole = (
        min(milliseconds(lambda n=n: read(" ".join(words[:n]), day, index)) for _ in range(3))
        for n in (2500, 5000)
    )
    ordered = sorted(understood)
    result = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "units": len(index.units),
        "sentences": len(said),
        "building_the_index_ms": round(milliseconds(lambda: UnitIndex(index.units)), 1),
        "ms_a_sentence": {
            "median": round(statistics.median(ordered), 3),
            "p95": round(ordered[int(0.95 * len(ordered))], 3),
            "highest": round(ordered[-1], 3),
        },
        "ratio_to": {name: round(statistics.median(r), 2) for name, r in ratios.items()},
        "ms_for_words": {"2500": round(half, 1), "5000": round(whole, 1)},
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
