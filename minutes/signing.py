"""Signatures in PDF: sealing a document with the deployment's key, and checking a document that
was signed elsewhere (PAdES, ETSI EN 319 142-1; ISO 32000-2, 12.8).

Both run inside the render worker: they take and give bytes, know nothing of the application, and
open no connection (no OCSP, no CRL, no certificates fetched).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import resource
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2
from asn1crypto import pem
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import pkcs12
from PIL import Image, ImageChops, ImageDraw
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import (
    KeyUsageConstraints,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from core.text import clean

# They tell of every certificate without a known root, with a traceback; here that is a result.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

# What is uploaded is the issued file with a signature and its pictures: more is something else.
MOST_ADDED: Final = 20 * 1024 * 1024  # bytes
MEMORY: Final = 768 * 1024 * 1024  # bytes that a check may take; a bomb asks for more
# A seal is a circle of 36 mm, a signature smaller (decree 30/2020, annex I); pictures of both have
# room in these parts of a page. What covers more hides the text.
LARGEST_BOX: Final = 0.15
LARGEST_BOXES: Final = 0.3
PIXELS_PER_INCH: Final = 72
# Of 256 shades; how far two prints of the same page may be apart, and in how many pixels.
SHADES: Final = 64
STRAY_PIXELS: Final = 3
# What makes a PDF act, reach out, hide or carry something: none may be more than was issued.
ACTIVE: Final = (
    "AA", "Collection", "EmbeddedFile", "GoToE", "GoToR", "ImportData", "JS", "JavaScript",
    "Launch", "Movie", "OCG", "OCProperties", "OpenAction", "Rendition", "RichMedia", "Screen",
    "Sound", "SubmitForm", "URI", "XFA",
)  # fmt: skip
# Of the catalogue: what signing adds to or changes.
_SIGNING_KEYS: Final = {"/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Perms", "/Version"}


class SigningError(Exception):
    """A document could not be sealed. The name of the class says why; the worker passes it on."""


class SigningKeyUnreadable(SigningError):
    """The PKCS#12 is none, or the password is another one."""


class SigningKeyMissing(SigningError):
    """The PKCS#12 holds no private key with its certificate."""


class SigningCertificateExpired(SigningError):
    """The certificate is not valid now."""


class PdfUnreadable(SigningError):
    """What is to be sealed is no PDF."""


class Refused(Exception):
    """A signed file is not what it should be; the message is the reason's name."""


# Sealing ------------------------------------------------------------------------------------------


