"""The render worker: it prints, it fetches nothing, it survives, and it holds nobody up."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pdfplumber
import pikepdf
import pypdfium2
import pytest
from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetchingError

from minutes.documents import compose, paper_html
from minutes.layout import LAYOUT, STYLESHEET_URL
from minutes.orders import Order
from minutes.prints import Prints
from minutes.render import ROOT, Renderer, RenderError, RenderTimeout
from minutes.render_worker import OwnAssets
from tests.server import until

PAGE = '<!doctype html><html lang="vi"><title>Thử</title><body>{}</body></html>'

# Each way in which a document could make WeasyPrint load {url}.
WAYS = {
    "img": '<img src="{url}">',
    "img-srcset-base": '<base href="{url}"><img src="picture.png">',
    "embed": '<embed src="{url}" type="image/png">',
    "object": '<object data="{url}" type="image/png"></object>',
    "link-stylesheet": '<link rel="stylesheet" href="{url}">',
    "link-attachment": '<link rel="attachment" href="{url}">',
    "a-attachment": '<a rel="attachment" href="{url}">tải về</a>',
    "css-import": '<style>@import url("{url}");</style>',
    "css-import-nested": '<style>@import url("data:text/css,@import%20url({url});");</style>',
    "css-style-attribute": '<p style="background: url({url})">a</p>',
    "css-background": "<style>body {{ background-image: url({url}) }}</style>",
    "css-page-background": "<style>@page {{ background: url({url}) }}</style>",
    "css-content": "<style>p::before {{ content: url({url}) }}</style><p>a</p>",
    "css-list-style": "<ul style='list-style-image: url({url})'><li>a</li></ul>",
    "css-border-image": "<p style='border: 3px solid; border-image: url({url}) 3'>a</p>",
    "css-font-face": "<style>@font-face {{ font-family: f; src: url({url}) }} p {{ font: 9pt f }}"
    "</style><p>a</p>",
    "css-color-profile": "<style>@color-profile --p {{ src: url({url}) }}</style><p>a</p>",
    "svg-image": '<svg width="9" height="9"><image href="{url}" width="9" height="9"/></svg>',
    "svg-in-data": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' "
    "width='9' height='9'><image href='{url}' width='9' height='9'/></svg>\">",
    # Tried too, though WeasyPrint loads none of them today.
    "svg-use": '<svg width="9" height="9"><use href="{url}#a"/></svg>',
    "svg-style": "<svg width='9' height='9'><style>@import url({url});</style>"
    "<rect width='9' height='9'/></svg>",
    "iframe": '<iframe src="{url}"></iframe>',
    "script": '<script src="{url}"></script>',
    "video": '<video poster="{url}" src="{url}"></video>',
    "meta-refresh": '<meta http-equiv="refresh" content="0; url={url}">',
    "svg-external-entity": '<!DOCTYPE svg [<!ENTITY e SYSTEM "{url}">]><svg><text>&e;</text></svg>',
}
LIVE = [way for way in WAYS if way not in list(WAYS)[-7:]]


def document(way: str, url: str) -> str:
    return PAGE.format(WAYS[way].format(url=url))


@pytest.fixture(scope="module")
def listener():
    """A server on this machine that counts who calls."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        yield server


def text_of(page: pypdfium2.PdfPage) -> str:
    return page.get_textpage().get_text_range().strip()


def calls(server: socket.socket) -> int:
    count = 0
    while True:
        try:
            connection, _ = server.accept()
        except TimeoutError:
            return count
        connection.close()
        count += 1


# What a document can reach -----------------------------------------------------------------------


@pytest.mark.parametrize("way", LIVE)
def test_without_the_allow_list_this_way_would_fetch(way):
    """Otherwise the refusals below would prove nothing."""
    asked = []

    class Recorder(URLFetcher):
        def fetch(self, url, headers=None):
            asked.append(url)
            if url.startswith("data:"):
                return super().fetch(url, headers)
            raise ValueError("only asked")

    with contextlib.suppress(URLFetchingError):
        HTML(string=document(way, "http://host.invalid/a"), url_fetcher=Recorder()).write_pdf()
    # Where the data: document is itself the first step, being asked for it is the way in.
    assert any("host.invalid" in url for url in asked), asked


@pytest.mark.parametrize("way", WAYS)
def test_no_address_on_the_network_is_called(renderer, listener, way):
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/a.png"
    # A colour profile that is refused ends the document, any other thing is left out.
    with contextlib.suppress(RenderError):
        renderer.pdf(document(way, url))
    assert calls(listener) == 0


