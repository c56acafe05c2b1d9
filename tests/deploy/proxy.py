"""The shipped nginx site, on this machine and without a certificate."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import unavailable
from tests.server import PATIENCE, ROOT, free_port, until

SITE = ROOT / "deploy" / "nginx.conf"

# Everything that the site needs from the file that includes it, within one folder.
AROUND = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    log_format who '$cookie_giaoban_way $upstream_addr $status $request';
    access_log {folder}/access.log who;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def binary() -> str:
    """Where nginx is; Debian keeps it off the path of people."""
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        unavailable("nginx", FileNotFoundError("no such program"))
    assert found
    return found


def site_for(port: int, upstream: list[int], certificate: Path | None = None) -> str:
    """The shipped site, to listen on a port for processes on these ports: with a certificate (and
    its key in the same file) as it is shipped, without one over plain HTTP."""
    text = SITE.read_text()
    lines = [f"server 127.0.0.1:{each} max_fails=0;" for each in upstream]
    how = [
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        (r"ssl_.*;", ""),
        (r"; Secure", ""),
    ]
    if certificate is not None:
        how = [
            (r"listen 443 (ssl http2);", rf"listen 127.0.0.1:{port} \1;"),
            (r"(ssl_certificate(?:_key)?) .*;", rf"\1 {certificate};"),
        ]
    for pattern, put in (
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        *how,
        (r"listen \[::\]:.*;", ""),
        # The first of these lines becomes ours, the others go.
        (r"server 127\.0\.0\.1:\d+ max_fails=0;(?=[^}]*server 127)", ""),
        (r"server 127\.0\.0\.1:\d+ max_fails=0;", " ".join(lines)),
    ):
        text, number = re.subn(pattern, put, text)
        assert number, f"{SITE} has no {pattern}"
    return text


@dataclass(frozen=True)
class Proxy:
    """A running nginx."""

    port: int
    folder: Path

    def log(self) -> list[list[str]]:
        """Of each request that has ended: the browser's name, the process that was asked (several
        where one did not answer), the status, method and path."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return [re.sub(r", ", ",", line).split() for line in lines]


@contextmanager
def proxied(upstream: list[int], folder: Path, certificate: Path | None = None) -> Iterator[Proxy]:
    """nginx with the shipped site (`site_for`) before processes on these ports."""
    program = binary()
    folder.mkdir()
    port = free_port()
    (folder / "site.conf").write_text(site_for(port, upstream, certificate))
    around = AROUND.format(folder=folder)
    (folder / "nginx.conf").write_text(around)
    with (folder / "error.log").open("wb") as errors:
        process = subprocess.Popen(
            [program, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"],
            stderr=errors,
        )

    def listens() -> bool:
        assert process.poll() is None, (folder / "error.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(listens, "nginx listening")
        yield Proxy(port, folder)
    finally:
        process.terminate()
        process.wait(PATIENCE)
