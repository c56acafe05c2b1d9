"""Files to hand in: sound ones, and ones made to do harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}


def pdf(pages: int = 3, mark: str = "", **options: Any) -> bytes:
    """A PDF of empty pages; `mark` makes it another file."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
        made.docinfo["/Title"] = mark
        target = io.BytesIO()
        made.save(target, **options)
    return target.getvalue()


def pdf_with(change: Any, **options: Any) -> bytes:
    """A PDF of one page, changed by `change(pdf)` before it is saved."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        change(made)
        target = io.BytesIO()
        made.save(target, **options)
    return target.getvalue()


def office(
    kind: str = "docx", extra: dict[str, bytes] | None = None, content_type: str = ""
) -> bytes:
    """The least that is a document of that kind, and further entries."""
    name, main = MAIN[kind]
    main = content_type or OOXML + main
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/{name}" ContentType="{main}"/></Types>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(name, "<x/>")
        for each, content in (extra or {}).items():
            archive.writestr(each, content)
    return target.getvalue()


def image(kind: str = "PNG", size: tuple[int, int] = (20, 10)) -> bytes:
    """A picture of one colour."""
    target = io.BytesIO()
    Image.new("RGB", size, (23, 63, 124)).save(target, kind)
    return target.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def script() -> bytes:
    """A PDF that runs a script when it is opened."""

    def change(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )

    return pdf_with(change)


def launching() -> bytes:
    """A PDF with a link that starts a program, hidden in an object stream."""

    def change(made: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action
        )
        made.pages[0].Annots = pikepdf.Array([made.make_indirect(link)])

    return pdf_with(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def named_script() -> bytes:
    """A PDF whose scripts stand in its table of names."""

    def change(made: pikepdf.Pdf) -> None:
        made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array()))

    return pdf_with(change)


def bomb() -> bytes:
    """A document that unpacks to 60 MB out of 60 KB."""
    return office(extra={"word/media/a.bin": bytes(60 * 1024 * 1024)})


def remote_template() -> bytes:
    """A document that fetches its template, macros and all, from elsewhere."""
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/attachedTemplate" Target="http://a.example/t.dotm" TargetMode="External"/>'
        "</Relationships>"
    )
    return office(extra={"word/_rels/settings.xml.rels": relations.encode()})


def damaged(content: bytes) -> bytes:
    """The same, cut in the middle."""
    return content[: len(content) // 2]


def flipped(content: bytes, at: bytes) -> bytes:
    """The same with one byte of what follows `at` changed."""
    place = content.index(at) + len(at) + 2
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


SOUND = {
    "Báo cáo.pdf": pdf(),
    "Tờ trình.DOCX": office("docx"),
    "Biểu.xlsx": office("xlsx"),
    "Trình chiếu.pptx": office("pptx"),
    "Sơ đồ.png": image(),
    "Ảnh.jpg": image("JPEG"),
    "Ảnh 2.jpeg": image("JPEG", (21, 10)),
}
# By what is said of them.
HARMFUL: dict[str, list[tuple[str, bytes]]] = {
    "empty": [("a.pdf", b"")],
    "type": [
        ("a.exe", b"MZ" + bytes(100)),
        ("a", pdf()),
        ("a.html", b"<script>"),
        ("a.zip", office()),
    ],
    "old_office": [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)),
    ],
    "mismatch": [
        ("a.pdf", b"MZ" + bytes(100)),
        ("a.pdf", office()),
        ("a.docx", pdf()),
        ("a.docx", office("xlsx")),
        ("a.png", image("JPEG")),
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.docx", office(content_type="application/xml")),
    ],
    "damaged": [
        ("a.pdf", b"%PDF-1.7\n" + bytes(100)),
        ("a.docx", damaged(office())),
        ("a.docx", flipped(office(extra={"word/b.xml": b"abc" * 99}), b"word/b.xml")),
        ("a.png", damaged(image(size=(300, 300)))),
        ("a.jpg", b"\xff\xd8\xff" + bytes(100)),
        ("a.docx", office(extra={"word/_rels/settings.xml.rels": b"<!DOCTYPE a><a/>"})),
    ],
    "password": [("a.pdf", pdf(encryption=pikepdf.Encryption(user="u", owner="o")))],
    "script": [("a.pdf", script()), ("a.pdf", launching()), ("a.pdf", named_script())],
    "macro": [
        ("a.docx", office(extra={"word/vbaProject.bin": b"x"})),
        ("a.docx", office(extra={"word/activeX/activeX1.bin": b"x"})),
        ("a.xlsx", office("xlsx", extra={"xl/macrosheets/sheet1.xml": b"x"})),
        ("a.docx", office(content_type="application/vnd.ms-word.document.macroEnabled.main+xml")),
        ("a.docx", remote_template()),
    ],
    "bomb": [("a.docx", bomb())],
    "pixels": [("a.png", png_of(60_000, 60_000))],
}
