"""The documents: how soon they are there, and what printing them costs, beside headless Chromium
in the same run: `make bench`, or `.venv/bin/python bench/documents.py --help`.

The server is the real one (`app.py`) with the demo, asked over HTTP; the pages of the 6, 27 and 110
page minutes are printed by the server's own pool (`minutes.render`) and by a warm Chromium, in
turns, from the same HTML; the feed is followed by the readers of bench/live. Writes
bench/results/documents.json. docs/benchmarks.md says how to read it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from bench.live import SECRET_KEY, Ground  # noqa: E402
from tests.server import Server, until  # noqa: E402

RESULTS = HERE / "results" / "documents.json"
PASSWORD = "giaoban-demo"
STAFF = ("thuky", "chutoa", "vanthu")
PAGES = (6, 27, 110)


def ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def spread(values: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 2),
        "lowest": round(min(values), 2),
        "highest": round(max(values), 2),
    }


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# The server ---------------------------------------------------------------------------------------


@contextmanager
def serving(database: Path, folder: Path) -> Iterator[Server]:
    url = f"sqlite:///{database}"
    files = str(folder / "files")
    log = folder / "server.log"
    server = Server(url, PASSWORD, log, FILES_DIR=files, SECRET_KEY=SECRET_KEY).wait()
    try:
        yield server
    finally:
        server.terminate()
        server.ended()


class Reader:
    """One who downloads, over a connection that is kept."""

    def __init__(self, server: Server, username: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self._headers = {"Authorization": f"Bearer {server.token(username)}"}

    def download(self, meeting_id: int, kind: str = "minutes") -> bytes:
        path = f"/api/v1/meetings/{meeting_id}/documents/{kind}.pdf"
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        assert content.startswith(b"%PDF-")
        return content


def counted(server: Server, name: str) -> float:
    """The sum of a metric."""
    page = server.request("GET", "/metrics").body.decode()
    return sum(float(line.split()[-1]) for line in page.splitlines() if line.startswith(name))


def printed(server: Server) -> float:
    """How many documents the server has printed."""
    return counted(server, "giaoban_render_seconds_count")


def own_time(server: Server) -> float:
    """The processor time that the server itself has taken, in seconds."""
    fields = Path(f"/proc/{server._process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quiet(server: Server) -> None:
    """Wait until nothing more is printed ahead."""

    def settled() -> bool:
        before = printed(server)
        time.sleep(4)
        return printed(server) == before and counted(server, "giaoban_renders_running") == 0

    until(settled, "an end of printing ahead", 120)


def downloads(server: Server, times: int) -> dict[str, Any]:
    """How long those wait who download the demo's minutes."""
    meeting_id = server.meeting_id("GB-DEMO")

    def give(name: str, **args: Any) -> Any:
        answer = server.command("thuky", meeting_id, name, **args)
        assert answer.status == 200, answer.body
        return answer.json["result"]

    give("meeting.open")
    item = give("agenda.advance", from_item=None)["current_item_id"]
    said: list[str] = [
        entry["text"]
        for entry in server.request(
            "GET",
            f"/api/v1/meetings/{server.meeting_id('GB-2023-09')}/discussion?per_page=100",
            username="thuky",
        ).json["items"]
    ]
    for text in said:
        give("discussion.add", item_id=item, kind="opinion", text=text)
    readers = [Reader(server, STAFF[number % len(STAFF)]) for number in range(10)]
    readers[0].download(meeting_id)

    at_once, waited, closed, ten_new, ten_kept = [], [], [], [], []
    for number in range(times):
        give("discussion.add", item_id=item, kind="opinion", text=f"Ý kiến thêm {number}.")
        at_once.append(timed(lambda: readers[0].download(meeting_id)))
        give("discussion.add", item_id=item, kind="opinion", text=f"Ý kiến cuối {number}.")
        quiet(server)
        waited.append(timed(lambda: readers[0].download(meeting_id)))
        give("discussion.add", item_id=item, kind="opinion", text=f"Ý kiến sau cuối {number}.")
        for kept in (ten_new, ten_kept):
            with ThreadPoolExecutor(10) as pool:
                kept.append(
                    timed(lambda: list(pool.map(lambda r: r.download(meeting_id), readers)))
                )
        quiet(server)
        give("meeting.close")
        quiet(server)
        closed.append(timed(lambda: readers[1].download(meeting_id)))
        give("meeting.reopen", reason="đo")
    quiet(server)
    before = own_time(server)
    unchanged = [timed(lambda: readers[0].download(meeting_id)) for _ in range(400)]
    busy = own_time(server) - before
    return {
        "bytes": len(readers[0].download(meeting_id)),
        "first_after_last_edit_at_once_ms": spread([ms(s) for s in at_once]),
        "first_after_last_edit_when_quiet_ms": spread([ms(s) for s in waited]),
        "first_after_close_ms": spread([ms(s) for s in closed]),
        "unchanged_ms": {
            "p50": ms(percentile(unchanged, 0.5)),
            "p95": ms(percentile(unchanged, 0.95)),
            "highest": ms(max(unchanged)),
            "processor": ms(busy / len(unchanged)),
        },
        "ten_at_once_after_an_edit_ms": spread([ms(s) for s in ten_new]),
        "ten_at_once_unchanged_ms": spread([ms(s) for s in ten_kept]),
    }


