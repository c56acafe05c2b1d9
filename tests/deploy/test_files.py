"""The files of deploy/ agree with each other and with the application."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from core import stopping
from minutes import issuing
from minutes.verification import LARGEST_REQUEST
from tests.server import ROOT

DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
PATIENCE_OF_OURS = stopping.WORK_MAY_TAKE + stopping.GOODBYE_MAY_TAKE


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / name)
    return parser


def variables(name: str) -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (DEPLOY / name).read_text(), re.MULTILINE))


def test_the_same_processes_stand_everywhere() -> None:
    ports = set(re.findall(r"server 127\.0\.0\.1:(\d+)", NGINX))
    assert len(ports) > 1
    wanted = unit("giaoban.target")["Unit"]["Wants"]
    assert {re.sub(r"giaoban@(\d+)\.service", r"\1", each) for each in wanted.split()} == ports
    services = COMPOSE["services"]
    apps = {name: each for name, each in services.items() if name.startswith("app-")}
    assert {each["environment"]["PORT"] for each in apps.values()} == ports
    assert {name.removeprefix("app-") for name in apps} == ports


def test_nginx_takes_as_much_as_the_application(app: Flask) -> None:
    found = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert found
    assert int(found[1]) * 1024 * 1024 == app.config["MAX_CONTENT_LENGTH"]


def test_nginx_takes_a_signed_document(app: Flask) -> None:
    found = re.search(r"location ~ (\S+/signed\$) \{\s+client_max_body_size (\d+)m;", NGINX)
    assert found
    assert int(found[2]) * 1024 * 1024 == issuing.LARGEST_UPLOAD
    addresses = app.url_map.bind("giaoban.example.gov.vn")
    address = "/api/v1/meetings/12/documents/3/signed"
    assert re.match(found[1], address)
    assert addresses.match(address, "POST")[1] == {"meeting_id": 12, "document_id": 3}


def test_the_processes_share_their_files(app: Flask) -> None:
    assert "FILES_DIR" in variables("giaoban.env.example")
    services = COMPOSE["services"]
    apps = [each for name, each in services.items() if name.startswith("app-")]
    for each in apps:
        assert each["volumes"] == ["files:" + each["environment"]["FILES_DIR"]]
    assert "files" in COMPOSE["volumes"]


def test_nginx_takes_the_largest_file_with_its_form() -> None:
    found = re.search(r"location /verify/ \{\s+client_max_body_size (\d+)m;", NGINX)
    assert found
    assert int(found[1]) * 1024 * 1024 >= LARGEST_REQUEST


def test_nginx_waits_longer_than_a_silent_connection_lasts(app: Flask) -> None:
    from core.realtime import socketio

    found = re.search(r"proxy_read_timeout (\d+)s;", NGINX)
    assert found
    engine = socketio.server.eio
    assert int(found[1]) > engine.ping_interval + engine.ping_timeout


def test_whoever_stops_a_process_waits_until_it_has_answered() -> None:
    service = unit("giaoban@.service")["Service"]
    assert float(service["TimeoutStopSec"]) > PATIENCE_OF_OURS
    assert service["KillMode"] == "mixed"
    for name, each in COMPOSE["services"].items():
        if name.startswith("app-"):
            assert float(each["stop_grace_period"].removesuffix("s")) > PATIENCE_OF_OURS


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed")
    shutil.copy(DEPLOY / "giaoban.target", tmp_path)
    for port in ("5001", "5002"):
        shutil.copy(DEPLOY / "giaoban@.service", tmp_path / f"giaoban@{port}.service")
    checked = subprocess.run(
        [program, "verify", tmp_path / "giaoban.target", tmp_path / "giaoban@5001.service"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    # It also speaks of the machine's own units.
    assert "giaoban" not in checked.stderr, checked.stderr


def test_the_compose_file_names_only_what_is_there() -> None:
    services = COMPOSE["services"]
    for each in services.values():
        assert {"image", "build"} & each.keys()
        assert set(each.get("depends_on", {})) <= set(services)
        mode = each.get("network_mode", "")
        assert not mode or mode.removeprefix("service:") in services
        for volume in each.get("volumes", ()):
            source = volume.split(":")[0]
            assert (
                source in COMPOSE["volumes"]
                or source == "./tls"  # the certificate, the deployment's own
                or (DEPLOY / source).exists()
            )
    build = services["app-5001"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    assert asked == variables("compose.env.example")


def test_the_environment_names_only_what_is_read() -> None:
    read = set(re.findall(r'env(?:\.get\(|\[)"([A-Z_]+)"', (ROOT / "config.py").read_text()))
    assert variables("giaoban.env.example") <= read
    # The unit's name says it; the file would win over the unit.
    assert "PORT" not in variables("giaoban.env.example")
    assert set(COMPOSE["services"]["app-5001"]["environment"]) <= read


def test_the_image_runs_the_server_itself_and_not_as_root() -> None:
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text())
    steps = [line.split(None, 1) for line in text.splitlines() if line and line[0] != "#"]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "EXPOSE", "CMD"}
    assert {word for word, _rest in steps} <= known
    last = dict(steps)
    # In a shell, SIGTERM would not reach it.
    assert json.loads(last["CMD"]) == [".venv/bin/python", "app.py"]
    assert last["USER"] not in ("root", "0")
    assert re.fullmatch(r"python:3\.\d+-\S+", last["FROM"])
    assert any(word == "RUN" and rest.startswith("make install") for word, rest in steps)
    assert last["WORKDIR"] == unit("giaoban@.service")["Service"]["WorkingDirectory"]
