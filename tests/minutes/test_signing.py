"""Sealing with the deployment's key, and checking what was signed elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import re
import resource
import socket
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pikepdf
import pypdfium2
import pytest
from asn1crypto import pem
from asn1crypto.x509 import Certificate
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from weasyprint import HTML, Attachment

from minutes import signing
from tests.minutes.keys import AGENCY, CHAIR, PASSWORD, identity, without_key
from tests.minutes.pdfa import faults

TEXT = "Số: 05/TB-UBND. Kết luận của Chủ tịch tại hội nghị giao ban."
PAGE = (
    '<!doctype html><html lang="vi"><title>Thông báo</title><h1>Thông báo</h1><p>{text}</p>'
    "<p><a href='http://127.0.0.1/verify/7K3QF-2M9XD'>7K3QF-2M9XD</a></p>"
    "<h2 style='break-before: page'>Nơi nhận</h2><p>Như trên.</p></html>"
)
# The libraries run an event loop, which a thread with Playwright in it has already.
THREAD = ThreadPoolExecutor(1)


def printed(text: str = TEXT, record: bytes = b'{"kind": "conclusions"}') -> bytes:
    attached = Attachment(string=record, name="record.json", relationship="Data")
    html = HTML(string=PAGE.format(text=text))
    with warnings.catch_warnings():
        # WeasyPrint leaves the file of its colour profile to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        return html.write_pdf(pdf_variant="pdf/a-3a", attachments=[attached])


def sign(pdf: bytes, p12: bytes | None = None, password: bytes = PASSWORD) -> bytes:
    return THREAD.submit(signing.sign, pdf, p12 or identity().p12, password).result()


def check(signed: bytes, issued: bytes, roots: bytes = b"") -> dict[str, Any]:
    return json.loads(THREAD.submit(signing.check, signed, issued, roots).result())


def reason(signed: bytes, issued: bytes) -> str:
    """Why a file is refused."""
    found = check(signed, issued)
    assert found["ok"] is False
    assert (found["signer"], found["signatures"]) == ("", [])
    return found["reason"]


def with_box(pdf: bytes, box: Any, colour: str = "red", field: str = "Elsewhere") -> bytes:
    """Signed as other tools do, with a picture in a box on the first page (points)."""
    picture = PdfImage(Image.new("RGB", (20, 20), colour))

    def work() -> bytes:
        signer = signers.PdfSigner(
            signers.PdfSignatureMetadata(field_name=field),
            signers.SimpleSigner.load_pkcs12_data(identity().p12, [], PASSWORD),
            stamp_style=StaticStampStyle(background=picture, border_width=0),
            new_field_spec=fields.SigFieldSpec(field, box=box),
        )
        return signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue()

    return THREAD.submit(work).result()


def appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """A change appended to a file, as editors do that leave signatures alone."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def rewritten(pdf: bytes, change: Callable[[pikepdf.Pdf], None] | None = None, **how: Any) -> bytes:
    """The file written anew by another tool, with a change."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        if change:
            change(opened)
        opened.save(output, **how)
    return output.getvalue()


@pytest.fixture(scope="module")
def issued() -> bytes:
    return printed()


@pytest.fixture(scope="module")
def sealed(issued: bytes) -> bytes:
    return sign(issued)


# Sealing ------------------------------------------------------------------------------------------


def test_a_sealed_document_begins_with_the_document(issued: bytes, sealed: bytes) -> None:
    assert sealed.startswith(issued)
    assert len(sealed) > len(issued)
    assert faults(sealed) == []


def test_the_seal_is_a_pades_signature_over_the_whole_file(sealed: bytes) -> None:
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    _name, _headers, root = pem.unarmor(identity().root)
    context = ValidationContext(trust_roots=[Certificate.load(root)], allow_fetching=False)
    status = THREAD.submit(validate_pdf_signature, signature, context, skip_diff=True).result()
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.md_algorithm == "sha256"
    assert status.signing_cert.subject.native["common_name"] == CHAIR


def test_the_seal_shows_nothing_on_the_page(issued: bytes, sealed: bytes) -> None:
    with pypdfium2.PdfDocument(issued) as before, pypdfium2.PdfDocument(sealed) as after:
        pictures = [pdf[0].render(scale=1).to_pil().tobytes() for pdf in (before, after)]
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    ("pdf", "p12", "password", "error"),
    [
        (None, None, b"sai", signing.SigningKeyUnreadable),
        (None, b"not a key", PASSWORD, signing.SigningKeyUnreadable),
        (None, without_key, PASSWORD, signing.SigningKeyMissing),
        (None, lambda: identity(ends_days=-1).p12, PASSWORD, signing.SigningCertificateExpired),
        (b"", None, PASSWORD, signing.PdfUnreadable),
        (b"%PDF-1.7\n", None, PASSWORD, signing.PdfUnreadable),
        (lambda pdf: rewritten(pdf, encryption=pikepdf.Encryption(owner="x", user="")), None,
         PASSWORD, signing.PdfUnreadable),
    ],
    ids=["password", "nonsense", "no key", "expired", "empty", "cut", "encrypted"],
)  # fmt: skip
def test_what_cannot_be_sealed_is_named(
    pdf: Any, p12: Any, password: bytes, error: type[Exception], issued: bytes
) -> None:
    pdf = issued if pdf is None else pdf(issued) if callable(pdf) else pdf
    with pytest.raises(error):
        sign(pdf, p12() if callable(p12) else p12, password)


# Checking: what is the issued document -----------------------------------------------------------


def test_the_issued_document_with_a_signature_is_known(issued: bytes, sealed: bytes) -> None:
    found = check(sealed, issued)
    (signature,) = found.pop("signatures")
    assert found == {"ok": True, "reason": "", "signer": CHAIR, "proof": "bytes", "trusted": None}
    assert signature["organisation"] == AGENCY
    assert signature["signed_at"].startswith("20")


def test_pictures_of_signature_and_seal_are_no_change(issued: bytes) -> None:
    chair = with_box(issued, (350, 100, 450, 160), "blue", "Chair")
    both = with_box(chair, (320, 90, 420, 190), "red", "Agency")
    found = check(both, issued)
    assert (found["ok"], found["proof"], len(found["signatures"])) == (True, "bytes", 2)
    assert found["signer"] == CHAIR


def test_everybody_who_has_signed_is_named(issued: bytes) -> None:
    both = sign(sign(issued), identity(AGENCY, AGENCY).p12)
    assert check(both, issued)["signer"] == f"{CHAIR}; {AGENCY}"


def test_the_signature_that_was_issued_does_not_count(sealed: bytes) -> None:
    """The document was issued with the deployment's seal; somebody else signs it after that."""
    assert reason(sealed, sealed) == "unsigned"
    found = check(sign(sealed, identity("Lê Thị Phó").p12), sealed)
    assert found["signer"] == "Lê Thị Phó"


