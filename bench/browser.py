"""How the live pages bear a busy briefing: `make bench`, or
`.venv/bin/python bench/browser.py --help`.

A real server holds a briefing of 600 lines and 300 people. Commands are carried out over HTTP,
20 a second by default, while Chromium, its processor slowed 4 times, shows one page after the
other. Measured in the page: the time from frame to frame and the tasks over 50 ms; and the heap
after a forced garbage collection before, after, and after as many commands again. The idle page in
the same run shows what the machine itself costs. Writes bench/results/browser.json.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import demo  # noqa: E402
from tests.server import Server  # noqa: E402

RESULTS = HERE / "results" / "browser.json"
ITEMS, LINES, PEOPLE = 40, 600, 300
FRAME_AT_MOST_MS = 200
# In a turn of ten: what changes a line or a person keeps the page's size, and a line that is
# added takes the place of one that is removed.
TURN = ("mark", "change", "mark", "add", "mark", "change", "remove", "mark", "change", "mark")
TEXT = (
    "Đề nghị các phòng, ban và Ủy ban nhân dân các xã khẩn trương rà soát tiến độ giải ngân vốn "
    "đầu tư công, báo cáo những vướng mắc về giải phóng mặt bằng trước ngày hai mươi. Dòng {}."
)
PROBE = """() => {
  const probe = { gaps: [], tasks: [], last: performance.now() };
  const frame = (now) => {
    probe.gaps.push(now - probe.last);
    probe.last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) probe.tasks.push(task.duration);
  }).observe({ entryTypes: ['longtask'] });
  window.probe = probe;
}"""
RESET = "() => { window.probe.gaps = []; window.probe.tasks = []; }"


class Api:
    """A connection that stays open, for one account."""

    def __init__(self, server: Server, username: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self._headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {server.token(username)}",
        }

    def post(self, path: str, body: Any) -> Any:
        while True:
            self._connection.request("POST", f"/api/v1{path}", json.dumps(body), self._headers)
            answer = self._connection.getresponse()
            told = json.loads(answer.read())
            if answer.status != 429:
                break
            time.sleep(0.5)  # a quick machine fills the briefing sooner than one account may
        assert answer.status < 300, told
        return told


class Briefing:
    """A briefing that is being held, and what happens in it."""

    def __init__(self, server: Server) -> None:
        self.api = Api(server, "thuky")
        admin = Api(server, "quantri")
        accounts = server.request("GET", "/api/v1/users?per_page=500", username="quantri").json
        person_of = {each["username"]: each["person_id"] for each in accounts["items"]}
        starts = datetime.now(UTC).replace(microsecond=0)
        body = {
            "title": "Giao ban cả ngày",
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=8)).isoformat(),
            "chair_ids": [],
        }
        self.id = self.api.post("/meetings", body)["id"]
        units = server.request("GET", "/api/v1/units?per_page=500", username="thuky").json["items"]
        self.people = [person_of["thuky"]]
        watcher = person_of["daibieu"]
        self.do("participant.add", person_id=watcher, role="participant")
        for number in range(PEOPLE - 2):
            unit = units[number % len(units)]["id"]
            person = {"name": f"Nguyễn Văn Thứ {number}", "title": "Phó Chủ tịch", "unit_id": unit}
            self.people.append(admin.post("/people", person)["id"])
            self.do("participant.add", person_id=self.people[-1], role="participant")
        items = [
            self.do("agenda.add", title=f"Nội dung thứ {number + 1}", minutes=12)["id"]
            for number in range(ITEMS)
        ]
        self.do("meeting.open")
        self.do("agenda.advance", from_item=None)
        self.item = items[0]
        self.lines = [self.add(number) for number in range(LINES)]
        self.done = 0

    def send(self, name: str, **args: Any) -> Any:
        return self.api.post(f"/meetings/{self.id}/commands", {"name": name, "args": args})

    def do(self, name: str, **args: Any) -> Any:
        return self.send(name, **args)["result"]

    def add(self, number: int) -> tuple[int, int]:
        """All lines are of the item that is on: this is the longest list that there can be."""
        person = self.people[number % len(self.people)]
        text = TEXT.format(number)
        line = self.do(
            "discussion.add", item_id=self.item, kind="opinion", text=text, person_id=person
        )
        return line["id"], line["revision"]

    def step(self) -> None:
        """The next command."""
        number, self.done = self.done, self.done + 1
        what = TURN[number % len(TURN)]
        if what == "mark":
            status = ("on_site", "online", "unknown")[number % 3]
            person = self.people[number % len(self.people)]
            self.do("attendance.mark", person_id=person, status=status)
        elif what == "add":
            self.lines.append(self.add(LINES + number))
        elif what == "remove":
            self.do("discussion.remove", entry_id=self.lines.pop(0)[0])
        else:
            at = (number * 7) % len(self.lines)
            line, base = self.lines[at]
            text = TEXT.format(f"{number}, sửa")
            answer = self.send("discussion.update", entry_id=line, base_revision=base, text=text)
            self.lines[at] = (line, answer["revision"])


class Load(threading.Thread):
    """Commands at an even pace."""

    def __init__(self, briefing: Briefing, rate: float, seconds: float) -> None:
        super().__init__(daemon=True)
        self._briefing, self._rate, self._seconds = briefing, rate, seconds
        self.sent, self.took, self.error = 0, 0.0, ""

    def run(self) -> None:
        begin = time.monotonic()
        try:
            while self.sent < self._rate * self._seconds:
                time.sleep(max(0.0, begin + self.sent / self._rate - time.monotonic()))
                self._briefing.step()
                self.sent += 1
        except Exception as error:
            self.error = repr(error)
        self.took = time.monotonic() - begin


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The product's server on a database of its own with the demo's accounts."""
    url = f"sqlite:///{folder / 'bench.sqlite'}"
    env = os.environ | {"DATABASE_URL": url, "SECRET_KEY": "a key for measuring only"}
    for command in (["db", "upgrade"], ["demo"]):
        flask = [sys.executable, "-m", "flask", "--app", "app", *command]
        subprocess.run(flask, cwd=ROOT, env=env, check=True, capture_output=True)
    server = Server(url, demo.PASSWORD, folder / "server.log")
    try:
        yield server.wait()
    finally:
        server.stop()


