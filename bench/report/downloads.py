"""Files to download beside the pages: every table, every confusion, every model card."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from bench.report.pages import Downloads
from bench.report.results import Confusion
from bench.tables import Section, render

_ENDINGS = {"csv": "csv", "json": "json", "latex": "tex", "markdown": "md"}
"""Format of a download -> how its file ends."""

PRINTED = 60
"""Tables of more rows than any page of a paper holds come as csv alone."""


@dataclass
class Files:
    """What lies beside the pages, filled while they are made."""

    texts: dict[str, str] = field(default_factory=dict[str, str])
    """Path of a file, relative to the folder of the report -> its text."""

    def table(self, stem: str, section: Section) -> Downloads:
        """Write a table in each format; an empty one has no file."""
        formats = [*_ENDINGS] if len(section.rows) <= PRINTED else ["csv"]
        names = {format: f"tables/{stem}.{_ENDINGS[format]}" for format in formats}
        if section.rows:
            self.texts |= {path: render([section], format) for format, path in names.items()}
        return addresses(names.items() if section.rows else ())

    def confusion(self, stem: str, confusion: Confusion, up: str) -> Downloads:
        """Write counts as csv, a row for each true class and a column for each answer."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["true", *confusion.answers])
        writer.writerows(
            [name, *row] for name, row in zip(confusion.classes, confusion.counts, strict=True)
        )
        path = f"tables/{stem}.csv"
        self.texts[path] = text.getvalue()
        return addresses([("csv", f"{up}{path}")])


def addresses(files: Iterable[tuple[str, str]]) -> Downloads:
    """Names of files as addresses: a model may be called `net@clips=3`."""
    return tuple((label, quote(path)) for label, path in files)