def test_a_tool_may_write_the_file_anew(issued: bytes) -> None:
    again = rewritten(issued, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert not again.startswith(issued)
    found = check(with_box(again, (350, 100, 450, 160)), issued)
    assert (found["ok"], found["proof"], found["signer"]) == (True, "look", CHAIR)


def test_certificates_are_followed_to_the_given_roots(sealed: bytes, issued: bytes) -> None:
    stranger = identity("Người khác", "Nơi khác").root
    assert check(sealed, issued, identity().root)["trusted"] is True
    assert check(sealed, issued, stranger)["trusted"] is False
    assert check(sealed, issued, stranger + identity().root)["trusted"] is True
    assert check(sealed, issued)["trusted"] is None


def test_names_of_certificates_are_one_line_of_plain_text(issued: bytes) -> None:
    signed = sign(issued, identity("Chủ\u202etịch\n  giả\x07", "<b>").p12)
    (signature,) = check(signed, issued)["signatures"]
    assert signature["signer"] == "Chủtịch giả"
    assert signature["organisation"] == "<b>"


def test_nothing_is_fetched_for_a_certificate(issued: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        caller = identity(calls=f"http://127.0.0.1:{server.getsockname()[1]}/ca")
        signed = sign(issued, caller.p12)
        assert check(signed, issued)["ok"] is True
        assert check(signed, issued, identity("Người khác", "Nơi khác").root)["trusted"] is False
        with pytest.raises(TimeoutError):
            server.accept()


# Checking: what is not ---------------------------------------------------------------------------


def free_text(writer: IncrementalPdfFileWriter) -> None:
    page, _resources = writer.find_page_for_modification(0)
    box = generic.ArrayObject(map(generic.NumberObject, (100, 100, 300, 140)))
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): box,
            generic.pdf_name("/Contents"): generic.pdf_string("HỦY BỎ"),
        }
    )
    there = page.get_object()
    notes = generic.ArrayObject([*there.get("/Annots", []), writer.add_object(note)])
    there[generic.pdf_name("/Annots")] = notes
    writer.update_container(there)


