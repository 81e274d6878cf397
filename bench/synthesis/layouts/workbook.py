"""Sheets of labels as Excel files whose bytes depend on nothing but their cells."""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_DATE = (1980, 1, 1, 0, 0, 0)
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def workbook(rows: Iterable[Sequence[str | int]]) -> bytes:
    """One sheet with these cells as an .xlsx file."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    for row in rows:
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    return _timeless(file)


def _timeless(file: BytesIO) -> bytes:
    """The same archive without the times of its entries and of its properties."""
    fixed = BytesIO()
    with ZipFile(file) as source, ZipFile(fixed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _TIME.sub(b"1980-01-01T00:00:00Z", content)
            target.writestr(ZipInfo(name, _DATE), content, ZIP_DEFLATED)
    return fixed.getvalue()
