"""Spreadsheets (XLSX): ordered by the server as plain values, and written by a render worker.

Writing 10,000 rows takes some seconds of processor time, for which nobody who follows a meeting is
to wait. Numbers and days are numbers and days there; what people have typed is text, whatever it
begins with: `=1+1` is no formula, also after somebody has edited the cell (`quotePrefix`).
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
# Decree 30/2020: the letters of all that an office prints.
_LETTERS: Final = "Times New Roman"
_LINE: Final = Side(style="thin")
_BORDER: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FORMATS: Final = {"number": "#,##0", "decimal": "#,##0.0", "percent": "0.00%", "day": "dd/mm/yyyy"}

Kind = Literal["text", "number", "decimal", "percent", "day"]


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        title: at its head.
        width: in letters of the usual size.
        kind: `text`; `number` and `decimal`, as they are; `percent`, of which 98.63 is 98,63 %; or
            `day`, written `2026-11-30`. None leaves a cell of any kind empty.
    """

    title: str
    width: int
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """One sheet: what it is, in a few lines; a table; notes below.

    Attributes:
        name: on its tab, at most 31 letters.
        titles: the first in capitals and bold, the rest in italics.
        columns: of the table.
        rows: with a value for each column.
        total: whether the last row is the sum of those above, and is to stay below them.
        notes: below the table.
    """

    name: str
    titles: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: bool = False
    notes: Sequence[str] = field(default=())


def ordered(sheets: Sequence[Sheet]) -> bytes:
    """Sheets as they go to the worker."""
    return json.dumps([asdict(sheet) for sheet in sheets]).encode()


def xlsx(order: bytes) -> bytes:
    """The workbook for an order of `ordered`."""
    book = Workbook(write_only=True)
    for each in json.loads(order):
        columns = [Column(**column) for column in each.pop("columns")]
        _write(book, Sheet(columns=columns, **each))
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _write(book: Any, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.name)
    head = len(sheet.titles) + 2
    width, kinds = len(sheet.columns), [column.kind for column in sheet.columns]
    last = get_column_letter(width)
    for number, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.freeze_panes = f"A{head + 1}"
    _prepare_for_print(page, head)
    cell = _Cells(page)
    for number, title in enumerate(sheet.titles):
        # Centred over the table without merging cells, which would hinder sorting.
        look, text = (_UNDER_TITLE, title) if number else (_TITLE, title.upper())
        page.append(
            [cell(text, "text", look), *(cell(None, "text", look) for _ in range(width - 1))]
        )
    page.append([])
    page.append([cell(column.title, "text", _HEAD) for column in sheet.columns])
    for number, row in enumerate(sheet.rows, start=1):
        look = _SUM if sheet.total and number == len(sheet.rows) else _ROW
        page.append([cell(value, kind, look) for value, kind in zip(row, kinds, strict=True)])
    # The sum is none of what is filtered and sorted.
    page.auto_filter.ref = f"A{head}:{last}{head + len(sheet.rows) - sheet.total}"
    if sheet.notes:
        page.append([])
    for note in sheet.notes:
        page.append([cell(note, "text", _NOTE)])


def _prepare_for_print(page: Any, head: int) -> None:
    # A4 lying, as wide as the paper, its head on every page.
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins.left = page.page_margins.right = 0.6
    page.page_margins.top = page.page_margins.bottom = 0.7
    page.print_title_rows = f"{head}:{head}"
    page.oddFooter.center.text = "&P/&N"


class _Cells:
    """Makes the cells of a sheet; each look is made once, since making one takes as long as
    writing ten cells."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._looks: dict[tuple[Any, ...], Any] = {}

    def __call__(self, value: Any, kind: Kind, look: _Look) -> Any:
        if value is not None and kind == "day":
            value = date.fromisoformat(value)
        if value is not None and kind == "percent":
            value = value / 100
        cell = WriteOnlyCell(self._page, value=value)
        prefixed = False
        if isinstance(value, str):
            cell.data_type = "s"
            prefixed = value.startswith(FORMULA)
        key = kind, look, prefixed
        if key not in self._looks:
            self._looks[key] = look.on(WriteOnlyCell(self._page), kind, prefixed)._style
        cell._style = self._looks[key]
        return cell


@dataclass(frozen=True)
class _Look:
    """How a cell looks: size and weight of its letters, in a frame or not, and where they stand."""

    size: int = 11
    bold: bool = False
    italic: bool = False
    framed: bool = True
    across: str | None = None
    centred: bool = False

    def on(self, cell: Any, kind: Kind, prefixed: bool) -> Any:
        cell.font = Font(name=_LETTERS, size=self.size, bold=self.bold, italic=self.italic)
        if self.framed:
            cell.border = _BORDER
        across = self.across or (None if kind == "text" else "right")
        vertical = "center" if self.centred else "top"
        cell.alignment = Alignment(horizontal=across, vertical=vertical, wrap_text=self.framed)
        if kind in _FORMATS:
            cell.number_format = _FORMATS[kind]
        if prefixed:
            cell.quotePrefix = 1
        return cell


_TITLE: Final = _Look(size=14, bold=True, framed=False, across="centerContinuous")
_UNDER_TITLE: Final = _Look(size=12, italic=True, framed=False, across="centerContinuous")
_HEAD: Final = _Look(bold=True, across="center", centred=True)
_ROW: Final = _Look()
_SUM: Final = _Look(bold=True)
_NOTE: Final = _Look(italic=True, framed=False)