def drawn(content: bytes) -> Callable[[IncrementalPdfFileWriter], None]:
    """More content on the first page."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.find_page_for_modification(0)[0].get_object()
        stream = writer.add_object(generic.StreamObject(stream_data=content))
        old = page.raw_get("/Contents")
        before = old if isinstance(old, generic.ArrayObject) else [old]
        page[generic.pdf_name("/Contents")] = generic.ArrayObject([*before, stream])
        writer.update_container(page)

    return change


# However the page is turned and scaled by what it draws before.
WHITE_BOX = b"\n1 g -9999 -9999 19999 19999 re f\n"


def script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="xx")


def another_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["more.bin"] = pikepdf.AttachedFileSpec(pdf, b"MZ", filename="more.bin")


def another_record(pdf: pikepdf.Pdf) -> None:
    (thing,) = (o for o in pdf.objects if getattr(o, "Type", None) == "/EmbeddedFile")
    thing.write(b'{"kind": "forged"}')


def another_address(pdf: pikepdf.Pdf) -> None:
    (link,) = pdf.pages[0].obj.Annots
    link.A.URI = "http://127.0.0.1/elsewhere"


def layers(pdf: pikepdf.Pdf) -> None:
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="x"))
    order = pikepdf.Dictionary(OFF=[layer])
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=order)


def stretched(pdf: pikepdf.Pdf) -> None:
    for _each in range(3000):
        pdf.pages.append(pdf.pages[0])


BEFORE_SIGNING: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "another text": (lambda pdf: printed(TEXT.replace("05", "06")), "other_document"),
    "another text with another record": (
        lambda pdf: printed(TEXT.replace("05", "06"), b'{"kind": "minutes"}'),
        "other_document",
    ),
    "a page less": (lambda pdf: rewritten(pdf, lambda p: p.pages.__delitem__(1)), "other_document"),
    "thousands of pages": (lambda pdf: rewritten(pdf, stretched), "other_document"),
    "another size": (
        lambda pdf: rewritten(pdf, lambda p: setattr(p.pages[0], "mediabox", [0, 0, 500, 500])),
        "other_document",
    ),
    "a white box over a line": (lambda pdf: appended(pdf, drawn(WHITE_BOX)), "other_look"),
    "a note on the page": (lambda pdf: appended(pdf, free_text), "added"),
    "a script": (lambda pdf: rewritten(pdf, script), "added"),
    "a script with its name written otherwise": (
        lambda pdf: (
            rewritten(pdf, script).replace(b"/OpenAction", b"/Open#41ction").replace(b"(xx)", b"()")
        ),
        "added",
    ),
    "another attachment": (lambda pdf: rewritten(pdf, another_attachment), "added"),
    "another record": (lambda pdf: rewritten(pdf, another_record), "added"),
    "another address under the link": (lambda pdf: rewritten(pdf, another_address), "added"),
    "layers": (lambda pdf: rewritten(pdf, layers), "added"),
}


@pytest.mark.parametrize("case", BEFORE_SIGNING)
def test_what_was_changed_before_it_was_signed_is_refused(case: str, issued: bytes) -> None:
    change, wanted = BEFORE_SIGNING[case]
    assert reason(sign(change(issued)), issued) == wanted


@pytest.mark.parametrize(
    "box", [(0, 0, 595, 842), (50, 400, 500, 700), (-900, -900, 2000, 2000)], ids=str
)
def test_a_picture_that_hides_the_text_is_refused(box: Any, issued: bytes) -> None:
    assert reason(with_box(issued, box), issued) == "added"


def other_seal(writer: IncrementalPdfFileWriter) -> None:
    """Another picture in the place of a signature that was given."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    picture = generic.StreamObject(
        {
            generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
            generic.pdf_name("/BBox"): generic.ArrayObject(
                map(generic.NumberObject, (0, 0, 10, 10))
            ),
        },
        stream_data=b"0 g 0 0 10 10 re f",
    )
    pictures = generic.DictionaryObject({generic.pdf_name("/N"): writer.add_object(picture)})
    field[generic.pdf_name("/AP")] = pictures
    writer.update_container(field)


