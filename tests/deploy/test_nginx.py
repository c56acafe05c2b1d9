"""deploy/nginx.conf before processes that say what they were told."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.deploy.proxy import SITE, Proxy, binary, proxied
from tests.server import free_port, until


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that came; at `/dies` it hangs up instead, once for all."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str]] = []
    died: list[str] = []

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path))
        if self.path.startswith("/dies") and self.path not in self.died:
            self.died.append(self.path)
            self.close_connection = True
            return
        body = json.dumps(dict(self.headers) | {"port": self.server.server_address[1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx before two echoes."""
    echoes = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in range(2)]
    threads = [threading.Thread(target=each.serve_forever, args=(0.05,)) for each in echoes]
    for thread in threads:
        thread.start()
    try:
        folder = tmp_path_factory.mktemp("nginx") / "run"
        with proxied([each.server_address[1] for each in echoes], folder) as running:
            yield running
    finally:
        for each, thread in zip(echoes, threads, strict=True):
            each.shutdown()
            thread.join()
            each.server_close()


def ask(
    proxy: Proxy, path: str = "/", method: str = "GET", by: Any = requests, **options: Any
) -> requests.Response:
    answer: requests.Response = by.request(
        method, f"http://127.0.0.1:{proxy.port}{path}", timeout=10, **options
    )
    return answer


def test_the_application_hears_of_the_caller_from_nginx_alone(proxy: Proxy) -> None:
    lies = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "elsewhere.example",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/x",
    }
    heard = ask(proxy, headers=lies).json()
    assert {name: heard.get(name) for name in lies} == {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": f"127.0.0.1:{proxy.port}",
        "X-Forwarded-Port": None,
        "X-Forwarded-Prefix": None,
    }
    assert heard["Host"] == f"127.0.0.1:{proxy.port}"


@pytest.mark.parametrize("name", ["abc-123", "a.b:c_d"])
def test_a_request_keeps_its_name(proxy: Proxy, name: str) -> None:
    assert ask(proxy, headers={"X-Request-ID": name}).json()["X-Request-ID"] == name


@pytest.mark.parametrize("name", [None, "", "two words", "a" * 65, 'x"},{"evil":"'])
def test_a_request_without_a_plain_name_gets_one(proxy: Proxy, name: str | None) -> None:
    headers = {} if name is None else {"X-Request-ID": name}
    assert re.fullmatch("[0-9a-f]{32}", ask(proxy, headers=headers).json()["X-Request-ID"])


def test_a_websocket_is_let_through(proxy: Proxy) -> None:
    heard = ask(
        proxy, "/socket.io/", headers={"Connection": "Upgrade", "Upgrade": "websocket"}
    ).json()
    assert (heard["Connection"], heard["Upgrade"]) == ("upgrade", "websocket")
    heard = ask(proxy, "/socket.io/").json()
    assert (heard["Connection"], heard.get("Upgrade")) == ("close", None)


def test_every_browser_of_one_office_stays_with_one_process(proxy: Proxy) -> None:
    seen: set[int] = set()
    for _ in range(40):
        with requests.Session() as browser:
            ask(proxy, "/login", by=browser)  # gives it its name
            paths = ("/", "/socket.io/", "/socket.io/?sid=1")
            ports = {ask(proxy, path, by=browser).json()["port"] for path in paths}
        assert len(ports) == 1
        seen |= ports
        if len(seen) == 2:
            break
    assert len(seen) == 2


def test_a_program_without_cookies_goes_by_its_address(proxy: Proxy) -> None:
    assert len({ask(proxy, "/socket.io/").json()["port"] for _ in range(10)}) == 1
    # No cookie between the requests of one connection, which would lead it elsewhere.
    assert "Set-Cookie" not in ask(proxy, "/socket.io/").headers


def test_a_request_is_repeated_only_where_that_is_safe(proxy: Proxy) -> None:
    assert ask(proxy, "/dies/get").status_code == 200
    assert Echo.asked.count(("GET", "/dies/get")) == 2
    assert ask(proxy, "/dies/post", "POST", json={"text": "một lần"}).status_code == 502
    assert Echo.asked.count(("POST", "/dies/post")) == 1


@pytest.mark.parametrize(("size", "status"), [(1024 * 1024, 200), (1024 * 1024 + 1, 413)])
def test_large_bodies_are_refused_before_the_application(
    proxy: Proxy, size: int, status: int
) -> None:
    assert ask(proxy, "/", "POST", data=b"x" * size).status_code == status


def test_a_report_is_let_through_with_its_files(proxy: Proxy) -> None:
    address, body = f"http://127.0.0.1:{proxy.port}/directives/12", bytes(2 * 1024 * 1024)
    assert requests.post(f"{address}/report", data=body, timeout=10).status_code == 200
    assert requests.post(f"{address}/extend", data=body, timeout=10).status_code == 413


def test_the_key_of_a_calendar_is_in_no_log(proxy: Proxy) -> None:
    address = f"http://127.0.0.1:{proxy.port}/calendar"
    answer = requests.get(f"{address}/units/3.ics?key=khoa-cua-toi", timeout=10)
    assert answer.status_code == 200
    requests.get(f"{address}?month=2026-11", timeout=10)
    until(lambda: "/calendar?month=2026-11" in str(proxy.log()), "the later request in the log")
    assert "khoa-cua-toi" not in (proxy.folder / "access.log").read_text()


def test_outsiders_do_not_see_the_metrics(proxy: Proxy) -> None:
    assert ask(proxy, "/metrics").status_code == 403
    assert ("GET", "/metrics") not in Echo.asked


def test_nginx_takes_the_file_as_it_is_shipped(tmp_path: Path) -> None:
    program = binary()
    key, certificate = tmp_path / "giaoban.key", tmp_path / "giaoban.crt"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test"
    subprocess.run(
        [*make.split(), "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    text = SITE.read_text().replace("/etc/nginx/tls", str(tmp_path))
    # Checking takes the ports; these everybody may have.
    text = text.replace("listen 80;", f"listen {free_port()};")
    text = text.replace("listen 443 ssl http2;", f"listen {free_port()} ssl http2;")
    text = re.sub(r"listen \[::\]:.*;", "", text)
    (tmp_path / "site.conf").write_text(text)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}"
    )
    checked = subprocess.run(
        [program, "-t", "-c", tmp_path / "nginx.conf", "-p", tmp_path, "-e", "stderr"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