def sign(pdf: bytes, p12: bytes, password: bytes) -> bytes:
    """Seal a document with the deployment's key: PAdES B-B, an invisible signature.

    Args:
        pdf: the document; its bytes stay as they are, the signature is appended.
        p12: a PKCS#12 with a private key, its certificate and the certificates above it.
        password: of the PKCS#12; empty for none.

    Raises:
        SigningError: the key or the document cannot be used; the class says why.
    """
    _check_key(p12, password)
    signer = signers.SimpleSigner.load_pkcs12_data(p12, [], password or None)
    if signer is None:
        raise SigningKeyUnreadable
    try:
        reader = PdfFileReader(BytesIO(pdf))
        if reader.encrypted:
            raise PdfUnreadable
        name = f"Signature{len(reader.embedded_signatures) + 1}"
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
    except PdfUnreadable:
        raise
    except Exception as error:
        raise PdfUnreadable from error
    signature = signers.PdfSignatureMetadata(
        field_name=name, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    pdf_signer = signers.PdfSigner(signature, signer, new_field_spec=fields.SigFieldSpec(name))
    sealed: bytes = pdf_signer.sign_pdf(writer).getvalue()
    return sealed


def _check_key(p12: bytes, password: bytes) -> None:
    try:
        found = pkcs12.load_pkcs12(p12, password or None)
    except (ValueError, TypeError) as error:
        raise SigningKeyUnreadable from error
    if found.key is None or found.cert is None:
        raise SigningKeyMissing
    certificate = found.cert.certificate
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise SigningCertificateExpired


# Checking -----------------------------------------------------------------------------------------


def check(signed: bytes, issued: bytes, roots: bytes = b"") -> bytes:
    """Say whether a file is the issued document with somebody's signature, and nothing else.

    The best proof is that the issued bytes are the file's beginning and that none of their objects
    has been changed since. Where a tool has written the file anew, every page must say and show
    the same as the issued one, apart from the boxes of the signatures.

    Args:
        signed: the file that was uploaded; hostile, for all that is known.
        issued: the document as it was issued; ours.
        roots: certificates that are trusted, as PEM; empty where none are known.

    Returns:
        JSON: `ok`; `reason`, empty or one of `minutes.signatures.REASONS`; `signer`, whoever has
        signed since the issue, as their certificates say; `proof`, `bytes` or `look`; `trusted`,
        whether every certificate chains to a root, null where no roots are given; `signatures`,
        each with `signer`, `organisation`, `signed_at` (RFC 3339 or null) and `trusted`.
    """
    with _bounded_memory():
        try:
            found = _checked(signed, issued, roots)
        except Refused as refusal:
            found = _refusal(str(refusal))
        except Exception:  # Whatever a hostile file provokes in three parsers.
            found = _refusal("damaged")
    return json.dumps(found, ensure_ascii=False).encode()


def _refusal(reason: str) -> dict[str, Any]:
    nobody: dict[str, Any] = {"signer": "", "proof": "", "trusted": None, "signatures": []}
    return {"ok": False, "reason": reason} | nobody


@contextlib.contextmanager
def _bounded_memory() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    limits = [limit, *(each for each in (soft, hard) if each != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _checked(signed: bytes, issued: bytes, roots: bytes) -> dict[str, Any]:
    if not signed.lstrip(b"\r\n\t ")[:5] == b"%PDF-":
        raise Refused("not_pdf")
    if len(signed) > len(issued) + MOST_ADDED:
        raise Refused("too_large")
    if not signed.rstrip(b"\r\n\t \x00").endswith(b"%%EOF"):
        raise Refused("truncated")
    with _opened(signed) as mine, pikepdf.open(BytesIO(issued)) as ours:
        if len(mine.pages) != len(ours.pages):
            raise Refused("other_document")
        same_bytes = signed.startswith(issued) and _objects_unchanged(mine, ours)
        if not same_bytes:
            # First, because a wrong document is what people send most often.
            _same_text(signed, issued)
        boxes = _signature_boxes(mine, ours)
        _nothing_active(mine, ours)
        signatures = _signatures(signed, issued, mine, roots)
    if not same_bytes:
        _same_look(signed, issued, boxes)
    trusted = all(each["trusted"] for each in signatures) if roots else None
    return {
        "ok": True,
        "reason": "",
        "signer": _signers(signatures),
        "proof": "bytes" if same_bytes else "look",
        "trusted": trusted,
        "signatures": signatures,
    }


def _signers(signatures: list[dict[str, Any]]) -> str:
    named = dict.fromkeys(each["signer"] for each in signatures)
    return "; ".join(named)[:500]


def _opened(signed: bytes) -> pikepdf.Pdf:
    try:
        pdf = pikepdf.open(BytesIO(signed), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except pikepdf.PdfError:
        raise Refused("damaged") from None
    if pdf.is_encrypted:
        pdf.close()
        raise Refused("encrypted")
    return pdf


# What was added -----------------------------------------------------------------------------------

Box = tuple[float, float, float, float]


def _signature_boxes(mine: pikepdf.Pdf, ours: pikepdf.Pdf) -> list[list[Box]]:
    """The places of the signatures on each page, in points.

    Raises:
        Refused: a page carries anything else that the issued one does not, or too large a box.
    """
    boxes = []
    for page, issued in zip(mine.pages, ours.pages, strict=True):
        known = Counter(_annotation(a) for a in _annotations(issued) if not _is_signature(a))
        rest = [_annotation(a) for a in _annotations(page) if not _is_signature(a)]
        signatures = [a for a in _annotations(page) if _is_signature(a)]
        if Counter(rest) - known or any("/A" in each for each in signatures):
            raise Refused("added")
        places = [_rectangle(each.get("/Rect")) for each in signatures]
        parts = [_area(place) / _area(_rectangle(page.mediabox)) for place in places]
        if max(parts, default=0) > LARGEST_BOX or sum(parts) > LARGEST_BOXES:
            raise Refused("added")
        boxes.append(places)
    return boxes


def _annotations(page: pikepdf.Page) -> list[Any]:
    return list(page.obj.get("/Annots", []))


def _is_signature(annotation: Any) -> bool:
    """True for the picture of a signature that has been given."""
    field = annotation
    # The type may stand in the field above its widget.
    for _level in range(5):
        if "/FT" in field:
            given = field["/FT"] == "/Sig" and "/V" in field
            return bool(given and annotation.get("/Subtype") == "/Widget")
        if "/Parent" not in field:
            return False
        field = field["/Parent"]
    return False


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _annotation(annotation: Any) -> tuple[str, tuple[int, ...], str]:
    """What makes an annotation the same as another one."""
    place = tuple(round(float(each)) for each in annotation.get("/Rect", []))
    action = annotation.get("/A")
    address = str(action.get("/URI", "")) if isinstance(action, pikepdf.Dictionary) else ""
    return str(annotation.get("/Subtype")), place, address


def _rectangle(values: Any) -> Box:
    if values is None:
        return 0.0, 0.0, 0.0, 0.0
    x0, y0, x1, y1 = (float(each) for each in values)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _nothing_active(mine: pikepdf.Pdf, ours: pikepdf.Pdf) -> None:
    if _active(mine) - _active(ours) or _attached(mine) - _attached(ours):
        raise Refused("added")


def _active(pdf: pikepdf.Pdf) -> Counter[str]:
    """How often each name of `ACTIVE` stands in a file."""
    found: Counter[str] = Counter()
    names = set(ACTIVE)
    for thing in pdf.objects:
        written = _written(thing)
        # A name ends where one of these begins (ISO 32000-2, 7.2.3).
        for part in written.split(b"/")[1:]:
            name = part.translate(_DELIMITERS).split(b" ", 1)[0].decode("latin-1")
            if name in names:
                found[name] += 1
    return found


_DELIMITERS: Final = bytes.maketrans(b"()<>[]{}%\r\n\t\x00\x0c", b" " * 14)


def _written(thing: Any) -> bytes:
    if isinstance(thing, pikepdf.Stream):
        return bytes(thing.stream_dict.unparse(resolved=True))
    return bytes(thing.unparse(resolved=True)) if isinstance(thing, pikepdf.Object) else b""


def _attached(pdf: pikepdf.Pdf) -> set[str]:
    return {
        hashlib.sha256(thing.read_bytes()).hexdigest()
        for thing in pdf.objects
        if isinstance(thing, pikepdf.Stream) and thing.get("/Type") == "/EmbeddedFile"
    }


def _objects_unchanged(mine: pikepdf.Pdf, ours: pikepdf.Pdf) -> bool:
    """True when every object of an earlier revision is still what it was, but for what signing
    adds to: the form, and the lists of what stands on the pages (`_signature_boxes` has looked at
    them). pyHanko's own analysis of differences begins at a signature, and reads a tagged document
    of 30 pages for minutes."""
    root = ours.Root
    form = root.get("/AcroForm", pikepdf.Dictionary())
    lists = [root.get(key) for key in _SIGNING_KEYS]
    lists += [ours.trailer.get("/Info"), form.get("/Fields")]
    lists += [page.obj.get("/Annots") for page in ours.pages]
    # A field that waits for its signature.
    lists += [field for field in form.get("/Fields", []) if "/V" not in field]
    added_to = {each.objgen for each in lists if isinstance(each, pikepdf.Object)}
    added_to.discard((0, 0))  # what stands within another object
    ignored = {root.objgen: _SIGNING_KEYS}
    ignored |= {page.obj.objgen: {"/Annots"} for page in ours.pages}
    if mine.Root.objgen != root.objgen:
        return False
    for old in ours.objects:
        if old.objgen in added_to:
            continue
        new = mine.get_object(old.objgen)
        if old.objgen in ignored:
            if _entries(old, ignored[old.objgen]) != _entries(new, ignored[old.objgen]):
                return False
        elif isinstance(old, pikepdf.Stream):
            if not isinstance(new, pikepdf.Stream):
                return False
            if _written(old) != _written(new) or old.read_raw_bytes() != new.read_raw_bytes():
                return False
        elif _written(old) != _written(new):
            return False
    return True


def _entries(thing: Any, without: set[str]) -> dict[str, bytes]:
    return {
        key: value.unparse() if isinstance(value, pikepdf.Object) else repr(value).encode()
        for key, value in thing.items()
        if key not in without
    }


# What is signed -----------------------------------------------------------------------------------


def _signatures(
    signed: bytes, issued: bytes, mine: pikepdf.Pdf, roots: bytes
) -> list[dict[str, Any]]:
    """Whoever has signed since the issue.

    Raises:
        Refused: nobody has, a signature does not hold, or the file was changed after it.
    """
    reader = PdfFileReader(BytesIO(signed))
    if reader.encrypted:
        raise Refused("encrypted")
    before = 0
    if signed.startswith(issued):
        before = len(PdfFileReader(BytesIO(issued)).embedded_regular_signatures)
    regular = reader.embedded_regular_signatures
    if len(regular) <= before:
        raise Refused("unsigned")
    for embedded in reader.embedded_signatures:
        _holds(embedded)
    _only_signed(signed, mine, [_end(each) for each in regular])
    trusted = (
        [Certificate.load(der) for _kind, _headers, der in pem.unarmor(roots, multiple=True)]
        if roots
        else []
    )
    return [_described(each, trusted) for each in regular[before:]]


def _end(embedded: Any) -> int:
    """Where the revision that a signature covers ends, in bytes."""
    return int(embedded.byte_range[2] + embedded.byte_range[3])


def _holds(embedded: Any) -> None:
    is_timestamp = embedded.sig_object_type == "/DocTimeStamp"
    validate = validate_pdf_timestamp if is_timestamp else validate_pdf_signature
    status = validate(embedded, _context([]), skip_diff=True)
    if not (status.intact and status.valid):
        raise Refused("tampered")
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        raise Refused("not_covered")


def _only_signed(signed: bytes, mine: pikepdf.Pdf, ends: list[int]) -> None:
    """Look at what came after each signature that does not cover the whole file.

    Raises:
        Refused: something else than further signatures, and after the last one at most what
            proves it later (ISO 32000-2, 12.8.4.3: the document security store).
    """
    for end in ends:
        if end == len(signed):
            continue
        with pikepdf.open(BytesIO(signed[:end]), attempt_recovery=False) as then:
            unchanged = _objects_unchanged(mine, then)
            if end == max(ends):
                unchanged = unchanged and _numbers_of(then) == _numbers_of(mine)
        if not unchanged:
            raise Refused("not_covered")


def _numbers_of(pdf: pikepdf.Pdf) -> list[int]:
    """How many things stand on each page beside its text."""
    return [len(_annotations(page)) for page in pdf.pages]


def _context(trusted: list[Certificate]) -> ValidationContext:
    return ValidationContext(trust_roots=trusted, allow_fetching=False)


# Qualified certificates are for one of the two, seals of agencies for the other.
_KEY_USAGE: Final = KeyUsageConstraints(
    key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False
)


def _described(embedded: Any, trusted: list[Certificate]) -> dict[str, Any]:
    status = validate_pdf_signature(
        embedded, _context(trusted), key_usage_settings=_KEY_USAGE, skip_diff=True
    )
    certificate = status.signing_cert
    signed_at = status.signer_reported_dt
    if signed_at is not None and signed_at.tzinfo is None:
        signed_at = signed_at.replace(tzinfo=UTC)
    moment = signed_at or datetime.now(UTC)
    if not certificate.not_valid_before <= moment <= certificate.not_valid_after:
        raise Refused("certificate_dates")
    subject = certificate.subject.native
    organisation = _line(subject.get("organization_name"))
    return {
        "signer": _line(subject.get("common_name")) or organisation or "?",
        "organisation": organisation,
        "signed_at": signed_at.isoformat() if signed_at else None,
        "trusted": bool(status.trusted) if trusted else None,
    }


def _line(value: Any) -> str:
    """A name of a certificate in one line, without marks that turn its direction."""
    values = value if isinstance(value, list) else [value]
    return " ".join(clean(" ".join(str(each) for each in values if each)).split())[:250]


# What is seen -------------------------------------------------------------------------------------


def _same_text(signed: bytes, issued: bytes) -> None:
    """Compare the pages of two files by what they say.

    Raises:
        Refused: a page says something else, or is of another size.
    """
    with pypdfium2.PdfDocument(signed) as mine, pypdfium2.PdfDocument(issued) as ours:
        if len(mine) != len(ours):
            raise Refused("other_document")
        for page, other in zip(mine, ours, strict=True):
            if page.get_size() != other.get_size() or _said(page) != _said(other):
                raise Refused("other_document")


def _same_look(signed: bytes, issued: bytes, boxes: list[list[Box]]) -> None:
    """Compare the pages of two files by what they show.

    Raises:
        Refused: a page differs outside of the signatures.
    """
    with pypdfium2.PdfDocument(signed) as mine, pypdfium2.PdfDocument(issued) as ours:
        for page, other, places in zip(mine, ours, boxes, strict=True):
            if _differing(_shown(page, places), _shown(other, places)) > STRAY_PIXELS:
                raise Refused("other_look")


def _said(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage().get_text_range()
    return "".join(unicodedata.normalize("NFC", text).split())


def _shown(page: pypdfium2.PdfPage, places: list[Box]) -> Image.Image:
    """A page as it is printed, with the places of the signatures left white."""
    scale = PIXELS_PER_INCH / 72
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    draw = ImageDraw.Draw(picture)
    for left, bottom, right, top in places:
        box = ((left * scale - 2, picture.height - top * scale - 2),
               (right * scale + 2, picture.height - bottom * scale + 2))  # fmt: skip
        draw.rectangle(box, fill=255)
    return picture


def _differing(one: Image.Image, other: Image.Image) -> int:
    return sum(ImageChops.difference(one, other).histogram()[SHADES:])
