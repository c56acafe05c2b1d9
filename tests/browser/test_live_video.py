"""The video meeting within the participant's page, beside a Jitsi Meet that is none.

What stands in for Jitsi: a server on the loopback with a certificate of its own that gives out an
`external_api.js`. Like the real one (jitsi.github.io/handbook/docs/dev-guide/dev-guide-iframe) it
defines `JitsiMeetExternalAPI(domain, options)`, puts a frame with the room into `parentNode`, can
be disposed of and tells `readyToClose`. There is no conference behind it; the token is checked in
tests/meetings/test_video.py.
"""

from __future__ import annotations

import shutil
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, Page, expect

import demo
from tests.browser.conftest import PHONE, Briefing, Watch, ready
from tests.browser.test_pages import flaws_of
from tests.conftest import serving
from tests.server import Server

JITSI_SECRET = "0123456789abcdef0123456789abcdef"
EXTERNAL_API = """
window.JitsiMeetExternalAPI = class {
  constructor(domain, options) {
    this.listeners = {};
    window.jitsi = { domain, roomName: options.roomName, jwt: options.jwt, lang: options.lang,
                     name: options.userInfo.displayName, api: this };
    this.frame = document.createElement('iframe');
    this.frame.title = 'Jitsi';
    this.frame.src = `https://${domain}/${options.roomName}?jwt=${options.jwt}`;
    options.parentNode.append(this.frame);
  }
  addListener(name, listener) { this.listeners[name] = listener; }
  dispose() { this.frame.remove(); }
};
"""


class FakeJitsi(ThreadingHTTPServer):
    """Serves the script and a room, and remembers what it was asked for."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.domain = f"127.0.0.1:{self.server_port}"
        self.asked: list[str] = []
        self.works = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder))
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up in the handshake is nobody's fault."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeJitsi

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        script = self.path == "/external_api.js"
        self.send_response(200 if self.server.works else 502)
        self.send_header(
            "Content-Type", f"text/{'javascript' if script else 'html'}; charset=utf-8"
        )
        self.end_headers()
        self.wfile.write((EXTERNAL_API if script else "<title>Phòng</title>Phòng họp").encode())

    def log_message(self, *_args: object) -> None:
        pass


def certificate(folder: Path) -> Path:
    """Key and certificate of 127.0.0.1, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "jitsi.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return file


@pytest.fixture(scope="module")
def jitsi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeJitsi]:
    fake = FakeJitsi(tmp_path_factory.mktemp("jitsi"))
    thread = threading.Thread(target=fake.serve_forever)
    thread.start()
    yield fake
    fake.shutdown()
    thread.join()
    fake.server_close()


@pytest.fixture(scope="module")
def server(
    jitsi: FakeJitsi, demo_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The real server, with a Jitsi Meet beside it."""
    folder = tmp_path_factory.mktemp("server")
    file = folder / "demo.sqlite"
    shutil.copyfile(demo_template, file)
    env = {
        "JITSI_DOMAIN": jitsi.domain,
        "JITSI_APP_ID": "giaoban",
        "JITSI_SECRET": JITSI_SECRET,
    }
    with serving(f"sqlite:///{file}", demo.PASSWORD, folder, **env) as started:
        yield started


@pytest.fixture
def phone(chromium: Browser, server: Server, jitsi: FakeJitsi) -> Iterator[Page]:
    """A phone of `daibieu` that takes the certificate and speaks to this other host alone."""
    context = chromium.new_context(
        base_url=server.url,
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        locale="vi-VN",
        ignore_https_errors=True,
    )
    context.request.post("/login", form={"username": "daibieu", "password": server.password})
    page = context.new_page()
    watch = Watch(urlsplit(server.url).netloc, expected=[jitsi.domain])
    watch.follow(page)
    yield page
    context.close()
    assert watch.left() == []


def test_the_room_is_entered_within_the_page(
    phone: Page, jitsi: FakeJitsi, briefing: Callable[..., Briefing]
) -> None:
    meeting = briefing("Giao ban có hình").begin()
    phone.goto(meeting.live)
    ready(phone)
    enter = phone.get_by_role("button", name="Vào phòng họp trực tuyến")
    expect(enter).to_be_visible()
    # Nothing of it is fetched before somebody asks.
    assert jitsi.asked == []

    # It does not answer: the page says so and goes on without it.
    jitsi.works = False
    enter.tap()
    expect(phone.get_by_role("alert")).to_contain_text("Chưa vào được phòng họp trực tuyến")
    meeting.do("thuky", "discussion.add", item_id=meeting.items[0], text="Họp vẫn tiếp tục.")
    expect(phone.get_by_text("Họp vẫn tiếp tục.")).to_be_visible()
    jitsi.works = True

    phone.get_by_role("button", name="Để sau").tap()
    enter.tap()
    frame = phone.frame_locator("#live-video iframe")
    expect(frame.get_by_text("Phòng họp")).to_be_visible()
    given = phone.evaluate("() => { const { api, ...given } = window.jitsi; return given; }")
    assert given["domain"] == jitsi.domain
    assert given["lang"] == "vi"
    assert given["name"].startswith("K'Brông (")
    claims = jwt.decode(given["jwt"], JITSI_SECRET, algorithms=["HS256"], audience="jitsi")
    assert claims["room"] == given["roomName"]
    address = urlsplit(jitsi.asked[-1])
    assert (address.path, parse_qs(address.query)["jwt"]) == (
        f"/{given['roomName']}",
        [given["jwt"]],
    )
    assert {urlsplit(path).path for path in jitsi.asked[:-1]} == {"/external_api.js"}
    assert flaws_of(phone) == []
    # What happens in the meeting leaves the frame where it is.
    asked = len(jitsi.asked)
    meeting.do("thuky", "agenda.advance", from_item=meeting.items[0])
    expect(phone.locator(".live-what")).to_have_text("Ý kiến của các xã")
    expect(frame.get_by_text("Phòng họp")).to_be_visible()
    assert len(jitsi.asked) == asked

    # Who hangs up there has left; the end of the meeting is the end of its video.
    phone.evaluate("() => window.jitsi.api.listeners.readyToClose()")
    expect(phone.locator("#live-video")).to_be_hidden()
    enter.tap()
    expect(frame.get_by_text("Phòng họp")).to_be_visible()
    meeting.do("thuky", "meeting.close")
    expect(phone.locator("#live-video")).to_be_hidden()
    expect(phone.locator("#live-video iframe")).to_have_count(0)
