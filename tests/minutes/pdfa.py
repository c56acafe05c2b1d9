"""What makes a PDF a tagged PDF/A-3a (ISO 19005-3), read back from the file.

Not a validator (that is veraPDF, a Java program of its own): these are the rules that a document of
ours could break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

PDFA_ID = "{http://www.aiim.org/pdfa/ns/id/}"
# Actions that PDF/A forbids (6.5.1).
FORBIDDEN = ("/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/JavaScript",
             "/SetOCGState", "/Rendition", "/GoTo3DView")  # fmt: skip
PRINT, INVISIBLE, HIDDEN, NO_VIEW, TOGGLE_NO_VIEW = 4, 1, 2, 32, 256


def faults(content: bytes, language: str = "vi") -> list[str]:
    """What keeps a PDF from being PDF/A-3a in this language, in words; nothing where all is well.

    Args:
        content: the file.
        language: what the document says that it is in.
    """
    with pikepdf.open(BytesIO(content)) as pdf:
        return [
            *_file(content, pdf),
            *_metadata(pdf),
            *_colours(pdf),
            *_tags(pdf, language),
            *_fonts(pdf),
            *_actions(pdf),
            *_annotations(pdf),
            *_attachments(pdf),
        ]


def attachments(content: bytes) -> dict[str, bytes]:
    """The attached files by name."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}


def _file(content: bytes, pdf: pikepdf.Pdf) -> Iterator[str]:
    first, second = content.split(b"\n", 2)[:2]
    if not first.startswith(b"%PDF-1."):
        yield f"begins with {first!r}"  # 6.1.2
    if second[:1] != b"%" or len(second) < 5 or min(second[1:5]) < 128:
        yield "no comment of four high bytes in the second line"
    if pdf.is_encrypted:
        yield "encrypted"  # 6.1.3
    if "/ID" not in pdf.trailer:
        yield "no ID in the trailer"
    for thing in _streams(pdf):
        filters = thing.get("/Filter", [])
        names = [filters] if isinstance(filters, pikepdf.Name) else list(filters)
        if "/LZWDecode" in names or "/Crypt" in names:
            yield f"a stream with {names}"  # 6.1.7
        if "/F" in thing:
            yield "a stream in another file"
        if thing.get("/Subtype") == "/Image" and thing.get("/Interpolate", False):
            yield "an image that is interpolated"  # 6.2.8


def _streams(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    return (thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream))


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in pdf.Root:
        yield "no XMP"
        return
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        found = xmp.get(f"{PDFA_ID}part"), xmp.get(f"{PDFA_ID}conformance")
        if found != ("3", "A"):
            yield f"PDF/A part and conformance are {found}"  # 6.6.4
        title = xmp.get("dc:title")
        if not title or title != str(pdf.docinfo.get("/Title")):
            yield f"titles are {title!r} and {pdf.docinfo.get('/Title')!r}"  # 6.6.3


def _colours(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = [i for i in pdf.Root.get("/OutputIntents", []) if i.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1:
        yield f"{len(intents)} output intents"  # 6.2.3
    for intent in intents:
        profile = intent.get("/DestOutputProfile")
        if profile is None or profile.read_bytes()[36:40] != b"acsp":
            yield "an output intent without an ICC profile"


def _tags(pdf: pikepdf.Pdf, language: str) -> Iterator[str]:
    if pdf.Root.get("/MarkInfo", {}).get("/Marked") is not True:
        yield "not marked"  # 6.7.2.2
    tree = pdf.Root.get("/StructTreeRoot")
    if tree is None or "/K" not in tree or "/ParentTree" not in tree:
        yield "no structure tree"  # 6.7.3.3
    if str(pdf.Root.get("/Lang", "")) != language:
        yield f"language is {pdf.Root.get('/Lang')!r}"  # 6.7.4
    for number, page in enumerate(pdf.pages, 1):
        if "/StructParents" not in page.obj:
            yield f"page {number} is outside of the structure tree"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in pdf.objects:
        if not isinstance(font, pikepdf.Dictionary) or font.get("/Type") != "/Font":
            continue
        kind, name = font.get("/Subtype"), str(font.get("/BaseFont"))
        if kind == "/Type3":
            continue
        if not str(kind).startswith("/CIDFont") and "/ToUnicode" not in font:
            yield f"{name} has no ToUnicode"  # 6.2.11.7
        if kind != "/Type0":
            descriptor = font.get("/FontDescriptor", {})
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
                yield f"{name} is not embedded"  # 6.2.11.4


def _actions(pdf: pikepdf.Pdf) -> Iterator[str]:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream):
            thing = thing.stream_dict
        written = thing.unparse(resolved=True) if isinstance(thing, pikepdf.Object) else b""
        names = set(re.findall(rb"/\w+", written))
        if {b"/AA", b"/JS"} & names:
            yield "it acts by itself"  # 6.5.2
        yield from (f"an action {name}" for name in FORBIDDEN if name.encode() in names)
    for name in ("/OpenAction", "/XFA", "/NeedsRendering"):
        if name in pdf.Root:
            yield name
    if pdf.Root.get("/AcroForm", {}).get("/NeedAppearances") is True:
        yield "a form that the reader is to draw"  # 6.4.1


def _annotations(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            kind, flags = annotation.get("/Subtype"), int(annotation.get("/F", 0))
            bad = flags & (INVISIBLE | HIDDEN | NO_VIEW | TOGGLE_NO_VIEW)
            if not flags & PRINT or bad:
                yield f"{kind} with flags {flags}"  # 6.3.2
            left, bottom, right, top = (float(each) for each in annotation.Rect)
            shown = left != right and bottom != top
            if shown and kind not in ("/Link", "/Popup") and "/AP" not in annotation:
                yield f"{kind} without an appearance"  # 6.3.3


def _attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    associated: Any = [spec.objgen for spec in pdf.Root.get("/AF", [])]
    for spec in pdf.objects:
        if not isinstance(spec, pikepdf.Dictionary) or "/EF" not in spec:
            continue
        name = str(spec.get("/UF", spec.get("/F")))
        if "/F" not in spec or "/UF" not in spec:
            yield f"{name} is not named by F and UF"  # 6.8
        if "/AFRelationship" not in spec:
            yield f"{name} has no relationship"
        if spec.objgen not in associated:
            yield f"{name} belongs to nothing"
        if "/Subtype" not in spec.EF.F:
            yield f"{name} has no media type"