# Printing -----------------------------------------------------------------------------------------


def record() -> dict[str, dict[str, Any]]:
    """The demo's ended meeting, as its secretary sees it."""
    from sqlalchemy import select

    import config
    from app import create_app
    from core.db import db
    from meetings.feed import directory_of, objects_of
    from meetings.models import Meeting

    app = create_app(config.load())
    with app.app_context():
        session = db.session()
        meeting = session.scalars(select(Meeting).where(Meeting.code == "GB-2023-09")).one()
        return objects_of(session, meeting) | directory_of(session, meeting)


def minutes_of(objects: dict[str, dict[str, Any]], entries: int, short: bool) -> str:
    """The HTML of minutes with so many entries of the record, its words in another order each
    time it is gone through.

    Args:
        objects: the record.
        entries: how many.
        short: without indicators and all but a few of the people, directives and conclusions,
            which alone fill six pages.
    """
    from minutes.documents import compose, paper_html

    said = [value for key, value in objects.items() if key.startswith("entry/")]
    kept = {key: value for key, value in objects.items() if not key.startswith("entry/")}
    (meeting,) = (value for key, value in kept.items() if key.startswith("meeting/"))
    leaders = {*meeting["chair_ids"], *meeting["secretary_ids"]}
    for kind, most in {"participant": 10, "directive": 3, "conclusion": 5, "indicator": 0}.items():
        if short:
            for key in [key for key in kept if key.startswith(f"{kind}/")][most:]:
                if kept[key].get("person_id") not in leaders:
                    del kept[key]
    for number in range(entries):
        entry = said[number % len(said)]
        words = entry["text"].split(" ")
        turned = number // len(said) * 5 % max(1, len(words))
        kept[f"entry/{10_000 + number}"] = entry | {
            "id": 10_000 + number,
            "text": " ".join(words[turned:] + words[:turned]),
        }
    return paper_html("minutes", compose("minutes", kept))


class Chromium:
    """Prints in a warm headless Chromium; tagged and with outlines, as we do."""

    def __init__(self) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        self._page = self._browser.new_page()

    def pdf(self, html: str, tagged: bool = True) -> bytes:
        from minutes.layout import STYLESHEET_URL, stylesheet

        link = f'<link rel="stylesheet" href="{STYLESHEET_URL}">'
        assert link in html
        self._page.set_content(html.replace(link, f"<style>{stylesheet()}</style>"))
        printed: bytes = self._page.pdf(prefer_css_page_size=True, tagged=tagged, outline=tagged)
        return printed

    def close(self) -> None:
        self._browser.close()
        self._playwright.stop()


def page_count(content: bytes) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(content) as pdf:
        return len(pdf)


def of_pages(objects: dict[str, dict[str, Any]], wanted: int, pdf: Callable[[str], bytes]) -> str:
    """Minutes of that many pages."""
    # From above and from below: a line more may be a page more.
    few, many = 0, 24 * wanted
    while few < many:
        entries = (few + many) // 2
        html = minutes_of(objects, entries, short=wanted < 10)
        found = page_count(pdf(html))
        if found == wanted:
            return html
        few, many = (entries + 1, many) if found < wanted else (few, entries)
    raise AssertionError(f"no minutes of {wanted} pages, but of {found}")