@pytest.mark.parametrize("way", WAYS)
def test_no_file_is_read(renderer, tmp_path, way):
    secret = tmp_path / "secret.txt"
    secret.write_text("bi-mat-9137")
    try:
        content = renderer.pdf(document(way, secret.as_uri()))
    except RenderError:
        return
    with pypdfium2.PdfDocument(content) as pdf:
        assert pdf.count_attachments() == 0
        assert b"/EmbeddedFile" not in content
        assert all("bi-mat-9137" not in text_of(page) for page in pdf)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "/etc/hostname",
        "../etc/hostname",
        "//127.0.0.1/a",
        "data:text/css,p{color:red}",
        "ftp://127.0.0.1/a",
        STYLESHEET_URL + "?a",
        STYLESHEET_URL + "#a",
        STYLESHEET_URL.upper(),
        "giaoban:../document.css",
        "",
    ],
)
def test_the_allow_list_is_exact(url):
    with pytest.raises(ValueError, match="refused"):
        OwnAssets().fetch(url)


def test_the_style_sheet_of_the_documents_is_loaded(renderer):
    content = renderer.pdf(PAGE.format(f'<link rel="stylesheet" href="{STYLESHEET_URL}"><p>a'))
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        (letter,) = pdf.pages[0].chars
    assert letter["fontname"].endswith("+Liberation-Serif")
    assert letter["x0"] == pytest.approx(LAYOUT["margin_left_mm"] * 72 / 25.4, abs=1)


# What it is --------------------------------------------------------------------------------------


def test_a_print_is_tagged_pdf_a_3a_with_language_title_outlines_and_the_record(renderer):
    record = '{"cuộc họp": "Giao ban"}'.encode()
    html = PAGE.format("<h2>I. Diễn biến</h2><p>Nội dung</p><h2>II. Kết luận</h2>")
    with pikepdf.open(io.BytesIO(renderer.pdf(html, attachment=record))) as pdf:
        kind = pdf.open_metadata()
        assert (kind["pdfaid:part"], kind["pdfaid:conformance"]) == ("3", "A")
        assert kind["dc:title"] == pdf.docinfo["/Title"] == "Thử"
        assert pdf.Root.Lang == "vi"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert [str(entry.title) for entry in pdf.open_outline().root] == [
            "I. Diễn biến",
            "II. Kết luận",
        ]
        assert [tag.S for tag in pdf.Root.StructTreeRoot.K[0].K] == ["/H2", "/P", "/H2"]
        (attached,) = pdf.Root.AF
        assert attached.AFRelationship == "/Data"
        assert attached.UF == "record.json"
        assert attached.EF.F.Subtype == "/application/json"
        assert attached.EF.F.read_bytes() == record
        fonts = pdf.pages[0].Resources.Font
        for font in fonts.values():
            (descendant,) = font.DescendantFonts
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())


# The processes -----------------------------------------------------------------------------------


@pytest.fixture
def alone():
    """A renderer of one worker, for this test alone."""
    made = Renderer(workers=1)
    yield made
    made.close()


def pid(renderer: Renderer) -> int:
    """The worker that would be taken next."""
    return renderer._idle[-1].process.pid


def test_a_worker_stays_warm_for_many_documents(alone):
    alone.pdf(PAGE.format("một"))
    first = pid(alone)
    alone.pdf(PAGE.format("hai"))
    assert pid(alone) == first


