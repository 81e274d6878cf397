"""Tables that stand in documents, beside those that the stored records give."""

import re
import tempfile
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path

from bench.errors import BenchError
from bench.verify.finding import Finding

MARKER = re.compile(rb"<!-- table:")
"""Begins a table that `bench table --write` keeps."""


def documents(results: Path) -> list[Path]:
    """Documents beside a results folder, and under `docs` beside it, that hold such a table."""
    home = (results if results.name else results.resolve()).parent
    found = [*sorted(home.glob("*.md")), *sorted(home.glob("docs/**/*.md"))]
    return [path for path in found if MARKER.search(path.read_bytes())]


def check(path: Path, refresh: Callable[[Path], None]) -> Iterator[Finding]:
    """Whether writing the tables of a document anew would leave it as it is.

    Args:
        path: the document; it is not touched.
        refresh: writes the tables between the markers of a document.
    """
    try:
        before = path.read_bytes()
    except OSError as error:
        text = f"cannot be read: {error.strerror}. Name a document with --document."
        raise BenchError(f"{path} {text}") from error
    if not MARKER.search(before):
        raise BenchError(
            f"{path} holds no table between markers, as in <!-- table:comparison -->. Name "
            f"another document."
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(before)
        try:
            refresh(copy)
        except BenchError as error:
            said = str(error).replace(str(copy), str(path))
            yield Finding("document", path, f"its tables cannot be made: {said}")
            return
        after = copy.read_bytes()
    if after != before:
        lines = zip_longest(before.splitlines(), after.splitlines())
        number = next((n for n, (a, b) in enumerate(lines, start=1) if a != b), 1)
        text = (
            f"its tables are not those of the results, from line {number} on. Write them with "
            f"`bench table --write {path}`."
        )
        yield Finding("document", path, text)