def processor_time(root: int, name: str) -> float:
    """Seconds that the processes below one have taken, those of a name, with what has ended
    below them."""
    parents, taken = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        pid, comm = head.split(" (", 1)
        fields = rest.split()
        parents[int(pid)] = int(fields[1])
        if comm.startswith(name):
            taken[int(pid)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def below(pid: int) -> bool:
        while pid > 1 and pid != root:
            pid = parents.get(pid, 0)
        return pid == root

    return sum(seconds for pid, seconds in taken.items() if pid != root and below(pid))


def edited(html: str, number: int) -> str:
    """The HTML with a line in the middle that nobody has seen."""
    place = html.index("</p>", len(html) // 2)
    return f"{html[:place]} Sửa lần {number}.{html[place:]}"


def renders(database: Path, folder: Path, times: int) -> dict[str, Any]:
    """6, 27 and 110 pages, ours and Chromium's in turns; each turn has a line of its own, as when
    minutes are printed after an edit."""
    from minutes.render import Renderer
    from minutes.render_worker import NICENESS

    os.environ |= {"DATABASE_URL": f"sqlite:///{database}", "SECRET_KEY": SECRET_KEY}
    objects = record()
    # Our workers give way to others, so Chromium is made to do the same.
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    renderer, chromium = Renderer(workers=1), Chromium()
    found: dict[str, Any] = {}
    for wanted in PAGES:
        html = of_pages(objects, wanted, renderer.pdf)
        given = html
        work: dict[str, tuple[str, Callable[[], Any]]] = {
            "ours": ("python", lambda: renderer.pdf(given)),  # noqa: B023
            "chromium": ("chrom", lambda: chromium.pdf(given)),  # noqa: B023
            "untagged": ("chrom", lambda: chromium.pdf(given, tagged=False)),  # noqa: B023
        }
        wall: dict[str, list[float]] = {name: [] for name in work}
        busy: dict[str, list[float]] = {name: [] for name in work}
        for turn in range(times + 1):
            given = edited(html, turn)
            # Who begins changes; the first turn warms both up.
            for name in list(work) if turn % 2 else reversed(work):
                process, one = work[name]
                before = processor_time(os.getpid(), process)
                wall[name].append(timed(one))
                busy[name].append(processor_time(os.getpid(), process) - before)
        for values in (*wall.values(), *busy.values()):
            del values[0]
        found[str(wanted)] = {
            "pages": {
                "ours": page_count(renderer.pdf(html)),
                "chromium": page_count(chromium.pdf(html)),
            },
            "wall_ms": {name: spread([ms(s) for s in values]) for name, values in wall.items()},
            "processor_ms": {name: spread([ms(s) for s in v]) for name, v in busy.items()},
            "ratio": spread([a / b for a, b in zip(wall["ours"], wall["chromium"], strict=True)]),
            "ratio_to_untagged": spread(
                [a / b for a, b in zip(wall["ours"], wall["untagged"], strict=True)]
            ),
        }
        print(f"{wanted} pages:", json.dumps(found[str(wanted)]), flush=True)
    renderer.close()
    chromium.close()
    return found


# The feed -----------------------------------------------------------------------------------------


class Others:
    """Ten people with a meeting each, beside the one that is followed."""

    # Long enough for the feed to be measured beside them, and few enough commands for one account.
    LINES = 20
    PARAGRAPHS = 60  # of each line

    def __init__(self, server: Server) -> None:
        self._server = server
        said = server.meeting_id("GB-2023-09")
        path = f"/api/v1/meetings/{said}/discussion?per_page=100"
        entries = server.request("GET", path, username="thuky").json["items"]
        texts = [entry["text"] for entry in entries]
        self._meetings = [self._held(number, texts) for number in range(10)]
        self._rounds = 0

    def _held(self, number: int, texts: list[str]) -> int:
        body = {
            "title": f"Giao ban {number}",
            "starts_at": "2026-11-02T08:00:00+07:00",
            "ends_at": "2026-11-02T11:00:00+07:00",
        }
        made = self._server.request("POST", "/api/v1/meetings", body, username="thuky")
        assert made.status == 201, made.body
        meeting_id: int = made.json["id"]
        item = self._give(meeting_id, "agenda.add", title="Tình hình chung", minutes=60)
        self._give(meeting_id, "meeting.open")
        self._give(meeting_id, "agenda.advance", from_item=None)
        for line in range(self.LINES):
            begin = line * self.PARAGRAPHS
            said = (texts[(begin + each) % len(texts)] for each in range(self.PARAGRAPHS))
            text = "\n".join((f"{number}.", *said))
            self._give(meeting_id, "discussion.add", item_id=item["id"], kind="opinion", text=text)
        return meeting_id

    def _give(self, meeting_id: int, name: str, **args: Any) -> Any:
        answer = self._server.command("thuky", meeting_id, name, **args)
        assert answer.status == 200, answer.body
        return answer.json["result"]

    def pages(self) -> int:
        """How many pages the minutes of one of them have."""
        return page_count(Reader(self._server, "thuky").download(self._meetings[0]))

    @contextmanager
    def documents(self) -> Iterator[None]:
        """Each has its minutes printed, a text that nobody has seen: all ten are in work or wait
        when the block begins, and some still when it ends."""
        self._rounds += 1
        for meeting_id in self._meetings:
            self._give(meeting_id, "conclusion.add", text=f"Kết luận thêm {self._rounds}.")
        quiet(self._server)  # what is printed ahead for it is not what is measured
        self._rounds += 1
        for meeting_id in self._meetings:
            self._give(meeting_id, "conclusion.add", text=f"Kết luận thêm {self._rounds}.")
        with ThreadPoolExecutor(len(self._meetings)) as pool:
            readers = [Reader(self._server, "thuky") for _meeting in self._meetings]
            asked = [
                pool.submit(reader.download, meeting_id)
                for reader, meeting_id in zip(readers, self._meetings, strict=True)
            ]
            until(lambda: self._under_way() == len(asked), "ten prints that are in work or wait")
            yield
            assert not all(one.done() for one in asked), "the prints were over too soon"
            for one in asked:
                one.result()

    def _under_way(self) -> int:
        names = ("giaoban_renders_running", "giaoban_renders_waiting")
        return int(sum(counted(self._server, name) for name in names))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Each writes to the demo's ended meeting and asks for its minutes, again and again."""
        other = self._server.meeting_id("GB-2023-09")
        stop = threading.Event()

        def work(number: int) -> None:
            reader = Reader(self._server, STAFF[number % len(STAFF)])
            count = 0
            while not stop.is_set():
                text = f"Kết luận thêm {number}.{count}.{time.monotonic()}."
                self._give(other, "conclusion.add", text=text)
                reader.download(other)
                count += 1

        with ThreadPoolExecutor(10) as pool:
            before = printed(self._server)
            at_work = [pool.submit(work, number) for number in range(10)]
            until(lambda: printed(self._server) > before, "the first print")
            yield
            stop.set()
            for one in at_work:
                one.result()


def feed(ground: Ground, folder: Path, times: int, readers: int, commands: int) -> dict[str, Any]:
    """The delays of those who follow a meeting: idle, while ten documents are printed, and while
    ten people write and ask for documents without a pause."""
    with serving(ground.database, folder) as server:
        others = Others(server)
        other = server.meeting_id("GB-2023-09")
        assert server.command("thuky", other, "meeting.reopen", reason="đo").status == 200

        def measured() -> float:
            command = [
                str(HERE / "live" / "readers"),
                *map(str, (server.port, ground.meeting_id, ground.item_id, ground.tokens)),
                *map(str, ("fanout", readers, 5, commands)),
            ]
            done = subprocess.run(command, input="\n", capture_output=True, text=True, check=True)
            return float(json.loads(done.stdout.splitlines()[-1])["delay_p99"])

        meanwhile: dict[str, Callable[[], AbstractContextManager[None]]] = {
            "idle": nullcontext,
            "ten_renders": others.documents,
            "ten_people": others.at_work,
        }
        p99: dict[str, list[float]] = {name: [] for name in meanwhile}
        for turn in range(times):
            for name in list(meanwhile) if turn % 2 == 0 else reversed(meanwhile):
                quiet(server)
                with meanwhile[name]():
                    p99[name].append(measured())
        pages = others.pages()
    return {
        "readers": readers,
        "commands": commands,
        "pages": pages,
        "p99_ms": {name: spread(values) for name, values in p99.items()},
        "ratio": {
            name: spread([b / i for b, i in zip(values, p99["idle"], strict=True)])
            for name, values in p99.items()
            if name != "idle"
        },
    }


def main() -> None:
    """Run all of it and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=5, help="interleaved repetitions")
    parser.add_argument("--only", choices=("downloads", "renders", "feed"))
    options = parser.parse_args()
    result: dict[str, Any] = {}
    if options.only and RESULTS.exists():
        result = json.loads(RESULTS.read_text())
    result["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
    result["load_before"] = [round(load, 1) for load in os.getloadavg()]
    with tempfile.TemporaryDirectory(prefix="bench-documents-") as name:
        folder = Path(name)
        ground = Ground(folder)
        if options.only in (None, "renders"):
            result["renders"] = renders(ground.database, folder, options.times)
        if options.only in (None, "feed"):
            (folder / "feed").mkdir()
            result["feed"] = feed(ground, folder / "feed", options.times, 100, 100)
            print("feed:", json.dumps(result["feed"]), flush=True)
        if options.only in (None, "downloads"):
            (folder / "demo").mkdir()
            result["downloads"] = fresh_downloads(folder / "demo", options.times)
            print("downloads:", json.dumps(result["downloads"]), flush=True)
    result["load_after"] = [round(load, 1) for load in os.getloadavg()]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


def fresh_downloads(folder: Path, times: int) -> dict[str, Any]:
    """The downloads from a server with a demo that nobody has opened yet."""
    database = folder / "demo.sqlite"
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "SECRET_KEY": SECRET_KEY,
    }
    for command in (["db", "upgrade"], ["demo"]):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *command],
            cwd=ROOT,
            env=env,
            check=True,
            capture_output=True,
        )
    with serving(database, folder) as server:
        return downloads(server, times)


if __name__ == "__main__":
    main()