def another_place(writer: IncrementalPdfFileWriter) -> None:
    """The signature that was given on the first page, on the second one too."""
    page = writer.find_page_for_modification(1)[0].get_object()
    field = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    page[generic.pdf_name("/Annots")] = generic.ArrayObject([field])
    writer.update_container(page)


def shortened(pdf: bytes) -> bytes:
    """Signed anew by the same key, but for the last line of the file."""
    found = re.search(rb"/Contents <([0-9a-fA-F]+)>", pdf)
    ranges = re.search(rb"/ByteRange \[[^]]+\]", pdf)
    start, end = found.start(1) - 1, found.end(1) + 1
    covered = f"/ByteRange [0 {start} {end} {len(pdf) - end - 6}]".encode()
    pdf = pdf.replace(ranges[0], covered.ljust(len(ranges[0])))
    digest = hashlib.sha256(pdf[:start] + pdf[end:-6]).digest()
    signer = signers.SimpleSigner.load_pkcs12_data(identity().p12, [], PASSWORD)
    work = signer.async_sign(digest, "sha256", use_pades=True)
    cms = THREAD.submit(asyncio.run, work).result()
    content = cms.dump().hex().encode().ljust(len(found[1]), b"0")
    return pdf[: start + 1] + content + pdf[end - 1 :]


