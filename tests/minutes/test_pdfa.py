"""The helper that reads PDF/A-3a back notices what is missing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from tests.minutes.pdfa import attachments, faults
from tests.minutes.test_signing import issued, printed, rewritten, script

__all__ = ["issued"]  # a fixture


def font(pdf: pikepdf.Pdf, kind: str) -> Any:
    return next(o for o in pdf.objects if getattr(o, "Type", "") == "/Font" and o.Subtype == kind)


def attached(pdf: pikepdf.Pdf) -> Any:
    return next(o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/EF" in o)


def without(thing: Callable[[pikepdf.Pdf], Any], key: str) -> Callable[[pikepdf.Pdf], None]:
    def take(pdf: pikepdf.Pdf) -> None:
        del thing(pdf)[key]

    return take


BREAKS: dict[str, tuple[Callable[[pikepdf.Pdf], None], str]] = {
    "language": (without(lambda pdf: pdf.Root, "/Lang"), "language"),
    "tree": (without(lambda pdf: pdf.Root, "/StructTreeRoot"), "structure tree"),
    "mark": (without(lambda pdf: pdf.Root, "/MarkInfo"), "not marked"),
    "page": (without(lambda pdf: pdf.pages[1].obj, "/StructParents"), "page 2"),
    "intent": (without(lambda pdf: pdf.Root, "/OutputIntents"), "output intents"),
    "xmp": (without(lambda pdf: pdf.Root, "/Metadata"), "no XMP"),
    "title": (lambda pdf: pdf.docinfo.__setitem__("/Title", "Khác"), "titles are"),
    "font": (without(lambda pdf: font(pdf, "/CIDFontType2").FontDescriptor, "/FontFile2"),
             "not embedded"),
    "letters": (without(lambda pdf: font(pdf, "/Type0"), "/ToUnicode"), "ToUnicode"),
    "flags": (without(lambda pdf: pdf.pages[0].Annots[0], "/F"), "flags"),
    "script": (script, "JavaScript"),
    "relationship": (without(attached, "/AFRelationship"), "no relationship"),
    "association": (without(lambda pdf: pdf.Root, "/AF"), "belongs to nothing"),
}  # fmt: skip


def test_a_tagged_pdf_a_passes(issued: bytes) -> None:
    assert faults(issued) == []
    assert attachments(issued) == {"record.json": b'{"kind": "conclusions"}'}


@pytest.mark.parametrize("case", BREAKS)
def test_what_is_missing_is_named(case: str, issued: bytes) -> None:
    take, words = BREAKS[case]
    found = faults(rewritten(issued, take))
    assert any(words in each for each in found), found


def test_an_ordinary_pdf_has_many_faults() -> None:
    blank = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(blank)
    assert len(faults(blank.getvalue())) > 4


def test_another_language_is_noticed() -> None:
    assert "language is" in " ".join(faults(printed(), language="en"))