def test_documents_are_printed_side_by_side_but_no_more_than_there_are_workers():
    both = Renderer(workers=2)
    page = PAGE.format("<p>dài</p>" * 2000)
    threads = [threading.Thread(target=both.pdf, args=(page,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    seen = 0
    while any(thread.is_alive() for thread in threads):
        seen = max(seen, len(both._busy))
        time.sleep(0.005)
    assert seen == 2
    assert len({worker.process.pid for worker in both._idle}) == 2
    both.close()


def test_a_worker_that_died_between_documents_is_replaced(alone):
    alone.pdf(PAGE.format("một"))
    os.kill(pid(alone), signal.SIGKILL)
    alone._idle[-1].process.wait()
    assert alone.pdf(PAGE.format("hai")).startswith(b"%PDF-")


def test_a_worker_that_dies_over_a_document_fails_that_one_only(alone):
    alone.pdf(PAGE.format("một"))
    threading.Timer(0.2, os.kill, (pid(alone), signal.SIGKILL)).start()
    with pytest.raises(RenderError, match="died"):
        alone.pdf(PAGE.format("<p>dài</p>" * 20_000))
    assert alone.pdf(PAGE.format("hai")).startswith(b"%PDF-")


def test_a_document_over_its_deadline_is_stopped(alone):
    alone.pdf(PAGE.format("một"))
    late = pid(alone)
    with pytest.raises(RenderTimeout):
        alone.pdf(PAGE.format("<p>dài</p>" * 50_000), deadline_seconds=0.5)
    with pytest.raises(ProcessLookupError):
        os.kill(late, 0)
    assert alone.pdf(PAGE.format("hai")).startswith(b"%PDF-")


def test_waiting_for_others_ends_at_the_deadline_too(alone):
    with (
        alone._worker(time.monotonic() + 60, ahead=False),
        pytest.raises(RenderTimeout, match="busy"),
    ):
        alone.pdf(PAGE.format("hai"), deadline_seconds=0.1)


def test_printing_ahead_leaves_a_worker_for_people(briefing):
    both = Renderer(workers=2)
    order = Order("conclusions", briefing).packed()
    with both._worker(time.monotonic() + 60, ahead=True):
        with pytest.raises(RenderTimeout, match="busy"):
            both.paper(order, "conclusions", ahead=True)
        assert both.pdf(PAGE.format("asked for")).startswith(b"%PDF-")
    assert both.paper(order, "conclusions", ahead=True).startswith(b"%PDF-")
    both.close()


def test_what_the_record_does_not_give_is_told_by_name(alone, briefing):
    for wrong in ({}, briefing | {"meeting/1": {"starts_at": "nonsense"}}):
        with pytest.raises(RenderError) as failed:
            alone.paper(Order("minutes", wrong).packed(), "minutes")
        assert failed.value.cause == "NotComposed"


def test_the_record_in_a_print_is_the_one_that_was_ordered(alone, briefing):
    order = Order("minutes", briefing).packed()
    record = alone.call("json", order)
    assert json.loads(record)["kind"] == "minutes"
    assert alone.call("attached", alone.paper(order, "minutes")) == record
    with pytest.raises(RenderError, match="KeyError"):
        alone.call("attached", alone.pdf(PAGE.format("a")))


def test_what_a_worker_has_forked_for_a_long_document_ends_with_it(thirty_pages):
    own = Renderer(workers=1)
    own.pdf(PAGE.format("a"))
    worker = pid(own)
    html = paper_html("minutes", compose("minutes", thirty_pages))
    with ThreadPoolExecutor(1) as pool:
        printing = pool.submit(own.pdf, html)
        children = Path(f"/proc/{worker}/task/{worker}/children")
        forked = until(lambda: children.read_text().split(), "printing in parts")
        own.close()
        assert isinstance(printing.exception(), RenderError)
    for child in forked:
        until(lambda: not running(int(child)), "the end of a part")  # noqa: B023


def running(number: int) -> bool:
    # A process that has ended but was not collected yet still has a name, yet no memory.
    with contextlib.suppress(OSError):
        return not Path(f"/proc/{number}/statm").read_text().startswith("0 ")
    return False


def test_a_job_is_done_in_the_worker_and_its_failure_has_a_name(alone):
    with pytest.raises(RenderError, match="KeyError"):
        alone.call("no such job", b"a")
    assert alone.call("print", PAGE.format("a").encode()).startswith(b"%PDF-")


# What is kept ------------------------------------------------------------------------------------


def test_the_same_document_is_printed_once_and_a_changed_one_anew(tmp_path):
    kept = Renderer(tmp_path, workers=1)
    first = kept.pdf(PAGE.format("một"))
    assert kept.pdf(PAGE.format("một")) == first
    assert kept.pdf(PAGE.format("một"), attachment=b"{}") != first
    assert kept.pdf(PAGE.format("hai")) != first
    # Another process of the deployment finds it too, and needs no worker for that.
    another = Renderer(tmp_path, workers=1)
    assert another.pdf(PAGE.format("một")) == first
    assert another._idle == []
    kept.close()


def test_ten_who_ask_at_once_wait_for_one_print(tmp_path):
    kept = Renderer(tmp_path, workers=2)
    asked = [PAGE.format("<p>dài</p>" * 500)] * 10
    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(kept.pdf, asked))) == 1
    assert len(list(tmp_path.iterdir())) == 1
    kept.close()


def test_a_print_that_is_not_whole_is_made_anew(tmp_path):
    kept = Renderer(tmp_path, workers=1)
    whole = kept.pdf(PAGE.format("một"))
    (file,) = tmp_path.iterdir()
    for broken in (file.read_bytes()[:-1], b"", b"x" * 100):
        file.write_bytes(broken)
        again = kept.pdf(PAGE.format("một"))
        assert again.startswith(b"%PDF-")
        assert len(again) == len(whole)
        assert file.read_bytes()[32:] == again
    kept.close()


def test_a_disk_that_takes_nothing_keeps_nobody_from_printing(tmp_path):
    (tmp_path / "prints").write_text("no folder")
    kept = Renderer(tmp_path / "prints", workers=1)
    assert kept.pdf(PAGE.format("một")).startswith(b"%PDF-")
    kept.close()


def test_what_nobody_has_asked_for_longest_goes_first(tmp_path):
    prints = Prints(tmp_path, most_files=3, most_bytes=3 * (32 + 10))
    for number, name in enumerate("abc"):
        prints.put(name, b"0123456789")
        os.utime(tmp_path / name, ns=(number, number))
    assert prints.get("a") == b"0123456789"
    prints.put("d", b"0123456789")
    assert {file.name for file in tmp_path.iterdir()} == {"a", "c", "d"}
    prints.put("e", b"0" * 60)  # takes the room of two
    assert {file.name for file in tmp_path.iterdir()} == {"e"}


# Side by side ------------------------------------------------------------------------------------


def test_documents_of_several_threads_are_not_mixed_up(renderer):
    printed: dict[int, str] = {}

    def print_one(number: int) -> None:
        with pypdfium2.PdfDocument(renderer.pdf(PAGE.format(f"văn bản {number}"))) as pdf:
            printed[number] = text_of(pdf[0])

    threads = [threading.Thread(target=print_one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert printed == {number: f"văn bản {number}" for number in range(8)}


def test_closing_ends_the_process_and_a_later_document_starts_another():
    own = Renderer(workers=1)
    own.start()
    first = pid(own)
    own.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert own.pdf(PAGE.format("a")).startswith(b"%PDF-")
    own.close()
    own.close()


def test_the_worker_ends_with_its_server(tmp_path):
    """Even when the server is killed and cleans up nothing."""
    program = (
        "import time; from minutes.render import Renderer; r = Renderer(workers=1); r.pdf('a')\n"
        "print(r._idle[-1].process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        worker = int(server.stdout.readline())
        server.kill()
    until(lambda: not running(worker), "the end of the worker of a killed server")


def test_the_worker_sees_no_secret_of_the_server(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "bi-mat-4711")
    own = Renderer(workers=1)
    own.pdf(PAGE.format("a"))
    environment = Path(f"/proc/{pid(own)}/environ").read_bytes()
    niceness = Path(f"/proc/{pid(own)}/stat").read_text().rpartition(")")[2].split()[16]
    own.close()
    assert int(niceness) > 0
    assert b"bi-mat-4711" not in environment


def test_under_gevent_other_greenlets_go_on_while_a_document_is_made():
    program = """
from gevent import monkey; monkey.patch_all()
import gevent, time
from minutes.render import Renderer, RenderTimeout
renderer = Renderer(workers=1)
renderer.pdf("a")
stalls, running = [], True
def tick():
    while running:
        began = time.perf_counter(); gevent.sleep(0.005)
        stalls.append(time.perf_counter() - began)
ticker = gevent.spawn(tick)
page = "<p>dài</p>" * 1500
started = time.perf_counter()
jobs = [gevent.spawn(renderer.pdf, page) for _ in range(4)]
gevent.joinall(jobs, raise_error=True)
one_render = (time.perf_counter() - started) / 4
assert all(job.value.startswith(b"%PDF-") for job in jobs)
try:
    renderer.pdf(page * 40, deadline_seconds=0.5)
except RenderTimeout:
    pass
else:
    raise AssertionError("no deadline")
assert renderer.pdf("a").startswith(b"%PDF-")
running = False; ticker.join(); renderer.close()
print(max(stalls) / one_render)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    # Were the others held up, the longest stall would be a whole render.
    assert float(done.stdout) < 0.75, f"longest stall: {done.stdout} renders"