def flipped(pdf: bytes) -> bytes:
    """One bit of what is signed is another one."""
    place = pdf.rindex(b"(D:20") + 5
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def forged(pdf: bytes) -> bytes:
    """A signature that is not the key's."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <") + 900
    digit = b"1" if pdf[start : start + 1] == b"0" else b"0"
    return pdf[:start] + digit + pdf[start + 1 :]


AFTER_SIGNING: dict[str, tuple[Callable[[bytes], bytes], set[str]]] = {
    "a white box over a line": (lambda pdf: appended(pdf, drawn(WHITE_BOX)), {"not_covered"}),
    "a note on the page": (lambda pdf: appended(pdf, free_text), {"added"}),
    "another picture of the signature": (
        lambda pdf: appended(pdf, other_seal), {"not_covered"}),
    "another place of the signature": (
        lambda pdf: appended(pdf, another_place), {"not_covered"}),
    "all but its end": (shortened, {"not_covered"}),
    "a bit of it": (flipped, {"tampered", "damaged", "unsigned"}),
    "a digit of the signature": (forged, {"tampered", "damaged"}),
    "all of it, written anew": (rewritten, {"not_covered", "tampered"}),
}  # fmt: skip


@pytest.mark.parametrize("case", AFTER_SIGNING)
def test_what_was_changed_after_it_was_signed_is_refused(case: str, issued: bytes) -> None:
    change, wanted = AFTER_SIGNING[case]
    signed = with_box(issued, (350, 100, 450, 160))
    assert reason(change(signed), issued) in wanted


def test_a_change_between_two_signatures_is_refused(issued: bytes) -> None:
    between = appended(with_box(issued, (350, 100, 450, 160)), other_seal)
    assert reason(sign(between), issued) == "not_covered"


def test_a_certificate_that_had_ended_is_refused(
    issued: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "_check_key", lambda *_args: None)
    assert reason(sign(issued, identity(ends_days=-1).p12), issued) == "certificate_dates"


# Bad input ---------------------------------------------------------------------------------------


def cyclic_pages(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)


def bomb(pdf: bytes) -> bytes:
    """An object stream of a gigabyte, in a megabyte."""
    packer = zlib.compressobj(9)
    head = packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    content = head + megabyte * 1024
    start = b"%%PDF-1.7\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n"
    body = start % len(content) + content + b"\nendstream\nendobj\n"
    xref = len(body)
    entries = bytes([0, 0, 0, 0, 1, 0, 9, 0, 2, 0, 1, 0])
    where = b"2 0 obj\n<</Type/XRef/Size 3/W[1 2 1]/Root 2 0 R/Length %d>>stream\n" % len(entries)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    return body + where + entries + end % xref


def own_previous(pdf: bytes) -> bytes:
    """A table of objects that names itself as the one before it."""
    place = pdf.rindex(b"startxref")
    table = b"xref\n0 0\ntrailer\n<</Size 1/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return pdf[:place] + table % (place, place)


BAD: dict[str, tuple[Callable[[bytes, bytes], bytes], set[str]]] = {
    "empty": (lambda issued, sealed: b"", {"not_pdf"}),
    "a text": (lambda issued, sealed: b"Bien ban" * 100, {"not_pdf"}),
    "an archive": (lambda issued, sealed: b"PK\x03\x04" + os.urandom(2000), {"not_pdf"}),
    "a page for browsers": (lambda issued, sealed: b"<html>%PDF-1.7 %%EOF", {"not_pdf"}),
    "the head only": (lambda issued, sealed: b"%PDF-1.7\n%%EOF", {"damaged"}),
    "cut in the middle": (lambda issued, sealed: sealed[: len(sealed) // 2], {"truncated"}),
    "cut at the end": (lambda issued, sealed: sealed[:-6], {"truncated"}),
    "cut with an end put on": (
        lambda issued, sealed: sealed[: len(issued) // 2] + b"\n%%EOF", {"damaged"}),
    "a hole in it": (
        lambda issued, sealed: sealed[:3000] + sealed[4000:], {"damaged"}),
    "with a password": (
        lambda issued, sealed: rewritten(
            issued, encryption=pikepdf.Encryption(owner="a", user="b")), {"encrypted"}),
    "encrypted without a password": (
        lambda issued, sealed: rewritten(
            issued, encryption=pikepdf.Encryption(owner="a", user="")), {"encrypted"}),
    "the issued one": (lambda issued, sealed: issued, {"unsigned"}),
    "more than signatures take": (
        lambda issued, sealed: sealed + b" " * signing.MOST_ADDED + b"\n%%EOF", {"too_large"}),
    "pages within themselves": (
        lambda issued, sealed: rewritten(issued, cyclic_pages), {"damaged", "other_document"}),
    "its own predecessor": (lambda issued, sealed: own_previous(issued), {"damaged"}),
    "a bomb": (lambda issued, sealed: bomb(issued), {"damaged"}),
    "brackets without end": (
        lambda issued, sealed: b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\n%%EOF",
        {"damaged"}),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_hostile_or_broken_file_is_refused(case: str, issued: bytes, sealed: bytes) -> None:
    make, wanted = BAD[case]
    assert reason(make(issued, sealed), issued) in wanted


def test_more_memory_than_documents_take_is_refused(
    issued: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(*_parts: bytes) -> dict[str, Any]:
        return {"ok": len(bytearray(2 * signing.MEMORY)) > 0}

    monkeypatch.setattr(signing, "_checked", greedy)
    assert reason(issued, issued) == "damaged"


def test_memory_is_bounded_only_while_a_file_is_checked(issued: bytes, sealed: bytes) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    check(sealed, issued)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
