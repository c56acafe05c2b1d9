"""What an uploaded file really is, found out in a process of its own.

    python -m papers.checker FILE EXTENSION

prints one line of JSON: `{"media_type", "pages"}`, or `{"fault"}` with one of the codes of
`papers.uploads.FAULTS`. A file made to break its reader breaks this process, which holds no key
and no socket, may neither take much memory or time nor write anything.
"""

from __future__ import annotations

import json
import posixpath
import resource
import sys
import zipfile
from collections.abc import Iterable
from typing import Any, NoReturn, cast
from xml.etree.ElementTree import ParseError

MEMORY_BYTES = 1536 * 1024 * 1024
CPU_SECONDS = 20

PDF = "application/pdf"
_OOXML = "application/vnd.openxmlformats-officedocument."
# What a name ends in, and what is then in the file.
TYPES = {
    "pdf": PDF,
    "docx": f"{_OOXML}wordprocessingml.document",
    "xlsx": f"{_OOXML}spreadsheetml.sheet",
    "pptx": f"{_OOXML}presentationml.presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
# An image of more is no photograph of a page; it would fill a phone's memory.
PIXELS = 50_000_000
PAGES = 5_000
# Of a document in a zip (ECMA-376, part 2): the largest real ones are far below.
ENTRIES = 10_000
UNPACKED_BYTES = 400 * 1024 * 1024
# Text packs 1 : 20 at best; what gains more over a considerable size is made to fill memory.
RATIO = 200
RATIO_FROM_BYTES = 20 * 1024 * 1024
NAMES_BYTES = 1024 * 1024


class Fault(Exception):
    """Why a file is refused, as a code."""


def check(path: str, extension: str) -> dict[str, Any]:
    """What the file is.

    Args:
        path: the file.
        extension: what its name ends in, in lower case and without the dot.

    Raises:
        Fault: it is not what its name says, is damaged, or holds what runs by itself.
    """
    with open(path, "rb") as file:
        head = file.read(1024)
    if head == b"":
        raise Fault("empty")
    if extension not in TYPES:
        raise Fault("old_office" if head.startswith(_OLE) else "type")
    if head.lstrip(b"\xef\xbb\xbf\r\n\t \x00").startswith(b"%PDF-"):
        found, pages = PDF, _pdf(path, extension)
    elif head.startswith(b"PK\x03\x04"):
        found, pages = _office(path), None
    elif head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        found, pages = _image(path), None
    else:
        raise Fault("old_office" if head.startswith(_OLE) else "mismatch")
    if found != TYPES[extension]:
        raise Fault("mismatch")
    return {"media_type": found, "pages": pages}


# Word, Excel and PowerPoint before 2007, and any encrypted one since.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


# --- PDF ----------------------------------------------------------------------------------------

# ISO 32000-2, 12.6.4: actions that run a script or a program, or send something away.
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/RichMediaExecute",
}
# 12.5.6 and 12.7.8: what carries scripts or programs of its own.
_ACTIVE = {"/RichMedia", "/3D", "/Movie"}


def _pdf(path: str, extension: str) -> int:
    if extension != "pdf":
        raise Fault("mismatch")
    import pikepdf

    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
            for thing in pdf.objects:
                _refuse_active(pikepdf, thing, 0)
            _refuse_active(pikepdf, pdf.trailer, 0)
    except pikepdf.PasswordError:
        raise Fault("password") from None
    except (pikepdf.PdfError, ValueError, RecursionError):
        raise Fault("damaged") from None
    if pages < 1:
        raise Fault("damaged")
    if pages > PAGES:
        raise Fault("pages")
    return pages


def _refuse_active(pikepdf: Any, thing: Any, depth: int) -> None:
    """Refuse a dictionary that does something by itself, and those within it. What it refers to
    is an object of its own, and looked at there."""
    if depth > 50:
        raise Fault("damaged")
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if isinstance(thing, pikepdf.Dictionary):
        keys = set(thing.keys())
        if keys & {"/JS", "/JavaScript", "/XFA"}:
            raise Fault("script")
        if str(thing.get("/S", "")) in _ACTIONS or str(thing.get("/Subtype", "")) in _ACTIVE:
            raise Fault("script")
        within: Iterable[Any] = (thing[key] for key in keys)
    elif isinstance(thing, pikepdf.Array):
        within = thing
    else:
        return
    for each in within:
        direct = isinstance(each, pikepdf.Object) and not each.is_indirect
        if direct and isinstance(each, (pikepdf.Dictionary, pikepdf.Array)):
            _refuse_active(pikepdf, each, depth + 1)


