"""How soon the participant's page can be used on a telephone: `make bench`, or
`.venv/bin/python bench/page.py --help`.

A real server holds the demo's briefing. Chromium opens the page with an empty cache as a phone
would: the processor 4 times slower, 1.6 Mbit/s down, 0.75 Mbit/s up, 150 ms for each answer.
*Interactive* is when the first button of the meeting stands there and the main thread has done
its last task of more than 50 ms within the 3 s that follow. Beside it, in the same repetition, an
empty answer of the same server (`/healthz`): what the network alone costs. Bytes of script are as
they came over the wire. The processor time of the page's main thread, not slowed, is what other
work on the machine changes least. Then Lighthouse looks the page over. Writes
bench/results/page.json.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from scripts.screenshots import PASSWORD, PHONE, Secretary, demo_server, signed_in  # noqa: E402
from tests.deploy.proxy import proxied  # noqa: E402
from tests.server import free_port  # noqa: E402

RESULTS = HERE / "results" / "page.json"
LIGHTHOUSE = HERE / "page" / "node_modules" / "lighthouse" / "cli" / "index.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
QUIET_MS = 3000
CATEGORIES = ("accessibility", "best-practices")
# Notes, from the very beginning, when the first button of the meeting is there, and long tasks.
PROBE = """() => {
  const probe = { drawn: null, tasks: [] };
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) probe.tasks.push(task.startTime + task.duration);
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver((_all, observer) => {
    if (!document.querySelector('.live-dock button')) return;
    probe.drawn = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
  window.probe = probe;
}"""


class Phone:
    """A telephone with an empty cache, signed in."""

    def __init__(self, browser: Browser, address: str, slower: float) -> None:
        self.context = browser.new_context(
            base_url=address,
            viewport=PHONE,
            has_touch=True,
            is_mobile=True,
            device_scale_factor=2,
            locale="vi-VN",
            ignore_https_errors=True,
        )
        form = {"username": "daibieu", "password": PASSWORD}
        self.context.request.post("/login", form=form)
        self.page: Page = self.context.new_page()
        self.bytes: dict[str, int] = {}
        self.requests = 0
        devtools = self.context.new_cdp_session(self.page)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", NETWORK)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        kinds: dict[str, str] = {}
        devtools.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))

        def finished(event: dict[str, Any]) -> None:
            kind = kinds.get(event["requestId"], "Other")
            self.requests += 1
            self.bytes[kind] = self.bytes.get(kind, 0) + int(event["encodedDataLength"])

        devtools.on("Network.loadingFinished", finished)


def interactive(browser: Browser, address: str, path: str, slower: float) -> dict[str, Any]:
    """The page once, with an empty cache."""
    phone = Phone(browser, address, slower)
    phone.page.add_init_script(f"({PROBE})()")
    phone.page.goto(path)
    phone.page.wait_for_function("() => window.probe.drawn !== null")
    phone.page.wait_for_timeout(QUIET_MS)
    probe = phone.page.evaluate("() => window.probe")
    paint = phone.page.evaluate(
        "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    )
    busy = [end for end in probe["tasks"] if end < probe["drawn"] + QUIET_MS]
    phone.context.close()
    return {
        "first_paint_ms": round(paint),
        "drawn_ms": round(probe["drawn"]),
        "interactive_ms": round(max([probe["drawn"], *busy])),
        "requests": phone.requests,
        "bytes": phone.bytes,
    }


def repeated(
    browser: Browser, address: str, path: str, options: argparse.Namespace
) -> list[dict[str, Any]]:
    """The page several times, each beside an empty answer."""
    runs = []
    for _repetition in range(options.repetitions):
        floor = empty(browser, address, options.slower)
        run = interactive(browser, address, path, options.slower)
        runs.append(run | {"empty_ms": floor, "ratio": round(run["interactive_ms"] / floor, 2)})
    return runs


def medians(runs: list[dict[str, Any]]) -> dict[str, float]:
    """What is in the middle of several runs."""
    names = ("first_paint_ms", "drawn_ms", "interactive_ms", "empty_ms", "ratio")
    return {name: statistics.median(run[name] for run in runs) for name in names}


def certificate(folder: Path) -> Path:
    """A certificate for this machine that nobody vouches for, with its key, in one file."""
    file = folder / "tls.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "crt.pem")),
        ],
        check=True,
        capture_output=True,
    )
    file.write_text((folder / "crt.pem").read_text() + (folder / "key.pem").read_text())
    return file


def processor(browser: Browser, address: str, path: str) -> dict[str, int]:
    """Milliseconds of the main thread's processor, not slowed, until the page stands still."""
    phone = Phone(browser, address, slower=1)
    devtools = phone.context.new_cdp_session(phone.page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    phone.page.goto(path)
    phone.page.locator(".live-dock button").first.wait_for()
    phone.page.wait_for_timeout(QUIET_MS)
    told = devtools.send("Performance.getMetrics")["metrics"]
    metrics = {each["name"]: each["value"] for each in told}
    phone.context.close()
    return {
        name: round(1000 * metrics[key])
        for name, key in (
            ("script", "ScriptDuration"),
            ("style", "RecalcStyleDuration"),
            ("layout", "LayoutDuration"),
            ("all", "TaskDuration"),
        )
    }


def empty(browser: Browser, address: str, slower: float) -> int:
    """An answer of the same server with nothing in it, in milliseconds."""
    phone = Phone(browser, address, slower)
    phone.page.goto("/healthz")
    took = phone.page.evaluate(
        "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    )
    phone.context.close()
    return round(took)


def audit(playwright: Playwright, program: str | None, address: str, path: str) -> dict[str, Any]:
    """What Lighthouse says of the page, signed in; `failed` names what is not as it should be."""
    port = free_port()
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            args=[*ARGUMENTS, f"--remote-debugging-port={port}"],
            base_url=address,
        )
        context.request.post("/login", form={"username": "daibieu", "password": PASSWORD})
        told = subprocess.run(
            [
                *("scripts/with-node.sh", "node", str(LIGHTHOUSE), address + path),
                f"--port={port}",
                f"--only-categories={','.join(CATEGORIES)}",
                *("--output=json", "--quiet", "--disable-storage-reset"),
                "--no-enable-error-reporting",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=180,
        )
        context.close()
    report = json.loads(told.stdout)
    assert report["finalDisplayedUrl"].endswith(path), report["finalDisplayedUrl"]
    scored = {name: report["categories"][name] for name in CATEGORIES}
    return {
        "version": report["lighthouseVersion"],
        "scores": {name: round(100 * each["score"]) for name, each in scored.items()},
        "failed": [
            audited["id"]
            for each in scored.values()
            for reference in each["auditRefs"]
            if (audited := report["audits"][reference["id"]])["score"] not in (None, 1)
        ],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--slower", type=float, default=4, help="how many times slower a processor")
    options = parser.parse_args()
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with demo_server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        secretary = signed_in(browser, address, "thuky", PHONE)
        _ended, live = Secretary(secretary).replay(items=3)
        path = f"/meetings/{live}/live"
        runs = repeated(browser, address, path, options)
        with tempfile.TemporaryDirectory() as folder:
            pem = certificate(Path(folder))
            port = urlsplit(address).port or 0
            with proxied([port], Path(folder) / "nginx", pem) as proxy:
                secure = f"https://127.0.0.1:{proxy.port}"
                behind = repeated(browser, secure, path, options)
        spent = [processor(browser, address, path) for _ in range(options.repetitions)]
        version = browser.version
        browser.close()
        lighthouse = audit(playwright, program, address, path)
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "chromium": version,
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
        "processor_slowed": options.slower,
        "network": NETWORK,
        "script_bytes": runs[0]["bytes"]["Script"],
        "median": medians(runs),
        "behind_nginx": {"median": medians(behind), "runs": behind},
        "processor_ms": {
            name: statistics.median(each[name] for each in spent) for name in spent[0]
        },
        "runs": runs,
        "lighthouse": lighthouse,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    print(json.dumps(result, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