def figures(page: Page) -> dict[str, Any]:
    probe = page.evaluate("() => ({ gaps: window.probe.gaps, tasks: window.probe.tasks })")
    gaps = sorted(probe["gaps"]) or [0.0]
    return {
        "frames": len(gaps),
        "frame_ms_median": round(statistics.median(gaps), 1),
        "frame_ms_p99": round(gaps[int(len(gaps) * 0.99) - 1], 1),
        "frame_ms_max": round(gaps[-1], 1),
        "frames_over_200_ms": sum(gap > FRAME_AT_MOST_MS for gap in gaps),
        "long_tasks": len(probe["tasks"]),
        "long_task_ms_max": round(max(probe["tasks"], default=0.0), 1),
    }


def measure(browser: Browser, briefing: Briefing, kind: str, options: Any, server: Server) -> Any:
    """One page: idle, then busy."""
    phone = kind == "live"
    size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    context = browser.new_context(base_url=server.url, viewport=size, locale="vi-VN")
    username = "daibieu" if phone else "thuky"
    form = {"username": username, "password": demo.PASSWORD}
    context.request.post("/login", form=form)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"/meetings/{briefing.id}/{kind}")
    page.locator(".live-entry, .entry").nth(LINES - 1).wait_for(state="attached")
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": options.slower})
    page.evaluate(PROBE)

    def heap() -> int:
        # What one collection leaves behind (code about to be dropped, say) the next one takes.
        sizes = []
        for _ in range(4):
            devtools.send("HeapProfiler.collectGarbage")
            sizes.append(int(devtools.send("Runtime.getHeapUsage")["usedSize"]))
            page.wait_for_timeout(200)
        return min(sizes)

    # Processor time of the page's main thread, which a busy machine does not lengthen.
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def metrics() -> dict[str, float]:
        told = devtools.send("Performance.getMetrics")["metrics"]
        return {each["name"]: each["value"] for each in told}

    def busy(seconds: float) -> Load:
        load = Load(briefing, options.rate, seconds)
        load.start()
        # The page's events are only seen while Playwright runs.
        while load.is_alive():
            page.wait_for_timeout(250)
        return load

    # Once before it counts: code is compiled and caches fill.
    busy(options.warm_up)
    page.wait_for_timeout(1000)
    before = heap()
    page.evaluate(RESET)
    page.wait_for_timeout(options.idle * 1000)
    idle = figures(page)
    page.evaluate(RESET)
    earlier = metrics()
    load = busy(options.seconds)
    loaded = figures(page)
    later = metrics()
    spent = {
        f"{name}_ms": round(1000 * (later[key] - earlier[key]) / load.sent, 2)
        for name, key in (
            ("script", "ScriptDuration"),
            ("style", "RecalcStyleDuration"),
            ("layout", "LayoutDuration"),
            ("all", "TaskDuration"),
        )
    }
    page.wait_for_timeout(1000)
    page.evaluate(RESET)
    after = heap()
    # Whether it stops growing shows in a second stretch of the same.
    again = busy(options.seconds)
    page.wait_for_timeout(1000)
    page.evaluate(RESET)
    at_last = heap()
    newest = TEXT.format(LINES + briefing.done - len(TURN) + TURN.index("add"))
    shown = page.get_by_text(newest).count() if briefing.done % len(TURN) == 0 else None
    context.close()
    return {
        "page": kind,
        "commands": load.sent,
        "commands_per_second": round(load.sent / load.took, 1),
        "error": load.error or again.error or "; ".join(faults),
        "newest_line_shown": shown,
        "idle": idle,
        "busy": loaded,
        "frame_p99_busy_to_idle": round(loaded["frame_ms_p99"] / idle["frame_ms_p99"], 2),
        "processor_per_command": spent,
        "nodes": [int(earlier["Nodes"]), int(later["Nodes"])],
        "listeners": [int(earlier["JSEventListeners"]), int(later["JSEventListeners"])],
        "heap_kib_before": before // 1024,
        "heap_kib_after": after // 1024,
        "heap_kib_at_last": at_last // 1024,
        "heap_growth_percent": {
            "first": round(100 * (after - before) / before, 1),
            "second": round(100 * (at_last - after) / after, 1),
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--idle", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=10)
    parser.add_argument("--rate", type=float, default=20, help="commands a second")
    parser.add_argument("--slower", type=float, default=4, help="how many times slower a processor")
    parser.add_argument("--page", choices=("live", "console"), action="append")
    options = parser.parse_args()
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        briefing = Briefing(server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=arguments)
            pages = [
                measure(browser, briefing, kind, options, server)
                for kind in options.page or ("live", "console")
            ]
            version = browser.version
            browser.close()
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "chromium": version,
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "lines": LINES,
        "people": PEOPLE,
        "processor_slowed": options.slower,
        "seconds": options.seconds,
        "pages": pages,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(result, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