# --- Office documents (ECMA-376) ----------------------------------------------------------------

_MAIN = {
    f"{_OOXML}wordprocessingml.document.main+xml": TYPES["docx"],
    f"{_OOXML}spreadsheetml.sheet.main+xml": TYPES["xlsx"],
    f"{_OOXML}presentationml.presentation.main+xml": TYPES["pptx"],
}


_MACRO_TYPES = ("macroenabled", "vba", "activex")


def _office(path: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive)
            names = [posixpath.normpath(name).lower() for name in archive.namelist()]
            types = _content_types(archive)
            marked = any(mark in each.lower() for each in types for mark in _MACRO_TYPES)
            if marked or any(_runs(name) for name in names):
                raise Fault("macro")
            _refuse_remote_templates(archive)
            if archive.testzip() is not None:
                raise Fault("damaged")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError):
        raise Fault("damaged") from None
    except (KeyError, ParseError):  # a zip, but no document
        raise Fault("mismatch") from None
    except RuntimeError:  # encrypted entries
        raise Fault("password") from None
    found = {_MAIN[each] for each in types if each in _MAIN}
    if len(found) != 1:
        raise Fault("mismatch")
    return found.pop()


def _runs(name: str) -> bool:
    folders = name.split("/")
    return "vbaproject" in folders[-1] or "macrosheets" in folders or "activex" in folders


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    whole = archive.fp.seek(0, 2) if archive.fp else 0
    if len(entries) > ENTRIES or unpacked > UNPACKED_BYTES:
        raise Fault("bomb")
    # Entries that share their bytes (D. Fifield, "A better zip bomb", 2019).
    if packed > whole:
        raise Fault("bomb")
    if unpacked > RATIO_FROM_BYTES and unpacked > RATIO * max(1, packed):
        raise Fault("bomb")


def _content_types(archive: zipfile.ZipFile) -> list[str]:
    root = _xml(archive, "[Content_Types].xml")
    return [found for each in root.iter() if (found := each.get("ContentType"))]


def _refuse_remote_templates(archive: zipfile.ZipFile) -> None:
    # A document whose template lies elsewhere brings that one's macros along when it is opened.
    for name in archive.namelist():
        if not name.lower().endswith("settings.xml.rels"):
            continue
        for each in _xml(archive, name).iter():
            kind, mode = each.get("Type") or "", each.get("TargetMode") or ""
            target = (each.get("Target") or "").lower()
            remote = target.startswith(("http:", "https:", "ftp:", "\\\\", "file://", "//"))
            if kind.endswith("/attachedTemplate") and mode == "External" and remote:
                raise Fault("macro")


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    # No entities are read from elsewhere by this parser, nor from the text itself here.
    from xml.etree.ElementTree import XMLParser

    with archive.open(name) as file:
        text = file.read(NAMES_BYTES + 1)
    if len(text) > NAMES_BYTES or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Fault("damaged")
    parser = XMLParser()  # noqa: S314  # bounded, without a document type, in this process alone
    parser.feed(text)
    return parser.close()


# --- Images -------------------------------------------------------------------------------------


def _image(path: str) -> str:
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # another library of this process may want it
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is unpacked
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as image:
            if image.width * image.height > PIXELS:
                raise Fault("pixels")
            image.load()
            return Image.MIME[cast(str, image.format)]
    except (OSError, SyntaxError, ValueError):
        raise Fault("damaged") from None


def main(path: str, extension: str) -> NoReturn:
    """Check one file under limits, say what it is, and end."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = check(path, extension)
    except Fault as fault:
        found = {"fault": str(fault)}
    except MemoryError:
        found = {"fault": "damaged"}
    # RLIMIT_FSIZE is about files; this is a pipe.
    print(json.dumps(found), flush=True)
    sys.exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
